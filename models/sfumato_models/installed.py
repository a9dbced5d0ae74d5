"""What is on this machine, and whether its files are whole. Reads headers only and imports no engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato.model_catalog import Catalogue, ModelSpec, Vocabulary
from sfumato_models.bundled_parts import check_parts, check_parts_there
from sfumato_models.checkpoints import checkpoint_kind
from sfumato_models.file_headers import broken, read_header
from sfumato_models.folder_weights import part_weights, parts_of, variant_of
from sfumato_models.gguf_pieces import piece_names, pieces
from sfumato_models.hash_book import HashBook
from sfumato_models.transformer_files import require_kind, told_by_header

# where the classes of a pipeline may come from; null is a part that is left out
_LIBRARIES = (None, "diffusers", "transformers", "stable_diffusion", "prx")
# parts of a pipeline folder that have weights of their own
_WEIGHTLESS = ("scheduler", "tokenizer", "feature_extractor", "processor")


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A catalogue entry with the place of its files: a folder for a painter, a file (of several, the first) for a writer or a checkpoint.

    `configs` is the folder of shapes and vocabularies for files that bring none. A transformer that stands alone has
    its other parts in the model folder `base`; those that are files of their own (`part_files.py`) are in `components`, by their
    names in the pipeline.
    """

    spec: ModelSpec
    path: Path
    configs: Path | None = None
    base: Path | None = None
    components: Mapping[str, Path] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """Size on disk, without the folder of other parts, which is a model of its own, and without part files that stand elsewhere."""
        files = self._pieces() if self.path.is_file() else self.path.rglob("*")
        below = (file for file in self.components.values() if file.is_relative_to(self.path.parent))  # as in a copy
        return sum(file.stat().st_size for file in (*files, *below) if file.is_file())

    @property
    def folder(self) -> Path | None:
        """The diffusers folder with its parts; None for a writer and for a checkpoint, which is one file."""
        return self.base or (self.path if self.path.is_dir() else None)

    @property
    def transformer(self) -> Path | None:
        """The file of a transformer that is loaded by itself (`transformer_files.py`); None where there is none."""
        if self.base:
            return self.path
        return next(iter(sorted((self.path / "transformer").glob("*.gguf"))), None)

    def weight_files(self) -> dict[str, Path]:
        """Every file of weights by the name that a recipe knows it by: its path inside the model.

        Raises:
            SfumatoError: naming an index of weights that is damaged.
        """
        if not (folder := self.folder):
            return {piece.name: piece for piece in self._pieces()}
        variant, alone = variant_of(folder), self.transformer
        files = {file.name: file for file in sorted(folder.glob("*.safetensors"))}
        for part in parts_of(folder):
            if not (alone and part.name == "transformer") and part.name not in self.components:
                files |= {file.relative_to(folder).as_posix(): file for file in part_weights(part, variant)}
        if alone:
            files[alone.name if self.base else alone.relative_to(folder).as_posix()] = alone
        files |= {f"{part}/{file.name}": file for part, file in self.components.items()}
        return dict(sorted(files.items()))

    def _pieces(self) -> list[Path]:
        """The file, or all of a split one that are there."""
        return [piece for name in piece_names(self.path.name) if (piece := self.path.with_name(name)).exists()]


def find_installed(catalogue: Catalogue, folder: Path) -> tuple[InstalledModel, ...]:
    """The catalogue's models that have a path and whose files stand there, under `folder`; nothing is opened."""
    found = (InstalledModel(spec, folder / spec.path) for spec in catalogue.models if spec.path)
    return tuple(model for model in found if model.path.exists())


def gone(spec: ModelSpec, place: Path) -> SfumatoError:
    """The error for a model whose file or folder is not where it was."""
    return SfumatoError(f"“{spec.title}” is gone: {place} is not there.", "Put it back, or choose another model.")


def check_there(model: InstalledModel) -> None:
    """Raises SfumatoError if a model's file or folder, or that of its other parts, is not there any more."""
    for place in (model.path, model.base):
        if place and not place.exists():
            raise gone(model.spec, place)
    check_parts_there(model.spec.title, model.components.values())


def check_whole(model: InstalledModel) -> None:
    """Raises SfumatoError, naming the file, if one is missing or cut short."""
    check_there(model)
    if model.spec.writer:
        for piece in pieces(model.path):
            if read_header(piece).kind != "gguf":
                raise broken(piece, "is not a GGUF model")
    elif folder := model.folder:
        if model.transformer:
            kind = require_kind(model.transformer)
            if model.components:
                told = told_by_header(kind, read_header(model.transformer))
                check_parts(model.spec.title, kind.pipeline, told, model.components)
                return
        _check_pipeline(folder, but="transformer" if model.transformer or model.spec.is_parts else "")
    else:
        checkpoint_kind(model.path)


def refuse_code(name: str, index: Mapping[str, Any]) -> None:
    """Raises SfumatoError if a `model_index.json` asks for classes that are not of the libraries, or for a pipeline of its own."""
    lists = (value for value in index.values() if isinstance(value, list) and value)
    sources = [value[0] for value in lists if not all(isinstance(item, (int, float)) for item in value)]  # settings are
    if not isinstance(index.get("_class_name"), str) or any(source not in _LIBRARIES for source in sources):
        raise SfumatoError(
            f"{name} brings program code of its own, which Sfumato never runs.",
            "Choose a model that works with diffusers as it is.",
            f"_class_name {index.get('_class_name')!r}, {sources}",
        )


def parts_without_weights(folder: Path) -> tuple[str, ...]:
    """Parts of a pipeline folder that should have weights and have no safetensors file; no weights are opened.

    Raises:
        SfumatoError: if `model_index.json` cannot be read.
    """
    has_gguf = any((folder / "transformer").glob("*.gguf"))
    return tuple(
        name
        for name in part_classes(folder)
        if not any((folder / name).glob("*.safetensors")) and not (has_gguf and name == "transformer")
    )


def file_hashes(model: InstalledModel, book: HashBook | None = None) -> dict[str, str]:
    """sha256 of every weight file by its name in recipes. `book` remembers them.

    Raises:
        SfumatoError: naming the file, if one cannot be read.
    """
    book = book or HashBook()
    return {name: book.sha256(file) for name, file in model.weight_files().items()}


def vocabulary_of(model: InstalledModel) -> Vocabulary | None:
    """The phrases a model with a closed vocabulary has learned, in lower case, or None if its vocabulary is open.

    Raises:
        SfumatoError: if the list should be there and cannot be read.
    """
    if not (model.spec.picture and model.spec.picture.closed_vocabulary):
        return None
    file = model.path / "known_words.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {kind: tuple(text.casefold().replace(",", " ") for text in texts) for kind, texts in data.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error


def _check_pipeline(folder: Path, but: str = "") -> None:
    index = _read_json(folder / "model_index.json")
    refuse_code(folder.name, index)
    for name in (name for name, value in index.items() if _is_part(value) and name != but):
        if not (folder / name).is_dir():
            raise broken(folder / name, "is missing")
    variant = variant_of(folder)
    for name in part_classes(folder):
        if name != but:
            _check_part(folder / name, variant)


def part_classes(folder: Path) -> dict[str, tuple[str, str]]:
    """Library and class of every part of a pipeline folder that has weights. Raises SfumatoError if its index is damaged."""
    index = _read_json(folder / "model_index.json")
    parts = {name: (value[0], value[1]) for name, value in index.items() if _is_part(value)}
    return {
        name: value for name, value in parts.items() if not name.startswith(_WEIGHTLESS) and name != "safety_checker"
    }


def has_safety_checker(folder: Path) -> bool:
    """True for a pipeline folder that brings one. Raises SfumatoError if its index is damaged."""
    return _is_part(_read_json(folder / "model_index.json").get("safety_checker"))


def _is_part(value: Any) -> bool:
    """Library and class; other lists are settings, and a part that is left out is two nulls."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(word, str) for word in value)


def _check_part(folder: Path, variant: str | None) -> None:
    _read_json(folder / "config.json")
    files = part_weights(folder, variant)
    if not files:
        raise broken(folder / "diffusion_pytorch_model.safetensors", "is missing")
    for file in files:
        read_header(file)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error
    if not isinstance(data, dict):
        raise broken(file, "is damaged")
    return data
