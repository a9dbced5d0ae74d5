"""The fastest way of computing is measured once, remembered, and taken only where it repeats and is clearly faster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from sfumato.engine import CancelToken
from sfumato_models.attention import ATTENTIONS, attending
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
        name = f"{way.number}_{way.layout.split()[0]}"
        return self.seconds.get(name if way.attention == "sdpa" else f"{name}_{way.attention}")


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


CARD = Device("cuda", "cuda:0", "Test GPU", 24 * GIB, 24 * GIB, ("bfloat16", "float32"), "CUDA 13")


def test_the_fastest_attention_is_found_for_every_kind_of_number() -> None:
    watch = Stopwatch(
        bfloat16_contiguous=1.0, bfloat16_contiguous_efficient=0.7, bfloat16_contiguous_math=1.5,
        float32_contiguous=2.0, float32_contiguous_math=1.0,
    )  # fmt: skip
    ways = SpeedBook(None, watch).ways(CARD, "transformer", 2)
    assert (ways[0].number, ways[0].attention) == ("bfloat16", "efficient")
    assert next(way for way in ways if way.number == "float32").attention == "math"


def test_an_attention_that_is_missing_on_a_device_is_left_out_and_a_small_gain_changes_nothing() -> None:
    watch = Stopwatch(bfloat16_contiguous=1.0, bfloat16_contiguous_efficient=0.97)  # flash and math: missing
    ways = SpeedBook(None, watch).ways(CARD, "transformer", 2)
    assert [way.attention for way in ways] == ["sdpa", "efficient"]


def test_an_attention_that_only_another_sfumato_knows_is_measured_anew(tmp_path: Path) -> None:
    file = tmp_path / "speeds.json"
    watch = Stopwatch(float32_contiguous=1.0, bfloat16_contiguous=2.0)
    SpeedBook(file, watch).ways(CPU, "transformer", 2)
    file.write_text(file.read_text().replace('"sdpa"', '"flash_9"'))
    assert SpeedBook(file, watch).ways(CPU, "transformer", 2)[0].attention == "sdpa"


def test_attention_without_the_kernel_that_was_asked_for_is_computed_all_the_same() -> None:
    generator = torch.Generator().manual_seed(1)
    query, key, value = (torch.randn((1, 2, 8, 16), generator=generator) for _ in range(3))
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value)
    for attention in ATTENTIONS:  # a processor has no “efficient” one
        with attending(attention):
            found = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        assert torch.allclose(found, expected, atol=1e-5)
    assert torch.equal(torch.nn.functional.scaled_dot_product_attention(query, key, value), expected)


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
    watch = Stopwatch(float32_channels=2.0, bfloat16_contiguous=1.0, bfloat16_contiguous_math=0.5)
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
    assert done.recipe.fingerprint["attention"] == "math"
    assert painter.report().speed == "bfloat16 computes 4.0 times as fast as float32 here"
    strict = DiffusersPainter(painter_model, 1)  # its facts allow float32 only
    assert strict.report().number == "float32"
    assert strict.report().speed == ""
