from __future__ import annotations

import pytest

from sfumato.prompt import ImagePrompt
from sfumato.unheard import unheard
from tests.fakes import FakeWriter, Talk, decision

TREE = ImagePrompt("an old tree", "on a hill", "oil painting", "dusk", negative=("houses",))


@pytest.mark.parametrize(
    ("message", "missed"),
    [
        ("an old tree on a hill with two sheep", ("two sheep",)),
        ("an old tree and a grazing cow, on a hill with some red flowers", ("a grazing cow", "some red flowers")),
        ("an old tree on a hill, as an oil painting with a dusk light", ()),
        ("an old tree on a hill with a little owl", ("a little owl",)),
        ("on a hill with an old tree", ()),
        ("a hill and a very old tree please", ()),
        ("an old tree with a seed of 5 and a height of 512", ()),
        ("an old tree with no sheep", ()),
        ("an old tree with old sheep", ()),  # no number before it: it may be said of anything
        ("", ()),
    ],
)
def test_a_thing_of_which_the_prompt_says_nothing_is_told(message: str, missed: tuple[str, ...]) -> None:
    assert unheard(message, TREE) == missed


def test_the_card_says_what_the_writer_passed_over() -> None:
    talk = Talk(FakeWriter([decision(patch={"set": {"subject": "an old tree"}})]))
    talk.say("an old tree with two sheep")
    assert any("“two sheep”" in note for note in talk.cards[-1].notes)
    talk.writer.answers.append(decision("refine", patch={"set": {"subject": "an old tree with two sheep"}}))
    talk.say("with two sheep")
    assert not any("sheep" in note for note in talk.cards[-1].notes)
