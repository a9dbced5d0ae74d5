"""The trained writer's weights as a file that travels, and the GGUF that is made of it.

Where the training runs nothing of llama.cpp need be installed: `save_weights` leaves 16-bit safetensors with the model's
shape in them, and `export_writer` makes the GGUF wherever the package `gguf` is.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer

from sfumato_training.cards import writer_card
from sfumato_training.writer_model import Size, WriterModel


def save_weights(model: WriterModel, file: Path, told: str) -> None:
    """Write the weights in 16 bits, with the model's shape and what is told of its training."""
    weights = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in model.state_dict().items()}
    unfinished = file.with_suffix(".part")
    save_file(weights, unfinished, metadata={"size": json.dumps(asdict(model.size)), "told": told})
    unfinished.replace(file)


def load_weights(file: Path) -> tuple[WriterModel, str]:
    """The model in a file, and what is told of its training."""
    with safe_open(file, "pt") as weights:
        metadata = weights.metadata()
        model = WriterModel(Size(**json.loads(metadata["size"])))
        model.load_state_dict({name: weights.get_tensor(name).float() for name in weights.keys()})  # noqa: SIM118
    return model.eval(), metadata["told"]


def can_export() -> bool:
    """True where the package `gguf` is installed."""
    return importlib.util.find_spec("gguf") is not None


def export_writer(folder: Path, begun_with: Path | None = None, share: float = 1.0) -> Path:
    """`writer.gguf` of the folder's `writer.safetensors` and `tokenizer.json`, with its model card (`README.md`).

    With the GGUF that the training began with, the weights are averaged: `share` of the new ones, the rest of the old.
    That keeps what little training since has shaken (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
    """
    from sfumato_training.writer_gguf import export_gguf, read_gguf

    model, told = load_weights(folder / "writer.safetensors")
    if begun_with:
        old = read_gguf(begun_with)[0].state_dict()
        model.load_state_dict({name: old[name].lerp(new, share) for name, new in model.state_dict().items()})
        told += f", averaged with those, {share:.0%} new"
    file = folder / "writer.gguf"
    export_gguf(model, Tokenizer.from_file(str(folder / "tokenizer.json")), file, told)
    parameters = sum(value.numel() for value in model.state_dict().values())
    (folder / "README.md").write_text(writer_card(model.size, parameters, told), encoding="utf-8")
    return file
