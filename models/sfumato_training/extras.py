"""What a scene has beside its thing: clouds, birds, a rainbow behind it; trees, people, flowers; a frame around all."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt
import skia

from sfumato_training.ink import Colour, Ink, darker, lighter, mix, rgb
from sfumato_training.lights import Light, draw_cloud
from sfumato_training.world import Scene

FRAME = 14  # pixels, the width of the frame's border
_RAINBOW = ("e8403a", "f59a2e", "f7e04a", "58b84e", "3f86e0", "8a50c8")
_BLOSSOMS = ("ff5f8f", "ffe14a", "ffffff", "b06cff", "ff8a3a")


def draw_behind(ink: Ink, extras: tuple[str, ...], light: Light, horizon: float, rng: random.Random) -> None:
    """The extras that are farther away than the thing; drawn over the finished place."""
    tint = ink.tint
    ink.tint = lambda colour: colour
    if "rainbow" in extras:
        _rainbow(ink, horizon)
    if "clouds" in extras:
        _clouds(ink, light, rng)
    if "birds" in extras:
        _birds(ink, light, rng)
    ink.tint = tint
    if "trees" in extras:
        _trees(ink, horizon)


def draw_before(ink: Ink, scene: Scene, rng: random.Random) -> None:
    """The extras that are nearer than the thing."""
    if "people" in scene.extras:
        _people(ink, scene)
    if "flowers" in scene.extras:
        _flowers(ink, rng)


def add_frame(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture in a carved gilt frame of `FRAME` pixels, whatever its style."""
    height, width = picture.shape[:2]
    framed = picture.copy()
    border = _frame(width, height)
    for rows, columns in (
        (slice(0, FRAME), slice(None)),
        (slice(height - FRAME, height), slice(None)),
        (slice(None), slice(0, FRAME)),
        (slice(None), slice(width - FRAME, width)),
    ):
        framed[rows, columns] = border[rows, columns]
    return framed


def _frame(width: int, height: int) -> npt.NDArray[np.uint8]:
    ink = Ink(width, height, lambda colour: colour)
    ink.shading = 0.0
    for inset, text in ((0, "5a3a14"), (2, "d8a93c"), (5, "f3d98a"), (8, "b8862a"), (11, "8a5a1c"), (12.5, "2a1a08")):
        ink.box(inset, inset, width - 2 * inset, height - 2 * inset, rgb(text))
    for x in np.linspace(FRAME * 2, width - FRAME * 2, round(width / 16)):
        for y in (FRAME / 2, height - FRAME / 2):
            ink.oval(float(x), y, 3.6, 3.6, rgb("8a5a1c"), 0)
            ink.oval(float(x) - 0.6, y - 0.6, 2.4, 2.4, rgb("ffeeb0"), 0)
    for y in np.linspace(FRAME * 2, height - FRAME * 2, round(height / 16)):
        for x in (FRAME / 2, width - FRAME / 2):
            ink.oval(x, float(y), 3.6, 3.6, rgb("8a5a1c"), 0)
            ink.oval(x - 0.6, float(y) - 0.6, 2.4, 2.4, rgb("ffeeb0"), 0)
    for x in (0, width - FRAME):
        for y in (0, height - FRAME):
            ink.box(x, y, FRAME, FRAME, rgb("7a3a1c"))
            ink.box(x + 2, y + 2, FRAME - 4, FRAME - 4, rgb("e8bc50"))
            ink.oval(x + FRAME / 2, y + FRAME / 2, 3.2, 3.2, rgb("9a2f2a"), 0.2)
    return ink.pixels[:, :, :3]


def _rainbow(ink: Ink, horizon: float) -> None:
    height, width = ink.pixels.shape[:2]
    middle = horizon if horizon > height * 0.4 else height * 0.5
    outer = min(width * 0.49, middle - 10)
    paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=5.6)
    with ink.within(0, 0, width, middle):
        for step, text in enumerate(_RAINBOW):
            paint.setColor4f(skia.Color4f(*rgb(text), 0.82))
            ink.canvas.drawCircle(width / 2, middle, outer - 5 * step, paint)


def _clouds(ink: Ink, light: Light, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    bright = sum(rgb(light.sky[0])) / 3
    white = mix(rgb("ffffff"), rgb(light.sky[-1]), 0.05 if bright > 0.4 else 0.3)
    if light.name == "fog":
        white = rgb("ffffff")
    for across, down, radius in ((0.2, 0.16, 33), (0.8, 0.13, 36), (0.52, 0.07, 25)):
        x, y = width * across + rng.uniform(-5, 5), height * down + rng.uniform(-3, 3)
        draw_cloud(ink, x, y + 4, radius, darker(white, 0.28))
        draw_cloud(ink, x, y, radius, white)


def _birds(ink: Ink, light: Light, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    dark_sky = sum(rgb(light.sky[0])) + sum(rgb(light.sky[-1])) < 2.2
    colour = rgb("f2f4f8") if dark_sky else rgb("1c1e28")
    for across, down, span in (
        (0.1, 0.3, 26), (0.24, 0.22, 28), (0.4, 0.1, 24), (0.63, 0.09, 26), (0.79, 0.2, 30), (0.91, 0.32, 26),
    ):  # fmt: skip
        with ink.at(width * across + rng.uniform(-4, 4), height * down + rng.uniform(-4, 4), span):
            ink.line("M -0.5 -0.2 Q -0.22 -0.42 0 0 Q 0.22 -0.42 0.5 -0.2", 0.14, colour)
            ink.oval(0, 0.02, 0.09, 0.09, colour, 0)


def _trees(ink: Ink, horizon: float) -> None:
    height, width = ink.pixels.shape[:2]
    foot = max(horizon + height * 0.05, height * 0.3)
    for step, across in enumerate((0.05, 0.16, 0.27, 0.73, 0.84, 0.95)):
        tall = height * (0.27 if step in (0, 5) else 0.23)
        with ink.at(width * across, foot, tall):
            ink.shadow(0.05, 0, 0.3, 0.05, 0.3)
            ink.box(-0.06, -0.4, 0.12, 0.4, rgb("6a4526"))
            ink.oval(0, -0.62, 0.25, 0.38, rgb("2f8a45"), 0.2)
            ink.oval(-0.07, -0.74, 0.1, 0.12, rgb("6fc06a"), 0)


def _people(ink: Ink, scene: Scene) -> None:
    height, width = ink.pixels.shape[:2]
    foot = height * {"aerial": 0.62, "low": 0.97}.get(scene.camera, 0.93)
    left = 0.23 if scene.lighting == "candle" else 0.09  # beside the candle
    for across, lift, tall, coat, legs, hair in (
        (left, 0.0, 0.32, "d8403a", "2f3f6a", "3a2618"),
        (0.91, 0.0, 0.32, "2f6fd0", "4a3a30", "8a5a2a"),
        (0.79, 0.02, 0.23, "f2c230", "3f7a4a", "2a2020"),
    ):
        with ink.at(width * across, foot + lift * height, tall * height):
            ink.shadow(0.04, 0, 0.24, 0.04, 0.35)
            ink.line("M -0.08 -0.35 L -0.09 -0.03 M 0.08 -0.35 L 0.09 -0.03", 0.12, rgb(legs))
            ink.line("M -0.17 -0.66 L -0.25 -0.4 M 0.17 -0.66 L 0.25 -0.4", 0.1, darker(rgb(coat), 0.2))
            ink.shape("M -0.18 -0.72 Q 0 -0.8 0.18 -0.72 L 0.2 -0.28 L -0.2 -0.28 Z", rgb(coat))
            for side in (-1, 1):
                ink.oval(side * 0.25, -0.37, 0.05, 0.05, rgb("e8b48c"), 0)
            ink.oval(0, -0.89, 0.125, 0.13, rgb("f0c09a"), 0.1)
            ink.shape(
                "M -0.14 -0.88 Q -0.16 -1.05 0 -1.05 Q 0.16 -1.05 0.14 -0.88 Q 0.06 -0.97 -0.14 -0.88 Z", rgb(hair)
            )


def _flowers(ink: Ink, rng: random.Random) -> None:
    height, width = ink.pixels.shape[:2]
    for step in range(13):
        across = (step + 0.5) / 13
        edge = abs(2 * across - 1)
        x = width * across + rng.uniform(-3, 3)
        y = height * (0.95 - (0.19 * edge if step % 2 else 0.0)) + rng.uniform(-3, 3)
        colour = rgb(_BLOSSOMS[step % len(_BLOSSOMS)])
        ink.line(f"M {x:.1f} {y:.1f} Q {x + 3:.1f} {y + 8:.1f} {x:.1f} {y + 18:.1f}", 2.4, rgb("3a8a3a"))
        _blossom(ink, x, y, colour)


def _blossom(ink: Ink, x: float, y: float, colour: Colour) -> None:
    for turn in range(5):
        angle = math.tau * turn / 5 - math.pi / 2
        ink.oval(x + 5.4 * math.cos(angle), y + 5.4 * math.sin(angle), 4.4, 4.4, lighter(colour, 0.06), 0)
    ink.oval(x, y, 3.4, 3.4, rgb("f2a81e") if colour[2] > 0.35 or colour[1] < 0.6 else rgb("8a4a1e"), 0)
