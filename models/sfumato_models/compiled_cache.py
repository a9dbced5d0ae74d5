"""The files of compiled blocks: a folder for each version of torch and model, trimmed so that they never fill a disk.

torch finds them again by itself; what is deleted is built anew when it is painted with. Imports no engine library.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path

from sfumato_models.hardware import GIB

log = logging.getLogger(__name__)
MOST_BYTES = 2 * GIB
MOST_DAYS = 180.0
_DAY_S = 86_400.0


def compiled_folder(notes: Path, model_id: str, libraries: Path | None = None) -> Path:
    """Where a model's compiled blocks are kept, of the torch in `libraries` (an engine pack's) or else of the app's own."""
    return notes / "compiled" / f"torch-{_torch_version(libraries)}" / model_id


def mark_used(folder: Path) -> None:
    """Have a model's folder count as used now; where that cannot be written it counts as older than it is."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)


def compiled_bytes(notes: Path) -> int:
    """What all of them take on the disk."""
    return _size(notes / "compiled")


def trim_compiled(notes: Path, model_ids: Collection[str], libraries: Path | None = None, painter_id: str = "") -> int:
    """Delete what belongs to another version of torch or to none of these models, and what was not used for long.

    Then goes what was not used for longest, until the rest is small enough; never that of the painter in use. Returns the
    bytes that are free again; what cannot be deleted stays.
    """
    root, current = notes / "compiled", compiled_folder(notes, "any", libraries).parent
    before = _size(root)
    for entry in _entries(root):
        if entry != current:
            _delete(entry)
    kept = sorted(((_used_at(entry), entry) for entry in _entries(current)), reverse=True)  # the latest first
    oldest, room = time.time() - MOST_DAYS * _DAY_S, float(MOST_BYTES)
    for used_at, entry in kept:
        size = _size(entry)
        is_wanted = entry.name in model_ids and used_at >= oldest and size <= room
        if is_wanted or entry.name == painter_id:
            room -= size
        else:
            _delete(entry)
    freed = before - _size(root)
    if freed:
        log.info("compiled blocks: %s bytes are free again", freed)
    return freed


def _torch_version(libraries: Path | None) -> str:
    found = distributions(name="torch", path=[str(libraries)]) if libraries else distributions(name="torch")
    return next((it.version for it in found), "unknown")


def _entries(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.iterdir())) if folder.is_dir() else iter(())


def _used_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another Sfumato deleted it
        return 0.0


def _delete(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
        return
    with suppress(OSError):
        entry.unlink()


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # gone meanwhile
                continue
    return total
