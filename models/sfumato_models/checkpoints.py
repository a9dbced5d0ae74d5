"""Checkpoints that come as one file: which kind of model one is, by the names in its header, and how it is loaded.

The shapes and the vocabulary are part of the app (`configs`), so nothing is fetched. Knows no engine library until it loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import FileHeader, read_header

CLIP_WORDS = "clip_tokenizer"  # the folder of CLIP's vocabulary among the app's own
_UNET = "model.diffusion_model."
_SECOND_ENCODER = "conditioner.embedders.1."
_CONTEXT = "model.diffusion_model.input_blocks.{block}.1.transformer_blocks.0.attn2.to_k.weight"
_INPAINTING_CHANNELS = 9


@dataclass(frozen=True, slots=True)
class CheckpointKind:
    """`config` is the folder of its shapes among the app's own, `pipeline` its class in diffusers."""

    config: str
    pipeline: str
    title: str


SD15 = CheckpointKind("sd15", "StableDiffusionPipeline", "Stable Diffusion 1.5")
SDXL = CheckpointKind("sdxl", "StableDiffusionXLPipeline", "Stable Diffusion XL")


def checkpoint_kind(file: Path, header: FileHeader | None = None) -> CheckpointKind:
    """What a file is, from its header alone.

    Raises:
        SfumatoError: if it is no whole checkpoint of a kind that can be loaded, saying what it is.
    """
    shapes = (header or read_header(file)).shapes
    if not any(name.startswith(_UNET) for name in shapes):
        raise SfumatoError(f"{file.name} is not a whole picture model.", _what_it_may_be(shapes))
    channels = shapes.get(f"{_UNET}input_blocks.0.0.weight", (0, 0))[1]
    if channels == _INPAINTING_CHANNELS:
        raise SfumatoError(
            f"{file.name} is made for painting over selected areas only.", "Get the usual version of this model."
        )
    if any(name.startswith(_SECOND_ENCODER) for name in shapes):
        return SDXL
    if any(name.startswith("cond_stage_model.transformer.") for name in shapes):
        return SD15
    if any(name.startswith("cond_stage_model.model.") for name in shapes):
        raise SfumatoError(
            f"{file.name} is a single file of Stable Diffusion 2, which is loaded from folders only.",
            "Get this model as a diffusers folder.",
        )
    raise SfumatoError(f"{file.name} holds no text encoder, so it cannot paint from words.", "Get the full checkpoint.")


def load_checkpoint(file: Path, configs: Path, dtype: Any) -> Any:
    """The text-to-image pipeline of a single file, from the app's own shapes and vocabulary; `dtype` is torch's.

    Raises:
        SfumatoError: if it is of a kind that cannot be loaded; what the libraries raise for damaged weights.
    """
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    from sfumato_models.families import FAMILIES
    from sfumato_models.pipelines import class_at, first_route

    kind = checkpoint_kind(file)
    family = FAMILIES[kind.pipeline]
    words = configs / CLIP_WORDS
    parts: dict[str, Any] = {"tokenizer": CLIPTokenizer.from_pretrained(words, local_files_only=True)}
    if kind is SDXL:
        parts["tokenizer_2"] = CLIPTokenizer.from_pretrained(words, local_files_only=True, pad_token="!")
    else:
        parts |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    cls = class_at(family.pipelines[first_route(family)])
    return cls.from_single_file(
        str(file), config=str(configs / kind.config), local_files_only=True, dtype=dtype, **parts
    )


def _what_it_may_be(shapes: Any) -> str:
    names = [name.lower() for name in shapes]
    if any("lora" in name for name in names):
        return "It is a LoRA, which adds to a model: sfumato draw --lora FILE."
    if any(name.startswith(("double_blocks.", "transformer_blocks.", "layers.")) for name in names):
        return "It is one part of a larger model. Get the whole model as a diffusers folder."
    if any(name.startswith(("decoder.", "first_stage_model.")) for name in names):
        return "It is an autoencoder, a part of a model."
    return "Get a checkpoint of Stable Diffusion 1.5 or XL, or a diffusers folder."
