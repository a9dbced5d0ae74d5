"""What a picture model needs, whether it fits, and how it is placed: worked out from headers before anything is loaded.

The ladder goes from everything in the device's memory down to one block at a time; below its last rung a smaller picture
is offered, never silently taken. Pure arithmetic; imports no engine library.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from pathlib import Path

from sfumato.errors import NoMemory, SfumatoError
from sfumato.model_catalog import PictureFacts
from sfumato_models.file_headers import read_header
from sfumato_models.folder_weights import part_weights, variant_of
from sfumato_models.hardware import GIB, in_gib
from sfumato_models.installed import InstalledModel

log = logging.getLogger(__name__)
# Bytes a pixel takes at most while it is decoded, and a token of the denoiser while it is computed, for 16-bit numbers;
# see `tests/bench/gpu.py`, which prints them beside what was measured.
DECODE_BYTES_PER_PIXEL = 4000
DENOISE_BYTES_PER_PIXEL = 1400
# Pixels of a tile's side at most, where there is no room to decode all of a picture at once: so a tile of a picture of
# 1024x1024 takes less than its denoising. And bytes of a pixel for putting tiles together.
TILE_SIDE = 576
JOINING_BYTES_PER_PIXEL = 48
# A model smaller than this is painted on the processor before a GPU has woken up; and so it stays the same everywhere.
SMALL_PARAMETERS = 100_000_000
RESERVE_BYTES = GIB // 2  # the libraries' own, and what the screen needs


class Placement(StrEnum):
    """Where a model's parts stay, from the fastest to the most frugal, and last in fewer bits, which changes pictures."""

    RESIDENT = "resident"
    ENCODERS_ASIDE = "encoders aside"
    PART_BY_PART = "part by part"
    BLOCK_BY_BLOCK = "block by block"
    EIGHT_BITS = "eight bits"


PLACEMENT_WORDS = {
    Placement.RESIDENT: "all of the model stays loaded",
    Placement.ENCODERS_ASIDE: "the text encoders wait in the machine's memory; a new text takes a moment longer",
    Placement.PART_BY_PART: "one part at a time is on the device; every picture takes some seconds longer",
    Placement.BLOCK_BY_BLOCK: "the model streams through the device block by block; pictures take several times as long",
    Placement.EIGHT_BITS: "its largest part is kept in 8 bits and widened layer by layer; pictures differ a little from those in full width",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Parameters of a model's parts. `quantised_bytes` is what a denoiser takes whose numbers stay as they are stored."""

    denoiser: int
    encoders: int
    autoencoder: int
    quantised_bytes: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.denoiser + self.encoders + self.autoencoder


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes of the parts at a number's width (the denoiser also in 8 bits), and of the work on one picture: denoising, then

    decoding, all at once or in tiles.
    """

    denoiser: int
    encoders: int
    autoencoder: int
    denoising: int
    decoding: int
    eight_bits: int
    decoding_tiles: int

    @property
    def in_tiles(self) -> Need:
        """The same where the picture is decoded in tiles."""
        return replace(self, decoding=self.decoding_tiles)

    @property
    def work(self) -> int:
        """The larger of the two, as decoding comes after denoising."""
        return max(self.denoising, self.decoding)

    def on_device(self, placement: Placement) -> int:
        """Bytes of the device's memory that are needed at the same time."""
        work = self.work
        match placement:
            case Placement.RESIDENT:
                needed = self.denoiser + self.encoders + self.autoencoder + work
            case Placement.ENCODERS_ASIDE:  # they read a text before the work begins, and go
                needed = self.denoiser + self.autoencoder + max(self.encoders, work)
            case Placement.PART_BY_PART:
                needed = max(self.encoders, self.denoiser + self.denoising, self.autoencoder + self.decoding)
            case Placement.BLOCK_BY_BLOCK:
                needed = max(self.denoiser, self.encoders) // 10 + self.autoencoder + work
            case Placement.EIGHT_BITS:
                needed = self.eight_bits + self.encoders + self.autoencoder + work
        return needed + RESERVE_BYTES

    def between_pictures(self, placement: Placement) -> int:
        """Bytes of the device's memory that a placed model holds while nothing is painted."""
        match placement:
            case Placement.RESIDENT:
                held = self.denoiser + self.encoders + self.autoencoder
            case Placement.ENCODERS_ASIDE:
                held = self.denoiser + self.autoencoder
            case Placement.EIGHT_BITS:
                held = self.eight_bits + self.encoders + self.autoencoder
            case Placement.PART_BY_PART | Placement.BLOCK_BY_BLOCK:
                held = 0
        return held + RESERVE_BYTES

    def in_memory(self, placement: Placement) -> int:
        """Bytes of the machine's memory that are needed beside the device."""
        aside = {Placement.RESIDENT: 0, Placement.EIGHT_BITS: 0, Placement.ENCODERS_ASIDE: self.encoders}
        return aside.get(placement, self.denoiser + self.encoders + self.autoencoder)


@dataclass(frozen=True, slots=True)
class Fit:
    """A placement that fits, in words for a person; for a picture that is decoded `in_tiles` or all at once."""

    placement: Placement
    needed_bytes: int
    free_bytes: int
    in_tiles: bool = False

    @property
    def sentence(self) -> str:
        """What stays where, and what it costs."""
        tiles = "; the picture is decoded in tiles, which differ a little from the whole" if self.in_tiles else ""
        needed, free = in_gib(self.needed_bytes), in_gib(self.free_bytes)
        return f"Needs {needed} of {free} free: {PLACEMENT_WORDS[self.placement]}{tiles}."


def parts_of(path: Path, transformer: Path | None = None, components: Mapping[str, Path] | None = None) -> Parts:
    """Parameters by part, from the headers of a diffusers folder or a single file. A `transformer` and `components` (by their

    names in the pipeline) are in files of their own.

    Raises:
        SfumatoError: if a file is damaged.
    """
    if path.is_file():
        return _parts_of_file(path)
    counts = {"denoiser": 0, "encoders": 0, "autoencoder": 0}
    variant, quantised_bytes = variant_of(path), 0
    for folder in sorted(entry for entry in path.iterdir() if entry.is_dir()):
        part = _part_of_folder(folder.name)
        if part and not (transformer and part == "denoiser"):
            counts[part] += sum(read_header(file).parameters for file in part_weights(folder, variant))
    for name, file in (components or {}).items():
        counts[_part_of_folder(name) or "encoders"] += read_header(file).parameters
    if transformer:
        header = read_header(transformer)
        counts["denoiser"] = header.parameters
        quantised_bytes = header.size_bytes if header.kind == "gguf" else 0
    return Parts(**counts, quantised_bytes=quantised_bytes)


def need(parts: Parts, bits: int, width: int, height: int) -> Need:
    """What painting one picture of that size (pixels) takes with numbers of so many bits."""
    pixels, wide = width * height, bits / 16
    # small models work on fewer channels
    scale = min(1.0, parts.autoencoder / 80_000_000)
    decode = DECODE_BYTES_PER_PIXEL * pixels * wide * scale
    tile = DECODE_BYTES_PER_PIXEL * min(width, TILE_SIDE) * min(height, TILE_SIDE) * wide * scale
    tiles = min(decode, tile + JOINING_BYTES_PER_PIXEL * pixels)
    denoise = DENOISE_BYTES_PER_PIXEL * pixels * wide * min(1.0, parts.denoiser / 860_000_000)
    size = bits // 8
    denoiser = parts.quantised_bytes or parts.denoiser * size
    eight_bits = parts.quantised_bytes or parts.denoiser
    kept = (denoiser, parts.encoders * size, parts.autoencoder * size)
    return Need(*kept, int(denoise), int(decode), eight_bits, int(tiles))


def wanted_on_card(model: InstalledModel) -> int:
    """Bytes of a graphics card that a painter is best left, so that all of it stays there; 0 for one that paints without."""
    parts, facts = _known_parts(model), model.spec.picture
    if facts is None or parts is None or parts.total < SMALL_PARAMETERS:
        return 0
    return need(parts, 16, facts.width, facts.height).on_device(Placement.RESIDENT)


def wanted_in_memory(model: InstalledModel, graphics_gib: float | None = None) -> int:
    """Bytes of the machine's memory that a model takes at full width, by its headers, before it was ever loaded.

    Of a painter that a card of `graphics_gib` holds these are the parts that wait beside the card.
    """
    parts, facts = _known_parts(model), model.spec.picture
    if facts is None or parts is None:
        return model.size_bytes + RESERVE_BYTES
    if graphics_gib and parts.total >= SMALL_PARAMETERS:
        needed = need(parts, 16, facts.width, facts.height)
        if found := fit(needed, int(graphics_gib * GIB), 2**62, full_width(Placement)):
            return beside_card(needed, found.placement)
    bits = 32 if "float32" in facts.dtypes else 16
    return need(parts, bits, facts.width, facts.height).on_device(Placement.RESIDENT)


def beside_card(needed: Need, placement: Placement) -> int:
    """Bytes of the machine's memory that a painter takes which computes on a card of its own."""
    return needed.in_memory(placement) + RESERVE_BYTES


def full_width(placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """Those that leave the pictures as they are."""
    return tuple(placement for placement in placements if placement is not Placement.EIGHT_BITS)


def fit(
    needed: Need, device_free: int, memory_free: int, placements: Iterable[Placement] = Placement,
    in_tiles: tuple[bool, ...] = (False, True),
) -> Fit | None:  # fmt: skip
    """The first placement that fits into the free bytes of the device and of the machine; None if none does.

    Decoding in tiles comes after every placement that leaves pictures as they are, and before fewer bits.
    """
    ways = sorted(product(in_tiles, placements), key=lambda way: way[1] is Placement.EIGHT_BITS)
    for is_tiled, placement in ways:
        on_device = (needed.in_tiles if is_tiled else needed).on_device(placement)
        if on_device <= device_free and needed.in_memory(placement) <= memory_free:
            return Fit(placement, on_device, device_free, is_tiled)
    return None


def require_fit(
    parts: Parts, bits: int, facts: PictureFacts, size: tuple[int, int], device_free: int, memory_free: int,
    placements: tuple[Placement, ...] = tuple(Placement), in_tiles: tuple[bool, ...] = (False, True),
) -> Fit:  # fmt: skip
    """As `fit`, for a picture of `size`.

    Raises:
        SfumatoError: with the largest size that fits, or with what would help if none does.
    """
    needed = need(parts, bits, *size)
    found = fit(needed, device_free, memory_free, placements, in_tiles)
    if found:
        return found
    least = min(needed.in_tiles.on_device(placement) for placement in placements)
    offered = largest_size(parts, bits, facts, size, device_free, memory_free, placements)
    hint = (
        f"Paint {offered[0]}x{offered[1]} instead, which fits, or close other programs."
        if offered
        else "Close other programs, or choose a smaller or quantised model."
    )
    raise NoMemory(
        f"A picture of {size[0]}x{size[1]} needs {in_gib(least)}, and {in_gib(device_free)} are free.",
        hint,
        offer=offered,
    )


def largest_size(
    parts: Parts, bits: int, facts: PictureFacts, size: tuple[int, int], device_free: int, memory_free: int,
    placements: tuple[Placement, ...] = tuple(Placement),
) -> tuple[int, int] | None:  # fmt: skip
    """The largest size of about that shape, smaller than it, that the model can paint and that fits."""
    for smaller in _smaller_sizes(facts, size):
        if fit(need(parts, bits, *smaller), device_free, memory_free, placements):
            return smaller
    return None


def _known_parts(model: InstalledModel) -> Parts | None:
    """A painter's parts; None for a writer and for files that cannot be read, which is told when they are loaded."""
    if model.spec.picture is None:
        return None
    try:
        return parts_of(model.folder or model.path, model.transformer, model.components)
    except (SfumatoError, OSError) as error:
        log.warning("%s is not measured: %s", model.spec.id, error)
        return None


def _smaller_sizes(facts: PictureFacts, size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    multiple = facts.size_multiple
    for width in range((size[0] - 1) // multiple * multiple, facts.min_side - 1, -multiple):
        height = width * size[1] // size[0] // multiple * multiple
        if height < facts.min_side:
            return
        yield width, height


def _part_of_folder(name: str) -> str | None:
    if name in ("unet", "transformer", "transformer_2"):
        return "denoiser"
    if name == "vae":
        return "autoencoder"
    return "encoders" if name.startswith("text_encoder") else None


def _parts_of_file(file: Path) -> Parts:
    """Of a single file, by the prefixes that every checkpoint of Stable Diffusion has."""
    header = read_header(file)
    counts = {"denoiser": 0, "encoders": 0, "autoencoder": 0}
    for name, shape in header.shapes.items():
        part = "autoencoder" if name.startswith(("first_stage_model.", "vae.")) else "denoiser"
        if name.startswith(("cond_stage_model.", "conditioner.", "text_encoder")):
            part = "encoders"
        counts[part] += math.prod(shape)
    if not header.shapes:
        raise SfumatoError(f"The model file {file.name} holds no weights.", "Get it again.")
    return Parts(**counts)
