"""Engines that are not used give their memory back and come again; two that do not fit together take turns."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from sfumato.dialogue import Reading
from sfumato.engine import CancelToken, Painting, Preview
from sfumato.errors import TurnCancelled, UnusableAnswer
from sfumato.recipe import Recipe
from sfumato_models.hardware import GIB
from sfumato_models.installed import InstalledModel
from sfumato_models.memory import Placement, need, parts_of, wanted_in_memory
from sfumato_models.painter import DiffusersPainter
from sfumato_models.supervisor import EngineProcess, RemotePainter, RemoteWriter
from sfumato_models.taking_turns import has_room, take_turns
from sfumato_models.worker import EngineSpec
from tests.bench.gpu_models import stable_diffusion
from tests.fakes import recipe

GIVEN_BACK_BYTES = 150_000_000


@pytest.fixture(scope="module")
def heavy_model(painter_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """A painter of 74 million parameters, mostly convolutions, which are copied when they are loaded."""
    folder = tmp_path_factory.mktemp("heavy") / "painter"
    torch.manual_seed(0)
    stable_diffusion(4, 4).save_pretrained(folder)
    return replace(painter_model, path=folder)


def process_of(model: InstalledModel, tmp_path: Path, idle_s: float = 900.0) -> EngineProcess:
    kind = "painter" if model.spec.picture else "writer"
    return EngineProcess(EngineSpec(kind, model, 1, tmp_path / f"{kind}.log", idle_s=idle_s))  # type: ignore[arg-type]


@pytest.fixture
def engines(
    heavy_model: InstalledModel, writer_model: InstalledModel, tmp_path: Path
) -> Iterator[tuple[EngineProcess, EngineProcess]]:
    pair = process_of(writer_model, tmp_path), process_of(heavy_model, tmp_path)
    yield pair
    for process in pair:
        process.close()


def resident(process: EngineProcess) -> int:
    pages = Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def paint(process: EngineProcess, wish: Recipe | None = None) -> Painting:
    return RemotePainter(process).paint(wish or recipe(7), None, lambda _: None, CancelToken())


def decide(process: EngineProcess) -> None:
    try:
        RemoteWriter(process).decide(Reading("a red ball"), CancelToken())
    except UnusableAnswer:
        return


def test_an_engine_that_is_not_used_gives_its_memory_back_and_the_next_picture_says_so(
    heavy_model: InstalledModel, tmp_path: Path
) -> None:
    process = process_of(heavy_model, tmp_path, idle_s=1.0)
    try:
        first = paint(process)
        used = resident(process)
        assert not first.notes
        deadline = time.monotonic() + 60
        while resident(process) > used - GIVEN_BACK_BYTES and time.monotonic() < deadline:
            time.sleep(0.1)
        assert resident(process) < used - GIVEN_BACK_BYTES
        pid = process.pid
        again = paint(process)
        assert process.pid == pid  # the libraries stayed
        assert again.pixels == first.pixels
        assert any("loaded again" in note for note in again.notes)
    finally:
        process.close()


def test_between_calls_an_engine_says_nothing_so_that_it_can_say_when_it_rests(
    writer_model: InstalledModel, tmp_path: Path
) -> None:
    process = process_of(writer_model, tmp_path, idle_s=3.0)
    try:
        decide(process)
        assert process._connection is not None
        assert not process._connection.poll(1.2)  # two heartbeats
        assert process._connection.poll(30)
        assert process._connection.recv().kind == "rests"
    finally:
        process.close()


def test_a_writer_that_rested_answers_again(writer_model: InstalledModel, tmp_path: Path) -> None:
    process = process_of(writer_model, tmp_path)
    try:
        decide(process)
        assert process.is_loaded
        assert process.let_go()
        assert not process.is_loaded
        decide(process)
        assert process.take_reloaded()
    finally:
        process.close()


def test_two_models_that_do_not_fit_together_take_turns(engines: tuple[EngineProcess, EngineProcess]) -> None:
    writer, painter = engines
    take_turns(writer, painter, available=lambda: 0)
    for _ in range(2):
        decide(writer)
        assert writer.is_loaded
        assert not painter.is_loaded
        assert paint(painter).pixels
        assert painter.is_loaded
        assert not writer.is_loaded


def test_an_engine_that_dies_when_it_should_make_room_is_no_trouble_for_the_other(
    engines: tuple[EngineProcess, EngineProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, painter = engines
    take_turns(writer, painter, available=lambda: 0)
    decide(writer)
    usual = writer.let_go

    def die(wait_s: float = 0.0) -> bool:
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        return usual(wait_s)

    monkeypatch.setattr(writer, "let_go", die)
    assert paint(painter).pixels
    assert not writer.is_loaded
    decide(writer)


def test_two_models_that_fit_both_stay(engines: tuple[EngineProcess, EngineProcess]) -> None:
    writer, painter = engines
    take_turns(writer, painter, available=lambda: 4 * GIB)
    decide(writer)
    paint(painter)
    decide(writer)
    assert writer.is_loaded
    assert painter.is_loaded


def test_an_engine_at_work_is_not_made_to_rest(engines: tuple[EngineProcess, EngineProcess]) -> None:
    _, painter = engines
    painted, asked = [], []

    def ask(preview: Preview) -> None:
        if preview.step == 1:
            thread = threading.Thread(target=lambda: asked.append(painter.let_go()))
            thread.start()
            thread.join()

    painted.append(RemotePainter(painter).paint(recipe(7), None, ask, CancelToken()))
    assert asked == [False]
    assert painted[0].pixels


def test_a_stop_while_loading_takes_effect_before_the_next_part(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers.models.modeling_utils import ModelMixin

    cancel, loaded = CancelToken(), []
    usual = ModelMixin.from_pretrained.__func__  # type: ignore[attr-defined]

    def stopping(cls: type, *args: object, **named: object) -> object:
        loaded.append(cls.__name__)
        cancel.cancel()
        return usual(cls, *args, **named)

    monkeypatch.setattr(ModelMixin, "from_pretrained", classmethod(stopping))
    with pytest.raises(TurnCancelled):
        DiffusersPainter(painter_model, 1, cancel=cancel)
    assert len(loaded) == 1  # the unet or the autoencoder, not both


def test_room_is_for_a_model_as_it_is_computed_with_not_as_it_stands_on_the_disk(
    heavy_model: InstalledModel, tmp_path: Path
) -> None:
    process = process_of(heavy_model, tmp_path)
    picture = heavy_model.spec.picture
    assert picture
    needed = need(parts_of(heavy_model.path), 32, picture.width, picture.height).on_device(Placement.RESIDENT)
    half = tmp_path / "half"
    shutil.copytree(heavy_model.path, half)
    for file in half.rglob("*.safetensors"):
        save_file({name: weight.half() for name, weight in load_file(file).items()}, file)
    stored = process_of(replace(heavy_model, path=half), tmp_path)
    assert stored.spec.model.size_bytes < 0.6 * heavy_model.size_bytes
    for painter in (process, stored):  # 16 bits on the disk are 32 in memory
        assert has_room(painter, needed)
        assert not has_room(painter, needed - 1)


def test_a_painter_that_a_card_holds_takes_no_memory_of_the_machine(
    heavy_model: InstalledModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = process_of(heavy_model, tmp_path)
    assert not has_room(process, 600_000_000)
    monkeypatch.setattr("sfumato_models.memory.SMALL_PARAMETERS", 0)
    assert has_room(process, 600_000_000, graphics_gib=8)
    assert not has_room(process, 600_000_000, graphics_gib=0.1)  # too small a card


def test_an_engine_that_was_loaded_says_what_it_takes(
    engines: tuple[EngineProcess, EngineProcess], heavy_model: InstalledModel
) -> None:
    for process in engines:
        assert process.memory_bytes is None
        process.call("load", cancel=CancelToken())
        assert process.memory_bytes == wanted_in_memory(process.spec.model)
        assert has_room(process, process.memory_bytes)
        assert not has_room(process, process.memory_bytes - 1)
