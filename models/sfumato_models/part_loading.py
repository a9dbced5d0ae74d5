"""Loads text encoders and autoencoders from files of their own, and the app's own vocabularies. Lives in an engine process.

Shapes come from a file's header, all else from the app's own configuration of the family.
"""

from __future__ import annotations

import gzip
import importlib
import json
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint, convert_wan_vae_to_diffusers
from diffusers.models.model_loading_utils import load_gguf_checkpoint
from diffusers.quantizers.gguf.utils import dequantize_gguf_tensor
from safetensors.torch import load_file
from transformers.models.clip.tokenization_clip import CLIPTokenizer
from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer
from transformers.models.t5.tokenization_t5 import T5Tokenizer

from sfumato.errors import SfumatoError
from sfumato_models.bundled_parts import PACKED, QWEN_WORDS, T5_WORDS
from sfumato_models.checkpoints import CLIP_WORDS
from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.part_files import FLUX2_VAE, SCALE, PartKind, own_names, own_shapes, part_kind

_TOKENIZERS = {CLIP_WORDS: CLIPTokenizer, QWEN_WORDS: Qwen2Tokenizer, T5_WORDS: T5Tokenizer}
# the makers of FLUX.2 have these inside the halves of the autoencoder, diffusers beside them
_BESIDE = {"encoder.quant_conv.": "quant_conv.", "decoder.post_quant_conv.": "post_quant_conv."}

Weights = dict[str, torch.Tensor]


def load_tokenizer(folder: Path) -> Any:
    """A tokenizer from a folder of the app's own vocabularies. Raises OSError or ValueError if it is damaged."""
    cls = _TOKENIZERS[folder.name]
    if not (folder / PACKED).exists():
        return cls.from_pretrained(folder, local_files_only=True)
    with TemporaryDirectory() as place:
        unpacked = Path(place)
        (unpacked / "tokenizer.json").write_bytes(gzip.decompress((folder / PACKED).read_bytes()))
        shutil.copy(folder / "tokenizer_config.json", unpacked)
        return cls.from_pretrained(unpacked, local_files_only=True)


def load_part(file: Path, library: str, name: str, folder: Path, dtype: torch.dtype) -> Any:
    """A part in memory, of the class `name` in `library`, with the settings in `folder` where its header tells none.

    Raises:
        SfumatoError: naming the file, if it is no part that is known or lacks weights; what the libraries raise for
            damaged ones.
    """
    header = read_header(file)
    kind = part_kind(file, header)
    if kind is None:
        raise SfumatoError(f"{file.name} is no part of a picture model that is known here.", "Add the right file.")
    settings = _merged(
        json.loads((folder / "config.json").read_text(encoding="utf-8")), kind.settings(own_shapes(header))
    )
    cls = getattr(importlib.import_module(library), name)
    weights = _weights(file, header, kind, settings, dtype)
    with init_empty_weights():
        part = cls.from_config(settings) if library == "diffusers" else cls(cls.config_class.from_dict(settings))
    return _filled(part, weights, file)


def _weights(
    file: Path, header: FileHeader, kind: PartKind, settings: Mapping[str, Any], dtype: torch.dtype
) -> Weights:
    """By the names that the class has for them, one after the other in `dtype`, so that no wider copy of all is made."""
    names = own_names(header)
    weights = {names[name]: _as(weight, dtype) for name, weight in _stored(file, header, names)}
    if "encoder.downsamples.0.residual.0.gamma" in weights:
        return dict(convert_wan_vae_to_diffusers(weights))
    if "encoder.down.0.block.0.conv1.weight" not in weights:
        return weights
    beside = {
        name: next((name.replace(inside, out) for inside, out in _BESIDE.items() if name.startswith(inside)), name)
        for name in weights
    }
    found = convert_ldm_vae_checkpoint({beside[name]: weight for name, weight in weights.items()}, settings)
    if kind is FLUX2_VAE:
        found |= {name: weight for name, weight in weights.items() if name.startswith("bn.")}
    return dict(found)


def _stored(file: Path, header: FileHeader, names: Container[str]) -> Iterator[tuple[str, torch.Tensor]]:
    """Those of a file's tensors that are named, by name. Those with a scale are multiplied with it, quantised ones are widened: text encoders of transformers do not compute with those."""
    if header.kind != "gguf":
        tensors = load_file(file)
        for name in (name for name in tensors if name in names):
            weight = tensors[name]
            scale = tensors.get(name.removesuffix(".weight") + SCALE)
            yield name, weight if scale is None or name.endswith(SCALE) else weight.float() * scale.float()
        return
    for name, weight in load_gguf_checkpoint(str(file)).items():
        if name in names:
            yield name, dequantize_gguf_tensor(weight) if hasattr(weight, "quant_type") else weight


def _as(weight: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """A copy in memory of its own, not in the file's: that may go while the model is in use."""
    return weight.to(dtype, copy=True) if weight.is_floating_point() else weight.clone()


def _filled(part: Any, weights: Weights, file: Path) -> Any:
    """The part with its weights in it; nothing may be left empty but what is the same as something else."""
    part.load_state_dict(weights, strict=False, assign=True)
    if hasattr(part, "tie_weights"):
        part.tie_weights()
    empty = [name for name, weight in part.state_dict().items() if weight.is_meta]
    if "bn.num_batches_tracked" in empty:  # counted in training only
        part.bn.num_batches_tracked = torch.tensor(0)
        empty.remove("bn.num_batches_tracked")
    if empty:
        raise SfumatoError(
            f"{file.name} lacks the weights {empty[0]}.", "Get the whole file again.", f"{len(empty)} lack"
        )
    return part.eval().requires_grad_(False)


def _merged(settings: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with what is told instead, also inside those that are settings of their own."""
    merged = dict(settings)
    for name, value in told.items():
        merged[name] = _merged(merged[name], value) if isinstance(value, Mapping) else value
    return merged
