"""The animals, each drawn standing on (0, 0), about one unit high and wide, y pointing down, facing us or right."""

from __future__ import annotations

import random

from sfumato_training.ink import Colour, Ink, darker, lighter, mix, rgb
from sfumato_training.paint import BEAK, CREAM, DARK, SKIN, line_on, pale


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


def fish(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A round fish from the side with a fan tail, fins, pale stripes and a large eye."""
    fin = darker(colour, 0.25) if sum(colour) > 0.6 else lighter(colour, 0.25)
    ink.shape(
        "M -0.3 -0.5 C -0.5 -0.62 -0.56 -0.8 -0.68 -0.86 Q -0.56 -0.5 -0.68 -0.14 C -0.56 -0.2 -0.5 -0.38 -0.3 -0.5 Z",
        fin,
    )
    ink.shape("M -0.26 -0.76 Q -0.14 -1.04 0.1 -1.0 Q 0.26 -0.96 0.34 -0.74 Z", fin)
    ink.shape("M -0.1 -0.22 Q -0.12 -0.02 -0.26 0.02 Q 0.12 0.06 0.16 -0.22 Z", fin)
    ink.shape("M 0.6 -0.48 C 0.44 -0.94 -0.2 -0.96 -0.42 -0.5 C -0.2 -0.06 0.44 -0.06 0.6 -0.48 Z", colour)
    for x in (-0.2, 0.04):
        ink.line(f"M {x} -0.76 Q {x + 0.13} -0.5 {x} -0.23", 0.075, pale(colour, 0.6))
    ink.line("M 0.22 -0.74 Q 0.34 -0.5 0.22 -0.25", 0.025, line_on(colour))
    ink.shape("M 0.08 -0.48 Q -0.08 -0.34 -0.16 -0.4 Q -0.12 -0.54 0.08 -0.48 Z", fin)
    ink.oval(0.38, -0.58, 0.085, 0.085, CREAM, 0)
    ink.oval(0.4, -0.57, 0.05, 0.05, DARK, 0)
    ink.oval(0.385, -0.59, 0.016, 0.016, CREAM, 0)
    ink.line("M 0.57 -0.44 Q 0.5 -0.38 0.45 -0.4", 0.025, line_on(colour))


def rabbit(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A sitting rabbit seen from the front, with long upright ears, two teeth and a round tail."""
    inner, belly = mix(lighter(colour, 0.3), rgb("f4a6b4"), 0.6), pale(colour, 0.5, 0.1)
    ink.oval(0.33, -0.14, 0.11, 0.11, lighter(colour, 0.7), 0.1)
    for side in (-1, 1):
        with ink.at(side * 0.1, -0.62, 1, turn=side * 11):
            ink.oval(0, -0.24, 0.1, 0.26, colour, 0.12)
            ink.oval(0, -0.22, 0.05, 0.19, inner, 0)
    ink.oval(0, -0.23, 0.31, 0.24, colour)
    ink.oval(0, -0.2, 0.17, 0.17, belly, 0.05)
    for side in (-1, 1):
        ink.oval(side * 0.18, -0.04, 0.14, 0.065, lighter(colour, 0.15), 0.08)
    ink.oval(0, -0.56, 0.25, 0.21, colour)
    for side in (-1, 1):
        ink.oval(side * 0.08, -0.48, 0.1, 0.075, belly, 0.03)
        ink.oval(side * 0.12, -0.6, 0.038, 0.05, DARK if sum(colour) > 0.6 else CREAM, 0)
        ink.oval(side * 0.12 - 0.01, -0.62, 0.013, 0.013, CREAM if sum(colour) > 0.6 else DARK, 0)
    ink.box(-0.04, -0.46, 0.08, 0.09, rgb("ffffff"), 0.01)
    ink.line("M 0 -0.46 L 0 -0.38", 0.012, DARK)
    ink.poly([(-0.05, -0.545), (0.05, -0.545), (0, -0.49)], rgb("e8707e"))


def owl(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """An owl seen from the front: tufted head, two great eyes, wings at its sides, a scaly breast."""
    wing, breast = darker(colour, 0.3) if sum(colour) > 0.6 else lighter(colour, 0.18), pale(colour, 0.5, 0.1)
    for side in (-1, 1):
        ink.poly([(side * 0.36, -1.06), (side * 0.06, -0.9), (side * 0.38, -0.72)], colour)
    ink.shape(
        "M -0.4 -0.62 C -0.44 -1.06 0.44 -1.06 0.4 -0.62 C 0.46 -0.2 0.3 -0.03 0 -0.03 C -0.3 -0.03 -0.46 -0.2 -0.4 -0.62 Z",
        colour,
    )
    ink.oval(0, -0.27, 0.24, 0.24, breast, 0.05)
    for row, count in enumerate((3, 2, 1)):
        for step in range(count):
            x, y = (step - (count - 1) / 2) * 0.13, -0.38 + row * 0.11
            ink.line(f"M {x - 0.05} {y} Q {x} {y + 0.08} {x + 0.05} {y}", 0.025, wing)
    for side in (-1, 1):
        ink.shape(
            f"M {side * 0.38} -0.62 C {side * 0.6} -0.4 {side * 0.46} -0.1 {side * 0.24} -0.06 C {side * 0.3} -0.3 {side * 0.24} -0.5 {side * 0.38} -0.62 Z",
            wing,
        )
        ink.oval(side * 0.17, -0.72, 0.19, 0.19, breast, 0)
        ink.oval(side * 0.16, -0.72, 0.13, 0.13, rgb("ffc928"), 0)
        ink.oval(side * 0.15, -0.72, 0.07, 0.07, DARK, 0)
        ink.oval(side * 0.15 - 0.025, -0.75, 0.024, 0.024, CREAM, 0)
        for step in (-0.06, 0, 0.06):
            ink.line(f"M {side * 0.14 + step} -0.04 L {side * 0.14 + step} 0", 0.04, BEAK)
    ink.poly([(-0.07, -0.64), (0.07, -0.64), (0, -0.5)], BEAK)


def duck(ink: Ink, colour: Colour, glass: Colour, rng: random.Random) -> None:
    """A duck from the side: round head, broad flat bill, a boat-shaped body with a turned-up tail, webbed feet."""
    bill = BEAK if colour[2] > 0.25 or colour[0] < 0.5 else rgb("d8541c")
    wing = darker(colour, 0.2) if sum(colour) > 0.6 else lighter(colour, 0.22)
    for x in (-0.1, 0.12):
        ink.line(f"M {x} -0.12 L {x} -0.03", 0.05, bill)
        ink.poly([(x - 0.05, 0), (x + 0.16, 0), (x + 0.02, -0.07)], bill)
    ink.shape(
        "M -0.62 -0.62 C -0.52 -0.5 -0.4 -0.5 -0.28 -0.5 C 0 -0.52 0.12 -0.56 0.16 -0.7 L 0.5 -0.68 C 0.42 -0.56 0.52 -0.46 0.48 -0.3 C 0.42 -0.02 -0.42 -0.02 -0.52 -0.34 Q -0.56 -0.46 -0.62 -0.62 Z",
        colour,
    )
    ink.shape(
        "M 0.22 -0.4 C 0.2 -0.14 -0.2 -0.12 -0.44 -0.36 Q -0.3 -0.34 -0.24 -0.42 C -0.1 -0.5 0.1 -0.48 0.22 -0.4 Z",
        wing,
    )
    ink.line("M 0.12 -0.34 Q -0.04 -0.24 -0.22 -0.31", 0.025, line_on(colour))
    ink.oval(0.31, -0.78, 0.22, 0.21, colour)
    ink.shape("M 0.46 -0.84 Q 0.6 -0.82 0.76 -0.76 Q 0.78 -0.68 0.46 -0.66 Z", bill)
    ink.line("M 0.5 -0.735 L 0.7 -0.735", 0.015, darker(bill, 0.4))
    ink.oval(0.37, -0.84, 0.045, 0.05, DARK if sum(colour) > 0.9 else CREAM, 0)
    ink.oval(0.36, -0.855, 0.015, 0.015, CREAM if sum(colour) > 0.9 else DARK, 0)
