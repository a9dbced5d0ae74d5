"""What this machine has, and which models of the catalogue suit it, with the reason in one line."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from sfumato.model_catalog import ModelSpec

GIB = 2**30
GB = 1e9
# What the system, the window and the other engine take beside a model.
OTHER_GIB = 2.0
# A model of more than this on disk takes minutes a picture on a processor, unless it needs few steps.
QUICK_BYTES = 4_000_000_000
FEW_STEPS = 10


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory and free disk in GiB. `graphics_gib` is the memory of a graphics card that the painter can use, if any."""

    memory_gib: float
    disk_free_gib: float
    graphics_gib: float | None = None


class Fit(IntEnum):
    """How well a model suits a machine; the best comes first."""

    GOOD = 0
    SLOW = 1
    NO = 2


@dataclass(frozen=True, slots=True)
class Advice:
    """How well, and why in one line."""

    fit: Fit
    reason: str


def this_machine(folder: Path, graphics_gib: float | None = None) -> Machine:
    """The memory of this machine and what is free on the disk that holds `folder`, which need not be there yet."""
    near = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return Machine(_memory_bytes() / GIB, shutil.disk_usage(near).free / GIB, graphics_gib)


def advise(spec: ModelSpec, machine: Machine) -> Advice:
    """How well a model suits a machine: graphics memory first, then memory, then the disk."""
    size = spec.source.size_bytes if spec.source else 0
    if size > machine.disk_free_gib * GIB:
        return Advice(
            Fit.NO, f"Needs {size / GB:.1f} GB on the disk; {machine.disk_free_gib * GIB / GB:.1f} GB are free."
        )
    smallest = min(spec.memory_gib.values(), default=0.0)
    if machine.graphics_gib is not None and smallest <= machine.graphics_gib and spec.memory_gib:
        return Advice(Fit.GOOD, f"Fits into the {machine.graphics_gib:.0f} GB of graphics memory.")
    if _can_stream(spec, smallest, machine):
        return Advice(
            Fit.SLOW,
            f"Larger than the {machine.graphics_gib:.0f} GB of graphics memory: parts of it wait in the machine's memory, "
            "so pictures take longer.",
        )
    needed = spec.memory_gib.get("float32", 2 * smallest) if spec.picture else smallest
    if needed + OTHER_GIB > machine.memory_gib:
        return Advice(
            Fit.NO, f"Needs about {needed + OTHER_GIB:.0f} GB of memory; this machine has {machine.memory_gib:.0f}."
        )
    return _on_the_processor(spec, size, needed)


def for_this_machine(specs: Iterable[ModelSpec], machine: Machine) -> list[tuple[ModelSpec, Advice]]:
    """What suits the machine first; otherwise in the order of the catalogue."""
    return sorted(((spec, advise(spec, machine)) for spec in specs), key=lambda pair: pair[1].fit)


def _can_stream(spec: ModelSpec, smallest: float, machine: Machine) -> bool:
    """True where a card paints with parts put aside (`sfumato_models.memory`): the largest part must go into it."""
    if machine.graphics_gib is None or spec.picture is None or not spec.memory_gib:
        return False
    return smallest <= 2 * machine.graphics_gib and smallest + OTHER_GIB <= machine.memory_gib


def _on_the_processor(spec: ModelSpec, size: int, needed: float) -> Advice:
    if spec.writer or size == 0:
        return Advice(Fit.GOOD, f"Runs on the processor with about {max(needed, 0.1):.1f} GB of memory.")
    steps = spec.picture.steps if spec.picture else 1
    told = "one step" if steps == 1 else f"{steps} steps"
    if size > QUICK_BYTES or steps > FEW_STEPS:
        return Advice(Fit.SLOW, f"Fits into memory, but is slow without a graphics card ({told}).")
    return Advice(Fit.GOOD, f"Few steps ({told}): bearable without a graphics card.")


def _memory_bytes() -> int:
    if sys.platform == "win32":
        return _windows_memory_bytes()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _windows_memory_bytes() -> int:
    """`GlobalMemoryStatusEx`: a structure of two 32-bit and seven 64-bit numbers; the second of those is the memory."""
    numbers = (ctypes.c_uint64 * 8)()
    ctypes.cast(numbers, ctypes.POINTER(ctypes.c_uint32))[0] = 64
    ctypes.cdll.kernel32.GlobalMemoryStatusEx(ctypes.byref(numbers))
    return int(numbers[1])
