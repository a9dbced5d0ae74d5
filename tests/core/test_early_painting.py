"""The prompt field by field, painting before the sentence, and the review before painting."""

from __future__ import annotations

import threading
from dataclasses import replace

from sfumato.answering import UNFINISHED_SENTENCE
from sfumato.answers import Answer
from sfumato.conversation import PicturePart, TextPart
from sfumato.draft import Draft
from sfumato.engine import Cancelled, DecisionReady, Event, Failed, FieldsReady, Replied, VersionReady
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.planned import Plan
from sfumato.prompt_words import with_typed
from sfumato.request import Engines, Overrides, TurnRequest
from sfumato.seeds import exactly
from sfumato.turn import paint_reviewed, run_turn
from tests.fakes import FakeWriter, Talk, decision

BALL = decision("draw", reply="Here it is.", patch={"set": {"subject": "a red ball", "lighting": "golden hour"}})
NIGHT = decision("refine", seed="keep", reply="At night.", patch={"set": {"lighting": "night"}})


def drafts(*answers: tuple[str, dict[str, str]]) -> list[Draft]:
    return [Draft(decision(action, reply="", patch={"set": texts})) for action, texts in answers]


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_the_prompt_is_told_field_by_field_before_the_decision() -> None:
    it = Talk(FakeWriter([BALL]))
    it.writer.drafts = drafts(
        ("draw", {}),
        ("draw", {"subject": "a red ball"}),
        ("draw", {"subject": "a red ball", "lighting": "golden hour"}),
    )
    events = it.say("a red ball")
    fields = [event for event in events if isinstance(event, FieldsReady)]
    assert [event.prompt.lighting for event in fields] == ["", "golden hour"]
    assert not any(event.is_change for event in fields)
    assert kinds(events)[:3] == ["FieldsReady", "FieldsReady", "DecisionReady"]


def test_a_refinement_shows_what_is_kept_at_once_and_then_what_changes() -> None:
    it = Talk(FakeWriter([BALL, NIGHT]))
    it.say("a red ball")
    it.writer.drafts = drafts(("refine", {}), ("refine", {"lighting": "night"}))
    kept, changed = (event for event in it.say("at night") if isinstance(event, FieldsReady))
    assert (kept.prompt.subject, kept.changes, kept.is_change) == ("a red ball", (), True)
    assert [change.field for change in changed.changes] == ["lighting"]


def test_painting_begins_when_the_facts_are_complete_and_the_sentence_comes_later() -> None:
    it = Talk(FakeWriter([BALL]))
    has_begun = threading.Event()
    it.painter.on_step = lambda step: has_begun.set()
    it.writer.drafts = [Draft(BALL.model_copy(update={"reply": ""}), has_facts=True)]
    it.writer.before_the_end = lambda: has_begun.wait(20) or (_ for _ in ()).throw(AssertionError("painting waited"))
    events = it.say("a red ball")
    assert kinds(events).index("DecisionReady") < kinds(events).index("Replied")
    assert [event.text for event in events if isinstance(event, Replied)] == ["Here it is."]
    words = [
        part.text for message in it.keeper.conversation.messages for part in message.parts if isinstance(part, TextPart)
    ]
    assert words == ["a red ball", "Here it is."]
    assert any(isinstance(event, VersionReady) for event in events)


def test_a_writer_that_fails_in_its_sentence_has_decided_already_and_that_is_said() -> None:
    for trouble in (UnusableAnswer("The writer's answer was cut off."), SfumatoError("The writer stopped.")):
        it = Talk(FakeWriter([trouble]))
        it.writer.drafts = [Draft(BALL.model_copy(update={"reply": ""}), has_facts=True)]
        events = it.say("a red ball")
        assert it.painter.painted[0].prompt.subject == "a red ball"
        assert [event.text for event in events if isinstance(event, Replied)] == [UNFINISHED_SENTENCE]


def test_an_answer_that_is_no_use_after_some_fields_leaves_the_persons_own_words() -> None:
    it = Talk(FakeWriter([UnusableAnswer("no")]))
    it.writer.drafts = drafts(("draw", {"subject": "a r"}))
    ready = next(event for event in it.say("a red ball") if isinstance(event, DecisionReady))
    assert ready.prompt.subject == "a red ball"
    assert "your own words" in ready.notes[0]


def review(it: Talk, message: str, waiting: Plan | None = None) -> tuple[Plan | None, list[Event]]:
    events: list[Event] = []
    request = TurnRequest(
        message, it.keeper.conversation, overrides=Overrides(seed=exactly(11)), review=True, waiting=waiting
    )
    return run_turn(request, engines(it), it.keeper, events.append, it.cancel), events


def engines(it: Talk) -> Engines:
    return Engines(it.writer, it.painter, it.spec, lambda question: Answer(""))


def test_with_a_review_nothing_is_painted_before_the_ok_and_then_exactly_the_plan() -> None:
    it = Talk(FakeWriter([BALL]))
    plan, events = review(it, "a red ball")
    assert plan
    assert kinds(events) == ["DecisionReady", "Replied"]
    assert not it.painter.painted
    assert it.cards
    paint_reviewed(plan, plan.prompt, engines(it), it.keeper, events.append, it.cancel)
    assert it.painter.painted == list(plan.recipes)
    assert isinstance(it.keeper.conversation.messages[-1].parts[0], PicturePart)


def test_an_edited_plan_is_painted_as_edited_and_the_edit_is_kept() -> None:
    it = Talk(FakeWriter([BALL]))
    plan, _ = review(it, "a red ball")
    assert plan
    prompt = with_typed(with_typed(plan.prompt, "lighting", "moonlight"), "negative", "people, birds")
    events: list[Event] = []
    paint_reviewed(plan, prompt, engines(it), it.keeper, events.append, it.cancel)
    recipe = it.painter.painted[0]
    assert (recipe.prompt, recipe.seed, recipe.compiled.negative) == (prompt, 11, "people, birds")
    assert [(card.origin, card.prompt.lighting) for card in it.cards] == [
        ("writer", "golden hour"),
        ("hand", "moonlight"),
    ]
    assert it.keeper.conversation.messages[0].text == "a red ball"


def test_an_emptied_plan_is_refused_in_one_sentence() -> None:
    it = Talk(FakeWriter([BALL]))
    plan, _ = review(it, "a red ball")
    assert plan
    events: list[Event] = []
    paint_reviewed(
        plan, replace(plan.prompt, subject="", lighting=""), engines(it), it.keeper, events.append, it.cancel
    )
    assert isinstance(events[-1], Failed)
    assert "empty" in events[-1].error.message
    assert not it.painter.painted


def test_what_is_said_while_a_plan_waits_changes_that_plan() -> None:
    it = Talk(FakeWriter([BALL, NIGHT]))
    first, _ = review(it, "a red ball")
    second, events = review(it, "at night", first)
    assert second
    assert it.writer.asked[1].prompt.subject == "a red ball"
    assert (second.prompt.subject, second.prompt.lighting, second.parent) == ("a red ball", "night", None)
    ready = next(event for event in events if isinstance(event, DecisionReady))
    assert [change.field for change in ready.changes] == ["lighting"]
    paint_reviewed(second, second.prompt, engines(it), it.keeper, events.append, it.cancel)
    assert it.keeper.conversation.versions[0].parent is None


def test_a_question_is_answered_without_a_review() -> None:
    it = Talk(FakeWriter([decision("answer", topic="seeds")]))
    plan, events = review(it, "what is a seed?")
    assert plan is None
    assert kinds(events) == ["DecisionReady", "Answered"]


def test_stop_while_the_facts_are_written_paints_nothing() -> None:
    it = Talk(FakeWriter([BALL]))
    it.writer.drafts = drafts(("draw", {"subject": "a red ball"}))
    it.writer.before_the_end = it.cancel.cancel
    events = it.say("a red ball")
    assert isinstance(events[-1], Cancelled)
    assert not it.painter.painted
