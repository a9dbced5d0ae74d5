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
from sfumato_models.installed import InstalledModel, find_installed
from sfumato_models.known_graphics import known_graphics
from sfumato_models.shelf import Shelf


def resource_folder() -> Path:
    """Where the package's data files stand."""
    return Path(sfumato_resources.__file__).parent


@dataclass(frozen=True, slots=True)
class Collection:
    """What is known and what is on this machine. `notes` says which own entries could not be used, and why.

    `graphics_gib` is the graphics memory that the painter found when it was last asked.
    """

    catalogue: Catalogue
    installed: tuple[InstalledModel, ...]
    shelf: Shelf
    own_ids: frozenset[str]
    notes: tuple[str, ...] = ()
    graphics_gib: float | None = None

    def get(self, model_id: str) -> InstalledModel:
        """A model on this machine. Raises SfumatoError if it is unknown or not here."""
        spec = self.catalogue.get(model_id)
        for model in self.installed:
            if model.spec.id == spec.id:
                return model
        hint = (
            f"Get it under Models, or with “sfumato models download {spec.id}”."
            if spec.source
            else "Install Sfumato again to get it back."
        )
        raise SfumatoError(f"The model “{spec.title}” is not on this machine.", hint)

    def needing(self, model_id: str) -> tuple[ModelSpec, ...]:
        """The models that paint with parts of this one."""
        return tuple(spec for spec in self.catalogue.models if spec.parts_from == model_id)

    def offered(self, machine: Machine) -> list[tuple[ModelSpec, Advice]]:
        """What could be downloaded and is not here, what suits this machine first."""
        here = {model.spec.id for model in self.installed}
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


def open_collection(paths: Paths, resources: Path | None = None) -> Collection:
    """Find all models. Raises SfumatoError if the shipped catalogue is damaged."""
    folder = resources or resource_folder()
    shipped = load_catalogue(sorted((folder / "catalogue").glob("*.toml")))
    known = {spec.id: spec for spec in shipped.models}
    own, notes = _own_entries(paths, set(known))
    known |= own
    shelf = Shelf(paths.models)
    downloaded = shelf.installed()
    for model in downloaded:
        known.setdefault(model.spec.id, model.spec)
    catalogue = Catalogue(models=tuple(known.values()))
    installed = find_installed(shipped, folder / "starter")
    # the catalogue of today outranks what it said when the model was fetched
    installed += tuple(InstalledModel(known[model.spec.id], model.path) for model in downloaded)
    standing, gone = _standing(own, installed, folder / "checkpoints")
    return Collection(
        catalogue, installed + standing, shelf, frozenset(own), notes + gone, known_graphics(paths.graphics_file)
    )


def _standing(
    own: dict[str, ModelSpec], installed: tuple[InstalledModel, ...], configs: Path
) -> tuple[tuple[InstalledModel, ...], tuple[str, ...]]:
    """Own entries whose files stand where they were, and a note for each whose other parts are gone."""
    specs = [spec for spec in own.values() if spec.source is None and Path(spec.path).exists()]
    whole = tuple(InstalledModel(spec, Path(spec.path), configs) for spec in specs if not spec.parts_from)
    folders = {model.spec.id: model.path for model in (*installed, *whole)}
    parted = [spec for spec in specs if spec.parts_from]
    notes = tuple(
        f"“{spec.title}” cannot be used: the model “{spec.parts_from}”, whose other parts it needs, is not here any more."
        for spec in parted
        if spec.parts_from not in folders
    )
    return whole + tuple(
        InstalledModel(spec, Path(spec.path), configs, folders[spec.parts_from])
        for spec in parted
        if spec.parts_from in folders
    ), notes


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
