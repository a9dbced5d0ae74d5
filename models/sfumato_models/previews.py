"""From latents to a small picture, off the critical path.

What is shown is the predicted clean picture, not the noisy latent. A linear map from each latent cell and its eight
neighbours to a patch of pixels is fitted once by least squares against the model's own decoder; applying it is one small
matrix product. On a GPU the picture comes to the host without being waited for. Needs only torch; knows nothing of pipelines.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import Pixels

PATCH = 8  # pixels of preview for each latent cell and side, at most
MAX_SIDE = 512  # pixels of a preview of the usual size
FIT_PICTURES = 6
RIDGE = 1e-3


class LatentPreview:
    """A fitted linear decoder. `weights` has shape (channels * 9 + 1, 3 * patch**2)."""

    def __init__(self, weights: Tensor, patch: int) -> None:
        self._weights = weights
        self._patch = patch

    @classmethod
    def fit(
        cls,
        decode: Callable[[Tensor], Tensor],
        channels: int,
        generator: torch.Generator,
        cells: int = 16,
        patch: int = PATCH,
        device: torch.device | str = "cpu",
    ) -> LatentPreview:
        """Fit against `decode`, from (1, channels, cells, cells) to (1, 3, height, width), on smooth random latents.

        The latents have unit variance, and so should the model's. With `device` the fit is used there.
        """
        latents = _plausible_latents(channels, cells, generator)
        with torch.inference_mode():
            pixels = torch.cat([decode(one[None].to(device)).float().cpu() for one in latents])
        side = cells * patch
        small = torch.nn.functional.interpolate(pixels, size=(side, side), mode="area")
        targets = torch.nn.functional.pixel_unshuffle(small, patch).flatten(2).transpose(1, 2).flatten(0, 1)
        features = _features(latents)
        gram = features.T @ features + RIDGE * len(features) * torch.eye(features.shape[1])
        return cls(torch.linalg.solve(gram, features.T @ targets).to(device), patch)

    def levels(self, latents: Tensor) -> Tensor:
        """The preview of one picture's latents, shape (channels, height, width), as `bgrx_levels` on the same device."""
        _, height, width = latents.shape
        patches = _features(latents[None].float()) @ self._weights
        image = patches.T.reshape(1, 3 * self._patch**2, height, width)
        return bgrx_levels(torch.nn.functional.pixel_shuffle(image, self._patch)[0])


def patch_for(cells: int) -> int:
    """Pixels of preview for each of `cells` in a row, so that a preview is large enough to see and small enough to send."""
    return max(1, min(PATCH, MAX_SIDE // cells))


class PixelTransfer:
    """Brings previews to the host one at a time. On CUDA nothing waits: `take` gives a picture once it has arrived."""

    def __init__(self) -> None:
        self._levels: Tensor | None = None
        self._arrived: torch.cuda.Event | None = None

    @property
    def is_busy(self) -> bool:
        """True while a picture is under way."""
        return self._levels is not None

    def send(self, levels: Tensor) -> None:
        """Start with one picture (`bgrx_levels`)."""
        if levels.device.type != "cuda":
            self._levels = levels.cpu()
            return
        pinned = torch.empty(levels.shape, dtype=levels.dtype, pin_memory=True)
        self._levels = pinned.copy_(levels, non_blocking=True)
        self._arrived = torch.cuda.Event()
        self._arrived.record()

    def take(self) -> Pixels | None:
        """The picture, if it is there; None otherwise."""
        if self._levels is None or (self._arrived is not None and not self._arrived.query()):
            return None
        levels, self._levels, self._arrived = self._levels, None, None
        return pixels_of(levels)


def bgrx_levels(image: Tensor) -> Tensor:
    """An image in -1..1, shape (3, height, width), as bytes (height, width, 4) in BGRX order on the same device."""
    _, height, width = image.shape
    levels = ((image.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    bgrx = torch.full((height, width, 4), 255, dtype=torch.uint8, device=image.device)
    bgrx[:, :, :3] = levels.flip(0).permute(1, 2, 0)
    return bgrx


def pixels_of(levels: Tensor) -> Pixels:
    """Pixels of `bgrx_levels`."""
    height, width, _ = levels.shape
    return Pixels(width, height, levels.cpu().numpy().tobytes())


def to_pixels(image: Tensor) -> Pixels:
    """An image in -1..1, shape (3, height, width), as BGRX pixels."""
    return pixels_of(bgrx_levels(image))


def _features(latents: Tensor) -> Tensor:
    """Every cell with its neighbours and a constant: (batch * height * width, channels * 9 + 1)."""
    padded = torch.nn.functional.pad(latents, (1, 1, 1, 1), mode="replicate")
    around = torch.nn.functional.unfold(padded, 3).transpose(1, 2).flatten(0, 1)
    return torch.cat([around, torch.ones(len(around), 1, device=around.device)], dim=1)


def _plausible_latents(channels: int, cells: int, generator: torch.Generator) -> Tensor:
    """Random latents with as much coarse as fine structure, of unit variance; (pictures, channels, cells, cells)."""
    shape = (FIT_PICTURES, channels, cells, cells)
    total = torch.zeros(shape)
    for coarse in (1, 2, 4, 8):
        noise = torch.randn((*shape[:2], cells // coarse, cells // coarse), generator=generator)
        total += torch.nn.functional.interpolate(noise, size=(cells, cells), mode="bicubic")
    return total / total.std()


def from_image(image: Image.Image) -> Pixels:
    """A Pillow image as pixels."""
    return Pixels(image.width, image.height, image.convert("RGBX").tobytes("raw", "BGRX"))


def to_image(pixels: Pixels) -> Image.Image:
    """Pixels as a Pillow image in RGB."""
    return Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.bgrx, "raw", "BGRX", 0, 1)
