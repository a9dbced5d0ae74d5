"""The lights of the world: the sky of each, how it tints a place and a thing, and what it puts before and over them."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sfumato_training.ink import Colour, Ink, lighter, mix, multiply, rgb

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True, slots=True)
class Light:
    """What a lighting does: the sky from top to horizon, the light on the place and on the thing, shadow, haze.

    `grey` is how much of a place's colours are lost; `halo` is the light that rims a thing where the place is dark.
    """

    name: str
    sky: tuple[str, ...]
    place: str
    thing: str
    shadow: float = 0.35
    haze: str = ""
    windows_lit: bool = False
    grey: float = 0.0
    halo: str = ""


LIGHTS: dict[str, Light] = {
    "noon": Light("noon", ("3d8fe0", "8cc4f2", "d9effb"), "ffffff", "ffffff", 0.42),
    "golden": Light("golden", ("6f5a9c", "e58a5a", "ffc766", "ffe9a8"), "ffc890", "ffe2bc", 0.4),
    "night": Light("night", ("070b26", "16204f", "35457c"), "3c4a86", "c6c8e0", 0.35, windows_lit=True, halo="6f82cc"),
    "fog": Light("fog", ("c9ced2", "d8dcde", "e3e5e4"), "c4c9cb", "e2e3e3", 0.12, haze="dcdfdf"),
    "storm": Light("storm", ("23272f", "434b57", "7d8894"), "6f7c88", "ccd2d8", 0.3, windows_lit=True, halo="8c9cb0"),
    "studio": Light("studio", ("34343a", "4a4a50", "66666e"), "c8c8ce", "ffffff", 0.5, grey=0.5),
    "candle": Light("candle", ("241418", "4a2a1a", "85502a"), "cc8a50", "ffdeb4", 0.5, windows_lit=True, halo="c88848"),
    "aurora": Light(
        "aurora", ("06101f", "0c2536", "17505a"), "36705f", "d2f0e2", 0.35, windows_lit=True, halo="4fc0a0"
    ),
}


def place_tint(colour: Colour, light: Light, haze_share: float = 0.45) -> Colour:
    """A colour of the place as the light shows it."""
    brightness = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    lit = multiply(mix(colour, (brightness, brightness, brightness), light.grey), rgb(light.place))
    return mix(lit, rgb(light.haze), haze_share) if light.haze else lit


def thing_tint(colour: Colour, light: Light) -> Colour:
    """A colour of the thing as the light shows it."""
    lit = multiply(colour, rgb(light.thing))
    return mix(lit, rgb(light.haze), 0.16) if light.haze else lit


def draw_sky(ink: Ink, light: Light, box: Box, floor: float, rng: random.Random) -> None:
    """The sky of a light within a box, its lowest colour reaching from the box's bottom on down to `floor`."""
    left, top, right, horizon = box
    width, height = right - left, horizon - top
    scale = max(0.5, min(1.0, width / 256))
    colours = [rgb(text) for text in light.sky]
    stops = [index / (len(colours) - 1) * min(1.0, height / (floor - top)) for index in range(len(colours))]
    ink.gradient((left, top, right, floor), colours, stops)
    x, y = left + width * 0.2, top + max(16.0 * scale, min(height * 0.26, 42.0))  # where the light comes from
    if light.name == "noon":
        ink.glow(x, y, 70 * scale, (1, 0.95, 0.7), 0.75)
        ink.oval(x, y, 17 * scale, 17 * scale, rgb("fffbe0"), 0)
    elif light.name == "golden":
        low = top + height * 0.84
        ink.glow(x, low, 130 * scale, (1, 0.72, 0.3), 0.9)
        ink.oval(x, low, 26 * scale, 26 * scale, rgb("fff3c4"), 0)
    elif light.name == "night":
        _stars(ink, box, 50, rng)
        ink.glow(x, y, 60 * scale, (0.7, 0.78, 1), 0.55)
        ink.oval(x, y, 19 * scale, 19 * scale, rgb("f4f0d8"), 0)
        ink.oval(x + 9 * scale, y - 4 * scale, 16 * scale, 16 * scale, mix(colours[0], colours[1], 0.45), 0)
    elif light.name == "storm":
        for step in range(7):
            across, down = left + width * step / 6, top + height * rng.uniform(0.02, 0.2)
            draw_cloud(ink, across, down, rng.uniform(32, 46) * scale, rgb("343a45"))
        draw_bolt(ink, left + width * 0.82, top + height * 0.22, max(height * 0.7, 40.0 * scale), scale)
    elif light.name == "aurora":
        _stars(ink, box, 30, rng)
        add_aurora(ink, (left, top, right, min(floor, top + max(height, 60.0 * scale))), 1.0, rng)


def draw_cloud(ink: Ink, x: float, y: float, radius: float, colour: Colour) -> None:
    """A heaped cloud around a point."""
    for dx, dy, share in (
        (-1.1, 0.15, 0.55),
        (-0.5, -0.15, 0.75),
        (0.25, -0.3, 0.85),
        (0.95, 0.05, 0.6),
        (0, 0.2, 0.8),
    ):
        ink.oval(x + dx * radius, y + dy * radius * 0.6, share * radius, share * radius * 0.62, colour, 0.06)


def draw_bolt(ink: Ink, x: float, y: float, length: float, scale: float) -> None:
    """A flash of lightning."""
    ink.glow(x, y + length * 0.4, length * 0.7, (0.8, 0.85, 1.0), 0.5)
    with ink.at(x, y, length):
        ink.poly(
            [(0.02, 0), (-0.2, 0.5), (-0.04, 0.48), (-0.22, 1.0), (0.14, 0.36), (-0.02, 0.38), (0.16, 0)], rgb("fff6b8")
        )


def add_aurora(ink: Ink, box: Box, strength: float, rng: random.Random) -> None:
    """Three ribbons of northern light added to what is drawn within the box."""
    height, width = ink.pixels.shape[:2]
    left, right = max(0, round(box[0])), min(width, round(box[2]))
    top, bottom = max(0, round(box[1])), min(height, round(box[3]))
    tall = box[3] - box[1]
    x = np.linspace(0, 1, right - left, dtype=np.float32)[None, :]
    y = (np.arange(top, bottom, dtype=np.float32)[:, None] - box[1]) / tall
    phase = rng.uniform(0, 1)
    green, violet = np.zeros((2, bottom - top, right - left), np.float32)
    for base, swing, waves, power in ((0.5, 0.13, 5.0, 1.0), (0.78, 0.1, 6.5, 0.8), (0.3, 0.08, 7.5, 0.55)):
        lower = base + swing * np.sin(waves * x + phase + 9 * base) + 0.25 * (0.5 - x)
        rise = (lower - y) / 0.42
        curtain = np.where(rise > 0, np.exp(-2.6 * rise), np.exp(np.minimum(0, 26 * rise))) * power
        curtain *= 0.78 + 0.22 * np.sin(70 * x + 6 * np.sin(9 * x + phase))
        green += curtain
        violet += curtain * np.clip(rise * 1.6, 0, 1)
    light = np.stack((0.62 * violet, np.clip(green - 0.75 * violet, 0, 1), 0.42 * green + 0.45 * violet), axis=2)
    ground = ink.pixels[top:bottom, left:right, :3]
    added = ground + (255 - ground) * np.clip(strength * light, 0, 0.95)
    ink.pixels[top:bottom, left:right, :3] = added.astype(np.uint8)


def draw_spotlight(ink: Ink, x: float, foot: float, reach: float) -> None:
    """The cone of a lamp above the picture, and the bright round it leaves on the ground; `reach` is its half width."""
    ink.beam([(x - 14, 0), (x + 14, 0), (x + reach, foot), (x - reach, foot)], (1.0, 0.98, 0.92), 0.8, 0.3)
    with ink.at(x, foot, 1):
        ink.canvas.scale(1, 0.22)
        ink.glow(0, 0, reach * 1.25, (1.0, 0.97, 0.88), 0.95)
    ink.poly([(x - 24, 0), (x - 15, 13), (x + 15, 13), (x + 24, 0)], rgb("0a0a0c"))
    ink.oval(x, 13, 14, 4, rgb("fffbe8"), 0)


def draw_candle(ink: Ink, x: float, foot: float, tall: float) -> None:
    """A lit candle in a dish; `tall` in pixels with its flame."""
    ink.glow(x, foot - tall * 0.82, tall * 1.5, (1.0, 0.62, 0.2), 0.75)
    with ink.at(x, foot, tall):
        ink.oval(0, -0.03, 0.3, 0.08, rgb("b07a34"), 0.2)
        ink.box(-0.12, -0.58, 0.24, 0.54, rgb("fff0cc"), 0.03)
        ink.line("M 0 -0.58 L 0 -0.66", 0.03, rgb("3a2a1a"))
        ink.shape("M 0 -1.05 C 0.2 -0.8 0.16 -0.6 0 -0.6 C -0.16 -0.6 -0.2 -0.8 0 -1.05 Z", rgb("ffa62e"))
        ink.shape("M 0 -0.9 C 0.1 -0.76 0.08 -0.62 0 -0.62 C -0.08 -0.62 -0.1 -0.76 0 -0.9 Z", rgb("fff6c0"))


def draw_rain(ink: Ink, rng: random.Random) -> None:
    """Slanting rain over the whole picture."""
    height, width = ink.pixels.shape[:2]
    for _ in range(46):
        x, y, long = rng.uniform(-10, width + 20), rng.uniform(-16, height), rng.uniform(14, 24)
        ink.line(f"M {x:.0f} {y:.0f} L {x - 0.4 * long:.1f} {y + long:.0f}", 1.5, rgb(rng.choice(("b4c0cc", "93a3b4"))))


def darken_around(ink: Ink, x: float, y: float, radius: float, darkest: float) -> None:
    """Everything darker the farther it is from a point, down to the share `darkest` at `radius` pixels and beyond."""
    height, width = ink.pixels.shape[:2]
    across = ((np.arange(width, dtype=np.float32) - x) / radius) ** 2
    down = ((np.arange(height, dtype=np.float32) - y) / radius) ** 2
    share = np.clip(1.25 - (across[None, :] + down[:, None]), darkest, 1.0)
    factor: npt.NDArray[np.uint16] = (share * 256).astype(np.uint16)
    ink.pixels[:, :, :3] = (ink.pixels[:, :, :3].astype(np.uint16) * factor[:, :, None]) >> 8


def _stars(ink: Ink, box: Box, count: int, rng: random.Random) -> None:
    for _ in range(count):
        size = rng.choice((0.7, 0.9, 1.5))
        colour = lighter(rgb("c8d4ff"), rng.random())
        ink.oval(rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), size, size, colour, 0)
