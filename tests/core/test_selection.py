from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from sfumato.conversation import ErrorPart, HowPart, PromptPart
from sfumato.decision import Decision
from sfumato.edits import edit_request, undo
from sfumato.engine import Failed
from sfumato.errors import SfumatoError
from sfumato.flips import other_seed, same_again
from sfumato.masks import feathered_mask, hard_mask
from sfumato.planned import Plan
from sfumato.prompt import FieldChange
from sfumato.recipe import Recipe, Route
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import exactly
from sfumato.selection import SCALE, Area, Selection, Shape
from tests.fakes import SPEC, FakeWriter, Talk, decision, recipe

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


DAMAGED: list[list[dict[str, object]]] = [
    [{"kind": "blob", "points": [[1, 1]], "radius": 1}],
    [{"kind": "rectangle", "points": [[1, 1]], "radius": 0}],
    [{"kind": "stroke", "points": [[1, 5000]], "radius": 0}],
    [{"kind": "stroke", "points": [[1, 1]] * 30_000, "radius": 0}],
    [{"kind": "stroke", "points": [[1, 1]], "radius": 0}] * 500,
    [{"points": []}],
]


@pytest.mark.parametrize("shapes", DAMAGED)
def test_a_damaged_area_is_a_damaged_recipe(shapes: list[dict[str, object]]) -> None:
    for data in ({"selection": shapes}, {"area": {"words": "a boat", "shapes": shapes}}):
        with pytest.raises(SfumatoError, match="damaged"):
            Recipe.from_json(recipe(7).to_json() | data)


def test_a_recipe_keeps_its_area_and_the_first_ones_that_had_no_words_are_still_read() -> None:
    assert "area" not in recipe(7).to_json()
    with_area = replace(recipe(7), area=Area(BOX, "a blue boat"), route=Route.INPAINT)
    assert Recipe.from_json(with_area.to_json()) == with_area
    assert Recipe.from_json(recipe(7).to_json() | {"selection": BOX.to_json()}).area == Area(BOX)


BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "night"}})
BOAT = Overrides(area=Area(BOX, "a blue boat"))


def painted_area(*answers: Decision | Exception) -> Talk:
    """A ball with a boat painted into it, and what the writer answers after that."""
    it = Talk(FakeWriter([BALL, *answers]))
    it.say("a red ball at night")
    it.say("a blue boat", BOAT)
    return it


def test_the_words_go_into_the_area_and_the_prompt_remembers_both() -> None:
    it = painted_area()
    made = it.painter.painted[-1]
    assert (made.route, made.area, made.settings.strength) == (Route.INPAINT, Area(BOX, "a blue boat"), 1.0)
    assert made.compiled.positive == "a blue boat, night"
    assert made.prompt.subject == "a red ball, a blue boat"
    assert made.parent_sha256 == it.keeper.conversation.versions[0].recipe.sha256_rgb
    assert it.keeper.conversation.versions[1].parent == 1
    assert len(it.writer.asked) == 1


def test_a_model_that_paints_no_areas_paints_later_changes_over_the_picture_with_the_area() -> None:
    it = painted_area(
        decision("refine", seed="keep", patch={"set": {"lighting": "noon"}}),
        decision("refine", seed="keep", patch={"set": {"style": "watercolour"}}),
    )
    with_area = it.keeper.conversation.versions[1].recipe
    assert SPEC.picture
    routes = ("text-to-image", "image-to-image")
    it.spec = SPEC.model_copy(update={"picture": SPEC.picture.model_copy(update={"routes": routes})})
    for message in ("at noon", "as a watercolour"):
        it.say(message)
        made = it.painter.painted[-1]
        assert (made.route, made.parent_sha256) == (Route.IMAGE_TO_IMAGE, with_area.sha256_rgb)
        assert made.area is None
        assert made.settings.strength is not None
        assert made.settings.strength < 1
    assert made.prompt.subject == "a red ball, a blue boat"
    how = next(part for part in it.keeper.conversation.messages[-3].parts if isinstance(part, HowPart))
    assert "picture 2" in how.reason


def test_a_model_that_only_paints_from_words_paints_the_area_again_with_the_whole_picture() -> None:
    it = painted_area(decision("refine", seed="keep", patch={"set": {"lighting": "noon"}}))
    assert SPEC.picture
    it.spec = SPEC.model_copy(update={"picture": SPEC.picture.model_copy(update={"routes": ("text-to-image",)})})
    it.say("at noon")
    assert it.painter.painted[-1].compiled.positive == "a red ball, a blue boat, noon"


def test_a_new_seed_paints_the_area_again_on_the_same_picture() -> None:
    it = painted_area(decision("reroll", seed="new"))
    first, second = it.keeper.conversation.versions
    it.run(same_again("again", it.keeper.conversation, second, exactly(99)))
    it.say("another one")
    how = next(part for part in it.keeper.conversation.messages[-3].parts if isinstance(part, HowPart))
    it.run(TurnRequest("the other seed", it.keeper.conversation, how.parent, other_seed(how)))
    seeds = [version.seed for version in it.keeper.conversation.versions[2:]]
    assert seeds[0] == seeds[2] == 99
    assert seeds[1] != 99
    for version in it.keeper.conversation.versions[2:]:
        made = version.recipe
        assert (made.route, made.area, made.parent_sha256) == (Route.INPAINT, BOAT.area, first.recipe.sha256_rgb)
        assert made.compiled.positive == "a blue boat, night"
        assert (version.parent, version.prompt) == (1, second.prompt)


def reviewed_area(*answers: Decision | Exception) -> tuple[Talk, Plan]:
    it = Talk(FakeWriter([BALL, *answers]))
    it.say("a red ball at night")
    plan = it.review(TurnRequest("a blue boat", it.keeper.conversation, overrides=BOAT, review=True))
    assert len(it.painter.painted) == 1
    return it, plan


@pytest.mark.parametrize(
    ("subject", "lighting", "sent", "note"),
    [
        ("a red ball, a green boat", "night", "a green boat, night", ""),
        ("a red ball, a blue boat", "noon", "a blue boat, noon", ""),
        ("a yellow ball", "night", "a blue boat, night", "Only “a blue boat” is painted"),
    ],
)
def test_a_reviewed_and_edited_area_is_still_told_only_its_own_words(
    subject: str, lighting: str, sent: str, note: str
) -> None:
    it, plan = reviewed_area()
    it.paint_reviewed(plan, replace(plan.prompt, subject=subject, lighting=lighting))
    made = it.painter.painted[-1]
    assert (made.route, made.compiled.positive) == (Route.INPAINT, sent)
    assert made.area
    assert made.area.words == sent.split(",")[0]
    assert made.prompt.subject == subject
    part = next(part for part in it.keeper.conversation.messages[-2].parts if isinstance(part, PromptPart))
    assert any(line.startswith(note) for line in part.notes) == bool(note)


def test_what_is_said_while_an_area_waits_changes_what_will_be_in_it() -> None:
    it, plan = reviewed_area(decision("refine", patch={"set": {"subject": "a red ball, a green boat"}}))
    it.run(TurnRequest("make the boat green", it.keeper.conversation, waiting=plan))
    made = it.painter.painted[-1]
    assert (made.route, made.area, made.compiled.positive) == (
        Route.INPAINT,
        Area(BOX, "a green boat"),
        "a green boat, night",
    )
    assert it.keeper.conversation.versions[-1].parent == 1


def test_editing_the_words_of_an_area_by_hand_paints_it_again_in_its_place() -> None:
    it = painted_area()
    part = PromptPart(it.keeper.conversation.versions[1].prompt, parent=1)
    it.run(edit_request(it.keeper.conversation, part, (2,), replace(part.prompt, subject="a red ball, a green boat")))
    made = it.painter.painted[-1]
    assert (made.route, made.area) == (Route.INPAINT, Area(BOX, "a green boat"))
    assert made.parent_sha256 == it.keeper.conversation.versions[0].recipe.sha256_rgb
    it.run(edit_request(it.keeper.conversation, part, (2,), replace(part.prompt, lighting="noon")))
    assert it.painter.painted[-1].then[0].compiled.positive == "a blue boat, noon"


def test_undoing_an_area_leads_back_to_the_picture_it_was_painted_on() -> None:
    it = painted_area()
    part = PromptPart(
        it.keeper.conversation.versions[1].prompt,
        (FieldChange("subject", "a red ball", "a red ball, a blue boat"),),
        parent=1,
    )
    assert undo(it.keeper.conversation, part, (2,), "subject") == it.keeper.conversation.version(1)
    it.run(edit_request(it.keeper.conversation, part, (2,), replace(part.prompt, lighting="noon")))
    assert isinstance(undo(it.keeper.conversation, part, (2,), "subject"), TurnRequest)  # what came after it stays
    it.undo(part, (2,), "subject")
    made = it.painter.painted[-1]
    assert (made.prompt.subject, made.prompt.lighting, made.then) == ("a red ball", "noon", ())


def test_inpainting_without_an_area_is_said_or_done_another_way() -> None:
    it = painted_area(decision("refine", seed="keep", route="inpaint", patch={"set": {"lighting": "noon"}}))
    it.say("paint it at noon")
    assert it.painter.painted[-1].route is Route.TEXT_TO_IMAGE
    it.writer.answers.append(decision("refine", patch={"set": {"lighting": "dawn"}}))
    it.say("at dawn", Overrides(route=Route.INPAINT))
    (part,) = it.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert "No area" in part.message


def test_an_area_of_no_picture_is_said() -> None:
    it = Talk(FakeWriter([]))
    assert isinstance(it.say("a boat", BOAT)[-1], Failed)
    (part,) = it.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert "no picture" in part.message
