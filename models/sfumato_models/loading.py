"""One picture model in memory: on which device, in which numbers, where its parts stay, and everything made from it.

Lives in an engine process.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import diffusers
import torch
import transformers

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.lora import Lora
from sfumato.model_catalog import PictureFacts
from sfumato_models.attention import Attention
from sfumato_models.compiled_engines import missing_for_compiling
from sfumato_models.compiling import PLACEMENTS, compile_blocks
from sfumato_models.devices import find_devices, refresh, set_up
from sfumato_models.families import Family, first_route
from sfumato_models.hardware import BITS, Device, Number, available_bytes
from sfumato_models.hash_book import HashBook
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.latents import LatentSpace
from sfumato_models.lora_applying import apply_loras
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.memory import (
    SMALL_PARAMETERS,
    Fit,
    Parts,
    Placement,
    beside_card,
    fit,
    full_width,
    largest_size,
    need,
    parts_of,
    require_fit,
)
from sfumato_models.pipelines import Pipelines, family_of, load_pipelines
from sfumato_models.placing import place
from sfumato_models.previews import LatentPreview, patch_for
from sfumato_models.prompt_reading import PromptReader, prompt_reader
from sfumato_models.speeds import DTYPES, Layout, SpeedBook

log = logging.getLogger(__name__)
PREVIEW_FIT_SEED = 1
Stamp = tuple[int, int]  # size in bytes and time of change in ns


@dataclass(frozen=True, slots=True)
class Setup:
    """How a model is loaded."""

    device: Device
    number: Number
    fit: Fit
    threads: int
    layout: Layout = "channels last"
    attention: Attention = "sdpa"
    is_compiled: bool = False
    speed: str = ""  # what was measured, in words

    @property
    def dtype(self) -> torch.dtype:
        """Torch's word for the number."""
        return DTYPES[self.number]

    @property
    def stays_whole(self) -> bool:
        """True where its blocks stay where they are, so that they can be compiled."""
        return self.fit.placement in PLACEMENTS


def choose_setup(
    parts: Parts,
    facts: PictureFacts,
    family: Family,
    threads: int,
    devices: tuple[Device, ...],
    avoid: frozenset[Number],
) -> Setup:
    """The fastest device and number that the model's facts allow and that hold a picture of its usual size.

    Where none does, one that holds a smaller picture: the model is loaded, and larger ones are refused with that offer.

    Raises:
        SfumatoError: if it fits nowhere, with what would help.
    """
    never = {*family.never, *avoid}
    allowed = [number for number in facts.dtypes if number not in never] or ["float32"]
    usable = devices[-1:] if parts.total < SMALL_PARAMETERS else devices
    tried: list[tuple[Device, Number]] = []
    for device in usable:
        numbers = [number for number in device.numbers if number in allowed]
        tried += [(device, number) for number in numbers]
        full, every = full_width(placements_on(device)), placements_on(device)
        # then in tiles, and fewer bits come last
        for rungs, in_tiles in ((full, (False,)), (full, (True,)), (every, (False, True))):
            for number in numbers:
                needed = need(parts, BITS[number], facts.width, facts.height)
                if found := fit(needed, refresh(device), available_bytes(), rungs, in_tiles):
                    return Setup(device, number, found, threads)
    if not tried:
        raise SfumatoError(
            f"This model needs {' or '.join(allowed)}; no device here computes with it.", "Choose another model."
        )
    usual = (facts.width, facts.height)
    for keeps_width in (True, False):
        for device, number in tried:
            rungs = full_width(placements_on(device)) if keeps_width else placements_on(device)
            bits, room = BITS[number], (refresh(device), available_bytes())
            if smaller := largest_size(parts, bits, facts, usual, *room, rungs):
                return Setup(device, number, require_fit(parts, bits, facts, smaller, *room, rungs), threads)
    device, number = tried[-1]
    room = (refresh(device), available_bytes())
    found = require_fit(parts, BITS[number], facts, usual, *room, placements_on(device))
    return Setup(device, number, found, threads)


def quickest_setup(
    setup: Setup, parts: Parts, facts: PictureFacts, family: Family, avoid: frozenset[Number], speeds: SpeedBook
) -> Setup:
    """The same device, in the numbers, layout and attention that were measured as the fastest of those that the model allows.

    Raises:
        SfumatoError: as `choose_setup`.
    """
    ways = speeds.ways(setup.device, family.denoiser, setup.threads)
    device = replace(setup.device, numbers=tuple(dict.fromkeys(way.number for way in ways)))
    chosen = choose_setup(parts, facts, family, setup.threads, (device,), avoid)
    way = next(way for way in ways if way.number == chosen.number)
    plain = next((way for way in ways if way.number == "float32"), way)
    told = f"{way.number} computes {plain.seconds / way.seconds:.1f} times as fast as {plain.number} here"
    speed = "" if way.number == plain.number else told
    return replace(chosen, layout=way.layout, attention=way.attention, speed=speed)


def placements_on(device: Device) -> tuple[Placement, ...]:
    """Where there is but one memory nothing can be put aside; Apple's GPUs know no 8-bit floats."""
    match device.kind:
        case "cpu":
            return (Placement.RESIDENT, Placement.EIGHT_BITS)
        case "mps":
            return (Placement.RESIDENT,)
    return tuple(Placement)


def load_model(
    model: InstalledModel,
    threads: int,
    avoid: frozenset[Number] = frozenset(),
    book: HashBook | None = None,
    speeds: SpeedBook | None = None,
    cancel: CancelToken | None = None,
    compiled: bool = False,
) -> LoadedModel:
    """Load a model where it fits best, in numbers other than those to `avoid`; its files are hashed meanwhile.

    Its blocks are `compiled` where there is a compiler and they stay where they are. Which numbers are the fastest is looked up in `speeds`, or measured. A small model is the same on every machine.

    Raises:
        SfumatoError: naming the file, if something is missing or damaged, or if it does not fit.
        TurnCancelled: between two parts, after a stop.
    """
    cancel = cancel or CancelToken()
    if model.spec.picture is None:
        raise SfumatoError(f"“{model.spec.title}” does not paint.", "Choose a picture model.")
    check_whole(model)
    facts, family = model.spec.picture, family_of(model.spec.picture.pipeline)
    parts = parts_of(model.folder or model.path, model.transformer, model.components)
    setup = choose_setup(parts, facts, family, threads, find_devices(), avoid)
    set_up(setup.device)
    if parts.total >= SMALL_PARAMETERS:
        setup = quickest_setup(setup, parts, facts, family, avoid, speeds or SpeedBook())
    is_possible = compiled and setup.stays_whole
    missing = missing_for_compiling(setup.device.kind in ("cuda", "rocm", "xpu")) if is_possible else None
    setup = replace(setup, is_compiled=is_possible and missing is None)
    stamps, files = _stamps(model), ThreadPoolExecutor(1).submit(file_hashes, model, book)
    pipelines = load_pipelines(model, family, setup.dtype, setup.layout, cancel)
    log.info("%s on %s: %s", model.spec.id, setup.device.title, setup.fit.sentence)
    return LoadedModel(pipelines, facts, family, parts, setup, files.result, stamps, model)


class LoadedModel:
    """A model ready to paint; `files` waits for the sha256 of its weights by name.

    Of one that `has_blocks` they were compiled; whether they can be used is in the setup.
    """

    def __init__(
        self, pipelines: Pipelines, facts: PictureFacts, family: Family, parts: Parts, setup: Setup,
        files: Callable[[], dict[str, str]], stamps: dict[str, Stamp], model: InstalledModel,
    ) -> None:  # fmt: skip
        self.pipelines = pipelines
        self.facts = facts
        self.family = family
        self.parts = parts
        self.setup = setup
        self.files = files
        self._stamps = stamps
        self._model = model
        pipe = pipelines.get(first_route(family))
        place(pipe, setup.fit.placement, setup.device.backend)
        self.has_blocks = False
        if setup.is_compiled:
            self.compile()
        self.loras: tuple[Lora, ...] = ()
        self.reader: PromptReader = prompt_reader(pipe, family, facts.long_prompts)
        self.space = LatentSpace(family, pipe.vae)
        self.preview = self._fitted_preview()
        self.fingerprint = _fingerprint(setup)

    @property
    def memory_bytes(self) -> int:
        """Bytes of the machine's memory that it takes with a picture of its usual size."""
        setup, facts = self.setup, self.facts
        needed = need(self.parts, BITS[setup.number], facts.width, facts.height)
        needed = needed.in_tiles if setup.fit.in_tiles else needed
        is_shared = setup.device.kind in ("cpu", "mps")
        return needed.on_device(setup.fit.placement) if is_shared else beside_card(needed, setup.fit.placement)

    def compile(self) -> None:
        """Have its blocks compiled when they are computed first. Raises SfumatoError as `compile_blocks`."""
        pipe = self.pipelines.get(first_route(self.family))
        compile_blocks(pipe.unet if self.family.denoiser == "unet" else pipe.transformer, self.family.title)
        self.has_blocks, self.setup = True, replace(self.setup, is_compiled=True)

    def changed_file(self) -> str | None:
        """The name of a weight file that is not what was loaded any more."""
        now = _stamps(self._model)
        return next((name for name, stamp in self._stamps.items() if now.get(name) != stamp), None)

    def use_loras(self, loras: tuple[Lora, ...], shelf: LoraShelf) -> None:
        """Have exactly these LoRAs on the model from now on.

        Raises:
            SfumatoError: if one is missing or does not fit; then there are none.
        """
        if loras == self.loras:
            return
        pipe = self.pipelines.get(first_route(self.family))
        files = tuple((lora, shelf.file(lora)) for lora in loras)
        self.loras = ()
        # a LoRA can change the text encoders, so nothing that was read before holds
        self.reader = prompt_reader(pipe, self.family, self.facts.long_prompts)
        apply_loras(pipe, files, self.family.title)
        self.loras = loras

    def room(self, size: tuple[int, int]) -> int:
        """Bytes of the device for this model and a picture of that size (pixels): what is free, and what it has already."""
        needed = need(self.parts, BITS[self.setup.number], *size)
        return refresh(self.setup.device) + needed.between_pictures(self.setup.fit.placement)

    def require_room(self, size: tuple[int, int], in_tiles: bool = False) -> Fit:
        """Make room for a picture of that size (pixels), by moving parts aside where that helps; how it fits then.

        It is decoded `in_tiles` if that is wanted, or if nothing else fits.

        Raises:
            SfumatoError: if it does not fit, with a size that does.
        """
        device, number, placement = self.setup.device, self.setup.number, self.setup.fit.placement
        rungs = full_width(placements_on(device))  # pictures are not made coarser under a conversation
        left = rungs[rungs.index(placement) :] if placement in rungs else (placement,)
        found = require_fit(
            self.parts, BITS[number], self.facts, size, self.room(size), available_bytes(), left,
            (True,) if in_tiles else (False, True),
        )  # fmt: skip
        if found.placement is not placement:
            log.info("making room: %s", found.sentence)
            place(self.pipelines.get(first_route(self.family)), found.placement, device.backend)
            is_compiled = self.setup.is_compiled and found.placement in PLACEMENTS
            self.setup = replace(self.setup, fit=found, is_compiled=is_compiled)
        return found

    def _fitted_preview(self) -> LatentPreview:
        cells = max(self.facts.width, self.facts.height) // self.space.pixels_per_cell
        return LatentPreview.fit(
            self.space.picture,
            self.space.channels,
            torch.Generator("cpu").manual_seed(PREVIEW_FIT_SEED),
            patch=patch_for(cells),
            device=self.setup.device.backend,
        )


def _stamps(model: InstalledModel) -> dict[str, Stamp]:
    facts = {name: file.stat() for name, file in model.weight_files().items() if file.exists()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in facts.items()}


def _fingerprint(setup: Setup) -> dict[str, str]:
    is_cpu = setup.device.kind == "cpu"
    known = {
        "torch": str(torch.__version__),  # a plain text: unpickling its own class would import torch in the window
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "device": "cpu" if is_cpu else setup.device.name,
        "machine": platform.machine(),
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "dtype": setup.number,
        "threads": str(setup.threads),
        "attention": setup.attention,
    }
    return (
        known
        | ({} if is_cpu else {"driver": setup.device.driver})
        | ({} if setup.layout == "channels last" else {"layout": setup.layout})
        | ({"weights": "8 bits"} if setup.fit.placement is Placement.EIGHT_BITS else {})
    )
