from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sfumato.compile import CompiledPrompt
from sfumato.engine import CancelToken, Painting, Preview
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.image_file import pixels_to_rgb
from sfumato.recipe import AreaPass, Recipe, Route, sha256_rgb
from sfumato.selection import Area, Selection, Shape
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.painter import DiffusersPainter
from tests.fakes import recipe


@pytest.fixture(scope="module")
def painter(painter_model: InstalledModel) -> DiffusersPainter:
    return DiffusersPainter(painter_model, 1)


def paint(painter: DiffusersPainter, wish: Recipe, parent: Painting | None = None) -> Painting:
    return painter.paint(wish, parent.pixels if parent else None, lambda _: None, CancelToken())


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_others(painter: DiffusersPainter) -> None:
    first = paint(painter, recipe(7))
    paint(painter, recipe(8))
    again = paint(painter, first.recipe.as_draft())
    assert again.pixels == first.pixels
    assert paint(painter, recipe(8)).recipe.sha256_rgb != first.recipe.sha256_rgb
    assert first.recipe.sha256_rgb == sha256_rgb(pixels_to_rgb(first.pixels))


def test_what_is_recorded_is_what_was_used_in_plain_types(painter: DiffusersPainter) -> None:
    done = paint(painter, recipe(2**64 - 1)).recipe
    assert {type(value) for value in done.fingerprint.values()} == {str}
    assert "unet/diffusion_pytorch_model.safetensors" in done.model_files
    assert Recipe.from_json(done.to_json()) == done


def test_previews_show_a_picture_and_every_step_is_counted(painter: DiffusersPainter) -> None:
    seen: list[Preview] = []
    painter.paint(recipe(7), None, seen.append, CancelToken())
    assert [preview.step for preview in seen] == [1, 2, 3, 4]
    shown = next(preview.pixels for preview in seen if preview.pixels)
    assert len(shown.bgrx) == shown.width * shown.height * 4


def test_previews_do_not_change_the_picture(painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = paint(painter, recipe(7)).pixels
    monkeypatch.setattr("sfumato_models.following.PREVIEW_INTERVAL_S", 0.0)
    assert paint(painter, recipe(7)).pixels == plain


def test_a_stop_takes_effect_at_the_next_step(painter: DiffusersPainter) -> None:
    cancel, seen = CancelToken(), []

    def stop_at_two(preview: Preview) -> None:
        seen.append(preview.step)
        if preview.step == 2:
            cancel.cancel()

    with pytest.raises(TurnCancelled):
        painter.paint(recipe(7), None, stop_at_two, cancel)
    assert seen == [1, 2]
    assert paint(painter, recipe(7)).pixels


def test_painting_over_a_picture_repeats_and_depends_on_it(painter: DiffusersPainter) -> None:
    first, other = paint(painter, recipe(7)), paint(painter, recipe(8))
    over = replace(recipe(7, route=Route.IMAGE_TO_IMAGE), settings=replace(recipe(7).settings, strength=0.5))
    assert paint(painter, over, first).pixels == paint(painter, over, first).pixels
    assert paint(painter, over, first).pixels != paint(painter, over, other).pixels


def test_negatives_reach_the_model(painter: DiffusersPainter) -> None:
    ruled = replace(recipe(7), compiled=replace(recipe(7).compiled, negative="people"))
    assert paint(painter, ruled).pixels != paint(painter, recipe(7)).pixels


def test_words_beyond_the_encoders_limit_are_named(painter: DiffusersPainter) -> None:
    long = "a red ball in the green meadow zebra"
    notes = paint(painter, replace(recipe(7), compiled=replace(recipe(7).compiled, positive=long))).notes
    assert "zebra" in notes[0].replace(" ", "")


def test_a_picture_of_not_a_number_is_reported(painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    vae = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE).vae
    monkeypatch.setattr(vae, "decode", lambda *_, **__: (torch.full((1, 3, 64, 64), float("nan")),))
    with pytest.raises(SfumatoError, match="not-a-number"):
        paint(painter, recipe(7))


@pytest.mark.parametrize(
    "part",
    [
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "text_encoder/model.safetensors",
        "model_index.json",
    ],
)
@pytest.mark.parametrize("fault", ["missing", "cut short"])
def test_a_missing_or_truncated_file_is_named(
    painter_model: InstalledModel, tmp_path: Path, part: str, fault: str
) -> None:
    shutil.copytree(painter_model.path, tmp_path / "copy")
    file = tmp_path / "copy" / part
    if fault == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    with pytest.raises(SfumatoError) as error:
        check_whole(replace(painter_model, path=tmp_path / "copy"))
    assert Path(part).name in error.value.message
    assert error.value.hint


def test_areas_that_follow_are_painted_on_the_whole_as_if_each_had_been_painted_by_hand(
    painter: DiffusersPainter,
) -> None:
    right = Area(Selection((Shape("rectangle", ((500, 0), (1000, 1000))),)), "b")
    left = Area(Selection((Shape("rectangle", ((0, 0), (300, 1000))),)), "a")
    wish = recipe(7, then=(AreaPass(right, CompiledPrompt("b", ""), 9), AreaPass(left, CompiledPrompt("a", ""), 4)))
    previews: list[Preview] = []
    done = painter.paint(wish, None, previews.append, CancelToken())
    by_hand = paint(painter, recipe(7))
    for area in wish.then:
        by_hand = paint(painter, wish.painting_area(area), by_hand)
    assert done.pixels == by_hand.pixels
    assert paint(painter, done.recipe.as_draft()).recipe.sha256_rgb == done.recipe.sha256_rgb
    counted = [preview.step for preview in previews]
    assert counted == sorted(counted)
    assert {preview.steps for preview in previews} == {3 * wish.settings.steps}


def test_a_selected_area_is_painted_anew_and_the_rest_stays_identical(painter: DiffusersPainter) -> None:
    first = paint(painter, recipe(7))
    area = Selection((Shape("rectangle", ((500, 0), (1000, 1000))),))
    wish = replace(
        recipe(9, "b", route=Route.INPAINT, area=Area(area)), settings=replace(recipe(9).settings, strength=1.0)
    )
    done = paint(painter, wish, first)
    before, after = (pixels_to_rgb(it.pixels) for it in (first, done))
    differs = [a != b for a, b in zip(before, after, strict=True)]
    row = 64 * 3
    assert not any(differs[y * row + x * 3 + c] for y in range(64) for x in range(32) for c in range(3))
    assert any(differs)
    assert paint(painter, done.recipe.as_draft(), first).pixels == done.pixels
    assert Recipe.from_json(done.recipe.to_json()) == done.recipe
    with pytest.raises(SfumatoError, match="area"):
        paint(painter, replace(wish, area=None), first)
