"""Where Sfumato keeps its things, and how a file is put there whole: it is there completely or not at all.

Nothing is created until it is needed. `SFUMATO_HOME` puts everything into one folder.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from sfumato.errors import Retryable, SfumatoError

APP_NAME = "Sfumato"
HOME_VARIABLE = "SFUMATO_HOME"
UNFINISHED_PREFIX = ".sfumato-"
UNFINISHED_SUFFIX = ".part"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one person's Sfumato. None of them need exist yet."""

    data: Path
    pictures: Path
    logs: Path
    settings_file: Path

    @property
    def library_file(self) -> Path:
        """The database of conversations."""
        return self.data / "library.sqlite3"

    @property
    def engine_packs(self) -> Path:
        """Engine libraries the person added, such as those for a graphics card."""
        return self.data / "engines"

    @property
    def engine_downloads(self) -> Path:
        """Wheels of engine packs on their way."""
        return self.data / "engine-downloads"

    @property
    def models(self) -> Path:
        """Models that were downloaded."""
        return self.data / "models"

    @property
    def loras(self) -> Path:
        """LoRA files the person added."""
        return self.data / "loras"

    @property
    def hash_book(self) -> Path:
        """Remembered hashes of model files."""
        return self.data / "hashes.json"

    @property
    def engine_notes(self) -> Path:
        """What the engines remember of this machine; it may be deleted at any time."""
        return self.data / "engine-notes"

    @property
    def own_models(self) -> Path:
        """Copies of models that the person has, one folder each."""
        return self.data / "own-models"

    @property
    def graphics_file(self) -> Path:
        """The graphics memory that was found last."""
        return self.data / "graphics.json"

    @property
    def own_entries(self) -> Path:
        """Entries that the person added to the catalogue, one TOML file each."""
        return self.data / "catalogue"

    @property
    def part_files(self) -> Path:
        """The list of text encoders and autoencoders that the person added as files of their own."""
        return self.data / "part-files.json"

    @property
    def connections_file(self) -> Path:
        """The ledger of connections."""
        return self.data / "connections.jsonl"


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """The places this operating system has for an app's things, or the folder named by `SFUMATO_HOME`."""
    if home := environ.get(HOME_VARIABLE):
        root = Path(home).expanduser().absolute()
        return Paths(root / "data", root / "pictures", root / "logs", root / "settings.json")
    folders = platformdirs.PlatformDirs(APP_NAME.lower() if os.name == "posix" else APP_NAME, appauthor=False)
    return Paths(
        data=folders.user_data_path,
        pictures=folders.user_pictures_path / APP_NAME,
        logs=folders.user_log_path,
        settings_file=folders.user_config_path / "settings.json",
    )


def ensure_folder(folder: Path) -> Path:
    """The folder, made if it was not there and found to be writable.

    Raises:
        SfumatoError: if it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise file_trouble(folder, error) from error


def put_new_file(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet. After a crash it is whole or absent.

    Raises:
        FileExistsError: if it is there; it stays as it is.
        OSError: as the operating system says; nothing is left behind.
    """
    _put(path, data, _place_new)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file in the place of an older one, if any. After a crash it is the old or the new one.

    Raises:
        OSError: as the operating system says; the older file stays.
    """
    _put(path, data, os.replace)


def remove_unfinished(folder: Path) -> None:
    """Delete what a crash left half written in this folder and those below it."""
    for path in folder.rglob(f"{UNFINISHED_PREFIX}*{UNFINISHED_SUFFIX}"):
        path.unlink(missing_ok=True)


def is_disk_full(error: OSError) -> bool:
    """True when there was no room left (disk, quota or file size)."""
    return error.errno in _FULL


def file_trouble(path: Path, error: OSError) -> SfumatoError:
    """The operating system's trouble with a file or folder, in words for a person."""
    if is_disk_full(error):
        return Retryable(
            "The disk is full, so this could not be saved.", f"Free some space on the disk of {path}.", repr(error)
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Retryable(
            f"Sfumato may not write to {path}.",
            f"Allow it, or name another folder in {HOME_VARIABLE} and start again.",
            repr(error),
        )
    return Retryable(
        f"{path} cannot be used: {error.strerror or 'unknown trouble'}.", "See whether its disk is there.", repr(error)
    )


def _put(path: Path, data: bytes, place: Callable[[Path, Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(UNFINISHED_SUFFIX, UNFINISHED_PREFIX, path.parent)
    unfinished = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        place(unfinished, path)
        _sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _place_new(unfinished: Path, path: Path) -> None:
    """A hard link refuses an existing name in one step; where there are none, look first and rename."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.rename(unfinished, path)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power loss; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
