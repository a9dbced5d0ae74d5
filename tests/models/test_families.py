"""One matrix over all families, on tiny pipelines of the real classes: what a person notices is alike in all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import sfumato_resources
from sfumato.engine import CancelToken, Painting, Pixels, Preview
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.image_file import pixels_to_rgb
from sfumato.model_catalog import load_catalogue
from sfumato.recipe import Recipe, Route
from sfumato.selection import Area, Selection, Shape
from sfumato_models.families import FAMILIES, Family, first_route
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.painter import DiffusersPainter
from tests.fakes import recipe
from tests.models.tiny_families import TINY, tiny_family

EVERY = sorted(FAMILIES)
FROM_TEXT = [name for name in EVERY if Route.TEXT_TO_IMAGE in FAMILIES[name].routes]
WAYS = [(name, route) for name in EVERY for route in FAMILIES[name].routes]
PARENT = Pixels(64, 64, bytes(range(256)) * 64)
RIGHT_HALF = Area(Selection((Shape("rectangle", ((500, 0), (1000, 1000))),)))


class Models:
    """Made and loaded once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[InstalledModel, DiffusersPainter]] = {}

    def get(self, name: str) -> tuple[InstalledModel, DiffusersPainter]:
        if name not in self._made:
            model = tiny_family(name, self._folder / name)
            check_whole(model)
            self._made[name] = model, DiffusersPainter(model, 1)
        return self._made[name]


@pytest.fixture(autouse=True)
def small_given_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pipeline looks at has a million pixels, however small the picture that it paints."""
    place = "diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus."
    monkeypatch.setattr(place + "VAE_IMAGE_SIZE", 64 * 64)
    monkeypatch.setattr(place + "CONDITION_IMAGE_SIZE", 64 * 64)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return Models(tmp_path_factory.mktemp("families"))


def wish(model: InstalledModel, route: Route = Route.TEXT_TO_IMAGE, seed: int = 7, **settings: Any) -> Recipe:
    picture = model.spec.picture
    assert picture
    draft = recipe(seed, route=route, area=RIGHT_HALF if route is Route.INPAINT else None)
    applied = replace(
        draft.settings, steps=4, guidance_scale=picture.guidance_scale, scheduler=picture.scheduler,
        strength=0.5 if route in (Route.IMAGE_TO_IMAGE, Route.INPAINT) else None,
    )  # fmt: skip
    return replace(draft, settings=replace(applied, **settings))


def paint(painter: DiffusersPainter, draft: Recipe) -> Painting:
    parent = None if draft.route is Route.TEXT_TO_IMAGE else PARENT
    return painter.paint(draft, parent, lambda _: None, CancelToken())


def with_texts(draft: Recipe, **texts: str) -> Recipe:
    return replace(draft, compiled=replace(draft.compiled, **texts))


def test_every_family_has_a_tiny_model() -> None:
    assert sorted(TINY) == EVERY


@pytest.mark.parametrize(("name", "route"), WAYS)
def test_it_paints_repeats_bit_for_bit_and_another_seed_differs(models: Models, name: str, route: Route) -> None:
    model, painter = models.get(name)
    first = paint(painter, wish(model, route))
    assert (first.pixels.width, first.pixels.height) == (64, 64)
    assert paint(painter, wish(model, route, seed=8)).recipe.sha256_rgb != first.recipe.sha256_rgb
    assert paint(painter, first.recipe.as_draft()).pixels == first.pixels
    assert len(set(pixels_to_rgb(first.pixels))) > 8  # not an even colour


@pytest.mark.parametrize("name", FROM_TEXT)
def test_the_picture_is_the_bare_pipelines_own(models: Models, name: str) -> None:
    model, painter = models.get(name)
    family, draft = FAMILIES[name], wish(model, seed=11)
    ours = paint(painter, draft)
    bare = bare_picture(painter, family, draft)
    theirs = torch.frombuffer(bytearray(pixels_to_rgb(ours.pixels)), dtype=torch.uint8).view(64, 64, 3)
    assert (theirs.int() - bare.int()).abs().max() <= 1, name


@pytest.mark.parametrize(("name", "route"), WAYS)
def test_every_step_is_counted_and_the_clean_picture_is_shown(
    models: Models, name: str, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, painter = models.get(name)
    plain = paint(painter, wish(model, route))
    monkeypatch.setattr("sfumato_models.following.PREVIEW_INTERVAL_S", 0.0)
    seen: list[Preview] = []
    parent = None if route is Route.TEXT_TO_IMAGE else PARENT
    shown = painter.paint(wish(model, route), parent, seen.append, CancelToken())
    assert shown.pixels == plain.pixels
    assert [preview.step for preview in seen] == list(range(1, len(seen) + 1))
    assert {preview.steps for preview in seen} == {len(seen)}  # never “step 5 of 4”
    assert all(preview.pixels for preview in seen)
    last = seen[-1].pixels
    assert last is not None
    assert last.width == last.height


@pytest.mark.parametrize("name", FROM_TEXT)
def test_the_last_prediction_is_the_finished_picture(models: Models, name: str) -> None:
    """What the previews show at the end is what is decoded: the prediction is right, not just any picture."""
    model, painter = models.get(name)
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    taken: dict[str, Any] = {}
    original = type(painter.loaded.preview).levels

    def spy(self: Any, latents: torch.Tensor) -> torch.Tensor:
        taken["clean"] = latents.clone()
        return original(self, latents)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sfumato_models.following.PREVIEW_INTERVAL_S", 0.0)
        patch.setattr(type(painter.loaded.preview), "levels", spy)
        decoded: list[torch.Tensor] = []
        decode = painter._decode
        patch.setattr(painter, "_decode", lambda latents, *rest: decoded.append(latents) or decode(latents, *rest))
        paint(painter, wish(model))
    if type(pipe.scheduler).__name__ == "PNDMScheduler":
        return  # its last step mixes the four before it
    assert torch.allclose(taken["clean"], decoded[0][0].float(), atol=0.05, rtol=0.05)


@pytest.mark.parametrize(("name", "route"), WAYS)
def test_a_stop_takes_effect_at_the_next_step(models: Models, name: str, route: Route) -> None:
    model, painter = models.get(name)
    cancel, seen = CancelToken(), []

    def stop_at_two(preview: Preview) -> None:
        seen.append(preview.step)
        if preview.step == 2:
            cancel.cancel()

    with pytest.raises(TurnCancelled):
        painter.paint(wish(model, route), None if route is Route.TEXT_TO_IMAGE else PARENT, stop_at_two, cancel)
    assert seen == [1, 2]
    assert paint(painter, wish(model, route)).pixels  # and the next picture comes


@pytest.mark.parametrize("name", EVERY)
def test_negatives_are_honoured_or_reported(models: Models, name: str) -> None:
    model, painter = models.get(name)
    route = first_route(FAMILIES[name])
    plain = paint(painter, with_texts(wish(model, route), negative=""))
    ruled = paint(painter, with_texts(wish(model, route), negative="people"))
    assert model.spec.picture
    if model.spec.picture.honours_negatives:
        assert ruled.pixels != plain.pixels
        assert not ruled.notes
    else:
        assert ruled.pixels == plain.pixels
        assert any("people" in note for note in ruled.notes)


@pytest.mark.parametrize("name", EVERY)
def test_the_words_matter_and_those_beyond_the_limit_are_named(models: Models, name: str) -> None:
    model, painter = models.get(name)
    draft = wish(model, first_route(FAMILIES[name]))
    assert paint(painter, with_texts(draft, positive="a cat")).pixels != paint(painter, draft).pixels
    if FAMILIES[name].texts == "picture":
        return
    long = " ".join(["abcdefghijk"] * 120) + " zebra"
    notes = paint(painter, with_texts(draft, positive=long)).notes
    assert "zebra" in notes[0].replace(" ", "") or len(notes[0]) > 150  # a very long rest is shown by its beginning


@pytest.mark.parametrize("name", [name for name in FROM_TEXT if FAMILIES[name].texts != "picture"])
def test_a_new_seed_needs_no_text_encoder(models: Models, name: str) -> None:
    model, painter = models.get(name)
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    calls: list[int] = []
    hook = pipe.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    draft = with_texts(wish(model), positive="something never read before")
    paint(painter, draft)
    read = len(calls)
    assert read
    paint(painter, replace(draft, seed=99))
    assert len(calls) == read
    hook.remove()


@pytest.mark.parametrize("name", [name for name in EVERY if Route.INPAINT in FAMILIES[name].routes])
def test_outside_a_selected_area_every_pixel_stays(models: Models, name: str) -> None:
    model, painter = models.get(name)
    done = paint(painter, wish(model, Route.INPAINT, strength=1.0))
    before, after = pixels_to_rgb(PARENT), pixels_to_rgb(done.pixels)
    left = [before[y * 192 : y * 192 + 96] == after[y * 192 : y * 192 + 96] for y in range(64)]
    assert all(left)
    assert before != after


def test_a_family_that_is_not_known_is_named(models: Models) -> None:
    model, _ = models.get(EVERY[0])
    picture = model.spec.picture
    assert picture
    strange = model.spec.model_copy(update={"picture": picture.model_copy(update={"pipeline": "DeepFuturePipeline"})})
    with pytest.raises(SfumatoError, match="DeepFuturePipeline") as error:
        DiffusersPainter(replace(model, spec=strange), 1)
    assert "Z-Image" in error.value.hint


def test_every_model_of_the_catalogue_is_of_a_family_that_can_do_what_its_entry_says() -> None:
    files = sorted((Path(sfumato_resources.__file__).parent / "catalogue").glob("*.toml"))
    for spec in load_catalogue(files).models:
        if spec.picture is None or spec.picture.pipeline not in FAMILIES:  # such a model is not offered
            continue
        family, facts = FAMILIES[spec.picture.pipeline], spec.picture
        assert set(facts.routes) <= set(map(str, family.routes)), spec.id
        assert facts.guidance_parameter == family.guidance, spec.id
        assert not set(facts.dtypes) & set(family.never), spec.id
        assert facts.size_multiple % family.size_multiple == 0, spec.id
        is_guided = family.negatives and facts.guidance_scale > family.guided_above
        assert facts.honours_negatives == is_guided, spec.id


def bare_picture(painter: DiffusersPainter, family: Family, draft: Recipe) -> torch.Tensor:
    """The pipeline called as its documentation does, words and all: (height, width, 3) bytes."""
    pipe, settings = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE), draft.settings
    arguments = {family.guidance: settings.guidance_scale, **family.call}
    is_guided = family.negatives and settings.guidance_scale > family.guided_above
    if is_guided and (draft.compiled.negative or family.texts != "clip pair"):
        arguments["negative_prompt"] = draft.compiled.negative or ""
    image = pipe(
        prompt=draft.compiled.positive, width=settings.width, height=settings.height,
        num_inference_steps=settings.steps, generator=torch.Generator("cpu").manual_seed(draft.seed),
        output_type="pt", **arguments,
    ).images[0]  # fmt: skip
    return (image * 255).round().to(torch.uint8).permute(1, 2, 0)
