"""Files that hold a picture model's transformer and nothing else, in GGUF (quantised) or safetensors.

Which family's it is, is told by names in its header; only Qwen-Image and Qwen-Image Edit have the same, and can differ in
nothing but what they are called. Everything beside it comes from a model folder of the same family, or from part files and the
app's own configurations (`other_parts.py`). Knows no engine library until it loads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import FileHeader, broken, read_header

_PREFIX = "model.diffusion_model."
GUIDANCE = "guidance_embeds"  # the setting of models that take their guidance as an input
_GUIDED = "guidance_in.in_layer.weight"
_FLUX_CHANNELS = 64  # more of them have a second picture
_LAYERED = "time_text_embed.addition_t_embedding.weight"
# ComfyUI's files of Qwen-Image Edit 2511 have this empty tensor (`model_detection.py`)
_EDIT_MARK = "__index_timestep_zero__"
_EDIT_WORD = re.compile(r"(?<![a-z])edit(?![a-z])|imageedit", re.IGNORECASE)
_Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class TransformerKind:
    """One family's transformer.

    Attributes:
        model: module and class in diffusers.
        marks: tensors that together only this family has.
        counts: settings that count blocks, by the name before a block's number.
        widths: settings that are the second side of a tensor; the folder with the other parts must have them alike.
        switches: settings that are on where a tensor is there.
        schedules: what the noise schedule has without and with the first of the switches.
        heads: the settings for the number of heads, and the tensor whose first side they fill; `inner` is that for the side.
    """

    pipeline: str
    title: str
    model: tuple[str, str]
    marks: tuple[str, ...]
    counts: Mapping[str, str]
    widths: Mapping[str, str]
    switches: Mapping[str, str] = field(default_factory=dict)
    schedules: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
    heads: tuple[tuple[str, ...], str] | None = None
    inner: str = ""


_MODELS = "diffusers.models.transformers"
_QWEN = TransformerKind(
    "QwenImagePipeline", "Qwen-Image", (f"{_MODELS}.transformer_qwenimage", "QwenImageTransformer2DModel"),
    marks=("transformer_blocks.0.attn.add_k_proj.weight", "txt_norm.weight", "img_in.weight"),
    counts={"num_layers": "transformer_blocks"},
    widths={"in_channels": "img_in.weight", "joint_attention_dim": "txt_in.weight"},
    heads=(("num_attention_heads",), "img_in.weight"),
)  # fmt: skip
_QWEN_EDIT = replace(_QWEN, pipeline="QwenImageEditPlusPipeline", title="Qwen-Image Edit")
KINDS = (
    TransformerKind(
        "FluxPipeline", "FLUX.1", (f"{_MODELS}.transformer_flux", "FluxTransformer2DModel"),
        marks=("vector_in.in_layer.weight", "double_blocks.0.img_attn.qkv.weight", "txt_in.weight"),
        counts={"num_layers": "double_blocks", "num_single_layers": "single_blocks"},
        widths={
            "in_channels": "img_in.weight", "joint_attention_dim": "txt_in.weight",
            "pooled_projection_dim": "vector_in.in_layer.weight",
        },
        switches={GUIDANCE: _GUIDED}, heads=(("num_attention_heads",), "img_in.weight"),
        # those of schnell and dev
        schedules=({"shift": 1.0, "use_dynamic_shifting": False}, {"shift": 3.0, "use_dynamic_shifting": True}),
    ),
    TransformerKind(
        "Flux2KleinPipeline", "FLUX.2 klein", (f"{_MODELS}.transformer_flux2", "Flux2Transformer2DModel"),
        marks=("double_stream_modulation_img.lin.weight", "double_blocks.0.img_attn.qkv.weight", "txt_in.weight"),
        counts={"num_layers": "double_blocks", "num_single_layers": "single_blocks"},
        widths={"in_channels": "img_in.weight", "joint_attention_dim": "txt_in.weight"},
        heads=(("num_attention_heads",), "img_in.weight"),
    ),
    TransformerKind(
        "ZImagePipeline", "Z-Image", (f"{_MODELS}.transformer_z_image", "ZImageTransformer2DModel"),
        marks=("layers.0.adaLN_modulation.0.weight", "cap_embedder.1.weight"),
        counts={"n_layers": "layers", "n_refiner_layers": "noise_refiner"},
        widths={"cap_feat_dim": "cap_embedder.1.weight"},
        heads=(("n_heads", "n_kv_heads"), "cap_embedder.1.weight"), inner="dim",
    ),
    _QWEN,
    _QWEN_EDIT,
)  # fmt: skip


def transformer_kind(file: Path, header: FileHeader) -> TransformerKind | None:
    """Which family's transformer a file is; None if it is none of them.

    Raises:
        SfumatoError: if it is one that cannot be painted with, saying why.
    """
    shapes = _plain(header.shapes)
    for kind in KINDS:
        if not all(mark in shapes for mark in kind.marks):
            continue
        if kind.title == "FLUX.2 klein" and _GUIDED in shapes:
            raise SfumatoError(f"{file.name} is of FLUX.2 dev, which cannot be painted with.", "FLUX.2 klein can.")
        if kind is _QWEN and _LAYERED in shapes:
            raise SfumatoError(
                f"{file.name} is of Qwen-Image Layered, which cannot be painted with.", "Qwen-Image can."
            )
        if kind.pipeline == "FluxPipeline" and _widths(kind, shapes).get("in_channels", 0) > _FLUX_CHANNELS:
            raise SfumatoError(
                f"{file.name} is of FLUX.1 Fill, Canny or Depth, which cannot be painted with.", "FLUX.1 dev can."
            )
        header.refuse_unread_numbers(file)
        if header.has_scales:
            raise SfumatoError(
                f"{file.name} holds its numbers in a way that only another program reads.",
                "Get this model as GGUF, or in 16 bits.",
            )
        return _QWEN_EDIT if kind is _QWEN and (_EDIT_MARK in shapes or _is_called_edit(file, header)) else kind
    return None


def told_title(kind: TransformerKind, header: FileHeader) -> str:
    """The title of a transformer's family, and how it was told where only a name can tell."""
    if kind not in (_QWEN, _QWEN_EDIT) or _EDIT_MARK in _plain(header.shapes):
        return kind.title
    return f"{kind.title} ({'as its name says' if kind is _QWEN_EDIT else 'its name does not say “edit”: rename it if it edits pictures'})"


def require_kind(file: Path, header: FileHeader | None = None) -> TransformerKind:
    """As `transformer_kind`. Raises SfumatoError also if it is none, or cannot be read."""
    if (kind := transformer_kind(file, header or read_header(file))) is None:
        titles = ", ".join(kind.title for kind in KINDS)
        raise SfumatoError(
            f"{file.name} is no picture model that is known here.", f"As parts of models, these are: {titles}."
        )
    return kind


def settings_of(kind: TransformerKind, header: FileHeader, folder: Path) -> dict[str, Any]:
    """The settings of a transformer: those of the model folder with the other parts, and what its own header says.

    Raises:
        SfumatoError: if the folder's file cannot be read.
    """
    shapes = _plain(header.shapes)
    settings = _read_config(folder)
    for name, block in kind.counts.items():
        pattern = re.compile(rf"{block}\.(\d+)\.")
        settings[name] = len({found[1] for key in shapes if (found := pattern.match(key))})
    settings |= _widths(kind, shapes)
    settings |= {name: tensor in shapes for name, tensor in kind.switches.items()}
    if kind.heads and len(shapes.get(kind.heads[1], ())) == 2:
        inner = shapes[kind.heads[1]][0]
        head = int(settings.get("attention_head_dim") or sum(settings["axes_dims"]))
        settings |= dict.fromkeys(kind.heads[0], inner // head)
        settings |= {kind.inner: inner} if kind.inner else {}
    return settings


def fits_parts(kind: TransformerKind, header: FileHeader, folder: Path) -> bool:
    """True where the other parts of a model folder speak of texts and latents as this transformer does."""
    try:
        theirs = _read_config(folder)
    except SfumatoError:
        return False
    return all(theirs.get(name) == width for name, width in _widths(kind, _plain(header.shapes)).items())


def told_by_header(kind: TransformerKind, header: FileHeader) -> dict[str, int | bool]:
    """The settings that decide which other parts fit: widths, and what is on or off."""
    shapes = _plain(header.shapes)
    return {**_widths(kind, shapes), **{name: tensor in shapes for name, tensor in kind.switches.items()}}


def schedule_changes(file: Path, folder: Path) -> dict[str, Any]:
    """What a transformer's noise schedule has otherwise than that of the folder with its other parts; empty if nothing.

    Raises:
        SfumatoError: if one of them cannot be read.
    """
    header = read_header(file)
    kind = require_kind(file, header)
    if kind.schedules is None or agrees_with(kind, header, folder):
        return {}
    return dict(kind.schedules[next(iter(kind.switches.values())) in _plain(header.shapes)])


def agrees_with(kind: TransformerKind, header: FileHeader, folder: Path) -> bool:
    """True where what is on or off in a transformer is so in a model folder's settings. Raises SfumatoError if they cannot be read."""
    theirs, shapes = _read_config(folder), _plain(header.shapes)
    return all(bool(theirs.get(name)) == (tensor in shapes) for name, tensor in kind.switches.items())


def is_guided(folder: Path) -> bool:
    """True for the folder of a model that takes its guidance as an input, such as FLUX.1 dev."""
    return (folder / "transformer" / "config.json").exists() and _read_config(folder).get(GUIDANCE) is True


def load_transformer(file: Path, folder: Path, dtype: Any) -> Any:
    """The transformer in memory; quantised weights stay so and are computed with in `dtype` (torch's).

    `folder` is that of the other parts.

    Raises:
        SfumatoError: if it is of no known kind; what the libraries raise for weights that are damaged or missing.
    """
    from importlib import import_module

    from diffusers.quantizers.quantization_config import GGUFQuantizationConfig

    header = read_header(file)
    kind = require_kind(file, header)
    settings = settings_of(kind, header, folder)
    if kind is _QWEN_EDIT:
        settings |= _edit_settings(file, header)
    module, name = kind.model
    is_gguf = header.kind == "gguf"
    weights = _gguf_weights(file) if is_gguf else _safetensors_weights(file)
    # some converters drop a first side of 1
    weights.pop(_EDIT_MARK, None)
    weights |= {
        name: weight[None] for name, weight in weights.items() if name.endswith("pad_token") and weight.ndim == 1
    }
    quantised = {"quantization_config": GGUFQuantizationConfig(compute_dtype=dtype)} if is_gguf else {}
    return getattr(import_module(module), name).from_single_file(
        weights, config=str(folder), subfolder="transformer", local_files_only=True, dtype=dtype,
        **quantised,
        **{name: value for name, value in settings.items() if not name.startswith("_")},
    )  # fmt: skip


def _gguf_weights(file: Path) -> dict[str, Any]:
    """By name; what is only stored in 16 bits is taken out of its blocks, since not every layer computes with those."""
    import gguf
    from diffusers.models.model_loading_utils import load_gguf_checkpoint
    from diffusers.quantizers.gguf.utils import dequantize_gguf_tensor

    brain = gguf.GGMLQuantizationType.BF16
    weights = load_gguf_checkpoint(str(file))
    return {
        name: dequantize_gguf_tensor(weight) if getattr(weight, "quant_type", None) == brain else weight
        for name, weight in _plain(weights).items()
    }


def _is_called_edit(file: Path, header: FileHeader) -> bool:
    """True where the file's name, or what its metadata call the model, says that it edits pictures."""
    return any(map(_EDIT_WORD.search, _names(file, header)))


def _edit_settings(file: Path, header: FileHeader) -> dict[str, Any]:
    """Version 2511 reads the given picture at time 0, those before do not; without a sign it is one of those."""
    is_late = _EDIT_MARK in _plain(header.shapes) or any("2511" in name for name in _names(file, header))
    return {"zero_cond_t": is_late}


def _names(file: Path, header: FileHeader) -> list[str]:
    told = (header.metadata.get(f"general.{name}", "") for name in ("name", "basename", "finetune", "version"))
    return [file.stem, *map(str, told)]


def _safetensors_weights(file: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(_plain(load_file(file)))


def _plain(tensors: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the prefix that they have in whole checkpoints, and without the other parts of such a one."""
    if not any(name.startswith(_PREFIX) for name in tensors):
        return tensors
    return {name.removeprefix(_PREFIX): value for name, value in tensors.items() if name.startswith(_PREFIX)}


def _widths(kind: TransformerKind, shapes: _Shapes) -> dict[str, int]:
    return {name: shapes[tensor][1] for name, tensor in kind.widths.items() if len(shapes.get(tensor, ())) == 2}


def _read_config(folder: Path) -> dict[str, Any]:
    file = folder / "transformer" / "config.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error
    if not isinstance(data, dict):
        raise broken(file, "is damaged")
    return data
