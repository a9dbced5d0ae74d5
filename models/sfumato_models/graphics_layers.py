"""How much of a writer goes to a graphics card: as many of its layers as there is room for beside what the painter needs.

Sizes come from the file's header. Asks llama.cpp for the card, so it lives in an engine process.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass

import llama_cpp
from llama_cpp._ggml import libggml

from sfumato_models.file_headers import FileHeader
from sfumato_models.hardware import in_gib
from sfumato_models.memory import RESERVE_BYTES

_GPU = (1, 2)  # ggml_backend_dev_type: a card of its own, one in the processor
_BLOCK = re.compile(r"^blk\.(\d+)\.")
_KEY_BYTES = 2  # llama.cpp keeps keys and values in 16 bits


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card as llama.cpp sees it."""

    title: str
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Layers:
    """`on_card` of `total` layers go to the card; `sentence` says so, and why not all."""

    on_card: int
    total: int
    sentence: str


def find_card() -> Card | None:
    """The first graphics card that this build of llama.cpp can use."""
    if not llama_cpp.llama_supports_gpu_offload():
        return None
    libggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    libggml.ggml_backend_dev_description.restype = ctypes.c_char_p
    for index in range(libggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(libggml.ggml_backend_dev_get(ctypes.c_size_t(index)))
        if libggml.ggml_backend_dev_type(device) in _GPU:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            libggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            return Card(libggml.ggml_backend_dev_description(device).decode("utf-8", "replace"), free.value)
    return None


def layers_for(
    header: FileHeader, size_bytes: int, context_tokens: int, card: Card | None, spared_bytes: int
) -> Layers:
    """How the layers of a GGUF model of that size are shared out; `spared_bytes` of the card are left to the painter."""
    total = block_count(header)
    if card is None or not total:
        return Layers(0, total, "It writes on the processor.")
    each = size_bytes / total + _kept_bytes(header, context_tokens)
    room = card.free_bytes - spared_bytes - RESERVE_BYTES
    fitting = max(0, min(total, int(room / each)))
    if fitting == total:
        return Layers(total, total, f"All of its {total} layers are on the {card.title}.")
    told = f"{in_gib(each * total)} would put all of it on the {card.title}; {in_gib(max(0, room))} are free beside the painter"
    if not fitting:
        return Layers(0, total, f"It writes on the processor: {told}.")
    return Layers(
        fitting, total, f"{fitting} of its {total} layers are on the card, the others on the processor: {told}."
    )


def block_count(header: FileHeader) -> int:
    """Layers of a GGUF model, also where this file holds the first of them only."""
    for name, value in header.metadata.items():
        if name.endswith(".block_count"):
            return int(value)
    found = [int(match[1]) for name in header.shapes if (match := _BLOCK.match(name))]
    return max(found, default=-1) + 1


def _kept_bytes(header: FileHeader, context_tokens: int) -> float:
    """Bytes of keys and values that a layer keeps for a whole context."""
    shape = header.shapes.get("blk.0.attn_k.weight", ())
    return 2 * _KEY_BYTES * context_tokens * (min(shape) if shape else 0)
