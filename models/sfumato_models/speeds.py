"""Which numbers, memory layout and attention are fastest on this machine: measured once on a few layers, and remembered.

Only ways that give equal bits twice are taken. The layers are diffusers' own and as wide as those of real models, but few,
so that measuring takes a second or two once for each device, kind of network, thread count and version of torch. Lives in
an engine process.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor, nn

from sfumato.errors import SfumatoError
from sfumato.paths import replace_file
from sfumato_models.attention import ATTENTIONS, Attention, attending, attentions_on
from sfumato_models.hardware import Device, Number

Kind = Literal["unet", "transformer"]
log = logging.getLogger(__name__)
Layout = Literal["channels last", "contiguous"]
ROUNDS = 3
WORTHWHILE = 0.95  # another way than the usual one must take at most this share of its time
DTYPES: dict[Number, torch.dtype] = {
    "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How layers are computed, and how many seconds the few layers took."""

    number: Number
    layout: Layout
    seconds: float = 0.0
    attention: Attention = "sdpa"


class SpeedBook:
    """What was measured, in a JSON file that need not be there; without one it is measured for this run."""

    def __init__(
        self, file: Path | None = None, measure: Callable[[Kind, Way, str], float | None] | None = None
    ) -> None:
        """`measure` gives the seconds of a way on a backend, None where it fails or does not repeat (`measured`)."""
        self._file = file
        self._measure = measure or measured

    def ways(self, device: Device, kind: Kind, threads: int) -> tuple[Way, ...]:
        """All ways that work on the device, the best first; the usual one is first unless another is clearly faster.

        Raises:
            SfumatoError: if none works.
        """
        key = f"{device.name}, {device.driver or 'cpu'}, {threads} threads, torch {torch.__version__}, {kind}, with attention"
        book = self._read()
        if key not in book:
            book[key] = [asdict(way) for way in self._measured(device, kind)]
            self._keep(book)
        return tuple(Way(**way) for way in book[key])

    def _measured(self, device: Device, kind: Kind) -> list[Way]:
        found = self._working(_candidates(device, kind), device, kind)
        if not found:
            raise SfumatoError(f"The {device.title} computes nothing that repeats.", "Update its driver.", kind)
        usual = found[0]
        quickest = {way.number: way for way in sorted(found, key=lambda way: -way.seconds)}
        others = (replace(way, attention=other) for way in quickest.values() for other in attentions_on(device))
        found += self._working(others, device, kind)
        return sorted(found, key=lambda way: way.seconds if way is usual else way.seconds / WORTHWHILE)

    def _working(self, ways: Iterable[Way], device: Device, kind: Kind) -> list[Way]:
        """Those that can be measured, with their seconds."""
        timed = ((way, self._measure(kind, way, device.backend)) for way in ways)
        return [replace(way, seconds=seconds) for way, seconds in timed if seconds is not None]

    def _keep(self, book: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._file, json.dumps(book, indent=1).encode())
        except OSError as error:  # measured again next time
            log.warning("speeds are not kept: %s", error)

    def _read(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            book = json.loads(self._file.read_text(encoding="utf-8"))
            for ways in book.values():
                if any(Way(**way).attention not in ATTENTIONS for way in ways):
                    return {}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return dict(book)


def measured(kind: Kind, way: Way, backend: str) -> float | None:
    """Seconds of one pass through the few layers, the best of some; None if they fail, overflow or do not repeat."""
    generator = torch.Generator().manual_seed(1)
    layers = _UNetLayers() if kind == "unet" else _TransformerLayers()
    layers = layers.eval().requires_grad_(False).to(backend, DTYPES[way.number])
    if way.layout == "channels last":
        layers = layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    given = tuple(torch.randn(shape, generator=generator).to(backend, DTYPES[way.number]) for shape in layers.shapes)
    try:
        with torch.inference_mode(), attending(way.attention):
            first = layers(*given)
            times, repeats = [], []
            for _ in range(ROUNDS):
                begin = time.perf_counter()
                again = layers(*given)
                repeats.append(bool(torch.equal(first, again)))  # waits for the device too
                times.append(time.perf_counter() - begin)
    except RuntimeError:
        return None
    return min(times) if all(repeats) and bool(torch.isfinite(first).all()) else None


def _candidates(device: Device, kind: Kind) -> Iterator[Way]:
    """The usual way first."""
    layouts: tuple[Layout, ...] = ("channels last", "contiguous") if kind == "unet" else ("contiguous",)
    for number in device.numbers:
        for layout in layouts:
            yield Way(number, layout)


class _UNetLayers(nn.Module):
    """A block of Stable Diffusion's network at its widest picture, for 256x256 pixels."""

    shapes = ((2, 320, 32, 32), (2, 1280), (2, 77, 768))

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.convolutions = ResnetBlock2D(in_channels=320, out_channels=320, temb_channels=1280)
        self.attention = BasicTransformerBlock(320, 8, 40, cross_attention_dim=768)

    def forward(self, cells: Tensor, moment: Tensor, words: Tensor) -> Tensor:
        cells = self.convolutions(cells, moment)
        tokens = cells.permute(0, 2, 3, 1).flatten(1, 2)
        out: Tensor = self.attention(tokens, encoder_hidden_states=words)
        return out


class _TransformerLayers(nn.Module):
    """A block as wide as those of diffusion transformers, for 256 tokens of picture."""

    shapes = ((1, 256, 1536),)

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.block = BasicTransformerBlock(1536, 24, 64)

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.block(tokens)
        return out
