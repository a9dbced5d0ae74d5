"""What a machine has, as plain values that cross the pipe, and how much memory is free. Imports no engine library."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Number = Literal["float32", "bfloat16", "float16"]
BITS: dict[Number, int] = {"float32": 32, "bfloat16": 16, "float16": 16}
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Device:
    """Something that computes. `backend` is torch's word for it; of a CPU the memory is the machine's.

    `numbers` are those it computes well with, best first.
    """

    kind: Literal["cuda", "rocm", "mps", "xpu", "cpu"]
    backend: str
    name: str
    memory_bytes: int
    free_bytes: int
    numbers: tuple[Number, ...] = ("float32",)
    driver: str = ""

    @property
    def title(self) -> str:
        """The device in words."""
        kinds = {"cuda": "NVIDIA GPU", "rocm": "AMD GPU", "mps": "Apple GPU", "xpu": "Intel GPU", "cpu": "processor"}
        return f"{self.name} ({kinds[self.kind]})"


@dataclass(frozen=True, slots=True)
class PainterReport:
    """What the painter's process found (`devices`, the fastest first), and how the chosen model is loaded.

    `sentence` says what stays where; `advice` what would be better; `speed` why these numbers, where that was measured;
    `left_out` what the model brings and is not used.
    """

    devices: tuple[Device, ...]
    device: Device
    title: str
    number: Number
    placement: str
    sentence: str
    advice: tuple[str, ...] = ()
    speed: str = ""
    is_compiled: bool = False
    left_out: tuple[str, ...] = ()


def has_nvidia_card() -> bool:
    """True if the system knows of one; whether its driver is good enough only an engine can tell."""
    return os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi") is not None


def has_amd_card() -> bool:
    """True if the system knows of one that computes."""
    return os.path.exists("/dev/kfd")


def available_bytes() -> int:
    """Memory of the machine that programs can still take."""
    if sys.platform.startswith("linux"):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows_memory()[1]
    return total_bytes() // 2  # macOS has no plain figure; half is a careful guess


def total_bytes() -> int:
    """Memory of the machine."""
    if sys.platform == "win32":
        return _windows_memory()[0]
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def processor_name() -> str:
    """The processor's own name, where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def in_gib(size_bytes: float) -> str:
    """A size for a person: “7.5 GiB”, “0.1 GiB”."""
    return f"{size_bytes / GIB:.1f} GiB"


def _windows_memory() -> tuple[int, int]:
    """Total and available bytes (GlobalMemoryStatusEx)."""

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "available", "a", "b", "c", "d", "e")),
        )

    status = Status(length=ctypes.sizeof(Status))
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return int(status.total), int(status.available)
