"""The devices of this machine as torch finds them, how they are set up to repeat bit for bit, and their free memory.

Asking a driver can take seconds and can fail in any way, so this is done in an engine process only.
"""

from __future__ import annotations

import gc
import os
import platform
import re
from collections.abc import Iterator
from typing import Any

import torch

from sfumato_models.hardware import (
    Device,
    Number,
    available_bytes,
    has_amd_card,
    processor_name,
    total_bytes,
)
from sfumato_models.nvidia import find_nvidia_card, why_unused

OLDEST_CUDA = (5, 0)


def find_devices() -> tuple[Device, ...]:
    """All devices, the fastest first; the processor is always the last one."""
    return (*_cuda(), *_xpu(), *_mps(), _cpu())


def unused_hardware() -> tuple[str, ...]:
    """One sentence for every graphics card that is there and cannot be used, and what would help."""
    lines = []
    if (card := find_nvidia_card()) and not torch.cuda.is_available():
        lines.append(why_unused(card, torch.version.cuda))
    if has_amd_card() and torch.version.hip is None:
        lines.append(
            "There is an AMD card, which the engine libraries here do not use. A PyTorch for ROCm, installed in the place of"
            " theirs, would."
        )
    lines += (
        f"The {facts.name} is too old for the engine libraries here, so pictures are painted without it. Nothing is wrong with"
        " your machine; only a newer card would help."
        for facts in _cards()
        if _is_too_old(facts)
    )
    return tuple(lines)


def refresh(device: Device) -> int:
    """Bytes that are free on a device now; what torch keeps for later counts as free."""
    if device.backend.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device.backend)
        kept = torch.cuda.memory_reserved(device.backend) - torch.cuda.memory_allocated(device.backend)
        return int(free + kept)
    return available_bytes() if device.kind in ("cpu", "mps") else device.free_bytes


def set_up(device: Device) -> None:
    """Before the first kernel: no shortcut that changes bits from one run to the next."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cuda.enable_cudnn_sdp(False)  # its results differ from run to run
    if device.backend.startswith("cuda"):
        torch.cuda.set_device(device.backend)


def is_out_of_memory(error: BaseException) -> bool:
    """True for every way in which torch says that there is no memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    told = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        words in told for words in ("out of memory", "not enough memory", "can't allocate memory", "alloc_cpu")
    )


def is_gone(error: BaseException) -> bool:
    """True when a device has failed in a way that only a new process mends (sticky CUDA errors)."""
    told = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        words in told for words in ("cuda error", "hip error", "device-side assert", "device lost", "xpu error")
    )


def give_back_memory() -> None:
    """Let go of everything torch keeps for later."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def _cards() -> list[Any]:
    """What torch tells of every card of NVIDIA or AMD, by its index."""
    if not torch.cuda.is_available():
        return []
    return [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]


def _is_too_old(facts: Any) -> bool:
    """These libraries have no code for it: computing on it would fail as if the card were gone."""
    built = [int(found[1]) for name in torch.cuda.get_arch_list() if (found := re.match(r"sm_(\d+)", name))]
    oldest = divmod(min(built), 10) if built else OLDEST_CUDA
    return torch.version.hip is None and (facts.major, facts.minor) < oldest


def _cuda() -> Iterator[Device]:
    is_amd = torch.version.hip is not None
    for index, facts in enumerate(_cards()):
        if _is_too_old(facts):
            continue
        free, total = torch.cuda.mem_get_info(index)
        numbers: tuple[Number, ...] = ("float16", "float32")
        if is_amd or facts.major >= 8:
            numbers = ("bfloat16", "float16", "float32")
        driver = f"ROCm {torch.version.hip}" if is_amd else f"CUDA {torch.version.cuda}"
        yield Device("rocm" if is_amd else "cuda", f"cuda:{index}", facts.name, total, free, numbers, driver)


def _xpu() -> Iterator[Device]:
    if not (hasattr(torch, "xpu") and torch.xpu.is_available()):
        return
    for index in range(torch.xpu.device_count()):
        facts = torch.xpu.get_device_properties(index)
        total = int(facts.total_memory)
        yield Device("xpu", f"xpu:{index}", facts.name, total, total, ("bfloat16", "float16", "float32"))


def _mps() -> Iterator[Device]:
    if torch.backends.mps.is_available():
        limit = int(torch.mps.recommended_max_memory())
        yield Device("mps", "mps", platform.processor() or "Apple", limit, limit, ("bfloat16", "float16", "float32"))


def _cpu() -> Device:
    return Device("cpu", "cpu", processor_name(), total_bytes(), available_bytes(), ("float32", "bfloat16"))
