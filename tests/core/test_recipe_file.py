from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfumato.attachment import AttachedPicture, attach_pixels
from sfumato.errors import SfumatoError
from sfumato.image_file import read_recipe, show_metadata, write_png
from sfumato.lora import Lora
from sfumato.model_catalog import ModelSpec
from sfumato.other_metadata import PictureMetadata, metadata_of_recipe, read_a1111
from sfumato.recipe import Recipe, Route
from sfumato.recipe_file import MAX_BYTES, SharedRecipe, read_recipe_file, recipe_text, write_recipe_file
from sfumato.replay import what_is_missing
from sfumato.request import TurnRequest
from sfumato.seeds import exactly
from sfumato.shared_recipe import by_recipe
from tests.fakes import SPEC, FakeWriter, Overrides, Talk, painting, recipe


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "Zoë's ball.sfumato"


def test_a_recipe_file_holds_what_the_picture_holds_and_is_read_where_pictures_are(file: Path) -> None:
    done = painting(recipe(2**64 - 1, loras=(Lora("ink.safetensors", "a" * 64, 0.6),)))
    write_recipe_file(file, done.recipe, "1.0")
    write_png(file.with_suffix(".png"), done.pixels, done.recipe, "1.0")
    assert read_recipe(file) == read_recipe(file.with_suffix(".png")) == done.recipe
    assert show_metadata(file).prompt == "a red ball"
    assert file.read_text("ascii").startswith("{\n")  # people can read it, and no editor can garble it


def test_a_recipe_file_says_nothing_of_the_person_or_the_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_recipe_file(file, painting(recipe()).recipe)
    assert str(Path.home()) not in file.read_text()
    assert str(file.parent) not in file.read_text()


def changed(**more: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(recipe_text(recipe()))
    data["recipe"]["settings"] |= more.pop("settings", {})
    data["recipe"] |= more
    return data


HOSTILE = {
    "empty": b"",
    "no JSON": b"MZ\x90\0",
    "cut": recipe_text(recipe()).encode()[:200],
    "not UTF-8": b"\xff\xfe{",
    "a list": b"[]",
    "nested": b'{"format":1,"recipe":' + b"[" * 200_000,
    "no recipe": b'{"format": 1}',
    "a recipe of text": b'{"format": 1, "recipe": "x"}',
    "format of letters": b'{"format": "x", "recipe": {}}',
    "endless width": changed(settings={"width": 1e999}),
    "a size of text": changed(settings={"height": "x"}),
    "a huge size": changed(settings={"width": 10**9}),
    "steps without end": changed(settings={"steps": 10**9}),
    "steps below nothing": changed(settings={"steps": -1}),
    "guidance that is no number": changed(settings={"guidance_scale": float("nan")}),
    "strength above all": changed(settings={"strength": 7}),
    "a seed of 5000 digits": changed(seed="9" * 5000),
    "a seed below nothing": changed(seed="-1"),
    "an unknown way": changed(route="../../etc/passwd"),
    "a prompt that is a list": changed(prompt=[1, 2]),
    "LoRAs that are text": changed(loras="x"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_damaged_or_hostile_recipe_is_a_sentence(file: Path, data: bytes | dict[str, Any]) -> None:
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    with pytest.raises(SfumatoError, match="This recipe is damaged"):
        read_recipe_file(file)


@pytest.mark.parametrize("data", [{"format": 2, "recipe": {}}, {"format": 1, "recipe": {"format": 9}}])
def test_a_newer_recipe_says_so(file: Path, data: dict[str, Any]) -> None:
    file.write_text(json.dumps(data))
    with pytest.raises(SfumatoError, match="newer Sfumato"):
        read_recipe_file(file)


def test_a_huge_file_is_not_read_to_its_end(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(2**40)  # a terabyte, of which nothing is on the disk
    with pytest.raises(SfumatoError, match="too big for a recipe"):
        read_recipe_file(file)
    assert MAX_BYTES <= 2**20


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sfumato")
    (tmp_path / "folder.sfumato").mkdir()
    for name, told in (("pipe", "not a recipe"), ("folder", "not a recipe"), ("missing", "no file")):
        with pytest.raises(SfumatoError, match=told):
            read_recipe_file(tmp_path / f"{name}.sfumato")


def test_an_attached_picture_has_no_recipe_to_share(file: Path) -> None:
    with pytest.raises(SfumatoError, match="attached"):
        write_recipe_file(file, recipe(route=Route.ATTACHED))
    assert not file.exists()


def asked(shared: Recipe, words: str = "", *loras: Lora) -> Overrides:
    return by_recipe(Overrides(seed=exactly(shared.seed)), SharedRecipe("x.sfumato", shared), words, loras)


def paint(shared: Recipe, overrides: Overrides, spec: ModelSpec = SPEC) -> tuple[Recipe, str]:
    """What is painted by a recipe in the middle of another conversation, and the notes."""
    talk = Talk(FakeWriter([]), spec=spec)
    talk.say("a blue boat", Overrides(rewrite=False))
    talk.say("a red ball", overrides)
    notes = [note for message in talk.keeper.conversation.messages for part in message.parts
             for note in getattr(part, "notes", ())]  # fmt: skip
    assert talk.keeper.conversation.versions[-1].parent is None
    return talk.painter.painted[-1], " ".join(notes)


def shared_recipe(**more: Any) -> Recipe:
    """Painted by someone else, with settings of their own."""
    wished = recipe(4711)
    wished = replace(wished, settings=replace(wished.settings, width=96, steps=9, guidance_scale=5.5))
    return replace(painting(wished).recipe, **more)


def test_a_shared_recipe_is_painted_as_it_says_and_the_very_picture_is_told() -> None:
    shared = shared_recipe()
    painted, notes = paint(shared, asked(shared))
    assert painted == shared.as_draft()
    assert "Identical to the picture that this recipe was shared from." in notes


def test_a_recipe_painted_with_other_weights_says_that_it_is_near() -> None:
    shared = shared_recipe(sha256_rgb="0" * 64, model_files={"unet": "1" * 64})
    assert "Near the picture" in paint(shared, asked(shared))[1]


def test_a_model_file_that_was_renamed_is_still_the_one_that_painted() -> None:
    painted = shared_recipe(model_files={"x.gguf": "1" * 64, "vae/ae.safetensors": "2" * 64})
    assert what_is_missing(painted, {"x.gguf": "1" * 64, "vae/flux-ae.safetensors": "2" * 64}, False) == ()
    assert what_is_missing(painted, {"y.gguf": "1" * 64, "vae/ae.safetensors": "3" * 64}, False) == (
        "The model file vae/ae.safetensors is another one here.",
    )
    assert what_is_missing(painted, {"x.gguf": "1" * 64}, False) == (
        "The model file vae/ae.safetensors is missing here.",
    )


def test_edited_words_are_another_picture_and_nothing_is_claimed() -> None:
    shared = shared_recipe()
    painted, notes = paint(shared, asked(shared, "a green ball"))
    assert (painted.prompt.subject, painted.seed, painted.settings) == ("a green ball", 4711, shared.settings)
    assert "shared from" not in notes


def test_another_model_paints_in_its_own_settings_and_says_so() -> None:
    shared = shared_recipe(settings=replace(recipe().settings, width=4096, steps=9, model_id="someone-elses"))
    painted, notes = paint(shared, asked(shared))
    assert (painted.settings.width, painted.settings.steps) == (64, 4)
    assert "for the model “someone-elses”" in notes


def test_a_missing_lora_and_a_missing_parent_are_named() -> None:
    ink, oil = Lora("ink.safetensors", "a" * 64, 0.6), Lora("oil.safetensors", "b" * 64)
    shared = shared_recipe(loras=(ink, oil), route=Route.IMAGE_TO_IMAGE, parent_sha256="c" * 64)
    painted, notes = paint(shared, asked(shared, "", oil))
    assert (painted.loras, painted.route) == ((oil,), Route.TEXT_TO_IMAGE)
    assert "The LoRA ink (0.6) of the recipe is not here, or does not fit." in notes
    assert "painted over another one" in notes


INK, OIL = Lora("ink.safetensors", "a" * 64, 0.6), Lora("oil.safetensors", "b" * 64)


def attach(metadata: PictureMetadata) -> AttachedPicture:
    return replace(attach_pixels("found.png", painting(recipe()).pixels), metadata=metadata)


def paint_attached(metadata: PictureMetadata, *loras: Lora) -> tuple[Recipe, list[str]]:
    """What is painted by the prompt and seed of an attached picture, and the notes."""
    talk = Talk(FakeWriter([]))
    attached = attach(metadata)
    overrides = by_recipe(Overrides(seed=exactly(metadata.seed or 0)), attached, attached.words, loras)
    talk.run(TurnRequest(attached.words, talk.keeper.conversation, overrides=overrides, attached=attached))
    (card,) = talk.cards
    return talk.painter.painted[-1], list(card.notes)


def test_an_attached_picture_of_ours_brings_its_loras_settings_and_what_is_otherwise_here() -> None:
    shared = shared_recipe(loras=(INK, OIL))
    painted, notes = paint_attached(metadata_of_recipe(shared), replace(INK, strength=1.0))
    assert (painted.loras, painted.seed, painted.settings) == ((INK,), 4711, shared.settings)
    assert "The LoRA oil (1) of the recipe is not here, or does not fit." in notes
    other = replace(shared, loras=(), settings=replace(shared.settings, model_id="someone-elses"))
    assert any("for the model “someone-elses”" in note for note in paint_attached(metadata_of_recipe(other))[1])


def test_another_tools_loras_are_found_by_their_names_and_what_is_missing_is_named() -> None:
    metadata = read_a1111(
        "a ball <lora:Ink:0.8> <lora:gone:0.5> <lora:oil:9>\nSteps: 20, Seed: 42, Size: 64x64, Model: dreamy_8"
    )
    painted, notes = paint_attached(metadata, INK, OIL)
    assert painted.prompt.subject == "a ball"
    assert painted.loras == (replace(INK, strength=0.8), replace(OIL, strength=2.0))
    assert notes[:5] == [
        "found.png itself is not painted over.",
        "It was painted by “dreamy_8” in AUTOMATIC1111, so another picture comes out here.",
        "The LoRA ink (0.8) was found by its name; it may be another file.",
        "The LoRA gone (0.5) of the picture is not here, or does not fit.",
        "The LoRA oil (2) was found by its name; it may be another file.",
    ]


def test_a_lora_with_two_spaces_in_its_name_is_found_by_it() -> None:
    spaced = Lora("my  old ink.safetensors", "c" * 64)
    metadata = read_a1111("a ball <lora:my  old ink:0.8>\nSteps: 20, Seed: 42, Size: 64x64")
    assert paint_attached(metadata, spaced)[0].loras == (replace(spaced, strength=0.8),)
