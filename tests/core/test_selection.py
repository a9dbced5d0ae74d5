from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from sfumato.conversation import ErrorPart
from sfumato.engine import Failed
from sfumato.errors import SfumatoError
from sfumato.masks import feathered_mask, hard_mask
from sfumato.recipe import Recipe, Route
from sfumato.request import Overrides
from sfumato.selection import SCALE, Selection, Shape
from tests.fakes import FakeWriter, Talk, decision, recipe

BOX = Selection((Shape("rectangle", ((250, 250), (750, 750))),))
places = st.tuples(st.integers(0, SCALE), st.integers(0, SCALE))
shapes = st.builds(Shape, st.just("rectangle"), st.tuples(places, places)) | st.builds(
    Shape, st.just("stroke"), st.lists(places, min_size=1, max_size=6).map(tuple), st.integers(0, 200)
)


@given(st.lists(shapes, max_size=5).map(lambda found: Selection(tuple(found))), st.sampled_from([(64, 64), (96, 40)]))
def test_nothing_shows_outside_the_area_and_recipes_carry_it(area: Selection, size: tuple[int, int]) -> None:
    assert Selection.from_json(area.to_json()) == area
    hard = hard_mask(area, *size)
    try:
        soft = feathered_mask(area, *size)
    except SfumatoError:
        return
    outside = ImageChops.subtract(soft, hard)
    assert outside.getbbox() is None
    assert set(hard.tobytes()) <= {0, 255}


def test_the_edge_is_feathered_and_the_middle_is_whole() -> None:
    mask = feathered_mask(BOX, 256, 256)
    assert mask.getpixel((128, 128)) == 255
    levels = [mask.getpixel((x, 128)) for x in range(60, 80)]
    assert levels == sorted(levels)
    assert 0 < levels[8] < 255


def test_an_area_too_small_is_said() -> None:
    with pytest.raises(SfumatoError, match="too small"):
        feathered_mask(Selection((Shape("stroke", ((500, 500),), 1),)), 256, 256)


@pytest.mark.parametrize(
    "data",
    [
        [{"kind": "blob", "points": [[1, 1]], "radius": 1}],
        [{"kind": "rectangle", "points": [[1, 1]], "radius": 0}],
        [{"kind": "stroke", "points": [[1, 5000]], "radius": 0}],
        [{"kind": "stroke", "points": [[1, 1]] * 30_000, "radius": 0}],
        [{"kind": "stroke", "points": [[1, 1]], "radius": 0}] * 500,
        [{"points": []}],
    ],
)
def test_a_damaged_area_is_a_damaged_recipe(data: list[dict[str, object]]) -> None:
    stored = recipe(7).to_json() | {"selection": data}
    with pytest.raises(SfumatoError, match="damaged"):
        Recipe.from_json(stored)


def test_a_recipe_without_an_area_is_stored_as_before() -> None:
    assert "selection" not in recipe(7).to_json()
    with_area = replace(recipe(7), selection=BOX, route=Route.INPAINT)
    assert Recipe.from_json(with_area.to_json()) == with_area


def test_the_words_go_into_the_area_and_the_prompt_remembers_both() -> None:
    it = Talk(FakeWriter([decision("draw", patch={"set": {"subject": "a red ball", "lighting": "night"}})]))
    it.say("a red ball at night")
    it.say("a blue boat", Overrides(selection=BOX))
    made = it.painter.painted[-1]
    assert (made.route, made.selection, made.settings.strength) == (Route.INPAINT, BOX, 1.0)
    assert made.compiled.positive == "a blue boat, night"
    assert made.prompt.subject == "a red ball, a blue boat"
    assert made.parent_sha256 == it.keeper.conversation.versions[0].recipe.sha256_rgb
    assert it.keeper.conversation.versions[1].parent == 1
    assert len(it.writer.asked) == 1


def test_an_area_of_no_picture_is_said() -> None:
    it = Talk(FakeWriter([]))
    assert isinstance(it.say("a boat", Overrides(selection=BOX))[-1], Failed)
    (part,) = it.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert "no picture" in part.message
