"""LoRA files in the window: what fits the picture model is offered with a strength and becomes part of the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from sfumato.conversation import Version
from sfumato.lora import Lora
from sfumato.paths import Paths
from sfumato.request import TurnRequest
from sfumato_desktop.background import Background
from sfumato_desktop.collection import resource_folder
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.window import Window
from sfumato_models.file_headers import read_header
from sfumato_models.lora_fit import fits, lora_widths
from tests.desktop.test_adding_models import PATIENCE_MS, drop, window  # noqa: F401  # a fixture
from tests.fakes import recipe

LAYER = "attn2.to_k.weight"


def make_lora(file: Path, wider: int = 0) -> Path:
    """A LoRA for the starter's painter by its layers' names and widths, or for a model whose text is wider."""
    starter = resource_folder() / "starter" / "painter" / "unet" / "diffusion_pytorch_model.safetensors"
    layers = {name: shape for name, shape in read_header(starter).shapes.items() if name.endswith(LAYER)}
    assert layers
    tensors = {}
    for name, (out, into) in layers.items():
        tensors[f"unet.{name.removesuffix('.weight')}.lora_A.weight"] = torch.zeros(2, into + wider)
        tensors[f"unet.{name.removesuffix('.weight')}.lora_B.weight"] = torch.zeros(out, 2)
    save_file(tensors, file)
    return file


def offered(window: Window) -> list[str]:  # noqa: F811
    window.composer.loras.fill_menu()
    return [action.text() for action in window.composer.loras.menu().actions() if action.menu()]


def pick(window: Window, number: int, text: str) -> None:  # noqa: F811
    window.composer.loras.fill_menu()
    menu = [action.menu() for action in window.composer.loras.menu().actions() if action.menu()][number]
    next(action for action in menu.actions() if action.text() == text).trigger()  # type: ignore[union-attr]


def test_one_that_fits_is_offered_and_goes_with_the_next_pictures(
    qtbot: QtBot,
    window: Window,  # noqa: F811
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[TurnRequest] = []
    monkeypatch.setattr(Background, "take_turn", lambda self, request, cancel: said.append(request))
    chip = window.composer.loras
    assert not chip.isVisible()
    drop(window, make_lora(tmp_path / "ink.safetensors"), make_lora(tmp_path / "wide.safetensors", wider=8))
    qtbot.waitUntil(chip.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: (paths.loras / "wide.safetensors").exists(), timeout=PATIENCE_MS)
    assert offered(window) == ["ink"]
    assert chip.text() == "LoRA: none"
    pick(window, 0, "0.8")
    assert chip.text() == "LoRA: ink 0.8"
    qtbot.keyClicks(window.composer.box, "a red ball")
    qtbot.keyClick(window.composer.box, Qt.Key.Key_Return)
    (request,) = said
    assert request.overrides.loras
    ((name, strength),) = [(lora.name, lora.strength) for lora in request.overrides.loras]
    assert (name, strength) == ("ink.safetensors", 0.8)
    pick(window, 0, "Without it")
    assert chip.chosen == ()
    assert chip.text() == "LoRA: none"


def test_what_was_sent_to_the_model_names_those_of_the_picture(qtbot: QtBot) -> None:
    card = PictureCard(None)  # type: ignore[arg-type]
    qtbot.addWidget(card)
    card.show_version(Version(1, None, recipe(loras=(Lora("ink.safetensors", "a" * 64, 0.8),))))
    next(action for action in card.menu.actions() if action.text().startswith("Show what was sent")).trigger()
    assert "LoRA: ink (0.8)" in card.details.text().splitlines()


def test_names_of_other_tools_and_other_families_are_told_apart(tmp_path: Path) -> None:
    ours = {"downblocks0attentions0transformerblocks0attn2tok": 768, "midblockattentions0proj": 320}

    def read(**tensors: tuple[int, ...]) -> dict[str, int]:
        save_file({name: torch.zeros(shape) for name, shape in tensors.items()}, tmp_path / "x.safetensors")
        return lora_widths(read_header(tmp_path / "x.safetensors"))

    kohya = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"
    original = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"
    flux = "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight"
    text = "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"
    assert fits(read(**{kohya: (4, 768)}), ours)
    assert not fits(read(**{kohya: (4, 1024)}), ours)
    assert fits(read(**{original: (4, 768), text: (4, 768)}), ours)
    assert not fits(read(**{original: (4, 2048)}), ours)
    assert not fits(read(**{flux: (4, 3072)}), ours)
    assert fits(read(**{flux: (4, 3072)}), {"transformerblocks0attntoq": 3072})
