"""The recipe: all it takes to paint a picture again, and what was really used when it was painted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sfumato.compile import CompiledPrompt
from sfumato.errors import SfumatoError
from sfumato.lora import Lora
from sfumato.prompt import ImagePrompt
from sfumato.seeds import MAX_SEED
from sfumato.selection import Area, Selection
from sfumato.told_values import line_of

RECIPE_FORMAT = 1
# A draft's fingerprint may have this key, too: which of its two engines a painter should use.
ENGINE = "compiled"
BLOCKS = "blocks"  # its value where blocks are compiled
NO_ROOM = "no room"  # where only the room for this picture was missing: later ones get them again
# In the fingerprint of a picture that was decoded in tiles, with their size as its value; a draft with this key is, too.
DECODING = "decoding"
# What a recipe from outside may say; models paint far less.
MAX_SIDE, MAX_STEPS, MAX_GUIDANCE = 65_536, 10_000, 1000.0


class Route(StrEnum):
    """How a picture comes about. An attached one was not painted here: it has no seed and cannot be painted again."""

    TEXT_TO_IMAGE = "text-to-image"
    IMAGE_TO_IMAGE = "image-to-image"
    INPAINT = "inpaint"
    INSTRUCTION_EDIT = "instruction-edit"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Sizes in pixels; `strength` in 0..1 applies to image-to-image and inpaint, else it is None."""

    width: int
    height: int
    steps: int
    guidance_scale: float
    scheduler: str
    model_id: str
    strength: float | None = None

    def to_json(self) -> dict[str, Any]:
        """All settings as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RenderSettings:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for what no picture has."""
        strength = data.get("strength")
        return cls(
            width=_whole(data["width"], MAX_SIDE),
            height=_whole(data["height"], MAX_SIDE),
            steps=_whole(data["steps"], MAX_STEPS),
            guidance_scale=_real(data["guidance_scale"], MAX_GUIDANCE),
            scheduler=line_of(data["scheduler"]),
            model_id=line_of(data["model_id"]),
            strength=None if strength is None else _real(strength, 1.0),
        )


@dataclass(frozen=True, slots=True)
class AreaPass:
    """An area painted after the whole picture, from near and from its own seed; the rest stays identical."""

    area: Area
    compiled: CompiledPrompt
    seed: int
    strength: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the seed is text, as a recipe's."""
        return {
            "area": self.area.to_json(),
            "compiled": self.compiled.to_json(),
            "seed": str(self.seed),
            "strength": self.strength,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AreaPass:
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError if it is damaged."""
        return cls(
            Area.from_json(data["area"]),
            CompiledPrompt.from_json(data["compiled"]),
            _whole(data["seed"], MAX_SEED),
            _real(data["strength"], 1.0),
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an engine needs to paint one picture; after painting also what it used and what came out.

    `fingerprint` holds library versions, device, dtype, threads and attention backend. `model_files` maps file names
    to sha256. `parent_sha256` is the parent picture's `sha256_rgb` where the route starts from a picture. `area` is
    what is painted anew where the route is inpaint, `loras` what is added to the model, `then` the areas that are painted
    on the finished whole, one after the other.
    """

    prompt: ImagePrompt
    compiled: CompiledPrompt
    settings: RenderSettings
    seed: int
    route: Route = Route.TEXT_TO_IMAGE
    parent_sha256: str = ""
    model_files: dict[str, str] = field(default_factory=dict)
    fingerprint: dict[str, str] = field(default_factory=dict)
    sha256_rgb: str = ""
    area: Area | None = None
    loras: tuple[Lora, ...] = ()
    then: tuple[AreaPass, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A versioned JSON object; the seed is text because JSON readers lose digits above 2**53."""
        return {
            "format": RECIPE_FORMAT,
            "prompt": self.prompt.to_json(),
            "compiled": self.compiled.to_json(),
            "settings": self.settings.to_json(),
            "seed": str(self.seed),
            "route": str(self.route),
            "parent_sha256": self.parent_sha256,
            "model_files": self.model_files,
            "fingerprint": self.fingerprint,
            "sha256_rgb": self.sha256_rgb,
        } | self._only_if_used()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Recipe:
        """The inverse of `to_json`.

        Raises:
            SfumatoError: if the object is damaged or was written by a newer version.
        """
        try:
            if int(data["format"]) > RECIPE_FORMAT:
                raise SfumatoError("This recipe was written by a newer Sfumato.", "Update Sfumato to read it.")
            return cls(
                prompt=ImagePrompt.from_json(data["prompt"]),
                compiled=CompiledPrompt.from_json(data["compiled"]),
                settings=RenderSettings.from_json(data["settings"]),
                seed=_whole(data["seed"], MAX_SEED),
                route=Route(data["route"]),
                parent_sha256=str(data.get("parent_sha256", "")),
                model_files=dict(data.get("model_files", {})),
                fingerprint=dict(data.get("fingerprint", {})),
                sha256_rgb=str(data.get("sha256_rgb", "")),
                area=_area(data),
                loras=tuple(Lora.from_json(lora) for lora in data.get("loras", ())),
                then=tuple(AreaPass.from_json(area) for area in data.get("then", ())),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise SfumatoError("This recipe is damaged.", "Use another copy of it.", repr(error)) from error

    def _only_if_used(self) -> dict[str, Any]:
        area = {"area": self.area.to_json()} if self.area else {}
        loras = {"loras": [lora.to_json() for lora in self.loras]} if self.loras else {}
        return area | loras | ({"then": [area.to_json() for area in self.then]} if self.then else {})

    @property
    def selection(self) -> Selection | None:
        """The area's shapes; None where all of the picture is painted."""
        return self.area.selection if self.area else None

    def painting_area(self, painted: AreaPass) -> Recipe:
        """The recipe of one of the areas that follow, on the picture as it is by then."""
        return replace(
            self,
            compiled=painted.compiled,
            settings=replace(self.settings, strength=painted.strength),
            seed=painted.seed,
            route=Route.INPAINT,
            area=painted.area,
            then=(),
        )

    def as_draft(self) -> Recipe:
        """The same request without its results, for the same engine and decoding: what is painted on a replay."""
        return replace(self, model_files={}, fingerprint=self.engine | self.decoding, sha256_rgb="")

    @property
    def engine(self) -> dict[str, str]:
        """The part of the fingerprint that a conversation keeps: whether blocks are compiled. Empty where nothing is known."""
        return self._known(ENGINE)

    @property
    def decoding(self) -> dict[str, str]:
        """The part of the fingerprint that says that the picture was decoded in tiles. Empty where it was not."""
        return self._known(DECODING)

    def _known(self, name: str) -> dict[str, str]:
        return {name: str(self.fingerprint[name])} if name in self.fingerprint else {}


def _area(data: dict[str, Any]) -> Area | None:
    """The first recipes of areas had the shapes alone."""
    if data.get("selection"):
        return Area(Selection.from_json(data["selection"]))
    return Area.from_json(data["area"]) if data.get("area") else None


def _whole(value: Any, most: int) -> int:
    number = int(value)
    if not 0 <= number <= most:
        raise ValueError(f"{number} is out of range")
    return number


def _real(value: Any, most: float) -> float:
    number = float(value)
    if not 0.0 <= number <= most:  # what is no number is in no range
        raise ValueError(f"{number} is out of range")
    return number


def sha256_rgb(rgb: bytes) -> str:
    """The hash by which two pictures are the same: over raw RGB bytes, row by row, without padding."""
    return hashlib.sha256(rgb).hexdigest()
