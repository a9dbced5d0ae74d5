"""All models that are known: shipped, downloaded, offered for download, and the person's own entries.

Used by the engines' composition, the models page and `sfumato models`. Reads small files only and opens no connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.machine import Advice, Machine, for_this_machine, this_machine
from sfumato.model_catalog import Catalogue, ModelSpec, load_catalogue, read_entries
from sfumato.paths import Paths
from sfumato_models.families import FAMILIES
from sfumato_models.installed import InstalledModel, find_installed, gone
from sfumato_models.known_graphics import known_graphics
from sfumato_models.other_parts import lacks_of, parts_to_fetch, standing
from sfumato_models.shelf import Shelf


def resource_folder() -> Path:
    """Where the package's data files stand."""
    return Path(sfumato_resources.__file__).parent


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transformer that stands alone whose other parts are not here; `parts` is the entry that brings them, if there is one.

    `lacks` says in words which they are.
    """

    spec: ModelSpec
    parts: ModelSpec | None
    lacks: tuple[str, ...] = ()

    @property
    def lack(self) -> str:
        """What it lacks, as one phrase."""
        return " and ".join(self.lacks) or "a text encoder and an autoencoder"


@dataclass(frozen=True, slots=True)
class Collection:
    """What is known and what is on this machine. `notes` says which own entries could not be used, and why.

    `installed` can paint or write; `parts` serve transformers that stand alone, of which some are `waiting` for theirs.
    `gone` are own entries whose file or folder is not where it was.
    `graphics_gib` is the graphics memory that the painter found when it was last asked.
    """

    catalogue: Catalogue
    installed: tuple[InstalledModel, ...]
    shelf: Shelf
    own_ids: frozenset[str]
    notes: tuple[str, ...] = ()
    graphics_gib: float | None = None
    parts: tuple[InstalledModel, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    gone: tuple[ModelSpec, ...] = ()

    def get(self, model_id: str) -> InstalledModel:
        """A model on this machine that paints or writes. Raises SfumatoError if it is unknown, not here, or not whole."""
        spec = self.catalogue.get(model_id)
        for model in self.installed:
            if model.spec.id == spec.id:
                return model
        if spec.is_parts:
            raise SfumatoError(f"“{spec.title}” does not paint by itself.", "Choose the model that paints with it.")
        if waiting := self.waits(model_id):
            to_fetch = waiting.parts
            raise SfumatoError(
                f"“{spec.title}” lacks {waiting.lack}.",
                f"Get its other parts under Models, or with “sfumato models download {to_fetch.id}”; if you have them, add those files."
                if to_fetch
                else "Add these files, or the model that it was made from.",
            )
        if Path(spec.path).is_absolute():
            raise gone(spec, Path(spec.path))
        hint = (
            f"Get it under Models, or with “sfumato models download {spec.id}”."
            if spec.source
            else "Install Sfumato again to get it back."
        )
        raise SfumatoError(f"The model “{spec.title}” is not on this machine.", hint)

    def stored(self, model_id: str) -> InstalledModel:
        """As `get`, for what only serves others, too."""
        return next((model for model in self.parts if model.spec.id == model_id), None) or self.get(model_id)

    def waits(self, model_id: str) -> Waiting | None:
        """The transformer of that id, if it waits for its other parts."""
        return next((it for it in self.waiting if it.spec.id == model_id), None)

    def of_repository(self, name: str) -> ModelSpec | None:
        """The person's own entry of that repository, else the catalogue's first; None if there is none.

        Raises:
            SfumatoError: saying why, if it is known and cannot be used.
        """
        name = name.casefold()
        found = [spec for spec in self.catalogue.models if spec.source and spec.source.repository.casefold() == name]
        usable = [spec for spec in found if can_use(spec)]
        if found and not usable:
            raise unusable(found[0])
        return next((spec for spec in usable if spec.id in self.own_ids), usable[0] if usable else None)

    def needing(self, model_id: str) -> tuple[ModelSpec, ...]:
        """The models that paint with parts of this one."""
        places = {model.path for model in (*self.installed, *self.parts) if model.spec.id == model_id}
        return tuple(model.spec for model in self.installed if model.base in places)

    def offered(self, machine: Machine) -> list[tuple[ModelSpec, Advice]]:
        """What could be downloaded and is not here, what suits this machine first."""
        here = {model.spec.id for model in (*self.installed, *self.parts)}
        return for_this_machine(
            (spec for spec in self.catalogue.models if spec.id not in here and can_use(spec)), machine
        )

    def machine(self) -> Machine:
        """This machine, with the disk that models go to."""
        return this_machine(self.shelf.folder, self.graphics_gib)


def can_use(spec: ModelSpec) -> bool:
    """True for what can be downloaded and then painted or written with by this app."""
    if spec.source is None or spec.source.needs:
        return False
    return spec.writer is not None or (spec.picture is not None and spec.picture.pipeline in FAMILIES)


def unusable(spec: ModelSpec) -> SfumatoError:
    """Why `can_use` is false, in words for a person."""
    needs = f": it needs {spec.source.needs}, which is not part of Sfumato" if spec.source and spec.source.needs else ""
    return SfumatoError(
        f"“{spec.title}” cannot be downloaded and used{needs}.",
        "Choose another one, under Models or with “sfumato models list --all”.",
    )


def open_collection(paths: Paths, resources: Path | None = None) -> Collection:
    """Find all models. Raises SfumatoError if the shipped catalogue is damaged."""
    folder = resources or resource_folder()
    shipped = load_catalogue(sorted((folder / "catalogue").glob("*.toml")))
    known = {spec.id: spec for spec in shipped.models}
    own, notes = _own_entries(paths, set(known))
    known |= own
    shelf = Shelf(paths.models)
    downloaded = shelf.installed()
    for spec in (*(model.spec for model in downloaded), *(manifest.spec for manifest in shelf.unfinished())):
        known.setdefault(spec.id, spec)
    # the catalogue of today outranks what it said when the model was fetched
    here = find_installed(shipped, folder / "starter")
    here += tuple(InstalledModel(known[model.spec.id], model.path) for model in downloaded)
    parts = tuple(model for model in here if model.spec.is_parts)
    standing, waiting = _standing(own, here, tuple(known.values()), folder / "checkpoints")
    known |= {it.parts.id: it.parts for it in waiting if it.parts}
    return Collection(
        Catalogue(models=tuple(known.values())), tuple(model for model in here if model not in parts) + standing, shelf,
        frozenset(own), notes, known_graphics(paths.graphics_file), parts, waiting,
        tuple(spec for spec in own.values() if spec.source is None and not Path(spec.path).exists()),
    )  # fmt: skip


def _standing(
    own: dict[str, ModelSpec], here: tuple[InstalledModel, ...], known: tuple[ModelSpec, ...], configs: Path
) -> tuple[tuple[InstalledModel, ...], tuple[Waiting, ...]]:
    """Own entries whose files stand where they were, and those of them that lack their other parts."""
    specs = [spec for spec in own.values() if spec.source is None and Path(spec.path).exists()]
    alone = [spec for spec in specs if spec.parts_from or spec.part_files]
    whole = tuple(InstalledModel(spec, Path(spec.path), configs) for spec in specs if spec not in alone)
    parted = [(spec, standing(spec, (*here, *whole), configs)) for spec in alone]
    return whole + tuple(model for _, model in parted if model), tuple(
        Waiting(spec, parts_to_fetch(spec, known), lacks_of(spec)) for spec, model in parted if not model
    )


def _own_entries(paths: Paths, taken: set[str]) -> tuple[dict[str, ModelSpec], tuple[str, ...]]:
    """One wrong file costs its entries and a note, never the others."""
    found: dict[str, ModelSpec] = {}
    notes = []
    for file in sorted(paths.own_entries.glob("*.toml")):
        try:
            for spec in read_entries(file):
                is_placeless = spec.source is None and not Path(spec.path).is_absolute()
                if spec.id in taken or spec.id in found or is_placeless:
                    notes.append(f"The entry “{spec.id}” in {file} is there twice or has no source; it was left out.")
                else:
                    found[spec.id] = spec
        except SfumatoError as error:
            notes.append(str(error))
    return found, tuple(notes)
