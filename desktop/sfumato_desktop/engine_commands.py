"""`sfumato engines`: which engine libraries are used; add a pack from a folder, a stick or an archive; remove it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.paths import Paths, find_paths
from sfumato_desktop.collection import open_collection, resource_folder
from sfumato_desktop.studio import DEFAULT_PAINTER, thread_count
from sfumato_models.engine_pack import PackLock, active_pack, install_pack, load_locks, remove_pack
from sfumato_models.supervisor import EngineProcess
from sfumato_models.worker import EngineSpec

Found = tuple[dict[str, Any], str]


def run_engines(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Do what `wishes.action` says."""
    paths = find_paths()
    locks = load_locks(resource_folder() / "engine_packs")
    if wishes.action == "remove":
        remove_pack(paths.engine_packs)
        return {"in_use": None}, "Sfumato uses its own engine libraries, on the processor."
    if wishes.action == "add":
        if wishes.pack is None:
            raise SfumatoError("Say where the pack is.", "For example: sfumato engines add /media/stick/engines")
        return _add(wishes.pack, paths, locks, cancel)
    return _list(paths, locks)


def _list(paths: Paths, locks: tuple[PackLock, ...]) -> Found:
    used = active_pack(paths.engine_packs)
    fitting = [lock for lock in locks if lock.fits_here]
    lines = [f"In use: {used.title}" if used else "In use: Sfumato's own engine libraries, on the processor."]
    for lock in fitting:
        lines.append(f"{lock.id}: {lock.title}. Add it from a folder with these wheels:")
        lines += [f"    {wheel.file}" for wheel in lock.wheels]
    data = {"in_use": used.id if used else None, "known": [lock.model_dump() for lock in fitting]}
    return data, "\n".join(lines)


def _add(source: Path, paths: Paths, locks: tuple[PackLock, ...], cancel: CancelToken) -> Found:
    if not source.exists():
        raise SfumatoError(f"{source} is not there.", "Name a folder or an archive with the pack's wheels.")
    told: dict[str, str] = {}

    def probe(libraries: Path, lock: PackLock) -> None:
        told.update(probe_engines(libraries, lock, paths, cancel))

    lock = install_pack(source, paths.engine_packs, locks, probe)
    return {"in_use": lock.id, **told}, f"In use: {lock.title}, on {told['device']}."


def probe_engines(libraries: Path, lock: PackLock, paths: Paths, cancel: CancelToken) -> dict[str, str]:
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
