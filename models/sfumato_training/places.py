"""The places of the world under the open sky: meadow, sea, desert, snow, city, mountains. Each draws from its horizon down."""

from __future__ import annotations

import random

from sfumato_training.ink import Colour, Ink, darker, lighter, rgb
from sfumato_training.lights import Light
from sfumato_training.paint import LIT


def meadow(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Green hills and grass."""
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 34, rgb("8fb9a0"), rng)
    _hills(ink, horizon + 6, 18, rgb("7fbf5f"), rng)
    ink.gradient((0, horizon + 4, width, height), [rgb("8ecb55"), rgb("4f9a35")], [0.0, 1.0])
    for _ in range(70):
        share = rng.random()
        x, y, tall = rng.uniform(0, width), horizon + 8 + (height - horizon) * share, 3 + 8 * share
        colour = rng.choice((rgb("3f8a2c"), rgb("a6dc68"), rgb("5fae3c")))
        ink.line(f"M {x:.0f} {y:.0f} L {x + rng.choice((-2, 2))} {y - tall:.0f}", 1.4, colour)


def sea(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Water, a line of surf and a beach."""
    height, width = ink.pixels.shape[:2]
    shore = horizon + (height - horizon) * 0.5
    ink.gradient((0, horizon, width, height), [rgb("2f7fb8"), rgb("49b3c9"), rgb("8fdcd8")], [0.0, 0.6, 1.0])
    for _ in range(22):
        share = rng.random()
        x, y, long = rng.uniform(0, width), horizon + 3 + (shore - horizon) * share, 6 + 22 * share
        ink.line(f"M {x:.0f} {y:.0f} L {x + long:.0f} {y:.0f}", 1.3, rgb("c8eef2"))
    sway = rng.uniform(-6, 6)
    wave = f"M 0 {shore + sway:.0f} C {width * 0.35:.0f} {shore - 9 - sway:.0f} {width * 0.65:.0f} {shore + 11:.0f} {width} {shore - sway:.0f}"
    ink.line(wave, 7, rgb("f4fbfa"))
    ink.shape(f"{wave} L {width} {height} L 0 {height} Z", rgb("eed9a2"))
    for _ in range(30):
        ink.oval(rng.uniform(0, width), rng.uniform(shore + 12, height), 1, 0.8, rgb("cdb27c"), 0)


def desert(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Dunes behind one another, their lee sides in shadow."""
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 26, rgb("d99a5e"), rng, sharp=True)
    _hills(ink, horizon + 8, 16, rgb("eebb6e"), rng)
    _hills(ink, horizon + (height - horizon) * 0.35, 18, rgb("f3c983"), rng)
    _hills(ink, horizon + (height - horizon) * 0.65, 14, rgb("e7b264"), rng)
    for row in range(4):
        y = horizon + (height - horizon) * (0.5 + 0.14 * row)
        ink.line(
            f"M {width * 0.05:.0f} {y:.0f} Q {width * 0.3:.0f} {y - 7:.0f} {width * 0.5:.0f} {y:.0f} Q {width * 0.75:.0f} {y + 7:.0f} {width * 0.97:.0f} {y - 2:.0f}",
            1.6,
            rgb("d6a257"),
        )


def snow(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """White ground, white hills and snow-laden firs."""
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 40, rgb("b9cbe0"), rng, sharp=True)
    _hills(ink, horizon + 4, 14, rgb("e6eef7"), rng)
    for share in (0.06, 0.2, 0.8, 0.93):
        with ink.at(width * share + rng.uniform(-5, 5), horizon + rng.uniform(8, 16), rng.uniform(34, 48)):
            for step in range(3):
                y, w = -0.15 - step * 0.26, 0.34 - step * 0.08
                ink.poly([(-w, y), (0, y - 0.46), (w, y)], rgb("3f6f63"))
                ink.poly([(-w * 0.55, y - 0.2), (0, y - 0.46), (w * 0.55, y - 0.2), (0, y - 0.14)], rgb("f4f8fc"))
    ink.gradient((0, horizon + 14, width, height), [rgb("eef3fa"), rgb("ffffff"), rgb("dbe6f3")], [0.0, 0.5, 1.0])
    for _ in range(40):
        size = rng.uniform(1.0, 2.4)
        ink.oval(rng.uniform(0, width), rng.uniform(0, height), size, size, rgb("ffffff"), 0)


def city(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Two rows of tall buildings, a pavement and a road."""
    height, width = ink.pixels.shape[:2]
    for row, (colour, tall) in enumerate((("a9b6c4", 0.55), ("8795a8", 0.42))):
        x = -rng.uniform(0, 20)
        while x < width:
            wide, top = rng.uniform(30, 46), horizon - height * tall * rng.uniform(0.4, 1)
            ink.box(x, top, wide, height - top, darker(rgb(colour), rng.uniform(0, 0.2)))
            for wy in range(max(2, int(top) + 7), int(horizon) - 4, 12):
                for wx in range(int(x) + 5, int(x + wide) - 6, 10):
                    if row and rng.random() < 0.7:
                        _window(ink, wx, wy, light, rng)
            x += wide + rng.uniform(0, 5)
    ink.gradient((0, horizon, width, height), [rgb("c9c4bb"), rgb("b9b4ac")], [0.0, 1.0])
    road = horizon + (height - horizon) * 0.3
    ink.gradient((0, road, width, height), [rgb("70727a"), rgb("56585f")], [0.0, 1.0])
    for row in (0.5, 0.93) if horizon < height * 0.3 else (0.93,):
        y = road + (height - road) * row
        for x in range(int(rng.uniform(-30, 0)), width, 46):
            ink.line(f"M {x} {y:.0f} L {x + 26} {y:.0f}", 4, rgb("efe9d2"))


def mountains(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Three snow-capped peaks over a lake that mirrors them, a green bank in front."""
    height, width = ink.pixels.shape[:2]
    for share, half, tall, colour in (
        (0.16, 0.34, 0.3, "7f93b4"),
        (0.84, 0.36, 0.34, "7388ab"),
        (0.5, 0.36, 0.46, "6a7f9f"),
    ):
        rise = max(min(tall * height, 0.86 * tall / 0.46 * horizon), 0.14 * height)
        _peak(ink, width * share, horizon, half * width, rise, rgb(colour), light, rng)
    shore = horizon + (height - horizon) * 0.36
    ink.gradient((0, horizon, width, height), [rgb("3f8fb4"), rgb("6cc0d0"), rgb("6cc0d0")], [0.0, 0.4, 1.0])
    for step in range(5):
        y = horizon + 4 + (shore - horizon) * step / 5
        x = width * (0.1 + 0.17 * ((step * 2) % 5))
        ink.line(f"M {x:.0f} {y:.0f} L {x + 34:.0f} {y:.0f}", 1.8, rgb("d8f0f4"))
    ink.shape(
        f"M 0 {shore - 7:.0f} Q {width * 0.5:.0f} {shore + 13:.0f} {width} {shore - 9:.0f} L {width} {height} L 0 {height} Z",
        rgb("6fa653"),
    )
    for _ in range(12):
        share = rng.random()
        x, y, size = rng.uniform(0, width), shore + 14 + (height - shore) * share, 2 + 4 * share
        ink.oval(x, y, size * 1.3, size, rgb("9aa0a4"), 0.15)


def _peak(
    ink: Ink, x: float, foot: float, half: float, rise: float, rock: Colour, light: Light, rng: random.Random
) -> None:
    top, bend = foot - rise, x + half * 0.12
    ink.poly([(x - half, foot + 1), (x, top), (x + half, foot + 1)], lighter(rock, 0.12))
    ink.poly([(x, top), (bend, foot + 1), (x + half, foot + 1)], darker(rock, 0.25))
    left, right = x - half * 0.4, x + half * 0.4
    cap = top + rise * 0.4
    ink.poly(
        [
            (x, top),
            (left, cap),
            (x - half * 0.2, cap - rise * 0.08),
            (x - half * 0.08, cap + rise * 0.05),
            (x + half * 0.05, cap - rise * 0.06),
        ],
        rgb("ffffff"),
    )
    ink.poly(
        [(x, top), (x + half * 0.05, cap - rise * 0.06), (x + half * 0.2, cap + rise * 0.05), (right, cap)],
        rgb("c9d8ec"),
    )


def _hills(ink: Ink, horizon: float, rise: float, colour: Colour, rng: random.Random, sharp: bool = False) -> None:
    """A ridge across the picture, `rise` pixels above the horizon at its highest."""
    height, width = ink.pixels.shape[:2]
    a, b, c = (horizon - rise * rng.uniform(0.3, 0.9) for _ in range(3))
    if sharp:
        peaks = [(0.0, a), (width * 0.3, b - rise), (width * 0.55, horizon - 2), (width * 0.8, c - rise), (width, a)]
        ink.poly([*peaks, (float(width), float(height)), (0.0, float(height))], colour)
        return
    path = (
        f"M 0 {a:.0f} C {width * 0.3:.0f} {b - rise * 0.6:.0f} {width * 0.6:.0f} {c + rise * 0.5:.0f} {width} {b:.0f}"
    )
    ink.shape(f"{path} L {width} {height} L 0 {height} Z", colour)


def _window(ink: Ink, x: float, y: float, light: Light, rng: random.Random) -> None:
    tint = ink.tint
    lit = light.windows_lit and rng.random() < 0.6
    if lit:
        ink.tint = lambda colour: colour
    ink.box(x, y, 6, 7, LIT if lit else rgb("d8e6f0"))
    ink.tint = tint
