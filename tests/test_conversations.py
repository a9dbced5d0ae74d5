"""The yardstick itself: its data hangs together, a perfect writer scores full marks, and each kind of mistake is seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

import sfumato_training
from sfumato.answers import Answer
from sfumato.conversation import Conversation
from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import OnDraft, no_draft
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from tests.conversations import Accepted, Outcome, Talk, Turn, after_turn, before_turn, load_conversations, normal
from tests.fakes import SPEC, decision
from tests.player import Played, Player, score

HALVES = load_conversations()
TALKS = HALVES["may"] + HALVES["never"]
PICTURE = SPEC.picture.model_copy(  # type: ignore[union-attr]
    update={"width": 256, "height": 256, "portrait": (224, 288), "landscape": (288, 224), "max_side": 320}
)
STARTER_SIZED = SPEC.model_copy(update={"picture": PICTURE})


@dataclass
class Scripted:
    """Answers with the decision it was given."""

    answer: Decision | None = None

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        if self.answer is None:
            raise UnusableAnswer("no", "", "{")
        return self.answer


@dataclass
class ScriptedPlayer(Player):
    """Has an answer for every turn; where no writer is asked, that one is not heard."""

    answers: tuple[Decision | None, ...] = ()

    def play_turn(self, talk: str, number: int, turn: Turn, conversation: Conversation) -> Played:
        self.listener.writer = Scripted(self.answers[number - 1])
        return super().play_turn(talk, number, turn, conversation)


def play(talk: Talk, *answers: Decision | None) -> list[Played]:
    player = ScriptedPlayer(Scripted(), STARTER_SIZED, lambda question: Answer("", question.topic), answers=answers)
    return player.play(talk)


def talk_of(*turns: Turn) -> Talk:
    return Talk(id="999", about="a test", turns=turns)


def test_there_are_enough_conversations_and_half_of_them_are_never_trained_on() -> None:
    assert len(TALKS) >= 60
    assert len(HALVES["never"]) >= len(TALKS) / 2
    assert len({talk.id for talk in TALKS}) == len(TALKS)
    assert len({turn.says for talk in TALKS for turn in talk.turns}) > 0.9 * sum(len(talk.turns) for talk in TALKS)


def test_both_halves_ask_for_everything() -> None:
    for talks in HALVES.values():
        turns = [turn for talk in talks for turn in talk.turns]
        assert {turn.action for turn in turns} == {"draw", "refine", "reroll", "answer", "go_back"}
        assert {name for turn in turns for name in turn.set} == {
            "subject", "setting", "style", "lighting", "camera", "colour",
        }  # fmt: skip
        for name in ("add_quality", "add_negative", "drop_negative", "order", "shape", "route", "copied"):
            assert any(getattr(turn, name) for turn in turns), name
        assert any(turn.count > 1 for turn in turns)
        assert any(isinstance(turn.seed, int) for turn in turns)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.id)
def test_a_conversation_hangs_together(talk: Talk) -> None:
    conversation = Conversation(0, talk.about)
    for turn in talk.turns:
        for outcome in turn.outcomes:
            parent, before = before_turn(conversation, outcome)
            if outcome.action in ("refine", "reroll"):
                assert parent, f"{turn.says}: there is no picture yet"
            for name, accepted in outcome.set.items():
                assert normal(name, accepted.texts[0]) != normal(name, getattr(before, name)), f"{turn.says}: {name}"
            for term in outcome.drop_negative:
                assert term.split("|")[0] in before.negative, f"{turn.says}: {term} is not ruled out"
        conversation = after_turn(conversation, turn, PICTURE, SPEC.id)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.id)
def test_a_perfect_writer_is_right_in_every_category(talk: Talk) -> None:
    for one in play(talk, *(turn.decision() for turn in talk.turns)):
        assert one.verdict.is_right, f"{one.says}: {one.verdict.why}"


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.id)
def test_every_alternative_reading_is_accepted(talk: Talk) -> None:
    for index, turn in enumerate(talk.turns):
        for other in turn.alternatives:
            answers = [each.decision() for each in talk.turns]
            answers[index] = other.decision()
            played = play(talk, *answers)
            assert all(one.verdict.is_right for one in played), f"{turn.says}: {played[index].verdict.why}"


def test_what_must_never_be_trained_on_stands_nowhere_in_the_training() -> None:
    """Short wishes have few wordings; a longer message of that half in the training's sources was copied there."""
    folder = Path(sfumato_training.__file__).parent
    sources = "\n".join(file.read_text(encoding="utf-8").casefold() for file in folder.rglob("*.py"))
    said = [turn.says.casefold() for talk in HALVES["never"] for turn in talk.turns if len(turn.says.split()) > 4]
    assert len(said) > 80
    assert [message for message in said if message in sources] == []


DRAW = Turn(says="a red fox at dusk", action="draw", set={"subject": "a red fox", "lighting": "dusk"}, copied=("fox",))
NIGHT = Turn(says="at night", set={"lighting": ["night"]}, route="text-to-image")
BACK = Turn(says="i preferred it earlier", action="go_back", target=1)  # by the words alone nobody knows which
RIGHT = (DRAW.decision(), NIGHT.decision(), BACK.decision())


@pytest.mark.parametrize(
    ("number", "answer", "wrong"),
    [
        (0, decision("draw", patch={"set": {"subject": "a red dog", "lighting": "dusk"}}), {"fields", "copied"}),
        (0, decision("draw", patch={"set": {"subject": "a red fox at dusk", "lighting": "dusk"}}), {"fields"}),
        (0, decision("draw", seed=5, patch={"set": {"subject": "red fox", "lighting": "at dusk"}}), {"seed"}),
        (0, decision("draw", patch={"set": {"subject": "a red fox", "lighting": "dusk", "style": "oil"}}), {"untouched"}),
        (1, decision("refine", seed="new", patch={"set": {"lighting": "night"}}), {"seed"}),
        (1, decision("refine", patch={"set": {"lighting": "night"}, "add_negative": ("people",)}), {"untouched"}),
        (1, decision("refine", patch={"order": ("lighting",), "set": {"lighting": "night"}}), {"untouched"}),
        (1, decision("refine", route="image-to-image", patch={"set": {"lighting": "night"}}), {"route"}),
        (1, decision("refine", shape="portrait", patch={"set": {"lighting": "night"}}), {"form"}),
        (1, decision("refine", count=2, patch={"set": {"lighting": "night"}}), {"form"}),
        (1, decision("refine", patch={"set": {"setting": "at night"}}), {"fields", "untouched"}),
        (1, None, {"action", "fields", "untouched", "seed", "form", "route"}),
        (2, decision("go_back", target=2), {"target"}),
        (2, decision("go_back", target=9), {"target"}),
        (2, decision("reroll", seed="new"), {"action", "target"}),
    ],
)  # fmt: skip
def test_each_mistake_is_seen_where_it_is_made(number: int, answer: Decision | None, wrong: set[str]) -> None:
    answers: list[Decision | None] = list(RIGHT)
    answers[number] = answer
    played = play(talk_of(DRAW, NIGHT, BACK), *answers)
    assert {name for name, is_right in played[number].verdict.right.items() if not is_right} == wrong
    assert all(one.verdict.is_right for index, one in enumerate(played) if index != number)


def test_the_score_counts_only_what_applies() -> None:
    found = score(play(talk_of(DRAW, NIGHT, BACK), RIGHT[0], None, RIGHT[2]))
    assert found["turn"] == (2, 3)
    assert found["target"] == (1, 1)
    assert found["seed"] == (1, 2)
    assert "topic" not in found


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a red fox", True),
        ("The red fox.", True),
        ("red fox in red snow", True),
        ("a fox", False),
        ("red fox at night", False),
        ("red fox " + "and more " * 9, False),
    ],
)
def test_a_text_is_accepted_as_a_reader_would(text: str, fits: bool) -> None:
    accepted = Accepted(texts=("a red fox",), words=("red|scarlet", "fox"), without=("night",))
    assert accepted.fits("subject", text) is fits


def test_free_prepositions_count_only_where_they_change_the_meaning() -> None:
    assert Accepted(texts=("night",)).fits("lighting", "at night")
    assert Accepted(texts=("watercolour",)).fits("style", "as a watercolor")
    assert not Accepted(texts=("in a meadow",)).fits("setting", "over a meadow")
    assert not Accepted(texts=("from below",)).fits("camera", "below")


@pytest.mark.parametrize(
    "data",
    [
        {"action": "answer"},
        {"action": "go_back"},
        {"action": "refine", "topic": ["seeds"]},
        {"action": "answer", "topic": ["cooking"]},
        {"action": "answer", "topic": ["seeds"], "set": {"subject": "x"}},
        {"set": {"subject": []}},
        {"set": {"negative": "x"}},
        {"colour": "red"},
    ],
)
def test_an_expectation_that_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Outcome.model_validate(data)
