"""The starter writer reports its answer field by field, through its process."""

from __future__ import annotations

from sfumato.dialogue import Reading
from sfumato.draft import Draft
from sfumato.engine import CancelToken, DecisionReady, Event, FieldsReady, PreviewReady, Replied
from sfumato.prompt import TEXT_FIELDS
from sfumato.request import Overrides, TurnRequest
from sfumato.turn import run_turn
from sfumato_desktop.studio import Studio
from tests.fakes import MemoryKeeper


def test_the_starter_writer_reports_each_field_as_it_is_written_and_the_facts_before_the_sentence(
    studio: Studio,
) -> None:
    drafts: list[Draft] = []
    reading = Reading("a watercolour of a red ball in a meadow at golden hour")
    decision = studio.engines.writer.decide(reading, CancelToken(), drafts.append)
    known = [tuple(name for name in TEXT_FIELDS if name in draft.decision.patch.set) for draft in drafts]
    assert [len(names) for names in dict.fromkeys(known)] == list(range(len(decision.patch.set) + 1))
    facts = next(draft.decision for draft in drafts if draft.has_facts)
    assert facts == decision.model_copy(update={"reply": ""})
    assert decision.reply


def test_a_turn_with_the_real_engines_shows_fields_then_paints(studio: Studio) -> None:
    events: list[Event] = []
    keeper = MemoryKeeper()
    request = TurnRequest("a red ball in a meadow at golden hour", keeper.conversation, overrides=Overrides(steps=3))
    run_turn(request, studio.engines, keeper, events.append, CancelToken())
    kinds = [type(event) for event in events]
    assert kinds.index(FieldsReady) < kinds.index(DecisionReady) < kinds.index(PreviewReady)
    assert kinds.count(FieldsReady) >= 3
    assert kinds.count(Replied) == 1
    assert len(keeper.conversation.versions) == 1
