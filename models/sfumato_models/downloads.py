"""The app's side of the download process: begin, pause, resume, cancel, look up; how far everything is.

Imports nothing that opens a connection. The process is started with the first wish and ended when nothing is left to do
for it, so that between downloads no process of Sfumato has a network.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess

from sfumato.errors import EngineDied, SfumatoError
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato_models.connections import Connection, Ledger
from sfumato_models.download_messages import (
    HUB_ADDRESS,
    AskVersion,
    DownloadState,
    Fetch,
    FetchPack,
    Halt,
    LookedUp,
    LookUp,
    Network,
    Setup,
    Told,
    VersionTold,
    Wish,
)
from sfumato_models.download_worker import serve_downloads
from sfumato_models.engine_pack import PackLock
from sfumato_models.shelf import Shelf

log = logging.getLogger(__name__)
News = DownloadState | LookedUp | VersionTold


def find_network(address: str, proxy: str, name: str = "hub") -> Network:
    """The hub or its mirror (or another site, by its `name`), and the proxy of the settings or else of the system.

    Raises:
        SfumatoError: if an address cannot be used.
    """
    home = (address or HUB_ADDRESS).rstrip("/")
    parts = urllib.parse.urlsplit(home)
    is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.username or (parts.scheme != "https" and not (parts.scheme == "http" and is_near)):
        raise SfumatoError(
            f"The {name}'s address cannot be used.", "It begins with https:// and holds no name or password."
        )
    if not proxy and not is_near and not urllib.request.proxy_bypass(parts.hostname):
        proxy = urllib.request.getproxies().get(parts.scheme, "")
    if proxy and urllib.parse.urlsplit(proxy).scheme not in ("http", "https"):
        raise SfumatoError("The proxy's address cannot be used.", "Write it as http://host:port.")
    return Network(home, proxy)


class Downloads:
    """All models on their way. Safe to call from any thread; `on_told` is called in a thread of this object."""

    def __init__(self, setup: Setup, ledger: Ledger, on_told: Callable[[News], None]) -> None:
        self.shelf = Shelf(setup.models)
        self._setup = setup
        self._ledger = ledger
        self._on_told = on_told
        self._lock = threading.RLock()
        self._process: SpawnProcess | None = None
        self._pipe: Pipe | None = None
        self._states: dict[str, DownloadState] = {}
        self._cancelled: set[str] = set()
        self._lookups: set[str] = set()
        self._asks_version = False

    @property
    def pid(self) -> int | None:
        """The process id while one runs."""
        process = self._process
        return process.pid if process and process.is_alive() else None

    def states(self) -> dict[str, DownloadState]:
        """How far every model is that was begun: in this run, or in an earlier one (then it is paused)."""
        with self._lock:
            found = dict(self._states)
        for manifest in self.shelf.unfinished():
            spec = manifest.spec
            if spec.id not in found:
                place = self.shelf.unfinished_place(spec.id)
                there = sum(
                    path.stat().st_size for file in manifest.files for path in (place / file.path, place / f"{file.path}.part")
                    if path.exists()
                )  # fmt: skip
                found[spec.id] = DownloadState(spec.id, spec.title, "paused", there, manifest.size_bytes)
        return found

    def begin(self, spec: ModelSpec, network: Network, token: str | None) -> None:
        """Fetch a model, go on with it, or repair it if it is there. Nothing if it is on its way already."""
        with self._lock:
            before = self._states.get(spec.id)
            if before and before.is_active:
                return
            self._cancelled.discard(spec.id)
            self._states[spec.id] = DownloadState(spec.id, spec.title, "asking")
            self._send(Fetch(spec, network, token))

    def begin_pack(self, lock: PackLock, site: Network) -> None:
        """Fetch the wheels of an engine pack, or go on with them. Nothing if they are on their way already.

        When it is done they stand in the shelf's unfinished place, until whoever installs them discards them there.
        """
        with self._lock:
            before = self._states.get(lock.id)
            if before and before.is_active:
                return
            self._cancelled.discard(lock.id)
            self._states[lock.id] = DownloadState(lock.id, lock.title, "asking")
            self._send(FetchPack(lock, site))

    def pause(self, model_id: str) -> None:
        """Stop for now; what is there is kept, over restarts too."""
        with self._lock:
            if self._pipe and self._is_active(model_id):
                self._send(Halt(model_id))

    def cancel(self, model_id: str) -> None:
        """Stop and delete what has come. Raises SfumatoError if that cannot be deleted."""
        with self._lock:
            if self._is_active(model_id):
                self._cancelled.add(model_id)  # deleted when the process has let go of it
                self._send(Halt(model_id))
                return
            self._states.pop(model_id, None)
        self.shelf.discard_unfinished(model_id)

    def look_up(
        self, repository: str, families: Mapping[str, PictureFacts], network: Network, token: str | None
    ) -> None:
        """Make a catalogue entry of a repository; a `LookedUp` is told."""
        with self._lock:
            self._lookups.add(repository)
            self._send(LookUp(repository, families, network, token))

    def ask_version(self, site: Network) -> None:
        """Look for a newer version of the app; a `VersionTold` is told."""
        with self._lock:
            self._asks_version = True
            self._send(AskVersion(site))

    def close(self) -> None:
        """End the process. What is on its way is kept as far as it has come."""
        with self._lock:
            process, self._process = self._process, None
            pipe, self._pipe = self._pipe, None
        if pipe:
            pipe.close()
        if process:
            process.kill()
            process.join(5)

    def _is_active(self, model_id: str) -> bool:
        state = self._states.get(model_id)
        return state is not None and state.is_active

    def _send(self, message: Wish) -> None:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(
                target=serve_downloads, args=(theirs, self._setup), name="sfumato-downloads", daemon=True
            )
            process.start()
            theirs.close()
            self._process, self._pipe = process, ours
            threading.Thread(target=self._listen, args=(process, ours), name="downloads", daemon=True).start()
        self._pipe.send(message)

    def _listen(self, process: SpawnProcess, pipe: Pipe) -> None:
        while True:
            try:
                told: Told = pipe.recv()
            except (EOFError, OSError):
                break
            self._hear(told)
            self._rest(process)
        with self._lock:
            if self._process is not process:
                return  # it was closed
            self._process = self._pipe = None
            lost = [state for state in self._states.values() if state.is_active]
            lookups, self._lookups = self._lookups, set()
            asks_version, self._asks_version = self._asks_version, False
        process.join(1)
        died = EngineDied(
            "The download process stopped unexpectedly.",
            "What is there is kept; try again.",
            f"exit code {process.exitcode}",
        )
        for state in lost:
            self._hear(replace(state, phase="failed", error=died))
        for repository in lookups:
            self._hear(LookedUp(repository, None, died))
        if asks_version:
            self._hear(VersionTold(error=died))

    def _hear(self, told: Told) -> None:
        match told:
            case Connection():
                with contextlib.suppress(OSError):  # a full disk must not end the download: it says so itself
                    self._ledger.add(told)
                return
            case LookedUp():
                with self._lock:
                    self._lookups.discard(told.repository)
            case VersionTold():
                with self._lock:
                    self._asks_version = False
            case DownloadState():
                told = self._settle(told)
        self._on_told(told)

    def _settle(self, state: DownloadState) -> DownloadState:
        with self._lock:
            is_cancelled = state.model_id in self._cancelled and not state.is_active
            self._states[state.model_id] = state
            if state.error:
                log.warning("download of %s: %s | %s", state.model_id, state.error, state.error.detail)
            if not is_cancelled or state.phase == "done":
                return state
            self._cancelled.discard(state.model_id)
            del self._states[state.model_id]
        try:
            self.shelf.discard_unfinished(state.model_id)
        except SfumatoError as error:
            return replace(state, phase="failed", error=error)
        return replace(state, phase="cancelled", done_bytes=0)

    def _rest(self, process: SpawnProcess) -> None:
        """End the process when there is nothing left to do for it."""
        with self._lock:
            is_wanted = self._asks_version or self._lookups or any(state.is_active for state in self._states.values())
            if self._process is not process or is_wanted:
                return
            self._process, pipe, self._pipe = None, self._pipe, None
        if pipe:
            pipe.close()
        process.join(5)
