"""Files that hold one part of a picture model and nothing else: a text encoder or an autoencoder, in safetensors or GGUF.

What one is, how wide and how deep, is told by the names and shapes in its header, whoever named the tensors: its makers,
diffusers and transformers, or llama.cpp. Imports no engine library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import UNREAD_SCALES, FileHeader, read_header

Shapes = Mapping[str, tuple[int, ...]]
_CLIP_HEAD = 64  # numbers in a head of attention of every CLIP text encoder
_SIGHT_HEAD = 80  # in one of Qwen2.5-VL's sight, as in its text's 128
_TEXT_HEAD = 128

# GGUF: by architecture, what each tensor is called in transformers
_QWEN3_NAMES = {
    "token_embd": "embed_tokens", "output_norm": "norm", "blk": "layers", "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm", "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}  # fmt: skip
_T5_NAMES = {
    "token_embd": "shared", "enc": "encoder", "output_norm": "final_layer_norm", "blk": "block",
    "attn_q": "layer.0.SelfAttention.q", "attn_k": "layer.0.SelfAttention.k", "attn_v": "layer.0.SelfAttention.v",
    "attn_o": "layer.0.SelfAttention.o", "attn_rel_b": "layer.0.SelfAttention.relative_attention_bias",
    "attn_norm": "layer.0.layer_norm", "ffn_norm": "layer.1.layer_norm", "ffn_gate": "layer.1.DenseReluDense.wi_0",
    "ffn_up": "layer.1.DenseReluDense.wi_1", "ffn_down": "layer.1.DenseReluDense.wo",
}  # fmt: skip
_GGUF_NAMES = {"qwen3": _QWEN3_NAMES, "t5encoder": _T5_NAMES, "t5": _T5_NAMES}
_SIGHT_IN_GGUF = "qwen2vl"
_NOT_READ = ("lm_head.", "decoder.block.", "decoder.final_layer_norm.", "vision_model.", "visual_projection.", "logit_")
_NOT_READ_IN_GGUF = ("output.", "dec.")
_SIGHT = "visual."
SCALE = ".scale_weight"  # beside a weight in 8 bits: what it is multiplied with, as ComfyUI has it in text encoders
_FOLDERS = 4  # above a file, that may say what it is of
# trainings of the same language model for something else, whose hidden states no painter has learned to read
_OTHER_TRAININGS = ("2507", "thinking", "embedding", "reranker", "deepseek", "coder", "guard")


@dataclass(frozen=True, slots=True)
class PartKind:
    """One kind of text encoder or autoencoder.

    Attributes:
        marks: tensors, as `own_names` calls them, that together only this kind has; `without` are those it lacks.
        dimensions: how many sides the first of the marks has.
        width: the tensor and its side that a transformer must agree with: a text's width, or a latent's channels.
        known: by width, what such a file is called by people and by its usual name.
        settings: those of its configuration that the header tells.
        in_gguf: it can be read from GGUF too.
        not_named: words in the names of files, or of their folders, that look alike in their headers and are of something else.
        named: of these words the name of a file that nobody pointed at, or of its folder, has one, or it is the usual name.
        not_trained: words in the names of files that are of the same make and of no use; who adds one by hand knows better.
        rows: the first side of the first of the marks, where that alone tells it from others.
    """

    title: str
    marks: tuple[str, ...]
    width: tuple[str, int]
    known: Mapping[int, tuple[str, str]]
    settings: Callable[[Shapes], dict[str, Any]]
    without: tuple[str, ...] = ()
    dimensions: int = 0
    in_gguf: bool = False
    not_named: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    not_trained: tuple[str, ...] = ()
    rows: int = 0

    def width_of(self, shapes: Shapes) -> int:
        """The width of a file of this kind."""
        tensor, side = self.width
        return shapes[tensor][side]

    def called(self, width: int) -> str:
        """What people call one of that width."""
        return self.known[width][0] if width in self.known else f"{_article(self.title)} {self.title} of width {width}"

    def usual_name(self, width: int) -> str:
        """The name that such a file is passed around by; empty where none is known."""
        return self.known[width][1] if width in self.known else ""

    def is_usual(self, file: Path) -> bool:
        """True for a file of a name that such files are passed around by."""
        return file.name.casefold() in {name for _, name in self.known.values()}

    def is_sure(self, file: Path, header: FileHeader) -> bool:
        """True where what a file that nobody pointed at is called says, too, that it is of this kind, and not of another training."""
        told = [str(header.metadata.get(f"general.{name}", "")) for name in ("name", "basename", "finetune", "version")]
        own = " ".join([file.stem, *told]).casefold()
        if any(re.search(rf"(?<![a-z]){word}", own) for word in self.not_trained):  # no “encoder” is a “coder”
            return False
        names = " ".join([own, *_folders(file)])
        return not self.named or self.is_usual(file) or any(word in names for word in self.named)


def own_names(header: FileHeader) -> dict[str, str]:
    """What each tensor is called in the class that reads it, by its name in the file; what no part reads is left out."""
    if header.kind == "gguf":
        words = _GGUF_NAMES.get(str(header.metadata.get("general.architecture", "")), {})
        return {
            name: ".".join(words.get(word, word) for word in name.split("."))
            for name in header.shapes
            if not name.startswith(_NOT_READ_IN_GGUF)
        }
    names = {
        name: _bare(name) for name in header.shapes if not name.startswith(_NOT_READ) and "position_ids" not in name
    }
    if any(own.startswith(_SIGHT) for own in names.values()):
        return {
            name: own if own.startswith((_SIGHT, "language_model.")) else f"language_model.{own}"
            for name, own in names.items()
        }
    return names


def own_shapes(header: FileHeader) -> dict[str, tuple[int, ...]]:
    """The shapes in a header by `own_names`."""
    return {own: header.shapes[name] for name, own in own_names(header).items()}


def part_kind(file: Path, header: FileHeader) -> PartKind | None:
    """Which part a file is; None if it is none of those that are known.

    Raises:
        SfumatoError: if it is one that cannot be read, saying what to get instead.
    """
    if header.kind == "gguf" and header.metadata.get("general.architecture") == _SIGHT_IN_GGUF:
        raise SfumatoError(
            f"{file.name} is Qwen2.5-VL as GGUF, which lacks the half that sees pictures.",
            "Get qwen_2.5_vl_7b.safetensors instead.",
        )
    shapes = own_shapes(header)
    for kind in PART_KINDS:
        if not all(mark in shapes for mark in kind.marks) or any(name in shapes for name in kind.without):
            continue
        if kind.dimensions and len(shapes[kind.marks[0]]) != kind.dimensions:
            continue
        if kind.rows and shapes[kind.marks[0]][0] != kind.rows:
            continue
        if _is_called_other(file, kind):
            continue
        if any(name.endswith(UNREAD_SCALES) for name in header.shapes):
            width = kind.width_of(shapes)
            usual = f", such as {kind.usual_name(width)}" if kind.usual_name(width) else ""
            raise SfumatoError(
                f"{file.name} is {kind.called(width)}, with its numbers in a way that only another program reads.",
                f"Get it in 16 bits{usual}{', or as GGUF' if kind.in_gguf else ''}.",
            )
        header.refuse_unread_numbers(file)
        return kind
    return None


def kind_and_width(file: Path, header: FileHeader) -> tuple[PartKind, int] | None:
    """As `part_kind`, with the file's width."""
    kind = part_kind(file, header)
    return (kind, kind.width_of(own_shapes(header))) if kind else None


def known_part(file: Path, is_added: bool = True) -> tuple[PartKind, int] | None:
    """A file's kind and width; None if it is no part that can be used, or cannot be read.

    One that nobody `is_added`, but that was found, has to be called something that fits, too (`PartKind.is_sure`).
    """
    try:
        header = read_header(file, quick=True)
        if header.kind == "gguf":
            if header.metadata.get("general.architecture") not in _GGUF_NAMES:
                return None
            header = read_header(file)
        part = kind_and_width(file, header)
    except SfumatoError:
        return None
    return part if part and (is_added or part[0].is_sure(file, header)) else None


def _is_called_other(file: Path, kind: PartKind) -> bool:
    """True where a file's name says that it is of something else, or that of a folder of a file without a usual name."""
    if any(word in file.name.casefold() for word in kind.not_named):
        return True
    words = "|".join(map(re.escape, kind.not_named))
    is_told = words and not kind.is_usual(file)
    return bool(is_told) and any(re.search(rf"(?<![a-z])(?:{words})(?![a-z])", name) for name in _folders(file))


def _folders(file: Path) -> list[str]:
    return [folder.name.casefold() for folder in file.parents[:_FOLDERS]]


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _bare(name: str) -> str:
    """Without what wraps a text encoder in the models that it comes from."""
    for wrapping in ("text_model.", "model."):
        name = name.removeprefix(wrapping)
    return name


def _count(shapes: Iterable[str], pattern: str) -> int:
    """How many different numbers stand in the pattern's group."""
    found = re.compile(pattern)
    return len({match[1] for name in shapes if (match := found.match(name))})


def _of_clip(shapes: Shapes) -> dict[str, Any]:
    words, width = shapes["embeddings.token_embedding.weight"]
    return {
        "vocab_size": words, "hidden_size": width, "projection_dim": width, "num_attention_heads": width // _CLIP_HEAD,
        "max_position_embeddings": shapes["embeddings.position_embedding.weight"][0],
        "intermediate_size": shapes["encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": _count(shapes, r"encoder\.layers\.(\d+)\."),
    }  # fmt: skip


def _of_t5(shapes: Shapes) -> dict[str, Any]:
    buckets, heads = shapes["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    inner, width = shapes["encoder.block.0.layer.0.SelfAttention.q.weight"]
    return {
        "vocab_size": shapes["shared.weight"][0], "d_model": width, "num_heads": heads, "d_kv": inner // heads,
        "d_ff": shapes["encoder.block.0.layer.1.DenseReluDense.wi_0.weight"][0],
        "relative_attention_num_buckets": buckets, "num_layers": _count(shapes, r"encoder\.block\.(\d+)\."),
    }  # fmt: skip


def _of_qwen(shapes: Shapes, head: int, before: str = "") -> dict[str, Any]:
    words, width = shapes[f"{before}embed_tokens.weight"]
    layer = f"{before}layers.0."
    return {
        "vocab_size": words, "hidden_size": width, "intermediate_size": shapes[f"{layer}mlp.gate_proj.weight"][0],
        "num_attention_heads": shapes[f"{layer}self_attn.q_proj.weight"][0] // head,
        "num_key_value_heads": shapes[f"{layer}self_attn.k_proj.weight"][0] // head,
        "num_hidden_layers": _count(shapes, re.escape(before) + r"layers\.(\d+)\."),
    }  # fmt: skip


def _of_qwen3(shapes: Shapes) -> dict[str, Any]:
    (head,) = shapes["layers.0.self_attn.q_norm.weight"]
    return {**_of_qwen(shapes, head), "head_dim": head}


def _of_qwen_sight(shapes: Shapes) -> dict[str, Any]:
    text = _of_qwen(shapes, _TEXT_HEAD, "language_model.")
    width = shapes["visual.patch_embed.proj.weight"][0]
    sight = {
        "hidden_size": width, "num_heads": width // _SIGHT_HEAD, "out_hidden_size": text["hidden_size"],
        "intermediate_size": shapes["visual.blocks.0.mlp.gate_proj.weight"][0],
        "depth": _count(shapes, r"visual\.blocks\.(\d+)\."),
    }  # fmt: skip
    return {"text_config": text, "vision_config": sight}


def _of_autoencoder(shapes: Shapes) -> dict[str, Any]:
    """Of a stock one, its down blocks named by diffusers (`down_blocks.0.resnets`) or by its makers (`down.0.block`)."""
    first = re.compile(r"encoder\.down(?:_blocks)?\.(\d+)\.(?:resnets|block)\.0\.conv1\.weight")
    blocks = {int(match[1]): shape[0] for name, shape in shapes.items() if (match := first.match(name))}
    return {
        "block_out_channels": [blocks[block] for block in sorted(blocks)],
        "layers_per_block": _count(shapes, r"encoder\.down(?:_blocks)?\.0\.(?:resnets|block)\.(\d+)\."),
        "latent_channels": shapes["decoder.conv_in.weight"][1],
    }


def _of_video_autoencoder(shapes: Shapes) -> dict[str, Any]:
    names = ("encoder.conv1.weight", "encoder.conv_in.weight")
    return {"base_dim": next(shapes[name][0] for name in names if name in shapes)}


_AUTOENCODER = ("decoder.conv_in.weight", "encoder.conv_in.weight", "decoder.conv_out.weight")
CLIP = PartKind(
    "CLIP text encoder",
    ("embeddings.token_embedding.weight", "encoder.layers.0.self_attn.q_proj.weight", "final_layer_norm.weight"),
    ("embeddings.token_embedding.weight", 1), {768: ("the text encoder CLIP-L", "clip_l.safetensors")}, _of_clip,
    without=("head.weight",), rows=49_408,
)  # fmt: skip
T5 = PartKind(
    "T5 text encoder",
    ("shared.weight", "encoder.block.0.layer.1.DenseReluDense.wi_0.weight", "encoder.final_layer_norm.weight"),
    ("shared.weight", 1), {4096: ("the text encoder T5-XXL", "t5xxl_fp16.safetensors")}, _of_t5,
    # another T5, which reads other tokens, has that in every block
    without=("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",), in_gguf=True,
)  # fmt: skip
QWEN3 = PartKind(
    "Qwen3 text encoder", ("embed_tokens.weight", "layers.0.self_attn.q_norm.weight", "norm.weight"),
    ("embed_tokens.weight", 1),
    {
        2560: ("the text encoder Qwen3 4B", "qwen_3_4b.safetensors"),
        4096: ("the text encoder Qwen3 8B", "qwen_3_8b.safetensors"),
    },
    _of_qwen3, without=("layers.0.mlp.gate.weight",), in_gguf=True,
    named=("qwen", "z-image", "z_image", "zimage", "klein"), not_trained=_OTHER_TRAININGS,
)  # fmt: skip
QWEN_SIGHT = PartKind(
    "Qwen2.5-VL text encoder",
    ("language_model.embed_tokens.weight", "language_model.norm.weight", "language_model.layers.0.self_attn.q_proj.bias", "visual.patch_embed.proj.weight",
     "visual.blocks.0.mlp.gate_proj.weight"),  # Qwen2-VL has another there
    ("language_model.embed_tokens.weight", 1),
    {3584: ("the text encoder Qwen2.5-VL 7B", "qwen_2.5_vl_7b.safetensors")}, _of_qwen_sight,
)  # fmt: skip
FLUX1_VAE = PartKind(
    "autoencoder for FLUX.1 and Z-Image", _AUTOENCODER, ("decoder.conv_in.weight", 1),
    {16: ("the autoencoder of FLUX.1 and Z-Image", "ae.safetensors")}, _of_autoencoder,
    without=("quant_conv.weight", "bn.running_mean"), dimensions=4,
    not_named=("sd3", "stable-diffusion-3", "stable_diffusion_3"), named=("flux", "z-image", "z_image", "zimage"),
)  # fmt: skip
FLUX2_VAE = PartKind(
    "autoencoder for FLUX.2", (*_AUTOENCODER, "bn.running_mean"), ("decoder.conv_in.weight", 1),
    {32: ("the autoencoder of FLUX.2", "flux2-vae.safetensors")}, _of_autoencoder, dimensions=4,
)  # fmt: skip
QWEN_VAE = PartKind(
    "autoencoder for Qwen-Image", ("conv2.weight", "encoder.downsamples.0.residual.0.gamma", "decoder.conv1.weight"),
    ("conv2.weight", 0), {16: ("the autoencoder of Qwen-Image", "qwen_image_vae.safetensors")}, _of_video_autoencoder,
    dimensions=5, not_named=("wan",),
)  # fmt: skip
_QWEN_VAE_OF_DIFFUSERS = replace(
    QWEN_VAE,
    marks=("post_quant_conv.weight", "encoder.down_blocks.0.norm1.gamma", "decoder.conv_in.weight"),
    width=("post_quant_conv.weight", 0),
)
PART_KINDS = (CLIP, T5, QWEN3, QWEN_SIGHT, FLUX1_VAE, FLUX2_VAE, QWEN_VAE, _QWEN_VAE_OF_DIFFUSERS)
