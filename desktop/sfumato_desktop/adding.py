"""Adding models that people have: by a file, a folder, or a TOML entry. The same for the window and `sfumato models`.

Reads headers and small files; models stay where they are, a LoRA is taken in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.lora import Lora
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato_desktop.collection import Collection, resource_folder
from sfumato_models.hash_book import HashBook
from sfumato_models.local_files import Found, describe, is_lora, is_transformer, look, usual_folders, with_parts
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.own_entries import add_file, family_facts, keep_entry


@dataclass(frozen=True, slots=True)
class Added:
    """What a file brought: entries of models, or a LoRA."""

    specs: tuple[ModelSpec, ...] = ()
    lora: Lora | None = None


def lora_shelf(paths: Paths) -> LoraShelf:
    """The person's LoRA files."""
    return LoraShelf(paths.loras, HashBook(paths.hash_book))


def add_from_disk(file: Path, paths: Paths, collection: Collection) -> Added:
    """Use a model where it stands, take a LoRA in, or keep the entries of a TOML file.

    Raises:
        SfumatoError: saying what it is and what to get instead, if it cannot be used; or if its name is taken.
    """
    if file.suffix.casefold() == ".toml":
        return Added(add_file(file, paths.own_entries, {spec.id for spec in collection.catalogue.models}))
    if file.is_file() and file.suffix.casefold() == ".safetensors" and is_lora(file):
        return Added(lora=lora_shelf(paths).add(file))
    spec = describe(file, family_facts(collection.catalogue))
    if is_transformer(spec):
        spec = with_parts(spec, collection.catalogue.models, collection.installed)
    if spec.id in {known.id for known in collection.catalogue.models} and not _is_replaceable(spec, collection):
        raise SfumatoError(f"There is a model “{spec.id}” already.", "Rename the file.")
    keep_entry(spec, paths.own_entries)
    return Added((spec,))


def find_on_disk(paths: Paths, collection: Collection, folders: Iterable[Path] = ()) -> tuple[Found, ...]:
    """Models and LoRA files under these folders (none: the usual ones), without those that Sfumato keeps itself."""
    leave_out = (resource_folder(), paths.models, paths.loras)
    return tuple(look(tuple(folders) or usual_folders(), family_facts(collection.catalogue), leave_out))


def _is_replaceable(spec: ModelSpec, collection: Collection) -> bool:
    """True for an own entry of the same file, or of one that has gone."""
    known = collection.catalogue.get(spec.id)
    return spec.id in collection.own_ids and (known.path == spec.path or not Path(known.path).exists())
