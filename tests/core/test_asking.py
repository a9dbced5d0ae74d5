"""Messages about a picture nobody described, and changes where there is no picture yet: nothing is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.answers import Answer, Question
from sfumato.attachment import attach_pixels
from sfumato.conversation import ErrorPart, Message
from sfumato.decision import Decision
from sfumato.draft import Draft
from sfumato.engine import FieldsReady, Pixels
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, Route
from sfumato.request import TurnRequest
from sfumato.turn import run_turn
from tests.fakes import FakeWriter, Talk, decision

PHOTO = attach_pixels("photo.png", Pixels(64, 64, bytes((90, 120, 60, 255)) * 64 * 64))


def over_photo(answer: Decision, message: str = "at night") -> tuple[Talk, Recipe]:
    """What is painted over an attached picture."""
    it = Talk(FakeWriter([answer]))
    it.run(TurnRequest(message, it.keeper.conversation, attached=PHOTO))
    return it, it.painter.painted[-1]


def test_a_change_of_an_attached_picture_says_only_what_was_said() -> None:
    it, made = over_photo(decision("refine", patch={"set": {"lighting": "night"}}))
    assert it.writer.asked[0].prompt == ImagePrompt(subject="a scene")
    assert it.writer.asked[0].versions[0].words == "a scene"
    assert (made.prompt, made.compiled.positive) == (ImagePrompt(lighting="night"), "night")
    assert made.route is Route.IMAGE_TO_IMAGE
    it.writer.answers.append(decision("refine", patch={"set": {"style": "ink"}}))
    it.say("in ink")
    assert it.writer.asked[1].prompt == ImagePrompt(subject="a scene", lighting="night")
    assert it.painter.painted[-1].prompt == ImagePrompt(lighting="night", style="ink")


@pytest.mark.parametrize(
    ("answered", "kept"),
    [
        ("a scene with a red boat", "a red boat"),
        ("the scene, a red boat", "a red boat"),
        ("a scene", "at night"),
        ("a pink scene", "at night"),
        ("a red boat", "a red boat"),
        ("scenery", "scenery"),
    ],
)
def test_the_scene_is_taken_out_of_the_answer(answered: str, kept: str) -> None:
    """Where nothing is left of it, the person's own words are used."""
    _, made = over_photo(decision("refine", patch={"set": {"subject": answered}}))
    assert made.prompt.subject == kept


def test_a_scene_that_the_person_speaks_of_stays() -> None:
    answer = decision("refine", patch={"set": {"subject": "a street scene with a tram"}})
    _, made = over_photo(answer, "make it a street scene with a tram")
    assert made.prompt.subject == "a street scene with a tram"


def test_nothing_is_told_of_the_seed_and_steps_of_a_picture_that_was_not_painted_here() -> None:
    it = Talk(FakeWriter([decision("refine", patch={"set": {"lighting": "night"}}), decision("answer", topic="seeds")]))
    asked: list[Question] = []

    def explain(question: Question) -> Answer:
        asked.append(question)
        return Answer("", question.topic)

    engines = replace(it.engines, explain=explain)
    it.run(TurnRequest("at night", it.keeper.conversation, attached=PHOTO))
    it.keeper.go_to(1)
    run_turn(TurnRequest("what is a seed?", it.keeper.conversation), engines, it.keeper, lambda _: None, it.cancel)
    it.keeper.go_to(2)
    it.writer.answers.append(decision("answer", topic="small-changes"))
    run_turn(TurnRequest("why did it change?", it.keeper.conversation), engines, it.keeper, lambda _: None, it.cancel)
    assert asked[0].recipe is None
    assert asked[1].recipe is not None
    assert asked[1].parent is None


def test_drafts_do_not_show_the_scene_either() -> None:
    answer = decision("refine", patch={"set": {"subject": "a scene with a boat"}})
    it = Talk(FakeWriter([answer], drafts=[Draft(answer)]))
    events = it.run(TurnRequest("add a boat", it.keeper.conversation, attached=PHOTO))
    assert [event.prompt.subject for event in events if isinstance(event, FieldsReady)] == ["a boat"]


def test_what_is_only_ruled_out_of_an_attached_picture_is_no_subject() -> None:
    _, made = over_photo(decision("refine", patch={"add_negative": ["people"]}), "remove the people")
    assert (made.compiled.positive, made.compiled.negative) == ("", "people")


def last(it: Talk) -> Message:
    return it.keeper.conversation.messages[-1]


def test_a_change_where_there_is_no_picture_asks_what_to_draw() -> None:
    guess = decision("refine", patch={"set": {"subject": "a watercolour"}})
    it = Talk(FakeWriter([guess, decision("refine", patch={"set": {"style": "watercolour"}})]))
    it.say("make it a watercolour")
    (part,) = last(it).parts
    assert isinstance(part, ErrorPart)
    assert "no picture to change yet" in part.message
    assert not it.painter.painted
    assert it.keeper.conversation.messages[0].text == "make it a watercolour"


def test_a_thing_that_is_added_where_there_is_no_picture_is_drawn() -> None:
    guess = decision("refine", patch={"set": {"subject": "a red boat with a red boat"}})
    it = Talk(FakeWriter([guess, decision("refine", patch={"set": {"subject": "a scene with a red boat"}})]))
    it.say("add a red boat")
    assert it.painter.painted[-1].prompt == ImagePrompt(subject="a red boat")
    assert it.keeper.conversation.versions[0].parent is None
