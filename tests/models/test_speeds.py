"""The fastest way of computing is measured once, remembered, and taken only where it repeats and is clearly faster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfumato.engine import CancelToken
from sfumato_models.hardware import GIB, Device
from sfumato_models.installed import InstalledModel
from sfumato_models.painter import DiffusersPainter
from sfumato_models.speeds import Kind, SpeedBook, Way, measured
from tests.fakes import recipe

CPU = Device("cpu", "cpu", "Test CPU", 64 * GIB, 64 * GIB, ("float32", "bfloat16"))


class Stopwatch:
    """Seconds as they are told, by number and layout; what is not told does not repeat."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0

    def __call__(self, kind: Kind, way: Way, backend: str) -> float | None:
        self.asked += 1
        return self.seconds.get(f"{way.number}_{way.layout.split()[0]}")


def test_the_fastest_way_comes_first_and_is_measured_once_for_a_machine(tmp_path: Path) -> None:
    watch = Stopwatch(float32_channels=2.0, float32_contiguous=2.2, bfloat16_channels=1.0, bfloat16_contiguous=1.1)
    file = tmp_path / "notes" / "speeds.json"
    first = SpeedBook(file, watch).ways(CPU, "unet", 2)
    assert [(way.number, way.layout) for way in first[:2]] == [
        ("bfloat16", "channels last"),
        ("bfloat16", "contiguous"),
    ]
    asked = watch.asked
    assert SpeedBook(file, watch).ways(CPU, "unet", 2) == first
    assert watch.asked == asked
    SpeedBook(file, watch).ways(CPU, "unet", 4)  # another number of threads is another machine
    assert watch.asked == 2 * asked


def test_a_difference_that_noise_can_make_changes_nothing() -> None:
    watch = Stopwatch(float32_channels=1.0, float32_contiguous=0.97, bfloat16_channels=1.3)
    assert SpeedBook(None, watch).ways(CPU, "unet", 2)[0].layout == "channels last"


def test_what_does_not_repeat_is_never_taken() -> None:
    ways = SpeedBook(None, Stopwatch(float32_channels=2.0, float32_contiguous=2.0)).ways(CPU, "unet", 2)
    assert {way.number for way in ways} == {"float32"}


def test_where_nothing_can_be_written_it_is_measured_every_time(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file, where the folder should be")
    watch = Stopwatch(float32_channels=1.0)
    for asked in (1, 2):
        assert SpeedBook(tmp_path / "notes" / "speeds.json", watch).ways(CPU, "unet", 2)[0].number == "float32"
        assert watch.asked >= asked


@pytest.mark.parametrize("content", ["", "[]", '{"x": [{"speed": 1}]}'])
def test_a_damaged_book_is_written_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "speeds.json"
    file.write_text(content)
    watch = Stopwatch(float32_contiguous=1.0, bfloat16_contiguous=2.0)
    assert SpeedBook(file, watch).ways(CPU, "transformer", 2)[0].number == "float32"
    assert SpeedBook(file, Stopwatch()).ways(CPU, "transformer", 2)[0].seconds == 1.0


@pytest.mark.parametrize("kind", ["unet", "transformer"])
def test_the_layers_that_are_measured_repeat_on_this_machine(kind: Any) -> None:
    seconds = measured(kind, Way("float32", "contiguous"), "cpu")
    assert seconds is not None
    assert seconds > 0


def test_a_larger_model_is_loaded_the_fastest_way_that_its_facts_allow_and_says_so(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.loading.SMALL_PARAMETERS", 0)
    watch = Stopwatch(float32_channels=2.0, bfloat16_contiguous=1.0)
    monkeypatch.setattr("sfumato_models.speeds.measured", watch)
    picture = painter_model.spec.picture
    assert picture
    allows = picture.model_copy(update={"dtypes": ("float32", "bfloat16")})
    painter = DiffusersPainter(
        replace(painter_model, spec=painter_model.spec.model_copy(update={"picture": allows})), 1
    )
    done = painter.paint(recipe(7), None, lambda _: None, CancelToken())
    assert done.recipe.fingerprint["dtype"] == "bfloat16"
    assert done.recipe.fingerprint["layout"] == "contiguous"
    assert painter.report().speed == "bfloat16 computes 2.0 times as fast as float32 here"
    strict = DiffusersPainter(painter_model, 1)  # its facts allow float32 only
    assert strict.report().number == "float32"
    assert strict.report().speed == ""
