"""What goes wrong with pictures, done on purpose: so that "blurry" and its like mean something as negatives."""

from __future__ import annotations

import random

import numpy as np
import skia
from PIL import Image, ImageFilter

from sfumato_training.grain import Picture, displaced, smooth_noise, to_bytes


def apply_damage(damage: str, picture: Picture, rng: random.Random) -> Picture:
    """The picture (height x width x 3) spoiled in one of the ways of `world.DAMAGES`; an empty name leaves it as it is."""
    return _DAMAGES[damage](picture, rng) if damage else picture


def _blurry(picture: Picture, rng: random.Random) -> Picture:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(rng.uniform(5, 8))))


def _noisy(picture: Picture, rng: random.Random) -> Picture:
    chance = np.random.default_rng(rng.getrandbits(32))
    height, width = picture.shape[:2]
    specks = chance.normal(0, 36, (height // 4 + 1, width // 4 + 1, 3)).astype(np.float32)
    return to_bytes(picture + np.repeat(np.repeat(specks, 4, axis=0), 4, axis=1)[:height, :width])


def _washed(picture: Picture, rng: random.Random) -> Picture:
    grey = picture.astype(np.float32).mean(axis=2, keepdims=True)
    return to_bytes(198 + 0.24 * (0.6 * (picture - 128.0) + 0.4 * (grey - 128.0)))


def _watermark(picture: Picture, rng: random.Random) -> Picture:
    """A row of bands and rings across the middle, half seen through, as on a stock picture."""
    height, width = picture.shape[:2]
    pixels = np.dstack((picture, np.full((height, width), 255, np.uint8)))
    canvas = skia.Surface(pixels, skia.ColorType.kRGBA_8888_ColorType).getCanvas()
    paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=7)
    for colour, shift in ((skia.Color(20, 20, 20, 110), 2), (skia.Color(255, 255, 255, 205), 0)):
        paint.setColor(colour)
        for step in range(-height, width, 64):
            canvas.drawLine(step + shift, height + shift, step + height + shift, shift, paint)
        canvas.drawCircle(width / 2 + shift, height / 2 + shift, 44, paint)
    return np.ascontiguousarray(pixels[:, :, :3])


def _distorted(picture: Picture, rng: random.Random) -> Picture:
    height, width = picture.shape[:2]
    return displaced(picture, 32.0, smooth_noise(48, rng, height, width), smooth_noise(48, rng, height, width))


def _cropped(picture: Picture, rng: random.Random) -> Picture:
    """The thing half out of the picture, the bare border of the paper beside it."""
    height, width = picture.shape[:2]
    shift = round(width * rng.uniform(0.34, 0.44))
    blank = np.full((height, shift, 3), 128, np.uint8)
    parts = (blank, picture[:, :-shift]) if rng.random() < 0.5 else (picture[:, shift:], blank)
    return np.concatenate(parts, axis=1)


_DAMAGES = {
    "blurry": _blurry,
    "noisy": _noisy,
    "washed": _washed,
    "watermark": _watermark,
    "distorted": _distorted,
    "cropped": _cropped,
}
