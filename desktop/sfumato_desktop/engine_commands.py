"""`sfumato engines`: which engine libraries are used; download a pack, add one from a folder or archive; remove it.

Also whether the chosen painter paints with compiled blocks.
"""

from __future__ import annotations

import argparse
import queue
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.paths import Paths, find_paths
from sfumato.settings import load_settings
from sfumato_desktop.download_commands import watch_download
from sfumato_desktop.engine_libraries import add_downloaded, add_pack, begun_bytes, known_packs, suits
from sfumato_desktop.site import find_site
from sfumato_desktop.studio import open_studio
from sfumato_models.compile_job import build_compiled
from sfumato_models.compiled_engines import keep_tried, use_compiled
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import Setup
from sfumato_models.downloads import Downloads
from sfumato_models.engine_pack import PackLock, active_pack, remove_pack

Found = tuple[dict[str, Any], str]


def run_engines(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Do what `wishes.action` says."""
    paths = find_paths()
    match wishes.action:
        case "remove":
            remove_pack(paths.engine_packs)
            return {"in_use": None}, "Sfumato uses its own engine libraries, on the processor."
        case "add" if wishes.pack is None:
            raise SfumatoError("Say where the pack is.", "For example: sfumato engines add /media/stick/engines")
        case "add":
            return _added(*add_pack(Path(wishes.pack), paths, cancel))
        case "compile":
            return _compiled(paths, cancel)
        case "plain":
            return _plain(paths)
        case "download":
            lock = _wished(wishes.pack)
            _download(lock, paths, cancel)
            return _added(*add_downloaded(lock, paths, cancel))
    return _list(paths)


def _list(paths: Paths) -> Found:
    used = active_pack(paths.engine_packs)
    lines = [f"In use: {used.title}" if used else "In use: Sfumato's own engine libraries, on the processor."]
    for lock in known_packs():
        begun = f" [{begun_bytes(lock, paths) / 1e6:,.0f} MB are there]" if begun_bytes(lock, paths) else ""
        lines.append(
            f"{lock.id}: {lock.title}, {lock.size_bytes / 1e9:.1f} GB{begun}. Get it with “sfumato engines download”,"
        )
        lines.append("    or add it from a folder with these wheels:")
        lines += [f"    {wheel.file}" for wheel in lock.wheels]
    data = {"in_use": used.id if used else None, "known": [lock.model_dump() for lock in known_packs()]}
    return data, "\n".join(lines)


def _compiled(paths: Paths, cancel: CancelToken) -> Found:
    """Build the chosen painter's blocks, and use them from the next start on where that is worth it."""
    studio = open_studio(paths)
    spec = studio.painter_process.spec
    built = build_compiled(spec, cancel, graphics_gib=studio.graphics_gib)
    title = spec.model.spec.title
    keep_tried(paths.engine_notes, spec.model.spec.id, built)
    data = {"model": spec.model.spec.id, "in_use": built.is_worthwhile, **asdict(built)}
    if not built.repeats:
        return data, f"{title} does not paint the same picture twice with compiled blocks here: it stays as it is."
    if not built.is_worthwhile:
        return (
            data,
            f"{title} gains nothing from compiled blocks here ({built.times:.2f} times as fast): it stays as it is.",
        )
    return data, (
        f"From the next start on {title} paints new conversations with compiled blocks, {built.times:.2f} times as fast. Such "
        "pictures differ a little from those without, and a size that is new is prepared once. Back: sfumato engines plain"
    )


def _plain(paths: Paths) -> Found:
    spec = open_studio(paths).painter_process.spec.model.spec
    use_compiled(paths.engine_notes, spec.id, False)
    return {"model": spec.id, "in_use": False}, f"From the next start on {spec.title} paints without compiled blocks."


def _added(lock: PackLock, told: dict[str, str]) -> Found:
    return {"in_use": lock.id, **told}, f"In use: {lock.title}, on {told['device']}."


def _wished(name: str | None) -> PackLock:
    """The pack of that name, or the only one for a card of this computer."""
    known = known_packs()
    fitting = [lock for lock in known if (lock.id == name if name else suits(lock))]
    if len(fitting) == 1:
        return fitting[0]
    if not name and not fitting:
        raise SfumatoError(
            "No graphics card was found that a pack would be for.", "Name a pack of “sfumato engines” to get it anyway."
        )
    raise SfumatoError(
        f"There is no engine pack called “{name}”." if name else "There are several packs.",
        f"Name one of these: {', '.join(lock.id for lock in known) or 'none for this system'}.",
    )


def _download(lock: PackLock, paths: Paths, cancel: CancelToken) -> None:
    site = find_site(load_settings(paths.settings_file).settings)
    told: queue.Queue[Any] = queue.Queue()
    downloads = Downloads(Setup(paths.engine_downloads), Ledger(paths.connections_file), told.put)
    try:
        downloads.begin_pack(lock, site)
        state = watch_download(downloads, told, lock.id, cancel)
    finally:
        downloads.close()
    if state.error:
        raise state.error
    if state.phase != "done":
        raise TurnCancelled
