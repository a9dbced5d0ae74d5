from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.decision import Decision, parse_decision
from sfumato.dialogue import MAX_MESSAGE_CHARACTERS, Reading, VersionLine, answer_text, fixed_prefix, turn_text
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.seeds import KEEP, NEW, exactly, parse_seed, resolve
from tests.fakes import decision


@given(st.text(max_size=3000))
def test_a_message_can_never_look_like_a_heading_of_the_dialogue(message: str) -> None:
    text = turn_text(Reading(message), "starter")
    assert text.count("\n") == 1
    assert text.startswith("message: ")
    assert text.endswith("\nanswer:")


def test_what_a_writer_reads_stays_bounded_however_long_the_conversation_is() -> None:
    def reading(turns: int) -> str:
        lines = tuple(VersionLine(n, "a red ball in a meadow") for n in range(1, turns + 1))
        changed = tuple(FieldChange("lighting", "noon", "night") for _ in range(turns))
        return turn_text(Reading("x" * 5000, ImagePrompt(subject="a red ball"), changed, (), lines), "starter")

    assert len(reading(500)) <= 1.02 * len(reading(50))
    assert "x" * MAX_MESSAGE_CHARACTERS in reading(1)
    assert "x" * (MAX_MESSAGE_CHARACTERS + 1) not in reading(1)


def test_the_fixed_text_of_open_models_comes_first_and_names_every_key() -> None:
    assert all(key in fixed_prefix("chatml") for key in ("action", "patch", "seed", "reply"))
    assert fixed_prefix("starter") == ""


@pytest.mark.parametrize(
    "value",
    [
        decision("draw", patch={"set": {"subject": "a “fox”"}, "add_negative": ("people",)}),
        decision("refine", seed="keep", patch={"set": {"lighting": ""}}),
        decision("reroll", seed=2**64 - 1, count=3),
        decision("go_back", target=2),
        decision("answer", topic="seeds"),
    ],
)
def test_a_decision_reads_back_from_its_own_text(value: Decision) -> None:
    assert parse_decision(value.to_text()).to_json() == value.to_json()


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", '{"action":"dance","reply":""}', '{"action":"draw"', '{"action":"draw","x":1}']
)
def test_an_answer_that_is_no_decision_is_refused(text: str) -> None:
    with pytest.raises(UnusableAnswer):
        parse_decision(text)


def test_the_starter_answers_in_the_tokens_it_reads_and_its_spaces_go() -> None:
    value = decision("refine", patch={"set": {"lighting": "night"}, "add_negative": ("people",)})
    text = answer_text(value, "starter")
    assert '"lighting":" night"' in text
    assert '[" people"]' in text
    assert parse_decision(text).prompt_patch() == value.prompt_patch()
    assert answer_text(value, "chatml") == value.to_text()


def test_seeds_follow_the_rule() -> None:
    assert resolve(KEEP, 5) == (5,)
    assert resolve(NEW, 5, draw=lambda: 9) == (9,)
    assert resolve(exactly(42), 5, 3) == (42, 43, 44)
    assert resolve(exactly(2**64 - 1), None, 2) == (2**64 - 1, 0)


@pytest.mark.parametrize("text", ["", "abc", "-1", str(2**64), "1.5", "４２x"])
def test_a_seed_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(SfumatoError) as error:
        parse_seed(text)
    assert error.value.hint


def test_the_starter_reads_a_shouted_message_in_small_letters() -> None:
    assert "message: pink\n" in turn_text(Reading("PINK"), "starter")
    assert "message: a cat in Rome\n" in turn_text(Reading("A cat in Rome"), "starter")
