"""The main function of the download process: the only process of Sfumato with a network. Imports no engine.

It is started when a person asks for something from the hub, and leaves when the pipe closes. The token comes over the
pipe and stays in this process's memory.
"""

from __future__ import annotations

import logging
import os
import threading
from multiprocessing.connection import Connection as Pipe
from typing import Any

from sfumato.errors import SfumatoError, attempt
from sfumato_models.download_messages import (
    AskVersion,
    DownloadState,
    Fetch,
    FetchPack,
    Halt,
    LookedUp,
    LookUp,
    Setup,
    VersionTold,
)
from sfumato_models.download_stop import StopToken
from sfumato_models.shelf import Shelf


def serve_downloads(pipe: Pipe, setup: Setup) -> None:
    """The main function of the process."""
    logging.disable(logging.CRITICAL)  # request logs of libraries could name what only the ledger may
    _Server(pipe, setup).run()


class _Server:
    """One thread listens, one works on each model."""

    def __init__(self, pipe: Pipe, setup: Setup) -> None:
        self._pipe = pipe
        self._setup = setup
        self._shelf = Shelf(setup.models)
        self._send_lock = threading.Lock()
        self._stops: dict[str, StopToken] = {}

    def run(self) -> None:
        """Until the pipe closes."""
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(0)
            match message:
                case Fetch():
                    self._stops[message.spec.id] = stop = StopToken()
                    threading.Thread(target=self._fetch, args=(message, stop), daemon=True).start()
                case FetchPack():
                    self._stops[message.lock.id] = stop = StopToken()
                    threading.Thread(target=self._fetch_pack, args=(message, stop), daemon=True).start()
                case Halt() if message.model_id in self._stops:
                    self._stops[message.model_id].stop()
                case LookUp():
                    threading.Thread(target=self._look_up, args=(message,), daemon=True).start()
                case AskVersion():
                    threading.Thread(target=self._ask_version, args=(message,), daemon=True).start()

    def _fetch(self, wish: Fetch, stop: StopToken) -> None:
        from sfumato_models.download_job import DownloadJob  # what connects is imported in this process only
        from sfumato_models.hub import Hub

        def fetch() -> None:
            hub = Hub(wish.network, wish.token, self._setup.patience, self._send)
            DownloadJob(hub, wish.spec, self._shelf, self._send, stop).run()
            hub.close()

        if isinstance(trouble := attempt(fetch), SfumatoError):  # it ends one download, not the others
            self._send(DownloadState(wish.spec.id, wish.spec.title, "failed", error=trouble))

    def _fetch_pack(self, wish: FetchPack, stop: StopToken) -> None:
        from sfumato_models.hub import Hub
        from sfumato_models.pack_job import fetch_pack

        def fetch() -> None:
            site = Hub(wish.site, None, self._setup.patience, self._send, is_site=True)
            fetch_pack(site, wish.lock, self._shelf, self._send, stop)
            site.close()

        if isinstance(trouble := attempt(fetch), SfumatoError):
            self._send(DownloadState(wish.lock.id, wish.lock.title, "failed", error=trouble))

    def _look_up(self, wish: LookUp) -> None:
        from sfumato_models.hub import Hub, HubRefused
        from sfumato_models.own_entries import spec_from_repository

        def look_up() -> None:
            hub = Hub(wish.network, wish.token, self._setup.patience, self._send)
            spec = spec_from_repository(hub, wish.repository, wish.families, StopToken())
            self._send(LookedUp(wish.repository, spec))
            hub.close()

        match attempt(look_up):
            case HubRefused() as refused:
                page = wish.network.page(wish.repository)
                hint = f"{refused.hint} ({page})" if refused.reason == "gate" else refused.hint
                told = SfumatoError(refused.message, hint, refused.detail)
                self._send(LookedUp(wish.repository, None, told, refused.reason))
            case SfumatoError() as trouble:
                self._send(LookedUp(wish.repository, None, trouble))

    def _ask_version(self, wish: AskVersion) -> None:
        from sfumato_models.hub import Hub
        from sfumato_models.newest_version import newest_version

        def ask() -> None:
            site = Hub(wish.site, None, self._setup.patience, self._send, is_site=True)
            self._send(VersionTold(newest_version(site)))
            site.close()

        if isinstance(trouble := attempt(ask), SfumatoError):
            self._send(VersionTold(error=trouble))

    def _send(self, message: Any) -> None:
        try:
            with self._send_lock:
                self._pipe.send(message)
        except OSError:
            os._exit(0)
