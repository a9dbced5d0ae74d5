from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.compile import MAX_FOLDED, MAX_NEGATIVES, CompiledPrompt, PromptFacts, Usual, compile_prompt, unknown_words
from sfumato.opposites import OPPOSITES
from sfumato.prompt import ImagePrompt
from sfumato.words import singular, words

HONOURED = PromptFacts(default_negative=("blurry", "text"))
IGNORED = PromptFacts(honours_negatives=False)


def test_the_persons_negatives_come_before_the_models_own_which_are_marked() -> None:
    compiled = compile_prompt(ImagePrompt("a ball", negative=("people", "Text")), HONOURED)
    assert (compiled.positive, compiled.negative) == ("a ball", "people, Text, blurry")
    assert compiled.defaults == ("blurry",)
    assert "own negatives are sent too: blurry" in compiled.notes[0]
    assert CompiledPrompt.from_json(compiled.to_json()) == compiled


def test_a_default_of_the_model_gives_way_to_what_is_asked_for() -> None:
    compiled = compile_prompt(ImagePrompt("a sign with texts"), HONOURED)
    assert compiled.negative == "blurry"
    assert "because you asked for it" in compiled.notes[0]


@pytest.mark.parametrize(
    ("ruled_out", "said"),
    [("people", "deserted"), ("blurry", "sharp focus"), ("Clouds", "clear sky"), ("unicorns", "without unicorns")],
)
def test_a_model_that_reads_no_negatives_is_told_in_positive_words_and_the_card_says_so(
    ruled_out: str, said: str
) -> None:
    compiled = compile_prompt(ImagePrompt("a ball", negative=(ruled_out,)), IGNORED)
    assert (compiled.positive, compiled.negative) == (f"a ball, {said}", "")
    assert f"“{said}”" in compiled.notes[0]
    assert ruled_out in compiled.notes[0]


def test_what_is_said_positively_is_said_once() -> None:
    prompt = ImagePrompt("a ball", quality=("sharp focus",), negative=("blurry", "people", "humans"))
    assert compile_prompt(prompt, IGNORED).positive == "a ball, sharp focus, deserted"


@pytest.mark.parametrize(
    ("prompt", "field"),
    [
        (ImagePrompt("a ball with birds", negative=("birds",)), "subject"),
        (ImagePrompt("a bird", negative=("Birds",)), "subject"),
        (ImagePrompt("a ball", lighting="long shadows", negative=("shadow",)), "lighting"),
        (ImagePrompt("a ball", quality=("film grain",), negative=("film grain",)), "quality"),
        (ImagePrompt("a child", negative=("children",)), "subject"),
    ],
)
def test_a_word_asked_for_and_ruled_out_is_noticed_in_any_number_and_field(prompt: ImagePrompt, field: str) -> None:
    (note,) = compile_prompt(prompt, PromptFacts()).notes
    assert f"“{prompt.negative[0]}” ({field})" in note


@pytest.mark.parametrize(
    "prompt",
    [
        ImagePrompt("a birdhouse", negative=("bird",)),
        ImagePrompt("a street without people", negative=("people",)),
        ImagePrompt("a street with no people", negative=("people",)),
        ImagePrompt("a grass field", negative=("gras",)),
        ImagePrompt("a red ball in a blue box", negative=("red box",)),
    ],
)
def test_part_of_a_word_or_a_word_that_is_denied_is_no_contradiction(prompt: ImagePrompt) -> None:
    assert compile_prompt(prompt, PromptFacts()).notes == ()


@pytest.mark.parametrize(("facts", "limit"), [(PromptFacts(), MAX_NEGATIVES), (IGNORED, MAX_FOLDED)])
def test_two_hundred_negatives_are_bounded_the_last_ones_count_and_one_note_says_so(
    facts: PromptFacts, limit: int
) -> None:
    prompt = ImagePrompt("a ball", negative=tuple(f"thing{number}" for number in range(200)))
    compiled = compile_prompt(prompt, facts)
    sent = compiled.negative or compiled.positive
    assert sent.count("thing") == limit
    assert "thing199" in sent
    (note,) = [note for note in compiled.notes if "200 things" in note]
    assert len(note) < 250


def test_every_key_of_the_opposites_is_spelled_as_words_are_compared() -> None:
    assert all(" ".join(words(term)) == term for term in OPPOSITES)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("birds", "bird"), ("people", "person"), ("berries", "berry"), ("boxes", "box"), ("grass", "grass"),
     ("houses", "house"), ("canvas", "canvas"), ("leaves", "leaf"), ("bus", "bus"), ("churches", "church")],
)  # fmt: skip
def test_words_are_compared_in_the_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_words_that_a_small_model_never_learned_are_named() -> None:
    assert unknown_words("a red dragon, hot-air balloon", frozenset({"a", "red", "hot-air", "balloon"})) == ("dragon",)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("an apple tree", ()),
        ("two apple-trees and a hot air balloon", ()),
        ("an apple", ("apple",)),
        ("a bird’s-eye view", ()),
        ("a 3 d tree", ("d",)),
        ("a photo-realistic tree", ("photo", "realistic")),
    ],
)
def test_a_word_that_is_known_within_a_phrase_only_is_unknown_elsewhere(text: str, unknown: tuple[str, ...]) -> None:
    known = frozenset(
        {"a", "an", "two", "and", "tree", "apple tree", "apple trees", "hot-air balloon", "bird's-eye view"}
    )
    assert unknown_words(text, known) == unknown


def test_a_mistyped_word_is_named_with_the_one_that_was_perhaps_meant() -> None:
    facts = PromptFacts(known_words=frozenset({"a", "castle", "house", "plane"}))
    (note,) = compile_prompt(ImagePrompt("a castel"), facts).notes
    assert "“castel”" in note
    assert note.endswith("Perhaps you meant “castle”.")
    (note,) = compile_prompt(
        ImagePrompt("a light-house"), replace(facts, known_words=frozenset({"a", "light", "lighthouse"}))
    ).notes
    assert "“house”" in note
    assert note.endswith("Perhaps you meant “lighthouse”.")
    for other in ("a horse", "a planet"):
        (note,) = compile_prompt(ImagePrompt(other), facts).notes
        assert "meant" not in note


def test_ruling_out_what_a_small_model_never_learned_is_said_to_do_little() -> None:
    facts = PromptFacts(known_words=frozenset({"a", "ball", "clouds"}))
    compiled = compile_prompt(ImagePrompt("a ball", negative=("clouds", "stars")), facts)
    assert compiled.notes == ("This model has not learned “stars”, so ruling it out may change nothing.",)
    two = compile_prompt(ImagePrompt("a ball", negative=("stars", "comets")), facts)
    assert two.notes == ("This model has not learned “stars”, “comets”, so ruling that out may change nothing.",)
    assert compiled.negative == "clouds, stars"


USUAL = PromptFacts(
    usual=(Usual("style", "flat illustration", ("ink drawing", "watercolour")), Usual("lighting", "noon"))
)


def test_what_was_left_unsaid_is_told_as_usual_in_its_place_and_shown() -> None:
    compiled = compile_prompt(ImagePrompt(subject="a red ball", setting="in a meadow"), USUAL)
    assert compiled.positive == "a red ball, in a meadow, flat illustration, noon"
    assert compiled.notes == ("Left unsaid, so this model is told its usual: flat illustration, noon.",)


@pytest.mark.parametrize(
    "prompt",
    [
        ImagePrompt(subject="a red ball", style="oil painting", lighting="night"),
        ImagePrompt(subject="an ink drawing of a red ball", lighting="night"),
    ],
    ids=["said", "said within the subject"],
)
def test_nothing_usual_is_told_beside_what_was_said(prompt: ImagePrompt) -> None:
    compiled = compile_prompt(prompt, USUAL)
    assert "flat" not in compiled.positive
    assert compiled.notes == ()


def test_what_was_ruled_out_is_not_told_as_usual() -> None:
    compiled = compile_prompt(ImagePrompt(subject="a ball", lighting="night", negative=("flat illustration",)), USUAL)
    assert compiled.positive == "a ball, night"
