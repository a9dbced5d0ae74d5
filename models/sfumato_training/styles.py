"""Eight ways to paint the same scene, each over the finished picture: what makes a style visible at a glance."""

from __future__ import annotations

import functools
import random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from sfumato_training.brushes import oil, watercolour
from sfumato_training.grain import Field, Picture, displaced, smooth_noise, to_bytes

_PAPER = np.array([250, 244, 230], np.float32)
_INKED = np.array([20, 18, 22], np.float32)
_PAPER_COLOURS = 20


def apply_style(style: str, picture: Picture, rng: random.Random) -> Picture:
    """The picture in a style of `world.STYLES`."""
    return _STYLES[style](picture, rng)


def _flat(picture: Picture, rng: random.Random) -> Picture:
    return np.ascontiguousarray(picture)


def _pencil(picture: Picture, rng: random.Random) -> Picture:
    """Grey lines and slanting hatches on white paper, with a breath of the colours."""
    height, width = picture.shape[:2]
    moved = displaced(picture, 1.6, smooth_noise(20, rng, height, width), smooth_noise(20, rng, height, width))
    soft = _blurred(moved, 1.3).astype(np.float32)
    grey = soft @ np.full(3, 1 / 3, np.float32)
    line = np.clip(_edges(soft) / 34 - 0.18, 0, 1)
    hatch = 0.5 + 0.5 * _waves(1.25, height, width, rng)
    dark = np.clip(1 - grey / 235, 0, 1)
    tone = 246 - 120 * dark * (0.6 + 0.4 * hatch) - 8 * np.abs(smooth_noise(3, rng, height, width))
    tone = tone * (1 - 0.66 * line)
    return to_bytes(tone[:, :, None] + (soft - grey[:, :, None]) * 0.42)


def _pixel(picture: Picture, rng: random.Random) -> Picture:
    """Squares of eight pixels in few colours."""
    height, width = picture.shape[:2]
    small = Image.fromarray(np.ascontiguousarray(picture)).resize((width // 8, height // 8), Image.Resampling.BOX)
    levels = np.round(np.asarray(small).astype(np.float32) / 36.5) * 36.5
    return to_bytes(np.repeat(np.repeat(levels, 8, axis=0), 8, axis=1))


def _ink(picture: Picture, rng: random.Random) -> Picture:
    """Black ink on warm paper: bold outlines, solid blacks, hatching in two weights; no colour, no grey."""
    height, width = picture.shape[:2]
    soft = _blurred(picture, 1.6).astype(np.float32)
    grey = soft @ np.array([0.35, 0.5, 0.15], np.float32)
    wobble = 6 * smooth_noise(9, rng, height, width)
    tone = grey * np.clip(112 / (grey.mean() + 1), 1.0, 1.7) + wobble
    falling, rising = _waves(0.72, height, width, rng), _waves(0.72, height, width, rng, rising=True)
    # how far beyond black each kind of mark is, then cut to a soft-edged black or white
    solid = (52 - tone) / 8
    hatched = np.minimum((158 - tone) / 8, 3.2 * (falling - 0.12 + np.clip((105 - tone) / 90, -0.5, 0.6)))
    crossed = np.minimum((92 - tone) / 8, 3.2 * (rising - 0.1))
    black = np.clip(np.maximum(np.maximum(solid, hatched), crossed), 0, 1)
    line = np.clip(_thick(_edges(soft)) * _eagerness(grey) / 20 - 1.1, 0, 1)
    around = np.asarray(Image.fromarray(to_bytes(grey)).filter(ImageFilter.BoxBlur(4))).astype(np.float32)
    # lines are black on paper, and left white in black
    black = black + (np.where(around < 62, 0.0, 1.0) - black) * line
    share = black[:, :, None].astype(np.float32)
    return to_bytes(_PAPER * (1 - share) + _INKED * share - 4 * np.abs(smooth_noise(3, rng, height, width))[:, :, None])


def _neon(picture: Picture, rng: random.Random) -> Picture:
    """Glowing tubes along the outlines, in the saturated colour of what they outline, before a dark picture."""
    image = Image.fromarray(_blurred(picture, 1.7))
    soft = np.asarray(image).astype(np.float32)
    line = np.clip(_thick(_edges(soft)) * _eagerness(soft[:, :, 1]) / 30 - 0.55, 0, 1)
    near = _purest_near(np.asarray(image.reduce(2)).astype(np.float32))
    high, low = _greatest(near)[:, :, None], -_greatest(-near)[:, :, None]
    pure = to_bytes((near - 0.82 * low) / np.maximum(high - 0.82 * low, 24) * 255)
    tubes = _enlarged(Image.fromarray(pure), image.size) * line[:, :, None]
    small = Image.fromarray(to_bytes(tubes)).reduce(2)
    glow = small.filter(ImageFilter.BoxBlur(2))
    wide = small.reduce(2).filter(ImageFilter.BoxBlur(3))
    light = _enlarged(glow, image.size) * 0.95 + _enlarged(wide, image.size) * 0.7
    base = soft * (soft[:, :, 1:2] * (0.16 / 255) + 0.2) + np.array([6, 2, 16], np.float32)
    core = 280 * np.clip(line - 0.75, 0, 1)[:, :, None]
    return to_bytes(base + light + 0.75 * tubes + core)


def _purest_near(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """At every pixel the mean of the colours within two pixels, of which the most saturated count by far the most."""
    spread = (_greatest(picture) + _greatest(-picture))[:, :, None]
    weight = (spread / 255 + 0.04) ** 3
    sums = np.concatenate((picture * weight, weight), axis=2)
    for axis in (0, 1):
        sums = sum((np.roll(sums, shift, axis) for shift in (-2, -1, 1, 2)), sums)
    return np.asarray(sums[:, :, :3] / sums[:, :, 3:])


def _paper(picture: Picture, rng: random.Random) -> Picture:
    """Sheets of a few flat colours on one another; each casts a soft shadow to its lower right and has a pale cut edge."""
    height, width = picture.shape[:2]
    half = Image.fromarray(np.ascontiguousarray(picture)).reduce(2)
    few = half.reduce(2).quantize(_PAPER_COLOURS, method=Image.Quantize.MAXCOVERAGE)
    palette = np.array(few.getpalette(), np.float32).reshape(-1, 3)
    small = half.quantize(palette=few, dither=Image.Dither.NONE).filter(ImageFilter.ModeFilter(3))
    alike = np.array([np.argmax(np.abs(palette - colour).sum(axis=1) < 30) for colour in palette], np.uint8)
    labels = _smooth_sheets(alike[np.asarray(small)], width, height)
    palette += 0.15 * (palette - palette.mean(axis=1, keepdims=True))
    apart = np.abs(palette[:, None] - palette[None]).sum(axis=2) > 80 / _eagerness(
        palette[labels, 1]
    )  # sheets so alike lie in one plane
    step, cut = np.zeros((height, width), np.uint8), np.zeros((height, width), np.float32)
    for down, across in ((2, 1), (4, 3)):
        step[down:, across:] |= apart[labels[down:, across:], labels[:-down, :-across]].astype(np.uint8) * 255
    shadow = np.asarray(Image.fromarray(step).filter(ImageFilter.BoxBlur(2))).astype(np.float32)
    cut[:-1, :-1] = apart[labels[:-1, :-1], labels[1:, 1:]]
    shade = (1 - 0.45 / 255 * shadow) * (1 - 0.05 * smooth_noise(3, rng, height, width))
    return to_bytes(palette[labels] * shade[:, :, None] + 40 * cut[:, :, None])


def _smooth_sheets(labels: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """Labels of half the size enlarged with round contours: at every pixel the label that covers most of it."""
    best, chosen = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    for label in np.unique(labels):
        cover = Image.fromarray(np.where(labels == label, 255, 0).astype(np.uint8)).filter(ImageFilter.BoxBlur(1.2))
        covered = np.asarray(cover.resize((width, height), Image.Resampling.BILINEAR))
        chosen[covered > best] = label
        best = np.maximum(best, covered)
    return chosen


def _blurred(picture: Picture, radius: float) -> Picture:
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).filter(ImageFilter.BoxBlur(radius)))


def _edges(picture: npt.NDArray[np.float32]) -> Field:
    """How steep the picture is at every pixel, in the channel where it is steepest."""
    across, down = np.zeros_like(picture), np.zeros_like(picture)
    across[:, 1:-1] = picture[:, 2:] - picture[:, :-2]
    down[1:-1] = picture[2:] - picture[:-2]
    across *= across
    down *= down
    across += down
    return np.asarray(np.sqrt(_greatest(across)))


def _greatest(picture: npt.NDArray[np.float32]) -> Field:
    """The greatest of the three channels at every pixel; numpy's own maximum along a short axis is slow."""
    return np.asarray(np.maximum(np.maximum(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2]))


def _eagerness(grey: Field) -> float:
    """How much sooner lines are drawn in a picture of little contrast, as fog makes it: 1 to 2.4."""
    low, high = np.percentile(grey[::4, ::4], (5, 95))
    return float(np.clip(170 / max(1.0, high - low), 1.0, 2.4))


def _thick(field: Field) -> Field:
    """Lines thickened by a pixel on each side."""
    thick = field.copy()
    np.maximum(thick[1:], field[:-1], out=thick[1:])
    np.maximum(thick[:-1], field[1:], out=thick[:-1])
    wide = thick.copy()
    np.maximum(wide[:, 1:], thick[:, :-1], out=wide[:, 1:])
    np.maximum(wide[:, :-1], thick[:, 1:], out=wide[:, :-1])
    return wide


def _enlarged(image: Image.Image, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR)).astype(np.float32)


def _waves(pitch: float, height: int, width: int, rng: random.Random, rising: bool = False) -> Field:
    """Slanting waves of -1 to 1, a little unsteady; `pitch` in radians a pixel along each axis."""
    phase = _slant(pitch, height, width, rising) + 1.6 * smooth_noise(16, rng, height, width)
    return np.asarray(np.sin(phase))


@functools.lru_cache(maxsize=16)
def _slant(pitch: float, height: int, width: int, rising: bool) -> Field:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray((x - y if rising else x + y) * np.float32(pitch))


_STYLES = {
    "flat": _flat,
    "watercolour": watercolour,
    "oil": oil,
    "pencil": _pencil,
    "pixel": _pixel,
    "ink": _ink,
    "neon": _neon,
    "paper": _paper,
}
