"""What the models page lists: models that are here, then those that could be, with how far each has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from sfumato.machine import Fit, Machine
from sfumato.paths import Paths
from sfumato.settings import Settings
from sfumato_desktop.adding import is_copy, settle_waiting, size_bytes
from sfumato_desktop.collection import Collection, open_collection
from sfumato_desktop.model_card import ModelRow
from sfumato_desktop.studio import DEFAULT_PAINTER, DEFAULT_WRITER
from sfumato_models.download_messages import DownloadState
from sfumato_models.painting_times import known_paces, time_sentence


@dataclass
class Known:
    """What was read last: the collection, and of its models sizes on the disk, earlier downloads, copies and how long pictures take."""

    collection: Collection
    sizes: dict[str, int] = field(default_factory=dict)
    states: dict[str, DownloadState] = field(default_factory=dict)
    copies: frozenset[str] = frozenset()
    takes: Mapping[str, str] = field(default_factory=dict)


def read_known(paths: Paths, states: dict[str, DownloadState]) -> Known:
    """Read what is here: folders and manifests, of models only the headers of parts that one waits for. Not in the window's thread."""
    collection = open_collection(paths)
    if settle_waiting(paths, collection):
        collection = open_collection(paths)
    sizes = {model.spec.id: model.size_bytes for model in (*collection.installed, *collection.parts)}
    sizes |= {it.spec.id: size_bytes(Path(it.spec.path)) for it in collection.waiting}
    copies = frozenset(spec.id for spec in collection.catalogue.models if is_copy(spec, paths))
    machine, paces = collection.machine(), known_paces(paths.engine_notes)
    painters = [model.spec for model in collection.installed] + [spec for spec, _ in collection.offered(machine)]
    takes = {spec.id: time_sentence(spec, machine, paces, sizes.get(spec.id, 0)) for spec in painters}
    return Known(collection, sizes, states, copies, takes)


def machine_text(machine: Machine, has_looked: bool) -> str:
    """What this machine has, in a line; nothing is said of a graphics card before the painter has looked for one."""
    tr = partial(QCoreApplication.translate, "ModelsPage")
    has = [tr("{0:.0f} GB of memory").format(machine.memory_gib)]
    if machine.graphics_gib:
        has.append(tr("{0:.0f} GB of graphics memory").format(machine.graphics_gib))
    elif has_looked:
        has.append(tr("no graphics card that can paint"))
    disk = tr("{0:.0f} GB free on the disk for models").format(machine.disk_free_gib)
    return tr("This machine has {0} and {1}.").format(", ".join(has), disk)


def rows_of(known: Known, settings: Settings) -> list[ModelRow]:
    """A row for every model: those that are here first, then what is offered for this machine."""
    used = {settings.painter_id or DEFAULT_PAINTER, settings.writer_id or DEFAULT_WRITER}
    collection = known.collection
    machine = collection.machine()

    states = {model_id: state for model_id, state in known.states.items() if state.phase not in ("done", "cancelled")}
    here = [
        ModelRow(
            model.spec, known.sizes[model.spec.id], is_here=True, is_used=model.spec.id in used,
            can_change=model.path.is_relative_to(collection.shelf.folder), is_own=model.spec.id in collection.own_ids,
            state=states.get(model.spec.id), needed_by=collection.needing(model.spec.id),
            is_copied=model.spec.id in known.copies, takes=known.takes.get(model.spec.id, ""),
        )
        for model in (*collection.installed, *collection.parts)
    ]  # fmt: skip
    here += [
        ModelRow(
            it.spec, known.sizes[it.spec.id], is_here=True, can_change=False, is_own=True, lacks=it.lack, parts=it.parts,
            parts_coming=it.parts is not None and it.parts.id in states, is_copied=it.spec.id in known.copies,
        )
        for it in collection.waiting
    ]  # fmt: skip
    here += [
        ModelRow(spec, 0, is_here=False, is_used=spec.id in used, can_change=False, is_own=True, is_gone=True)
        for spec in collection.gone
    ]
    offered = [
        ModelRow(
            spec, spec.source.size_bytes if spec.source else 0, is_here=False, is_own=spec.id in collection.own_ids,
            advice=advice, state=states.get(spec.id), takes="" if advice.fit is Fit.NO else known.takes.get(spec.id, ""),
        )
        for spec, advice in collection.offered(machine)
        if not spec.is_parts or spec.id in states  # else they are offered by what waits for them
    ]  # fmt: skip
    return here + offered
