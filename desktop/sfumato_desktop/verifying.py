"""Whether a model's files are what they were, byte by byte. The same for the window and `sfumato models verify`.

Downloaded models are compared with what the hub told of them, models that a person has with the hashes that were taken when they
were added, and models that come with the app by headers and lengths alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato_desktop.collection import Collection
from sfumato_models.hash_book import HashBook
from sfumato_models.installed import check_whole
from sfumato_models.model_folder import damaged_files, read_manifest

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """The names of the files that are not what they should be, and of those whose hash was not known before and is now."""

    damaged: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def files_of(collection: Collection, model_id: str) -> dict[str, Path]:
    """A model's weights by their names in recipes; of one that waits for its other parts just its own file.

    Raises:
        SfumatoError: if it is not here.
    """
    if waiting := collection.waits(model_id):
        return {Path(waiting.spec.path).name: Path(waiting.spec.path)}
    return collection.stored(model_id).weight_files()


def verify(collection: Collection, model_id: str, paths: Paths, begin: Callable[[int], OnBytes]) -> Verified:
    """Check a model. `begin` is told how many bytes will be read, and gives what hears of those that were and may raise.

    Raises:
        SfumatoError: naming the file, if one is missing, cut short or cannot be read.
    """
    place = collection.shelf.place(model_id)
    if place.is_dir():
        return _by_manifest(place, begin)
    if not collection.waits(model_id):
        check_whole(collection.stored(model_id))
    if model_id not in collection.own_ids:
        return Verified()
    book, files = HashBook(paths.hash_book), files_of(collection, model_id)
    on_bytes = begin(sum(file.stat().st_size for file in files.values()))
    found = {name: book.check(file, on_bytes) for name, file in files.items()}
    return Verified(
        tuple(name for name, is_same in found.items() if is_same is False),
        tuple(name for name, is_same in found.items() if is_same is None),
    )


def _by_manifest(place: Path, begin: Callable[[int], OnBytes]) -> Verified:
    try:
        manifest = read_manifest(place)
    except FileNotFoundError as error:
        raise SfumatoError("The folder of this model has vanished.", "Get it again.", repr(error)) from error
    return Verified(tuple(file.path for file in damaged_files(place, manifest, begin(manifest.size_bytes))))
