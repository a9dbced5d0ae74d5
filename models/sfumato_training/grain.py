"""Grain, blotches and wandering lines: the noise that styles and damages are made of."""

from __future__ import annotations

import functools
import random

import numpy as np
import numpy.typing as npt
from PIL import Image

Picture = npt.NDArray[np.uint8]  # height x width x 3, RGB
Field = npt.NDArray[np.float32]
_BANK = 384


def displaced(picture: Picture, reach: float, dx: Field, dy: Field) -> Picture:
    """Every pixel taken from up to `reach` pixels away, as the fields (height x width, -1 to 1) say."""
    height, width = picture.shape[:2]
    y, x = np.arange(height, dtype=np.int32)[:, None], np.arange(width, dtype=np.int32)[None, :]
    rows = np.clip(y + (reach * dy).astype(np.int32), 0, height - 1)
    columns = np.clip(x + (reach * dx).astype(np.int32), 0, width - 1)
    return np.asarray(picture.reshape(-1, 3)[rows * width + columns])


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
