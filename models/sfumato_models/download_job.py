"""One model from the hub to the shelf: ask, make sure of the room, fetch several files at once, put it in its place.

The same job repairs a model that is there: it fetches the files that are not as they should be, and no others.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import filelock

from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import file_trouble
from sfumato_models.download_messages import DownloadState, Phase
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
REPORT_S = 0.2
SPEED_WINDOW_S = 10.0

Tell = Callable[[DownloadState], None]


class DownloadJob:
    """One model on its way. `run` returns when it is in its place, paused or refused; every state is told."""

    def __init__(self, hub: Hub, spec: ModelSpec, shelf: Shelf, tell: Tell, stop: StopToken) -> None:
        self._hub = hub
        self._spec = spec
        self._shelf = shelf
        self._tell = tell
        self._stop = stop
        self._lock = threading.Lock()
        page = f"{hub.network.address.rstrip('/')}/{spec.source.repository}" if spec.source else ""
        self._state = DownloadState(spec.id, spec.title, "asking", page=page)
        self._came: deque[tuple[float, int]] = deque()
        self._trouble: SfumatoError | None = None

    def run(self) -> None:
        """Do it. Raises nothing that is known; every end is told as a state."""
        try:
            self._tell(self._state)
            with self._alone():
                self._run()
            self._end("done")
        except Stopped:
            self._end("paused")
        except SfumatoError as error:
            refused = error.reason if isinstance(error, HubRefused) else ""
            self._end("failed", error, refused)
        except OSError as error:
            self._end("failed", file_trouble(self._shelf.folder, error))

    # --- a `Watch` of the transfers ---------------------------------------------------------------------------------

    def received(self, count: int) -> None:
        """So many more bytes (or fewer) are on the disk."""
        with self._lock:
            self._state = replace(self._state, done_bytes=self._state.done_bytes + count)
            if count > 0:
                self._came.append((time.monotonic(), count))

    def waiting(self, text: str) -> None:
        """Why nothing moves, or that it moves again."""
        with self._lock:
            if self._state.phase in ("downloading", "waiting"):
                self._state = replace(self._state, phase="waiting" if text else "downloading", note=text)

    # --- the steps --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        repaired = self._installed_manifest()
        manifest = repaired or self._begun_manifest() or self._ask()
        place = self._shelf.unfinished_place(self._spec.id)
        place.mkdir(parents=True, exist_ok=True)
        self._put(replace(self._state, phase="checking", total_bytes=manifest.size_bytes))
        if repaired:
            with self._reporting():
                wanted = damaged_files(self._shelf.place(self._spec.id), repaired, self._checked)
            self._put(replace(self._state, done_bytes=0, total_bytes=sum(file.size_bytes for file in wanted)))
        else:
            wanted = manifest.files
        missing = [file for file in wanted if not (place / file.path).exists()]
        there = sum(file.size_bytes for file in wanted) - sum(file.size_bytes for file in missing)
        begun = sum(_size(part_path(place, file)) for file in missing)
        left = sum(file.size_bytes for file in missing) - begun
        self._make_sure_of_room(left)
        self._put(replace(self._state, phase="downloading", done_bytes=there + begun))
        with self._reporting():
            self._fetch_all(missing, place)
        self._put_in_place(place, manifest, wanted if repaired else None)

    def _ask(self) -> Manifest:
        """Plan the model and write the plan down, so that a restart goes on with the very same files."""
        plan = self._patiently(lambda: plan_model(self._hub, self._spec, self._stop))
        manifest = Manifest(
            spec=self._spec, repository=plan.repository, commit=plan.commit, licence=plan.licence, files=plan.files
        )
        self._make_sure_of_room(manifest.size_bytes)
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
                self._put(replace(self._state, note=trouble.message))
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

    def _make_sure_of_room(self, left_bytes: int) -> None:
        self._shelf.folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._shelf.folder).free
        if left_bytes and left_bytes + ROOM_BYTES > free:
            raise SfumatoError(
                f"There is not enough room: {(left_bytes + ROOM_BYTES) / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free.",
                f"Free some space on the disk of {self._shelf.folder}, or choose a smaller model.",
            )

    def _fetch_all(self, files: Iterable[ModelFile], place: Path) -> None:
        """Small files first, so that a wrong repository shows early; the first trouble stops the others."""
        inner = StopToken()

        def bring(file: ModelFile) -> None:
            try:
                fetch(self._hub, file, place, self, inner)
            except Stopped:
                return
            except SfumatoError as error:
                with self._lock:
                    self._trouble = self._trouble or error
                inner.stop()

        with self._stop.cutting(inner.stop), ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            for _ in pool.map(bring, sorted(files, key=lambda file: file.size_bytes)):
                pass
        if self._trouble:
            raise self._trouble
        self._stop.raise_if_stopped()

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

    # --- telling ----------------------------------------------------------------------------------------------------

    def _checked(self, count: int) -> None:
        self._stop.raise_if_stopped()
        with self._lock:
            self._state = replace(self._state, done_bytes=self._state.done_bytes + count)

    def _put(self, state: DownloadState) -> None:
        with self._lock:
            self._state = state
        self._tell(state)

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        """Tell the state several times a second while this is open."""
        done = threading.Event()

        def report() -> None:
            while not done.wait(REPORT_S):
                self._tell(self._with_speed())

        thread = threading.Thread(target=report, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _with_speed(self) -> DownloadState:
        now = time.monotonic()
        with self._lock:
            while self._came and self._came[0][0] < now - SPEED_WINDOW_S:
                self._came.popleft()
            state = self._state
            came = sum(count for _, count in self._came)
            since = now - self._came[0][0] if self._came else 0.0
        if state.phase != "downloading" or since < 2 * REPORT_S:
            return state
        speed = came / since
        return replace(
            state, bytes_s=speed, seconds_left=(state.total_bytes - state.done_bytes) / speed if speed else None
        )

    def _end(self, phase: Phase, error: SfumatoError | None = None, refused: str = "") -> None:
        done = self._state.total_bytes if phase == "done" else self._state.done_bytes
        self._put(replace(self._state, phase=phase, done_bytes=done, error=error, refused=refused, note=""))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time works on a model."""
        self._shelf.folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self._shelf.folder / f".{self._spec.id}.lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise SfumatoError(
                "This model is being fetched by another Sfumato.", "Wait for that one, or stop it.", repr(error)
            ) from error
        try:
            yield
        finally:
            lock.release()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
