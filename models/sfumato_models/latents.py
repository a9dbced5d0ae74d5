"""Latents as a grid of cells, and the grid as a picture, for every way in which families keep them.

A grid is (1, channels, rows, columns) of about unit variance, what the denoiser works on. Lives in an engine process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato_models.families import Family
from sfumato_models.tiles import decode_in_tiles

OVERLAP_NINTHS = 2  # of a tile's side


@dataclass(frozen=True, slots=True)
class LatentSpace:
    """The autoencoder of one loaded model with its family's way of keeping latents."""

    family: Family
    vae: Any

    @property
    def channels(self) -> int:
        """Channels of a cell."""
        if self.family.normalisation == "batch norm":
            return int(self.vae.bn.running_mean.numel())
        return int(self.vae.config.z_dim if self.family.normalisation == "per channel" else self._config_channels)

    @property
    def pixels_per_cell(self) -> int:
        """Side of a cell in the finished picture, in pixels."""
        if self.family.normalisation == "per channel":
            return int(2 ** len(self.vae.temperal_downsample))
        levels = self.vae.config.get("block_out_channels") or self.vae.config.encoder_block_out_channels
        halvings = len(levels) - (self.family.normalisation != "batch norm")
        return int(2**halvings)

    def grid(self, latents: Tensor, width: int, height: int) -> Tensor:
        """The cells of a picture of that size (pixels) out of the latents as they stand in the pipeline's loop."""
        if self.family.packing == "none":
            return latents
        rows, columns = height // self.pixels_per_cell, width // self.pixels_per_cell
        if self.family.packing == "tokens":
            return latents.view(1, rows, columns, -1).permute(0, 3, 1, 2)
        patches = latents.view(1, rows // 2, columns // 2, -1, 2, 2)
        return patches.permute(0, 3, 1, 4, 2, 5).reshape(1, -1, rows, columns)

    def picture(self, grid: Tensor, tile_side: int | None = None) -> Tensor:
        """Decode: (1, 3, height, width) in -1..1; in tiles of at most so many pixels, if given, else all at once."""
        with torch.inference_mode():
            latents = self._unnormalised(grid.to(self.vae.dtype))
            if tile_side is None:
                image = self._decoded(latents)
            else:
                pixels_per_latent = self.pixels_per_cell * grid.shape[-1] // latents.shape[-1]
                side = tile_side // pixels_per_latent
                image = decode_in_tiles(self._decoded, latents, side, max(1, side * OVERLAP_NINTHS // 9))
        return image[:, :, 0] if image.dim() == 5 else image

    def _decoded(self, latents: Tensor) -> Tensor:
        image: Tensor = self.vae.decode(latents, return_dict=False)[0]
        return image

    def _unnormalised(self, grid: Tensor) -> Tensor:
        config = self.vae.config
        match self.family.normalisation:
            case "batch norm":
                bn, eps = self.vae.bn, self.family.batch_norm_eps or config.batch_norm_eps
                mean = bn.running_mean.view(1, -1, 1, 1).to(grid)
                deviation = torch.sqrt(bn.running_var.view(1, -1, 1, 1) + eps).to(grid)
                return torch.nn.functional.pixel_shuffle(grid * deviation + mean, 2)
            case "per channel":
                mean = torch.tensor(config.latents_mean).view(1, -1, 1, 1, 1).to(grid)
                inverse = 1.0 / torch.tensor(config.latents_std).view(1, -1, 1, 1, 1).to(grid)
                return grid[:, :, None] / inverse + mean
        if config.get("latents_mean") is not None and config.get("latents_std") is not None:
            mean = torch.tensor(config.latents_mean).view(1, -1, 1, 1).to(grid)
            deviation = torch.tensor(config.latents_std).view(1, -1, 1, 1).to(grid)
            return grid * deviation / config.scaling_factor + mean
        shift = config.get("shift_factor")
        scaled = grid / config.get("scaling_factor", 1.0)
        return scaled if shift is None else scaled + shift

    @property
    def _config_channels(self) -> int:
        return int(self.vae.config.latent_channels)
