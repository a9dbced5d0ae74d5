"""`sfumato models`: list, download (or repair), add, verify, remove. The same parts as the models page, without a window."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.machine import Fit, advise
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths, find_paths
from sfumato.secrets import Secrets
from sfumato.settings import load_settings, save_settings
from sfumato_desktop.adding import add_from_disk, files_to_hash, find_on_disk, forget_model, hash_files, settle_waiting
from sfumato_desktop.collection import Collection, Waiting, can_use, open_collection, unusable
from sfumato_desktop.download_commands import MB, amount, fetch_model, look_up, open_downloads
from sfumato_desktop.verifying import Verified, verify
from sfumato_models.installed import InstalledModel
from sfumato_models.own_entries import is_repository, keep_entry
from sfumato_models.painting_times import known_paces, time_sentence
from sfumato_models.part_search import PartShelf

Found = tuple[dict[str, Any], str]
SHOW_S = 0.1


def run_models(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Do what `wishes.action` says."""
    paths = find_paths()
    collection = open_collection(paths)
    if wishes.action in ("list", "download") and (settled := settle_waiting(paths, collection)):
        collection = open_collection(paths)
        for it in settled if wishes.action == "download" else ():
            if wishes.model in (it.spec.id, it.parts.id if it.parts else ""):
                row = _installed_row(collection.get(it.spec.id))
                return row, f"Nothing need be fetched: “{it.spec.title}” paints with the files beside it now."
    if wishes.action == "list":
        return _list(paths, collection, wishes.all)
    if wishes.action == "verify":
        return _verify(paths, collection, wishes.model, cancel)
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
    rows = [_installed_row(model) for model in (*collection.installed, *collection.parts)]
    settings = load_settings(paths.settings_file).settings
    in_use = {settings.painter_id or "starter-painter", settings.writer_id or "starter-writer"}
    lines = ["On this machine:"]
    machine, paces = collection.machine(), known_paces(paths.engine_notes)
    here = {model.spec.id: model.spec for model in (*collection.installed, *collection.parts)}
    for row in rows:
        lines.append(
            f"{'*' if row['id'] in in_use else ' '} {row['id']:22} {row['kind']:8}{row['size_bytes'] / MB:9,.1f} MB  {row['licence']:24} {row['purpose']}"
        )
        row["takes"] = time_sentence(here[row["id"]], machine, paces, row["size_bytes"])
        if row["takes"]:
            lines.append(f"  {'':22} {row['takes']}")
    for waiting in collection.waiting:
        lines += [f"  {waiting.spec.id:22} {'painter':8}{'':12}  {_still_needs(waiting)}"]
    lines += [
        f"{'*' if spec.id in in_use else ' '} {spec.id:22} {spec.kind:8}{'':12}  is gone: {spec.path} is not there"
        for spec in collection.gone
    ]
    offered = []
    with open_downloads(paths) as (downloads, _):
        unfinished = downloads.states()
    for spec, advice in collection.offered(machine):
        state = unfinished.get(spec.id)
        offered.append(
            _facts(spec)
            | {"fit": advice.fit.name.lower(), "reason": advice.reason, "done_bytes": state.done_bytes if state else 0}
            | {"takes": "" if advice.fit is Fit.NO else time_sentence(spec, machine, paces)}
        )
    shown = [row for row in offered if show_all or row["fit"] != "no" or row["done_bytes"]]
    if shown:
        lines += ["", "Can be downloaded, what suits this machine first:"]
    for row in shown:
        begun = f" [{row['done_bytes'] / MB:,.0f} MB are there]" if row["done_bytes"] else ""
        lines.append(
            f"  {row['id']:22} {row['kind']:8}{row['size_bytes'] / MB:9,.0f} MB  {row['licence']:24} {row['purpose']}{begun}"
        )
        lines.append(f"  {'':22} {row['reason']} {row['takes']}".rstrip())
    if len(shown) < len(offered):
        lines += ["", f"{len(offered) - len(shown)} more are too big for this machine; --all lists them."]
    lines += ["", "* is in use.", *(f"note: {note}" for note in collection.notes)]
    if parts := PartShelf(paths.part_files).files():
        lines += ["", "Parts of models on this machine, used where they stand:", *(f"  {file}" for file in parts)]
    data = {"models": rows, "offered": offered, "notes": list(collection.notes), "verified": False}
    data["part_files"] = [str(file) for file in parts]
    data["gone"] = [{"id": spec.id, "path": spec.path} for spec in collection.gone]
    data["waiting"] = [{"id": it.spec.id, "parts": it.parts.id if it.parts else None} for it in collection.waiting]
    return data, "\n".join(lines)


def _still_needs(waiting: Waiting) -> str:
    """What a transformer that stands alone lacks, and how to get it."""
    if waiting.parts is None or waiting.parts.source is None:
        return f"lacks {waiting.lack}; add these files, or the model that it was made from"
    source = waiting.parts.source
    account = ", needs an account on the hub" if source.is_gated else ""
    return (
        f"lacks {waiting.lack}: add these files, or “sfumato models download {waiting.parts.id}” gets its other parts "
        f"(about {source.size_bytes / MB:,.0f} MB from {source.repository}, licence {waiting.parts.licence}{account})"
    )


def _verify(paths: Paths, collection: Collection, model_id: str, cancel: CancelToken) -> Found:
    """Shipped models by headers and lengths, all others by every byte."""
    here = (*collection.installed, *collection.parts)
    ids = [model_id] if model_id else [*(model.spec.id for model in here), *(it.spec.id for it in collection.waiting)]
    installed = {model.spec.id: model for model in here}
    rows, lines = [], []
    for checked in ids:
        spec = collection.catalogue.get(checked)
        found = _verified(paths, collection, spec, cancel)
        if found.damaged:
            raise SfumatoError(
                f"Damaged in “{spec.title}”: {', '.join(found.damaged)}.", _how_to_mend(collection, spec)
            )
        if found.new:
            lines.append(f"{checked:22} whole; its hashes were not known before and are remembered now")
        elif checked in collection.own_ids or collection.shelf.place(checked).is_dir():
            lines.append(f"{checked:22} every file is right")
        else:
            lines.append(f"{checked:22} every file is whole, by its header and length: it came with Sfumato")
        row = _installed_row(installed[checked]) if checked in installed else _facts(spec)
        rows.append(row | {"remembered": list(found.new)})
    return {"models": rows, "verified": True}, "\n".join(lines)


def _verified(paths: Paths, collection: Collection, spec: ModelSpec, cancel: CancelToken) -> Verified:
    with ExitStack() as shown:
        title = f"{spec.title}: checking"
        return verify(collection, spec.id, paths, lambda size: shown.enter_context(_reading(title, size, cancel)))


def _how_to_mend(collection: Collection, spec: ModelSpec) -> str:
    if collection.shelf.place(spec.id).is_dir():
        return f"“sfumato models download {spec.id}” fetches them again, and nothing else."
    return f"Put the right file back; if you changed it yourself: sfumato models remove {spec.id}, then add it again."


@contextmanager
def _reading(title: str, total_bytes: int, cancel: CancelToken) -> Iterator[Callable[[int], None]]:
    """Show on a terminal's standard error how far reading a model's files is; what is yielded hears of every byte that was read."""
    shows, done, told_s = sys.stderr.isatty(), 0, 0.0

    def came(count: int) -> None:
        nonlocal done, told_s
        cancel.raise_if_cancelled()
        done += count
        if shows and time.monotonic() - told_s > SHOW_S:
            told_s = time.monotonic()
            line = f"{title}, {amount(done, total_bytes)}"
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    try:
        yield came
    finally:
        if shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _download(paths: Paths, collection: Collection, wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """A model, or a repository that becomes an entry first; for a transformer that waits for its other parts, those."""
    secrets = Secrets()  # one for both, so that a token without a vault is typed once
    if is_repository(wishes.model):
        spec = _add_repository(paths, collection, wishes.model, cancel, secrets)
        wishes.model, collection = spec.id, open_collection(paths)
    waiting = collection.waits(wishes.model)
    spec = waiting.parts if waiting and waiting.parts else collection.catalogue.get(wishes.model)
    if not can_use(spec):
        raise unusable(spec)
    advice = advise(spec, collection.machine())
    if spec.source and spec.source.must_accept and not wishes.accept_licence:
        raise SfumatoError(
            f"“{spec.title}” has the licence {spec.licence}, which wants to be agreed to.",
            f"Read it on the page of {spec.source.repository}, then add --accept-licence.",
        )
    fetch_model(spec, paths, cancel, secrets)
    here = open_collection(paths)
    model = here.stored(spec.id)
    if spec.is_parts:
        served = ", ".join(it.id for it in here.needing(spec.id))
        use = f"“sfumato draw TEXT --model ID” paints with it: {served}." if served else ""
    else:
        use = f"Use it with {'--model' if spec.picture else '--writer'} {spec.id}."
    too_big = f"\nnote: {advice.reason}" if advice.fit is Fit.NO else ""
    return _installed_row(model), f"{spec.id} is on this machine: {model.path}\n{use}{too_big}"


def _add(paths: Paths, collection: Collection, wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    what = wishes.model
    file = Path(what).expanduser()
    if file.exists() or file.suffix.casefold() == ".toml":
        with ExitStack() as shown:
            added = add_from_disk(
                file, paths, collection, wishes.copy,
                lambda size: shown.enter_context(_reading("Copying", size, cancel)),
            )  # fmt: skip
        if added.part:
            _hash(added.completed, paths, cancel)
            return {"added": [{"part": str(file), "completed": [spec.id for spec in added.completed]}]}, added.part
        if added.lora:
            name = added.lora.name
            return {"added": [added.lora.to_json()]}, f"{name} is here: sfumato draw --lora {name}"
        _hash(added.specs, paths, cancel)
        here = open_collection(paths)
        lines = [_how_to_go_on(spec, here.waits(spec.id)) for spec in added.specs]
        return {"added": [_facts(spec) for spec in added.specs]}, "\n".join(lines)
    if not is_repository(what):
        raise SfumatoError(
            f"“{what[:60]}” is neither a file or folder here nor a repository.", "A repository is written owner/name."
        )
    spec = _add_repository(paths, collection, what, cancel, Secrets())
    return {"added": [_facts(spec)]}, _how_to_go_on(spec)


def _add_repository(
    paths: Paths, collection: Collection, name: str, cancel: CancelToken, secrets: Secrets
) -> ModelSpec:
    """The person's own or the catalogue's entry of a repository, else one made from what the hub says, kept among the person's own."""
    if known := collection.of_repository(name):
        return known
    spec = look_up(paths, collection, name, cancel, secrets)
    if spec.id in {known.id for known in collection.catalogue.models} - collection.own_ids:
        raise SfumatoError(f"There is a model “{spec.id}” already.", "Download that one.")
    keep_entry(spec, paths.own_entries)
    return spec


def _hash(specs: Iterable[ModelSpec], paths: Paths, cancel: CancelToken) -> None:
    """Once, ahead of the first picture, whose recipe names the files by their hashes."""
    files = files_to_hash((spec.id for spec in specs if not spec.source), paths)
    size = sum(file.stat().st_size for file in files)
    with _reading("Reading the model once, so that pictures can name it", size, cancel) as came:
        hash_files(files, paths, came)


def _how_to_go_on(spec: ModelSpec, waiting: Waiting | None = None) -> str:
    if waiting:
        return f"{spec.id} is among your models, and {_still_needs(waiting)}."
    if spec.source:
        return f"{spec.id} is in the catalogue; “sfumato models download {spec.id}” gets it."
    use = "draw --model" if spec.picture else "rewrite --writer"
    return f"{spec.title} is used from {spec.path}: sfumato {use} {spec.id}"


def _look(paths: Paths, collection: Collection, where: str) -> Found:
    """Models and LoRA files on this disk, by their headers alone."""
    rows = [
        {
            "path": str(found.path),
            "kind": found.kind,
            "title": found.title,
            "trouble": found.trouble,
            "what": found.what,
        }
        for found in find_on_disk(paths, collection, (Path(where),) if where else ())
    ]
    usable = [row for row in rows if row["kind"] != "unusable"]
    lines = [
        f'{row["kind"]:8} {row["title"]}{", " if row["what"] else ""}{row["what"]}\n         sfumato models add "{row["path"]}"'
        for row in usable
    ]
    lines += [f"         {row['trouble']}" for row in rows if row["kind"] == "unusable"]
    return {"found": rows}, "\n".join(lines or ["No model was found. Name a folder: sfumato models look FOLDER"])


def _remove(paths: Paths, collection: Collection, model_id: str) -> Found:
    """A downloaded model, what has come of one, and an own entry; of a part file the remembered place."""
    shelf_of_parts = PartShelf(paths.part_files)
    for file in shelf_of_parts.files():
        if model_id in (file.name, str(file)):
            shelf_of_parts.forget(file)
            return {"removed": model_id, "freed_bytes": 0}, f"{file} is forgotten; the file stays where it is."
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
        freed += forget_model(collection.catalogue.get(model_id), paths)
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
        "kind": "parts" if spec.is_parts else spec.kind,
        "licence": spec.licence,
        "purpose": spec.purpose,
        "size_bytes": spec.source.size_bytes if spec.source else 0,
    }
    if spec.source:
        row |= {"repository": spec.source.repository, "gated": spec.source.is_gated, "unsure": list(spec.source.unsure)}
    return row
