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
    talk = Talk(FakeWriter([decision(patch={"set": {"subject": "an old tree"}})]), copies=True)
    talk.say("an old tree with two sheep")
    assert any("“two sheep”" in note for note in talk.cards[-1].notes)
    talk.writer.answers.append(decision("refine", patch={"set": {"subject": "an old tree with two sheep"}}))
    talk.say("with two sheep")
    assert not any("sheep" in note for note in talk.cards[-1].notes)


def test_nothing_is_told_of_a_writer_with_words_of_its_own_nor_of_what_was_taken_away() -> None:
    woman = decision(patch={"set": {"subject": "a smiling woman"}})
    talk = Talk(FakeWriter([woman]))
    talk.say("a woman with a grin")
    assert talk.cards[-1].notes == ()
    talk = Talk(FakeWriter([woman, decision("refine", patch={"set": {"subject": "a woman"}})]), copies=True)
    talk.say("a smiling woman")
    talk.say("take away the hat and a dog")
    assert talk.cards[-1].notes == ()
