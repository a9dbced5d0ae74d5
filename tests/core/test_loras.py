"""LoRAs of a recipe: shown wherever what was sent is shown, and kept by every click that paints the same in another way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from sfumato.a1111_text import a1111_text
from sfumato.answers import Question, difference, facts_of_picture
from sfumato.conversation import Conversation, HowPart, Message, PicturePart, PromptPart, TextPart, Version
from sfumato.conversation_json import parts_from_text, parts_to_text
from sfumato.edits import edit_request, paint_request
from sfumato.errors import EngineDied
from sfumato.export import PAGE, export_conversation
from sfumato.flips import other_route, other_seed, same_again
from sfumato.lora import Lora
from sfumato.other_metadata import metadata_of_recipe, read_a1111
from sfumato.prompt_words import with_typed
from sfumato.recipe import Recipe
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import NEW, exactly
from sfumato.selection import Area, Selection, Shape
from tests.fakes import FakeWriter, Talk, decision, recipe

INK, OIL = Lora("ink.safetensors", "a" * 64, 0.8), Lora("oil.safetensors", "b" * 64)
DRAW = decision("draw", patch={"set": {"subject": "a red ball"}})
NIGHT = decision("refine", seed="keep", patch={"set": {"lighting": "night"}})

P = TypeVar("P", HowPart, PromptPart)


@pytest.fixture
def it() -> Talk:
    return Talk(FakeWriter([DRAW, NIGHT]))


def parts(it: Talk, kind: type[P]) -> list[P]:
    return [part for message in it.keeper.conversation.messages for part in message.parts if isinstance(part, kind)]


def painted(it: Talk) -> Recipe:
    return it.painter.painted[-1]


def test_what_a_recipe_adds_to_the_model_is_told_by_name_and_strength(tmp_path: Path) -> None:
    plain, added = recipe(), recipe(loras=(INK, OIL))
    assert [(lora.name, lora.weight) for lora in metadata_of_recipe(added).loras] == [("ink", 0.8), ("oil", 1.0)]
    assert "LoRAs none → ink (0.8), oil (1)" in difference(plain, added)
    assert "with the LoRAs ink (0.8), oil (1)" in facts_of_picture("models", Question("which model?", recipe=added))
    said = Message("sfumato", (PicturePart(1),))
    conversation = Conversation(1, "A ball", (said,), (Version(1, None, added, "1.png"),), 1)
    folder = export_conversation(conversation, lambda version: tmp_path / "gone.png", tmp_path)
    assert "LoRA ink (0.8), oil (1)" in (folder / PAGE).read_text("utf-8")


def test_other_tools_read_them_from_our_text_and_the_prompt_stays_clean() -> None:
    text = a1111_text(recipe(loras=(INK, OIL)))
    assert text.splitlines()[0] == "a red ball <lora:ink:0.8> <lora:oil:1>"
    found = read_a1111(text)
    assert found.prompt == "a red ball"
    assert [(lora.name, lora.weight) for lora in found.loras] == [("ink", 0.8), ("oil", 1.0)]


def test_a_flip_keeps_those_that_were_chosen_for_the_message(it: Talk) -> None:
    it.say("a red ball", Overrides(seed=exactly(11)))
    it.say("at night", Overrides(loras=(INK,)))
    how = parts(it, HowPart)[-1]
    for overrides in (other_route(how), other_seed(how)):
        it.run(TurnRequest("the other way", it.keeper.conversation, how.parent, overrides))
        assert painted(it).loras == (INK,)


def test_a_flip_of_a_new_drawing_keeps_them_too(it: Talk) -> None:
    it.say("a blue boat", Overrides(rewrite=False, seed=exactly(11)))
    it.say("a red ball", Overrides(rewrite=False, seed=NEW, loras=(INK, OIL)))
    how = parts(it, HowPart)[-1]
    it.run(TurnRequest("seed 11 instead", it.keeper.conversation, None, other_seed(how)))
    assert (painted(it).seed, painted(it).loras) == (11, (INK, OIL))


def test_one_left_out_for_a_message_stays_left_out(it: Talk) -> None:
    it.say("a red ball", Overrides(loras=(INK,)))
    it.say("at night", Overrides(loras=()))
    how = parts(it, HowPart)[-1]
    it.run(TurnRequest("another seed", it.keeper.conversation, how.parent, other_seed(how)))
    assert painted(it).loras == ()


def test_a_card_that_was_never_painted_is_painted_with_them(it: Talk) -> None:
    it.painter.fails.append(EngineDied("It ended.", "Try again."))
    it.say("a red ball", Overrides(loras=(INK,)))
    card = parts(it, PromptPart)[-1]
    it.run(paint_request(it.keeper.conversation, card, card.prompt))
    assert painted(it).loras == (INK,)


def test_an_area_again_or_with_other_words_keeps_its_own(it: Talk) -> None:
    it.say("a red ball")
    area = Area(Selection((Shape("rectangle", ((100, 100), (400, 400))),)), "a boat")
    it.run(TurnRequest("a boat", it.keeper.conversation, 1, Overrides(area=area, loras=(INK,))))
    version = it.keeper.conversation.versions[-1]
    it.run(same_again("again", it.keeper.conversation, version, NEW))
    assert (painted(it).area, painted(it).loras) == (area, (INK,))
    card = parts(it, PromptPart)[1]
    prompt = with_typed(card.prompt, "subject", card.prompt.subject.replace("a boat", "a blue boat"))
    it.run(edit_request(it.keeper.conversation, card, (2,), prompt))
    assert painted(it).area == replace(area, words="a blue boat")
    assert painted(it).loras == (INK,)


def test_they_are_stored_with_the_cards_and_older_libraries_are_read(it: Talk) -> None:
    it.say("a red ball", Overrides(loras=(INK,)))
    card, how = parts(it, PromptPart)[-1], parts(it, HowPart)[-1]
    message = Message("sfumato", (TextPart("Yes."), card, how, replace(how, loras=())))
    assert parts_from_text(parts_to_text(message)) == message.parts
    older = replace(card, loras=None), replace(how, loras=None)
    text = parts_to_text(Message("sfumato", older))
    assert "loras" not in text
    assert parts_from_text(text) == older
