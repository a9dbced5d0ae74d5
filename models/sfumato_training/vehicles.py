"""The vehicles, each drawn standing on (0, 0), about one unit high and wide, y pointing down, bound for the right."""

from __future__ import annotations

import random

from sfumato_training.ink import Colour, Ink, darker, lighter, mix, rgb
from sfumato_training.paint import CREAM, LIT, STONE, WOOD, pale


def boat(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A sailing boat: hull in the colour, two sails, a flag."""
    ink.line("M 0 -0.2 L 0 -1.0", 0.035, WOOD)
    ink.shape("M 0.03 -0.96 Q 0.42 -0.6 0.46 -0.3 L 0.03 -0.3 Z", CREAM)
    ink.shape("M -0.03 -0.86 Q -0.3 -0.55 -0.36 -0.3 L -0.03 -0.3 Z", lighter(colour, 0.35))
    ink.shape("M -0.55 -0.25 L 0.58 -0.25 Q 0.5 0 0.3 0 L -0.32 0 Q -0.5 -0.04 -0.55 -0.25 Z", colour)
    ink.line("M -0.53 -0.2 L 0.56 -0.2", 0.03, lighter(colour, 0.5))
    ink.poly([(0, -1.0), (0.16, -0.95), (0, -0.9)], colour)


def car(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A rounded car from the side."""
    ink.shape("M -0.34 -0.36 Q -0.28 -0.66 -0.06 -0.66 L 0.12 -0.66 Q 0.3 -0.66 0.4 -0.36 Z", colour)
    ink.shape("M -0.27 -0.38 Q -0.22 -0.59 -0.04 -0.59 L -0.01 -0.38 Z", glass)
    ink.shape("M 0.04 -0.38 L 0.04 -0.59 Q 0.24 -0.6 0.32 -0.38 Z", glass)
    ink.shape("M -0.66 -0.1 Q -0.68 -0.38 -0.36 -0.38 L 0.42 -0.38 Q 0.68 -0.34 0.68 -0.1 Z", colour)
    ink.line("M -0.6 -0.24 L 0.6 -0.24", 0.02, darker(colour, 0.35))
    ink.oval(0.62, -0.25, 0.05, 0.05, LIT, 0)
    for x in (-0.37, 0.38):
        ink.oval(x, -0.1, 0.16, 0.16, rgb("26262c"), 0.05)
        ink.oval(x, -0.1, 0.075, 0.075, STONE, 0.15)


def balloon(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A hot-air balloon with stripes and a basket."""
    ink.line("M -0.2 -0.36 L -0.08 -0.14 M 0.2 -0.36 L 0.08 -0.14", 0.02, WOOD)
    ink.box(-0.1, -0.15, 0.2, 0.15, rgb("a8743c"), 0.02)
    ink.shape("M -0.12 -0.27 C -0.6 -0.62 -0.5 -1.06 0 -1.06 C 0.5 -1.06 0.6 -0.62 0.12 -0.27 Z", colour)
    stripe = lighter(colour, 0.5) if sum(colour) < 2.4 else darker(colour, 0.2)
    ink.shape("M -0.05 -0.27 C -0.26 -0.62 -0.22 -1.05 0 -1.06 C 0.22 -1.05 0.26 -0.62 0.05 -0.27 Z", stripe)
    ink.shape("M -0.015 -0.27 C -0.1 -0.6 -0.08 -1.05 0 -1.06 C 0.08 -1.05 0.1 -0.6 0.015 -0.27 Z", colour)


def rocket(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A rocket in flight with a window, fins and a flame."""
    ink.shape("M -0.11 -0.2 Q -0.16 0.02 0 0.16 Q 0.16 0.02 0.11 -0.2 Z", rgb("ff9a2e"))
    ink.shape("M -0.05 -0.2 Q -0.08 -0.06 0 0.04 Q 0.08 -0.06 0.05 -0.2 Z", rgb("fff0a0"))
    fin = darker(mix(colour, rgb("884040"), 0.35), 0.2)
    ink.shape("M -0.18 -0.5 Q -0.42 -0.34 -0.38 -0.08 L -0.16 -0.22 Z", fin)
    ink.shape("M 0.18 -0.5 Q 0.42 -0.34 0.38 -0.08 L 0.16 -0.22 Z", fin)
    ink.shape("M -0.14 -0.18 C -0.28 -0.55 -0.2 -0.85 0 -1.06 C 0.2 -0.85 0.28 -0.55 0.14 -0.18 Z", colour)
    ink.shape("M -0.13 -0.86 Q -0.08 -0.97 0 -1.06 Q 0.08 -0.97 0.13 -0.86 Q 0 -0.8 -0.13 -0.86 Z", fin)
    ink.oval(0, -0.62, 0.1, 0.1, STONE, 0)
    ink.oval(0, -0.62, 0.075, 0.075, glass, 0.1)


def train(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A steam locomotive from the side: boiler and cab in the colour, a chimney with smoke, large wheels."""
    iron, brass = rgb("34343c"), rgb("e0b040")
    for x, y, r in ((0.28, -0.93, 0.09), (0.12, -0.98, 0.12), (-0.1, -1.0, 0.14)):
        ink.oval(x, y, r, r * 0.85, rgb("eceef0"), 0.08)
    ink.poly([(0.27, -0.58), (0.24, -0.84), (0.48, -0.84), (0.45, -0.58)], iron)
    ink.box(0.22, -0.86, 0.28, 0.06, iron, 0.02)
    ink.oval(0.02, -0.62, 0.1, 0.1, brass, 0.15)
    ink.box(-0.3, -0.62, 0.9, 0.36, colour, 0.12)
    for x in (-0.06, 0.3):
        ink.line(f"M {x} -0.6 L {x} -0.28", 0.035, brass)
    ink.box(-0.62, -0.78, 0.38, 0.54, darker(colour, 0.08))
    ink.box(-0.68, -0.86, 0.5, 0.09, pale(darker(colour, 0.35), 0.0), 0.03)
    ink.box(-0.54, -0.7, 0.22, 0.2, glass, 0.03)
    ink.oval(0.6, -0.46, 0.06, 0.09, LIT, 0)
    ink.box(-0.66, -0.27, 1.26, 0.09, iron)
    ink.poly([(0.56, -0.22), (0.78, 0), (0.5, 0)], rgb("b83a2e") if colour[0] < 0.6 or colour[1] > 0.6 else iron)
    for x, r in ((-0.44, 0.17), (-0.06, 0.17), (0.3, 0.12)):
        ink.oval(x, -r, r, r, iron, 0.05)
        ink.oval(x, -r, r * 0.62, r * 0.62, colour, 0.1)
        ink.oval(x, -r, r * 0.2, r * 0.2, iron, 0)
    ink.line("M -0.44 -0.17 L 0.3 -0.12", 0.035, STONE)


def plane(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A propeller plane from the side: a plump body in the colour, a cockpit, a broad wing, tail fin, wheels."""
    wing = darker(colour, 0.28) if sum(colour) > 0.6 else lighter(colour, 0.25)
    ink.line("M 0.22 -0.22 L 0.26 -0.08 M -0.02 -0.22 L -0.06 -0.08", 0.035, STONE)
    for x in (-0.06, 0.26):
        ink.oval(x, -0.07, 0.075, 0.075, rgb("26262c"), 0.05)
        ink.oval(x, -0.07, 0.03, 0.03, STONE, 0)
    ink.shape("M -0.5 -0.52 L -0.72 -0.96 L -0.52 -0.96 Q -0.4 -0.8 -0.26 -0.58 Z", wing)
    ink.shape("M -0.16 -0.66 Q -0.1 -0.9 0.12 -0.9 Q 0.3 -0.88 0.36 -0.64 Z", glass)
    ink.line("M 0.08 -0.9 L 0.1 -0.64", 0.025, wing)
    ink.shape(
        "M -0.66 -0.62 C -0.3 -0.66 0.1 -0.72 0.42 -0.64 Q 0.6 -0.58 0.6 -0.42 Q 0.58 -0.24 0.34 -0.2 C 0 -0.16 -0.4 -0.36 -0.66 -0.62 Z",
        colour,
    )
    ink.line("M -0.5 -0.57 Q 0 -0.5 0.54 -0.5", 0.05, pale(colour, 0.6, 0.25))
    ink.shape("M -0.5 -0.6 L -0.78 -0.54 L -0.74 -0.46 L -0.36 -0.5 Z", wing)
    ink.shape("M 0.2 -0.4 L -0.34 -0.2 Q -0.4 -0.12 -0.28 -0.12 L 0.36 -0.3 Z", wing)
    ink.oval(0.62, -0.43, 0.035, 0.22, mix(STONE, CREAM, 0.5), 0)
    ink.shape("M 0.56 -0.52 Q 0.74 -0.5 0.74 -0.43 Q 0.74 -0.36 0.56 -0.34 Z", rgb("3a3a44"))
