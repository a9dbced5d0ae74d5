"""Which files of a diffusers folder are its weights: whole or in pieces, at full width or as the `fp16` variant of them.

Where a part stands there both ways, the full width is loaded, unless another part comes as the variant only: a pipeline is loaded
as the variant or not. Reads names and small index files; imports no engine library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Literal

from sfumato_models.file_headers import broken

HALF: Literal["fp16"] = "fp16"
_PIECE = re.compile(r"-\d{5}-of-\d{5}(?=\.|$)")
_NAMES = frozenset({"model", "diffusion_pytorch_model"})
_INDEX = ".safetensors.index."


def is_weight(name: str) -> bool:
    """True for the names that the loaders look for: `model.safetensors`, its pieces, and the fp16 variants of both."""
    return name.endswith(".safetensors") and _plain_stem(name) in _NAMES


def is_index(name: str) -> bool:
    """True for the file that says in which piece which weight is."""
    return _INDEX in name and name.endswith(".json")


def is_half(name: str) -> bool:
    """True for the fp16 variant of a file of weights, or of an index."""
    return HALF in PurePosixPath(name).name.replace("-", ".").split(".")


def chosen(names: Iterable[str], variant: str) -> list[str]:
    """The files of weights and indexes of one part: those of the variant where it is wanted or there is nothing else."""
    those = [name for name in names if is_weight(name) or is_index(name)]
    halves = [name for name in those if is_half(name)]
    others = [name for name in those if name not in halves]
    wants_halves = variant == HALF or not any(map(is_weight, others))
    return halves if wants_halves and any(map(is_weight, halves)) else others


def variant_of(folder: Path) -> Literal["fp16"] | None:
    """What a pipeline's folder is loaded as: `fp16` where a part comes as that only."""
    parts = (_names(part) for part in parts_of(folder))
    half_only = [names for names in parts if (them := [*filter(is_weight, names)]) and all(map(is_half, them))]
    return HALF if half_only else None


def part_weights(part: Path, variant: str | None) -> list[Path]:
    """The files of weights that are loaded for one part of a folder, those that an index names even where they are missing.

    Raises:
        SfumatoError: naming the index, if it is damaged.
    """
    names = chosen(_names(part), variant or "")
    found = {name for name in names if is_weight(name)}
    for index in filter(is_index, names):
        found |= _named_in(part / index)
    return [part / name for name in sorted(found)]


def _named_in(index: Path) -> set[str]:
    try:
        return {Path(name).name for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise broken(index, "is damaged", repr(error)) from error


def parts_of(folder: Path) -> list[Path]:
    """The folders in a model's folder, in order; none if it has gone."""
    return sorted(entry for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def _names(part: Path) -> list[str]:
    return sorted(file.name for file in part.iterdir()) if part.is_dir() else []


def _plain_stem(name: str) -> str:
    stem = PurePosixPath(name).name.removesuffix(".safetensors")
    return _PIECE.sub("", stem).removesuffix(f".{HALF}")
