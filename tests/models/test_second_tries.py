"""An answer of the starter that cannot be meant is written again, and nothing of it is painted early."""

from __future__ import annotations

from pathlib import Path

import pytest

import sfumato_resources
from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import Draft
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato.prompt import ImagePrompt
from sfumato_models import writer as writer_module
from sfumato_models.second_tries import TRIES
from sfumato_models.writer import LlamaWriter
from sfumato_training.writer_evaluate import starter_facts

SHIPPED = Path(sfumato_resources.__file__).parent / "starter" / "writer" / "writer.gguf"
ASKED = Reading("make it night and put it by the sea", ImagePrompt(subject="a red ball", setting="in a meadow"))


@pytest.fixture(name="writer")
def _writer() -> LlamaWriter:
    return LlamaWriter(SHIPPED, starter_facts(), 1)


def test_another_answer_comes_where_the_first_is_doubted(writer: LlamaWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    first = writer.decide(ASKED, CancelToken())
    seen: list[Draft] = []
    monkeypatch.setattr(
        writer_module, "doubt", lambda decision, reading: "refused" if decision.patch == first.patch else ""
    )
    second = writer.decide(ASKED, CancelToken(), seen.append)
    assert second.patch != first.patch
    assert not any(
        draft.has_facts for draft in seen
    )  # the first would have been painted before its sentence was written
    assert writer.decide(ASKED, CancelToken()) == second  # and again the same


def test_where_every_answer_is_doubted_the_first_stays(writer: LlamaWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    first = writer.decide(ASKED, CancelToken())
    asked: list[Decision] = []

    def refuse(decision: Decision, reading: Reading) -> str:
        asked.append(decision)
        return "refused"

    monkeypatch.setattr(writer_module, "doubt", refuse)
    assert writer.decide(ASKED, CancelToken()) == first
    assert len({decision.to_text() for decision in asked}) > 2
    assert len(asked) <= 3 + TRIES  # two drafts of the first, the first, and the others


def test_an_answer_that_is_cut_off_is_written_again(writer: LlamaWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = writer_module.parse_decision
    first = writer.decide(ASKED, CancelToken())
    asked = 0

    def cut_off_once(text: str) -> Decision:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise UnusableAnswer("The writer's answer was cut off.", "", text)
        return parse(text)

    monkeypatch.setattr(writer_module, "parse_decision", cut_off_once)
    monkeypatch.setattr(writer_module, "doubt", lambda decision, reading: "refused" * (decision.patch == first.patch))
    assert writer.decide(ASKED, CancelToken()).action
    assert asked > 1
    monkeypatch.setattr(
        writer_module, "parse_decision", lambda text: (_ for _ in ()).throw(UnusableAnswer("No.", "", ""))
    )
    with pytest.raises(UnusableAnswer):
        writer.decide(ASKED, CancelToken())


def test_what_is_being_painted_is_not_written_again(writer: LlamaWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Draft] = []

    def refuse(text: str) -> Decision:
        raise UnusableAnswer("The writer's answer was cut off.", "", text)

    monkeypatch.setattr(writer_module, "parse_decision", refuse)
    monkeypatch.setattr(writer_module.Trace, "beginnings", lambda *_: pytest.fail("another answer was begun"))
    with pytest.raises(UnusableAnswer):
        writer.decide(ASKED, CancelToken(), told.append)
    assert told[-1].has_facts
