from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato import dialogue
from sfumato.conversation import Conversation
from sfumato.engine import DecisionReady, WishesChanged
from sfumato.errors import UnusableAnswer
from sfumato.plan import make_plan
from sfumato.prompt import ImagePrompt, PromptPatch
from sfumato.request import TurnRequest
from sfumato.standing_wishes import (
    MAX_WISHES,
    StandingWish,
    apply_wishes,
    hear_wish,
    learned,
    with_wish,
)
from tests.fakes import FakeWriter, Talk, decision

NO_PEOPLE = StandingWish("no people", ("people",))


@pytest.mark.parametrize(
    ("message", "wish", "negative", "rest", "is_all"),
    [
        ("never show people", "no people", ("people",), "no people", True),
        ("Please never show any people or cars.", "no people or cars", ("people", "cars"), "no people or cars", True),
        ("From now on always paint in watercolour", "in watercolour", (), "in watercolour", True),
        ("from now on, no text", "no text", ("text",), "no text", True),
        ("from now on never draw birds", "no birds", ("birds",), "no birds", True),
        ("a red ball, and always in pixel art", "in pixel art", (), "a red ball, in pixel art", False),
        ("In all my pictures: golden hour. A red boat", "golden hour", (), "golden hour, A red boat", False),
        ("for every picture, without people", "no people", ("people",), "no people", True),
        ("don’t ever show clouds", "no clouds", ("clouds",), "no clouds", True),
    ],
)
def test_a_standing_wish_is_heard_and_the_rest_is_about_this_picture(
    message: str, wish: str, negative: tuple[str, ...], rest: str, is_all: bool
) -> None:
    heard = hear_wish(message)
    assert heard
    assert (heard.wish.text, heard.wish.negative) == (wish, negative)
    assert (heard.message, heard.is_all) == (rest, is_all)


@pytest.mark.parametrize(
    "message",
    [
        "a red ball",
        "without people",
        "never mind",
        "a cat that always sleeps",
        "a never ending staircase",
        "always",
        "from now on",
        "why are the pictures always dark?",
        "the future of trains",
        "never ending stairs",
        "a poster, always sunny",
        "a sign: never give up",
        "always be happy",
        "an old painter who always paints in oil",
    ],
)
def test_what_is_about_one_picture_is_no_standing_wish(message: str) -> None:
    assert hear_wish(message) is None


@given(st.text(max_size=300))
def test_hearing_takes_any_text(message: str) -> None:
    heard = hear_wish(message)
    assert heard is None or heard.wish.text


def test_there_are_never_more_than_a_writer_is_told_of_and_the_newest_stay() -> None:
    assert MAX_WISHES == dialogue.MAX_WISHES
    wishes: tuple[StandingWish, ...] = ()
    for number in range(12):
        wishes = with_wish(wishes, StandingWish(f"no thing {number}", (f"thing {number}",)))
    assert [wish.text for wish in wishes] == [f"no thing {number}" for number in range(4, 12)]
    assert with_wish(wishes, wishes[0])[-1] == wishes[0]


def test_a_wish_about_the_same_field_replaces_the_older_one() -> None:
    oil = learned(StandingWish("in oil"), PromptPatch({"style": "oil"}))
    pixel = learned(StandingWish("pixel art"), PromptPatch({"style": "pixel art", "subject": "pixel art"}))
    assert pixel.fields == (("style", "pixel art"),)
    assert with_wish((NO_PEOPLE, oil), pixel) == (NO_PEOPLE, pixel)
    assert learned(StandingWish("in oil"), PromptPatch({"style": "watercolour"})).fields == ()


def test_wishes_fill_what_a_drawing_leaves_open_and_give_way_to_what_it_asks_for() -> None:
    wishes = (NO_PEOPLE, StandingWish("in watercolour", (), (("style", "watercolour"),)))
    prompt, notes = apply_wishes(ImagePrompt(subject="a street"), wishes)
    assert (prompt.style, prompt.negative) == ("watercolour", ("people",))
    assert notes == ("By your standing wishes: “no people”, “in watercolour”.",)
    prompt = ImagePrompt(subject="a crowd of people", style="oil painting")
    assert apply_wishes(prompt, wishes) == (prompt, ())
    assert StandingWish.from_json(wishes[1].to_json()) == wishes[1]


def last(events: list[object]) -> DecisionReady:
    return next(event for event in reversed(events) if isinstance(event, DecisionReady))


def test_a_wish_is_told_kept_and_applied_to_every_drawing_from_then_on() -> None:
    it = Talk(
        FakeWriter(
            [
                decision("draw", patch={"set": {"subject": "a street"}}),
                decision("refine", patch={"set": {"style": "watercolour"}}),
                decision("draw", patch={"set": {"subject": "a harbour"}}),
                decision("draw", patch={"set": {"subject": "a market", "style": "photo"}}),
            ]
        )
    )
    it.say("a street")
    changed = next(event for event in it.say("from now on always in watercolour") if isinstance(event, WishesChanged))
    assert changed.told == "From now on in this conversation: in watercolour."
    assert any(message.text == changed.told for message in it.keeper.conversation.messages)
    assert it.writer.asked[-1].message == "in watercolour"
    assert it.writer.asked[-1].wishes == ("in watercolour",)
    ready = last(it.say("a harbour"))  # type: ignore[arg-type]
    assert (ready.prompt.subject, ready.prompt.style) == ("a harbour", "watercolour")
    assert "By your standing wish: “in watercolour”." in ready.notes
    assert last(it.say("a market as a photo")).prompt.style == "photo"  # type: ignore[arg-type]


def test_a_wish_before_the_first_picture_paints_nothing_and_is_said_to_the_writer_with_the_first_words() -> None:
    it = Talk(FakeWriter([decision("draw", patch={"set": {"subject": "a ball", "style": "pixel art"}})]))
    it.say("never show people")
    it.say("always paint in pixel art")
    assert not it.painter.painted
    assert not it.writer.asked
    it.say("a ball")
    assert it.writer.asked[0].message == "a ball, in pixel art"
    assert it.painter.painted[0].prompt.negative == ("people",)
    assert [wish.is_learned for wish in it.keeper.conversation.wishes] == [True, True]


def test_what_is_never_wanted_goes_from_this_picture_too_even_if_the_writer_forgets_it() -> None:
    it = Talk(
        FakeWriter(
            [
                decision("draw", patch={"set": {"subject": "a street"}}),
                decision("refine", patch={"set": {"lighting": "noon"}}),
                UnusableAnswer("no", "", ""),
            ]
        )
    )
    it.say("a street")
    assert last(it.say("at noon, and never show cars")).prompt.negative == ("cars",)  # type: ignore[arg-type]
    assert last(it.say("a road")).prompt.negative == ("cars",)  # type: ignore[arg-type]


def test_without_a_window_the_wish_is_answered_in_words_and_carried_on() -> None:
    it = Talk(FakeWriter([decision("draw", patch={"set": {"subject": "a street"}})]))
    plan = make_plan(TurnRequest("never show people", Conversation(0, "")), it.engines, it.cancel)
    assert (plan.decision.action, plan.decision.reply) == ("answer", "From now on in this conversation: no people.")
    plan = make_plan(TurnRequest("a street", Conversation(0, "", wishes=plan.wishes)), it.engines, it.cancel)
    assert plan.prompt.negative == ("people",)
