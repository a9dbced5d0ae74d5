"""What `sfumato models` does with the download process: fetch, look up, ask for a token, show how far it is."""

from __future__ import annotations

import contextlib
import getpass
import queue
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sfumato.durations import rounded_time
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato.secrets import Secrets
from sfumato.settings import load_settings
from sfumato_desktop.collection import Collection
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Network, Setup
from sfumato_models.downloads import Downloads, find_network
from sfumato_models.family_facts import family_facts

Answer = TypeVar("Answer", DownloadState, LookedUp)
POLL_S = 0.1
MB = 1e6


def fetch_model(spec: ModelSpec, paths: Paths, cancel: CancelToken, secrets: Secrets) -> None:
    """Bring a model, go on with it or repair it, with a token where the hub wants one.

    Raises:
        SfumatoError: saying why it did not come.
        TurnCancelled: after a stop; what has come is kept.
    """
    with open_downloads(paths) as (downloads, told):
        network = _network(paths)

        def attempt(token: str | None) -> DownloadState:
            downloads.begin(spec, network, token)
            return watch_download(downloads, told, spec.id, cancel)

        is_gated = spec.source is not None and spec.source.is_gated
        state = _with_token(attempt, secrets, ask_vault_first=is_gated)
    if state.error:
        hint = f"{state.error.hint} ({state.page})" if state.refused else state.error.hint
        raise SfumatoError(state.error.message, hint, state.error.detail)
    if state.phase != "done":
        raise TurnCancelled


def watch_download(downloads: Downloads, told: queue.Queue[Any], model_id: str, cancel: CancelToken) -> DownloadState:
    """Show how it goes on standard error until it ends. A stop leaves what has come."""
    shows = sys.stderr.isatty()
    is_stopping = False
    while True:
        if cancel.is_cancelled and not is_stopping:
            is_stopping = True
            downloads.pause(model_id)
        try:
            state = told.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if not isinstance(state, DownloadState):
            continue
        if shows:
            print(f"\r\x1b[K{progress_line(state)}", end="" if state.is_active else "\n", file=sys.stderr, flush=True)
        if not state.is_active:
            return state


def progress_line(state: DownloadState) -> str:
    """How far a download is, in one line."""
    if state.note:
        return f"{state.title}: {state.note}"
    if not state.total_bytes:
        return f"{state.title}: {state.phase}"
    line = f"{state.title}: {state.phase}, {amount(state.done_bytes, state.total_bytes)}"
    if state.bytes_s and state.seconds_left is not None:
        line += f", {state.bytes_s / MB:.1f} MB/s, {rounded_time(state.seconds_left)} left"
    return line


def amount(done_bytes: int, total_bytes: int) -> str:
    """How much of something is done, in a unit that suits all of it."""
    total_bytes = max(done_bytes, total_bytes)
    unit, name = (MB, "MB") if total_bytes >= MB else (1e3, "kB")
    return f"{done_bytes / unit:,.0f} of {total_bytes / unit:,.0f} {name}"


def look_up(paths: Paths, collection: Collection, repository: str, cancel: CancelToken, secrets: Secrets) -> ModelSpec:
    """The entry of a repository, as the hub describes it. Raises SfumatoError if there is none that can be used."""
    families, network = family_facts(collection.catalogue), _network(paths)
    with open_downloads(paths) as (downloads, told):

        def attempt(token: str | None) -> LookedUp:
            downloads.look_up(repository, families, network, token)
            while True:
                cancel.raise_if_cancelled()
                with contextlib.suppress(queue.Empty):
                    answer = told.get(timeout=POLL_S)
                    if isinstance(answer, LookedUp):
                        return answer

        found = _with_token(attempt, secrets)
    if found.spec is None:
        raise found.error or SfumatoError("Nothing was found.")
    return found.spec


@contextmanager
def open_downloads(paths: Paths) -> Iterator[tuple[Downloads, queue.Queue[Any]]]:
    """The downloads, and what is told of them. They end with the `with`; what has come is kept."""
    told: queue.Queue[Any] = queue.Queue()
    downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), told.put)
    try:
        yield downloads, told
    finally:
        downloads.close()


def _with_token(attempt: Callable[[str | None], Answer], secrets: Secrets, ask_vault_first: bool = False) -> Answer:
    """Try without a token, with the one in the vault, then with one that the person types, as long as the hub wants one."""
    answer = attempt(secrets.token() if ask_vault_first else None)
    if answer.refused == "token" and not ask_vault_first and (token := secrets.token()):
        answer = attempt(token)
    while answer.refused == "token" and sys.stdin.isatty():
        answer = attempt(_ask_for_token(answer.error, secrets))
    return answer


def _network(paths: Paths) -> Network:
    settings = load_settings(paths.settings_file).settings
    return find_network(settings.hub_address, settings.proxy)


def _ask_for_token(why: SfumatoError | None, secrets: Secrets) -> str:
    """From the terminal, unseen; never from an argument. It is kept in the vault, or for this run only."""
    print(why, file=sys.stderr)
    token = getpass.getpass("Token: ", stream=sys.stderr).strip()
    if not token:
        raise SfumatoError("No token was entered.", "Run this again when you have one.")
    if note := secrets.keep(token):
        print(note, file=sys.stderr)
    return token
