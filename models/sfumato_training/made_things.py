"""Buildings, toys and tools, each drawn standing on (0, 0), about one unit high and wide, y pointing down."""

from __future__ import annotations

import random

from sfumato_training.ink import Colour, Ink, darker, lighter, mix, rgb
from sfumato_training.paint import CREAM, DARK, LIT, STONE, WOOD, line_on, pale


def ball(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A beach ball: one colour with a pale band and a highlight."""
    ink.oval(0, -0.5, 0.5, 0.5, colour, 0.3)
    if rng.random() < 0.5:
        band = lighter(colour, 0.55) if sum(colour) < 2.4 else darker(colour, 0.25)
        ink.line("M -0.44 -0.62 Q 0 -0.3 0.44 -0.62", 0.07, band)
    ink.oval(-0.2 * ink.side, -0.72, 0.1, 0.07, lighter(colour, 0.75), 0)


def house(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """Walls in the colour, a dark roof, a chimney, a door and two windows."""
    roof = darker(mix(colour, rgb("6b3f2e"), 0.65), 0.15)
    ink.box(0.2, -0.98, 0.12, 0.3, darker(STONE, 0.2))
    ink.box(-0.45, -0.6, 0.9, 0.6, colour)
    ink.poly([(-0.58, -0.56), (0, -1.02), (0.58, -0.56)], roof)
    ink.box(-0.09, -0.33, 0.18, 0.33, WOOD, 0.03)
    for x in (-0.36, 0.16):
        ink.box(x - 0.02, -0.46, 0.24, 0.24, CREAM)
        ink.box(x, -0.44, 0.2, 0.2, glass)
        ink.line(f"M {x + 0.1} -0.44 L {x + 0.1} -0.24 M {x} -0.34 L {x + 0.2} -0.34", 0.02, CREAM)


def umbrella(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """An open umbrella standing on its curved handle."""
    ink.line("M 0 -0.95 L 0 -0.1 Q 0 0 0.09 0 Q 0.17 0 0.17 -0.1", 0.045, WOOD)
    ink.shape(
        "M -0.6 -0.5 C -0.56 -1.06 0.56 -1.06 0.6 -0.5 Q 0.5 -0.6 0.4 -0.5 Q 0.3 -0.6 0.2 -0.5 Q 0 -0.62 -0.2 -0.5 Q -0.3 -0.6 -0.4 -0.5 Q -0.5 -0.6 -0.6 -0.5 Z",
        colour,
    )
    pane = lighter(colour, 0.28) if sum(colour) < 2.4 else darker(colour, 0.15)
    ink.shape("M -0.2 -0.52 Q -0.16 -0.86 0 -0.92 Q 0.16 -0.86 0.2 -0.52 Q 0 -0.62 -0.2 -0.52 Z", pane)
    ink.line("M 0 -0.92 L 0 -1.0", 0.04, WOOD)


def lighthouse(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A tower in bands of the colour and a pale one, with a lamp."""
    pale = CREAM if sum(colour) < 2.4 else rgb("9fb4c4")
    ink.poly([(-0.4, 0), (-0.26, -0.1), (0.26, -0.1), (0.4, 0)], darker(STONE, 0.3))
    for step in range(5):
        low, high = -0.06 - step * 0.14, -0.06 - (step + 1) * 0.14
        w0, w1 = 0.22 - step * 0.02, 0.22 - (step + 1) * 0.02
        ink.poly([(-w0, low), (-w1, high), (w1, high), (w0, low)], colour if step % 2 == 0 else pale)
    ink.box(-0.17, -0.79, 0.34, 0.04, DARK)
    ink.box(-0.09, -0.92, 0.18, 0.13, LIT)
    ink.line("M -0.09 -0.92 L -0.09 -0.79 M 0 -0.92 L 0 -0.79 M 0.09 -0.92 L 0.09 -0.79", 0.015, DARK)
    ink.poly([(-0.14, -0.92), (0, -1.05), (0.14, -0.92)], colour)
    ink.box(-0.05, -0.2, 0.1, 0.15, WOOD, 0.04)


def castle(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """Walls in the colour between two round towers with pointed roofs, a gate and flags."""
    roof = darker(mix(colour, rgb("5a4a80"), 0.6), 0.1)
    ink.box(-0.34, -0.52, 0.68, 0.52, colour)
    for step in range(5):
        ink.box(-0.34 + step * 0.15, -0.6, 0.09, 0.1, colour)
    ink.box(-0.13, -0.78, 0.26, 0.3, lighter(colour, 0.08))
    ink.poly([(-0.18, -0.77), (0, -1.04), (0.18, -0.77)], roof)
    for side in (-1, 1):
        ink.box(side * 0.42 - 0.13, -0.66, 0.26, 0.66, darker(colour, 0.08))
        ink.poly([(side * 0.42 - 0.18, -0.65), (side * 0.42, -0.96), (side * 0.42 + 0.18, -0.65)], roof)
        ink.box(side * 0.42 - 0.035, -0.5, 0.07, 0.13, glass, 0.035)
    ink.shape("M -0.11 0 L -0.11 -0.2 Q 0 -0.36 0.11 -0.2 L 0.11 0 Z", rgb("4a2f1c"))
    ink.box(-0.04, -0.68, 0.08, 0.12, glass, 0.04)


def snowman(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """Three balls of snow with coal eyes and a carrot nose; the top hat and the scarf have the colour."""
    snow = rgb("f2f6fb")
    ink.line(
        "M -0.22 -0.46 L -0.52 -0.62 M -0.42 -0.57 L -0.5 -0.72 M 0.22 -0.46 L 0.52 -0.62 M 0.42 -0.57 L 0.5 -0.72",
        0.035,
        WOOD,
    )
    for y, r in ((-0.24, 0.3), (-0.5, 0.23)):
        ink.oval(0, y, r, r * 0.86, snow, 0.14)
    for y in (-0.2, -0.32, -0.43):
        ink.oval(0, y, 0.032, 0.032, DARK, 0)
    ink.oval(0, -0.73, 0.18, 0.165, snow, 0.14)
    for side in (-1, 1):
        ink.oval(side * 0.065, -0.765, 0.027, 0.03, DARK, 0)
    ink.poly([(-0.02, -0.73), (-0.01, -0.67), (0.2, -0.68)], rgb("f0802a"))
    ink.shape("M 0.08 -0.58 L 0.26 -0.2 L 0.12 -0.16 L 0.0 -0.56 Z", darker(colour, 0.15))
    ink.shape("M -0.22 -0.66 Q 0 -0.54 0.22 -0.66 L 0.24 -0.53 Q 0 -0.41 -0.24 -0.53 Z", colour)
    ink.box(-0.15, -1.12, 0.3, 0.26, colour, 0.02)
    ink.box(-0.27, -0.9, 0.54, 0.075, colour, 0.035)
    ink.box(-0.15, -0.965, 0.3, 0.055, pale(colour, 0.55, 0.35))


def windmill(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A tapering tower in the colour with a dark cap and four great lattice sails."""
    ink.poly([(-0.4, 0), (-0.23, -0.64), (0.23, -0.64), (0.4, 0)], colour)
    ink.line("M -0.31 -0.3 L 0.31 -0.3", 0.025, line_on(colour))
    ink.shape("M -0.21 -0.62 Q -0.18 -0.86 0 -0.86 Q 0.18 -0.86 0.21 -0.62 Z", rgb("4a3a38"))
    ink.box(-0.08, -0.22, 0.16, 0.22, WOOD, 0.04)
    ink.box(-0.06, -0.46, 0.12, 0.12, glass, 0.02)
    for turn in (40, 130, 220, 310):
        with ink.at(0, -0.68, 1, turn=turn):
            ink.box(0.0, -0.62, 0.15, 0.48, CREAM)
            ink.line(
                "M 0 -0.3 L 0.15 -0.3 M 0 -0.46 L 0.15 -0.46 M 0.15 -0.62 L 0.15 -0.14 L 0 -0.14 M 0 -0.62 L 0.15 -0.62",
                0.016,
                WOOD,
            )
            ink.line("M 0 0 L 0 -0.64", 0.04, WOOD)
    ink.oval(0, -0.68, 0.06, 0.06, DARK, 0.1)


def teapot(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A round teapot in the colour: spout to the right, handle to the left, a lid with a knob, a pale band."""
    edge = darker(colour, 0.2) if sum(colour) > 0.6 else lighter(colour, 0.2)
    ink.line("M -0.32 -0.6 C -0.72 -0.74 -0.74 -0.2 -0.34 -0.22", 0.1, edge)
    ink.shape("M 0.26 -0.2 C 0.52 -0.22 0.44 -0.62 0.66 -0.74 L 0.78 -0.66 C 0.64 -0.5 0.66 -0.14 0.3 -0.1 Z", edge)
    ink.box(-0.24, -0.06, 0.48, 0.06, edge, 0.03)
    ink.oval(0, -0.38, 0.43, 0.35, colour)
    ink.shape("M -0.27 -0.66 Q -0.2 -0.86 0 -0.86 Q 0.2 -0.86 0.27 -0.66 Q 0 -0.58 -0.27 -0.66 Z", lighter(colour, 0.1))
    ink.line("M -0.27 -0.66 Q 0 -0.58 0.27 -0.66", 0.03, line_on(colour))
    ink.oval(0, -0.92, 0.08, 0.075, edge, 0.2)
    ink.line("M -0.4 -0.38 Q 0 -0.22 0.4 -0.38", 0.07, pale(colour, 0.6, 0.25))
    ink.oval(-0.2, -0.56, 0.07, 0.045, lighter(colour, 0.75), 0)


def robot(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A boxy robot seen from the front: an aerial, lit eyes, a grille, a dial, jointed arms with claws."""
    metal, eye = rgb("9aa2ac"), rgb("7df3ff")
    ink.line("M 0 -0.9 L 0 -1.02", 0.03, metal)
    ink.oval(0, -1.05, 0.05, 0.05, rgb("ff5a4a") if colour[0] < 0.6 or colour[1] > 0.6 else LIT, 0.1)
    for side in (-1, 1):
        ink.line(f"M {side * 0.3} -0.48 L {side * 0.46} -0.36 L {side * 0.46} -0.22", 0.075, metal)
        ink.line(
            f"M {side * 0.4} -0.1 L {side * 0.39} -0.18 L {side * 0.46} -0.22 L {side * 0.53} -0.18 L {side * 0.52} -0.1",
            0.04,
            metal,
        )
        ink.box(side * 0.15 - 0.07, -0.16, 0.14, 0.12, metal)
        ink.box(side * 0.16 - 0.12, -0.07, 0.24, 0.07, darker(colour, 0.25), 0.03)
        ink.box(side * 0.31 - 0.035, -0.8, 0.07, 0.13, metal, 0.02)
    ink.box(-0.3, -0.55, 0.6, 0.41, colour, 0.05)
    ink.box(-0.06, -0.62, 0.12, 0.09, metal)
    ink.box(-0.29, -0.92, 0.58, 0.34, colour, 0.07)
    ink.box(-0.23, -0.86, 0.46, 0.16, rgb("20262e"), 0.06)
    for side in (-1, 1):
        ink.oval(side * 0.11, -0.78, 0.06, 0.06, eye, 0)
    ink.box(-0.13, -0.67, 0.26, 0.055, rgb("20262e"), 0.02)
    ink.line("M -0.06 -0.665 L -0.06 -0.62 M 0 -0.665 L 0 -0.62 M 0.06 -0.665 L 0.06 -0.62", 0.018, metal)
    ink.box(-0.2, -0.48, 0.4, 0.25, CREAM, 0.03)
    ink.oval(-0.08, -0.35, 0.08, 0.08, rgb("20262e"), 0)
    ink.line("M -0.08 -0.35 L -0.04 -0.4", 0.022, LIT)
    for y, text in ((-0.43, "e84a3c"), (-0.35, "f4c030"), (-0.27, "4fb050")):
        ink.oval(0.1, y, 0.035, 0.035, rgb(text), 0)
