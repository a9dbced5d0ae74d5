"""Tiny models of every family whose transformer, text encoders and autoencoder are files of their own, as ComfyUI's users have them.

They are of the app's own configurations but for sizes that headers tell, and read with the app's own vocabularies.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import torch

import sfumato_resources
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.families import FAMILIES, class_at, first_route
from sfumato_models.installed import InstalledModel
from sfumato_models.part_loading import load_tokenizer
from sfumato_models.unshown_parts import load_stills_processor
from tests.models.tiny_gguf import Weights, passed_around, save_gguf, save_safetensors

CONFIGS = Path(sfumato_resources.__file__).parent / "checkpoints"
CLIP, T5, QWEN3, SIGHT = 64, 48, 32, 128  # the texts' widths
_QWEN3_SIZES = {
    "hidden_size": QWEN3, "intermediate_size": 48, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16,
}  # fmt: skip
_VAE = {"block_out_channels": [32, 32, 64, 64], "layers_per_block": 1}
_SIGHT_SIZES = {
    "text_config": {
        "hidden_size": SIGHT, "intermediate_size": 32, "num_attention_heads": 1, "num_key_value_heads": 1, "num_hidden_layers": 2,
    },
    "vision_config": {"depth": 2, "hidden_size": 80, "intermediate_size": 32, "num_heads": 1, "out_hidden_size": SIGHT},
}  # fmt: skip
_QWEN_TRANSFORMER = {"num_layers": 2, "num_attention_heads": 1, "joint_attention_dim": SIGHT}
# sizes of each part, by the pipeline; all else is as in the app's configurations
SIZES: dict[str, dict[str, dict[str, Any]]] = {
    "ZImagePipeline": {
        "transformer": {
            "dim": 128, "n_layers": 2, "n_refiner_layers": 1, "n_heads": 1, "n_kv_heads": 1, "cap_feat_dim": QWEN3,
        },
        "text_encoder": {**_QWEN3_SIZES, "num_hidden_layers": 3}, "vae": _VAE,
    },
    "FluxPipeline": {
        "transformer": {
            "num_layers": 1, "num_single_layers": 1, "num_attention_heads": 1, "joint_attention_dim": T5,
            "pooled_projection_dim": CLIP, "guidance_embeds": True,
        },
        "text_encoder": {
            "hidden_size": CLIP, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 1, "projection_dim": CLIP,
        },
        "text_encoder_2": {"d_model": T5, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}, "vae": _VAE,
    },
    "Flux2KleinPipeline": {
        "transformer": {"num_layers": 1, "num_single_layers": 1, "num_attention_heads": 1, "joint_attention_dim": 3 * QWEN3},
        "text_encoder": {**_QWEN3_SIZES, "num_hidden_layers": 28}, "vae": _VAE,
    },
    "QwenImagePipeline": {"transformer": _QWEN_TRANSFORMER, "text_encoder": _SIGHT_SIZES, "vae": {"base_dim": 8}},
    "QwenImageEditPlusPipeline": {"transformer": _QWEN_TRANSFORMER, "text_encoder": _SIGHT_SIZES, "vae": {"base_dim": 8}},
}  # fmt: skip
GUIDED = {"ZImagePipeline": {"shift": 6.0}, "FluxPipeline": {"shift": 3.0, "use_dynamic_shifting": True}}
_COMFY_NAMES = {
    "ZImagePipeline": {"transformer": "z-image-F32.gguf", "text_encoder": "qwen_3_4b.safetensors", "vae": "ae.safetensors"},
    "FluxPipeline": {
        "transformer": "flux1-dev-F32.gguf", "text_encoder": "clip_l.safetensors",
        "text_encoder_2": "t5xxl_fp16.safetensors", "vae": "ae.safetensors",
    },
    "Flux2KleinPipeline": {
        "transformer": "klein-F32.gguf", "text_encoder": "qwen_3_4b.safetensors", "vae": "flux2-vae.safetensors",
    },
    "QwenImagePipeline": {
        "transformer": "qwen-image-F32.gguf", "text_encoder": "qwen_2.5_vl_7b.safetensors", "vae": "qwen_image_vae.safetensors",
    },
    "QwenImageEditPlusPipeline": {
        "transformer": "qwen-image-edit-F32.gguf", "text_encoder": "qwen_2.5_vl_7b.safetensors",
        "vae": "qwen_image_vae.safetensors",
    },
}  # fmt: skip
_COMFY_FOLDERS = {
    "transformer": "unet",
    "text_encoder": "text_encoders",
    "text_encoder_2": "text_encoders",
    "vae": "vae",
}


def tiny_whole(pipeline: str, folder: Path) -> InstalledModel:
    """The model as a diffusers folder, with random weights."""
    torch.manual_seed(0)
    made = {name: _part(pipeline, name, sizes) for name, sizes in SIZES[pipeline].items()}
    for name, words in BUNDLES[pipeline].vocabularies.items():
        made[name] = load_tokenizer(CONFIGS / words)
    config = CONFIGS / BUNDLES[pipeline].config
    if (config / "processor").exists():
        made["processor"] = load_stills_processor(config, made["tokenizer"])
    index = json.loads((config / "model_index.json").read_text())
    scheduler = json.loads((config / "scheduler" / "scheduler_config.json").read_text()) | GUIDED.get(pipeline, {})
    made["scheduler"] = _class(*index["scheduler"]).from_config(scheduler)
    family = FAMILIES[pipeline]
    more = {"is_distilled": True} if "is_distilled" in index else {}
    class_at(family.pipelines[first_route(family)])(**made, **more).save_pretrained(folder)
    saved = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(
        json.dumps(saved | ({"processor": index["processor"]} if "processor" in index else {}))
    )
    facts = PictureFacts(
        pipeline=pipeline, steps=2, guidance_scale=4.0 if family.negatives and pipeline != "Flux2KleinPipeline" else 1.0,
        scheduler="FlowMatchEulerDiscreteScheduler", honours_negatives=family.negatives, width=64, height=64,
        portrait=(48, 80), landscape=(80, 48), min_side=32, max_side=128, size_multiple=16,
        routes=tuple(str(route) for route in family.routes),
    )  # fmt: skip
    spec = ModelSpec(id="tiny-lone", title="tiny", purpose="tests", licence="none", path=folder.name, picture=facts)
    return InstalledModel(spec, folder)


def lone_files(whole: InstalledModel, folder: Path) -> dict[str, Path]:
    """The weights of a `tiny_whole` as files in ComfyUI's folders and under the names that its tensors have there."""
    assert whole.spec.picture
    pipeline = whole.spec.picture.pipeline
    files = {}
    for part, name in _COMFY_NAMES[pipeline].items():
        file = files[part] = folder / _COMFY_FOLDERS[part] / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if part == "transformer":
            save_gguf(passed_around(pipeline, whole.path), file)
        else:
            save_safetensors(passed_on(pipeline, part, whole.path), file)
    return files


def passed_on(pipeline: str, part: str, folder: Path) -> Weights:
    """The weights of a text encoder or autoencoder in `folder` under the names in which such files are passed around."""
    module = _class(*json.loads((folder / "model_index.json").read_text())[part]).from_pretrained(folder / part)
    return in_comfy_names(pipeline, part, module.state_dict())


def in_comfy_names(pipeline: str, part: str, state: Weights) -> Weights:
    """A module's weights, for `passed_on`."""
    weights = {name: weight.clone() for name, weight in state.items()}
    if part == "vae":
        return _video_autoencoder(weights) if pipeline.startswith("Qwen") else _autoencoder(weights)
    if pipeline.startswith("Qwen"):
        return {"lm_head.weight": torch.zeros(2, SIGHT)} | {
            name.replace("language_model.", "model."): weight for name, weight in weights.items()
        }
    if part == "text_encoder_2":
        return {name: weight for name, weight in weights.items() if name != "encoder.embed_tokens.weight"}
    before = "text_model." if pipeline == "FluxPipeline" else "model."
    return {before + name: weight for name, weight in weights.items()}


_GGUF_LAYER = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "layer.0.SelfAttention.q": "attn_q", "layer.0.SelfAttention.k": "attn_k", "layer.0.SelfAttention.v": "attn_v",
    "layer.0.SelfAttention.o": "attn_o", "layer.0.SelfAttention.relative_attention_bias": "attn_rel_b",
    "layer.0.layer_norm": "attn_norm", "layer.1.layer_norm": "ffn_norm", "layer.1.DenseReluDense.wi_0": "ffn_gate",
    "layer.1.DenseReluDense.wi_1": "ffn_up", "layer.1.DenseReluDense.wo": "ffn_down",
}  # fmt: skip
_GGUF_TOP = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "shared": "token_embd",
    "encoder.final_layer_norm": "enc.output_norm",
}  # fmt: skip


def in_llama_names(weights: Weights) -> Weights:
    """A text encoder's weights of `passed_on` as llama.cpp's converters name them."""
    found = {}
    for name, weight in weights.items():
        head, _, kind = name.rpartition(".")
        layer = re.match(r"(model\.layers|encoder\.block)\.(\d+)\.(.+)", head)
        if layer:
            before = "enc.blk" if layer[1].startswith("encoder") else "blk"
            found[f"{before}.{layer[2]}.{_GGUF_LAYER[layer[3]]}.{kind}"] = weight
        else:
            found[f"{_GGUF_TOP[head]}.{kind}"] = weight
    return found


def _class(library: str, name: str) -> Any:
    import importlib

    return getattr(importlib.import_module(library), name)


def bundled_part(pipeline: str, name: str, sizes: dict[str, Any]) -> Any:
    """A part of the app's own configuration but for these sizes, with random weights."""
    folder = CONFIGS / BUNDLES[pipeline].config
    library, cls = json.loads((folder / "model_index.json").read_text())[name]
    config = json.loads((folder / name / "config.json").read_text())
    for key, value in sizes.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    made = _class(library, cls)
    return made.from_config(config) if library == "diffusers" else made(made.config_class.from_dict(config))


def _part(pipeline: str, name: str, sizes: dict[str, Any]) -> Any:
    part = bundled_part(pipeline, name, sizes)
    for parameter in part.parameters():  # what is set to zero for training would hide half of the network
        if parameter.ndim > 1 and not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    if hasattr(part, "bn"):
        part.bn.running_mean.normal_(0, 0.3)
        part.bn.running_var.uniform_(0.5, 1.5)
    return part


def _autoencoder(weights: Weights) -> Weights:
    """A stock autoencoder's in its makers' names; those of FLUX.2 have two layers inside the halves."""
    found = {}
    is_second = "bn.running_mean" in weights
    for name, weight in weights.items():
        if up := re.match(r"decoder\.up_blocks\.(\d+)\.(.+)", name):
            name = f"decoder.up.{3 - int(up[1])}.{up[2]}"
        for new, old in (
            ("down_blocks", "down"), ("resnets", "block"), ("conv_shortcut", "nin_shortcut"), ("downsamplers.0", "downsample"),
            ("upsamplers.0", "upsample"), ("mid_block.block.0", "mid.block_1"), ("mid_block.block.1", "mid.block_2"),
            ("mid_block.attentions.0", "mid.attn_1"), ("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"),
            ("to_out.0", "proj_out"), ("conv_norm_out", "norm_out"),
        ):  # fmt: skip
            name = name.replace(new, old)
        if is_second:
            name = re.sub(
                "^post_quant_conv", "decoder.post_quant_conv", re.sub("^quant_conv", "encoder.quant_conv", name)
            )
        found[name] = weight[:, :, None, None] if "attn_1" in name and weight.ndim == 2 else weight
    return found


def _video_autoencoder(weights: Weights) -> Weights:
    """Qwen-Image's in the names of the video model that it comes from."""
    found = {}
    for name, weight in weights.items():
        name = re.sub(r"^quant_conv", "conv1", re.sub(r"^post_quant_conv", "conv2", name))
        if up := re.match(r"decoder\.up_blocks\.(\d+)\.(resnets|upsamplers)\.(\d+)\.(.+)", name):
            place = 4 * int(up[1]) + (3 if up[2] == "upsamplers" else int(up[3]))
            name = f"decoder.upsamples.{place}.{up[4]}"
        is_block = (
            "upsamples" in name or "down_blocks" in name or "mid_block.resnets" in name
        ) and "attentions" not in name
        for new, old in (
            ("down_blocks", "downsamples"), ("mid_block.resnets.0", "middle.0"), ("mid_block.attentions.0", "middle.1"),
            ("mid_block.resnets.1", "middle.2"), ("norm_out", "head.0"), ("conv_out", "head.2"), ("conv_in", "conv1"),
            ("conv_shortcut", "shortcut"),
        ):  # fmt: skip
            name = name.replace(new, old)
        if is_block and "shortcut" not in name:
            for new, old in (
                ("norm1", "residual.0"),
                ("conv1", "residual.2"),
                ("norm2", "residual.3"),
                ("conv2", "residual.6"),
            ):
                name = name.replace(f".{new}.", f".{old}.")
        found[name] = weight
    return found
