"""Tiny transformers as files of their own: a folder's weights under the names in which such files are passed around."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from safetensors.torch import load_file, save_file

Weights = dict[str, torch.Tensor]
_KLEIN = {
    "x_embedder": "img_in", "context_embedder": "txt_in", "proj_out": "final_layer.linear",
    "time_guidance_embed.timestep_embedder.linear_1": "time_in.in_layer",
    "time_guidance_embed.timestep_embedder.linear_2": "time_in.out_layer",
    "double_stream_modulation_img.linear": "double_stream_modulation_img.lin",
    "double_stream_modulation_txt.linear": "double_stream_modulation_txt.lin",
    "single_stream_modulation.linear": "single_stream_modulation.lin",
}  # fmt: skip
_KLEIN_DOUBLE = {
    "attn.norm_q": "img_attn.norm.query_norm", "attn.norm_k": "img_attn.norm.key_norm", "attn.to_out.0": "img_attn.proj",
    "ff.linear_in": "img_mlp.0", "ff.linear_out": "img_mlp.2", "attn.norm_added_q": "txt_attn.norm.query_norm",
    "attn.norm_added_k": "txt_attn.norm.key_norm", "attn.to_add_out": "txt_attn.proj", "ff_context.linear_in": "txt_mlp.0",
    "ff_context.linear_out": "txt_mlp.2",
}  # fmt: skip
_KLEIN_SINGLE = {
    "attn.to_qkv_mlp_proj": "linear1", "attn.to_out": "linear2", "attn.norm_q": "norm.query_norm",
    "attn.norm_k": "norm.key_norm",
}  # fmt: skip
_FLUX = {
    "x_embedder": "img_in", "context_embedder": "txt_in", "proj_out": "final_layer.linear",
    "time_text_embed.timestep_embedder.linear_1": "time_in.in_layer",
    "time_text_embed.timestep_embedder.linear_2": "time_in.out_layer",
    "time_text_embed.guidance_embedder.linear_1": "guidance_in.in_layer",
    "time_text_embed.guidance_embedder.linear_2": "guidance_in.out_layer",
    "time_text_embed.text_embedder.linear_1": "vector_in.in_layer",
    "time_text_embed.text_embedder.linear_2": "vector_in.out_layer",
}  # fmt: skip
_FLUX_DOUBLE = _KLEIN_DOUBLE | {
    "norm1.linear": "img_mod.lin", "norm1_context.linear": "txt_mod.lin", "ff.net.0.proj": "img_mlp.0",
    "ff.net.2": "img_mlp.2", "ff_context.net.0.proj": "txt_mlp.0", "ff_context.net.2": "txt_mlp.2",
}  # fmt: skip
_FLUX_SINGLE = {
    "norm.linear": "modulation.lin", "proj_out": "linear2", "attn.norm_q": "norm.query_norm",
    "attn.norm_k": "norm.key_norm",
}  # fmt: skip


def passed_around(pipeline: str, folder: Path) -> Weights:
    """The weights of `folder`'s transformer under the names that they have in files of their own."""
    weights = {
        name: w for file in (folder / "transformer").glob("*.safetensors") for name, w in load_file(file).items()
    }
    return {"ZImagePipeline": _z_image, "Flux2KleinPipeline": _klein, "FluxPipeline": _flux}.get(
        pipeline, lambda same: same
    )(weights)


def save_gguf(
    weights: Weights, file: Path, numbers: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32, family: str = "x"
) -> Path:
    """Matrices in `numbers` where their rows fill whole blocks; all else as it is."""
    writer = gguf.GGUFWriter(file, family)
    for name, weight in weights.items():
        values = weight.float().numpy().astype(np.float32)
        fits = values.ndim == 2 and values.shape[1] % gguf.GGML_QUANT_SIZES[numbers][0] == 0
        stored = gguf.quantize(values, numbers) if fits else values
        writer.add_tensor(name, stored, raw_dtype=numbers if fits else gguf.GGMLQuantizationType.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def save_safetensors(weights: Weights, file: Path, prefix: str = "") -> Path:
    save_file({prefix + name: weight.contiguous() for name, weight in weights.items()}, file)
    return file


def _z_image(weights: Weights) -> Weights:
    found: dict[str, Any] = {}
    for name, weight in weights.items():
        if ".attention.to_k" in name or ".attention.to_v" in name:
            continue
        if ".attention.to_q" in name:
            parts = [weights[name.replace("to_q", f"to_{which}")] for which in "qkv"]
            found[name.replace("to_q", "qkv")] = torch.cat(parts)
            continue
        for new, old in {
            "all_final_layer.2-1.": "final_layer.", "all_x_embedder.2-1.": "x_embedder.", ".to_out.0.": ".out.",
            ".norm_k.": ".k_norm.", ".norm_q.": ".q_norm.",
        }.items():  # fmt: skip
            name = name.replace(new, old)
        found[name] = weight[0] if name.endswith("pad_token") else weight
    return found


def _klein(weights: Weights) -> Weights:
    return _black_forest(weights, _KLEIN, _KLEIN_DOUBLE, _KLEIN_SINGLE)


def _flux(weights: Weights) -> Weights:
    return _black_forest(weights, _FLUX, _FLUX_DOUBLE, _FLUX_SINGLE)


def _black_forest(weights: Weights, outside: dict[str, str], double: dict[str, str], single: dict[str, str]) -> Weights:
    """Under the makers' names: queries, keys and values are one tensor, in FLUX.1's single blocks with what follows them."""
    found: dict[str, Any] = {}
    for name, weight in weights.items():
        head, _, kind = name.rpartition(".")
        if match := re.match(r"(single_)?transformer_blocks\.(\d+)\.(.+)", head):
            block = f"{'single' if match[1] else 'double'}_blocks.{match[2]}"
            inner = match[3]
            if inner in ("attn.to_k", "attn.to_v", "attn.add_k_proj", "attn.add_v_proj", "proj_mlp"):
                continue
            if inner in ("attn.to_q", "attn.add_q_proj"):
                rows = [weights[name.replace("_q", f"_{which}")] for which in "qkv"]
                if match[1]:
                    found[f"{block}.linear1.{kind}"] = torch.cat(
                        [*rows, weights[name.replace("attn.to_q", "proj_mlp")]]
                    )
                else:
                    found[f"{block}.{'txt' if 'add' in inner else 'img'}_attn.qkv.{kind}"] = torch.cat(rows)
                continue
            old = (single if match[1] else double)[inner]
            found[f"{block}.{old}.{'scale' if '_norm' in old else kind}"] = weight
        elif head == "norm_out.linear":  # scale and shift are the other way round there
            found[f"final_layer.adaLN_modulation.1.{kind}"] = torch.cat(weight.chunk(2)[::-1])
        else:
            found[f"{outside[head]}.{kind}"] = weight
    return found


def split_gguf(file: Path, into: Path, tensors: int) -> list[Path]:
    """A copy of a GGUF model in pieces of so many tensors, as llama.cpp's own tool makes them."""
    _copy_gguf(file, into / file.name, {}, split_max_tensors=tensors)
    return sorted(into.glob(f"{file.stem}-*.gguf"))


def with_texts(file: Path, copy: Path, texts: dict[str, str]) -> Path:
    """A copy of a GGUF model with further texts in its header."""
    _copy_gguf(file, copy, texts)
    return copy


def _copy_gguf(file: Path, copy: Path, texts: dict[str, str], **options: Any) -> None:
    reader = gguf.GGUFReader(file)
    writer = gguf.GGUFWriter(copy, reader.fields["general.architecture"].contents(), **options)
    for entry in reader.fields.values():
        if not entry.name.startswith(("GGUF.", "general.architecture")) and entry.name not in texts:
            inner = entry.types[-1] if entry.types[0] is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(entry.name, entry.contents(), entry.types[0], sub_type=inner)
    for name, text in texts.items():
        writer.add_string(name, text)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
