"""The plants and what grows, each drawn standing on (0, 0), about one unit high and wide, y pointing down."""

from __future__ import annotations

import random

from sfumato_training.ink import Colour, Ink, darker, lighter, rgb
from sfumato_training.paint import CREAM, LEAF, WOOD, pale


def tree(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A broad tree whose crown has the colour."""
    ink.shape("M -0.09 0 Q -0.05 -0.3 -0.07 -0.5 L 0.07 -0.5 Q 0.05 -0.3 0.11 0 Z", WOOD)
    ink.line("M 0 -0.35 L 0.16 -0.55 M 0 -0.4 L -0.15 -0.56", 0.05, WOOD)
    for x, y, r in (
        (-0.24, -0.58, 0.22),
        (0.25, -0.57, 0.22),
        (-0.12, -0.8, 0.23),
        (0.15, -0.79, 0.22),
        (0, -0.62, 0.26),
    ):
        ink.oval(x, y, r, r * 0.93, colour, 0.16)
    for _ in range(9):
        x, y = rng.uniform(-0.34, 0.34), rng.uniform(-0.86, -0.5)
        ink.oval(x, y, 0.035, 0.03, lighter(colour, 0.35), 0)


def flower(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """One large blossom on a stem with two leaves."""
    ink.line("M 0 0 Q 0.05 -0.3 0 -0.62", 0.05, LEAF)
    ink.shape("M 0.02 -0.14 Q 0.16 -0.4 0.36 -0.36 Q 0.26 -0.14 0.02 -0.14 Z", LEAF)
    ink.shape("M 0.02 -0.06 Q -0.14 -0.32 -0.34 -0.28 Q -0.24 -0.06 0.02 -0.06 Z", LEAF)
    for step in range(8):
        with ink.at(0, -0.68, 1, turn=step * 45 + 10):
            ink.oval(0, -0.21, 0.1, 0.17, colour, 0.16)
    ink.oval(0, -0.68, 0.12, 0.12, rgb("f2b632") if colour[2] > 0.3 or colour[1] < 0.4 else rgb("7a4a22"), 0.2)


def mushroom(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A cap in the colour with pale dots on a pale stem."""
    ink.shape("M -0.14 -0.5 Q -0.1 -0.2 -0.2 0 L 0.2 0 Q 0.1 -0.2 0.14 -0.5 Z", CREAM)
    ink.shape("M -0.24 -0.48 Q 0 -0.34 0.24 -0.48 L 0.2 -0.54 L -0.2 -0.54 Z", darker(CREAM, 0.2))
    ink.shape("M -0.54 -0.46 C -0.5 -1.1 0.5 -1.1 0.54 -0.46 Q 0 -0.58 -0.54 -0.46 Z", colour)
    dot = CREAM if sum(colour) < 2.4 else rgb("c8a27a")
    for x, y, r in (
        (-0.28, -0.64, 0.07),
        (0.02, -0.8, 0.09),
        (0.28, -0.66, 0.075),
        (-0.08, -0.6, 0.05),
        (0.12, -0.6, 0.04),
    ):
        ink.oval(x, y, r, r * 0.85, dot, 0)


def cactus(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A tall cactus in the colour with two arms, ribs, spines and a blossom on top."""
    rib, spine = darker(colour, 0.3) if sum(colour) > 0.6 else lighter(colour, 0.3), pale(colour, 0.75, 0.45)
    ink.line("M -0.4 -0.66 L -0.4 -0.48 Q -0.4 -0.34 -0.22 -0.34 L 0 -0.34", 0.19, colour)
    ink.line("M 0.4 -0.78 L 0.4 -0.6 Q 0.4 -0.46 0.22 -0.46 L 0 -0.46", 0.19, colour)
    ink.line("M -0.42 -0.68 L -0.42 -0.5 M 0.38 -0.8 L 0.38 -0.62", 0.05, lighter(colour, 0.2))
    ink.box(-0.19, -0.96, 0.38, 0.96, colour, 0.19)
    for x in (-0.1, 0.0, 0.1):
        ink.line(f"M {x} {-0.86 + abs(x) * 0.3:.2f} L {x} -0.03", 0.022, rib)
    for x, y in ((-0.14, -0.7), (0.05, -0.78), (-0.05, -0.55), (0.14, -0.6), (-0.14, -0.38), (0.05, -0.32), (-0.05, -0.16), (0.14, -0.18), (-0.4, -0.58), (-0.3, -0.36), (0.4, -0.7), (0.3, -0.48)):  # fmt: skip
        ink.line(
            f"M {x - 0.03} {y - 0.025} L {x + 0.03} {y + 0.025} M {x + 0.03} {y - 0.025} L {x - 0.03} {y + 0.025}",
            0.014,
            spine,
        )
    petal = rgb("ff5c9a") if colour[0] < 0.7 or colour[1] > 0.7 else rgb("ffe36a")
    for turn in (-50, 0, 50):
        with ink.at(0, -0.94, 1, turn=turn):
            ink.oval(0, -0.07, 0.05, 0.085, petal, 0.1)


def pumpkin(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A broad ribbed pumpkin in the colour with a bent green stem, a leaf and a tendril."""
    ink.shape("M -0.06 -0.66 Q -0.04 -0.84 -0.16 -0.96 L 0.02 -1.0 Q 0.1 -0.86 0.09 -0.66 Z", rgb("5f7a34"))
    rib = darker(colour, 0.38) if sum(colour) > 0.6 else lighter(colour, 0.2)
    for x, rx, ry in ((-0.4, 0.2, 0.29), (0.4, 0.2, 0.29), (-0.22, 0.22, 0.335), (0.22, 0.22, 0.335), (0, 0.19, 0.355)):
        ink.oval(x, -0.36, rx + 0.012, ry + 0.012, rib, 0)
        ink.oval(x, -0.36, rx, ry, colour, 0.17)
    ink.shape("M 0.06 -0.7 Q 0.2 -0.92 0.46 -0.84 Q 0.38 -0.64 0.06 -0.7 Z", LEAF)
    ink.line("M 0.1 -0.71 L 0.36 -0.8", 0.016, darker(LEAF, 0.4))
    ink.line("M -0.06 -0.72 Q -0.3 -0.78 -0.34 -0.68 Q -0.36 -0.6 -0.28 -0.62", 0.025, LEAF)
    ink.line("M -0.07 -0.58 Q -0.11 -0.4 -0.07 -0.2", 0.045, pale(colour, 0.4, 0.0))
