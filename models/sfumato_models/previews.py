"""From latents to a small picture, off the critical path.

What is shown is the predicted clean picture, not the noisy latent. A linear map from each latent cell and its eight
neighbours to a patch of pixels is fitted once by least squares against the model's own decoder; applying it is one small
matrix product. Needs only torch and numpy-like arrays; knows nothing of pipelines but the scheduler's state.
"""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import Pixels

PATCH = 8  # pixels of preview for each latent cell and side
FIT_PICTURES = 6
RIDGE = 1e-3


class LatentPreview:
    """A fitted linear decoder. `weights` has shape (channels * 9 + 1, 3 * patch**2)."""

    def __init__(self, weights: Tensor, patch: int) -> None:
        self._weights = weights
        self._patch = patch

    @classmethod
    def fit(cls, vae: Any, generator: torch.Generator, cells: int = 16, patch: int = PATCH) -> LatentPreview:
        """Fit against `vae` on smooth random latents of unit variance, `cells` x `cells`."""
        latents = _plausible_latents(vae.config.latent_channels, cells, generator)
        with torch.inference_mode():
            pixels = torch.cat([vae.decode(one[None] / vae.config.scaling_factor).sample for one in latents])
        side = cells * patch
        small = torch.nn.functional.interpolate(pixels.float(), size=(side, side), mode="area")
        targets = torch.nn.functional.pixel_unshuffle(small, patch).flatten(2).transpose(1, 2).flatten(0, 1)
        features = _features(latents)
        gram = features.T @ features + RIDGE * len(features) * torch.eye(features.shape[1])
        return cls(torch.linalg.solve(gram, features.T @ targets), patch)

    def pixels(self, latents: Tensor) -> Pixels:
        """The preview of one picture's latents, shape (channels, height, width), as BGRX pixels."""
        _, height, width = latents.shape
        patches = _features(latents[None].float()) @ self._weights
        image = patches.T.reshape(1, 3 * self._patch**2, height, width)
        return to_pixels(torch.nn.functional.pixel_shuffle(image, self._patch)[0])


def predicted_clean(scheduler: Any) -> Tensor | None:
    """The scheduler's last prediction of the clean latents, where it keeps one (DPM++: Lu et al. 2022, eq. 3.2)."""
    outputs = getattr(scheduler, "model_outputs", None)
    return outputs[-1] if outputs and outputs[-1] is not None else None


def to_pixels(image: Tensor) -> Pixels:
    """An image in -1..1, shape (3, height, width), as BGRX pixels."""
    _, height, width = image.shape
    levels = ((image.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    bgrx = torch.full((height, width, 4), 255, dtype=torch.uint8)
    bgrx[:, :, :3] = levels.flip(0).permute(1, 2, 0)
    return Pixels(width, height, bgrx.numpy().tobytes())


def _features(latents: Tensor) -> Tensor:
    """Every cell with its neighbours and a constant: (batch * height * width, channels * 9 + 1)."""
    padded = torch.nn.functional.pad(latents, (1, 1, 1, 1), mode="replicate")
    around = torch.nn.functional.unfold(padded, 3).transpose(1, 2).flatten(0, 1)
    return torch.cat([around, torch.ones(len(around), 1)], dim=1)


def _plausible_latents(channels: int, cells: int, generator: torch.Generator) -> Tensor:
    """Random latents with as much coarse as fine structure, of unit variance; (pictures, channels, cells, cells)."""
    shape = (FIT_PICTURES, channels, cells, cells)
    total = torch.zeros(shape)
    for coarse in (1, 2, 4, 8):
        noise = torch.randn((*shape[:2], cells // coarse, cells // coarse), generator=generator)
        total += torch.nn.functional.interpolate(noise, size=(cells, cells), mode="bicubic")
    return total / total.std()


def to_image(pixels: Pixels) -> Image.Image:
    """Pixels as a Pillow image in RGB."""
    return Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.bgrx, "raw", "BGRX", 0, 1)
