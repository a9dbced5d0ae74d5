from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from sfumato.errors import SfumatoError
from sfumato.image_file import (
    encode_png,
    is_whole_png,
    load_pixels,
    pixels_to_rgb,
    read_recipe,
    show_metadata,
    write_png,
)
from sfumato.other_metadata import parse_a1111
from tests.fakes import painting, recipe


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    done = painting(recipe(7))
    write_png(tmp_path / "ball.png", done.pixels, done.recipe, "1.0")
    return tmp_path / "ball.png"


def test_a_picture_carries_its_recipe_its_mark_and_the_text_that_others_read(picture: Path) -> None:
    assert read_recipe(picture) == painting(recipe(7)).recipe
    with Image.open(picture) as image:
        assert "trainedAlgorithmicMedia" in image.info["XML:com.adobe.xmp"]
        found = parse_a1111(image.info["parameters"])
    assert (found.positive, found.settings["Seed"]) == ("a red ball", "7")
    assert load_pixels(picture) == painting(recipe(7)).pixels


def test_equal_pictures_are_equal_files() -> None:
    done = painting(recipe(7))
    assert encode_png(done.pixels, done.recipe) == encode_png(done.pixels, done.recipe)
    assert len(pixels_to_rgb(done.pixels)) == 64 * 64 * 3


def test_nothing_is_overwritten(picture: Path) -> None:
    done = painting(recipe(8))
    with pytest.raises(FileExistsError):
        write_png(picture, done.pixels, done.recipe)
    assert read_recipe(picture).seed == 7


@pytest.mark.parametrize("kept", [0, 8, 40, 300])
def test_a_picture_cut_short_is_refused_in_words(picture: Path, kept: int) -> None:
    picture.write_bytes(picture.read_bytes()[:kept])
    assert not is_whole_png(picture)
    with pytest.raises(SfumatoError):
        load_pixels(picture)


def test_a_file_that_is_no_picture_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("hello")
    with pytest.raises(SfumatoError, match="not a picture"):
        show_metadata(tmp_path / "x.png")
    with pytest.raises(SfumatoError, match="no file"):
        show_metadata(tmp_path / "y.png")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1, "recipe": 3}', '{"format": 99, "recipe": {}}'])
def test_a_damaged_or_newer_recipe_is_refused_in_words(tmp_path: Path, text: str) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("sfumato", text)
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    with pytest.raises(SfumatoError):
        read_recipe(tmp_path / "x.png")


def test_another_tools_recipe_is_read(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a (red:1.2) ball\nNegative prompt: people\nSteps: 20, Seed: 42, Size: 64x64")
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    found = show_metadata(tmp_path / "x.png")
    assert (found.tool, found.negative, found.settings["Seed"]) == ("AUTOMATIC1111", "people", "42")
