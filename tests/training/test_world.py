from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from sfumato.compile import PromptFacts, compile_prompt, unknown_words
from sfumato.prompt import ImagePrompt
from sfumato_training import world
from sfumato_training.captions import caption, full_caption
from sfumato_training.scenes import arrange, draw_plain, draw_scene
from sfumato_training.world import SHAPES, Scene, Second, known_words, random_scene

SUBJECTS, COLOURS, SETTINGS, STYLES = map(list, (world.SUBJECTS, world.COLOURS, world.SETTINGS, world.STYLES))
LIGHTINGS, CAMERAS, EXTRAS, DAMAGES, RELATIONS = map(
    list, (world.LIGHTINGS, world.CAMERAS, world.EXTRAS, world.DAMAGES, world.RELATIONS)
)
BALL = Scene("ball", "red", "meadow", "flat", "noon")


def test_a_scene_is_drawn_the_same_every_time_and_differs_by_chance() -> None:
    first, again, other = (draw_scene(BALL, random.Random(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_every_word_of_the_world_is_drawn_in_every_shape(width: int, height: int) -> None:
    for index, (subject, colour) in enumerate(zip(SUBJECTS, COLOURS * 3, strict=False)):
        scene = Scene(
            subject,
            colour,
            SETTINGS[index % 9],
            STYLES[index % 8],
            LIGHTINGS[(index * 3) % 8],
            ["", *CAMERAS][index % 5],
        )
        picture = draw_scene(
            replace(scene, extras=(EXTRAS[index % 7],), damage=["", *DAMAGES][index % 7]),
            random.Random(0),
            width,
            height,
        )
        assert picture.shape == (height, width, 3)
        assert picture.std() > 5  # fog washed out is the palest


@pytest.mark.parametrize("camera", ["", *CAMERAS])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_thing_is_large_enough_to_be_seen_in_every_view(subject: str, camera: str) -> None:
    _, is_thing = draw_plain(replace(BALL, subject=subject, camera=camera), random.Random(1))
    low, high = {
        "": (0.07, 0.4),
        "close": (0.17, 0.85),
        "wide": (0.02, 0.16),
        "low": (0.1, 0.6),
        "aerial": (0.03, 0.2),
    }[camera]
    assert low < is_thing.mean() < high


@pytest.mark.parametrize(("kind", "words"), [("style", STYLES), ("lighting", LIGHTINGS), ("setting", SETTINGS)])
def test_the_words_of_a_kind_look_unlike_one_another(kind: str, words: list[str]) -> None:
    pictures = [draw_scene(replace(BALL, **{kind: word}), random.Random(1)).astype(int) for word in words]
    for one, other in itertools.combinations(pictures, 2):
        assert np.abs(one - other).mean() > 9


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_light_shows_in_every_setting(setting: str) -> None:
    scenes = [replace(BALL, setting=setting, lighting=lighting) for lighting in LIGHTINGS]
    tops = [draw_scene(scene, random.Random(1))[::4, ::4].astype(int) for scene in scenes]
    for one, other in itertools.combinations(tops, 2):
        assert np.abs(one - other).mean() > 8


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("style", STYLES)
def test_an_extra_changes_a_fair_part_of_the_picture(extra: str, style: str) -> None:
    plain = Scene("cat", "blue", "sea", style, "golden")
    without, with_it = (
        draw_scene(scene, random.Random(1)).astype(int) for scene in (plain, replace(plain, extras=(extra,)))
    )
    assert (np.abs(without - with_it).max(axis=2) > 40).mean() > 0.01


@pytest.mark.parametrize("number", [2, 3])
def test_several_things_stand_apart(number: int) -> None:
    for subject in SUBJECTS:
        _, is_thing = draw_plain(replace(BALL, subject=subject, number=number), random.Random(1))
        assert _runs(is_thing.any(axis=0)) == number


def test_two_things_stand_as_their_relation_says() -> None:
    for first, other in zip(SUBJECTS, SUBJECTS[1:] + SUBJECTS[:1], strict=True):
        for relation in RELATIONS:
            scene = replace(BALL, subject=first, second=Second(other, "blue", relation))
            _, is_thing = draw_plain(scene, random.Random(1))
            farther, nearer = arrange(scene, 256, 256, random.Random(1))
            if relation == "beside":
                assert _runs(is_thing.any(axis=0)) == 2
            elif relation == "above":
                assert _runs(is_thing.any(axis=1)) == 2
                assert nearer.subject == first
                assert nearer.foot < farther.foot
            else:
                assert nearer.subject == first
                assert nearer.foot > farther.foot


def test_pencil_has_little_colour_and_ink_none() -> None:
    def colour(style: str) -> float:
        picture = draw_scene(replace(BALL, style=style), random.Random(1)).astype(int)
        return float((picture.max(axis=2) - picture.min(axis=2)).mean())

    assert colour("ink") < 22  # the warmth of the paper
    assert colour("ink") < 0.6 * colour("pencil") < 0.4 * colour("flat")


@pytest.mark.parametrize("style", STYLES)
def test_blurry_is_blurred_in_every_style(style: str) -> None:
    sharp, blurred = (
        draw_scene(replace(BALL, style=style, damage=damage), random.Random(1)) for damage in ("", "blurry")
    )
    assert sharpness(blurred) < 0.6 * sharpness(sharp)


def sharpness(picture: np.ndarray) -> float:
    """How steep the steepest hundredth of the picture is."""
    return float(np.percentile(np.abs(np.diff(picture.mean(axis=2), axis=1)), 99))


def _runs(present: np.ndarray) -> int:
    """How many unbroken stretches there are."""
    return int(present[0]) + int((np.diff(present.astype(int)) == 1).sum())


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
