"""What a pipeline is called with for one recipe, and what it cannot hear of it. Lives in an engine process."""

from __future__ import annotations

import inspect
from typing import Any

from PIL import Image, ImageOps

from sfumato.engine import Pixels
from sfumato.errors import SfumatoError
from sfumato.masks import hard_mask
from sfumato.recipe import Recipe, Route
from sfumato.selection import Selection
from sfumato_models.families import Family
from sfumato_models.inpainting import KeptLatents
from sfumato_models.loading import LoadedModel
from sfumato_models.previews import to_image


def call_arguments(pipe: Any, loaded: LoadedModel, recipe: Recipe, parent: Pixels | None) -> dict[str, Any]:
    """All but words, noise and what happens after each step.

    Raises:
        SfumatoError: if the recipe lacks what its route needs.
    """
    arguments = _arguments(loaded, recipe, parent)
    if "width" in inspect.signature(pipe.__call__).parameters:
        return arguments
    # it takes its size from the picture
    return {name: value for name, value in arguments.items() if name not in ("width", "height")}


def is_guided(family: Family, recipe: Recipe) -> bool:
    """True where the negative text is heard."""
    return family.negatives and recipe.settings.guidance_scale > family.guided_above


def unheard(family: Family, recipe: Recipe) -> tuple[str, ...]:
    """A note where there is a negative text that is not heard."""
    if not recipe.compiled.negative or is_guided(family, recipe):
        return ()
    why = "at this guidance" if family.negatives else "at all"
    return (f"The model does not hear negatives {why}, so “{recipe.compiled.negative[:200]}” was not ruled out.",)


def kept_latents(pipe: Any, recipe: Recipe, parent: Pixels | None) -> KeptLatents | None:
    """What stays of the parent picture where only an area is painted; None where all of it is new."""
    if recipe.route is not Route.INPAINT or parent is None:
        return None
    return KeptLatents(pipe, _in_size(recipe, parent), selection_of(recipe), recipe.seed)


def selection_of(recipe: Recipe) -> Selection:
    """The area that is painted. Raises SfumatoError if none is selected."""
    if recipe.area is None:
        raise SfumatoError("No area of the picture is selected.", "Select the part that should change.")
    return recipe.area.selection


def _arguments(loaded: LoadedModel, recipe: Recipe, parent: Pixels | None) -> dict[str, Any]:
    settings, family = recipe.settings, loaded.family
    common = {
        "num_inference_steps": settings.steps,
        family.guidance: max(settings.guidance_scale, family.least_guidance),
        **family.call,
    }
    size = {"width": settings.width, "height": settings.height}
    if recipe.route is Route.TEXT_TO_IMAGE:
        return common | size
    if parent is None:
        raise SfumatoError("The picture to start from is missing.", "Paint it again, or start from words.")
    image = _in_size(recipe, parent)
    if recipe.route is Route.INSTRUCTION_EDIT:
        return common | size | {"image": image}
    strength = settings.strength if settings.strength is not None else loaded.facts.strength
    # diffusers runs steps * strength steps; asked for enough, it runs the number that was wished for
    if family.steps_follow_strength:
        common["num_inference_steps"] = max(1, round(settings.steps / max(strength, 0.05)))
    over = common | size | {"image": image, "strength": strength}
    if recipe.route is Route.INPAINT and family.takes_mask:
        return over | {"mask_image": hard_mask(selection_of(recipe), settings.width, settings.height)}
    return over


def _in_size(recipe: Recipe, parent: Pixels) -> Image.Image:
    """A picture of another shape is cropped in its middle, never squeezed."""
    size = (recipe.settings.width, recipe.settings.height)
    return ImageOps.fit(to_image(parent), size, Image.Resampling.LANCZOS)
