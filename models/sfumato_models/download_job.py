"""One model from the hub to the shelf: ask, make sure of the room, fetch several files at once, put it in its place.

The same job repairs a model that is there: it fetches the files that are not as they should be, and no others.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock

from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import file_trouble
from sfumato_models.download_messages import DownloadState
from sfumato_models.download_progress import Progress, Tell
from sfumato_models.download_stop import Stopped, StopToken
from sfumato_models.hub import Hub, HubRefused, Passing
from sfumato_models.model_folder import (
    Manifest,
    ModelFile,
    damaged_files,
    is_whole,
    read_manifest,
    write_manifest,
)
from sfumato_models.repository import ModelPlan, plan_model
from sfumato_models.shelf import Shelf
from sfumato_models.transfer import ATTEMPTS, fetch, part_path

FILES_AT_ONCE = 3
# Kept free on the disk besides the model.
ROOM_BYTES = 200_000_000


class DownloadJob:
    """One model on its way. `run` returns when it is in its place, paused or refused; every state is told."""

    def __init__(self, hub: Hub, spec: ModelSpec, shelf: Shelf, tell: Tell, stop: StopToken) -> None:
        self._hub = hub
        self._spec = spec
        self._shelf = shelf
        self._stop = stop
        page = hub.network.page(spec.source.repository) if spec.source else ""
        self._progress = Progress(DownloadState(spec.id, spec.title, "asking", page=page), tell, stop)

    def run(self) -> None:
        """Do it. Raises nothing that is known; every end is told as a state."""
        try:
            with alone(self._shelf, self._spec.id):
                self._run()
            self._progress.end("done")
        except Stopped:
            self._progress.end("paused")
        except SfumatoError as error:
            refused = error.reason if isinstance(error, HubRefused) else ""
            self._progress.end("failed", error, refused)
        except OSError as error:
            self._progress.end("failed", file_trouble(self._shelf.folder, error))

    # --- the steps --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        repaired = self._installed_manifest()
        manifest = repaired or self._begun_manifest() or self._ask()
        place = self._shelf.unfinished_place(self._spec.id)
        place.mkdir(parents=True, exist_ok=True)
        self._progress.put(phase="checking", total_bytes=manifest.size_bytes)
        if repaired:
            with self._progress.reporting():
                wanted = damaged_files(self._shelf.place(self._spec.id), repaired, self._progress.checked)
            self._progress.put(done_bytes=0, total_bytes=sum(file.size_bytes for file in wanted))
        else:
            wanted = manifest.files
        fetch_missing(self._hub, wanted, place, self._progress, self._stop)
        self._put_in_place(place, manifest, wanted if repaired else None)

    def _ask(self) -> Manifest:
        """Plan the model and write the plan down, so that a restart goes on with the very same files."""
        plan = self._patiently(lambda: plan_model(self._hub, self._spec, self._stop))
        manifest = Manifest(
            spec=self._spec, repository=plan.repository, commit=plan.commit, licence=plan.licence, files=plan.files
        )
        make_sure_of_room(self._shelf.folder, manifest.size_bytes)
        place = self._shelf.unfinished_place(self._spec.id)
        place.mkdir(parents=True, exist_ok=True)
        write_manifest(place, manifest)
        return manifest

    def _patiently(self, ask: Callable[[], ModelPlan]) -> ModelPlan:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return ask()
            except Passing as trouble:
                wait_s = (
                    trouble.wait_s if trouble.wait_s is not None else self._hub.patience.backoff_s * 2 ** (attempt - 1)
                )
                if attempt == ATTEMPTS or wait_s > self._hub.patience.retry_after_s:
                    raise
                self._progress.put(note=trouble.message)
                self._stop.wait(wait_s)
        raise AssertionError("unreachable")

    def _installed_manifest(self) -> Manifest | None:
        try:
            return read_manifest(self._shelf.place(self._spec.id))
        except FileNotFoundError:
            return None

    def _begun_manifest(self) -> Manifest | None:
        """What was planned before; planned again if that cannot be read."""
        with contextlib.suppress(FileNotFoundError, SfumatoError):
            return read_manifest(self._shelf.unfinished_place(self._spec.id))
        return None

    def _put_in_place(self, place: Path, manifest: Manifest, repaired: Iterable[ModelFile] | None) -> None:
        home = self._shelf.place(self._spec.id)
        if repaired is None:
            for file in manifest.files:  # someone may have taken one away meanwhile
                if _size(place / file.path) != file.size_bytes:
                    raise SfumatoError(f"{file.path} has vanished while the model was fetched.", "Try again to get it.")
            os.rename(place, home)
            return
        for file in repaired:
            if not is_whole(place / file.path, file):
                raise SfumatoError(f"{file.path} has vanished while the model was repaired.", "Repair it again.")
            (home / file.path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(place / file.path, home / file.path)
        shutil.rmtree(place)


def fetch_missing(hub: Hub, wanted: Iterable[ModelFile], place: Path, progress: Progress, stop: StopToken) -> None:
    """Bring what is not in `place` yet, going on where it was cut. Raises as `transfer.fetch`, and where there is no room."""
    wanted = tuple(wanted)
    missing = [file for file in wanted if not (place / file.path).exists()]
    there = sum(file.size_bytes for file in wanted) - sum(file.size_bytes for file in missing)
    begun = sum(_size(part_path(place, file)) for file in missing)
    make_sure_of_room(place, sum(file.size_bytes for file in missing) - begun)
    progress.put(phase="downloading", done_bytes=there + begun)
    with progress.reporting():
        _fetch_all(hub, missing, place, progress, stop)


def make_sure_of_room(folder: Path, left_bytes: int) -> None:
    """Raises SfumatoError if there is not enough room on the disk for what is left to come."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if left_bytes and left_bytes + ROOM_BYTES > free:
        raise SfumatoError(
            f"There is not enough room: {(left_bytes + ROOM_BYTES) / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free.",
            f"Free some space on the disk of {folder}, or choose something smaller.",
        )


@contextlib.contextmanager
def alone(shelf: Shelf, name: str) -> Iterator[None]:
    """Only one process at a time fetches a thing of this name. Raises SfumatoError if another one does."""
    shelf.folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(shelf.folder / f".{name}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise SfumatoError(
            "This is being fetched by another Sfumato.", "Wait for that one, or stop it.", repr(error)
        ) from error
    try:
        yield
    finally:
        lock.release()


def _fetch_all(hub: Hub, files: Iterable[ModelFile], place: Path, progress: Progress, stop: StopToken) -> None:
    """Small files first, so that a wrong repository shows early; the first trouble stops the others."""
    inner = StopToken()
    troubles: list[SfumatoError] = []

    def bring(file: ModelFile) -> None:
        try:
            fetch(hub, file, place, progress, inner)
        except Stopped:
            return
        except SfumatoError as error:
            troubles.append(error)
            inner.stop()

    with stop.cutting(inner.stop), ThreadPoolExecutor(FILES_AT_ONCE) as pool:
        for _ in pool.map(bring, sorted(files, key=lambda file: file.size_bytes)):
            pass
    if troubles:
        raise troubles[0]
    stop.raise_if_stopped()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
