"""The sixteen things of the world, each drawn standing on (0, 0), about one unit high and wide, y pointing down."""

from __future__ import annotations

import random
from collections.abc import Callable

from sfumato_training.ink import Colour, Ink, darker, lighter, mix, rgb

WOOD, STONE, CREAM, LEAF, DARK, SKIN = (
    rgb(text) for text in ("7a4f2b", "b9b2a6", "f6ecd6", "4f9a3f", "2a2a33", "e8b48c")
)
GLASS, LIT = rgb("bfe3f2"), rgb("ffd76a")

Draw = Callable[[Ink, Colour, Colour, random.Random], None]


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


def boat(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A sailing boat: hull in the colour, two sails, a flag."""
    ink.line("M 0 -0.2 L 0 -1.0", 0.035, WOOD)
    ink.shape("M 0.03 -0.96 Q 0.42 -0.6 0.46 -0.3 L 0.03 -0.3 Z", CREAM)
    ink.shape("M -0.03 -0.86 Q -0.3 -0.55 -0.36 -0.3 L -0.03 -0.3 Z", lighter(colour, 0.35))
    ink.shape("M -0.55 -0.25 L 0.58 -0.25 Q 0.5 0 0.3 0 L -0.32 0 Q -0.5 -0.04 -0.55 -0.25 Z", colour)
    ink.line("M -0.53 -0.2 L 0.56 -0.2", 0.03, lighter(colour, 0.5))
    ink.poly([(0, -1.0), (0.16, -0.95), (0, -0.9)], colour)


def cat(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A sitting cat seen from the front, with pointed ears, whiskers and a curled tail."""
    inner, belly = lighter(mix(colour, SKIN, 0.5), 0.2), lighter(colour, 0.35)
    ink.line("M 0.26 -0.08 C 0.62 0 0.6 -0.4 0.46 -0.44", 0.1, darker(colour, 0.12))
    ink.shape("M -0.28 0 Q -0.34 -0.5 0 -0.56 Q 0.34 -0.5 0.28 0 Z", colour)
    ink.oval(0, -0.18, 0.14, 0.2, belly, 0.05)
    for side in (-1, 1):
        ink.poly([(side * 0.28, -0.74), (side * 0.26, -1.04), (side * 0.05, -0.88)], colour)
        ink.poly([(side * 0.245, -0.79), (side * 0.235, -0.96), (side * 0.11, -0.87)], inner)
        ink.oval(side * 0.13, -0.02, 0.1, 0.06, lighter(colour, 0.2), 0.05)
    ink.oval(0, -0.68, 0.31, 0.26, colour)
    _face(ink, -0.7, 0.13, colour, rgb("9adf6a"), slit=True)
    for side in (-1, 1):
        ink.line(
            f"M {side * 0.12} -0.58 L {side * 0.38} -0.62 M {side * 0.12} -0.56 L {side * 0.37} -0.53",
            0.014,
            lighter(colour, 0.6) if sum(colour) < 1.5 else darker(colour, 0.5),
        )


def dog(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A sitting dog with hanging ears, a long muzzle, a tongue and a collar."""
    ear, muzzle = darker(colour, 0.35), lighter(colour, 0.4)
    ink.line("M 0.24 -0.12 Q 0.5 -0.2 0.48 -0.42", 0.09, colour)
    ink.shape("M -0.3 0 Q -0.32 -0.5 0 -0.56 Q 0.32 -0.5 0.3 0 Z", colour)
    for side in (-1, 1):
        ink.box(side * 0.14 - 0.08, -0.36, 0.16, 0.36, lighter(colour, 0.08), 0.08)
    ink.oval(0, -0.74, 0.28, 0.27, colour)
    for side in (-1, 1):
        ink.shape(
            f"M {side * 0.2} -0.96 Q {side * 0.46} -0.98 {side * 0.42} -0.6 Q {side * 0.34} -0.46 {side * 0.24} -0.7 Z",
            ear,
        )
    ink.oval(0, -0.62, 0.17, 0.14, muzzle, 0.08)
    ink.oval(0, -0.46, 0.06, 0.08, rgb("e8707e"), 0)
    ink.oval(0, -0.69, 0.07, 0.05, DARK, 0)
    for side in (-1, 1):
        ink.oval(side * 0.12, -0.81, 0.04, 0.045, DARK, 0)
        ink.oval(side * 0.12 - 0.012, -0.825, 0.013, 0.013, CREAM, 0)
    ink.line("M -0.2 -0.47 Q 0 -0.36 0.2 -0.47", 0.05, rgb("d8403a") if colour[0] < 0.6 else rgb("3a6fd8"))


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


def bird(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A flying bird from the side, wings up."""
    ink.shape("M 0.06 -0.48 Q 0.02 -0.95 -0.3 -1.02 Q -0.3 -0.7 -0.16 -0.46 Z", darker(colour, 0.22))
    ink.shape("M -0.3 -0.42 L -0.66 -0.5 L -0.6 -0.36 L -0.68 -0.24 L -0.3 -0.3 Z", darker(colour, 0.15))
    ink.oval(0, -0.38, 0.37, 0.2, colour)
    ink.oval(0.05, -0.3, 0.24, 0.11, lighter(colour, 0.45), 0.05)
    ink.oval(0.32, -0.5, 0.17, 0.16, colour)
    ink.poly([(0.46, -0.54), (0.66, -0.47), (0.46, -0.43)], rgb("f0a030") if colour[2] > 0.2 else rgb("5a4a3a"))
    ink.oval(0.37, -0.54, 0.035, 0.035, DARK if sum(colour) > 0.9 else CREAM, 0)
    ink.shape("M 0.14 -0.44 Q 0.2 -0.86 0.02 -1.04 Q -0.18 -0.8 -0.2 -0.4 Z", lighter(colour, 0.12))


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


def butterfly(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A butterfly with open wings seen from above."""
    edge = darker(colour, 0.55) if sum(colour) > 0.5 else rgb("6a6a7a")
    for side in (-1, 1):
        ink.shape(
            f"M 0 -0.56 C {side * 0.2} -1.0 {side * 0.62} -1.08 {side * 0.6} -0.8 C {side * 0.6} -0.58 {side * 0.3} -0.48 0 -0.5 Z",
            edge,
        )
        ink.shape(
            f"M 0 -0.5 C {side * 0.3} -0.5 {side * 0.5} -0.36 {side * 0.42} -0.16 C {side * 0.3} 0.02 {side * 0.08} -0.2 0 -0.42 Z",
            edge,
        )
        ink.shape(
            f"M {side * 0.03} -0.57 C {side * 0.2} -0.92 {side * 0.54} -1.0 {side * 0.53} -0.8 C {side * 0.52} -0.64 {side * 0.3} -0.53 {side * 0.03} -0.53 Z",
            colour,
        )
        ink.shape(
            f"M {side * 0.03} -0.47 C {side * 0.26} -0.46 {side * 0.42} -0.34 {side * 0.36} -0.19 C {side * 0.27} -0.06 {side * 0.1} -0.22 {side * 0.03} -0.42 Z",
            lighter(colour, 0.2),
        )
        ink.oval(side * 0.4, -0.8, 0.06, 0.06, lighter(colour, 0.65), 0)
        ink.oval(side * 0.27, -0.27, 0.045, 0.045, lighter(colour, 0.65), 0)
        ink.line(f"M 0 -0.68 Q {side * 0.04} -0.86 {side * 0.14} -0.92", 0.02, DARK)
    ink.oval(0, -0.5, 0.045, 0.22, DARK, 0)


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


SUBJECT_DRAWINGS: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (
        ball, house, boat, cat, dog, tree, flower, bird, car, balloon, mushroom, umbrella, lighthouse, rocket, butterfly, castle
    )
}  # fmt: skip


def _face(ink: Ink, y: float, apart: float, colour: Colour, iris: Colour, slit: bool) -> None:
    """Two eyes, a nose and a mouth."""
    for side in (-1, 1):
        ink.oval(side * apart, y, 0.065, 0.07, iris, 0)
        ink.oval(side * apart, y, 0.022 if slit else 0.04, 0.06, DARK, 0)
        ink.oval(side * apart - 0.02, y - 0.025, 0.014, 0.014, CREAM, 0)
    ink.poly([(-0.04, y + 0.1), (0.04, y + 0.1), (0, y + 0.145)], rgb("e88a96"))
    line = darker(colour, 0.6) if sum(colour) > 1.2 else lighter(colour, 0.5)
    ink.line(
        f"M 0 {y + 0.14} Q -0.04 {y + 0.2} -0.09 {y + 0.17} M 0 {y + 0.14} Q 0.04 {y + 0.2} 0.09 {y + 0.17}",
        0.016,
        line,
    )
