"""How long a picture takes: as measured, or before the first one a rough range, in words for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gguf
import pytest
import torch

from sfumato.engine import CancelToken
from sfumato.machine import Machine
from sfumato.model_catalog import Catalogue, load_catalogue
from sfumato.recipe import Route
from sfumato_desktop.collection import resource_folder
from sfumato_models.families import FAMILIES
from sfumato_models.hardware import GIB, Device
from sfumato_models.installed import InstalledModel
from sfumato_models.memory import Parts
from sfumato_models.painter import DiffusersPainter
from sfumato_models.painter_engine import PainterEngine
from sfumato_models.painting_times import Expected, expected, known_paces, remember_picture, time_sentence
from tests.fakes import recipe
from tests.models.tiny_gguf import save_gguf

LAPTOP, GAMER = Machine(16, 100), Machine(32, 100, 12)
CPU = Device("cpu", "cpu", "Some processor", 16 * GIB, 8 * GIB)
CARD = Device("cuda", "cuda:0", "Some card", 12 * GIB, 11 * GIB)
XL = Parts(2_567_000_000, 817_000_000, 83_000_000)
FAMILY = FAMILIES["StableDiffusionXLPipeline"]
BIG = 1024 * 1024
Count = Callable[..., None]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(sorted((resource_folder() / "catalogue").glob("*.toml")))


@pytest.fixture
def xl(catalogue: Catalogue) -> Count:
    """Counts pictures of Stable Diffusion XL: (folder, device, seconds of a step)."""
    facts = catalogue.get("sdxl-base").picture
    assert facts

    def count(notes: Path, device: Device, step_s: float, pixels: int = BIG) -> None:
        timings = {"encode": 1.0, "denoise": 10 * step_s, "decode": 3.0}
        remember_picture(notes, "sdxl-base", device, XL, FAMILY, facts, pixels, 10, timings)

    return count


def test_what_was_measured_is_told_for_the_usual_size_and_steps(
    tmp_path: Path, catalogue: Catalogue, xl: Count
) -> None:
    xl(tmp_path, CARD, 1.0, BIG // 4)  # 28 steps of four times the size: 4 * (28 * 1.0 + 4)
    spec, paces = catalogue.get("sdxl-base"), known_paces(tmp_path)
    found = expected(spec, GAMER, paces)
    assert found == Expected(128.0, 128.0)
    assert time_sentence(spec, GAMER, paces) == "About 2 min a picture here."
    assert not found or found.is_measured


def test_a_slow_moment_does_not_count_and_a_lasting_change_does(
    tmp_path: Path, catalogue: Catalogue, xl: Count
) -> None:
    spec = catalogue.get("sdxl-base")
    for step_s in (9.0, 1.0, 1.0):  # the first picture woke the card
        xl(tmp_path, CARD, step_s)
    assert expected(spec, GAMER, known_paces(tmp_path)) == Expected(32.0, 32.0)
    for _ in range(5):
        xl(tmp_path, CARD, 0.5)
    assert expected(spec, GAMER, known_paces(tmp_path)) == Expected(18.0, 18.0)


def test_what_is_as_usual_is_not_written_again(tmp_path: Path, xl: Count) -> None:
    for _ in range(5):
        xl(tmp_path, CARD, 1.0)
    before = (tmp_path / "times.json").stat().st_mtime_ns
    xl(tmp_path, CARD, 1.1)
    assert (tmp_path / "times.json").stat().st_mtime_ns == before


def test_what_was_painted_with_last_is_measured_last(tmp_path: Path, xl: Count) -> None:
    for _ in range(6):
        xl(tmp_path, CARD, 1.0)
    file = tmp_path / "times.json"
    rows = json.loads(file.read_text())
    file.write_text(json.dumps(rows | {"other": rows["sdxl-base"]}))
    xl(tmp_path, CARD, 1.0)
    assert list(known_paces(tmp_path)) == ["other", "sdxl-base"]


def test_a_picture_of_another_size_counts_with_those_before(tmp_path: Path, catalogue: Catalogue, xl: Count) -> None:
    for _ in range(3):
        xl(tmp_path, CARD, 1.0)
    xl(tmp_path, CARD, 9.0, BIG // 4)  # a slow moment
    found = expected(catalogue.get("sdxl-base"), GAMER, known_paces(tmp_path))
    assert found
    assert found.least_s == pytest.approx(32.0, abs=5)


def test_one_row_that_cannot_be_read_leaves_the_others(tmp_path: Path, xl: Count) -> None:
    xl(tmp_path, CARD, 1.0)
    file = tmp_path / "times.json"
    rows = json.loads(file.read_text())
    file.write_text(json.dumps({"a": {"device": 3}, "b": 5} | rows))
    assert list(known_paces(tmp_path)) == ["sdxl-base"]


def test_what_the_processor_took_says_nothing_of_the_card_that_came_since(
    tmp_path: Path, catalogue: Catalogue, xl: Count
) -> None:
    xl(tmp_path, CPU, 60.0)
    spec, paces = catalogue.get("sdxl-base"), known_paces(tmp_path)
    with_card, without = expected(spec, GAMER, paces), expected(spec, LAPTOP, paces)
    assert without
    assert without.is_measured
    assert with_card
    assert not with_card.is_measured


def test_before_the_first_picture_a_range_is_told_as_such(catalogue: Catalogue) -> None:
    spec = catalogue.get("dreamshaper-8")
    found = expected(spec, LAPTOP, {}, threads=8)
    assert found
    assert 30 < found.least_s < 120 < found.most_s < 600  # seen on such machines: some two minutes
    assert not found.is_measured
    sentence = time_sentence(spec, GAMER, {})
    assert sentence.startswith("Roughly ")
    assert sentence.endswith("a picture here; the first one will tell.")


def test_a_better_machine_and_fewer_steps_promise_less(catalogue: Catalogue) -> None:
    def most(name: str, machine: Machine) -> float:
        found = expected(catalogue.get(name), machine, {}, threads=8)
        assert found
        return found.most_s

    assert most("dreamshaper-8", GAMER) < most("dreamshaper-8", LAPTOP)
    assert most("lcm-dreamshaper-v7", LAPTOP) < most("dreamshaper-8", LAPTOP)
    assert most("z-image-turbo", replace(GAMER, graphics_gib=24)) < most("z-image-turbo", GAMER)


def test_another_model_on_the_same_device_narrows_the_range(tmp_path: Path, catalogue: Catalogue, xl: Count) -> None:
    spec = catalogue.get("z-image-turbo")
    wide = expected(spec, GAMER, {})
    xl(tmp_path, CARD, 0.5)
    near = expected(spec, GAMER, known_paces(tmp_path))
    assert wide
    assert near
    assert near.most_s / near.least_s < wide.most_s / wide.least_s


def test_a_lone_transformer_takes_what_its_numbers_do_however_few_bits_they_have(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    weights = {"layers.0.attention.qkv.weight": torch.zeros(2048, 4096)}
    narrow = save_gguf(weights, tmp_path / "q4.gguf", gguf.GGMLQuantizationType.Q4_0)
    wide = save_gguf(weights, tmp_path / "f32.gguf")
    spec = catalogue.get("z-image-turbo").model_copy(update={"source": None, "memory_gib": {}, "parts_from": "x"})
    lone = [
        expected(spec.model_copy(update={"path": str(file)}), LAPTOP, {}, 8, file.stat().st_size)
        for file in (narrow, wide)
    ]
    assert lone[0] == lone[1]
    assert lone[0]
    steps, pixels = spec.picture.steps if spec.picture else 0, BIG
    work = steps * 2 * 2048 * 4096 * pixels / 256 / 1e12
    assert lone[0].least_s == pytest.approx(work / (0.08 * 8), rel=0.3)


def test_what_does_not_paint_is_told_nothing_of(catalogue: Catalogue) -> None:
    assert time_sentence(catalogue.get("qwen3-4b"), GAMER, {}) == ""
    assert time_sentence(catalogue.get("starter-painter"), GAMER, {}) == ""  # whose size on the disk is not given
    starter = expected(catalogue.get("starter-painter"), LAPTOP, {}, threads=4, size_bytes=24_000_000)
    assert starter
    assert starter.words == "a second or two"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "about a second"), (3.2, "about 3 s"), (38, "about 40 s"), (60, "about 1 min"), (90, "about 90 s"),
     (170, "about 3 min"), (1700, "about 30 min"), (9000, "about 2 h")],
)  # fmt: skip
def test_a_time_is_no_more_exact_than_it_is_known(seconds: float, words: str) -> None:
    assert Expected(seconds, seconds).words == words


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(20, 70, "roughly 20 s to 1 min"), (120, 480, "roughly 2 to 8 min"), (0.2, 1.2, "a second or two"), (21, 22, "roughly 20 s")],
)  # fmt: skip
def test_a_range_reads_like_one(least: float, most: float, words: str) -> None:
    assert Expected(least, most).words == words


@pytest.mark.parametrize("content", ["", "[]", '{"x": 1}', '{"x": {"device": "y"}}', "\x00"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: str, xl: Count) -> None:
    (tmp_path / "times.json").write_text(content)
    assert known_paces(tmp_path) == {}
    xl(tmp_path, CARD, 1.0)
    assert list(known_paces(tmp_path)) == ["sdxl-base"]
    row = json.loads((tmp_path / "times.json").read_text())["sdxl-base"]
    (tmp_path / "times.json").write_text(json.dumps({"sdxl-base": row | {"step_s": [0]}}))
    assert known_paces(tmp_path) == {}


def test_where_nothing_can_be_written_pictures_come_all_the_same(tmp_path: Path, painter_model: InstalledModel) -> None:
    (tmp_path / "notes").write_text("a file where the folder would be")
    engine = PainterEngine(DiffusersPainter(painter_model, 1), tmp_path / "notes")
    assert engine.call("paint", (recipe(7), None), lambda _: None, CancelToken())


def test_the_painters_process_measures_whole_pictures(tmp_path: Path, painter_model: InstalledModel) -> None:
    engine = PainterEngine(DiffusersPainter(painter_model, 1), tmp_path)
    done = engine.call("paint", (recipe(7), None), lambda _: None, CancelToken())
    (name, pace), *others = known_paces(tmp_path).items()
    assert (name, others) == (painter_model.spec.id, [])
    assert pace.is_cpu
    assert pace.pixels == 64 * 64
    assert pace.seconds(64 * 64, recipe(7).settings.steps) == pytest.approx(sum(done.timings_s.values()))  # type: ignore[union-attr]
    over = recipe(7, route=Route.IMAGE_TO_IMAGE)
    engine.call("paint", (over, done.pixels), lambda _: None, CancelToken())  # type: ignore[union-attr]
    assert len(known_paces(tmp_path)[name].step_s) == 1
