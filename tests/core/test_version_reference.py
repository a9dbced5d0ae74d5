from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.attachment import attach_pixels
from sfumato.conversation import Conversation, ErrorPart, Version
from sfumato.engine import Pixels
from sfumato.errors import SfumatoError
from sfumato.prompt import ImagePrompt
from sfumato.request import TurnRequest
from sfumato.version_reference import find_version, nearest_available, unmatched
from tests.fakes import FakeWriter, MemoryKeeper, Talk, decision, recipe

PROMPTS = (
    ImagePrompt("a red ball", "in a meadow", lighting="golden hour"),
    ImagePrompt("a red ball", "in a meadow", lighting="night"),
    ImagePrompt("a blue boat", "by the sea", "watercolour", lighting="storm"),
    ImagePrompt("a lighthouse", "by the sea", "watercolour", negative=("birds",)),
    ImagePrompt("a lighthouse and two birds", "by the sea", "oil painting"),
)
PARENTS = (None, 1, None, 3, 4)


def conversation(current: int | None = 5, deleted: tuple[int, ...] = ()) -> Conversation:
    versions = tuple(
        Version(n, parent, replace(recipe(n), prompt=prompt), f"{n}.png", n in deleted)
        for n, (prompt, parent) in enumerate(zip(PROMPTS, PARENTS, strict=True), start=1)
    )
    return Conversation(1, "", (), versions, current)


def meant(message: str, current: int = 5, target: int | None = None, action: str = "go_back", **more: object) -> object:
    talk = conversation(current, **more)  # type: ignore[arg-type]
    found = find_version(message, talk, talk.version(current), target, action)  # type: ignore[arg-type]
    return found.number if found else None


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("go back to the second one", 2),
        ("Back to picture 3, please", 3),
        ("version #4", 4),
        ("go back, the first one", 1),
        ("i liked the 2nd one better", 2),
        ("back to number two", 2),
        ("the original", 1),
        ("undo that", 4),
        ("undo, it was too dark", 4),
        ("no, the one before", 4),
        ("that was better before", 4),
        ("two steps back", 3),
        ("the last one was better", 4),
        ("the one with the boat", 3),
        ("go back to the boats", 3),
        ("the blue one", 3),
        ("let's return to the one with the lighthouse", 4),
        ("the last watercolour", 4),
        ("the first watercolor", 3),
        ("the one at night", 2),
        ("the ball one without golden hour", 2),
        ("the one with the birds", 5),
        ("the one with two birds", 5),
    ],
)
def test_words_lead_to_the_version_a_person_means(message: str, number: int) -> None:
    assert meant(message) == number


def test_undoing_an_undo_goes_forward_to_what_was_painted_last() -> None:
    assert meant("undo the undo", current=3) == 4
    assert meant("redo", current=4) == 5
    with pytest.raises(SfumatoError, match="Nothing was painted from picture 5"):
        meant("redo", current=5)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("go back to picture 9", "no version 9"),
        ("the seventh one", "no version 7"),
        ("the one with the dragon", "No picture here fits “dragon”"),
        ("the ball", "2 pictures fit that: 1 (a red ball, in a meadow, golden hour), 2 ("),
        ("the third lighthouse", "not that many pictures of this kind: 4 ("),
        ("nine steps back", "There are not 9 pictures before"),
    ],
)
def test_what_leads_nowhere_is_said_in_a_sentence_with_the_candidates(message: str, words: str) -> None:
    with pytest.raises(SfumatoError) as trouble:
        meant(message)
    assert words in trouble.value.message
    assert trouble.value.hint


def test_the_writers_number_is_used_and_the_persons_own_number_outranks_it() -> None:
    assert meant("the stormy one", target=3) == 3
    assert meant("go back to the second one", target=3) == 2
    assert meant("the one with the boat", target=99) == 3
    assert meant("the one with the boat, but pink", target=2, action="refine") == 3
    assert meant("put the boat picture back", target=1) == 3


def test_a_change_to_a_picture_that_is_not_there_is_painted_on_the_current_one_and_says_so() -> None:
    talk = conversation(2)
    current = talk.versions[1]
    assert unmatched("the one with the tree but at night", talk, current, "refine") == (
        "No picture here fits “tree”, so picture 2 is changed.",
    )
    assert unmatched("the one with the boat but at night", talk, current, "refine") == ()
    assert unmatched("at night", talk, current, "refine") == ()

    it = Talk(FakeWriter([decision(patch={"set": {"subject": "a duck"}})]))
    it.say("a duck")
    it.writer.answers.append(decision("refine", patch={"set": {"lighting": "night"}}))
    it.say("the one with the tree but at night")
    notes = [note for m in it.keeper.conversation.messages for part in m.parts for note in getattr(part, "notes", ())]
    assert "No picture here fits “tree”, so picture 1 is changed." in notes


def test_a_number_that_is_not_there_is_said() -> None:
    with pytest.raises(SfumatoError, match="no version 99"):
        meant("that thing", target=99, action="refine")


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("the second one but at night", 2),
        ("like the first one, only darker", 1),
        ("take the boat one and make it red", 3),
        ("the one with the boat but at night", 3),
        ("picture 2 at dawn", 2),
        ("make it blue", None),
        ("make the second one blue", None),
        ("the first one from the left should be red", None),
        ("the whole picture in sepia", None),
        ("picture this in the snow", None),
        ("the two birds one bigger", None),
        ("add a boat", None),
        ("at night", None),
    ],
)
def test_a_change_names_an_earlier_picture_only_where_it_clearly_does(message: str, number: int | None) -> None:
    assert meant(message, action="refine") == number


def test_deleted_pictures_are_never_meant() -> None:
    assert meant("undo", deleted=(4,)) == 3
    assert meant("the last watercolour", deleted=(4,)) == 3
    with pytest.raises(SfumatoError, match="Picture 4 was deleted") as trouble:
        meant("picture 4", deleted=(4,))
    assert "bin" in trouble.value.hint


def test_an_empty_conversation_has_nothing_to_go_back_to() -> None:
    with pytest.raises(SfumatoError, match="no picture to go back to yet"):
        find_version("undo", Conversation(1, ""), None, None, "go_back")


@st.composite
def trees(draw: st.DrawFn) -> Conversation:
    count = draw(st.integers(1, 12))
    parents = [draw(st.one_of(st.none(), st.integers(1, n - 1))) if n > 1 else None for n in range(1, count + 1)]
    deleted = draw(st.sets(st.integers(1, count)))
    versions = tuple(
        Version(n, parent, recipe(n), "f", n in deleted) for n, parent in enumerate(parents, start=1)
    )  # fmt: skip
    return Conversation(1, "", (), versions, draw(st.integers(1, count)))


@given(trees(), st.text() | st.sampled_from(["undo", "redo", "the last one", "the ball", "picture 3", "go back"]))
def test_any_words_in_any_tree_lead_to_a_picture_that_is_there_or_to_a_sentence(talk: Conversation, text: str) -> None:
    current = nearest_available(talk, talk.version(talk.current))
    told = ""
    found = None
    try:
        found = find_version(text, talk, current, None, "go_back")
    except SfumatoError as trouble:
        told = trouble.message
    assert found in talk.available or told.endswith(".")
    assert "\n" not in told


@given(trees())
def test_undo_and_redo_return_to_where_the_newest_child_was(talk: Conversation) -> None:
    for version in talk.available:
        siblings = [other for other in talk.available if other.parent == version.parent]
        parent = talk.version(version.parent)
        if parent is None or parent.is_deleted or siblings[-1] != version:
            continue
        back = find_version("undo", talk, version, None, "go_back")
        assert back == parent
        assert find_version("redo", talk, back, None, "go_back") == version


def test_undoing_a_new_drawing_goes_back_to_what_was_there_when_it_was_described() -> None:
    it = Talk(
        FakeWriter(
            [
                decision("draw", patch={"set": {"subject": "a ball"}}),
                decision("refine", seed="keep", patch={"set": {"lighting": "night"}}),
                decision("refine", seed="keep", patch={"set": {"lighting": "noon"}}),
                decision("go_back"),
                decision("draw", patch={"set": {"subject": "a lighthouse"}}),
                decision("go_back"),
            ]
        )
    )
    for message in ("a ball", "at night", "at noon", "undo that", "a lighthouse", "undo that"):
        it.say(message)
    assert it.keeper.conversation.versions[-1].parent is None
    assert it.keeper.conversation.current == 2
    wordless = replace(it.keeper.conversation, messages=())
    assert find_version("undo that", wordless, wordless.version(4), None, "go_back") == wordless.version(3)


def test_where_several_pictures_fit_the_writers_guess_does_not_choose_among_them() -> None:
    talk = conversation(current=5)
    boats = tuple(replace(talk.versions[2], number=number, parent=None) for number in (3, 6))
    talk = replace(talk, versions=(*talk.versions[:2], boats[0], *talk.versions[3:], boats[1]))
    with pytest.raises(SfumatoError, match=r"2 pictures fit that: 3 .*, 6 "):
        find_version("put the boat picture back", talk, talk.version(5), 6, "go_back")


def test_a_bare_redo_goes_to_the_step_that_was_undone_and_is_left_to_the_writer_where_none_was() -> None:
    red, night = decision(patch={"set": {"subject": "a red ball"}}), decision("refine", patch={"set": {"style": "ink"}})
    talk = Talk(FakeWriter([red, night, decision("go_back"), decision("reroll", seed="new")]))
    for message in ("a red ball", "in ink", "undo"):
        talk.say(message)
    assert talk.keeper.conversation.current == 1
    talk.say("redo")
    assert talk.keeper.conversation.current == 2
    assert len(talk.painter.painted) == 2
    talk.say("redo")
    assert len(talk.painter.painted) == 3


def inks(*more: ImagePrompt) -> Conversation:
    """A boat in ink, in watercolour, then with a moon, and a castle that is current."""
    prompts = (
        ImagePrompt("a boat", "by the sea", "ink drawing", "noon"),
        ImagePrompt("a boat", "by the sea", "watercolour", "noon"),
        ImagePrompt("a boat and a moon", "by the sea", "watercolour", "night"),
        *more,
        ImagePrompt("a castle"),
    )
    versions = tuple(Version(n, n - 1 or None, replace(recipe(n), prompt=p), "f") for n, p in enumerate(prompts, 1))
    return Conversation(1, "", (), versions, len(versions))


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("go back to the ink drawing", 1),
        ("Can we go back to the ink drawing?", 1),
        ("no, back to the ink one please", 1),
        ("I'd like to return to the picture with the moon", 3),
        ("bring back the picture with the moon", 3),
        ("bring back the ink drawing", 1),
        ("bring back the moon", None),  # into this picture, as it is
        ("restore the boat", None),
        ("go back to watercolour", None),  # the style of this picture
        ("back to the sea", None),  # the place of it
        ("back to the noon", None),
        ("go back to the castle", None),  # which is here
        ("go back to the ink drawing but darker", None),
        ("go back to the ink drawing, at night", None),
        ("go back to the dragon", None),
        ("restore the colours", None),
    ],
)
def test_going_back_to_a_picture_that_is_there_is_not_taken_for_a_change(message: str, number: int | None) -> None:
    talk = inks()
    it = Talk(FakeWriter([decision("refine", patch={"set": {"style": "ink drawing"}})]), keeper=MemoryKeeper(talk))
    it.say(message)
    assert len(it.writer.asked) == (number is None)
    assert number is None or it.keeper.conversation.current == number


def test_words_with_a_picture_that_is_attached_are_about_that_one() -> None:
    it = Talk(FakeWriter([decision("refine", patch={"set": {"lighting": "noon"}})]), keeper=MemoryKeeper(inks()))
    photo = attach_pixels("photo.png", Pixels(64, 64, bytes(64 * 64 * 4)))
    it.run(TurnRequest("restore the ink drawing", it.keeper.conversation, attached=photo))
    assert len(it.writer.asked) == 1


def test_of_several_pictures_with_a_moon_none_is_guessed_whatever_the_writer_took_it_for() -> None:
    talk = inks(ImagePrompt("a blue boat and a moon", style="watercolour"))
    it = Talk(FakeWriter([]), keeper=MemoryKeeper(talk))
    it.say("go back to the one with the moon")
    (part,) = it.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert (part.choices, part.goes_on) == ((3, 4), False)
    it.writer.answers.append(decision("refine", target=4, patch={"set": {"style": "ink"}}))
    it.say("the one with the moon, but in ink")
    (part,) = it.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert (part.choices, part.goes_on) == ((3, 4), True)
    assert it.painter.painted == []
