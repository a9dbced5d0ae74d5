"""Two engines whose models do not fit into memory together take turns: before one loads, the other gives its memory back.

What a model takes is what its engine said when it was loaded last, before that an estimate from its headers (`memory.py`).
Imports no engine library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sfumato.errors import EngineDied
from sfumato_models.hardware import available_bytes
from sfumato_models.memory import wanted_in_memory
from sfumato_models.supervisor import EngineProcess

log = logging.getLogger(__name__)
# The painter is asked while the writer may still be at its sentence. The writer never waits for the painter, so that
# the two cannot wait for each other.
SENTENCE_S = 60.0


def take_turns(
    writer: EngineProcess,
    painter: EngineProcess,
    available: Callable[[], int] = available_bytes,
    graphics_gib: float | None = None,
) -> None:
    """From now on each makes room for itself where both do not fit.

    `available` gives the free bytes of the machine's memory; `graphics_gib` is the memory of a card of its own, if any.
    """
    writer.make_room = partial(_make_room, writer, painter, 0.0, available, graphics_gib)
    painter.make_room = partial(_make_room, painter, writer, SENTENCE_S, available, graphics_gib)


def has_room(process: EngineProcess, available: int, graphics_gib: float | None = None) -> bool:
    """True where the model of an engine fits into so many free bytes, in its usual numbers."""
    needed = process.memory_bytes
    return available >= (wanted_in_memory(process.spec.model, graphics_gib) if needed is None else needed)


def _make_room(
    process: EngineProcess,
    other: EngineProcess,
    wait_s: float,
    available: Callable[[], int],
    graphics_gib: float | None,
) -> None:
    if not other.is_loaded or has_room(process, available(), graphics_gib):
        return
    log.info("no room for the %s beside the %s", process.spec.kind, other.spec.kind)
    try:
        other.let_go(wait_s)
    except EngineDied as error:  # then its memory is free as well, and it says so when it is asked next
        log.warning("%s | %s", error, error.detail)
