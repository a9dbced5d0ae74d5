"""Five ways to paint the same scene, each over the finished picture: what makes a style visible at a glance."""

from __future__ import annotations

import functools
import random

import numpy as np
import numpy.typing as npt
import skia
from PIL import Image, ImageFilter

Picture = npt.NDArray[np.uint8]  # height x width x 3, RGB
Field = npt.NDArray[np.float32]
_BANK = 384


def apply_style(style: str, picture: Picture, rng: random.Random) -> Picture:
    """The picture in a style of `world.STYLES`."""
    return {"flat": _flat, "watercolour": _watercolour, "oil": _oil, "pencil": _pencil, "pixel": _pixel}[style](
        picture, rng
    )


def _flat(picture: Picture, rng: random.Random) -> Picture:
    return np.ascontiguousarray(picture)


def _watercolour(picture: Picture, rng: random.Random) -> Picture:
    """Wandering edges, washed blotches, paper grain, and an irregular unpainted border."""
    height, width = picture.shape[:2]
    soft = np.asarray(Image.fromarray(np.ascontiguousarray(picture)).filter(ImageFilter.GaussianBlur(1.1)))
    moved = displaced(soft, 5.0, smooth_noise(24, rng, height, width), smooth_noise(24, rng, height, width)).astype(
        np.float32
    )
    wash = 0.30 + 0.20 * smooth_noise(40, rng, height, width) + 0.10 * smooth_noise(9, rng, height, width)
    painted = moved + (255 - moved) * np.clip(wash, 0.05, 0.7)[:, :, None]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) + 8 * smooth_noise(
        14, rng, height, width
    )
    paper = np.array([252, 249, 241], np.float32)
    share = np.clip((edge - 9) / 5, 0, 1)[:, :, None]
    grain = 1 - 0.035 * np.abs(smooth_noise(3, rng, height, width))[:, :, None]
    return to_bytes((painted * share + paper * (1 - share)) * grain)


def _oil(picture: Picture, rng: random.Random) -> Picture:
    """Visible strokes of the brush, coarse ones first, with light ridges and rich colours."""
    height, width = picture.shape[:2]
    canvas_pixels = np.dstack((picture, np.full((height, width), 255, np.uint8)))
    source = picture.astype(np.int32)
    flow = smooth_noise(48, rng, height, width)
    canvas = skia.Surface(canvas_pixels, skia.ColorType.kRGBA_8888_ColorType).getCanvas()
    paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap)
    for count, wide, long in ((300, 8.0, 12.0), (620, 4.0, 7.0)):
        paint.setStrokeWidth(wide)
        for _ in range(count):
            x, y = rng.randrange(width), rng.randrange(height)
            red, green, blue = source[y, x]
            lift = rng.randint(-16, 16)
            paint.setColor(skia.Color(_byte(red + lift), _byte(green + lift), _byte(blue + lift)))
            angle = 3.0 * flow[y, x] + 0.6
            dx, dy = long * float(np.cos(angle)) / 2, long * float(np.sin(angle)) / 2
            canvas.drawLine(x - dx, y - dy, x + dx, y + dy, paint)
    painted = canvas_pixels[:, :, :3].astype(np.float32)
    grey = painted.mean(axis=2)
    ridge = np.zeros_like(grey)
    ridge[1:, 1:] = grey[1:, 1:] - grey[:-1, :-1]
    rich = grey[:, :, None] + (painted - grey[:, :, None]) * 1.2
    return to_bytes(
        rich + 0.45 * np.clip(ridge, -40, 40)[:, :, None] + 5 * smooth_noise(3, rng, height, width)[:, :, None]
    )


def _pencil(picture: Picture, rng: random.Random) -> Picture:
    """Grey lines and slanting hatches on white paper, with a breath of the colours."""
    height, width = picture.shape[:2]
    moved = displaced(picture, 1.6, smooth_noise(20, rng, height, width), smooth_noise(20, rng, height, width))
    soft = np.asarray(Image.fromarray(moved).filter(ImageFilter.GaussianBlur(1.0))).astype(np.float32)
    grey = soft.mean(axis=2)
    across, down = np.zeros_like(soft), np.zeros_like(soft)
    across[:, 1:-1] = soft[:, 2:] - soft[:, :-2]
    down[1:-1] = soft[2:] - soft[:-2]
    line = np.clip(np.sqrt((across**2 + down**2).max(axis=2)) / 34 - 0.18, 0, 1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hatch = 0.5 + 0.5 * np.sin((x + y) * 1.25 + 2.5 * smooth_noise(16, rng, height, width))
    dark = np.clip(1 - grey / 235, 0, 1)
    tone = 246 - 120 * dark * (0.6 + 0.4 * hatch) - 8 * np.abs(smooth_noise(3, rng, height, width))
    tone = tone * (1 - 0.8 * line)
    return to_bytes(tone[:, :, None] + (soft - grey[:, :, None]) * 0.42)


def _pixel(picture: Picture, rng: random.Random) -> Picture:
    """Squares of eight pixels in few colours."""
    height, width = picture.shape[:2]
    small = Image.fromarray(np.ascontiguousarray(picture)).resize((width // 8, height // 8), Image.Resampling.BOX)
    levels = np.round(np.asarray(small).astype(np.float32) / 36.5) * 36.5
    return to_bytes(np.repeat(np.repeat(levels, 8, axis=0), 8, axis=1))


def displaced(picture: Picture, reach: float, dx: Field, dy: Field) -> Picture:
    """Every pixel taken from up to `reach` pixels away, as the fields (height x width, -1 to 1) say."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    rows = np.clip(y + (reach * dy).astype(np.int32), 0, height - 1)
    columns = np.clip(x + (reach * dx).astype(np.int32), 0, width - 1)
    return np.asarray(picture[rows, columns])


def smooth_noise(grain: int, rng: random.Random, height: int, width: int) -> Field:
    """Smooth noise of about -1 to 1 whose blotches are `grain` pixels wide, cut from one large sheet."""
    sheet = _noise_sheet(grain)
    top, left = rng.randrange(_BANK - height), rng.randrange(_BANK - width)
    cut = sheet[top : top + height, left : left + width]
    return cut[::-1] if rng.random() < 0.5 else cut


@functools.cache
def _noise_sheet(grain: int) -> Field:
    cells = np.random.default_rng(grain).normal(0, 0.6, (_BANK // grain + 3, _BANK // grain + 3)).astype(np.float32)
    wide = Image.fromarray(cells, "F").resize(
        (cells.shape[1] * grain, cells.shape[0] * grain), Image.Resampling.BICUBIC
    )
    return np.ascontiguousarray(np.asarray(wide)[grain : grain + _BANK, grain : grain + _BANK])


def to_bytes(values: npt.NDArray[np.float32]) -> Picture:
    """Numbers from 0 to 255, rounded and cut."""
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)


def _byte(value: int) -> int:
    return max(0, min(255, int(value)))
