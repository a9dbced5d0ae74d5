"""The colours things are painted in, and those of the materials they are made of."""

from __future__ import annotations

from sfumato_training.ink import Colour, darker, lighter, rgb

PAINT: dict[str, str] = {
    "red": "d62a28", "orange": "f58220", "yellow": "f7d038", "green": "3f9e48", "blue": "2a68d4",
    "purple": "7b36b8", "white": "f6f6f2", "black": "26262d", "pink": "f78fc0", "brown": "7b4a26",
}  # fmt: skip

WOOD, STONE, CREAM, LEAF, DARK, SKIN, BEAK = (
    rgb(text) for text in ("7a4f2b", "b9b2a6", "f6ecd6", "4f9a3f", "2a2a33", "e8b48c", "f0962c")
)
GLASS, LIT = rgb("bfe3f2"), rgb("ffd76a")


def pale(colour: Colour, share: float, shade: float = 0.2) -> Colour:
    """A paler companion of the colour; a darker one by `shade` where the colour is nearly white."""
    return lighter(colour, share) if sum(colour) < 2.4 else darker(colour, shade)


def line_on(colour: Colour) -> Colour:
    """A line that shows on the colour."""
    return darker(colour, 0.55) if sum(colour) > 0.9 else lighter(colour, 0.4)
