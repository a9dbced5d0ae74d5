"""Tiny checkpoints as one file: a diffusers pipeline's weights under the names that Stable Diffusion's own code gives them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

Weights = dict[str, torch.Tensor]
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_EDGES = {
    "conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "conv_norm_out": "out.0", "conv_out": "out.2", "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
}  # fmt: skip


def save_checkpoint(pipe: Any, file: Path, kind: str = "") -> Path:
    """Write a Stable Diffusion 1.5, 2 (`sd2`) or XL pipeline as one file."""
    weights = {f"model.diffusion_model.{name}": weight for name, weight in unet(pipe.unet).items()}
    weights |= {f"first_stage_model.{name}": weight for name, weight in autoencoder(pipe.vae).items()}
    first = {f"text_model.{name.removeprefix('text_model.')}": w for name, w in pipe.text_encoder.state_dict().items()}
    prefix = "conditioner.embedders.0" if hasattr(pipe, "text_encoder_2") else "cond_stage_model"
    if kind == "sd2":
        weights |= {f"cond_stage_model.model.{name}": weight for name, weight in open_clip(pipe.text_encoder).items()}
    else:
        weights |= {f"{prefix}.transformer.{name}": weight for name, weight in first.items()}
    if hasattr(pipe, "text_encoder_2"):
        weights |= {f"conditioner.embedders.1.model.{n}": w for n, w in open_clip(pipe.text_encoder_2).items()}
    save_file({name: weight.clone().contiguous() for name, weight in weights.items()}, file)
    return file


def save_configs(pipe: Any, folder: Path, kind: str) -> Path:
    """The shapes of a pipeline where the app's own shapes would stand."""
    pipe.save_pretrained(folder / kind)
    for weights in (folder / kind).glob("*/*.safetensors"):
        weights.unlink()
    shutil.move(folder / kind / "tokenizer", folder / "clip_tokenizer")
    shutil.rmtree(folder / kind / "tokenizer_2", ignore_errors=True)
    # as the app's own configurations, these know no safety checker
    index = json.loads((folder / kind / "model_index.json").read_text())
    (folder / kind / "model_index.json").write_text(json.dumps(index))
    return folder


def unet(part: Any) -> Weights:
    layers = part.config.layers_per_block
    attends = ["CrossAttn" in kind for kind in part.config.up_block_types]
    return {_unet_name(name, layers, attends): weight for name, weight in part.state_dict().items()}


def _unet_name(name: str, layers: int, attends: list[bool]) -> str:
    for new, old in _EDGES.items():
        if name.startswith(new + "."):
            return old + name[len(new) :]
    found = re.match(r"(down_blocks\.(\d+)|up_blocks\.(\d+)|mid_block)\.(\w+)\.(\d+)\.(.+)", name)
    assert found, name
    down, up, kind, index, rest = found[2], found[3], found[4], int(found[5]), found[6]
    if kind == "resnets":
        head, _, tail = rest.rpartition(".")
        rest = f"{_RESNET[head]}.{tail}"
    place = {"resnets": 0, "attentions": 1}.get(kind)
    if down is not None:
        if place is None:
            return f"input_blocks.{(int(down) + 1) * (layers + 1)}.0.op.{rest.removeprefix('conv.')}"
        return f"input_blocks.{1 + int(down) * (layers + 1) + index}.{place}.{rest}"
    if up is not None:
        if place is None:
            return f"output_blocks.{int(up) * (layers + 1) + layers}.{2 if attends[int(up)] else 1}.{rest}"
        return f"output_blocks.{int(up) * (layers + 1) + index}.{place}.{rest}"
    return f"middle_block.{1 if kind == 'attentions' else 2 * index}.{rest}"


def autoencoder(part: Any) -> Weights:
    levels = len(part.config.block_out_channels)
    found: Weights = {}
    for name, weight in part.state_dict().items():
        old = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", name)
        old = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", old)
        old = re.sub(r"up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}.block.{m[2]}", old)
        old = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", old)
        old = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", old)
        old = old.replace("mid_block.attentions.0", "mid.attn_1").replace("conv_norm_out", "norm_out")
        old = old.replace("conv_shortcut", "nin_shortcut")
        if ".attn_1." in old:
            for new, short in {
                "group_norm": "norm",
                "to_q": "q",
                "to_k": "k",
                "to_v": "v",
                "to_out.0": "proj_out",
            }.items():
                old = old.replace(new, short)
            weight = weight[:, :, None, None] if weight.ndim == 2 else weight
        found[old] = weight
    return found


def open_clip(part: Any) -> Weights:
    state = {name.removeprefix("text_model."): weight for name, weight in part.state_dict().items()}
    found: Weights = {
        "token_embedding.weight": state["embeddings.token_embedding.weight"],
        "positional_embedding": state["embeddings.position_embedding.weight"],
        "ln_final.weight": state["final_layer_norm.weight"],
        "ln_final.bias": state["final_layer_norm.bias"],
    }
    # where the pipeline has none, the file has one all the same, of which no more than the width is read
    projection = state.get("text_projection.weight")
    found["text_projection"] = torch.eye(len(found["ln_final.bias"])) if projection is None else projection.T
    for layer in range(part.config.num_hidden_layers):
        new, old = f"encoder.layers.{layer}", f"transformer.resblocks.{layer}"
        for kind in ("weight", "bias"):
            parts = [state[f"{new}.self_attn.{which}_proj.{kind}"] for which in "qkv"]
            found[f"{old}.attn.in_proj_{kind}"] = torch.cat(parts)
            found[f"{old}.attn.out_proj.{kind}"] = state[f"{new}.self_attn.out_proj.{kind}"]
            for theirs, ours in {
                "ln_1": "layer_norm1",
                "ln_2": "layer_norm2",
                "mlp.c_fc": "mlp.fc1",
                "mlp.c_proj": "mlp.fc2",
            }.items():
                found[f"{old}.{theirs}.{kind}"] = state[f"{new}.{ours}.{kind}"]
    return found
