"""Engine libraries for a graphics card: which packs this app knows, which is used, adding one, going back to the app's own.

Used by `sfumato engines` and by the window's page. Imports no engine library; a pack is tried out in an engine process.
"""

from __future__ import annotations

from pathlib import Path

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled, caught
from sfumato.paths import Paths
from sfumato_desktop.collection import open_collection, resource_folder
from sfumato_desktop.studio import DEFAULT_PAINTER, thread_count
from sfumato_models.engine_pack import PackLock, install_pack, load_locks
from sfumato_models.hardware import has_amd_card, has_nvidia_card
from sfumato_models.nvidia import NEEDED_DRIVERS, PACK_CUDA, find_nvidia_card
from sfumato_models.shelf import Shelf
from sfumato_models.supervisor import EngineProcess
from sfumato_models.worker import EngineSpec


def known_packs() -> tuple[PackLock, ...]:
    """The packs that fit this app on this system. Raises SfumatoError if the list of them is damaged."""
    return tuple(lock for lock in load_locks(resource_folder() / "engine_packs") if lock.fits_here)


def card_sentence() -> str:
    """What graphics card the system tells of."""
    if card := find_nvidia_card():
        needed = NEEDED_DRIVERS[PACK_CUDA]
        old = f" Its driver {card.driver} is too old for a pack: update it to {needed} or newer first."
        return f"The graphics card here: {card.title}." + (old if card.is_too_old_for(PACK_CUDA) else "")
    if has_amd_card():
        return "There is an AMD card in this computer; there is no pack for it yet."
    return "No graphics card was found that a pack would be for; pictures are painted on the processor."


def suits(lock: PackLock) -> bool:
    """True if the card that a pack is for seems to be here."""
    return lock.device != "cuda" or has_nvidia_card()


def add_pack(source: Path, paths: Paths, cancel: CancelToken) -> tuple[PackLock, dict[str, str]]:
    """Install the pack in a folder or an archive; returns it, and what it said when it was tried out.

    Raises:
        SfumatoError: if it is not there, none of the packs, or does not work; what was used before stays in use.
    """
    if not source.exists():
        raise SfumatoError(f"{source} is not there.", "Name a folder or an archive with the pack's wheels.")
    told: dict[str, str] = {}

    def probe(libraries: Path, lock: PackLock) -> None:
        told.update(_probe(libraries, lock, paths, cancel))

    locks = load_locks(resource_folder() / "engine_packs")
    return install_pack(source, paths.engine_packs, locks, probe), told


def add_downloaded(lock: PackLock, paths: Paths, cancel: CancelToken) -> tuple[PackLock, dict[str, str]]:
    """Install what `Downloads.begin_pack` brought, and delete the wheels, also when they do not work here.

    After a stop or without room they are kept: what was fetched need not be fetched again.
    """
    shelf = Shelf(paths.engine_downloads)
    found = caught(lambda: add_pack(shelf.unfinished_place(lock.id), paths, cancel))
    if not isinstance(found, TurnCancelled) and not isinstance(getattr(found, "__cause__", None), OSError):
        shelf.discard_unfinished(lock.id)
    if isinstance(found, Exception):
        raise found
    return found


def begun_bytes(lock: PackLock, paths: Paths) -> int:
    """How much of a pack's download is on the disk."""
    place = Shelf(paths.engine_downloads).unfinished_place(lock.id)
    files = (place / name for wheel in lock.wheels for name in (wheel.file, f"{wheel.file}.part"))
    return sum(file.stat().st_size for file in files if file.exists())


def _probe(libraries: Path, lock: PackLock, paths: Paths, cancel: CancelToken) -> dict[str, str]:
    """Let an engine process load these libraries and compute with them. Raises SfumatoError if it cannot."""
    model = open_collection(paths).get(DEFAULT_PAINTER)
    process = EngineProcess(EngineSpec("probe", model, thread_count(), paths.logs / "probe.log", libraries))
    try:
        told: dict[str, str] = process.call("probe", lock.device, cancel=cancel)
    finally:
        process.close()
    if not told["file"].startswith(str(libraries)):
        raise SfumatoError("The pack's libraries were not the ones that were loaded.", "", told["file"])
    return told
