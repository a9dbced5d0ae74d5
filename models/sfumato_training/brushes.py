"""The two painterly styles: watercolour on rough paper and oil on canvas."""

from __future__ import annotations

import random

import numpy as np
import skia
from PIL import Image, ImageFilter

from sfumato_training.grain import Field, Picture, displaced, smooth_noise, to_bytes


def watercolour(picture: Picture, rng: random.Random) -> Picture:
    """Wandering edges, washed blotches, paper grain, and an irregular unpainted border."""
    height, width = picture.shape[:2]
    soft = np.asarray(Image.fromarray(np.ascontiguousarray(picture)).filter(ImageFilter.BoxBlur(1.4)))
    moved = displaced(soft, 3.5, smooth_noise(24, rng, height, width), smooth_noise(24, rng, height, width)).astype(
        np.float32
    )
    wash = 0.22 + 0.13 * smooth_noise(40, rng, height, width) + 0.07 * smooth_noise(9, rng, height, width)
    painted = moved + (255 - moved) * np.clip(wash, 0.05, 0.7)[:, :, None]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) + 8 * smooth_noise(
        14, rng, height, width
    )
    paper = np.array([252, 249, 241], np.float32)
    share = np.clip((edge - 9) / 5, 0, 1)[:, :, None]
    grain = 1 - 0.035 * np.abs(smooth_noise(3, rng, height, width))[:, :, None]
    return to_bytes((painted * share + paper * (1 - share)) * grain)


def oil(picture: Picture, rng: random.Random) -> Picture:
    """Visible strokes of the brush, coarse ones first, with light ridges and rich colours."""
    height, width = picture.shape[:2]
    chance = np.random.default_rng(rng.getrandbits(32))
    canvas_pixels = np.dstack((picture, np.full((height, width), 255, np.uint8)))
    angles = _along_edges(picture, 3.0 * smooth_noise(48, rng, height, width) + 0.6)
    canvas = skia.Surface(canvas_pixels, skia.ColorType.kRGBA_8888_ColorType).getCanvas()
    paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap)
    for count, wide, long in ((260, 8.0, 11.0), (560, 4.0, 8.0), (420, 2.4, 6.0)):
        paint.setStrokeWidth(wide)
        x, y = chance.integers(0, width, count), chance.integers(0, height, count)
        lifted = np.clip(picture[y, x].astype(np.int32) + chance.integers(-17, 18, (count, 1)), 0, 255)
        colours = (255 << 24) | (lifted[:, 0] << 16) | (lifted[:, 1] << 8) | lifted[:, 2]
        angle = angles[y, x]
        dx, dy = long * np.cos(angle) / 2, long * np.sin(angle) / 2
        ends = np.stack((x - dx, y - dy, x + dx, y + dy), axis=1)
        for colour, (x0, y0, x1, y1) in zip(colours.tolist(), ends.tolist(), strict=True):
            paint.setColor(colour)
            canvas.drawLine(x0, y0, x1, y1, paint)
    painted = canvas_pixels[:, :, :3].astype(np.float32)
    grey = painted @ np.full(3, 1 / 3, np.float32)
    ridge = np.zeros_like(grey)
    ridge[1:, 1:] = grey[1:, 1:] - grey[:-1, :-1]
    rich = grey[:, :, None] + (painted - grey[:, :, None]) * 1.2
    return to_bytes(
        rich + 0.45 * np.clip(ridge, -40, 40)[:, :, None] + 5 * smooth_noise(3, rng, height, width)[:, :, None]
    )


def _along_edges(picture: Picture, elsewhere: Field) -> Field:
    """The direction of the nearest edge at every pixel, in radians; `elsewhere` where there is none."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).convert("L").reduce(2).filter(ImageFilter.BoxBlur(1.5))
    down, across = np.gradient(np.asarray(small).astype(np.float32))
    along = np.where(np.hypot(across, down) > 3.5, np.arctan2(down, across) + np.pi / 2, elsewhere[::2, ::2])
    return np.repeat(np.repeat(along, 2, axis=0), 2, axis=1)[:height, :width]
