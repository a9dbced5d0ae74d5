"""Which of torch's own kernels computes attention. Others, from packages or the hub, are never used.

UNets and transformers alike ask torch's scaled dot product attention (in diffusers' words: the native backend), so its
switches reach all families. What a kernel does not know (masks, widths of heads, numbers) the plain one computes, so a
kernel that is missing costs speed and nothing else. Lives in an engine process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from torch.nn.attention import SDPBackend, sdpa_kernel

from sfumato_models.hardware import Device

Attention = Literal["sdpa", "flash", "efficient", "math"]  # the first one: as torch chooses
ATTENTIONS: tuple[Attention, ...] = get_args(Attention)
_KERNELS = {
    "flash": [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH],
    "efficient": [SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH],
    "math": [SDPBackend.MATH],
}


def attentions_on(device: Device) -> tuple[Attention, ...]:
    """What could be used on a device beside torch's own choice. cuDNN's differs from run to run and is left out."""
    match device.kind:
        case "cuda" | "rocm":
            return ("flash", "efficient", "math")
        case "cpu" | "xpu":
            return ("math",)
    return ()


@contextmanager
def attending(attention: Attention) -> Iterator[None]:
    """Within it attention is computed this way, in the whole process."""
    if attention == "sdpa":
        yield
        return
    with sdpa_kernel(_KERNELS[attention]):
        yield
