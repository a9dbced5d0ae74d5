"""The trained parts as a Stable-Diffusion-format folder that any loader of that format reads: fp16, files of 15 MB at most."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from sfumato_training.denoiser import Denoiser, new_scheduler
from sfumato_training.world import known_words

MAX_FILE = "14MB"


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


def export_painter(folder: Path, pipeline: StableDiffusionPipeline, card: str) -> None:
    """Write the pipeline, the words it knows and the model card."""
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    pipeline.to(torch.float16).save_pretrained(unfinished, safe_serialization=True, max_shard_size=MAX_FILE)
    (unfinished / "known_words.json").write_text(json.dumps(known_words(), indent=1) + "\n", encoding="utf-8")
    (unfinished / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
