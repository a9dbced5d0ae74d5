"""The painter: diffusers pipelines that paint recipes, the same recipe always to the same pixels.

Batch size is 1; noise comes from a fresh CPU generator for each picture; threads, dtype and attention backend are fixed
and part of the fingerprint. Lives in an engine process.
"""

from __future__ import annotations

import importlib
import logging
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from sfumato.engine import CancelToken, Painting, Pixels, Preview
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.recipe import Recipe, Route, sha256_rgb
from sfumato_models.families import FAMILIES
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.previews import LatentPreview, predicted_clean, to_pixels
from sfumato_models.text_encoding import ClipText

log = logging.getLogger(__name__)
PREVIEW_INTERVAL_S = 0.1
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
        self._files = file_hashes(model.path)
        self._pipelines = _Pipelines(model.path, self._facts)
        text_to_image = self._pipelines.get(Route.TEXT_TO_IMAGE)
        self._text = ClipText(text_to_image.tokenizer, text_to_image.text_encoder, self._facts.long_prompts)
        generator = torch.Generator("cpu").manual_seed(PREVIEW_FIT_SEED)
        self._preview = LatentPreview.fit(text_to_image.vae, generator)
        self._fingerprint = _fingerprint(threads)

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        """Paint one recipe.

        Raises:
            SfumatoError: if this model cannot do what the recipe asks, or the picture came out broken.
            TurnCancelled: after a stop, at the latest one step later.
        """
        started = time.perf_counter()
        pipe = self._pipelines.get(recipe.route)
        pipe.set_progress_bar_config(disable=True)
        guided = recipe.settings.guidance_scale > 1
        words = self._text.encode(recipe.compiled.positive, recipe.compiled.negative if guided else None)
        encoded = time.perf_counter()
        cancel.raise_if_cancelled()
        follower = _StepFollower(self._preview, recipe, on_preview, cancel)
        latents = pipe(
            prompt_embeds=words.positive,
            negative_prompt_embeds=words.negative,
            **self._arguments(recipe, parent),
            generator=torch.Generator("cpu").manual_seed(recipe.seed),
            callback_on_step_end=follower,
            callback_on_step_end_tensor_inputs=["latents"],
            output_type="latent",
        ).images
        cancel.raise_if_cancelled()
        denoised = time.perf_counter()
        pixels = self._decode(pipe, latents)
        cancel.raise_if_cancelled()
        timings = {"encode": encoded - started, "denoise": denoised - encoded, "decode": time.perf_counter() - denoised}
        applied = replace(
            recipe,
            model_files=self._files,
            fingerprint=self._fingerprint,
            sha256_rgb=sha256_rgb(_rgb_bytes(pixels)),
        )
        return Painting(pixels, applied, timings, words.notes)

    def _arguments(self, recipe: Recipe, parent: Pixels | None) -> dict[str, Any]:
        settings = recipe.settings
        common = {"num_inference_steps": settings.steps, "guidance_scale": settings.guidance_scale}
        if recipe.route is Route.TEXT_TO_IMAGE:
            return common | {"width": settings.width, "height": settings.height}
        if parent is None:
            raise SfumatoError("The picture to start from is missing.", "Paint it again, or start from words.")
        # a picture of another shape is cropped in its middle, never squeezed
        image = ImageOps.fit(_to_image(parent), (settings.width, settings.height), Image.Resampling.LANCZOS)
        strength = settings.strength if settings.strength is not None else self._facts.strength
        # diffusers runs steps * strength steps; asked for enough, it runs the number that was wished for
        steps = max(1, round(settings.steps / max(strength, 0.05)))
        return common | {"image": image, "strength": strength, "num_inference_steps": steps}

    def _decode(self, pipe: Any, latents: Tensor) -> Pixels:
        with torch.inference_mode():
            image = pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0]
        if not torch.isfinite(image).all():
            raise SfumatoError(
                "The picture came out broken (not-a-number values).", "Try other settings: lower guidance helps."
            )
        return to_pixels(image[0])


class _StepFollower:
    """Called after every step: counts, shows the predicted clean picture now and then, and stops the pipeline."""

    def __init__(
        self, preview: LatentPreview, recipe: Recipe, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> None:
        self._preview = preview
        self._steps = recipe.settings.steps
        self._on_preview = on_preview
        self._cancel = cancel
        self._shown_at = 0.0

    def __call__(self, pipe: Any, step: int, timestep: Any, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        if self._cancel.is_cancelled:
            raise TurnCancelled
        now = time.perf_counter()
        clean = predicted_clean(pipe.scheduler)
        is_due = now - self._shown_at >= PREVIEW_INTERVAL_S
        pixels = self._preview.pixels(clean[0]) if is_due and clean is not None else None
        if pixels:
            self._shown_at = now
        self._on_preview(Preview(step + 1, self._steps, pixels))
        return tensors


class _Pipelines:
    """The pipelines of one model folder, one per route, sharing their parts."""

    def __init__(self, folder: Path, facts: PictureFacts) -> None:
        if facts.pipeline not in FAMILIES:
            raise SfumatoError(f"Models of the kind {facts.pipeline} cannot be painted with yet.")
        self._family = FAMILIES[facts.pipeline]
        self._loaded = {Route.TEXT_TO_IMAGE: self._load(folder)}

    def get(self, route: Route) -> Any:
        """The pipeline of a route. Raises SfumatoError if the family has none."""
        if route not in self._loaded:
            if route not in self._family.pipelines:
                raise SfumatoError(f"This model has no {route}.", "Choose another way to paint.")
            parts = self._loaded[Route.TEXT_TO_IMAGE].components
            self._loaded[route] = self._class_of(route)(**parts, requires_safety_checker=False)
        return self._loaded[route]

    def _class_of(self, route: Route) -> Any:
        module, name = self._family.pipelines[route]
        return getattr(importlib.import_module(module), name)

    def _load(self, folder: Path) -> Any:
        try:
            pipe = self._class_of(Route.TEXT_TO_IMAGE).from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            raise SfumatoError(
                f"The model in “{folder.name}” cannot be loaded.", "Install this model again.", repr(error)
            ) from error
        pipe.unet.to(memory_format=torch.channels_last)
        pipe.vae.to(memory_format=torch.channels_last)
        return pipe


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


def _to_image(pixels: Pixels) -> Image.Image:
    return Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.bgrx, "raw", "BGRX", 0, 1)


def _rgb_bytes(pixels: Pixels) -> bytes:
    return _to_image(pixels).tobytes()
