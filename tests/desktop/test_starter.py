"""The shipped starter models, from words to pixels: the picture shows what the words say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sfumato.attachment import attach_pixels, attached_painting
from sfumato.conversation import Conversation, Version
from sfumato.engine import CancelToken, Pixels
from sfumato.errors import SfumatoError
from sfumato.paths import find_paths
from sfumato.plan import make_plan
from sfumato.recipe import Route
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import exactly
from sfumato_desktop.studio import Studio, open_studio
from sfumato_desktop.timeline import EXAMPLES
from sfumato_training.grader import load_grader
from tests.examples import SCENES, what_is_missing

GRADER = Path(__file__).parents[1] / "data" / "grader.safetensors"
Picture = np.ndarray  # type: ignore[type-arg]  # height x width x 3, RGB from 0 to 255


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One for all tests of this file: loading the engines takes longer than painting."""
    opened = open_studio(find_paths({"SFUMATO_HOME": str(tmp_path_factory.mktemp("home"))}))
    yield opened
    opened.close()


def paint(studio: Studio, message: str, seed: int = 7) -> Picture:
    request = TurnRequest(message, Conversation(0, ""), overrides=Overrides(seed=exactly(seed)))
    plan = make_plan(request, studio.engines, CancelToken())
    pixels = studio.engines.painter.paint(plan.recipes[0], None, lambda _: None, CancelToken()).pixels
    bgrx = np.frombuffer(pixels.bgrx, np.uint8).reshape(pixels.height, pixels.width, 4)
    return bgrx[:, :, 2::-1].astype(int)


def share(picture: Picture, colour: str) -> float:
    """The share of pixels in which the colour's channel is clearly the strongest."""
    main = ["red", "green", "blue"].index(colour)
    others = [channel for channel in range(3) if channel != main]
    return float(
        np.mean([picture[:, :, main] > 1.25 * picture[:, :, other] + 8 for other in others], axis=0).__gt__(0.9).mean()
    )


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_a_red_ball_is_red_and_the_sky_above_it_is_not(studio: Studio, seed: int) -> None:
    picture = paint(studio, "a red ball in a meadow at noon", seed)
    middle = picture[96:224, 64:192]
    assert share(middle, "red") > 0.25
    assert share(picture[:64], "red") < 0.2


def test_the_colour_of_the_thing_follows_the_words(studio: Studio) -> None:
    red, blue = (paint(studio, f"a {colour} house in the snow at noon")[80:224, 64:192] for colour in ("red", "blue"))
    assert share(red, "red") > share(blue, "red") + 0.1
    assert share(blue, "blue") > share(red, "blue") + 0.1


def test_night_is_darker_than_noon_and_snow_is_brighter_than_a_forest(studio: Studio) -> None:
    noon, night = (paint(studio, f"a white cat in a meadow at {light}").mean() for light in ("noon", "night"))
    snow, forest = (
        paint(studio, f"a black car {place} at noon")[192:].mean() for place in ("in the snow", "in a forest")
    )
    assert night < 0.65 * noon
    assert snow > forest + 30


def test_two_things_stand_side_by_side_each_in_its_colour(studio: Studio) -> None:
    picture = paint(studio, "a red house beside a blue car in the snow at noon")[64:240]
    left, right = picture[:, :112], picture[:, 144:]
    assert share(left, "red") > share(right, "red") + 0.1
    assert share(right, "blue") > share(left, "blue") + 0.05


def test_ruling_out_blurry_gives_sharper_edges_than_asking_for_it(studio: Studio) -> None:
    def sharpness(negative: tuple[str, ...], words: str) -> float:
        request = TurnRequest(words, Conversation(0, ""), overrides=Overrides(seed=exactly(7), negative=negative))
        recipe = make_plan(request, studio.engines, CancelToken()).recipes[0]
        pixels = studio.engines.painter.paint(recipe, None, lambda _: None, CancelToken()).pixels
        grey = np.frombuffer(pixels.bgrx, np.uint8).reshape(pixels.height, pixels.width, 4)[:, :, :3].mean(axis=2)
        return float(np.abs(np.diff(grey, axis=0)).mean())

    ruled_out = sharpness(("blurry",), "a blue house in the snow at noon")
    assert ruled_out > 2 * sharpness((), "a blue house in the snow at noon, blurry")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_empty_window_is_understood(studio: Studio, example: str) -> None:
    recipe = make_plan(TurnRequest(example, Conversation(0, "")), studio.engines, CancelToken()).recipes[0]
    assert not [note for note in recipe.compiled.notes if "not learned" in note]
    assert recipe.prompt.subject
    assert recipe.prompt.setting
    assert recipe.prompt.lighting


def test_every_example_of_the_empty_window_is_painted_as_it_says(studio: Studio) -> None:
    grader = load_grader(GRADER)
    assert set(EXAMPLES) == set(SCENES)
    missing = {
        example: what_is_missing(grader, example, paint(studio, example).astype(np.uint8)) for example in EXAMPLES
    }
    assert not any(missing.values()), missing


@pytest.mark.parametrize(
    ("message", "told"),
    [("at night", "night"), ("make it a watercolour", "watercolour"), ("add a red boat", "a red boat")],
)
def test_of_an_attached_picture_only_what_was_said_is_told(studio: Studio, message: str, told: str) -> None:
    photo = attached_painting(attach_pixels("photo.png", Pixels(256, 256, bytes((90, 120, 60, 255)) * 256 * 256)))
    conversation = Conversation(1, "", (), (Version(1, None, photo.recipe),), 1)
    recipe = make_plan(TurnRequest(message, conversation), studio.engines, CancelToken()).recipes[0]
    assert (recipe.route, recipe.compiled.positive) == (Route.IMAGE_TO_IMAGE, told)
    later = Conversation(1, "", (), (Version(1, None, photo.recipe), Version(2, 1, recipe)), 2)
    recipe = make_plan(TurnRequest("in the snow", later), studio.engines, CancelToken()).recipes[0]
    assert set(recipe.compiled.positive.split(", ")) == {told, "in the snow"}


@pytest.mark.parametrize("message", ["make it a watercolour", "same but at night", "more contrast"])
def test_a_change_before_there_is_a_picture_asks_what_to_draw(studio: Studio, message: str) -> None:
    with pytest.raises(SfumatoError, match="no picture to change yet"):
        make_plan(TurnRequest(message, Conversation(0, "")), studio.engines, CancelToken())
