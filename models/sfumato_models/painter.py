"""The painter: diffusers pipelines that paint recipes, the same recipe always to the same pixels.

Batch size is 1; noise comes from a fresh CPU generator for each picture; threads, dtype and attention backend are fixed
and part of the fingerprint. Trouble of the machine (no memory, numbers that overflow, a device that is gone, files that
changed) becomes a sentence, and the next picture can be painted. Lives in an engine process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import diffusers
import torch
from torch import Tensor
from tqdm import tqdm

from sfumato.engine import CancelToken, Painting, Pixels, Preview
from sfumato.errors import DeviceLost, NoMemory, Retryable, SfumatoError
from sfumato.recipe import BLOCKS, DECODING, ENGINE, NO_ROOM, Recipe, Route, sha256_rgb
from sfumato_models.attention import attending
from sfumato_models.close_up import CloseUp
from sfumato_models.compiling import CompileError, computing_blocks
from sfumato_models.devices import find_devices, give_back_memory, is_gone, is_out_of_memory, refresh, unused_hardware
from sfumato_models.following import CleanPrediction, StepFollower
from sfumato_models.hardware import BITS, Number, PainterReport, available_bytes, in_gib
from sfumato_models.hash_book import HashBook
from sfumato_models.installed import InstalledModel, check_there, has_safety_checker
from sfumato_models.loading import LoadedModel, load_model
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.memory import TILE_SIDE, largest_size
from sfumato_models.pipeline_call import call_arguments, is_guided, kept_latents, selection_of, unheard
from sfumato_models.previews import to_image, to_pixels
from sfumato_models.speeds import SpeedBook

log = logging.getLogger(__name__)
IN_TILES = "Decoded in tiles, as there is no room to decode it all at once; it can differ a little from one that was."


class DiffusersPainter:
    """One loaded picture model."""

    def __init__(
        self,
        model: InstalledModel,
        threads: int,
        loras: Path | None = None,
        hash_book: Path | None = None,
        notes: Path | None = None,
        loaded: LoadedModel | None = None,
        cancel: CancelToken | None = None,
        compiled: bool = False,
    ) -> None:
        """Load it, unless it is `loaded`. LoRA files stand in the folder `loras`, hashes are remembered in `hash_book`.

        What was measured of this machine is kept in the folder `notes`. A wish to stop ends the loading at its next part.

        Raises:
            SfumatoError: as `load_model`.
            TurnCancelled: as `load_model`.
        """
        tqdm.set_lock(threading.RLock())  # its own is a system semaphore, left behind when the process is ended
        torch.set_num_threads(threads)
        diffusers.utils.logging.disable_progress_bar()
        self._model = model
        self._threads = threads
        self._book = HashBook(hash_book)
        self._loras = LoraShelf(loras or Path(), self._book)
        self._avoid: frozenset[Number] = frozenset()
        self._compiled = compiled
        self._speeds = SpeedBook(notes / "speeds.json" if notes else None)
        self._loaded: LoadedModel | None = loaded or self._load(cancel)

    @property
    def model_id(self) -> str:
        """The catalogue's name of the model."""
        return self._model.spec.id

    @property
    def loaded(self) -> LoadedModel:
        """The model in memory; loaded anew after trouble with it. Raises SfumatoError as `load_model`."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self, cancel: CancelToken | None = None) -> LoadedModel:
        """As `load_model`; what was thought to fit and did not is a sentence too."""
        try:
            return load_model(
                self._model, self._threads, self._avoid, self._book, self._speeds, cancel, compiled=self._compiled
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            detail = repr(error)
        give_back_memory()  # outside `except`, as below
        raise NoMemory(
            f"There was not enough memory to load {self._model.spec.title}.",
            "Close other programs and try again, or choose a smaller model.",
            detail,
        )

    def report(self) -> PainterReport:
        """The devices of this machine, and how the model is loaded."""
        setup = self.loaded.setup
        return PainterReport(
            find_devices(),
            setup.device,
            self._model.spec.title,
            setup.number,
            str(setup.fit.placement),
            setup.fit.sentence,
            unused_hardware(),
            setup.speed,
            setup.is_compiled,
            self._left_out(),
        )

    def _left_out(self) -> tuple[str, ...]:
        folder = self._model.folder
        if folder is None or not has_safety_checker(folder):
            return ()
        told = (
            "brings a filter that blackens pictures without a word; Sfumato leaves it out, as you see what is painted."
        )
        return (f"{self._model.spec.title} {told}",)

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        """Paint one recipe.

        Raises:
            SfumatoError: if this model cannot do what the recipe asks, or the machine cannot; the next picture can be
                painted again, after `DeviceLost` by a new process.
            TurnCancelled: after a stop, at the latest one step later.
        """
        size = (recipe.settings.width, recipe.settings.height)
        self._check_files()
        self._require_possible(size)
        is_ready = False
        try:
            fit = self.loaded.require_room(size, bool(recipe.decoding))
            self.loaded.use_loras(recipe.loras, self._loras)
            is_ready = True
            if not fit.in_tiles:
                return self._painted(recipe, parent, on_preview, cancel)
            marked = replace(recipe, fingerprint=recipe.fingerprint | {DECODING: f"tiles of {TILE_SIDE}"})
            painting = self._painted(marked, parent, on_preview, cancel)
            return painting if recipe.decoding else replace(painting, notes=(*painting.notes, IN_TILES))
        except CompileError as error:
            raise self._not_compiled(error) from error
        except (RuntimeError, MemoryError) as error:
            if is_gone(error) and not is_out_of_memory(error):
                raise DeviceLost(
                    f"The {self.loaded.setup.device.title} does not answer any more.",
                    "Try again: it is started anew. If this comes again, restart the machine.",
                    repr(error),
                ) from error
            if not is_out_of_memory(error):
                raise
            detail = repr(error)
        # only here, where the error and all it holds on to are gone, can the memory be given back
        give_back_memory()
        told = self._out_of_memory(size, detail)
        if not is_ready:  # parts may be anywhere
            self._loaded = None
            give_back_memory()
        raise told

    def _painted(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        passes = 1 + len(recipe.then)
        pixels, timings, notes = self._paint_pass(recipe, parent, _counting(on_preview, 0, passes), cancel)
        for number, area in enumerate(recipe.then, start=1):
            shown = _counting(on_preview, number, passes)
            pixels, took, told = self._paint_pass(recipe.painting_area(area), pixels, shown, cancel)
            timings = {name: timings[name] + took[name] for name in timings}
            notes += tuple(note for note in told if note not in notes)
        chosen = {ENGINE: self._engine(recipe)} | recipe.decoding
        applied = replace(
            recipe,
            model_files=self.loaded.files(),
            fingerprint=self.loaded.fingerprint | chosen,
            sha256_rgb=sha256_rgb(_rgb_bytes(pixels)),
        )
        return Painting(pixels, applied, timings, notes)

    def _paint_pass(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> tuple[Pixels, dict[str, float], tuple[str, ...]]:
        """All of a picture, or an area of one from near; as `_paint`."""
        close_up = _close_up(recipe, parent)
        if close_up is None:
            return self._paint(recipe, parent, on_preview, cancel)
        seen, shown = close_up.seen(recipe), close_up.showing(on_preview)
        pixels, timings, notes = self._paint(seen, close_up.picture, shown, cancel)
        return close_up.put_back(pixels), timings, notes

    def _paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> tuple[Pixels, dict[str, float], tuple[str, ...]]:
        """The picture, where the time went, and notes."""
        started = time.perf_counter()
        loaded, size = self.loaded, (recipe.settings.width, recipe.settings.height)
        pipe = loaded.pipelines.get(recipe.route)
        arguments = call_arguments(pipe, loaded, recipe, parent)
        negative = recipe.compiled.negative if is_guided(loaded.family, recipe) else None
        words = loaded.reader.read(recipe.compiled.positive, negative)
        encoded = time.perf_counter()
        cancel.raise_if_cancelled()
        blocks = computing_blocks(not loaded.has_blocks or self._is_compiled(recipe))
        with CleanPrediction(pipe.scheduler) as clean, attending(loaded.setup.attention), blocks:
            kept = None if loaded.family.takes_mask else kept_latents(pipe, recipe, parent)
            follower = StepFollower(loaded.space, loaded.preview, clean, size, on_preview, cancel, kept)
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
        pixels = self._decode(follower.latents, TILE_SIDE if recipe.decoding else None, cancel)
        pipe.maybe_free_model_hooks()
        cancel.raise_if_cancelled()
        timings = {"encode": encoded - started, "denoise": denoised - encoded, "decode": time.perf_counter() - denoised}
        return pixels, timings, words.notes + unheard(loaded.family, recipe) + self._left_uncompiled(recipe)

    def _require_possible(self, size: tuple[int, int]) -> None:
        """Raises SfumatoError for a size the family cannot do, with one near it that it can."""
        multiple = self.loaded.family.size_multiple
        if min(size) >= multiple and not any(side % multiple for side in size):
            return
        near = [max(multiple, round(side / multiple) * multiple) for side in size]
        raise SfumatoError(
            f"{self._model.spec.title} cannot paint {size[0]}x{size[1]}: its sides are multiples of {multiple}.",
            f"Ask for {near[0]}x{near[1]}.",
        )

    def _check_files(self) -> None:
        """Raises SfumatoError if the model is gone, or if a file changed since it was loaded; then the next call loads it anew."""
        check_there(self._model)
        changed = self._loaded.changed_file() if self._loaded else None
        if changed:
            self._loaded = None
            give_back_memory()
            raise Retryable(
                f"The model's file {changed} changed while it was in use.",
                "Try again: the model is loaded anew, and its pictures may differ from the earlier ones.",
            )

    def _out_of_memory(self, size: tuple[int, int], detail: str) -> SfumatoError:
        """What did not fit was thought to fit, so a clearly smaller size is offered."""
        setup, loaded = self.loaded.setup, self.loaded
        free, bits = refresh(setup.device), BITS[setup.number]
        above = (size[0] * 3 // 4 + 1, size[1] * 3 // 4 + 1)
        offered = largest_size(
            loaded.parts, bits, loaded.facts, above, loaded.room(size), available_bytes(), (setup.fit.placement,)
        )
        offer = f"Paint {offered[0]}x{offered[1]}, or close" if offered else "Close"
        return NoMemory(
            f"There was not enough memory for a picture of {size[0]}x{size[1]}; {in_gib(free)} are free now.",
            f"{offer} other programs and try again.",
            detail,
            offered,
        )

    def _not_compiled(self, error: BaseException) -> SfumatoError:
        """What could be compiled once cannot any more; the next try is painted without."""
        self._loaded, self._compiled = None, False
        return Retryable(
            "The compiled blocks of this model do not work any more.",
            "Try again: it is painted without them, a little differently and slower. “sfumato engines compile” builds them anew.",
            repr(error),
        )

    def _wants_compiled(self, recipe: Recipe) -> bool:
        """A conversation goes on with the engine that painted it; a new one gets what was chosen."""
        return recipe.fingerprint[ENGINE] == BLOCKS if ENGINE in recipe.fingerprint else self._compiled

    def _is_compiled(self, recipe: Recipe) -> bool:
        return self.loaded.setup.is_compiled and self._wants_compiled(recipe)

    def _engine(self, recipe: Recipe) -> str:
        if self._is_compiled(recipe):
            return BLOCKS
        lacks_room = self._compiled and self._wants_compiled(recipe) and not self.loaded.setup.stays_whole
        return NO_ROOM if lacks_room or recipe.engine.get(ENGINE) == NO_ROOM else "no"

    def _left_uncompiled(self, recipe: Recipe) -> tuple[str, ...]:
        if self.loaded.setup.is_compiled or not self._wants_compiled(recipe):
            return ()
        unbuilt = "they cannot be built here" if self.loaded.setup.stays_whole else "the model's parts had to make room"
        why = f"as {unbuilt}" if self._compiled else "which are not in use"
        return (f"Painted without compiled blocks, {why}; it can differ a little from earlier ones.",)

    def _decode(self, latents: Tensor | None, tile_side: int | None, cancel: CancelToken) -> Pixels:
        if latents is None:
            raise SfumatoError("Nothing was painted: the model ran no step.", "Ask for more steps.")
        space = self.loaded.space
        hooks = [
            layer.register_forward_pre_hook(lambda *_: cancel.raise_if_cancelled())
            for layer in space.vae.decoder.modules()
        ]
        try:
            image = space.picture(latents, tile_side)
        finally:
            for hook in hooks:
                hook.remove()
        if not torch.isfinite(image).all():
            raise self._overflowed()
        return to_pixels(image[0])

    def _overflowed(self) -> SfumatoError:
        """Numbers with few digits overflow in some models; then the next try is made with safer ones."""
        number = self.loaded.setup.number
        told = f"The picture came out broken (not-a-number values, computed in {number})."
        if number != "float16":
            return SfumatoError(told, "Try other settings: lower guidance helps.")
        self._avoid |= {number}
        self._loaded = None
        give_back_memory()
        return Retryable(told, "Try again: the model is loaded anew with safer numbers.")


def _counting(on_preview: Callable[[Preview], None], number: int, passes: int) -> Callable[[Preview], None]:
    """Counts the steps of one of several passes as a part of all of them."""

    def count(preview: Preview) -> None:
        steps = preview.steps
        on_preview(replace(preview, step=number * steps + preview.step, steps=passes * steps))

    return count


def _close_up(recipe: Recipe, parent: Pixels | None) -> CloseUp | None:
    """The part of the picture that is painted where only an area is; None where all of it is."""
    if recipe.route is not Route.INPAINT or parent is None:
        return None
    return CloseUp.of(parent, selection_of(recipe), recipe.settings.width, recipe.settings.height)


def _rgb_bytes(pixels: Pixels) -> bytes:
    return to_image(pixels).tobytes()
