"""The painter: diffusers pipelines that paint recipes, the same recipe always to the same pixels.

Batch size is 1; noise comes from a fresh CPU generator for each picture; threads, dtype and attention backend are fixed
and part of the fingerprint. Lives in an engine process.
"""

from __future__ import annotations

import logging
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import diffusers
import torch
import transformers
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from sfumato.engine import CancelToken, Painting, Pixels, Preview
from sfumato.errors import SfumatoError
from sfumato.masks import hard_mask
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.recipe import Recipe, Route, sha256_rgb
from sfumato.selection import Selection
from sfumato_models.close_up import CloseUp
from sfumato_models.following import CleanPrediction, StepFollower
from sfumato_models.inpainting import KeptLatents
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.latents import LatentSpace
from sfumato_models.pipelines import family_of, first_route, load_pipelines
from sfumato_models.previews import LatentPreview, patch_for, to_image, to_pixels
from sfumato_models.prompt_reading import prompt_reader

log = logging.getLogger(__name__)
PREVIEW_FIT_SEED = 1


class PainterEngine:
    """A `DiffusersPainter` behind the calls of its process: `load` and `paint`."""

    def __init__(self, model: InstalledModel, threads: int) -> None:
        self._painter = DiffusersPainter(model, threads)

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> Painting | None:
        """`load()` has loaded by being called; `paint(recipe, parent)` paints, with previews as events."""
        if method == "load":
            return None
        recipe, parent = arguments
        return self._painter.paint(recipe, parent, send_event, cancel)


class DiffusersPainter:
    """One loaded picture model."""

    def __init__(self, model: InstalledModel, threads: int) -> None:
        """Load it. Raises SfumatoError, naming the file, if something is missing or damaged."""
        if model.spec.picture is None:
            raise SfumatoError(f"“{model.spec.title}” does not paint.", "Choose a picture model.")
        tqdm.set_lock(threading.RLock())  # its own is a system semaphore, left behind when the process is ended
        torch.set_num_threads(threads)
        diffusers.utils.logging.disable_progress_bar()
        check_whole(model)
        self._spec: ModelSpec = model.spec
        self._facts: PictureFacts = model.spec.picture
        self._family = family_of(self._facts.pipeline)
        self._files = file_hashes(model.path)
        self._pipelines = load_pipelines(model.path, self._family, torch.float32, "cpu")
        pipe = self._pipelines.get(first_route(self._family))
        self._reader = prompt_reader(pipe, self._family, self._facts.long_prompts)
        self._space = LatentSpace(self._family, pipe.vae)
        self._preview = self._fitted_preview(pipe.device)
        self._fingerprint = _fingerprint(threads)

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        """Paint one recipe.

        Raises:
            SfumatoError: if this model cannot do what the recipe asks, or the picture came out broken.
            TurnCancelled: after a stop, at the latest one step later.
        """
        close_up = _close_up(recipe, parent)
        if close_up is None:
            pixels, timings, notes = self._paint(recipe, parent, on_preview, cancel)
        else:
            seen, shown = close_up.seen(recipe), close_up.showing(on_preview)
            pixels, timings, notes = self._paint(seen, close_up.picture, shown, cancel)
            pixels = close_up.put_back(pixels)
        applied = replace(
            recipe,
            model_files=self._files,
            fingerprint=self._fingerprint,
            sha256_rgb=sha256_rgb(_rgb_bytes(pixels)),
        )
        return Painting(pixels, applied, timings, notes)

    def _paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> tuple[Pixels, dict[str, float], tuple[str, ...]]:
        """The picture, where the time went, and notes."""
        started = time.perf_counter()
        pipe = self._pipelines.get(recipe.route)
        arguments = self._arguments(recipe, parent)
        words = self._reader.read(
            recipe.compiled.positive, recipe.compiled.negative if self._is_guided(recipe) else None
        )
        encoded = time.perf_counter()
        cancel.raise_if_cancelled()
        size = (recipe.settings.width, recipe.settings.height)
        with CleanPrediction(pipe.scheduler) as clean:
            kept = None if self._family.takes_mask else _kept(pipe, recipe, parent)
            follower = StepFollower(
                self._space, self._preview, clean, size, recipe.settings.steps, on_preview, cancel, kept
            )
            pipe(
                **words.arguments,
                **arguments,
                generator=torch.Generator("cpu").manual_seed(recipe.seed),
                callback_on_step_end=follower,
                callback_on_step_end_tensor_inputs=["latents"],
                output_type="latent",
            )
        cancel.raise_if_cancelled()
        denoised = time.perf_counter()
        pixels = self._decode(follower.latents)
        cancel.raise_if_cancelled()
        timings = {"encode": encoded - started, "denoise": denoised - encoded, "decode": time.perf_counter() - denoised}
        return pixels, timings, words.notes + self._unheard(recipe)

    def _is_guided(self, recipe: Recipe) -> bool:
        return self._family.negatives and recipe.settings.guidance_scale > self._family.guided_above

    def _unheard(self, recipe: Recipe) -> tuple[str, ...]:
        if not recipe.compiled.negative or self._is_guided(recipe):
            return ()
        why = "at this guidance" if self._family.negatives else "at all"
        return (f"The model does not hear negatives {why}, so “{recipe.compiled.negative[:200]}” was not ruled out.",)

    def _arguments(self, recipe: Recipe, parent: Pixels | None) -> dict[str, Any]:
        settings = recipe.settings
        common = {
            "num_inference_steps": settings.steps,
            self._family.guidance: settings.guidance_scale,
            **self._family.call,
        }
        size = {"width": settings.width, "height": settings.height}
        if recipe.route is Route.TEXT_TO_IMAGE:
            return common | size
        if parent is None:
            raise SfumatoError("The picture to start from is missing.", "Paint it again, or start from words.")
        # a picture of another shape is cropped in its middle, never squeezed
        image = ImageOps.fit(to_image(parent), (settings.width, settings.height), Image.Resampling.LANCZOS)
        if recipe.route is Route.INSTRUCTION_EDIT:
            return common | size | {"image": image}
        strength = settings.strength if settings.strength is not None else self._facts.strength
        # diffusers runs steps * strength steps; asked for enough, it runs the number that was wished for
        if self._family.steps_follow_strength:
            common["num_inference_steps"] = max(1, round(settings.steps / max(strength, 0.05)))
        over = common | {"image": image, "strength": strength}
        if recipe.route is Route.INPAINT and self._family.takes_mask:
            return over | size | {"mask_image": hard_mask(_selection(recipe), settings.width, settings.height)}
        return over

    def _decode(self, latents: Tensor | None) -> Pixels:
        if latents is None:
            raise SfumatoError("Nothing was painted: the model ran no step.", "Ask for more steps.")
        image = self._space.picture(latents)
        if not torch.isfinite(image).all():
            raise SfumatoError(
                "The picture came out broken (not-a-number values).", "Try other settings: lower guidance helps."
            )
        return to_pixels(image[0])

    def _fitted_preview(self, device: torch.device) -> LatentPreview:
        cells = max(self._facts.width, self._facts.height) // self._space.pixels_per_cell
        return LatentPreview.fit(
            self._space.picture,
            self._space.channels,
            torch.Generator("cpu").manual_seed(PREVIEW_FIT_SEED),
            patch=patch_for(cells),
            device=device,
        )


def _close_up(recipe: Recipe, parent: Pixels | None) -> CloseUp | None:
    """The part of the picture that is painted where only an area is; None where all of it is."""
    if recipe.route is not Route.INPAINT or parent is None:
        return None
    return CloseUp.of(parent, _selection(recipe), recipe.settings.width, recipe.settings.height)


def _kept(pipe: Any, recipe: Recipe, parent: Pixels | None) -> KeptLatents | None:
    """What stays of the parent picture where only an area is painted; None where all of it is new."""
    if recipe.route is not Route.INPAINT or parent is None:
        return None
    size = (recipe.settings.width, recipe.settings.height)
    image = ImageOps.fit(to_image(parent), size, Image.Resampling.LANCZOS)
    return KeptLatents(pipe, image, _selection(recipe), recipe.seed)


def _selection(recipe: Recipe) -> Selection:
    if recipe.area is None:
        raise SfumatoError("No area of the picture is selected.", "Select the part that should change.")
    return recipe.area.selection


def _fingerprint(threads: int) -> dict[str, str]:
    return {
        "torch": str(torch.__version__),  # a plain text: unpickling its own class would import torch in the window
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "device": "cpu",
        "machine": platform.machine(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "dtype": "float32",
        "threads": str(threads),
        "attention": "sdpa",
        "compiled": "no",
    }


def _rgb_bytes(pixels: Pixels) -> bytes:
    return to_image(pixels).tobytes()
