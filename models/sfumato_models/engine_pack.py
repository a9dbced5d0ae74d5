"""Engine packs: a second set of engine libraries (such as torch for a graphics card) in the person's data, used instead of ours.

A pack is a folder or an archive with wheels in it. Which wheels those must be, down to their sha256, is locked in a file
that ships with the app, so that a pack from a stick is as good as one that was downloaded. It is unpacked beside the
present one, tried out in an engine process, and only then takes its place; one that does not work is removed again.
Light: imports no engine library.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.errors import SfumatoError
from sfumato.paths import UNFINISHED_PREFIX, UNFINISHED_SUFFIX, ensure_folder, file_trouble, replace_file

DESCRIPTION = "pack.json"
LIBRARIES = "libraries"
ACTIVE = "active"
CHUNK_BYTES = 2**20
UNPACKED_FACTOR = 2  # about how much more room a wheel takes once it is unpacked


class Wheel(BaseModel):
    """A file of a pack, exactly."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[A-Za-z0-9_.+-]+\.whl$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(gt=0)


class PackLock(BaseModel):
    """What a pack must hold: `python` is the ABI of the wheels (cp311), `machine` the kind of processor (x86_64), `device` what torch calls the hardware."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    device: str
    platform: str
    machine: str
    python: str
    wheels: tuple[Wheel, ...]

    @property
    def size_bytes(self) -> int:
        """All wheels together."""
        return sum(wheel.size_bytes for wheel in self.wheels)

    @property
    def fits_here(self) -> bool:
        """True if this app's Python on this system can load it."""
        return (self.platform, self.machine, self.python) == (sys.platform, machine_kind(), python_tag())


def python_tag() -> str:
    """This interpreter's, as wheels name it."""
    return f"cp{sys.version_info.major}{sys.version_info.minor}"


def machine_kind() -> str:
    """The kind of this processor, as Linux names it; Windows says AMD64 for x86_64."""
    name = platform.machine().lower()
    return "x86_64" if name == "amd64" else name


def load_locks(folder: Path) -> tuple[PackLock, ...]:
    """The packs this version of the app can use. Raises SfumatoError if a lock is damaged."""
    try:
        return tuple(PackLock.model_validate_json(file.read_bytes()) for file in sorted(folder.glob("*.json")))
    except (OSError, ValidationError) as error:
        raise SfumatoError("The list of engine packs is damaged.", "Install Sfumato again.", str(error)) from error


def active_pack(packs: Path) -> PackLock | None:
    """The pack that is used; None where the app's own libraries are."""
    try:
        name = (packs / ACTIVE).read_text("utf-8").strip()
        return PackLock.model_validate_json((packs / name / DESCRIPTION).read_bytes())
    except (OSError, ValueError):
        return None


def libraries_in_use(packs: Path) -> Path | None:
    """The libraries that engine processes load instead of the app's own; None without a pack for this very app."""
    lock = active_pack(packs)
    return libraries_of(packs, lock) if lock and lock.fits_here else None


def libraries_of(packs: Path, lock: PackLock) -> Path:
    """The folder that goes first on an engine process's path."""
    return packs / lock.id / LIBRARIES


def install_pack(
    source: Path, packs: Path, locks: tuple[PackLock, ...], probe: Callable[[Path, PackLock], None]
) -> PackLock:
    """Install the pack in a folder or an archive (.zip, .tar, .tar.*) and use it from now on.

    `probe` is given the unpacked libraries with their lock and raises SfumatoError if the engines do not run with them.

    Raises:
        SfumatoError: if it is none of the locked packs, or does not work here; what was used before stays in use.
    """
    ensure_folder(packs)
    remove_unfinished_packs(packs)
    try:
        with _as_folder(source, packs) as folder:
            lock = _identify(folder, locks)
            with tempfile.TemporaryDirectory(UNFINISHED_SUFFIX, UNFINISHED_PREFIX, packs) as name:
                unfinished = Path(name)
                for wheel in lock.wheels:
                    unpack_wheel(folder / wheel.file, unfinished / LIBRARIES)
                (unfinished / DESCRIPTION).write_text(lock.model_dump_json(), "utf-8")
                probe(unfinished / LIBRARIES, lock)
                _put_in_place(unfinished, packs, lock)
    except OSError as error:
        raise file_trouble(packs, error) from error
    return lock


def remove_pack(packs: Path) -> None:
    """Use the app's own libraries again, and free the room. Raises SfumatoError if the files cannot be removed."""
    try:
        (packs / ACTIVE).unlink(missing_ok=True)
        for folder in packs.glob("*/"):
            shutil.rmtree(folder)
    except OSError as error:
        raise file_trouble(packs, error) from error


def remove_unfinished_packs(packs: Path) -> None:
    """Delete what an interrupted installation left behind."""
    for folder in packs.glob(f"{UNFINISHED_PREFIX}*{UNFINISHED_SUFFIX}"):
        shutil.rmtree(folder, ignore_errors=True)


def unpack_wheel(wheel: Path, folder: Path) -> None:
    """What a wheel puts beside other packages; its scripts and headers are left out. Raises SfumatoError if it leads elsewhere."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            place = _place_in_packages(entry.filename)
            if place is None or entry.is_dir():
                continue
            target = folder.joinpath(*place.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, CHUNK_BYTES)
            if entry.external_attr >> 16 & 0o111:
                target.chmod(0o755)


def _place_in_packages(name: str) -> PurePosixPath | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise SfumatoError("A file of the pack leads out of its folder.", "Get the pack from another place.", name)
    if path.parts and path.parts[0].endswith(".data"):
        return PurePosixPath(*path.parts[2:]) if path.parts[1:2] in (("purelib",), ("platlib",)) else None
    return path


def _identify(folder: Path, locks: tuple[PackLock, ...]) -> PackLock:
    """The lock whose every wheel is there, byte for byte."""
    present = {file.name for file in folder.glob("*.whl")}
    for lock in locks:
        if not {wheel.file for wheel in lock.wheels} <= present:
            continue
        if not lock.fits_here:
            raise SfumatoError(f"“{lock.title}” is made for another system or another version of Sfumato.")
        for wheel in lock.wheels:
            if _sha256(folder / wheel.file) != wheel.sha256:
                raise SfumatoError(f"{wheel.file} is damaged or not what it should be.", "Get the pack again.")
        return lock
    raise SfumatoError(
        "This is no engine pack of this version of Sfumato.",
        f"It knows: {', '.join(lock.title for lock in locks if lock.fits_here) or 'none for this system'}.",
        f"found {sorted(present)}",
    )


def _put_in_place(unfinished: Path, packs: Path, lock: PackLock) -> None:
    """The pointer is exchanged in one step; an older pack goes when nothing points to it any more."""
    place = packs / lock.id
    if place.exists():  # the same pack once more: it is whole, since it was checked before it came here
        (packs / ACTIVE).unlink(missing_ok=True)
        shutil.rmtree(place)
    unfinished.rename(place)
    unfinished.mkdir()  # for the one who made it to remove
    replace_file(packs / ACTIVE, lock.id.encode())
    for folder in packs.glob("*/"):
        if folder not in (place, unfinished):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _as_folder(source: Path, packs: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(UNFINISHED_SUFFIX, UNFINISHED_PREFIX, packs) as name:
        try:
            _unpack_archive(source, Path(name))
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            raise SfumatoError(f"{source.name} is no archive, or cut short.", "Get it again.", str(error)) from error
        yield Path(name)


def _unpack_archive(source: Path, folder: Path) -> None:
    """Only wheels, and each by its bare name, so that nothing can lead elsewhere."""
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".whl"):
                    with (
                        archive.open(entry) as packed,
                        (folder / PurePosixPath(entry.filename).name).open("wb") as file,
                    ):
                        shutil.copyfileobj(packed, file, CHUNK_BYTES)
        return
    with tarfile.open(source) as archive:
        for member in archive:
            packed_file = archive.extractfile(member) if member.isfile() and member.name.endswith(".whl") else None
            if packed_file is not None:
                with suppress(KeyError), (folder / PurePosixPath(member.name).name).open("wb") as file:
                    shutil.copyfileobj(packed_file, file, CHUNK_BYTES)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
