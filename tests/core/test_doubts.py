"""Answers that no message can mean are told from those that only look strange."""

from __future__ import annotations

import pytest

from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading
from sfumato.doubts import doubt
from sfumato.prompt import ImagePrompt

PROMPT = ImagePrompt(subject="a crunchy yak", lighting="night")


def answer(negative: tuple[str, ...] = (), action: str = "refine", **fields: str) -> Decision:
    patch = PatchAnswer(set=fields, add_negative=negative)  # type: ignore[arg-type]
    return Decision(action=action, patch=patch)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "decision", "why"),
    [
        ("turn that yak into a watermelon", answer(subject="a crunchy yak"), "stays as it is"),
        ("make the waterfall copper", answer(subject="a copper old copper waterfall"), "“copper” twice"),
        ("let's do a cruel moat. size: 507x1797", answer(subject="507x1797 on a carpet"), "the picture's size"),
        ("i'd rather see a lobster than the tree", answer(subject="a lobster than"), "ends with “than”"),
        ("tie? no thanks", answer(negative=("thanks",)), "“thanks” is no thing"),
        ("lose the yak", answer(negative=("yak",)), "“yak” is ruled out and shown"),
        (
            "no more clouds",
            answer(negative=("clouds",), subject="a boat with clouds"),
            "“clouds” is ruled out and shown",
        ),
        (
            "a butterfly on a flower",
            answer(action="draw", subject="a butterfly on a flower", setting="on a flower"),
            "the setting is in the subject too",
        ),
        ("a lighthouse on a cliff", answer(action="draw", subject="a lighthouse"), "“a cliff” is passed over"),
        ("make it night, with a full moon", answer(lighting="night"), "“a full moon” is passed over"),
        ("umbrellas, but don't put in cats", answer(negative=("in cats",)), "“in cats” is no thing"),
    ],
)
def test_what_cannot_be_meant(message: str, decision: Decision, why: str) -> None:
    assert why in doubt(decision, Reading(message, PROMPT))


@pytest.mark.parametrize(
    ("message", "decision"),
    [
        ("a long, long road", answer(action="draw", subject="a long, long road")),
        ("a red house beside a red barn", answer(action="draw", subject="a red house beside a red barn")),
        ("a lion in the year 1920", answer(action="draw", subject="a lion in the year 1920")),
        ("a crunchy yak please", answer(subject="a crunchy yak")),  # it is there already, and that is said elsewhere
        ("a cat in a box, in a box", answer(action="draw", subject="a cat in a box", setting="in a box")),
        ("a beach ball, no balls", answer(("balls",), action="draw", subject="a beach ball")),
        ("two owls in a barn", answer(action="draw", subject="two owls", setting="in a barn")),
        ("with another seed and a portrait format", answer()),
        ("make it night", answer(lighting="night")),
        ("zoom in", answer(camera="zoomed in")),
        ("no people, no text", answer(negative=("people", "text"))),
    ],
)
def test_what_is_only_strange(message: str, decision: Decision) -> None:
    assert doubt(decision, Reading(message, PROMPT)) == ""
