"""Models as validated data: what each is for and the facts that change behaviour."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sfumato.compile import PromptFacts, Usual
from sfumato.dialogue import Wrapping
from sfumato.errors import SfumatoError

REPOSITORY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$"


# The phrases a model with a closed vocabulary has learned, by kind; kinds that are fields of a prompt have its name.
Vocabulary = Mapping[str, tuple[str, ...]]


class PictureFacts(BaseModel):
    """Facts of a picture model. Sizes in pixels; every size is a multiple of `size_multiple`.

    `token_limit` is what the text encoder reads at once, its two marks included; longer text is `chunked` (read in
    pieces) or `cut`. `small_changes` is the route by which a thing is best changed while the rest stays where it is.
    With a `low` seed diversity another seed hardly changes the picture. `guidance_parameter` is the name of guidance in the
    pipeline's call. What the model can do with an image is in `routes`. `usual` is what it is told for a field of which
    nothing was said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pipeline: str
    steps: int = Field(ge=1)
    guidance_scale: float = Field(ge=0)
    guidance_parameter: Literal["guidance_scale", "true_cfg_scale"] = "guidance_scale"
    scheduler: str
    honours_negatives: bool
    default_negative: tuple[str, ...] = ()
    usual: dict[Literal["style", "lighting", "camera", "colour", "setting"], str] = Field(default_factory=dict)
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
    """Facts of a writing model. One with `own_words` only copies: all other words of its answers were said before.

    One that `composes` can put sentences together: it answers questions itself, from the guide's passages.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    wrapping: Wrapping
    context_tokens: int = Field(ge=256)
    answer_tokens: int = Field(default=300, ge=32)
    own_words: tuple[str, ...] | None = None
    composes: bool = False


class OtherParts(BaseModel):
    """What a model has beside its transformer's weights: about how many bytes, and which transformers it serves.

    `fits` are settings that such a transformer has, by their names in its configuration.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    size_bytes: int = Field(gt=0)
    fits: dict[str, int | bool]


class Source(BaseModel):
    """Where the files of a model that is not shipped come from: a repository of a model hub, `owner/name`.

    `file` is a pattern that names the one file a writer needs; a painter needs its whole folder, with `parts` (by their
    name in the pipeline) taken from other repositories, of which a transformer can be a GGUF `file`. `variant` says which of a
    folder's weights are fetched where there are several. `size_bytes` is about right until the hub has been asked. With
    `is_gated` the hub wants to know who asks; with `must_accept` the licence has to be agreed to first. `unsure` names
    the facts that nobody here has checked, `needs` a package that is not part of this app. Of the part that it `leaves_out`
    only the configuration is fetched, since a file that the person has stands in for it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    repository: str = Field(pattern=REPOSITORY_PATTERN)
    file: str = ""
    parts: dict[str, str] = {}
    variant: Literal["", "fp16"] = ""
    size_bytes: int = Field(gt=0)
    is_gated: bool = False
    must_accept: bool = False
    unsure: tuple[str, ...] = ()
    needs: str = ""
    other_parts: OtherParts | None = None
    leaves_out: Literal["", "transformer"] = ""


class ModelSpec(BaseModel):
    """One entry of the catalogue.

    `path` is relative to the folder the models stand in and empty for what has to be downloaded. `memory_gib` says how
    much memory the model takes, by the type of number its weights are held in. Where `path` is a transformer and nothing
    else, `parts_from` is the id of the model whose folder has the other parts, or `part_files` are files that hold one each,
    by their names in the pipeline.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$", max_length=100)
    title: str
    purpose: str
    licence: str
    path: str = ""
    parts_from: str = ""
    part_files: dict[str, str] = {}
    memory_gib: dict[str, float] = {}
    source: Source | None = None
    picture: PictureFacts | None = None
    writer: WriterFacts | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> ModelSpec:
        if (self.picture is None) == (self.writer is None):
            raise ValueError("a model paints or writes: give `picture` or `writer`")
        if self.source is None and not self.path:
            raise ValueError("say where the files come from: give `source` or `path`")
        return self

    @property
    def is_parts(self) -> bool:
        """True for what only serves a transformer that stands alone, and paints nothing by itself."""
        return self.source is not None and bool(self.source.leaves_out)

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
        SfumatoError: if a file is missing, an entry is wrong, or an id is there twice, with the name of the file.
    """
    models: dict[str, ModelSpec] = {}
    for file in files:
        for spec in read_entries(file):
            if spec.id in models:
                raise SfumatoError(
                    f"The model catalogue {file.name} has an entry “{spec.id}”, which is there already.",
                    "Give it another id.",
                )
            models[spec.id] = spec
    return Catalogue(models=tuple(models.values()))


def read_entries(file: Path) -> tuple[ModelSpec, ...]:
    """The entries of one catalogue file. Raises SfumatoError that says which line of which file is wrong, and why."""
    try:
        text = file.read_text(encoding="utf-8")
        return Catalogue.model_validate(tomllib.loads(text)).models
    except (OSError, UnicodeDecodeError) as error:
        raise SfumatoError(f"The model catalogue {file.name} cannot be read.", "", str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SfumatoError(f"The model catalogue {file.name} is no TOML.", f"{error}.", str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        line = toml_line(text, first["loc"])
        raise SfumatoError(
            f"The model catalogue {file.name} has a value that cannot be used in line {line}: {place or 'models'}.",
            f"{first['msg']}.",
            str(error),
        ) from error


def toml_line(text: str, place: tuple[int | str, ...]) -> int:
    """The line, from 1, where a value of an entry stands: `place` is `("models", 1, "source", "size_bytes")`; where it
    is missing, or stands in a table on one line, that of the table or entry it belongs to."""
    entry, table, found = -1, (), 1
    names = tuple(str(part) for part in place[2:])
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("[[models]]"):
            entry, table = entry + 1, ()
        elif header := re.match(r"\[models\.([\w.]+)\]", bare):
            table = tuple(header[1].split("."))
        is_here = entry == (place[1] if len(place) > 1 else 0)
        if not is_here or table != names[: len(table)]:
            continue
        key = re.match(r"\"?([\w-]+)\"?\s*=", bare)
        if bare.startswith("[") or (key and names[len(table) :][:1] == (key[1],)):
            found = number
    return found


def prompt_facts(facts: PictureFacts, vocabulary: Vocabulary | None = None) -> PromptFacts:
    """What compiling a prompt needs to know of a picture model; `vocabulary` is what a closed one has learned."""
    if vocabulary is None:
        return PromptFacts(facts.honours_negatives, facts.default_negative, facts.token_limit)
    known = frozenset(word for kind, phrases in vocabulary.items() for text in phrases for word in _known(kind, text))
    usual = tuple(Usual(field, text, vocabulary.get(field, ())) for field, text in facts.usual.items())
    return PromptFacts(facts.honours_negatives, facts.default_negative, facts.token_limit, known, usual)


def _known(kind: str, phrase: str) -> Sequence[str]:
    """What a model that has learned a phrase knows: the phrase and its words, of a thing or a colour the last word only.

    Who was shown apple trees and rose-coloured boats knows trees, but neither apples nor roses.
    """
    words = phrase.replace("-", " ").split()
    return (phrase, *(words[-1:] if kind in ("subject", "several", "extra", "colour") else words))


def fitting_size(facts: PictureFacts, width: int, height: int) -> tuple[int, int]:
    """The size (pixels) this model can paint that is nearest in shape to a picture, at about the area it paints best."""
    sides = range(
        -(-facts.min_side // facts.size_multiple) * facts.size_multiple, facts.max_side + 1, facts.size_multiple
    )
    shape, area = width / height, facts.width * facts.height

    def distance(size: tuple[int, int]) -> float:
        return abs(math.log(size[0] / size[1] / shape)) + abs(math.log(size[0] * size[1] / area)) / 2

    return min(((wide, high) for wide in sides for high in sides), key=distance)


def scaled(facts: PictureFacts, width: int, step: int = 0) -> PictureFacts:
    """The facts of a like model that was made for another size: all sizes in proportion, multiples of `step` (pixels)."""
    step, scale = max(step, facts.size_multiple), width / facts.width

    def fitted(side: float) -> int:
        return max(step, round(side * scale / step) * step)

    sides = {name: fitted(getattr(facts, name)) for name in ("width", "height", "min_side", "max_side")}
    portrait, landscape = (tuple(map(fitted, size)) for size in (facts.portrait, facts.landscape))
    return facts.model_copy(update={**sides, "portrait": portrait, "landscape": landscape, "size_multiple": step})


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
