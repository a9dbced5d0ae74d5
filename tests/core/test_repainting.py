"""A picture with areas painted by hand, changed later: all of it from its seed, then each area anew in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.conversation import HowPart, PromptPart
from sfumato.edits import edit_request
from sfumato.flips import other_route, same_again
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Recipe, Route
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import exactly
from sfumato.selection import Area, Selection, Shape
from tests.fakes import FakeWriter, Talk, decision

BOX = Selection((Shape("rectangle", ((500, 500), (1000, 1000))),))
SKY = Selection((Shape("rectangle", ((0, 0), (400, 400))),))
BALL = decision(patch={"set": {"subject": "a red ball", "lighting": "night"}})
NOON = decision("refine", seed="keep", patch={"set": {"lighting": "noon"}})


@pytest.fixture
def talk() -> Talk:
    """A ball (1) with a boat (2), from another seed, and a moon (3) painted into areas of it."""
    it = Talk(FakeWriter([BALL]))
    it.say("a red ball at night")
    it.say("a blue boat", Overrides(area=Area(BOX, "a blue boat"), seed=exactly(5)))
    it.say("a moon", Overrides(area=Area(SKY, "a moon"), seed=exactly(6)))
    return it


def say(talk: Talk, message: str, **patch: object) -> Recipe:
    talk.writer.answers.append(decision("refine", seed="keep", patch=patch))
    talk.say(message)
    return talk.painter.painted[-1]


def how(talk: Talk) -> HowPart:
    parts = [part for message in talk.keeper.conversation.messages for part in message.parts]
    return [part for part in parts if isinstance(part, HowPart)][-1]


def notes(talk: Talk) -> tuple[str, ...]:
    return talk.cards[-1].notes


def sent(recipe: Recipe) -> list[tuple[str, int]]:
    return [(area.compiled.positive, area.seed) for area in recipe.then]


def test_a_later_change_paints_the_first_picture_from_its_seed_and_every_area_again(talk: Talk) -> None:
    made = say(talk, "at noon", set={"lighting": "noon"})
    first = talk.keeper.conversation.versions[0]
    assert (made.route, made.seed, made.parent_sha256) == (Route.TEXT_TO_IMAGE, first.seed, "")
    assert made.compiled.positive == "a red ball, noon"
    assert sent(made) == [("a blue boat, noon", 5), ("a moon, noon", 6)]
    assert made.prompt.subject == "a red ball, a blue boat, a moon"
    assert "Then “a blue boat” and “a moon” are painted again in place." in how(talk).reason
    assert f"seed {first.seed}" in how(talk).seed_words.lower()


def test_the_next_change_goes_on_from_there(talk: Talk) -> None:
    say(talk, "at noon", set={"lighting": "noon"})
    made = say(talk, "as a watercolour", set={"style": "watercolour"})
    assert sent(made) == [("a blue boat, watercolour, noon", 5), ("a moon, watercolour, noon", 6)]
    talk.say("a bird", Overrides(area=Area(SKY, "a bird"), seed=exactly(8)))
    made = say(talk, "at dawn", set={"lighting": "dawn"})
    assert [area.area.words for area in made.then] == ["a blue boat", "a moon", "a bird"]


@pytest.mark.parametrize(
    ("subject", "whole", "areas"),
    [
        ("a red ball, a green boat, a moon", "a red ball", ["a green boat", "a moon"]),
        ("a yellow ball, a blue boat, a moon", "a yellow ball", ["a blue boat", "a moon"]),
        ("a red ball, a blue boat", "a red ball", ["a blue boat"]),
        ("a red ball, a blue boat, a moon, a cloud", "a red ball, a cloud", ["a blue boat", "a moon"]),
        ("a red ball", "a red ball", []),
        ("a blue boat, a moon", "a blue boat, a moon", []),
    ],
)
def test_areas_follow_their_words_in_the_subject(talk: Talk, subject: str, whole: str, areas: list[str]) -> None:
    made = say(talk, "another subject", set={"subject": subject})
    assert made.compiled.positive == f"{whole}, night"
    assert [area.area.words for area in made.then] == areas
    gone = [note for note in notes(talk) if "not painted again" in note]
    assert len(gone) == (0 if whole.startswith("a blue boat") else 2 - len(areas))


def test_a_new_seed_is_new_for_the_areas_too(talk: Talk) -> None:
    say(talk, "at noon", set={"lighting": "noon"})
    version = talk.keeper.conversation.versions[-1]
    talk.run(same_again("again", talk.keeper.conversation, version, exactly(99)))
    made = talk.painter.painted[-1]
    assert (made.seed, [area.seed for area in made.then]) == (99, [99, 99])
    assert sent(made)[0][0] == "a blue boat, noon"


def test_undoing_the_change_asks_for_the_very_picture_it_was(talk: Talk) -> None:
    first = say(talk, "at noon", set={"lighting": "noon"})
    say(talk, "as a watercolour", set={"style": "watercolour"})
    conversation = talk.keeper.conversation
    part = PromptPart(
        conversation.versions[-1].prompt,
        (FieldChange("style", "", "watercolour"),),
        parent=conversation.versions[-2].number,
    )
    talk.undo(part, (conversation.versions[-1].number,), "style")
    assert talk.painter.painted[-1] == first


def test_edited_by_hand_the_areas_stay(talk: Talk) -> None:
    say(talk, "at noon", set={"lighting": "noon"})
    version = talk.keeper.conversation.versions[-1]
    part = PromptPart(version.prompt, parent=version.parent)
    talk.run(edit_request(talk.keeper.conversation, part, (version.number,), replace(version.prompt, colour="pastel")))
    assert sent(talk.painter.painted[-1]) == [("a blue boat, noon, pastel", 5), ("a moon, noon, pastel", 6)]


def test_a_reviewed_and_edited_prompt_takes_the_areas_along(talk: Talk) -> None:
    talk.writer.answers.append(NOON)
    plan = talk.review(TurnRequest("at noon", talk.keeper.conversation, review=True))
    talk.paint_reviewed(plan, replace(plan.prompt, subject="a red ball, a green boat, a moon"))
    made = talk.painter.painted[-1]
    assert (made.compiled.positive, sent(made)) == (
        "a red ball, noon",
        [("a green boat, noon", 5), ("a moon, noon", 6)],
    )


def test_painting_over_stays_one_click_away_and_so_does_the_way_back(talk: Talk) -> None:
    again = say(talk, "at noon", set={"lighting": "noon"})
    part = how(talk)
    talk.run(TurnRequest("painted over", talk.keeper.conversation, part.parent, other_route(part)))
    assert (talk.painter.painted[-1].route, talk.painter.painted[-1].then) == (Route.IMAGE_TO_IMAGE, ())
    part = how(talk)
    talk.run(TurnRequest("from the seed", talk.keeper.conversation, part.parent, other_route(part)))
    assert talk.painter.painted[-1] == again


def test_areas_of_an_attached_picture_are_kept_by_painting_over_it(talk: Talk) -> None:
    first = talk.keeper.conversation.versions[0]
    attached = replace(first, recipe=replace(first.recipe, route=Route.ATTACHED, prompt=ImagePrompt()))
    versions = (attached, *talk.keeper.conversation.versions[1:])
    talk.keeper.conversation = replace(talk.keeper.conversation, versions=versions)
    made = say(talk, "at noon", set={"lighting": "noon"})
    assert made.route is Route.IMAGE_TO_IMAGE


def test_the_recipe_carries_its_areas(talk: Talk) -> None:
    made = say(talk, "at noon", set={"lighting": "noon"})
    assert Recipe.from_json(made.to_json()) == made
    assert "then" not in replace(made, then=()).to_json()
