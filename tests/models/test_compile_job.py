"""Building compiled blocks beside engines that are in use: who makes room, what ends it, and what it never does instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato_models import compile_job
from sfumato_models.compile_job import build_compiled
from sfumato_models.compiled_engines import BuildStep, Built
from sfumato_models.installed import InstalledModel
from sfumato_models.worker import EngineSpec

BUILT = Built(60, 1.5, 1.0, True)
NEEDED = 100


class InUse:
    """An engine with its model in memory; a busy one keeps it."""

    def __init__(self, size: int, is_busy: bool = False) -> None:
        self.size = size
        self.is_busy = is_busy
        self.make_room: Callable[[], None] = lambda: None

    def let_go(self, wait_s: float = 0.0) -> bool:
        if self.is_busy:
            time.sleep(wait_s)
            return False
        self.size = 0
        return True


class Building:
    """The process that builds; `meanwhile` happens while it does."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)
    notice = None
    memory_bytes = NEEDED

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def call(self, method: str, *, on_event: Any = None, cancel: CancelToken) -> Built | None:
        if method == "build":
            Building.meanwhile()
        cancel.raise_if_cancelled()
        return BUILT if method == "build" else None

    def close(self) -> None: ...


@pytest.fixture
def build(painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Built]:
    monkeypatch.setattr(compile_job, "what_is_missing", lambda *_: None)
    monkeypatch.setattr(compile_job, "EngineProcess", Building)
    monkeypatch.setattr(Building, "meanwhile", staticmethod(lambda: None))

    def built(painter: InUse, writer: InUse, cancel: CancelToken | None = None) -> Built:
        return build_compiled(
            EngineSpec("painter", painter_model, 1), cancel or CancelToken(), beside=painter, writer=writer,  # type: ignore[arg-type]
            available=lambda: 150 - painter.size - writer.size,
        )  # fmt: skip

    return built


@pytest.mark.parametrize(
    ("painter_size", "writer_size", "left"), [(60, 60, (0, 0)), (60, 40, (0, 40)), (20, 20, (20, 20))]
)
def test_engines_rest_only_as_far_as_there_is_no_room(
    build: Callable[..., Built], painter_size: int, writer_size: int, left: tuple[int, int]
) -> None:
    painter, writer = InUse(painter_size), InUse(writer_size)
    assert build(painter, writer) == BUILT
    assert (painter.size, writer.size) == left


@pytest.mark.parametrize("kind", ["picture", "message"])
def test_what_is_asked_of_an_engine_that_rests_ends_the_building(
    build: Callable[..., Built], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter, writer = InUse(60), InUse(60)
    rooms: list[str] = []
    painter.make_room, writer.make_room = (lambda: rooms.append("picture")), (lambda: rooms.append("message"))
    asked = painter if kind == "picture" else writer
    monkeypatch.setattr(Building, "meanwhile", staticmethod(lambda: asked.make_room()))
    with pytest.raises(SfumatoError, match=f"A {kind} needed the memory"):
        build(painter, writer)
    asked.make_room()
    assert rooms == [kind, kind]  # as before, and once while it was built


def test_a_stop_is_obeyed_while_a_picture_is_waited_for(build: Callable[..., Built]) -> None:
    cancel = CancelToken()
    threading.Timer(0.2, cancel.cancel).start()
    begin = time.monotonic()
    with pytest.raises(TurnCancelled):
        build(InUse(60, is_busy=True), InUse(60), cancel)
    assert time.monotonic() - begin < 5


def test_an_engine_that_stays_busy_is_said_to_be_so(
    build: Callable[..., Built], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_job, "SENTENCE_S", 0.1)
    with pytest.raises(SfumatoError, match="beside the picture being worked on"):
        build(InUse(60, is_busy=True), InUse(60))


def test_blocks_are_never_tried_on_the_processor_in_the_place_of_broken_libraries(
    painter_model: InstalledModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_job, "what_is_missing", lambda *_: None)
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise ImportError('libcuda.so.1: no such file')")
    steps: list[BuildStep] = []
    spec = EngineSpec("painter", painter_model, 1, tmp_path / "painter.log", tmp_path)
    with pytest.raises(SfumatoError, match="do not work any more") as told:
        build_compiled(spec, CancelToken(), steps.append)
    assert "libcuda.so.1" in told.value.detail
    assert [step.phase for step in steps] == ["loading"]
