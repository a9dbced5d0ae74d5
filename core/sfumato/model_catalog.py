"""Models as validated data: what each is for and the facts that change behaviour."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.compile import PromptFacts
from sfumato.dialogue import Wrapping
from sfumato.errors import SfumatoError


class PictureFacts(BaseModel):
    """Facts of a picture model. Sizes in pixels; every size is a multiple of `size_multiple`.

    `token_limit` is what the text encoder reads at once, its two marks included; longer text is `chunked` (read in
    pieces) or `cut`. `small_changes` is the route by which a thing is best changed while the rest stays where it is.
    With a `low` seed diversity another seed hardly changes the picture.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pipeline: str
    steps: int = Field(ge=1)
    guidance_scale: float = Field(ge=0)
    scheduler: str
    honours_negatives: bool
    default_negative: tuple[str, ...] = ()
    token_limit: int = Field(default=77, ge=8)
    long_prompts: Literal["chunked", "cut"] = "cut"
    seed_diversity: Literal["high", "low"] = "high"
    small_changes: Literal["text-to-image", "image-to-image"] = "text-to-image"
    width: int
    height: int
    portrait: tuple[int, int]
    landscape: tuple[int, int]
    min_side: int
    max_side: int
    size_multiple: int
    routes: tuple[Literal["text-to-image", "image-to-image", "inpaint", "instruction-edit"], ...]
    dtypes: tuple[Literal["float32", "bfloat16", "float16"], ...] = ("float32",)
    strength: float = Field(default=0.6, ge=0, le=1)
    closed_vocabulary: bool = False


class WriterFacts(BaseModel):
    """Facts of a writing model. One with `own_words` only copies: all other words of its answers were said before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wrapping: Wrapping
    context_tokens: int = Field(ge=256)
    answer_tokens: int = Field(default=300, ge=32)
    own_words: tuple[str, ...] | None = None


class ModelSpec(BaseModel):
    """One entry of the catalogue. `path` is relative to the folder the catalogue's files stand in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    purpose: str
    licence: str
    path: str
    picture: PictureFacts | None = None
    writer: WriterFacts | None = None

    @property
    def kind(self) -> Literal["painter", "writer"]:
        """What it does."""
        return "painter" if self.picture else "writer"


class Catalogue(BaseModel):
    """All models that are known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[ModelSpec, ...]

    def get(self, model_id: str) -> ModelSpec:
        """The entry of that id. Raises SfumatoError if there is none."""
        for spec in self.models:
            if spec.id == model_id:
                return spec
        known = ", ".join(spec.id for spec in self.models)
        raise SfumatoError(f"There is no model called “{model_id[:60]}”.", f"Known models: {known}.")


def load_catalogue(files: Iterable[Path]) -> Catalogue:
    """Read catalogue files (TOML, an array of tables `models`).

    Raises:
        SfumatoError: if a file is missing or an entry is wrong, with its name.
    """
    models: list[ModelSpec] = []
    for file in files:
        try:
            models += Catalogue.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).models
        except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise SfumatoError(f"The model catalogue {file.name} cannot be read.", "", str(error)) from error
    return Catalogue(models=tuple(models))


def prompt_facts(facts: PictureFacts, known_words: frozenset[str] | None = None) -> PromptFacts:
    """What compiling a prompt needs to know of a picture model."""
    return PromptFacts(facts.honours_negatives, facts.default_negative, facts.token_limit, known_words)


def fitting_size(facts: PictureFacts, width: int, height: int) -> tuple[int, int]:
    """The size (pixels) this model can paint that is nearest in shape to a picture, at about the area it paints best."""
    sides = range(
        -(-facts.min_side // facts.size_multiple) * facts.size_multiple, facts.max_side + 1, facts.size_multiple
    )
    shape, area = width / height, facts.width * facts.height

    def distance(size: tuple[int, int]) -> float:
        return abs(math.log(size[0] / size[1] / shape)) + abs(math.log(size[0] * size[1] / area)) / 2

    return min(((wide, high) for wide in sides for high in sides), key=distance)


def check_size(facts: PictureFacts, width: int, height: int) -> None:
    """Raises SfumatoError, naming a size that works, if the model cannot paint this one (pixels)."""
    sides = (width, height)
    multiple = facts.size_multiple
    if all(facts.min_side <= side <= facts.max_side and side % multiple == 0 for side in sides):
        return
    near = tuple(min(max(round(side / multiple) * multiple, facts.min_side), facts.max_side) for side in sides)
    raise SfumatoError(
        f"This model cannot paint {width}x{height} pixels.",
        f"Each side must be a multiple of {multiple} between {facts.min_side} and {facts.max_side}; "
        f"try {near[0]}x{near[1]}.",
    )
