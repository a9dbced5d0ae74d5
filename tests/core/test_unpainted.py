"""Before the first picture a message is about the prompt that was stopped or failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.conversation import ErrorPart
from sfumato.errors import EngineDied
from sfumato.prompt import ImagePrompt
from sfumato.request import TurnRequest
from tests.fakes import FakeWriter, Talk, decision

BOAT = decision(patch={"set": {"subject": "a red boat"}})
BLUE = decision("refine", seed="keep", patch={"set": {"subject": "a blue boat"}})


def say(talk: Talk, message: str) -> None:
    talk.run(TurnRequest(message, talk.keeper.conversation, goes_on=True))


@pytest.fixture
def stopped() -> Talk:
    """A boat that was not painted."""
    talk = Talk(FakeWriter([BOAT]))
    talk.painter.fails = [EngineDied("The painter stopped.")]
    say(talk, "a red boat")
    return talk


def test_a_change_is_made_to_the_prompt_that_was_not_painted(stopped: Talk) -> None:
    stopped.writer.answers.append(BLUE)
    say(stopped, "make it blue")
    assert stopped.writer.asked[-1].prompt.subject == "a red boat"
    failed, painted = stopped.painter.painted
    assert (painted.prompt.subject, painted.seed) == ("a blue boat", failed.seed)
    (version,) = stopped.keeper.conversation.versions
    assert version.parent is None


def test_the_change_is_made_to_the_prompt_as_the_person_left_it(stopped: Talk) -> None:
    stopped.writer.answers.append(BLUE)
    left = ImagePrompt("a red boat", "in fog")
    stopped.run(TurnRequest("make it blue", stopped.keeper.conversation, goes_on=True, left=left))
    assert stopped.writer.asked[-1].prompt == left
    assert stopped.painter.painted[-1].prompt.setting == "in fog"


def test_the_same_message_again_begins_anew_and_so_does_a_new_drawing(stopped: Talk) -> None:
    stopped.writer.answers += [BOAT, decision(patch={"set": {"subject": "a castle"}})]
    say(stopped, "a red boat")
    assert stopped.writer.asked[-1].prompt.is_empty
    say(stopped, "a castle")
    assert [version.prompt.subject for version in stopped.keeper.conversation.versions] == ["a red boat", "a castle"]


def test_with_every_picture_in_the_bin_a_message_is_about_the_newest_prompt(stopped: Talk) -> None:
    stopped.writer.answers += [BOAT, BLUE]
    say(stopped, "a red boat")
    talk = stopped.keeper.conversation
    binned = tuple(replace(version, is_deleted=True) for version in talk.versions)
    stopped.keeper.conversation = replace(talk, versions=binned)
    say(stopped, "make it blue")
    assert stopped.writer.asked[-1].prompt.subject == "a red boat"
    assert stopped.painter.painted[-1].prompt.subject == "a blue boat"


def test_a_changed_message_begins_anew(stopped: Talk) -> None:
    stopped.writer.answers.append(BOAT)
    stopped.run(TurnRequest("a red boat, please", stopped.keeper.conversation))
    assert stopped.writer.asked[-1].prompt.is_empty


def test_once_there_is_a_picture_it_is_what_a_message_is_about(stopped: Talk) -> None:
    stopped.writer.answers += [BOAT, BLUE, decision("refine", patch={"set": {"lighting": "night"}})]
    say(stopped, "a red boat")
    stopped.painter.fails = [EngineDied("The painter stopped.")]
    say(stopped, "make it blue")
    say(stopped, "at night")
    assert stopped.painter.painted[-1].prompt.subject == "a red boat"


def test_a_size_that_another_model_cannot_paint_is_no_trouble(stopped: Talk) -> None:
    small = stopped.engines.facts.model_copy(update={"width": 32, "height": 32, "max_side": 32})
    stopped.spec = stopped.spec.model_copy(update={"picture": small})
    stopped.writer.answers += [BLUE, BLUE]
    say(stopped, "make it blue")
    assert not isinstance(stopped.keeper.conversation.messages[-1].parts[0], ErrorPart)
