"""Where a model's parts are while a text is read, a picture denoised and decoded: moved when they must be and not otherwise.

No graphics card is needed: the parts tell where they would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from sfumato_models.memory import Placement
from sfumato_models.placing import place, put_encoders_aside
from tests.models import tiny_families

CARD = "cuda:0"


class Part(nn.Module):
    """Computes nothing, and notes where it is moved."""

    def __init__(self, moves: list[str], name: str) -> None:
        super().__init__()
        self.moves, self.name, self.where = moves, name, torch.device("cpu")

    def to(self, device: Any) -> Part:  # type: ignore[override]
        if self.where != torch.device(device):
            self.where = torch.device(device)
            self.moves.append(f"{self.name} to {self.where.type}")
        return self

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        yield SimpleNamespace(device=self.where)

    def forward(self, given: int) -> int:
        assert self.where.type == "cuda", self.name
        return given


class Pipe:
    """As much of a pipeline as placing needs."""

    _all_hooks: list[Any]
    _exclude_from_cpu_offload: list[str]

    def __init__(self) -> None:
        self.moves: list[str] = []
        names = ("vae", "text_encoder", "text_encoder_2", "unet")
        self.components: dict[str, Any] = {name: Part(self.moves, name) for name in names} | {"tokenizer": object()}

    def remove_all_hooks(self) -> None: ...

    def told(self) -> list[str]:
        """The moves since this was asked last."""
        moves = list(self.moves)
        self.moves.clear()
        return moves

    def paint(self, steps: int, with_text: bool) -> list[str]:
        """Run the parts as a picture does."""
        for name in ("text_encoder", "text_encoder_2") if with_text else ():
            self.components[name](1)
        for _ in range(steps):
            self.components["unet"](1)
        return self.told()


def test_encoders_aside_come_to_read_a_text_and_nothing_else_is_ever_moved() -> None:
    pipe = Pipe()
    place(pipe, Placement.ENCODERS_ASIDE, CARD)
    assert sorted(pipe.told()) == ["unet to cuda", "vae to cuda"]
    reading = ["text_encoder to cuda", "text_encoder to cpu", "text_encoder_2 to cuda", "text_encoder_2 to cpu"]
    assert pipe.paint(steps=3, with_text=True) == reading
    assert pipe.paint(steps=3, with_text=False) == []  # a new seed costs no move
    assert pipe.paint(steps=3, with_text=True) == reading
    assert pipe._all_hooks == []  # for diffusers there is nothing to put aside after a call


def test_a_real_pipeline_computes_on_the_card_and_not_where_its_encoders_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tiny_families.stable_diffusion_xl()
    monkeypatch.setattr(nn.Module, "to", lambda self, *_, **__: self)  # there may be no card
    place(pipe, Placement.ENCODERS_ASIDE, CARD)
    assert pipe._execution_device == torch.device(CARD)
    place(pipe, Placement.RESIDENT, CARD)
    assert not any(hasattr(part, "_hf_hook") for part in pipe.components.values())


def test_encoders_put_aside_change_no_picture() -> None:
    pipe = tiny_families.stable_diffusion_xl()
    pipe.set_progress_bar_config(disable=True)

    def painted() -> torch.Tensor:
        noise = torch.Generator("cpu").manual_seed(7)
        picture: torch.Tensor = pipe(
            "a red ball", width=32, height=32, num_inference_steps=2, generator=noise, output_type="pt"
        ).images
        return picture

    before = painted()
    put_encoders_aside(pipe, "unet", torch.device("cpu"))
    assert torch.equal(painted(), before)
