from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import sfumato_resources
from sfumato.answers import Answer, Question, answer, answer_request, composed, difference, is_about_the_picture
from sfumato.compile import CompiledPrompt
from sfumato.composing import whole_sentences
from sfumato.engine import Answered, AnswerGrows, CancelToken, Event
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.guide import Guide
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, Route
from sfumato.request import Engines, TurnRequest
from sfumato.turn import run_turn
from tests.fakes import SPEC, FakeWriter, Talk, decision, recipe

GUIDE = Guide.load(Path(sfumato_resources.__file__).parent / "guide")
NOON = replace(
    recipe(4711),
    prompt=ImagePrompt(subject="a red ball", lighting="noon", negative=("people",)),
    compiled=CompiledPrompt("a red ball, noon", "people"),
)
NIGHT = replace(NOON, prompt=replace(NOON.prompt, lighting="night"))


def ask(text: str, topic: str | None = None, now: Recipe | None = NIGHT, before: Recipe | None = NOON) -> str:
    return answer(GUIDE, Question(text, topic, now, before)).text


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("which seed was that?", "seed 4711"),
        ("seed?", "seed 4711"),
        ("how many steps did you use?", "4 steps, guidance 3 and seed 4711"),
        ("which settings did you use for this one?", "4 steps"),
        ("what did you send to the model?", "“a red ball, noon”. Negative: “people”"),
        ("which model was this?", "fake-painter, 64 × 64 pixels"),
        ("did you use the negative prompt?", "Ruled out in this picture: people."),
        ("why did the colours change so much?", "lighting noon → night. Seed 4711 and the other words were kept."),
    ],
)
def test_a_question_about_this_picture_is_answered_from_its_recipe_first(question: str, fact: str) -> None:
    topic = "noise-and-steps" if "settings" in question else None
    first, *rest = ask(question, topic).split("\n\n")
    assert fact in first
    assert rest[-1].startswith("Guide: “")


def test_a_general_question_is_answered_by_the_page_and_the_picture_is_the_example() -> None:
    passage, fact, page = ask("what is a seed?").split("\n\n")
    assert passage.startswith("A seed is")
    assert "seed 4711" in fact
    assert page == "Guide: “What is a seed?”"
    assert not is_about_the_picture("What is a seed?")


def test_before_anything_is_painted_only_the_page_answers() -> None:
    assert ask("which seed was that?", None, None, None).count("\n\n") == 1


def test_a_question_the_guide_does_not_know_is_said_so_and_names_what_it_knows() -> None:
    found = answer(GUIDE, Question("zzz qqq", None, NIGHT))
    assert (found.topic, found.title) == (None, "")
    assert "no page" in found.text
    assert "seeds" in found.text


def test_the_difference_of_two_recipes_names_seed_settings_and_route() -> None:
    other = replace(
        NOON, seed=5, settings=replace(NOON.settings, steps=9, width=96, strength=0.6), route=Route.IMAGE_TO_IMAGE
    )
    told = difference(NOON, other)
    assert "seed 4711 → 5" in told
    assert "steps 4 → 9" in told
    assert "size 64 × 64 → 96 × 64" in told
    assert "All words were kept." in told
    assert "strength 0.6" in told
    assert difference(NOON, NOON).startswith("From the picture before to this one: nothing.")


def test_a_writer_that_can_write_gets_passages_facts_and_the_question_on_one_line() -> None:
    text = answer_request(GUIDE, Question("what is\na seed?\nFacts: lies", None, NIGHT))
    assert "[What is a seed?] A seed is the number" in text
    assert "Facts: This picture used 4 steps, guidance 3 and seed 4711." in text
    assert text.endswith("Question: what is a seed? Facts: lies\n")


def test_a_turn_answers_from_the_picture_it_refers_to_and_keeps_the_answer() -> None:
    it = Talk(
        FakeWriter([decision("draw", seed=8, patch={"set": {"subject": "a ball"}}), decision("answer", topic="seeds")])
    )
    it.say("a ball, seed 8")
    engines = Engines(it.writer, it.painter, SPEC, lambda question: answer(GUIDE, question))
    events: list[object] = []
    run_turn(TurnRequest("which seed was that?", it.keeper.conversation), engines, it.keeper, events.append, it.cancel)
    assert isinstance(events[-1], Answered)
    assert events[-1].title == "What is a seed?"
    assert "seed 8" in events[-1].text
    assert it.keeper.conversation.messages[-1].text == events[-1].text


class FakeComposer:
    """Writes its answer in two pieces."""

    def __init__(self, text: str, trouble: SfumatoError | None = None) -> None:
        self.text, self.trouble = text, trouble
        self.asked: list[str] = []

    def compose(self, request: str, cancel: CancelToken, on_text: Callable[[str], None]) -> str:
        self.asked.append(request)
        on_text(self.text[:10])
        if self.trouble:
            raise self.trouble
        on_text(self.text)
        return self.text


def compose(writer: FakeComposer, question: str) -> tuple[Answer, list[str]]:
    heard: list[str] = []
    return composed(GUIDE, writer, Question(question, None, NIGHT), heard.append, CancelToken()), heard


@pytest.mark.parametrize(
    ("written", "told", "title"),
    [
        ("It is a number. [What is a seed?]", "It is a number.", "What is a seed?"),
        ("It is a number.", "It is a number.", "What is a seed?"),
        ("It is a number. [A page nobody gave it]", "It is a number. [A page nobody gave it]", "What is a seed?"),
    ],
)
def test_a_capable_writer_answers_in_its_own_words_and_the_page_is_named(written: str, told: str, title: str) -> None:
    writer = FakeComposer(written)
    found, heard = compose(writer, "what is a seed?")
    assert found.text == f"{told}\n\nGuide: “{title}”"
    assert found.title == title
    assert heard == [written[:10], written]
    assert "A seed is the number" in writer.asked[0]


def test_the_page_that_the_writer_used_is_the_one_that_is_named() -> None:
    titles = [passage.page.title for passage in GUIDE.passages("what is a seed?", None, 3)]
    found, _ = compose(FakeComposer(f"It depends. [{titles[1]}]"), "what is a seed?")
    assert found.title == titles[1] != titles[0]


def test_a_writer_that_fails_leaves_the_passage_and_that_is_said() -> None:
    found, _ = compose(FakeComposer("It is", UnusableAnswer("no", "", "")), "what is a seed?")
    assert found.text.startswith("The writer did not finish")
    assert "A seed is" in found.text
    assert found.title == "What is a seed?"


def test_a_question_the_guide_does_not_know_is_not_left_to_the_writers_imagination() -> None:
    writer = FakeComposer("Elephants.")
    assert "no page" in compose(writer, "zzz qqq")[0].text
    assert not writer.asked


def test_a_turn_tells_the_answer_while_it_is_written_and_keeps_the_whole() -> None:
    it = Talk(FakeWriter([decision("answer", topic="seeds")]))
    writer = FakeComposer("It is a number. [What is a seed?]")
    engines = replace(it.engines, compose=partial(composed, GUIDE, writer))
    events: list[Event] = []
    run_turn(TurnRequest("what is a seed?", it.keeper.conversation), engines, it.keeper, events.append, it.cancel)
    grown = [event.text for event in events if isinstance(event, AnswerGrows)]
    assert grown == [writer.text[:10], writer.text]
    assert it.keeper.conversation.messages[-1].text == "It is a number.\n\nGuide: “What is a seed?”"


def test_what_is_cut_off_ends_with_its_last_whole_sentence() -> None:
    assert whole_sentences("A seed is a number. It begins the noi") == "A seed is a number."
    assert whole_sentences("nothing whole") == ""
