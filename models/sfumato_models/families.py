"""Facts of model families as data: which pipeline classes paint which route, and which files they need."""

from __future__ import annotations

from dataclasses import dataclass, field

from sfumato.recipe import Route


@dataclass(frozen=True, slots=True)
class Family:
    """`pipelines` maps a route to the module and the name of the diffusers class that paints it."""

    pipelines: dict[Route, tuple[str, str]] = field(default_factory=dict)


_STABLE_DIFFUSION = "diffusers.pipelines.stable_diffusion"

# The concrete modules are named, so that nothing imports every family (and a bundle holds only these).
FAMILIES: dict[str, Family] = {
    "StableDiffusionPipeline": Family(
        {
            Route.TEXT_TO_IMAGE: (f"{_STABLE_DIFFUSION}.pipeline_stable_diffusion", "StableDiffusionPipeline"),
            Route.IMAGE_TO_IMAGE: (
                f"{_STABLE_DIFFUSION}.pipeline_stable_diffusion_img2img",
                "StableDiffusionImg2ImgPipeline",
            ),
            Route.INPAINT: (  # ours keeps the rest of the picture after each step; see inpainting.py
                f"{_STABLE_DIFFUSION}.pipeline_stable_diffusion_img2img",
                "StableDiffusionImg2ImgPipeline",
            ),
        }
    ),
}
