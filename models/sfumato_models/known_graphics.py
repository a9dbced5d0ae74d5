"""The graphics memory that the painter's process found last, remembered in a small file.

So the models page and the command line can say what fits without an engine library or an engine process.
"""

from __future__ import annotations

import json
from pathlib import Path

from sfumato.paths import replace_file
from sfumato_models.hardware import GIB, PainterReport


def graphics_gib(report: PainterReport) -> float | None:
    """Memory of the largest graphics card that the painter can use, if any."""
    cards = [device.memory_bytes for device in report.devices if device.kind != "cpu"]
    return max(cards) / GIB if cards else None


def remember_graphics(report: PainterReport, file: Path) -> None:
    """Keep it for the next look. Raises OSError as the operating system says."""
    found = graphics_gib(report)
    if known_graphics(file) != found or not file.exists():
        replace_file(file, json.dumps({"graphics_gib": found}).encode())


def known_graphics(file: Path) -> float | None:
    """What was found last; None where that was no card, or nothing can be read: then the processor is counted on."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))["graphics_gib"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(found) if isinstance(found, int | float) and 0 < found < 10_000 else None
