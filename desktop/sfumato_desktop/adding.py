"""Adding models that people have: by a file, a folder, or a TOML entry. The same for the window and `sfumato models`.

Reads headers and small files; models stay where they are, a LoRA is taken in.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.lora import Lora
from sfumato.model_catalog import ModelSpec
from sfumato.paths import UNFINISHED_SUFFIX, Paths, file_trouble
from sfumato_desktop.collection import Collection, Waiting, open_collection, resource_folder
from sfumato_desktop.verifying import OnBytes, files_of
from sfumato_models.bundled_parts import part_words
from sfumato_models.family_facts import family_facts
from sfumato_models.file_headers import PICKLES
from sfumato_models.gguf_pieces import piece_names
from sfumato_models.hash_book import HashBook
from sfumato_models.local_files import Found, describe, is_lora, look, model_files, usual_folders
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.model_folder import PIECE_BYTES
from sfumato_models.other_parts import is_transformer, lacks_of, with_files, with_parts
from sfumato_models.own_entries import add_file, forget_entry, has_entry, keep_entry
from sfumato_models.part_search import PartShelf, files_beside, usual_first

_STALE_S = 3600


def ignore(_: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a file brought: entries of models, or a LoRA, or a part of a model.

    `part` says what it is and who paints with it; `completed` are the models that lacked it and can paint now.
    """

    specs: tuple[ModelSpec, ...] = ()
    lora: Lora | None = None
    part: str = ""
    completed: tuple[ModelSpec, ...] = ()


def lora_shelf(paths: Paths) -> LoraShelf:
    """The person's LoRA files."""
    return LoraShelf(paths.loras, HashBook(paths.hash_book))


def add_from_disk(
    file: Path,
    paths: Paths,
    collection: Collection,
    is_copied: bool = False,
    begin: Callable[[int], OnBytes] = lambda _: ignore,
) -> Added:
    """Use a model where it stands (or a copy of it), take a LoRA in, or keep the entries of a TOML file.

    A transformer whose other parts are not here waits for them (`Collection.waiting`). `begin` is told how many
    bytes will be copied, and gives what hears of those that were and may raise.

    Raises:
        SfumatoError: saying what it is and what to get instead, if it cannot be used; or if its name is taken.
    """
    if file.suffix.casefold() == ".toml":
        return Added(add_file(file, paths.own_entries, {spec.id for spec in collection.catalogue.models}))
    if file.is_file() and file.suffix.casefold() == ".safetensors" and is_lora(file):
        return Added(lora=lora_shelf(paths).add(file))
    try:
        spec = describe(file, family_facts(collection.catalogue))
    except SfumatoError:
        if file.is_file() and file.suffix.casefold() not in PICKLES and (what := part_words(file)):
            return _add_part(file.expanduser().absolute(), what, paths, collection, is_copied)
        raise
    if is_transformer(spec):
        here = (*collection.installed, *collection.parts)
        added, searched = PartShelf(paths.part_files).files(), searched_files(Path(spec.path), collection)
        spec = with_parts(spec, collection.catalogue.models, here, added, searched)
    if spec.id in {known.id for known in collection.catalogue.models} and not _is_replaceable(spec, collection):
        raise SfumatoError(f"There is a model “{spec.id}” already.", "Rename the file.")
    if is_copied:
        spec = _copied(spec, paths.own_models / spec.id, begin(copied_bytes(spec)))
    _forget_hashes(spec, paths)  # what is added again is right as it is now
    keep_entry(spec, paths.own_entries)
    return Added((spec,))


def searched_files(file: Path, collection: Collection) -> Iterator[Path]:
    """Files that may be parts for a transformer and that nobody added as such: those beside it, what other programs keep,

    usual names first, and last the person's own writers.
    """
    yield from files_beside(file)
    yield from usual_first(model_files(usual_folders()))
    yield from (
        Path(spec.path) for spec in collection.catalogue.models if spec.id in collection.own_ids and spec.writer
    )


def settle_waiting(paths: Paths, collection: Collection) -> tuple[Waiting, ...]:
    """Look once more beside the transformers that wait for parts. Returns those that lack nothing any more."""
    settled = []
    for it in collection.waiting:
        try:
            found = with_files(it.spec, PartShelf(paths.part_files).files(), files_beside(Path(it.spec.path)))
        except SfumatoError:  # said when it is loaded or verified
            continue
        if not lacks_of(found):
            keep_entry(found, paths.own_entries)
            settled.append(it)
    return tuple(settled)


def _add_part(place: Path, what: str, paths: Paths, collection: Collection, is_copied: bool) -> Added:
    """Remember where it is, and let the models that lack it paint with it."""
    PartShelf(paths.part_files).add(place)
    HashBook(paths.hash_book).forget((place,))
    completed, lines = [], [f"{place.name} is {what}."]
    broken = [
        it.spec for it in collection.installed if it.components and not all(map(Path.exists, it.components.values()))
    ]
    for spec in (*(it.spec for it in collection.waiting), *broken):
        try:
            found = with_files(spec, PartShelf(paths.part_files).files())
        except SfumatoError:  # said when it is loaded or verified
            continue
        if str(place) not in found.part_files.values():
            continue
        keep_entry(found, paths.own_entries)
        if left := lacks_of(found):
            lines.append(f"“{spec.title}” still lacks {' and '.join(left)}.")
        else:
            completed.append(found)
            lines.append(f"“{spec.title}” paints with it now.")
    if len(lines) == 1:
        lines.append("Transformers that need it will find it where it stands.")
    if is_copied:
        lines.append("No copy of it was made: parts are used where they stand.")
    return Added(part=" ".join(lines), completed=tuple(completed))


def copy_in(spec: ModelSpec, paths: Paths, on_bytes: OnBytes = ignore) -> ModelSpec:
    """Copy a model that is used where it stands into Sfumato's own folder, and use the copy from now on.

    Raises:
        SfumatoError: if there is no room for it, or a file cannot be read; then nothing has changed.
        TurnCancelled: if its entry was forgotten meanwhile; then there is no copy either.
    """
    copied = _copied(spec, paths.own_models / spec.id, on_bytes)
    if not has_entry(spec.id, paths.own_entries):
        forget_copy(copied, paths)
        raise TurnCancelled
    _forget_hashes(copied, paths)
    keep_entry(copied, paths.own_entries)
    return copied


def is_copy(spec: ModelSpec, paths: Paths) -> bool:
    """True for an entry whose files are a copy in Sfumato's own folder."""
    return bool(spec.path) and Path(spec.path).is_relative_to(paths.own_models / spec.id)


def size_bytes(place: Path) -> int:
    """What a model's folder, or its file with all pieces, takes on the disk.

    Raises:
        SfumatoError: naming it, if it is gone or cannot be read.
    """
    try:
        return sum(file.stat().st_size for top in _tops(place) for file in (top.rglob("*") if top.is_dir() else [top]))
    except OSError as error:
        raise file_trouble(place, error) from error


def copied_bytes(spec: ModelSpec) -> int:
    """What a copy of a model takes, its part files included. Raises SfumatoError as `size_bytes`."""
    return sum(size_bytes(place) for place in (Path(spec.path), *_own_parts(spec).values()))


def sweep_copies(paths: Paths) -> None:
    """Delete what killed copies left behind; what was written to within the last hour may be a copy that goes on."""
    for left in paths.own_models.glob(f".*{UNFINISHED_SUFFIX}"):
        try:
            newest = max(entry.stat().st_mtime for entry in (left, *left.rglob("*")))
        except OSError:  # it has just become whole
            continue
        if time.time() - newest > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def forget_copy(spec: ModelSpec, paths: Paths) -> int:
    """Delete the copy that was made of a model, if one was; files of the person's own stay. Returns the bytes freed.

    Raises:
        SfumatoError: if it cannot be deleted; what is left of it is still named by the model's entry.
    """
    place = paths.own_models / spec.id
    if not is_copy(spec, paths):
        return 0
    try:
        freed = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        shutil.rmtree(place)
    except OSError as error:
        raise file_trouble(place, error) from error
    return freed


def forget_model(spec: ModelSpec, paths: Paths) -> int:
    """Forget a person's own entry, what is remembered of its files, and a copy of them. Returns the bytes freed.

    Raises:
        SfumatoError: as `forget_copy`.
    """
    freed = forget_copy(spec, paths)
    forget_entry(spec.id, paths.own_entries)
    if spec.path:
        _forget_hashes(spec, paths)
    return freed


def _forget_hashes(spec: ModelSpec, paths: Paths) -> None:
    place = Path(spec.path)
    pieces = (place.with_name(name) for name in piece_names(place.name))
    HashBook(paths.hash_book).forget((*pieces, *_own_parts(spec).values()))


def _copied(spec: ModelSpec, place: Path, on_bytes: OnBytes) -> ModelSpec:
    """An entry for a copy of a model's file (with all its pieces) or folder and of its part files, whole or not there at all."""
    size = copied_bytes(spec)
    unfinished = place.with_name(f".{place.name}{UNFINISHED_SUFFIX}")
    source, parts = Path(spec.path), _own_parts(spec)

    def copy(file: str, to: str) -> str:
        with open(file, "rb") as here, open(to, "wb") as there:
            while piece := here.read(PIECE_BYTES):
                there.write(piece)
                on_bytes(len(piece))
        return to

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if size > shutil.disk_usage(place.parent).free:
            raise SfumatoError(
                f"There is not enough room for a copy of {size / 1e9:.1f} GB.", "Use it where it stands."
            )
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for top in _tops(source):
            if top.is_dir():
                shutil.copytree(top, unfinished / top.name, copy_function=copy)
            else:
                copy(str(top), str(unfinished / top.name))
        for part, file in parts.items():
            (unfinished / part).mkdir()
            copy(str(file), str(unfinished / part / file.name))
        if place.exists():
            shutil.rmtree(place)
        unfinished.rename(place)
    except OSError as error:
        raise file_trouble(place, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    copies = {part: str(place / part / file.name) for part, file in parts.items()}
    return spec.model_copy(update={"path": str(place / source.name), "part_files": copies or spec.part_files})


def _own_parts(spec: ModelSpec) -> dict[str, Path]:
    """The part files that a model paints with; those of one with a model folder, or that waits for one, are not used."""
    return {} if spec.parts_from else {part: Path(file) for part, file in spec.part_files.items()}


def _tops(place: Path) -> list[Path]:
    return [place.with_name(name) for name in piece_names(place.name)] if place.is_file() else [place]


def files_to_hash(model_ids: Iterable[str], paths: Paths) -> tuple[Path, ...]:
    """The weights that recipes name by their hashes, and that a verification compares."""
    collection = open_collection(paths)
    return tuple(file for model_id in model_ids for file in files_of(collection, model_id).values())


def hash_files(files: Iterable[Path], paths: Paths, on_bytes: OnBytes = ignore) -> None:
    """Hash them, once; `on_bytes` hears of what is read, and may raise. Raises SfumatoError if one cannot be read."""
    book = HashBook(paths.hash_book)
    for file in files:
        book.sha256(file, on_bytes)


def find_on_disk(paths: Paths, collection: Collection, folders: Iterable[Path] = ()) -> tuple[Found, ...]:
    """Models and LoRA files under these folders (none: the usual ones), without those that Sfumato keeps itself."""
    leave_out = (resource_folder(), paths.models, paths.loras)
    return tuple(look(tuple(folders) or usual_folders(), family_facts(collection.catalogue), leave_out))


def _is_replaceable(spec: ModelSpec, collection: Collection) -> bool:
    """True for an own entry of the same file, or of one that has gone."""
    known = collection.catalogue.get(spec.id)
    return spec.id in collection.own_ids and (known.path == spec.path or not Path(known.path).exists())
