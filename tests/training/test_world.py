from __future__ import annotations

import random

import numpy as np
import pytest

from sfumato.compile import PromptFacts, compile_prompt, unknown_words
from sfumato.prompt import ImagePrompt
from sfumato_training.captions import caption, full_caption
from sfumato_training.scenes import draw_scene
from sfumato_training.world import LIGHTINGS, SHAPES, STYLES, SUBJECTS, Scene, known_words, random_scene

BALL = Scene("ball", "red", "meadow", "flat", "noon")


def test_a_scene_is_drawn_the_same_every_time_and_differs_by_chance() -> None:
    first, again, other = (draw_scene(BALL, random.Random(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_every_thing_in_every_style_and_light_fills_the_shape(width: int, height: int) -> None:
    rng = random.Random(0)
    for index, subject in enumerate(SUBJECTS):
        scene = Scene(subject, "blue", "snow", list(STYLES)[index % 5], list(LIGHTINGS)[index % 5])
        picture = draw_scene(scene, rng, width, height)
        assert picture.shape == (height, width, 3)
        assert picture.std() > 8


def test_the_thing_has_its_colour() -> None:
    middle = draw_scene(BALL, random.Random(3))[130:200, 90:166].reshape(-1, 3).astype(int)
    red = (middle[:, 0] > 1.5 * middle[:, 1]) & (middle[:, 0] > 1.5 * middle[:, 2])
    assert red.mean() > 0.5


def test_night_is_dark_and_noon_is_bright() -> None:
    def light(lighting: str) -> float:
        return float(draw_scene(Scene("tree", "green", "meadow", "flat", lighting), random.Random(1)).mean())

    assert light("night") < 0.6 * light("noon")


def test_one_of_the_captions_is_what_the_app_compiles() -> None:
    prompt = ImagePrompt(subject="a red ball", setting="in a meadow", style="flat illustration", lighting="noon")
    assert compile_prompt(prompt, PromptFacts()).positive == full_caption(BALL)
    rng = random.Random(0)
    assert full_caption(BALL) in {caption(BALL, rng) for _ in range(3000)}


def test_every_word_of_every_caption_is_a_known_word_and_some_captions_are_empty() -> None:
    words = frozenset(
        word for texts in known_words().values() for text in texts for word in text.casefold().replace(",", " ").split()
    )
    rng = random.Random(0)
    said = [caption(random_scene(rng), rng) for _ in range(2000)]
    assert {word for text in said for word in unknown_words(text, words)} == set()
    assert 0.06 < sum(text == "" for text in said) / len(said) < 0.14
