from __future__ import annotations

from dataclasses import replace

from sfumato.comparison import differences
from sfumato.lora import Lora
from sfumato.recipe import Route
from tests.fakes import recipe


def test_words_settings_seed_and_route_that_differ_are_named() -> None:
    before = recipe(7)
    after = replace(
        before,
        seed=2**64 - 1,
        route=Route.IMAGE_TO_IMAGE,
        prompt=replace(before.prompt, lighting="night", negative=("people", "text")),
        settings=replace(before.settings, steps=9, width=96, strength=0.6),
        parent_sha256="0123456789abcdef",
        loras=(Lora("ink", "0" * 64, 0.5),),
    )
    found = {change.field: (change.before, change.after) for change in differences(before, after)}
    assert found == {
        "lighting": ("", "night"),
        "negative": ("", "people, text"),
        "seed": ("7", str(2**64 - 1)),
        "size": ("64×64", "96×64"),
        "steps": ("4", "9"),
        "route": ("text-to-image", "image-to-image"),
        "strength": ("", "0.6"),
        "loras": ("", "ink (0.5)"),
        "painted over": ("", "0123456789ab"),
    }


def test_the_picture_that_was_painted_over_is_named_where_it_is_known() -> None:
    before, after = replace(recipe(7), parent_sha256="a" * 64), replace(recipe(7), parent_sha256="b" * 64)
    (change,) = differences(before, after, {"a" * 64: "picture 3"})
    assert (change.before, change.after) == ("picture 3", "b" * 12)
    (change,) = differences(recipe(7), after, {"": "picture 1"})
    assert change.before == ""


def test_the_order_of_the_words_is_a_difference_and_equal_recipes_have_none() -> None:
    before = recipe(7)
    after = replace(before, prompt=replace(before.prompt, order=("lighting",)))
    assert [change.field for change in differences(before, after)] == ["order"]
    assert differences(before, before) == ()
