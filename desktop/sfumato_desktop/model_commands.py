"""`sfumato models`: list, download (or repair), add, verify, remove. The same parts as the models page, without a window."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import queue
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.machine import Fit, advise
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths, find_paths
from sfumato.secrets import Secrets
from sfumato.settings import load_settings, save_settings
from sfumato_desktop.adding import add_from_disk, find_on_disk, forget_copy
from sfumato_desktop.collection import Collection, can_use, open_collection
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Network, Setup
from sfumato_models.downloads import Downloads, find_network
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.model_folder import damaged_files, read_manifest
from sfumato_models.own_entries import family_facts, forget_entry, is_repository, keep_entry

Found = tuple[dict[str, Any], str]
Answer = TypeVar("Answer", DownloadState, LookedUp)
POLL_S = 0.1
MB = 1e6


def run_models(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Do what `wishes.action` says."""
    paths = find_paths()
    collection = open_collection(paths)
    if wishes.action == "list":
        return _list(paths, collection, wishes.all)
    if wishes.action == "verify":
        return _verify(collection, wishes.model, cancel)
    if wishes.action == "look":
        return _look(paths, collection, wishes.model)
    if not wishes.model:
        raise SfumatoError(
            f"Say which model to {wishes.action}.", f"For example: sfumato models {wishes.action} dreamshaper-8"
        )
    if wishes.action == "download":
        return _download(paths, collection, wishes, cancel)
    if wishes.action == "add":
        return _add(paths, collection, wishes, cancel)
    return _remove(paths, collection, wishes.model)


def _list(paths: Paths, collection: Collection, show_all: bool) -> Found:
    rows = [_installed_row(model) for model in collection.installed]
    settings = load_settings(paths.settings_file).settings
    in_use = {settings.painter_id or "starter-painter", settings.writer_id or "starter-writer"}
    lines = ["On this machine:"]
    lines += [
        f"{'*' if row['id'] in in_use else ' '} {row['id']:22} {row['kind']:8}{row['size_bytes'] / MB:9,.1f} MB  {row['licence']:24} {row['purpose']}"
        for row in rows
    ]
    offered = []
    with _downloads(paths) as (downloads, _):
        unfinished = downloads.states()
    for spec, advice in collection.offered(collection.machine()):
        state = unfinished.get(spec.id)
        offered.append(
            _facts(spec)
            | {"fit": advice.fit.name.lower(), "reason": advice.reason, "done_bytes": state.done_bytes if state else 0}
        )
    shown = [row for row in offered if show_all or row["fit"] != "no" or row["done_bytes"]]
    if shown:
        lines += ["", "Can be downloaded, what suits this machine first:"]
    for row in shown:
        begun = f" [{row['done_bytes'] / MB:,.0f} MB are there]" if row["done_bytes"] else ""
        lines.append(
            f"  {row['id']:22} {row['kind']:8}{row['size_bytes'] / MB:9,.0f} MB  {row['licence']:24} {row['purpose']}{begun}"
        )
        lines.append(f"  {'':22} {row['reason']}")
    if len(shown) < len(offered):
        lines += ["", f"{len(offered) - len(shown)} more are too big for this machine; --all lists them."]
    lines += ["", "* is in use.", *(f"note: {note}" for note in collection.notes)]
    return {"models": rows, "offered": offered, "notes": list(collection.notes), "verified": False}, "\n".join(lines)


def _verify(collection: Collection, model_id: str, cancel: CancelToken) -> Found:
    """Shipped models by headers and lengths, downloaded ones by every byte."""
    models = [collection.get(model_id)] if model_id else list(collection.installed)
    for model in models:
        check_whole(model)
        place = collection.shelf.place(model.spec.id)
        if not place.is_dir():
            continue
        manifest = read_manifest(place)
        with _checking(model.spec.title, manifest.size_bytes, cancel) as came:
            damaged = damaged_files(place, manifest, came)
        if damaged:
            raise SfumatoError(
                f"Damaged in “{model.spec.title}”: {', '.join(file.path for file in damaged)}.",
                f"“sfumato models download {model.spec.id}” fetches them again, and nothing else.",
            )
    rows = [_installed_row(model) for model in models]
    return {"models": rows, "verified": True}, "\n".join(f"{row['id']:22} every file is right" for row in rows)


@contextmanager
def _checking(title: str, total_bytes: int, cancel: CancelToken) -> Iterator[Callable[[int], None]]:
    """Show on a terminal's standard error how far a check is; what is yielded hears of every byte that was read."""
    shows, done, told_s = sys.stderr.isatty(), 0, 0.0

    def came(count: int) -> None:
        nonlocal done, told_s
        cancel.raise_if_cancelled()
        done += count
        if shows and time.monotonic() - told_s > POLL_S:
            told_s = time.monotonic()
            line = f"{title}: checking, {done / MB:,.0f} of {total_bytes / MB:,.0f} MB"
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    try:
        yield came
    finally:
        if shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _download(paths: Paths, collection: Collection, wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    spec = collection.catalogue.get(wishes.model)
    if not can_use(spec):
        raise SfumatoError(
            f"“{spec.title}” cannot be downloaded and used.", "“sfumato models list --all” shows what can."
        )
    advice = advise(spec, collection.machine())
    if spec.source and spec.source.must_accept and not wishes.accept_licence:
        raise SfumatoError(
            f"“{spec.title}” has the licence {spec.licence}, which wants to be agreed to.",
            f"Read it on the page of {spec.source.repository}, then add --accept-licence.",
        )
    secrets = Secrets()
    with _downloads(paths) as (downloads, told):
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
    model = open_collection(paths).get(spec.id)
    too_big = f"\nnote: {advice.reason}" if advice.fit is Fit.NO else ""
    use = "--model" if spec.picture else "--writer"
    return _installed_row(model), f"{spec.id} is on this machine: {model.path}\nUse it with {use} {spec.id}.{too_big}"


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
    line = f"{state.title}: {state.phase}, {state.done_bytes / MB:,.0f} of {state.total_bytes / MB:,.0f} MB"
    if state.bytes_s and state.seconds_left is not None:
        line += f", {state.bytes_s / MB:.1f} MB/s, {time_left(state.seconds_left)} left"
    return line


def time_left(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _add(paths: Paths, collection: Collection, wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    what = wishes.model
    file = Path(what).expanduser()
    if file.exists() or file.suffix.casefold() == ".toml":
        added = add_from_disk(file, paths, collection, wishes.copy)
        if added.lora:
            name = added.lora.name
            return {"added": [added.lora.to_json()]}, f"{name} is here: sfumato draw --lora {name}"
        return {"added": [_facts(spec) for spec in added.specs]}, "\n".join(_how_to_go_on(spec) for spec in added.specs)
    if not is_repository(what):
        raise SfumatoError(
            f"“{what[:60]}” is neither a file or folder here nor a repository.", "A repository is written owner/name."
        )
    spec = _look_up(paths, collection, what, cancel)
    if spec.id in {known.id for known in collection.catalogue.models} - collection.own_ids:
        raise SfumatoError(f"There is a model “{spec.id}” already.", "Download that one.")
    keep_entry(spec, paths.own_entries)
    return {"added": [_facts(spec)]}, _how_to_go_on(spec)


def _how_to_go_on(spec: ModelSpec) -> str:
    if spec.source:
        return f"{spec.id} is in the catalogue; “sfumato models download {spec.id}” gets it."
    use = "draw --model" if spec.picture else "rewrite --writer"
    return f"{spec.title} is used from {spec.path}: sfumato {use} {spec.id}"


def _look(paths: Paths, collection: Collection, where: str) -> Found:
    """Models and LoRA files on this disk, by their headers alone."""
    rows = [
        {"path": str(found.path), "kind": found.kind, "title": found.title, "trouble": found.trouble}
        for found in find_on_disk(paths, collection, (Path(where),) if where else ())
    ]
    usable = [row for row in rows if row["kind"] != "unusable"]
    lines = [f'{row["kind"]:8} {row["title"]}\n         sfumato models add "{row["path"]}"' for row in usable]
    lines += [f"         {row['trouble']}" for row in rows if row["kind"] == "unusable"]
    return {"found": rows}, "\n".join(lines or ["No model was found. Name a folder: sfumato models look FOLDER"])


def _look_up(paths: Paths, collection: Collection, repository: str, cancel: CancelToken) -> ModelSpec:
    families, network = family_facts(collection.catalogue), _network(paths)
    with _downloads(paths) as (downloads, told):

        def attempt(token: str | None) -> LookedUp:
            downloads.look_up(repository, families, network, token)
            while True:
                cancel.raise_if_cancelled()
                with contextlib.suppress(queue.Empty):
                    answer = told.get(timeout=POLL_S)
                    if isinstance(answer, LookedUp):
                        return answer

        found = _with_token(attempt, Secrets())
    if found.spec is None:
        raise found.error or SfumatoError("Nothing was found.")
    return found.spec


def _with_token(attempt: Callable[[str | None], Answer], secrets: Secrets, ask_vault_first: bool = False) -> Answer:
    """Try without a token, with the one in the vault, then with one that the person types, as long as the hub wants one."""
    answer = attempt(secrets.token() if ask_vault_first else None)
    if answer.refused == "token" and not ask_vault_first and (token := secrets.token()):
        answer = attempt(token)
    while answer.refused == "token" and sys.stdin.isatty():
        answer = attempt(_ask_for_token(answer.error, secrets))
    return answer


def _remove(paths: Paths, collection: Collection, model_id: str) -> Found:
    """A downloaded model, what has come of one, and an own entry."""
    known = {spec.id for spec in collection.catalogue.models}
    shelf = collection.shelf
    freed = 0
    if needing := collection.needing(model_id):
        titles = " and ".join(f"“{spec.title}”" for spec in needing)
        raise SfumatoError(
            f"“{collection.catalogue.get(model_id).title}” is needed: {titles} {'paints' if len(needing) == 1 else 'paint'} with parts of it.",
            f"Remove first: {', '.join(spec.id for spec in needing)}.",
        )
    if shelf.place(model_id).is_dir() and model_id in known:
        freed = shelf.size_bytes(model_id)
        shelf.remove(model_id)
    elif any(manifest.spec.id == model_id for manifest in shelf.unfinished()):
        shelf.discard_unfinished(model_id)
    elif model_id not in collection.own_ids:
        collection.catalogue.get(model_id)
        raise SfumatoError(f"The model “{model_id}” was not downloaded.", "Models that come with Sfumato stay.")
    if model_id in collection.own_ids:
        freed += forget_copy(collection.catalogue.get(model_id), paths)
        forget_entry(model_id, paths.own_entries)
    _stop_using(paths, model_id)
    return {"removed": model_id, "freed_bytes": freed}, f"{model_id} is removed; {freed / MB:,.0f} MB are free again."


def _stop_using(paths: Paths, model_id: str) -> None:
    """A model that is gone cannot be the chosen one: the starter is, again."""
    settings = load_settings(paths.settings_file).settings
    gone = {name: "" for name in ("painter_id", "writer_id") if getattr(settings, name) == model_id}
    if gone:
        save_settings(paths.settings_file, settings.model_copy(update=gone))


def _installed_row(model: InstalledModel) -> dict[str, Any]:
    return _facts(model.spec) | {"size_bytes": model.size_bytes, "path": str(model.path)}


def _facts(spec: ModelSpec) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": spec.id,
        "title": spec.title,
        "kind": spec.kind,
        "licence": spec.licence,
        "purpose": spec.purpose,
        "size_bytes": spec.source.size_bytes if spec.source else 0,
    }
    if spec.source:
        row |= {"repository": spec.source.repository, "gated": spec.source.is_gated, "unsure": list(spec.source.unsure)}
    return row


def _network(paths: Paths) -> Network:
    settings = load_settings(paths.settings_file).settings
    return find_network(settings.hub_address, settings.proxy)


@contextmanager
def _downloads(paths: Paths) -> Iterator[tuple[Downloads, queue.Queue[Any]]]:
    told: queue.Queue[Any] = queue.Queue()
    downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), told.put)
    try:
        yield downloads, told
    finally:
        downloads.close()


def _ask_for_token(why: SfumatoError | None, secrets: Secrets) -> str:
    """From the terminal, unseen; never from an argument. It is kept in the vault, or for this run only."""
    print(why, file=sys.stderr)
    token = getpass.getpass("Token: ", stream=sys.stderr).strip()
    if not token:
        raise SfumatoError("No token was entered.", "Run this again when you have one.")
    if note := secrets.keep(token):
        print(note, file=sys.stderr)
    return token
