"""The places of the world in which little sky is seen: forest, room, under water. The light must show in them too."""

from __future__ import annotations

import random

from sfumato_training.ink import Ink, darker, lighter, rgb
from sfumato_training.lights import Light, add_aurora, draw_sky
from sfumato_training.paint import WOOD


def forest(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Trunks before a clearing through which the sky is seen, leaves overhead, bushes and a mossy ground."""
    height, width = ink.pixels.shape[:2]
    ink.veil((0, horizon * 0.2, width, horizon + 8), ink.tint(rgb("7fa86a")), 0.05, 0.9)
    for colour, places, wide in (
        ("8aa37c", (0.27, 0.41, 0.57, 0.72), 8),
        ("5c734e", (0.34, 0.66, 0.8), 13),
        ("4e3c2a", (0.02, 0.9, 0.98), 21),
    ):
        for share in places:
            x, w = width * (share + rng.uniform(-0.02, 0.02)), wide * max(0.5, min(1.0, horizon / 150))
            foot = horizon + w
            ink.poly([(x - w * 0.4, 0), (x + w * 0.4, 0), (x + w * 0.62, foot), (x - w * 0.62, foot)], rgb(colour))
    if light.name == "aurora":
        add_aurora(ink, (0, 0, width, max(horizon, 60)), 0.85, rng)
    for step in (0, 1, *range(5, 14)):
        r, text = rng.uniform(20, 32), ("3f7a3a", "4f8f45", "2f6a35")[step % 3]
        depth = 14 if step in (0, 1, 2, 11, 12, 13) else -6
        ink.oval(width * step / 13, depth * min(1.0, horizon / 130) + rng.uniform(-8, 4), r, r * 0.62, rgb(text), 0.12)
    ink.gradient((0, horizon + 8, width, height), [rgb("5a7a3c"), rgb("3f5a2a")], [0.0, 1.0])
    for step in range(14):
        r, text = rng.uniform(9, 16), ("47783a", "5c8f43")[step % 2]
        ink.oval(width * step / 13 + rng.uniform(-6, 6), horizon + 9, r, r * 0.62, rgb(text), 0.14)
    if horizon < height * 0.3:
        _crowns(ink, horizon)


def _crowns(ink: Ink, horizon: float) -> None:
    """Trees seen from above, along both sides of the picture."""
    height, width = ink.pixels.shape[:2]
    for step in range(5):
        y = horizon + (height - horizon) * (0.12 + 0.21 * step)
        for side, text in ((0.02 + 0.05 * (step % 2), "3f7a3a"), (0.98 - 0.05 * (step % 2), "4a8842")):
            ink.shadow(width * side + 7, y + 8, 24, 20, 0.3)
            ink.oval(width * side, y, 24 + step, 20 + step, rgb(text), 0.2)


def room(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """A papered wall with a curtained window that shows the sky, floor boards, a round rug and a potted plant."""
    height, width = ink.pixels.shape[:2]
    ink.gradient((0, 0, width, horizon), [rgb("e6c9a4"), rgb("f0dcc0")], [0.0, 1.0])
    for x in range(10, width, 24):
        ink.line(f"M {x} 0 L {x} {horizon:.0f}", 3.5, rgb("e2c6a2"))
    _room_window(ink, light, width * 0.07, horizon, rng)
    ink.gradient((0, horizon, width, height), [rgb("a8703f"), rgb("8a5730")], [0.0, 1.0])
    for step in range(-7, 8):
        ink.line(f"M {width / 2 + step * 26} {horizon:.0f} L {width / 2 + step * 62} {height}", 1.6, rgb("6f4423"))
    ink.box(0, horizon - 5, width, 8, rgb("fbf3e4"))
    rug = height * 0.72 if horizon < height * 0.3 else (horizon + height * 1.12) / 2
    tall = height * (0.2 if horizon < height * 0.3 else 0.1)
    for share, text in ((1.0, "8f3d4a"), (0.84, "e6c79a"), (0.7, "a94f5a")):
        ink.oval(width / 2, rug, width * 0.44 * share, tall * share, rgb(text), 0.05)
    with ink.at(width * 0.91, horizon + 16, 62):
        for turn in (-40, -14, 14, 40):
            with ink.at(0, -0.4, 1, turn=turn):
                ink.oval(0, -0.32, 0.11, 0.34, rgb("4f9a54"), 0.2)
        ink.poly([(-0.22, -0.45), (0.22, -0.45), (0.15, 0), (-0.15, 0)], rgb("c4683c"))


def _room_window(ink: Ink, light: Light, left: float, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    bottom = horizon - 0.12 * min(horizon, height * 0.6)
    right, top = left + width * 0.34, min(height * 0.07, bottom - height * 0.24)
    tint, ink.tint = ink.tint, lambda colour: colour
    with ink.within(left, top, right, bottom):
        draw_sky(ink, light, (left, top, right, bottom), bottom, rng)
    ink.tint = tint
    middle, half = (left + right) / 2, (top + bottom) / 2
    ink.line(f"M {middle} {top} L {middle} {bottom} M {left} {half} L {right} {half}", 3.5, rgb("fbf3e4"))
    ink.line(f"M {left} {top} L {right} {top} L {right} {bottom} L {left} {bottom} L {left} {top}", 6, rgb("fbf3e4"))
    ink.line(f"M {left - 5} {bottom + 4} L {right + 5} {bottom + 4}", 7, WOOD)
    for edge, sign in ((left - 8, 1), (right + 8, -1)):
        ink.shape(
            f"M {edge} {top - 8} L {edge + sign * 22} {top - 8} Q {edge + sign * 20} {half} {edge + sign * 9} {bottom + 8} L {edge} {bottom + 8} Z",
            rgb("5f8f9a"),
        )


def underwater(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    """Water that deepens from the lit surface, rays, a sandy bed with weeds and corals, rising bubbles."""
    height, width = ink.pixels.shape[:2]
    bed = max(horizon + 14, height * 0.2)
    ink.veil((0, 0, width, height * 0.3), ink.tint(rgb("4fc4cc")), 0.3, 0.92)
    ink.gradient((0, height * 0.3, width, height), [rgb("49bcc8"), rgb("1c6f9c"), rgb("0d4470")], [0.0, 0.5, 1.0])
    glow = {"night": (0.55, 0.65, 1.0), "golden": (1.0, 0.7, 0.3), "candle": (0.6, 0.35, 0.15)}
    power = {"noon": 0.42, "golden": 0.42, "night": 0.16, "fog": 0.22, "aurora": 0.1}.get(light.name, 0.07)
    for share, lean in ((0.1, 0.16), (0.3, 0.13), (0.52, 0.12), (0.76, 0.13)):
        x, wide = width * share, width * 0.05
        ink.beam(
            [(x, 0), (x + wide, 0), (x + width * lean + wide * 2.4, bed + 8), (x + width * lean, bed + 8)],
            glow.get(light.name, (0.8, 1.0, 1.0)),
            power,
            0.02,
        )
    if light.name == "aurora":
        add_aurora(ink, (0, 0, width, height * 0.5), 0.75, rng)
    sand = [rgb("c9b98a"), rgb("9a9470"), rgb("77805f")]
    ink.shape(
        f"M 0 {bed:.0f} Q {width * 0.3:.0f} {bed - 14:.0f} {width * 0.55:.0f} {bed:.0f} Q {width * 0.8:.0f} {bed + 12:.0f} {width} {bed - 4:.0f} L {width} {height} L 0 {height} Z",
        sand[0],
    )
    ink.gradient((0, bed + 10, width, height), sand, [0.0, 0.6, 1.0])
    for share, tall, text in (
        (0.04, 0.44, "2f8f4f"), (0.12, 0.3, "58a844"), (0.2, 0.18, "2f8f4f"), (0.82, 0.2, "58a844"), (0.89, 0.34, "2f8f4f"), (0.97, 0.46, "58a844"),
    ):  # fmt: skip
        _weed(ink, width * share + rng.uniform(-4, 4), bed + 22, tall * height, text)
    for share in (0.27, 0.74):
        with ink.at(width * share, bed + 16, 34):
            ink.line(
                "M 0 0 L 0 -0.5 M 0 -0.2 L -0.3 -0.5 L -0.3 -0.7 M 0 -0.3 L 0.3 -0.55 L 0.28 -0.8 M 0 -0.5 L -0.08 -0.85",
                0.17,
                rgb("e8766a"),
            )
    for step in range(12):
        x, y = width * (0.1 if step % 2 else 0.88) + rng.uniform(-14, 14), height * (0.05 + 0.065 * step)
        size = rng.uniform(3, 6)
        ink.oval(x, y, size, size, rgb("e6fbff"), 0)
        ink.oval(x + 0.6, y + 0.8, size - 1.8, size - 1.8, rgb("63b8cc"), 0)


def _weed(ink: Ink, x: float, foot: float, tall: float, text: str) -> None:
    for width, colour in ((11, darker(rgb(text), 0.2)), (5, lighter(rgb(text), 0.2))):
        ink.line(
            f"M {x:.0f} {foot:.0f} C {x + 18:.0f} {foot - tall * 0.35:.0f} {x - 18:.0f} {foot - tall * 0.6:.0f} {x + 6:.0f} {foot - tall:.0f}",
            width,
            colour,
        )
