from __future__ import annotations

from typing import Any

import pytest

from sfumato.decision import DECISION_SCHEMA, Decision, PatchAnswer
from sfumato.dialogue import Reading, VersionLine
from sfumato.narrowing import narrowed, said_numbers, said_words, without_slips
from sfumato.prompt import ImagePrompt


def keys(reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = narrowed(DECISION_SCHEMA, reading, ("light",))["properties"]
    return found


def test_the_words_of_the_message_and_of_the_prompt_may_be_said_and_no_others() -> None:
    prompt = ImagePrompt(subject="a blue house", lighting="golden hour", negative=("people",))
    words = said_words(Reading("Put the OCEAN's waves behind it, please!", prompt, wishes=("no birds",)), ("light",))
    assert {"OCEAN's", "ocean's", "OCEAN", "ocean", "waves", "blue", "golden", "people", "birds", "a", "light"} <= set(
        words
    )
    assert not {"highway", "it,", "please!", ""} & set(words)
    assert len(words) == len(set(words))


def test_a_seed_is_one_that_was_named() -> None:
    assert keys(Reading("use seed 4711"))["seed"]["enum"] == ["keep", "new", 4711]
    assert keys(Reading("another one please"))["seed"]["enum"] == ["keep", "new", 1]
    assert keys(Reading(f"seed {2**64}"))["seed"]["enum"] == ["keep", "new"]


def test_numbers_are_read_in_digits_and_in_words() -> None:
    assert said_numbers("Three of them, 320x256, or a couple; the twenty-second… no, the second!") == [3, 320, 256, 2]


def test_what_is_allowed_again_was_ruled_out_before() -> None:
    ruled_out = keys(Reading("bees are fine", ImagePrompt(subject="a hill", negative=("bees", "text"))))
    assert ruled_out["patch"]["properties"]["drop_negative"]["items"]["enum"] == ["bees", " bees", "text", " text"]
    nothing = keys(Reading("bees are fine", ImagePrompt(subject="a hill")))
    assert "drop_negative" not in nothing["patch"]["properties"]


def test_a_picture_to_go_back_to_is_there_or_was_named() -> None:
    versions = (VersionLine(1, "a boat"), VersionLine(2, "a boat, night"))
    assert keys(Reading("the one with the boat", versions=versions))["target"]["enum"] == [1, 2]
    assert 7 in keys(Reading("back to 7", versions=versions))["target"]["enum"]  # so that the app can say there is none
    assert "target" not in keys(Reading("a boat"))
    assert keys(Reading("as #3, the 4th or v5, in 8k, 2.5 times, 320x256"))["target"]["enum"] == [3, 4, 5]


def test_numbers_that_cannot_be_a_count_or_a_side_are_not_offered() -> None:
    none = keys(Reading("0 people"))
    assert {"count", "size", "target"}.isdisjoint(none)
    assert none["seed"]["enum"] == ["keep", "new", 0]
    many = keys(Reading("40 of them, 320x256"))
    assert "count" not in many
    assert many["size"]["items"]["enum"] == [40, 320, 256]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("a brown burger burger with a hat", "a brown burger with a hat"),
        ("raining, raining", "raining"),
        ("a fox with a red tie with a red tie with a red tie", "a fox with a red tie"),
        ("New York, New York", "New York, New York"),
        ("a fox and a fox cub", "a fox and a fox cub"),
        ("a long, long road", "a long, long road"),
        ("an boat with a umbrella", "a boat with an umbrella"),
        ("a unicorn, an hour and a European owl", "a unicorn, an hour and a European owl"),
        ("a oak", "a oak"),
    ],
)
def test_what_was_not_said_twice_is_written_once(written: str, wanted: str) -> None:
    reading = Reading(
        "in New York, New York please, a oak", ImagePrompt(subject="a long, long road", setting="by the sea")
    )
    decision = Decision(action="refine", patch=PatchAnswer(set={"subject": written, "setting": "by the sea"}))
    cleaned = without_slips(decision, reading)
    assert cleaned.patch.set == {"subject": wanted, "setting": "by the sea"}
    assert (cleaned is decision) == (written == wanted)


@pytest.mark.parametrize(
    ("message", "ruled_out", "wanted"),
    [
        ("in the snow, no people and three of them", ["three of three people"], ("people",)),
        ("in the snow, no people and three of them", ["people", "three of the people"], ("people", "people")),
        ("in the snow, no people and three of them", ["people", "three of them"], ("people",)),
        ("no birds, 3 pictures", ["3 birds", "three"], ("birds",)),
        ("not three people, just two", ["three people"], ("three people",)),
        ("without the three of them", ["birds"], ("birds",)),
    ],
)
def test_a_count_of_other_things_is_not_ruled_out(message: str, ruled_out: list[str], wanted: tuple[str, ...]) -> None:
    decision = Decision(action="refine", patch=PatchAnswer(add_negative=tuple(ruled_out)))
    assert without_slips(decision, Reading(message)).patch.add_negative == wanted


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("now with the sun going down", ()),
        ("with birds please", ("sun",)),
        ("with no sun", ("sun",)),
        ("not with the sun", ("sun",)),
        ("what's with the sun?", ("sun",)),
        ("the sun should go", ("sun",)),
        ("I'm done with the sun", ("sun",)),
        ("fed up with the sun", ("sun",)),
    ],
)
def test_what_was_asked_for_is_not_ruled_out(message: str, wanted: tuple[str, ...]) -> None:
    decision = Decision(action="refine", patch=PatchAnswer(add_negative=("sun",)))
    assert without_slips(decision, Reading(message)).patch.add_negative == wanted
