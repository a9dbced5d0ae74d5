"""One scene of the world as a picture: sky, place, thing and light. Styles are laid over it by `styles.py`."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from sfumato_training.damages import apply_damage
from sfumato_training.ink import Colour, Ink, darker, lighter, mix, multiply, rgb
from sfumato_training.paint import GLASS, LIT, PAINT
from sfumato_training.styles import apply_style
from sfumato_training.subjects import SUBJECT_DRAWINGS
from sfumato_training.world import FLYING, Scene


@dataclass(frozen=True, slots=True)
class Light:
    """What a lighting does: the sky from top to horizon, the light on the place and on the thing, shadow, haze."""

    sky: tuple[str, ...]
    place: str
    thing: str
    shadow: float = 0.35
    haze: str = ""
    windows_lit: bool = False


LIGHTS: dict[str, Light] = {
    "noon": Light(("3d8fe0", "8cc4f2", "d9effb"), "ffffff", "ffffff", 0.42),
    "golden": Light(("6f5a9c", "e58a5a", "ffc766", "ffe9a8"), "ffc890", "ffdcb0", 0.4),
    "night": Light(("070b26", "16204f", "35457c"), "3c4a86", "8590c4", 0.3, windows_lit=True),
    "fog": Light(("c9ced2", "d8dcde", "e3e5e4"), "c4c9cb", "dcdedd", 0.12, haze="dcdfdf"),
    "storm": Light(("23272f", "434b57", "7d8894"), "6f7c88", "a8b0ba", 0.25, windows_lit=True),
}
HORIZON = {"": 0.6, "close": 0.66, "wide": 0.56, "low": 0.82}
HEIGHT = {"": (0.58, 0.64), "close": (0.88, 0.96), "wide": (0.34, 0.38), "low": (0.72, 0.78)}
FOOT = {"": 0.88, "close": 1.02, "wide": 0.8, "low": 0.98}


def draw_scene(scene: Scene, rng: random.Random, width: int = 256, height: int = 256) -> npt.NDArray[np.uint8]:
    """The scene as height x width x 3 bytes of RGB. Equal arguments and state of `rng` give equal pictures."""
    plain, _ = draw_plain(scene, rng, width, height)
    return apply_damage(scene.damage, apply_style(scene.style, plain, rng), rng)


def draw_plain(
    scene: Scene, rng: random.Random, width: int = 256, height: int = 256
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """The scene before its style and damage (height x width x 3 bytes), and where its thing is (height x width)."""
    light = LIGHTS[scene.lighting]
    ink = Ink(width, height, lambda colour: colour)
    horizon = height * (HORIZON[scene.camera] + rng.uniform(-0.02, 0.02))
    place, thing = rgb(light.place), rgb(light.thing)
    _sky(ink, scene, light, horizon, rng)
    haze = rgb(light.haze) if light.haze else None
    ink.tint = lambda colour: _hazed(multiply(colour, place), haze, 0.45)
    _place(ink, scene, light, horizon, rng)
    if haze:
        ink.veil((0, horizon * 0.6, width, height), haze, 0.75, 0.1)
    ink.tint = lambda colour: _hazed(multiply(colour, thing), haze, 0.16)
    before = ink.pixels[:, :, :3].astype(np.int16)
    _thing(ink, scene, light, horizon, rng)
    is_thing = np.abs(ink.pixels[:, :, :3] - before).max(axis=2) > 12
    ink.tint = lambda colour: _hazed(multiply(colour, place), haze, 0.2)
    _front(ink, scene, light, rng)
    return ink.pixels[:, :, :3], is_thing


def _hazed(colour: Colour, haze: Colour | None, share: float) -> Colour:
    return mix(colour, haze, share) if haze else colour


def _sky(ink: Ink, scene: Scene, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    colours = [rgb(text) for text in light.sky]
    stops = [index / (len(colours) - 1) for index in range(len(colours))]
    ink.gradient((0, 0, width, height), colours, [stop * min(1.0, (horizon + 6) / height) for stop in stops])
    x, y = width * rng.uniform(0.12, 0.3), height * rng.uniform(0.1, 0.18)  # on the side the light comes from
    if scene.lighting == "noon":
        ink.glow(x, y, 60, (1, 0.95, 0.7), 0.7)
        ink.oval(x, y, 13, 13, rgb("fffbe0"), 0)
    elif scene.lighting == "golden":
        low = horizon - height * rng.uniform(0.02, 0.1)
        ink.glow(x, low, 110, (1, 0.75, 0.35), 0.85)
        ink.oval(x, low, 20, 20, rgb("fff3c4"), 0)
    elif scene.lighting == "night":
        for _ in range(45):
            size = rng.choice((0.6, 0.8, 1.2))
            ink.oval(
                rng.uniform(0, width), rng.uniform(0, horizon), size, size, lighter(rgb("c8d4ff"), rng.random()), 0
            )
        ink.glow(x, y, 55, (0.7, 0.78, 1), 0.5)
        ink.oval(x, y, 16, 16, rgb("f4f0d8"), 0)
        if rng.random() < 0.5:
            ink.oval(x + 7, y - 3, 14, 14, mix(colours[0], colours[1], 0.4), 0)
    if scene.lighting == "storm":
        for _ in range(9):
            _cloud(ink, rng.uniform(0, width), rng.uniform(0, horizon * 0.4), rng.uniform(26, 48), rgb("3a404b"))
        if rng.random() < 0.5:
            left = rng.uniform(0.1, 0.9) * width
            bolt = [(left, 30.0)]
            for step in range(1, 6):
                bolt.append((left + rng.uniform(-14, 14), 30 + (horizon - 30) * step / 5))
            ink.line("M " + " L ".join(f"{px:.1f} {py:.1f}" for px, py in bolt), 2.2, rgb("fff6c8"))
    elif "clouds" in scene.extras:
        white = mix(rgb("ffffff"), colours[-1], 0.1 if scene.lighting == "noon" else 0.45)
        for _ in range(rng.randint(2, 4)):
            _cloud(ink, rng.uniform(0, width), rng.uniform(0.08, 0.7) * horizon, rng.uniform(14, 24), white)
    if "birds" in scene.extras:
        left, top = rng.uniform(0.1, 0.7) * width, rng.uniform(0.1, 0.5) * horizon
        for _ in range(rng.randint(4, 7)):
            bx, by, s = left + rng.uniform(-20, 60), top + rng.uniform(-18, 22), rng.uniform(5, 8)
            wing = f"M {bx - s:.1f} {by - s * 0.6:.1f} Q {bx - s * 0.3:.1f} {by - s * 0.8:.1f} {bx:.1f} {by:.1f}"
            wing += f" Q {bx + s * 0.3:.1f} {by - s * 0.8:.1f} {bx + s:.1f} {by - s * 0.6:.1f}"
            ink.line(wing, 1.8, rgb("20222c") if scene.lighting != "night" else rgb("0a0c18"))


def _cloud(ink: Ink, x: float, y: float, r: float, colour: Colour) -> None:
    for dx, dy, s in ((-1.1, 0.15, 0.55), (-0.5, -0.15, 0.75), (0.25, -0.3, 0.85), (0.95, 0.05, 0.6), (0, 0.2, 0.8)):
        ink.oval(x + dx * r, y + dy * r * 0.6, s * r, s * r * 0.62, colour, 0.06)


def _hills(ink: Ink, horizon: float, rise: float, colour: Colour, rng: random.Random, sharp: bool = False) -> None:
    """A ridge across the picture, `rise` pixels above the horizon at its highest."""
    height, width = ink.pixels.shape[:2]
    a, b, c = (horizon - rise * rng.uniform(0.2, 1) for _ in range(3))
    if sharp:
        peaks = [(0.0, a), (width * 0.3, b - rise), (width * 0.55, horizon - 2), (width * 0.8, c - rise), (width, a)]
        ink.poly([*peaks, (float(width), float(height)), (0.0, float(height))], colour)
        return
    path = (
        f"M 0 {a:.0f} C {width * 0.3:.0f} {b - rise * 0.6:.0f} {width * 0.6:.0f} {c + rise * 0.5:.0f} {width} {b:.0f}"
    )
    ink.shape(f"{path} L {width} {height} L 0 {height} Z", colour)


def _place(ink: Ink, scene: Scene, light: Light, horizon: float, rng: random.Random) -> None:
    {
        "meadow": _meadow, "sea": _sea, "desert": _desert, "snow": _snow, "city": _city, "forest": _forest
    }[scene.setting](ink, light, horizon, rng)  # fmt: skip
    if "flowers" in scene.extras:
        height, width = ink.pixels.shape[:2]
        for _ in range(26):
            share = rng.random()
            y = horizon + (height - horizon) * (0.15 + 0.85 * share)
            size = 1.6 + 2.4 * share
            ink.oval(rng.uniform(0, width), y, size, size, rgb(rng.choice(("ff6f91", "ffe066", "ffffff", "c58bff"))), 0)


def _meadow(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 34, rgb("8fb9a0"), rng)
    _hills(ink, horizon + 6, 18, rgb("7fbf5f"), rng)
    ink.gradient((0, horizon + 4, width, height), [rgb("8ecb55"), rgb("4f9a35")], [0.0, 1.0])
    for _ in range(70):
        share = rng.random()
        x, y, tall = rng.uniform(0, width), horizon + 8 + (height - horizon) * share, 3 + 8 * share
        colour = rng.choice((rgb("3f8a2c"), rgb("a6dc68"), rgb("5fae3c")))
        ink.line(f"M {x:.0f} {y:.0f} L {x + rng.choice((-2, 2))} {y - tall:.0f}", 1.4, colour)


def _sea(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    shore = horizon + (height - horizon) * 0.5
    ink.gradient((0, horizon, width, height), [rgb("2f7fb8"), rgb("49b3c9"), rgb("8fdcd8")], [0.0, 0.6, 1.0])
    for _ in range(22):
        share = rng.random()
        x, y, long = rng.uniform(0, width), horizon + 3 + (shore - horizon) * share, 6 + 22 * share
        ink.line(f"M {x:.0f} {y:.0f} L {x + long:.0f} {y:.0f}", 1.3, rgb("c8eef2"))
    sway = rng.uniform(-8, 8)
    wave = f"M 0 {shore + sway:.0f} C {width * 0.35:.0f} {shore - 9 - sway:.0f} {width * 0.65:.0f} {shore + 11:.0f} {width} {shore - sway:.0f}"
    ink.line(wave, 6, rgb("f4fbfa"))
    ink.shape(f"{wave} L {width} {height} L 0 {height} Z", rgb("eed9a2"))
    for _ in range(30):
        ink.oval(rng.uniform(0, width), rng.uniform(shore + 12, height), 1, 0.8, rgb("cdb27c"), 0)


def _desert(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 26, rgb("d99a5e"), rng, sharp=True)
    _hills(ink, horizon + 8, 16, rgb("eebb6e"), rng)
    _hills(ink, horizon + (height - horizon) * 0.35, 18, rgb("f3c983"), rng)
    _hills(ink, horizon + (height - horizon) * 0.65, 14, rgb("e7b264"), rng)
    if rng.random() < 0.7:
        x, y, s = rng.choice((0.1, 0.9)) * width, horizon + 12, 34.0
        with ink.at(x, y, s):
            ink.line(
                "M 0 0 L 0 -1 M 0 -0.4 L -0.3 -0.45 L -0.3 -0.75 M 0 -0.5 L 0.3 -0.55 L 0.3 -0.85", 0.16, rgb("4f8a4a")
            )


def _snow(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    _hills(ink, horizon, 40, rgb("b9cbe0"), rng, sharp=True)
    _hills(ink, horizon + 4, 14, rgb("e6eef7"), rng)
    for _ in range(rng.randint(3, 6)):
        with ink.at(rng.uniform(0, width), horizon + rng.uniform(4, 16), rng.uniform(22, 40)):
            for step in range(3):
                y, w = -0.15 - step * 0.26, 0.34 - step * 0.08
                ink.poly([(-w, y), (0, y - 0.46), (w, y)], rgb("3f6f63"))
                ink.poly([(-w * 0.55, y - 0.2), (0, y - 0.46), (w * 0.55, y - 0.2), (0, y - 0.14)], rgb("f4f8fc"))
    ink.gradient((0, horizon + 14, width, height), [rgb("eef3fa"), rgb("ffffff"), rgb("dbe6f3")], [0.0, 0.5, 1.0])
    for _ in range(40):
        size = rng.uniform(0.8, 2)
        ink.oval(rng.uniform(0, width), rng.uniform(0, height), size, size, rgb("ffffff"), 0)


def _city(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    for row, (colour, tall) in enumerate((("a9b6c4", 0.55), ("8795a8", 0.42))):
        x = -rng.uniform(0, 20)
        while x < width:
            wide, top = rng.uniform(26, 44), horizon - height * tall * rng.uniform(0.4, 1)
            ink.box(x, top, wide, height - top, darker(rgb(colour), rng.uniform(0, 0.2)))
            for wy in range(int(top) + 7, int(horizon) - 4, 12):
                for wx in range(int(x) + 5, int(x + wide) - 6, 10):
                    if row and rng.random() < 0.7:
                        _window(ink, wx, wy, light, rng)
            x += wide + rng.uniform(0, 5)
    ink.gradient((0, horizon, width, height), [rgb("c9c4bb"), rgb("b9b4ac")], [0.0, 1.0])
    road = horizon + (height - horizon) * 0.3
    ink.gradient((0, road, width, height), [rgb("70727a"), rgb("56585f")], [0.0, 1.0])
    for x in range(int(rng.uniform(-30, 0)), width, 46):
        ink.line(f"M {x} {height - 12} L {x + 24} {height - 12}", 3, rgb("e9e4d0"))


def _window(ink: Ink, x: float, y: float, light: Light, rng: random.Random) -> None:
    tint = ink.tint
    lit = light.windows_lit and rng.random() < 0.6
    if lit:
        ink.tint = lambda colour: colour
    ink.box(x, y, 5, 6, LIT if lit else rgb("d8e6f0"))
    ink.tint = tint


def _forest(ink: Ink, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    ink.gradient((0, 0, width, height), [rgb("5f8f5a"), rgb("8fb878"), rgb("6a9a50")], [0.0, 0.5, 1.0])
    if light.sky:
        ink.veil((0, 0, width, horizon), rgb(light.sky[-1]), 0.5, 0.35)
    for colour, count, wide in (("7d9a72", 7, 8), ("55704a", 5, 13), ("4a3a2a", 4, 18)):
        for _ in range(count):
            x = rng.uniform(0, width)
            ink.poly(
                [
                    (x - wide * 0.4, 0),
                    (x + wide * 0.4, 0),
                    (x + wide * 0.6, horizon + wide),
                    (x - wide * 0.6, horizon + wide),
                ],
                rgb(colour),
            )
    for _ in range(16):
        r = rng.uniform(20, 36)
        ink.oval(
            rng.uniform(0, width),
            rng.uniform(-12, 14),
            r,
            r * 0.6,
            rgb(rng.choice(("3f7a3a", "4f8f45", "2f6a35"))),
            0.1,
        )
    ink.gradient((0, horizon + 8, width, height), [rgb("5a7a3c"), rgb("3f5a2a")], [0.0, 1.0])
    for _ in range(16):
        x, r = rng.uniform(0, width), rng.uniform(7, 14)
        ink.oval(x, horizon + 10, r, r * 0.6, rgb(rng.choice(("47783a", "5c8f43"))), 0.12)


def _thing(ink: Ink, scene: Scene, light: Light, horizon: float, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    size = height * rng.uniform(*HEIGHT[scene.camera]) * min(1.0, width / 240)
    foot = height * FOOT[scene.camera] + rng.uniform(-3, 3)
    x = width / 2 + rng.uniform(-0.05, 0.05) * width
    turn, bob = 0.0, 0.0
    if scene.subject in FLYING:
        bob = size * rng.uniform(0.16, 0.24) if scene.camera != "close" else size * 0.04
        turn = rng.uniform(-4, 4)
    elif scene.subject == "boat" and scene.setting == "sea" and scene.camera != "close":
        foot = horizon + (height - horizon) * 0.4
    if not bob:
        ink.shadow(x - ink.side * -0.12 * size, foot, size * 0.48, size * 0.07, light.shadow)
    colour = _varied(rgb(PAINT[scene.colour]), rng)
    glass = _through_tint(LIT, light) if light.windows_lit else GLASS
    with ink.at(x, foot - bob, size, turn):
        SUBJECT_DRAWINGS[scene.subject](ink, colour, glass, rng)
    if light.windows_lit and scene.subject in ("house", "castle", "lighthouse", "rocket"):
        up = {"house": 0.34, "castle": 0.6, "lighthouse": 0.86, "rocket": 0.1}[scene.subject]
        ink.glow(
            x, foot - bob - up * size, size * (0.5 if scene.subject == "lighthouse" else 0.32), (1, 0.75, 0.3), 0.5
        )


def _through_tint(colour: Colour, light: Light) -> Colour:
    """The colour that looks like `colour` once the light on the thing has tinted it."""
    thing = rgb(light.thing)
    return cast(Colour, tuple(part / max(0.3, tint) for part, tint in zip(colour, thing, strict=True)))


def _varied(colour: Colour, rng: random.Random) -> Colour:
    shift = rng.uniform(-0.06, 0.06)
    return lighter(colour, shift) if shift > 0 else darker(colour, -shift)


def _front(ink: Ink, scene: Scene, light: Light, rng: random.Random) -> None:
    """What stands before the thing: rain, fog, the warm light of the evening, a little grass."""
    height, width = ink.pixels.shape[:2]
    if scene.setting == "meadow" and scene.camera != "wide":
        for _ in range(26):
            x, tall = rng.uniform(0, width), rng.uniform(8, 20)
            ink.line(
                f"M {x:.0f} {height} L {x + rng.choice((-4, 4))} {height - tall:.0f}",
                2,
                rgb(rng.choice(("3f8a2c", "7cc04a"))),
            )
    if scene.lighting == "storm":
        ink.tint = lambda colour: colour
        slant = rng.uniform(5, 9)
        for _ in range(75):
            x, y, long = rng.uniform(-10, width + 10), rng.uniform(-10, height), rng.uniform(9, 17)
            ink.line(
                f"M {x:.0f} {y:.0f} L {x - slant * long / 14:.1f} {y + long:.0f}",
                1.0,
                rgb(rng.choice(("b9c4d0", "8fa0b2"))),
            )
    elif scene.lighting == "golden":
        ink.veil((0, 0, width, height), (1.0, 0.62, 0.25), 0.02, 0.14)
    elif scene.lighting == "fog":
        for _ in range(3):
            y = height * rng.uniform(0.3, 0.9)
            ink.veil((0, y, width, y + 34 * math.sqrt(height / 256)), rgb("e6e8e8"), 0.28, 0.0)
