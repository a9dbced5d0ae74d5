"""The trained parts as a Stable-Diffusion-format folder that any loader of that format reads: fp16, files of 15 MB at most."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from safetensors.torch import save_file
from transformers.models.clip.modeling_clip import CLIPModel, CLIPVisionModelWithProjection
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from sfumato_training.denoiser import Denoiser, new_scheduler
from sfumato_training.world import known_words

MAX_FILE = "15MB"


def make_pipeline(autoencoder: AutoencoderKL, denoiser: Denoiser, tokenizer: CLIPTokenizer) -> StableDiffusionPipeline:
    """The parts as a pipeline, in full precision, ready to paint."""
    pipeline = StableDiffusionPipeline(
        vae=autoencoder.eval(),
        text_encoder=denoiser.text_encoder.eval(),
        tokenizer=tokenizer,
        unet=denoiser.unet.eval(),
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def export_painter(folder: Path, pipeline: StableDiffusionPipeline, pair: CLIPModel, card: str) -> None:
    """Write the pipeline, the words it knows, the model card, and what makes its text encoder half of a CLIP pair.

    `image_encoder` is the image tower with its projection; `text_projection.safetensors` holds the text tower's
    (`text_projection.weight`) and the temperature (`logit_scale`). The text tower itself is the pipeline's text encoder.
    """
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    pipeline.to(torch.float16).save_pretrained(unfinished, safe_serialization=True, max_shard_size=MAX_FILE)
    tower = CLIPVisionModelWithProjection(pair.config.vision_config)
    tower.vision_model.load_state_dict(pair.vision_model.state_dict())
    tower.visual_projection.load_state_dict(pair.visual_projection.state_dict())
    tower.half().save_pretrained(unfinished / "image_encoder")
    text = {"text_projection.weight": pair.text_projection.weight, "logit_scale": pair.logit_scale}
    save_file({name: value.detach().half() for name, value in text.items()}, unfinished / "text_projection.safetensors")
    (unfinished / "known_words.json").write_text(json.dumps(known_words(), indent=1) + "\n", encoding="utf-8")
    (unfinished / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
