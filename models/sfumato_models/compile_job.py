"""Building the compiled blocks of a painter, in a process of its own, and comparing them with the usual ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato_models.compiled_engines import BuildStep, Built, missing_for_compiling
from sfumato_models.hardware import available_bytes
from sfumato_models.memory import wanted_on_card
from sfumato_models.supervisor import POLL_S, EngineProcess
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
    writer: EngineProcess | None = None,
    graphics_gib: float | None = None,
    available: Callable[[], int] = available_bytes,
) -> Built:
    """Build the blocks of a painter in a process of its own, and compare.

    `beside` is the painter that may be in use meanwhile, with its `writer`. Where not all fit into memory, they give their
    own back first, and what is asked of them then ends the building. `available` gives the free bytes of the machine's
    memory.

    Raises:
        SfumatoError: if something is missing here, there is no room, or the model cannot be compiled.
        TurnCancelled: after a stop.
    """
    missing = what_is_missing(spec, graphics_gib)
    if missing:
        raise missing
    process = EngineProcess(replace(spec, compiled=False))
    needs_card = is_on_card(spec, graphics_gib)
    wanted: list[str] = []  # what an engine that gave its memory back was asked for meanwhile

    def end(work: str) -> None:
        wanted.append(work)
        cancel.cancel()
        process.close()

    try:
        with ExitStack() as resting:
            for engine, work in ((beside, "picture"), (writer, "message")):
                on_card = needs_card and engine is beside
                if engine and (on_card or not has_room(process, available(), graphics_gib)):
                    resting.enter_context(_before_loading(engine, partial(end, work)))
                    _let_go(engine, work, cancel)
            return _built(process, cancel, on_step)
    except TurnCancelled as stopped:
        if not wanted:
            raise
        raise SfumatoError(
            f"A {wanted[0]} needed the memory, so trying compiled blocks was stopped.", "Try it again later."
        ) from stopped
    finally:
        process.close()


def _built(process: EngineProcess, cancel: CancelToken, on_step: Callable[[BuildStep], None]) -> Built:
    on_step(BuildStep("loading"))
    process.call("load", cancel=cancel)
    if process.notice:  # what is built on the processor instead says nothing about the card
        raise process.notice
    built: Built = process.call("build", on_event=on_step, cancel=cancel)
    return built


@contextmanager
def _before_loading(engine: EngineProcess, end: Callable[[], None]) -> Iterator[None]:
    """Within it, the building is ended before an engine loads again."""
    usual_room = engine.make_room

    def make_room() -> None:
        end()
        usual_room()

    engine.make_room = make_room
    try:
        yield
    finally:
        engine.make_room = usual_room


def _let_go(engine: EngineProcess, work: str, cancel: CancelToken) -> None:
    """Have an engine give its memory back, after its work for a while. Raises as `build_compiled`."""
    until = time.monotonic() + SENTENCE_S
    while not engine.let_go(POLL_S):
        cancel.raise_if_cancelled()
        if time.monotonic() > until:
            raise SfumatoError(f"There is no memory for this beside the {work} being worked on.", "Try it afterwards.")
