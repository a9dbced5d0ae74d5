"""An area of a picture and what should be in it: rectangles and brush strokes, so small that a recipe can carry them.

Its masks are `masks.py`'s.

Places are in thousandths of the width and the height, radii in thousandths of the longer side: an area means the same on
a picture of any size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from sfumato.prompt import ImagePrompt

SCALE = 1000
MAX_SHAPES = 400
MAX_POINTS = 20_000
MAX_WORDS_CHARACTERS = 400

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle between two points, or a brush stroke of a radius along points."""

    kind: Literal["rectangle", "stroke"]
    points: tuple[Point, ...]
    radius: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"kind": self.kind, "points": [list(point) for point in self.points], "radius": self.radius}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Shape:
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError if it is damaged."""
        kind = data["kind"]
        if kind not in ("rectangle", "stroke"):
            raise ValueError(f"unknown shape {kind!r}")
        points = tuple((_inside(x), _inside(y)) for x, y in data["points"])
        if not points or (kind == "rectangle" and len(points) != 2):
            raise ValueError(f"a {kind} of {len(points)} points")
        return cls(kind, points, _inside(data["radius"]))


@dataclass(frozen=True, slots=True)
class Selection:
    """The area that any of the shapes covers."""

    shapes: tuple[Shape, ...] = ()

    def to_json(self) -> list[dict[str, Any]]:
        """The shapes as plain JSON values."""
        return [shape.to_json() for shape in self.shapes]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> Selection:
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError if it is damaged or far too long."""
        if len(data) > MAX_SHAPES or sum(len(shape["points"]) for shape in data) > MAX_POINTS:
            raise ValueError("too many shapes")
        return cls(tuple(Shape.from_json(shape) for shape in data))

    @property
    def is_full(self) -> bool:
        """True when no shape or point may be added."""
        points = sum(len(shape.points) for shape in self.shapes)
        return len(self.shapes) >= MAX_SHAPES or points >= MAX_POINTS


@dataclass(frozen=True, slots=True)
class Area:
    """A selection, and the words for what it should show. Without words it shows what the whole prompt says."""

    selection: Selection
    words: str = ""

    def to_json(self) -> dict[str, Any]:
        """`{"words", "shapes"}`."""
        return {"words": self.words, "shapes": self.selection.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Area:
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError if it is damaged or far too long."""
        return cls(Selection.from_json(data["shapes"]), str(data["words"])[:MAX_WORDS_CHARACTERS])

    def sent(self, prompt: ImagePrompt) -> ImagePrompt:
        """What a model is told of a prompt where only this area is painted."""
        return replace(prompt, subject=self.words) if self.words else prompt

    def added_to(self, subject: str) -> str:
        """The subject of the picture once the area is painted, so that later changes keep both."""
        return ", ".join(filter(None, (subject, self.words)))

    def edited(self, before: str, after: str) -> Area:
        """The area once the subject that names it was edited: its own words follow, those before them stay outside it."""
        if not self.words or not before.endswith(self.words):
            return self
        outside = before.removesuffix(self.words)
        words = after.removeprefix(outside).strip(" ,") if after.startswith(outside) else ""
        return replace(self, words=words) if words else self


def edited_area(area: Area | None, before: ImagePrompt, after: ImagePrompt) -> Area | None:
    """An area with other words, if nothing but these was edited in its picture's prompt: only it is painted anew then."""
    if area is None or replace(after, subject=before.subject) != before:
        return None
    edited = area.edited(before.subject, after.subject)
    return edited if edited != area else None


def _inside(value: Any) -> int:
    """A place or radius, within the picture."""
    number = int(value)
    if not 0 <= number <= SCALE:
        raise ValueError(f"{number} is outside the picture")
    return number
