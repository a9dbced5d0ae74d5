from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.draft import Draft, DraftReader

ANSWER = (
    '{"action":"refine","patch":{"set":{"subject":" a \\"red\\" ball, {big}","lighting":" night"},"add_negative":[" people"," birds"]},'
    '"seed":42,"count":3,"reply":"Now: \\"at night\\", seed 5."}'
)


def drafts_of(*pieces: str) -> list[Draft]:
    reader = DraftReader()
    return [draft for piece in pieces if (draft := reader.read(piece))]


def test_every_field_comes_as_soon_as_its_text_closes_and_the_facts_before_the_sentence() -> None:
    found = drafts_of(*ANSWER)
    lighting = [draft.decision.patch.set.get("lighting") for draft in found]
    subject = [draft.decision.patch.set.get("subject") for draft in found]
    assert lighting.index(" night") > subject.index(' a "red" ball, {big}')
    assert (" people",) in [draft.decision.patch.add_negative for draft in found]
    facts = next(draft for draft in found if draft.has_facts)
    assert (facts.decision.seed, facts.decision.count, facts.decision.reply) == (42, 3, "")
    assert facts.decision.prompt_patch().add_negative == ("people", "birds")
    assert not any(draft.has_facts for draft in found[: found.index(facts)])


@given(st.lists(st.integers(0, len(ANSWER)), max_size=8))
def test_the_pieces_in_which_the_text_comes_make_no_difference_to_the_end(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(ANSWER)]
    pieces = [ANSWER[start:end] for start, end in itertools.pairwise(places)]
    assert drafts_of(*pieces)[-1] == drafts_of(*ANSWER)[-1]


def test_the_word_reply_inside_the_facts_is_not_mistaken_for_the_sentence() -> None:
    found = drafts_of('{"action":"draw","patch":{"set":{"subject":"reply","style":"\\"reply\\":"}},"seed":"new"')
    assert not any(draft.has_facts for draft in found)


@given(st.text(alphabet='{}[]",:\\ a1é', max_size=60))
def test_nonsense_is_never_refused_and_gives_no_facts(text: str) -> None:
    assert not any(draft.has_facts for draft in drafts_of(*text))


@pytest.mark.parametrize(
    "text", ['{"action":"dance","reply":"', '{"action":"draw","patch":{"set":{"mood":"x"}},"reply":"']
)
def test_what_is_no_decision_gives_no_draft_with_facts(text: str) -> None:
    assert not any(draft.has_facts for draft in drafts_of(text))
