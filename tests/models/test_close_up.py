from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from sfumato.engine import Preview
from sfumato.errors import SfumatoError
from sfumato.masks import hard_mask
from sfumato.recipe import Route
from sfumato.selection import SCALE, Area, Selection, Shape
from sfumato_models.close_up import CloseUp
from sfumato_models.previews import from_image, to_image
from tests.fakes import recipe

WIDTH, HEIGHT = 96, 64
PICTURE = from_image(Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB"))
RED = from_image(Image.new("RGB", (WIDTH, HEIGHT), "red"))
SMALL = Selection((Shape("rectangle", ((100, 600), (250, 800))),))
places = st.tuples(st.integers(0, SCALE), st.integers(0, SCALE))


@given(places, places)
def test_the_part_holds_the_area_in_the_shape_of_the_picture_and_nothing_outside_it_changes(
    begin: tuple[int, int], end: tuple[int, int]
) -> None:
    area = Selection((Shape("rectangle", (begin, end)),))
    try:
        close_up = CloseUp.of(PICTURE, area, WIDTH, HEIGHT)
        back = close_up.put_back(RED)
    except SfumatoError:
        return
    left, top, right, bottom = close_up.box
    assert 0 <= left < right <= WIDTH
    assert 0 <= top < bottom <= HEIGHT
    assert abs((right - left) / WIDTH - (bottom - top) / HEIGHT) < 0.02
    changed = ImageChops.difference(to_image(back), to_image(PICTURE)).convert("L").point([0] + [255] * 255)
    assert ImageChops.subtract(changed, hard_mask(area, WIDTH, HEIGHT)).getbbox() is None


def test_a_small_area_is_painted_large_and_a_large_one_with_all_of_the_picture() -> None:
    close_up = CloseUp.of(PICTURE, SMALL, WIDTH, HEIGHT)
    assert 24 <= close_up.box[2] - close_up.box[0] <= 27  # a quarter, not the sixth that is selected
    wish = replace(recipe(7), route=Route.INPAINT, area=Area(SMALL, "a boat"))
    seen = close_up.seen(wish).area
    assert seen
    assert seen.words == "a boat"
    covered = hard_mask(seen.selection, WIDTH, HEIGHT)
    assert sum(covered.histogram()[255:]) > 0.4 * WIDTH * HEIGHT
    large = Selection((Shape("stroke", ((100, 500), (900, 500)), 300),))
    assert CloseUp.of(PICTURE, large, WIDTH, HEIGHT).box == (0, 0, WIDTH, HEIGHT)


def test_what_emerges_is_shown_in_its_place_in_the_whole_picture() -> None:
    shown: list[Preview] = []
    show = CloseUp.of(PICTURE, SMALL, WIDTH, HEIGHT).showing(shown.append)
    show(Preview(1, 4))
    show(Preview(2, 4, from_image(Image.new("RGB", (12, 8), "red"))))
    assert shown[0].pixels is None
    assert shown[1].pixels
    picture = to_image(shown[1].pixels)
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.getpixel((17, 45)) == (255, 0, 0)
    assert picture.getpixel((80, 10)) == to_image(PICTURE).getpixel((80, 10))


def test_a_picture_of_another_size_and_an_area_of_nothing_are_said() -> None:
    with pytest.raises(SfumatoError, match="another size"):
        CloseUp.of(PICTURE, SMALL, 64, 64)
    with pytest.raises(SfumatoError, match="too small"):
        CloseUp.of(PICTURE, Selection(()), WIDTH, HEIGHT)
