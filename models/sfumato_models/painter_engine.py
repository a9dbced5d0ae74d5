"""The painter behind the calls of its process, and the comparison that says whether compiled blocks are worth it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sfumato.compile import CompiledPrompt
from sfumato.engine import CancelToken, Painting, Pixels
from sfumato.errors import SfumatoError
from sfumato.prompt import ImagePrompt
from sfumato.recipe import BLOCKS, ENGINE, Recipe, RenderSettings, Route
from sfumato_models.compiled_engines import BuildStep, Built
from sfumato_models.compiling import CompileError
from sfumato_models.devices import give_back_memory
from sfumato_models.families import first_route
from sfumato_models.hardware import PainterReport
from sfumato_models.loading import LoadedModel
from sfumato_models.painter import DiffusersPainter
from sfumato_models.painting_times import remember_picture

COMPARED_STEPS = 4
COMPARED_PICTURES = 3  # of which the quickest counts


class PainterEngine:
    """A `DiffusersPainter` behind the calls of its process: `load` and `paint`."""

    def __init__(self, painter: DiffusersPainter, notes: Path | None = None) -> None:
        """How long its pictures take is kept in the folder `notes`."""
        self._painter = painter
        self._notes = notes

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> Painting | PainterReport | Built | None:
        """`load()` has loaded by being called; `report()` says how; `build()` compiles its blocks and compares, with `BuildStep` events.

        `paint(recipe, parent)` paints, with previews as events.
        """
        if method == "load":
            return None
        if method == "report":
            return self._painter.report()
        if method == "build":
            return build(self._painter, send_event, cancel)
        recipe, parent = arguments
        painting = self._painter.paint(recipe, parent, send_event, cancel)
        self._remember(painting)
        return painting

    @property
    def memory_bytes(self) -> int:
        """As `Engine.memory_bytes`."""
        return self._painter.loaded.memory_bytes

    def close(self) -> None:
        """Give the memory back."""
        del self._painter
        give_back_memory()

    def _remember(self, painting: Painting) -> None:
        """Whole pictures tell how long one takes; over another one or in an area fewer steps may be run."""
        recipe, loaded = painting.recipe, self._painter.loaded
        if self._notes is None or recipe.then or recipe.route is not first_route(loaded.family):
            return
        settings, device = recipe.settings, loaded.setup.device
        remember_picture(
            self._notes, self._painter.model_id, device, loaded.parts, loaded.family, loaded.facts,
            settings.width * settings.height, settings.steps, painting.timings_s,
        )  # fmt: skip


def build(painter: DiffusersPainter, on_step: Callable[[BuildStep], None], cancel: CancelToken) -> Built:
    """Paint some steps as usual, compile the blocks, and paint the same in turns without and with them.

    Raises:
        SfumatoError: if the model cannot be compiled, or as `DiffusersPainter.paint`.
        TurnCancelled: after a stop.
    """
    loaded = painter.loaded
    if not loaded.setup.stays_whole:
        raise SfumatoError(
            f"{loaded.family.title} has no room to stay whole in memory here, so it cannot be compiled.",
            "It is painted as before.",
        )
    wish, parent = _compared(loaded)

    def paint(engine: str) -> tuple[float, Painting]:
        begin = time.perf_counter()
        painted = painter.paint(replace(wish, fingerprint={ENGINE: engine}), parent, lambda _: None, cancel)
        return time.perf_counter() - begin, painted

    on_step(BuildStep("usual"))
    paint("no")  # the text is read once
    on_step(BuildStep("building"))
    loaded.compile()
    try:
        build_s, first = paint(BLOCKS)
    except SfumatoError as error:
        if isinstance(error.__cause__, CompileError):
            raise SfumatoError(
                f"{loaded.family.title} cannot be compiled here.", "It is painted as before.", error.detail
            ) from error
        raise
    pairs = []
    for done in range(COMPARED_PICTURES):
        on_step(BuildStep("comparing", done, COMPARED_PICTURES))
        pairs.append((paint("no"), paint(BLOCKS)))
    return Built(
        build_s,
        min(usual[0] for usual, _ in pairs),
        min(compiled[0] for _, compiled in pairs),
        all(compiled[1].pixels == first.pixels for _, compiled in pairs),
    )


def _compared(loaded: LoadedModel) -> tuple[Recipe, Pixels | None]:
    """A picture of a few steps at the model's usual size, and what it is painted over where it needs something."""
    facts, route = loaded.facts, first_route(loaded.family)
    settings = RenderSettings(
        facts.width, facts.height, min(facts.steps, COMPARED_STEPS), facts.guidance_scale, facts.scheduler, "build"
    )
    grey = bytes([128]) * (4 * facts.width * facts.height)
    parent = None if route is Route.TEXT_TO_IMAGE else Pixels(facts.width, facts.height, grey)
    return Recipe(ImagePrompt(subject="a boat"), CompiledPrompt("a boat", ""), settings, 7, route), parent
