"""What must never end badly: one readable line, the person's words kept, nothing painted by guesswork without saying so.

Files and metadata are tried in test_image_file.py and test_other_metadata.py, too many negatives in test_compile.py.
"""

from __future__ import annotations

import pytest

from sfumato.conversation import ErrorPart, PromptPart
from sfumato.decision import Decision, parse_decision
from sfumato.engine import Answered, Failed
from sfumato.errors import UnusableAnswer
from sfumato.request import Overrides
from sfumato.seeds import exactly
from tests.fakes import FakeWriter, Talk, decision

BALL = decision("draw", seed=7, patch={"set": {"subject": "a red ball", "lighting": "noon"}})


def after_a_ball(answer: Decision | Exception) -> Talk:
    it = Talk(FakeWriter([BALL, answer]))
    it.say("a red ball at noon")
    return it


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"action":"draw","patch":{"set":{"subject":"a ca',
        "[]",
        '{"action":"paint","reply":"x"}',
        "yes",
        "{}" * 3,
    ],
)
def test_an_answer_cut_off_or_of_nonsense_leaves_the_persons_own_words_and_says_so(text: str) -> None:
    with pytest.raises(UnusableAnswer) as refused:
        parse_decision(text)
    it = after_a_ball(refused.value)
    it.say("a cat on a mat")
    assert it.painter.painted[-1].prompt.subject == "a cat on a mat"
    card = next(
        part for part in it.keeper.conversation.messages[-2].parts + it.keeper.conversation.messages[-3].parts
        if isinstance(part, PromptPart)
    )  # fmt: skip
    assert any("your own words" in note for note in card.notes)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (decision("refine", seed="keep"), "nothing in this to change"),
        (decision("refine", seed="keep", patch={"set": {"lighting": "noon"}}), "nothing in this to change"),
        (decision("refine", patch={"drop_negative": ["people"]}), "nothing in this to change"),
        (decision("refine", target=99, patch={"set": {"lighting": "night"}}), "no version 99"),
        (decision("go_back", target=99), "no version 99"),
        (decision("go_back", patch={"set": {"subject": "a cat"}}), "nothing before it"),
        (decision("draw", size=(9, 9), patch={"set": {"subject": "a cat"}}), "cannot paint 9x9"),
    ],
)
def test_an_answer_that_contradicts_itself_or_means_nothing_paints_nothing(answer: Decision, told: str) -> None:
    it = after_a_ball(answer)
    events = it.say("and back")
    assert isinstance(events[-1], Failed)
    assert len(it.painter.painted) == 1
    person, trouble = it.keeper.conversation.messages[-2:]
    assert person.text == "and back"
    (part,) = trouble.parts
    assert isinstance(part, ErrorPart)
    assert told in part.message
    assert "\n" not in part.message


def test_a_question_with_a_patch_is_answered_and_paints_nothing() -> None:
    it = after_a_ball(decision("answer", topic="seeds", patch={"set": {"subject": "a cat"}}, seed=5, count=4))
    assert isinstance(it.say("what is a seed?")[-1], Answered)
    assert len(it.painter.painted) == 1


def test_what_is_added_and_dropped_at_once_and_what_is_asked_for_and_ruled_out_is_said() -> None:
    it = after_a_ball(
        decision(
            "refine",
            patch={"set": {"subject": "a red ball and a cat"}, "add_negative": ["cats"], "drop_negative": ["cats"]},
        )
    )
    it.say("a cat, and no cats")
    assert any("Both asked for and ruled out" in note for note in it.painter.painted[-1].compiled.notes)


def test_the_same_prompt_is_painted_again_where_the_seed_or_the_hand_asks_for_it() -> None:
    it = after_a_ball(decision("refine", seed=8))
    it.say("use seed 8")
    it.writer.answers.append(decision("refine"))
    it.say("again", Overrides(seed=exactly(9)))
    assert [recipe.seed for recipe in it.painter.painted] == [7, 8, 9]


def test_the_same_words_again_are_another_picture_of_them() -> None:
    it = after_a_ball(decision("refine", seed="keep"))
    before = it.painter.painted[-1]
    it.say("a red ball at noon")
    again = it.painter.painted[-1]
    assert again is not before
    assert again.prompt == before.prompt
    assert again.seed != before.seed
