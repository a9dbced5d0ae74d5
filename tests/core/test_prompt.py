from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.compile import PromptFacts, compile_prompt
from sfumato.prompt import (
    FIELDS,
    SPOKEN,
    TEXT_FIELDS,
    ImagePrompt,
    PromptPatch,
    apply,
    changes,
    diff,
    field_text,
    order_change,
    with_field_text,
)

terms = st.lists(st.text(max_size=6), max_size=5).map(tuple)
prompts = st.builds(
    ImagePrompt,
    **{name: st.text(max_size=12) for name in TEXT_FIELDS},
    quality=terms,
    negative=terms,
    order=st.lists(st.sampled_from(SPOKEN), max_size=7).map(tuple),
)


@given(prompts, prompts)
def test_the_difference_of_two_prompts_leads_from_one_to_the_other(a: ImagePrompt, b: ImagePrompt) -> None:
    assert apply(a, diff(a, b)) == b


@given(prompts, st.sampled_from(TEXT_FIELDS), st.text(max_size=12))
def test_a_patch_leaves_every_field_it_does_not_name_identical(a: ImagePrompt, name: str, text: str) -> None:
    after = apply(a, PromptPatch(set={name: text}))
    assert all(getattr(after, other) is getattr(a, other) for other in TEXT_FIELDS if other != name)
    assert (after.quality, after.negative, after.order) == (a.quality, a.negative, a.order)


@given(prompts)
def test_a_prompt_survives_json(a: ImagePrompt) -> None:
    assert ImagePrompt.from_json(a.to_json()) == a


@given(prompts, prompts)
def test_changes_name_exactly_the_fields_that_differ(a: ImagePrompt, b: ImagePrompt) -> None:
    assert {change.field for change in changes(a, b)} == {
        name for name in FIELDS if getattr(a, name) != getattr(b, name)
    }


def test_terms_are_dropped_before_they_are_added_and_are_unique_regardless_of_case() -> None:
    prompt = ImagePrompt(negative=("People", "text"))
    assert apply(prompt, PromptPatch(drop_negative=("people",), add_negative=("Text", "people"))).negative == (
        "text",
        "people",
    )


def test_a_patch_that_names_no_field_of_a_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="mood"):
        PromptPatch(set={"mood": "happy"})


def test_a_field_typed_by_hand_reads_back_as_typed() -> None:
    prompt = with_field_text(ImagePrompt(), "negative", "people, text")
    assert field_text(prompt, "negative") == "people, text"


def test_the_order_decides_what_is_said_first() -> None:
    prompt = ImagePrompt(subject="a ball", lighting="night", order=("lighting",))
    assert compile_prompt(prompt, PromptFacts()).positive == "night, a ball"


@given(prompts)
def test_an_order_in_words_reads_back(a: ImagePrompt) -> None:
    assert with_field_text(ImagePrompt(), "order", field_text(a, "order")).order == a.order


def test_what_is_said_first_is_told_in_words() -> None:
    usual, lighting = ImagePrompt(), ImagePrompt(order=("lighting",))
    change = order_change(usual, lighting)
    assert change
    assert (change.field, change.before, change.after) == ("order", "as usual", "lighting first")
    both = order_change(lighting, ImagePrompt(order=("style", "lighting")))
    assert both
    assert (both.before, both.after) == ("lighting first", "style, lighting first")
    assert order_change(usual, usual) is None
