"""Building the compiled blocks of a painter, in a process of its own, and comparing them with the usual ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato_models.compiled_engines import BuildStep, Built, missing_for_compiling
from sfumato_models.hardware import available_bytes
from sfumato_models.memory import wanted_on_card
from sfumato_models.supervisor import EngineProcess
from sfumato_models.taking_turns import SENTENCE_S, has_room
from sfumato_models.worker import EngineSpec


def is_on_card(spec: EngineSpec, graphics_gib: float | None) -> bool:
    """True where a graphics card computes the model, as far as it is known without asking an engine."""
    has_card = graphics_gib is not None or sys.platform == "darwin"
    return has_card and wanted_on_card(spec.model) > 0


def what_is_missing(spec: EngineSpec, graphics_gib: float | None) -> SfumatoError | None:
    """As `missing_for_compiling`, for this painter."""
    needs_triton = is_on_card(spec, graphics_gib) and sys.platform != "darwin"
    return missing_for_compiling(needs_triton, spec.libraries)


def build_compiled(
    spec: EngineSpec,
    cancel: CancelToken,
    on_step: Callable[[BuildStep], None] = lambda _: None,
    beside: EngineProcess | None = None,
    graphics_gib: float | None = None,
    available: Callable[[], int] = available_bytes,
) -> Built:
    """Build the blocks of a painter in a process of its own, and compare.

    `beside` is the painter that may be in use meanwhile. Where both do not fit into memory, it gives its own back first,
    and a picture that is painted by it ends the building. `available` gives the free bytes of the machine's memory.

    Raises:
        SfumatoError: if something is missing here, there is no room, or the model cannot be compiled.
        TurnCancelled: after a stop.
    """
    missing = what_is_missing(spec, graphics_gib)
    if missing:
        raise missing
    process = EngineProcess(replace(spec, compiled=False))
    if is_on_card(spec, graphics_gib) or not has_room(process, available(), graphics_gib):
        if beside and not beside.let_go(SENTENCE_S):
            raise SfumatoError("There is no memory for this beside the picture being painted.", "Try it afterwards.")
    else:
        beside = None  # both fit
    try:
        return _built(process, cancel, on_step, beside)
    finally:
        process.close()


def _built(
    process: EngineProcess, cancel: CancelToken, on_step: Callable[[BuildStep], None], resting: EngineProcess | None
) -> Built:
    """The building itself; a `resting` painter that is asked for a picture ends it."""
    on_step(BuildStep("loading"))
    built: Built
    if resting is None:
        built = process.call("build", on_event=on_step, cancel=cancel)
        return built
    is_wanted = CancelToken()
    usual_room = resting.make_room

    def make_room() -> None:
        is_wanted.cancel()
        cancel.cancel()
        process.close()
        usual_room()

    resting.make_room = make_room
    try:
        built = process.call("build", on_event=on_step, cancel=cancel)
    except TurnCancelled as stopped:
        if not is_wanted.is_cancelled:
            raise
        raise SfumatoError(
            "A picture needed the memory, so trying compiled blocks was stopped.", "Try it again later."
        ) from stopped
    finally:
        resting.make_room = usual_room
    return built
