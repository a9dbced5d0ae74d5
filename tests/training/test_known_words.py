"""Which words the app says that the shipped painter has learned: those of its world as they were said to it, and no others."""

from __future__ import annotations

import json

import pytest

from sfumato.compile import compile_prompt, unknown_words
from sfumato.model_catalog import prompt_facts
from sfumato.prompt import ImagePrompt
from sfumato_training.world import WORLD, plural
from tests.training.test_shipped_files import CATALOGUE, PAINTER

WORDS = {
    kind: tuple(texts) for kind, texts in json.loads((PAINTER / "known_words.json").read_text(encoding="utf-8")).items()
}
PICTURE = CATALOGUE.get("starter-painter").picture
assert PICTURE
FACTS = prompt_facts(PICTURE, WORDS)
KNOWN = FACTS.known_words or frozenset()


@pytest.mark.parametrize("kind", WORLD)
def test_every_phrase_of_the_world_is_known_also_without_its_hyphens_and_in_capitals(kind: str) -> None:
    for texts in WORLD[kind].values():
        for text in texts:
            assert unknown_words(f"A {text.upper()}", KNOWN) == ()
            assert unknown_words(text.replace("-", " "), KNOWN) == ()
            assert kind != "subject" or unknown_words(f"three {plural(text)}", KNOWN) == ()


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        (ImagePrompt("a dragon", style="photorealistic"), "“dragon”, “photorealistic”"),
        (ImagePrompt("two dragons"), "“dragons”"),
        (ImagePrompt("a photo-realistic cat"), "“photo”, “realistic”"),
        (ImagePrompt("an apple"), "“apple”"),
        (ImagePrompt("a rose in a beach bag"), "“rose”, “bag”"),
        (ImagePrompt("a cat with stars and a moon"), "“stars”, “moon”"),
        (ImagePrompt("a cat with a sun and a cloud"), "“sun”, “cloud”"),
        (ImagePrompt("a cat", setting="in a tavern", lighting="dusk"), "“tavern”, “dusk”"),
        (ImagePrompt("a cat", camera="centred"), "“centred”"),
        (ImagePrompt("a cat", colour="pastel colours"), "“pastel”, “colours”"),
        (ImagePrompt("a cat", quality=("intricate",)), "“intricate”"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_word_outside_the_world_is_named_whatever_field_it_stands_in(prompt: ImagePrompt, unknown: str) -> None:
    assert any(f"has not learned {unknown}: expect" in note for note in compile_prompt(prompt, FACTS).notes)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("castel", "castle"),
        ("ligthouse", "lighthouse"),
        ("catcus", "cactus"),
        ("snow-man", "snowman"),
        ("rabit", "rabbit"),
    ],
)
def test_a_mistyped_word_of_the_world_is_named_with_the_right_one(typed: str, meant: str) -> None:
    told = [note for note in compile_prompt(ImagePrompt(f"a {typed}"), FACTS).notes if "learned" in note]
    assert len(told) == 1
    assert told[0].endswith(f"Perhaps you meant “{meant}”.")
