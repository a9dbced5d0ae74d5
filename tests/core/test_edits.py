"""Edits by hand and single undos, as new versions that the writer knows of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.asking import reading
from sfumato.conversation import Message, PromptPart, TextPart
from sfumato.conversation_json import parts_from_text, parts_to_text
from sfumato.edits import edit_request, paint_request, undo
from sfumato.engine import DecisionReady, VersionReady
from sfumato.errors import EngineDied, SfumatoError
from sfumato.prompt import FieldChange, ImagePrompt, said_first
from sfumato.prompt_words import change_words, short_change, shortened, with_typed
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import exactly
from tests.fakes import FakeWriter, Talk, decision

BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "golden hour"}, "add_negative": ["people"]})
NIGHT_BLUE = decision("refine", seed="keep", patch={"set": {"lighting": "night", "subject": "a blue ball"}})
WATERCOLOUR = decision("refine", seed="keep", patch={"set": {"style": "watercolour"}})


@pytest.fixture
def it() -> Talk:
    talk = Talk(FakeWriter([BALL, NIGHT_BLUE, WATERCOLOUR, NIGHT_BLUE]))
    talk.say("a red ball at golden hour, no people", Overrides(seed=exactly(11)))
    return talk


def test_an_edit_by_hand_paints_the_same_seed_as_a_new_version_and_the_writer_knows_it(it: Talk) -> None:
    card = it.cards[-1]
    events = it.run(
        edit_request(
            it.keeper.conversation, card, (1,), with_typed(card.prompt, "lighting", " moonlight over\nthe sea ")
        )
    )
    assert any(isinstance(event, VersionReady) for event in events)
    first, second = it.keeper.conversation.versions
    assert (second.parent, second.recipe.seed) == (1, 11)
    assert second.prompt == with_typed(first.prompt, "lighting", "moonlight over the sea")
    stored = it.cards[-1]
    assert stored.origin == "hand"
    assert [change.field for change in stored.changes] == ["lighting"]
    assert stored.seed_kept
    assert len(it.writer.asked) == 1  # an edit asks no writer
    it.say("as a watercolour")
    known = it.writer.asked[-1]
    assert known.prompt.lighting == "moonlight over the sea"
    assert known.changes == (FieldChange("lighting", "golden hour", "moonlight over the sea"),)
    assert it.keeper.conversation.messages[0].text == "a red ball at golden hour, no people"


def test_negatives_are_edited_as_a_list(it: Talk) -> None:
    card = it.cards[-1]
    it.run(
        edit_request(it.keeper.conversation, card, (1,), with_typed(card.prompt, "negative", "birds,  people , ,birds"))
    )
    assert it.keeper.conversation.versions[-1].prompt.negative == ("birds", "people")
    assert it.cards[-1].changes[0].field == "negative"


def test_one_change_of_a_refinement_is_undone_by_itself(it: Talk) -> None:
    it.say("a blue one, at night")
    card = it.cards[-1]
    it.undo(card, (2,), "lighting")
    last = it.keeper.conversation.versions[-1]
    assert (last.prompt.subject, last.prompt.lighting) == ("a blue ball", "golden hour")
    assert (last.parent, last.recipe.seed) == (2, 11)
    assert it.cards[-1].origin == "undo"
    assert reading_changes(it) == ["lighting"]


def reading_changes(it: Talk) -> list[str]:
    conversation = it.keeper.conversation
    request = TurnRequest("x", conversation)
    return [change.field for change in reading(request, conversation.version(conversation.current)).changes]


def test_an_earlier_change_is_undone_without_losing_what_came_after_it(it: Talk) -> None:
    it.say("a blue one, at night")
    card = it.cards[-1]
    it.say("as a watercolour")
    it.undo(card, (2,), "subject")
    last = it.keeper.conversation.versions[-1]
    assert (last.prompt.subject, last.prompt.lighting, last.prompt.style) == ("a red ball", "night", "watercolour")
    assert last.parent == 3


def test_a_change_that_was_changed_again_is_not_undone_by_guesswork(it: Talk) -> None:
    it.say("a blue one, at night")
    card = it.cards[-1]
    it.run(edit_request(it.keeper.conversation, card, (2,), with_typed(card.prompt, "lighting", "fog")))
    with pytest.raises(SfumatoError, match="changed again"):
        undo(it.keeper.conversation, card, (2,), "lighting")


def test_a_change_undone_as_a_whole_needs_no_painting(it: Talk) -> None:
    it.say("a blue one, at night")
    it.say("as a watercolour")
    conversation = it.keeper.conversation
    two, one = it.cards[-2:]
    assert isinstance(undo(conversation, two, (2,), "lighting"), TurnRequest)
    assert undo(conversation, one, (3,), "style") == conversation.version(2)
    deleted = replace(conversation.versions[1], is_deleted=True)
    conversation = replace(conversation, versions=(conversation.versions[0], deleted, conversation.versions[2]))
    with pytest.raises(SfumatoError, match="picture 2 again, which is in the bin"):
        undo(conversation, one, (3,), "style")


def test_an_undo_does_not_go_back_to_a_picture_of_another_model(it: Talk) -> None:
    it.say("a blue one, at night")
    it.spec = it.spec.model_copy(update={"id": "another-painter"})
    it.say("as a watercolour")
    conversation = it.keeper.conversation
    assert isinstance(undo(conversation, it.cards[-1], (3,), "style"), TurnRequest)


@pytest.mark.parametrize("more", [{"seed": "new"}, {"seed": "keep", "shape": "portrait"}])
def test_a_new_seed_or_shape_stays_when_the_words_are_undone(more: dict[str, object]) -> None:
    it = Talk(FakeWriter([BALL, decision("refine", patch={"set": {"style": "ink"}}, **more)]))
    it.say("a red ball")
    it.say("in ink, another one")
    assert isinstance(undo(it.keeper.conversation, it.cards[-1], (2,), "style"), TurnRequest)


def test_terms_with_commas_come_back_whole_when_undone() -> None:
    it = Talk(
        FakeWriter(
            [
                decision("draw", patch={"set": {"subject": "a cat"}, "add_negative": ["dogs, large ones"]}),
                decision("refine", seed="keep", patch={"set": {"style": "ink"}, "drop_negative": ["dogs, large ones"]}),
            ]
        )
    )
    it.say("a cat")
    it.say("in ink, dogs are fine")
    card = it.cards[-1]
    it.undo(card, (2,), "negative")
    assert it.keeper.conversation.versions[-1].prompt.negative == ("dogs, large ones",)


def test_the_order_is_changed_and_undone_by_hand_like_a_field(it: Talk) -> None:
    it.say("a blue one, at night")
    card = it.cards[-1]
    it.run(edit_request(it.keeper.conversation, card, (2,), said_first(card.prompt, "lighting")))
    made = it.painter.painted[-1]
    assert (made.compiled.positive, made.seed) == ("night, a blue ball", 11)
    assert it.keeper.conversation.messages[-1].role == "sfumato"
    assert [message.text for message in it.keeper.conversation.messages if message.role == "person"][-1] == (
        "Edited by hand: order: as usual → lighting first"
    )
    assert it.cards[-1].changes == (FieldChange("order", "as usual", "lighting first"),)
    assert undo(it.keeper.conversation, it.cards[-1], (3,), "order") == it.keeper.conversation.version(2)
    it.say("as a watercolour")
    it.undo(it.cards[-2], (3,), "order")
    assert it.painter.painted[-1].compiled.positive == "a blue ball, watercolour, night"


def test_what_was_done_by_hand_is_kept_as_a_deed_and_not_as_something_said(it: Talk) -> None:
    card = it.cards[-1]
    it.run(edit_request(it.keeper.conversation, card, (1,), with_typed(card.prompt, "lighting", "fog")))
    said = [message for message in it.keeper.conversation.messages if message.role == "person"]
    parts = [parts_from_text(parts_to_text(message)) for message in said]
    assert [part.is_deed for (part,) in parts if isinstance(part, TextPart)] == [False, True]


def test_a_prompt_cannot_be_emptied(it: Talk) -> None:
    card = it.cards[-1]
    with pytest.raises(SfumatoError, match="empty"):
        edit_request(it.keeper.conversation, card, (1,), with_typed(ImagePrompt("a ball"), "subject", "  "))


def test_a_prompt_that_was_never_painted_can_still_be_with_its_seed_and_size() -> None:
    it = Talk(FakeWriter([BALL, BALL]))
    it.say("a red ball")
    it.painter.fails = [EngineDied("The painter stopped.")]
    it.say("a red ball", Overrides(size=(96, 64)))
    card = it.cards[-1]
    prompt = with_typed(card.prompt, "style", "oil")
    events = it.run(paint_request(it.keeper.conversation, card, prompt))
    recipe = it.painter.painted[-1]
    assert (recipe.prompt, recipe.seed) == (prompt, card.seed)
    assert (recipe.settings.width, recipe.settings.height) == (96, 64)
    assert it.keeper.conversation.versions[-1].parent is None
    assert next(event for event in events if isinstance(event, DecisionReady)).changes == ()


def test_the_change_line_reads_as_a_person_reads_it() -> None:
    assert change_words(FieldChange("lighting", "golden hour", "moonlight")) == "golden hour → moonlight"
    assert change_words(FieldChange("lighting", "", "moonlight")) == "– → moonlight"
    assert change_words(FieldChange("negative", "people, text", "text, birds")) == "+ birds, − people"
    assert change_words(FieldChange("quality", "a, b", "b, a")) == "a, b → b, a"
    long = "a very long description of a light that goes on and on, over the hills and far away"
    assert shortened(long) == "a very long description of a light that goes…"
    assert short_change(FieldChange("lighting", long, "fog")).after == "fog"


def test_edits_and_undos_are_stored_and_old_rows_are_still_read() -> None:
    card = PromptPart(ImagePrompt("a ball"), (), 7, True, (), "undo", 3, (96, 64))
    assert parts_from_text(parts_to_text(Message("sfumato", (card,)))) == (card,)
    old = '{"parts": [{"type": "prompt", "prompt": {"subject": "x"}, "changes": [], "seed": "1", "seed_kept": false, "notes": []}]}'
    (read,) = parts_from_text(old)
    assert isinstance(read, PromptPart)
    assert (read.origin, read.parent, read.size) == ("writer", None, None)
