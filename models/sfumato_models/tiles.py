"""Decoding a picture in tiles that overlap and fade into each other, where there is no room to decode all of it at once.

Only the decoder's own work is cut: the latents are those of the whole picture. Its norms and its attention then see a tile
instead of the whole, so the pixels are near those of the whole picture and not the same. diffusers' own tiling is not used: its
tiles are as large as the pictures a model was trained on, its last ones are narrow strips, and not every autoencoder has it.
Lives in an engine process.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor


def decode_in_tiles(decode: Callable[[Tensor], Tensor], latents: Tensor, side: int, overlap: int) -> Tensor:
    """As `decode(latents)`, tile by tile: (..., rows, columns) to (..., 3, height, width).

    Tiles are at most `side` and overlap by at least `overlap`, both in latents.
    """
    rows, columns = latents.shape[-2:]
    places = [(*height, *width) for height in _spans(rows, side, overlap) for width in _spans(columns, side, overlap)]
    tiles = [decode(latents[..., top:bottom, left:right]) for top, bottom, left, right in places]
    like = tiles[0]
    scale = like.shape[-2] // (places[0][1] - places[0][0])
    total = like.new_zeros((*like.shape[:-2], rows * scale, columns * scale), dtype=torch.float32)
    weights = torch.zeros(total.shape[-2:], device=like.device)
    fade = _fade(like.shape[-2], overlap * scale)[:, None] * _fade(like.shape[-1], overlap * scale)
    fade = fade.to(like.device)
    for tile, (top, bottom, left, right) in zip(tiles, places, strict=True):
        area = (..., slice(top * scale, bottom * scale), slice(left * scale, right * scale))
        total[area] += tile * fade
        weights[area] += fade
    return total.div_(weights).to(like.dtype)


def _spans(length: int, side: int, overlap: int) -> list[tuple[int, int]]:
    """Beginning and end of each tile along one side: all of one size, as few and as small as cover it."""
    count = max(1, math.ceil((length - overlap) / (side - overlap)))
    size = min(length, math.ceil((length + (count - 1) * overlap) / count))
    starts = [round(number * (length - size) / max(1, count - 1)) for number in range(count)]
    return [(start, start + size) for start in starts]


def _fade(length: int, ramp: int) -> Tensor:
    """What a tile counts along one side, growing from both edges; at the picture's own edges it is the only one that counts."""
    ahead = torch.arange(1, length + 1, dtype=torch.float32)
    return torch.minimum(ahead, ahead.flip(0)).clamp(max=ramp)
