from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from sfumato.attachment import MAX_KEPT_SIDE, attach_pixels, attached_painting, offered_prompt, read_attachment
from sfumato.engine import Pixels
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
from sfumato.other_metadata import read_a1111
from sfumato.recipe import Route
from sfumato.replay import what_is_missing
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
        found = read_a1111(image.info["parameters"])
    assert (found.prompt, found.seed, found.software) == ("a red ball", 7, "Sfumato")
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
    assert (found.prompt, found.negative_prompt, found.seed) == ("a red ball", "people", 42)


# --- attached pictures ------------------------------------------------------------------------------------------------


def test_an_attached_photograph_is_turned_upright_scaled_down_and_its_private_data_left_behind(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 6, "Leica-9", "Jane Roe"
    Image.new("RGB", (4000, 3000), "red").save(tmp_path / "photo.jpg", exif=exif)
    attached = read_attachment(tmp_path / "photo.jpg")
    assert attached.size == (3000, 4000)
    assert (attached.pixels.width, attached.pixels.height) == (MAX_KEPT_SIDE * 3 // 4, MAX_KEPT_SIDE)
    assert not attached.offers_prompt
    kept = attached_painting(attached)
    data = encode_png(kept.pixels, kept.recipe)
    assert not any(word in data for word in (b"Leica", b"Jane", b"trainedAlgorithmicMedia", b"parameters"))


def test_what_was_attached_says_that_it_was_not_painted_here(picture: Path, tmp_path: Path) -> None:
    attached = read_attachment(picture)
    assert attached.offers_prompt
    assert offered_prompt(attached.metadata).subject == "a red ball"
    kept = attached_painting(attached)
    write_png(tmp_path / "kept.png", kept.pixels, kept.recipe)
    again = read_attachment(tmp_path / "kept.png")
    assert not again.offers_prompt
    assert "not paint" in again.metadata.notes[0]
    assert attached_painting(again).recipe.sha256_rgb == kept.recipe.sha256_rgb
    recipe_inside = read_recipe(tmp_path / "kept.png")
    assert recipe_inside.route is Route.ATTACHED
    assert what_is_missing(recipe_inside, {}, True) == ("This picture was attached, not painted here.",)
    with Image.open(tmp_path / "kept.png") as image:  # another tool's picture stays marked as generated
        assert "trainedAlgorithmicMedia" in image.info["XML:com.adobe.xmp"]


def test_a_foreign_prompt_is_offered_as_words_on_one_line(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a (red:1.2) ball,\nshiny\nNegative prompt: people,\ntext\nSteps: 2, Seed: 42")
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    prompt = offered_prompt(read_attachment(tmp_path / "x.png").metadata)
    assert (prompt.subject, prompt.negative) == ("a red ball, shiny", ("people", "text"))


def test_a_picture_whose_texts_cannot_be_read_is_attached_all_the_same_and_says_so(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a" * 5_000_000)
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    attached = read_attachment(tmp_path / "x.png")
    assert attached.size == (8, 8)
    assert attached.metadata.notes == ("x.png carries more text than Sfumato reads.",)


@pytest.mark.parametrize("size", [(20_000, 1), (20_000, 20_000)])
def test_a_picture_20000_pixels_wide_is_refused_before_it_is_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("L", size).save(tmp_path / "wide.png")
    with pytest.raises(SfumatoError, match="too big") as error:
        read_attachment(tmp_path / "wide.png")
    assert "\n" not in str(error.value)


def test_see_through_and_16_bit_and_grey_pictures_come_out_as_they_look(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_attachment(tmp_path / "clear.png").pixels.bgrx[:3] == b"\xff\xff\xff"
    Image.new("I;16", (8, 8), 32896).save(tmp_path / "deep.png")
    assert read_attachment(tmp_path / "deep.png").pixels.bgrx[:3] == b"\x80\x80\x80"
    Image.new("P", (8, 8)).save(tmp_path / "palette.png")
    Image.new("CMYK", (8, 8)).save(tmp_path / "print.jpg")
    assert read_attachment(tmp_path / "palette.png").size == read_attachment(tmp_path / "print.jpg").size == (8, 8)


@pytest.mark.parametrize("ending", ["jpg", "webp", "png"])
def test_an_attachment_cut_short_or_renamed_is_refused_in_one_line(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"x.{ending}"
    Image.effect_noise((64, 64), 90).save(file)
    whole = file.read_bytes()
    for data in (whole[: len(whole) // 2], whole[:10], b"", b"%PDF-1.7 hello", b"<svg onload=alert(1)>"):
        file.write_bytes(data)
        with pytest.raises(SfumatoError) as error:
            read_attachment(file)
        assert "\n" not in str(error.value)
    with pytest.raises(SfumatoError):
        read_attachment(tmp_path)
    with pytest.raises(SfumatoError, match="no file"):
        read_attachment(tmp_path / "missing.png")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(SfumatoError, match="not a picture"):
        read_attachment(tmp_path / "pipe.png")


def test_names_of_files_are_shown_short_and_without_tricks() -> None:
    grey = Pixels(1, 1, bytes(4))
    assert attach_pixels("a\u202egnp.exe\n\x1b[0m" + "x" * 300 + ".png", grey).name.endswith("xxxx.png")
    assert len(attach_pixels("x" * 300, grey).name) <= 80
    assert attach_pixels("", grey).name == "picture"
