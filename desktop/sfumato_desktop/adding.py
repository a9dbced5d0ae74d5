"""Adding models that people have: by a file, a folder, or a TOML entry. The same for the window and `sfumato models`.

Reads headers and small files; models stay where they are, a LoRA is taken in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.lora import Lora
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths, file_trouble
from sfumato_desktop.collection import Collection, open_collection, resource_folder
from sfumato_models.gguf_pieces import piece_names
from sfumato_models.hash_book import HashBook
from sfumato_models.installed import file_hashes
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


def add_from_disk(file: Path, paths: Paths, collection: Collection, is_copied: bool = False) -> Added:
    """Use a model where it stands (or a copy of it), take a LoRA in, or keep the entries of a TOML file.

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
    if is_copied:
        spec = spec.model_copy(update={"path": str(_copied(Path(spec.path), paths.own_models / spec.id))})
    keep_entry(spec, paths.own_entries)
    return Added((spec,))


def forget_copy(spec: ModelSpec, paths: Paths) -> int:
    """Delete the copy that was made of a model, if one was; files of the person's own stay. Returns the bytes freed.

    Raises:
        SfumatoError: if it cannot be deleted; what is left of it is still named by the model's entry.
    """
    place = paths.own_models / spec.id
    if not spec.path or not Path(spec.path).is_relative_to(place):
        return 0
    try:
        freed = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        shutil.rmtree(place)
    except OSError as error:
        raise file_trouble(place, error) from error
    return freed


def _copied(source: Path, place: Path) -> Path:
    """A copy of a model's file (with all its pieces) or folder, whole or not there at all."""
    files = [source.with_name(name) for name in piece_names(source.name)] if source.is_file() else [source]
    size = sum(file.stat().st_size for top in files for file in (top.rglob("*") if top.is_dir() else [top]))
    unfinished = place.with_name(f".{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if size > shutil.disk_usage(place.parent).free:
            raise SfumatoError(
                f"There is not enough room for a copy of {size / 1e9:.1f} GB.", "Use it where it stands."
            )
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for file in files:
            (shutil.copytree if file.is_dir() else shutil.copyfile)(file, unfinished / file.name)
        if place.exists():
            shutil.rmtree(place)
        unfinished.rename(place)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise file_trouble(place, error) from error
    return place / source.name


def hash_models(model_ids: Iterable[str], paths: Paths) -> None:
    """Hash the weights of models that paint, once: recipes name them. Raises SfumatoError if a file cannot be read."""
    collection = open_collection(paths)
    for model in map(collection.get, model_ids):
        if model.spec.picture:
            file_hashes(model, HashBook(paths.hash_book))


def find_on_disk(paths: Paths, collection: Collection, folders: Iterable[Path] = ()) -> tuple[Found, ...]:
    """Models and LoRA files under these folders (none: the usual ones), without those that Sfumato keeps itself."""
    leave_out = (resource_folder(), paths.models, paths.loras)
    return tuple(look(tuple(folders) or usual_folders(), family_facts(collection.catalogue), leave_out))


def _is_replaceable(spec: ModelSpec, collection: Collection) -> bool:
    """True for an own entry of the same file, or of one that has gone."""
    known = collection.catalogue.get(spec.id)
    return spec.id in collection.own_ids and (known.path == spec.path or not Path(known.path).exists())
