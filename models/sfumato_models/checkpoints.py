"""Checkpoints that come as one file: which kind of model one is, by the names in its header, and how it is loaded.

The shapes and the vocabulary are part of the app (`configs`), so nothing is fetched. Knows no engine library until it loads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import pstdev
from typing import Any

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import FileHeader, read_header, read_values

CLIP_WORDS = "clip_tokenizer"  # the folder of CLIP's vocabulary among the app's own
_UNET = "model.diffusion_model."
_SECOND_ENCODER = "conditioner.embedders.1."
_CONTEXT = "model.diffusion_model.input_blocks.{block}.1.transformer_blocks.0.attn2.to_k.weight"
_INPAINTING_CHANNELS = 9
# The models of Stable Diffusion 2 that were trained to predict velocity differ from the others in no shape. ComfyUI tells them by the
# spread of this tensor, which is small (`supported_models.py`, `SD20`).
_TELLTALE = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
_VELOCITY_SPREAD = 0.09
_VELOCITY = "v_prediction"


@dataclass(frozen=True, slots=True)
class CheckpointKind:
    """`config` is the folder of its shapes among the app's own, `pipeline` its class in diffusers.

    `prediction` is what its denoiser was trained to predict, by the scheduler's word. `side` is what it paints best, in pixels. With
    `ends_in_noise` it was trained down to no signal at all (Lin et al. 2023).
    """

    config: str
    pipeline: str
    title: str
    prediction: str = "epsilon"
    side: int = 512
    ends_in_noise: bool = False


SD15 = CheckpointKind("sd15", "StableDiffusionPipeline", "Stable Diffusion 1.5")
SD2 = CheckpointKind("sd2", "StableDiffusionPipeline", "Stable Diffusion 2")
SD2_VELOCITY = replace(SD2, title="Stable Diffusion 2, v-prediction", prediction=_VELOCITY, side=768)
SDXL = CheckpointKind("sdxl", "StableDiffusionXLPipeline", "Stable Diffusion XL", side=1024)


def checkpoint_kind(file: Path, header: FileHeader | None = None) -> CheckpointKind:
    """What a file is, from its header; of Stable Diffusion 2 one small tensor is read too.

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
        is_velocity = "v_pred" in shapes
        return replace(SDXL, prediction=_VELOCITY, ends_in_noise="ztsnr" in shapes) if is_velocity else SDXL
    if any(name.startswith("cond_stage_model.transformer.") for name in shapes):
        return SD15
    if any(name.startswith("cond_stage_model.model.") for name in shapes):
        return SD2_VELOCITY if _predicts_velocity(file, shapes) else SD2
    raise SfumatoError(f"{file.name} holds no text encoder, so it cannot paint from words.", "Get the full checkpoint.")


def load_checkpoint(file: Path, configs: Path, dtype: Any) -> Any:
    """The text-to-image pipeline of a single file, from the app's own shapes and vocabulary; `dtype` is torch's.

    Raises:
        SfumatoError: if it is of a kind that cannot be loaded; what the libraries raise for damaged weights.
    """
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    from sfumato_models.families import FAMILIES, class_at, first_route

    kind = checkpoint_kind(file)
    shapes = configs / kind.config
    family = FAMILIES[kind.pipeline]
    words = configs / CLIP_WORDS
    # OpenCLIP's encoders fill up with the token 0, CLIP's own with its end
    filling = {"pad_token": "!"} if kind.config == SD2.config else {}
    parts: dict[str, Any] = {"tokenizer": CLIPTokenizer.from_pretrained(words, local_files_only=True, **filling)}
    if kind.config == SDXL.config:
        parts["tokenizer_2"] = CLIPTokenizer.from_pretrained(words, local_files_only=True, pad_token="!")
    else:
        parts |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
    cls = class_at(family.pipelines[first_route(family)])
    pipe = cls.from_single_file(str(file), config=str(shapes), local_files_only=True, dtype=dtype, **parts)
    if kind.prediction != SD15.prediction:
        noise = {"prediction_type": kind.prediction, "rescale_betas_zero_snr": kind.ends_in_noise}
        pipe.scheduler = type(pipe.scheduler).from_config(pipe.scheduler.config, **noise)
    return pipe


def _predicts_velocity(file: Path, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """True where it says so by a mark, or a telltale tensor does."""
    return "v_pred" in shapes or pstdev(read_values(file, _TELLTALE) or (0.0,)) > _VELOCITY_SPREAD


def _what_it_may_be(shapes: Any) -> str:
    names = [name.lower() for name in shapes]
    if any("lora" in name for name in names):
        return "It is a LoRA, which adds to a model: sfumato draw --lora FILE."
    if any(name.startswith(("double_blocks.", "transformer_blocks.", "layers.")) for name in names):
        return "It is one part of a larger model. Get the whole model as a diffusers folder."
    if any(name.startswith(("decoder.", "first_stage_model.")) for name in names):
        return "It is an autoencoder, a part of a model."
    return "Get a checkpoint of Stable Diffusion 1.5, 2 or XL, or a diffusers folder."
