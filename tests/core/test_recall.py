from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.asking import reading
from sfumato.conversation import Conversation, Version
from sfumato.dialogue import MAX_MESSAGE_CHARACTERS, turn_text
from sfumato.prompt import FIELDS, ImagePrompt, PromptPatch, apply
from sfumato.recall import NEWEST, OLDER, recalled
from sfumato.request import TurnRequest
from tests.fakes import recipe

SUBJECTS = ("a red boat", "a white cat", "a castle", "two dogs", "a green car", "an owl", "a tree", "a house", "a bird")


def versions_of(*subjects: str) -> tuple[Version, ...]:
    return tuple(
        Version(number, number - 1 or None, recipe(number, subject)) for number, subject in enumerate(subjects, 1)
    )


def told(message: str) -> list[int]:
    return [line.number for line in recalled(versions_of(*SUBJECTS), message)]


def test_the_newest_pictures_are_always_told() -> None:
    assert told("darker") == [6, 7, 8, 9]
    assert recalled((), "back to the first one") == ()
    assert [line.number for line in recalled(versions_of("a cat", "a dog"), "darker")] == [1, 2]


@pytest.mark.parametrize(
    ("message", "older"),
    [
        ("go back to the first one", 1),
        ("back to number 3", 3),
        ("the 2nd one was better", 2),
        ("back to version five please", 5),
        ("the one with the boat", 1),
        ("I liked the cats better", 2),
        ("go back to the castle", 3),
        ("GO BACK TO THE SECOND ONE", 2),
    ],
)
def test_an_older_picture_is_told_when_the_message_points_at_it(message: str, older: int) -> None:
    assert told(message) == [older, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "message", ["make it a boat", "two cats", "back to number 99", "again", "", "😀", "add a castle"]
)
def test_nothing_older_is_told_of_without_need(message: str) -> None:
    assert told(message) == [6, 7, 8, 9]


PATCHES = st.one_of(
    st.builds(
        lambda name, text: PromptPatch(set={name: text}),
        st.sampled_from(["subject", "setting", "style", "lighting", "camera", "colour"]),
        st.text(max_size=60),
    ),
    st.builds(lambda term: PromptPatch(add_negative=(term,)), st.sampled_from(["people", "text", "cars"])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PATCHES, min_size=1, max_size=60), st.text(max_size=300), st.randoms())
def test_what_a_writer_reads_is_bounded_by_the_prompt_and_not_by_the_length_of_the_conversation(
    patches: list[PromptPatch], message: str, random: object
) -> None:
    conversation = Conversation(1, "")
    prompt = ImagePrompt(subject="a red ball")
    for number, patch in enumerate(patches, start=1):
        prompt = apply(prompt, patch)
        parent = random.choice([None, *range(1, number)])  # type: ignore[attr-defined]
        version = Version(number, parent, replace(recipe(number), prompt=prompt))
        conversation = replace(conversation, versions=(*conversation.versions, version), current=number)
    said = reading(TurnRequest(message, conversation), conversation.versions[-1])
    assert len(said.versions) <= NEWEST + OLDER
    text = turn_text(said, "starter")
    longest = max(len(str(getattr(v.prompt, name))) for v in conversation.versions for name in FIELDS)
    assert len(text) <= MAX_MESSAGE_CHARACTERS + 8 * (longest + 12) + 3 * (2 * longest + 20) + (NEWEST + OLDER) * 100
    assert text.endswith("\nanswer:")


def test_turn_fifty_reads_at_most_a_fifth_more_than_turn_five() -> None:
    def characters(turns: int, message: str) -> int:
        lights = ("night", "golden hour", "fog", "noon")
        made = tuple(
            Version(n, n - 1 or None, replace(recipe(n), prompt=ImagePrompt(subject="a red boat", setting="by the sea", lighting=lights[n % 4])))
            for n in range(1, turns)
        )  # fmt: skip
        conversation = Conversation(1, "", (), made, len(made))
        return len(turn_text(reading(TurnRequest(message, conversation), made[-1]), "starter"))

    for message in ("same but at night", "make it a boat", "another one"):
        assert characters(50, message) <= 1.2 * characters(5, message)
