"""LoRA files on tiny pipelines of the real classes: they change the picture by their strength and leave no trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from sfumato.errors import SfumatoError
from sfumato.lora import Lora, parse_choice
from sfumato.recipe import Recipe
from sfumato.replay import what_is_missing
from sfumato_models.families import FAMILIES, first_route
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.painter import DiffusersPainter
from tests.fakes import recipe
from tests.models.test_families import paint, small_given_pictures, wish
from tests.models.tiny_families import tiny_family

__all__ = ["small_given_pictures"]  # a fixture
FAMILIES_WITH_LORA = [
    "StableDiffusionPipeline", "StableDiffusionXLPipeline", "Flux2KleinPipeline", "ZImagePipeline",
    "StableDiffusion3Pipeline", "FluxPipeline", "QwenImagePipeline",
    "QwenImageEditPlusPipeline",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loras")


@pytest.fixture(scope="module")
def sd(folder: Path) -> DiffusersPainter:
    return DiffusersPainter(tiny_family("StableDiffusionPipeline", folder / "sd"), 1, folder / "shelf")


def make_lora(painter: DiffusersPainter, file: Path) -> Path:
    """A random LoRA of the attention layers of this painter's denoiser, written as diffusers writes it."""
    from peft import LoraConfig, get_peft_model_state_dict

    torch.manual_seed(3)
    pipe = painter.loaded.pipelines.get(first_route(painter.loaded.family))
    part = pipe.unet if hasattr(pipe, "unet") else pipe.transformer
    part.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False), "made")
    layers = {name: 0.3 * weight for name, weight in get_peft_model_state_dict(part, adapter_name="made").items()}
    prefix = "unet" if hasattr(pipe, "unet") else "transformer"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({f"{prefix}.{name}": weight.contiguous() for name, weight in layers.items()}, file)
    pipe.unload_lora_weights()
    return file


def with_lora(draft: Recipe, *loras: Lora) -> Recipe:
    return replace(draft, loras=loras)


@pytest.mark.parametrize("name", FAMILIES_WITH_LORA)
def test_it_changes_the_picture_by_its_strength_repeats_and_leaves_no_trace(name: str, tmp_path: Path) -> None:
    model = tiny_family(name, tmp_path / "model")
    painter = DiffusersPainter(model, 1, tmp_path / "shelf")
    shelf = LoraShelf(tmp_path / "shelf")
    draft = wish(model, first_route(FAMILIES[name]))
    plain = paint(painter, draft)
    lora = shelf.add(make_lora(painter, tmp_path / "style.safetensors"))
    strong = paint(painter, with_lora(draft, lora))
    weak = paint(painter, with_lora(draft, replace(lora, strength=0.2)))
    assert len({plain.recipe.sha256_rgb, strong.recipe.sha256_rgb, weak.recipe.sha256_rgb}) == 3
    assert paint(painter, strong.recipe.as_draft()).pixels == strong.pixels
    assert strong.recipe.loras == (lora,)
    assert Recipe.from_json(strong.recipe.to_json()) == strong.recipe
    assert paint(painter, draft).pixels == plain.pixels


def test_a_lora_of_another_family_is_refused_and_the_next_picture_comes(sd: DiffusersPainter, folder: Path) -> None:
    other = DiffusersPainter(tiny_family("ZImagePipeline", folder / "z"), 1)
    lora = LoraShelf(folder / "shelf").add(make_lora(other, folder / "other.safetensors"))
    plain = paint(sd, recipe(7))
    with pytest.raises(SfumatoError, match=r"other\.safetensors was made for another kind") as error:
        paint(sd, with_lora(recipe(7), lora))
    assert error.value.hint
    assert paint(sd, recipe(7)).pixels == plain.pixels


def test_one_of_the_same_kind_but_another_width_is_refused_too(sd: DiffusersPainter, folder: Path) -> None:
    made = make_lora(sd, folder / "wide.safetensors")
    from safetensors.torch import load_file

    save_file({name: torch.cat([weight] * 2, dim=-1) for name, weight in load_file(made).items()}, made)
    lora = LoraShelf(folder / "shelf").add(made)
    with pytest.raises(SfumatoError, match=r"wide\.safetensors"):
        paint(sd, with_lora(recipe(7), lora))
    assert paint(sd, recipe(7)).pixels


def test_a_file_that_is_none_is_refused(folder: Path) -> None:
    file = folder / "weights.safetensors"
    save_file({"model.weight": torch.zeros(2, 2)}, file)
    with pytest.raises(SfumatoError, match="is no LoRA"):
        LoraShelf(folder / "shelf").add(file)
    with pytest.raises(SfumatoError, match="pickle"):
        LoraShelf(folder / "shelf").add(folder / "old.pt")


def test_a_missing_or_changed_lora_makes_a_replay_impossible_and_is_named(sd: DiffusersPainter, folder: Path) -> None:
    shelf = LoraShelf(folder / "shelf")
    lora = shelf.add(make_lora(sd, folder / "gone.safetensors"))
    draft = with_lora(recipe(7), lora)
    assert what_is_missing(draft, shelf.hashes(draft.loras), False) == ()
    (folder / "shelf" / "gone.safetensors").unlink()
    assert "gone.safetensors is missing" in what_is_missing(draft, shelf.hashes(draft.loras), False)[0]
    with pytest.raises(SfumatoError, match="missing"):
        paint(sd, draft)


def test_the_same_file_is_taken_in_once_and_another_of_its_name_is_refused(sd: DiffusersPainter, folder: Path) -> None:
    shelf = LoraShelf(folder / "twice")
    file = make_lora(sd, folder / "twice.safetensors")
    assert shelf.add(file, 0.5) == replace(shelf.add(file), strength=0.5) == shelf.named("twice.safetensors", 0.5)
    elsewhere = folder / "elsewhere" / "twice.safetensors"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(SfumatoError, match="another LoRA called"):
        shelf.add(elsewhere)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("style.safetensors", ("style.safetensors", 1.0)),
        ("a/b.safetensors:0.8", ("a/b.safetensors", 0.8)),
        ("C:\\models\\b.safetensors", ("C:\\models\\b.safetensors", 1.0)),
        ("b.safetensors:-1", ("b.safetensors", -1.0)),
    ],
)
def test_a_choice_is_a_file_with_a_strength(text: str, choice: Any) -> None:
    assert parse_choice(text) == choice


@pytest.mark.parametrize("text", ["b.safetensors:much", "b.safetensors:7"])
def test_a_strength_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SfumatoError):
        parse_choice(text)


def test_every_family_named_here_is_one() -> None:
    assert set(FAMILIES_WITH_LORA) <= set(FAMILIES)
