"""Painting only an area anew: after every step the rest of the latents is set back to the parent picture's.

Avrahami et al. 2022, "Blended Diffusion for Text-driven Editing of Natural Images", in latents. It needs no model made for
inpainting and works with any number of latent channels. Lives in an engine process.
"""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import Pixels
from sfumato.masks import feathered_mask, hard_mask
from sfumato.selection import Selection
from sfumato_models.previews import from_image, to_image


class KeptLatents:
    """The parent's latents, and where they are kept."""

    def __init__(self, pipe: Any, parent: Image.Image, selection: Selection, seed: int) -> None:
        """`parent` has the size that is painted; the noise it is given at each step is drawn from `seed`, once."""
        with torch.inference_mode():
            image = pipe.image_processor.preprocess(parent).to(pipe.vae.device, pipe.vae.dtype)
            encoded = pipe.vae.encode(image).latent_dist.mode()
            shift = pipe.vae.config.get("shift_factor")
            self._clean = (encoded if shift is None else encoded - shift) * pipe.vae.config.scaling_factor
        noise = torch.randn(self._clean.shape, generator=torch.Generator("cpu").manual_seed(seed))
        self._noise = noise.to(self._clean)
        mask = _latent_mask(selection, parent.width, parent.height, self._clean.shape[-1])
        self._is_new = mask.to(self._clean.device)

    def keep(self, scheduler: Any, timestep: Tensor, latents: Tensor) -> Tensor:
        """The latents after the step at `timestep`, with the parent's, as noisy as they are by then, around the area."""
        return torch.where(self._is_new, latents, self._as_noisy(scheduler, timestep).to(latents.dtype))

    def _as_noisy(self, scheduler: Any, timestep: Tensor) -> Tensor:
        if type(scheduler).__name__.startswith("FlowMatch"):  # straight lines from noise (Lipman et al. 2022)
            sigma = scheduler.sigmas[scheduler.step_index].to(self._clean)
            return (1 - sigma) * self._clean + sigma * self._noise
        following = scheduler.timesteps[scheduler.timesteps < timestep]
        if not len(following):
            return self._clean
        noisy: Tensor = scheduler.add_noise(self._clean, self._noise, following[:1])
        return noisy


def into_area(painted: Pixels, parent: Pixels, selection: Selection) -> Pixels:
    """The new picture in the area, fading into the parent's; every pixel outside the area is the parent's own.

    Raises:
        SfumatoError: if the area is too small.
    """
    mask = feathered_mask(selection, parent.width, parent.height)
    return from_image(Image.composite(to_image(painted), to_image(parent), mask))


def _latent_mask(selection: Selection, width: int, height: int, columns: int) -> Tensor:
    """True for every latent that the area touches: (1, 1, rows, columns)."""
    cells = hard_mask(selection, width, height).reduce(width // columns)
    rows = torch.tensor(list(cells.tobytes()), dtype=torch.uint8).view(1, 1, cells.height, cells.width)
    return rows > 0
