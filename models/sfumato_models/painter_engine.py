"""The painter behind the calls of its process, and the comparison that says whether compiled blocks are worth it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfumato.compile import CompiledPrompt
from sfumato.engine import CancelToken, Painting, Pixels
from sfumato.errors import SfumatoError
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, RenderSettings, Route
from sfumato_models.compiled_engines import Built
from sfumato_models.compiling import PLACEMENTS, CompileError, compile_blocks
from sfumato_models.devices import give_back_memory
from sfumato_models.families import first_route
from sfumato_models.hardware import PainterReport
from sfumato_models.painter import DiffusersPainter

COMPARED_STEPS = 4
COMPARED_PICTURES = 3  # of which the quickest counts


class PainterEngine:
    """A `DiffusersPainter` behind the calls of its process: `load` and `paint`."""

    def __init__(self, painter: DiffusersPainter) -> None:
        self._painter = painter

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> Painting | PainterReport | Built | None:
        """`load()` has loaded by being called; `report()` says how; `build()` compiles its blocks and compares.

        `paint(recipe, parent)` paints, with previews as events.
        """
        if method == "load":
            return None
        if method == "report":
            return self._painter.report()
        if method == "build":
            return build(self._painter, cancel)
        recipe, parent = arguments
        return self._painter.paint(recipe, parent, send_event, cancel)

    @property
    def memory_bytes(self) -> int:
        """As `Engine.memory_bytes`."""
        return self._painter.loaded.memory_bytes

    def close(self) -> None:
        """Give the memory back."""
        del self._painter
        give_back_memory()


def build(painter: DiffusersPainter, cancel: CancelToken) -> Built:
    """Paint some steps as usual, compile the blocks, and paint the same again.

    Raises:
        SfumatoError: if the model cannot be compiled, or as `DiffusersPainter.paint`.
        TurnCancelled: after a stop.
    """
    loaded = painter.loaded
    if loaded.setup.fit.placement not in PLACEMENTS:
        raise SfumatoError(
            f"{loaded.family.title} has no room to stay whole in memory here, so it cannot be compiled.",
            "It is painted as before.",
        )
    facts, route = loaded.facts, first_route(loaded.family)
    settings = RenderSettings(
        facts.width, facts.height, min(facts.steps, COMPARED_STEPS), facts.guidance_scale, facts.scheduler, "build"
    )
    wish = Recipe(ImagePrompt(subject="a boat"), CompiledPrompt("a boat", ""), settings, 7, route)
    grey = bytes([128]) * (4 * facts.width * facts.height)
    parent = None if route is Route.TEXT_TO_IMAGE else Pixels(facts.width, facts.height, grey)

    def paint() -> tuple[float, Painting]:
        begin = time.perf_counter()
        painted = painter.paint(wish, parent, lambda _: None, cancel)
        return time.perf_counter() - begin, painted

    paint()  # the text is read once
    usual_s = min(paint()[0] for _ in range(COMPARED_PICTURES))
    pipe = loaded.pipelines.get(route)
    compile_blocks(pipe.unet if loaded.family.denoiser == "unet" else pipe.transformer, loaded.family.title)
    loaded.setup = replace(loaded.setup, is_compiled=True)
    try:
        build_s, first = paint()
    except SfumatoError as error:
        if isinstance(error.__cause__, CompileError):
            raise SfumatoError(
                f"{loaded.family.title} cannot be compiled here.", "It is painted as before.", error.detail
            ) from error
        raise
    again = [paint() for _ in range(COMPARED_PICTURES)]
    repeats = all(painted.pixels == first.pixels for _, painted in again)
    return Built(build_s, usual_s, min(seconds for seconds, _ in again), repeats)
