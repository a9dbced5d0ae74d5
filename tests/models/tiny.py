"""Tiny models of the real classes and file layouts, with random weights, made in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from sfumato.composing import request_marks
from sfumato.model_catalog import ModelSpec, PictureFacts, WriterFacts
from sfumato_models.installed import InstalledModel
from sfumato_training.writer_data import Writer
from sfumato_training.writer_feed import END
from sfumato_training.writer_gguf import export_gguf
from sfumato_training.writer_model import Size, WriterModel, train_tokenizer
from sfumato_training.writer_train import texts

CLIP_WORDS = ["<|startoftext|>", "<|endoftext|>"]


def tiny_painter(folder: Path) -> InstalledModel:
    """A Stable-Diffusion pipeline: 64x64 pictures on 8x8 latents."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
    from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    torch.manual_seed(0)
    letters = [chr(code) for code in range(97, 123)]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters), *CLIP_WORDS]
    tokenizer = CLIPTokenizer(
        vocab={token: index for index, token in enumerate(vocabulary)}, merges=[], model_max_length=24
    )
    end = len(vocabulary) - 1
    encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(vocabulary), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
            max_position_embeddings=24, eos_token_id=end, pad_token_id=end, bos_token_id=end - 1,
        )
    )  # fmt: skip
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=2, cross_attention_dim=16,
    )  # fmt: skip
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64,
    )  # fmt: skip
    pipe = StableDiffusionPipeline(
        vae=vae, text_encoder=encoder, tokenizer=tokenizer, unet=unet, scheduler=DPMSolverMultistepScheduler(steps_offset=1),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    facts = PictureFacts(
        pipeline="StableDiffusionPipeline", steps=4, guidance_scale=3.0, scheduler="DPMSolverMultistepScheduler",
        honours_negatives=True, width=64, height=64, portrait=(48, 80), landscape=(80, 48), min_side=32, max_side=128,
        size_multiple=16, routes=("text-to-image", "image-to-image", "inpaint"),
    )  # fmt: skip
    spec = ModelSpec(id="fake-painter", title="Tiny", purpose="tests", licence="none", path=folder.name, picture=facts)
    return InstalledModel(spec, folder)


def tiny_writer(file: Path) -> InstalledModel:
    """A Llama-architecture GGUF with random weights: it answers nonsense, but only nonsense that the grammar allows."""
    torch.manual_seed(0)
    size = Size(vocabulary=512, width=64, layers=1, heads=2, hidden=64, context=512)
    practice = Writer(0)
    tokenizer = train_tokenizer(["".join(texts(practice.make())) for _ in range(200)], size.vocabulary)
    export_gguf(WriterModel(size), tokenizer, file, "random")
    facts = WriterFacts(wrapping="starter", context_tokens=512, answer_tokens=200)
    spec = ModelSpec(id="tiny-writer", title="Tiny", purpose="tests", licence="none", path=file.name, writer=facts)
    return InstalledModel(spec, file)


def tiny_composer(file: Path, request: str, said: str) -> InstalledModel:
    """A GGUF that has learned one thing by heart: what to say to this request, in its own words."""
    torch.manual_seed(0)
    size = Size(vocabulary=512, width=64, layers=1, heads=2, hidden=128, context=512)
    before, after = request_marks("starter")
    tokenizer = train_tokenizer([request, said, after] * 20, size.vocabulary)
    size = replace(size, vocabulary=tokenizer.get_vocab_size())
    read = tokenizer.encode(before + request).ids + tokenizer.encode(after).ids
    ids = torch.tensor([read + tokenizer.encode(said).ids + [tokenizer.token_to_id(END)]])
    model = WriterModel(size)
    optimizer = torch.optim.AdamW(model.parameters(), 4e-3)
    for _ in range(120):
        logits = model(ids[:, :-1])[0, len(read) - 1 :]
        loss = torch.nn.functional.cross_entropy(logits, ids[0, len(read) :])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    export_gguf(model, tokenizer, file, "by heart")
    facts = WriterFacts(wrapping="starter", context_tokens=512, answer_tokens=64, composes=True)
    spec = ModelSpec(id="composer", title="Tiny", purpose="tests", licence="none", path=file.name, writer=facts)
    return InstalledModel(spec, file)
