"""Two engines whose models do not fit into memory together take turns: before one loads, the other gives its memory back.

Knows sizes on disk only, and how much memory is free. Imports no engine library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sfumato_models.hardware import GIB, available_bytes
from sfumato_models.installed import InstalledModel
from sfumato_models.supervisor import EngineProcess

log = logging.getLogger(__name__)
RESERVE_BYTES = GIB // 2  # the libraries' own, and what is computed
# The painter is asked while the writer may still be at its sentence. The writer never waits for the painter, so that
# the two cannot wait for each other.
SENTENCE_S = 60.0


def take_turns(writer: EngineProcess, painter: EngineProcess, available: Callable[[], int] = available_bytes) -> None:
    """From now on each makes room for itself where both do not fit; `available` gives the free bytes."""
    writer.make_room = partial(_make_room, writer, painter, 0.0, available)
    painter.make_room = partial(_make_room, painter, writer, SENTENCE_S, available)


def has_room(model: InstalledModel, available: int) -> bool:
    """True where a model fits into so many free bytes."""
    return available >= model.size_bytes + RESERVE_BYTES


def _make_room(process: EngineProcess, other: EngineProcess, wait_s: float, available: Callable[[], int]) -> None:
    if not other.is_loaded or has_room(process.spec.model, available()):
        return
    log.info("no room for the %s beside the %s", process.spec.kind, other.spec.kind)
    other.let_go(wait_s)
