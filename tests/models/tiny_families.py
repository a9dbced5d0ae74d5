"""Tiny pipelines of the real classes of every family, with random weights, saved as diffusers saves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato_models.families import FAMILIES
from sfumato_models.installed import InstalledModel

CLIP_WORDS = ["<|startoftext|>", "<|endoftext|>"]
CHAT_WORDS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_family(name: str, folder: Path) -> InstalledModel:
    """One tiny model of a family, by the name of its pipeline class."""
    torch.manual_seed(0)
    make, guidance = TINY[name]
    pipe = make()
    for part in pipe.components.values():  # what is set to zero for training would hide half of the network
        if isinstance(part, torch.nn.Module):
            for parameter in part.parameters():
                if parameter.ndim > 1 and not parameter.any():
                    torch.nn.init.normal_(parameter, std=0.05)
    pipe.save_pretrained(folder)
    family = FAMILIES[name]
    facts = PictureFacts(
        pipeline=name, steps=4, guidance_scale=guidance, scheduler=type(pipe.scheduler).__name__,
        honours_negatives=family.negatives and guidance > family.guided_above, width=64, height=64,
        portrait=(48, 80), landscape=(80, 48), min_side=32, max_side=128, size_multiple=16,
        routes=tuple(str(route) for route in family.routes),
    )  # fmt: skip
    spec = ModelSpec(id=f"tiny-{name}", title=name, purpose="tests", licence="none", path=folder.name, picture=facts)
    return InstalledModel(spec, folder)


def clip_tokenizer() -> Any:
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    letters = [chr(code) for code in range(97, 123)] + [","]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters), *CLIP_WORDS]
    return CLIPTokenizer(vocab={word: index for index, word in enumerate(vocabulary)}, merges=[], model_max_length=24)


def chat_tokenizer() -> Any:
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer

    vocabulary = {word: index for index, word in enumerate([*sorted(ByteLevel.alphabet()), *CHAT_WORDS])}
    return Qwen2Tokenizer(vocab=vocabulary, merges=[], chat_template=CHAT_TEMPLATE, model_max_length=4096)


def clip_encoder(width: int = 16, projection: int | None = None) -> Any:
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

    end = len(clip_tokenizer()) - 1
    config = CLIPTextConfig(
        vocab_size=end + 1, hidden_size=width, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=24, eos_token_id=end, pad_token_id=end, bos_token_id=end - 1,
        projection_dim=projection or width,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def qwen3(causal: bool = True) -> Any:
    from transformers.models.qwen3.configuration_qwen3 import Qwen3Config
    from transformers.models.qwen3.modeling_qwen3 import Qwen3ForCausalLM, Qwen3Model

    config = Qwen3Config(
        vocab_size=300, hidden_size=16, intermediate_size=32, num_hidden_layers=28 if causal else 3,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, max_position_embeddings=4096,
    )  # fmt: skip
    return (Qwen3ForCausalLM if causal else Qwen3Model)(config)


def unet(**more: Any) -> Any:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    usual: dict[str, Any] = {
        "sample_size": 8, "in_channels": 4, "out_channels": 4, "block_out_channels": (8, 16), "layers_per_block": 1,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "attention_head_dim": 2, "cross_attention_dim": 16, "norm_num_groups": 4,
    }  # fmt: skip
    return UNet2DConditionModel(**(usual | more))


def vae(channels: int = 4, **more: Any) -> Any:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8), layers_per_block=1, latent_channels=channels, norm_num_groups=4, sample_size=64,
        **more,
    )  # fmt: skip


def flow(**more: Any) -> Any:
    from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(**more)


def stable_diffusion() -> Any:
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
    from diffusers.schedulers.scheduling_pndm import PNDMScheduler

    scheduler = PNDMScheduler(
        steps_offset=1, skip_prk_steps=True, beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012
    )
    return StableDiffusionPipeline(
        vae=vae(), text_encoder=clip_encoder(), tokenizer=clip_tokenizer(), unet=unet(), scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def instruct_pix2pix() -> Any:
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_instruct_pix2pix import (
        StableDiffusionInstructPix2PixPipeline,
    )
    from diffusers.schedulers.scheduling_euler_ancestral_discrete import EulerAncestralDiscreteScheduler

    return StableDiffusionInstructPix2PixPipeline(
        vae=vae(), text_encoder=clip_encoder(), tokenizer=clip_tokenizer(), unet=unet(in_channels=8),
        scheduler=EulerAncestralDiscreteScheduler(steps_offset=1), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def latent_consistency() -> Any:
    from diffusers.pipelines.latent_consistency_models.pipeline_latent_consistency_text2img import (
        LatentConsistencyModelPipeline,
    )
    from diffusers.schedulers.scheduling_lcm import LCMScheduler

    return LatentConsistencyModelPipeline(
        vae=vae(), text_encoder=clip_encoder(), tokenizer=clip_tokenizer(), unet=unet(time_cond_proj_dim=16),
        scheduler=LCMScheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def stable_diffusion_xl() -> Any:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    second = clip_tokenizer()
    second.pad_token = "a"
    return StableDiffusionXLPipeline(
        vae=vae(), text_encoder=clip_encoder(), text_encoder_2=clip_encoder(24, projection=12),
        tokenizer=clip_tokenizer(), tokenizer_2=second, add_watermarker=False,
        unet=unet(
            cross_attention_dim=40, addition_embed_type="text_time", addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=4 * 6 + 12, transformer_layers_per_block=(1, 2),
        ),
        scheduler=EulerDiscreteScheduler(
            steps_offset=1, beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, timestep_spacing="leading"
        ),
    )  # fmt: skip


def klein() -> Any:
    from diffusers.models.autoencoders.autoencoder_kl_flux2 import AutoencoderKLFlux2
    from diffusers.models.transformers.transformer_flux2 import Flux2Transformer2DModel
    from diffusers.pipelines.flux2.pipeline_flux2_klein import Flux2KleinPipeline

    autoencoder = AutoencoderKLFlux2(
        block_out_channels=(4, 4, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64
    )
    autoencoder.bn.running_mean.normal_(0, 0.3)
    autoencoder.bn.running_var.uniform_(0.5, 1.5)
    return Flux2KleinPipeline(
        scheduler=flow(use_dynamic_shifting=True, shift=3.0), vae=autoencoder, text_encoder=qwen3(),
        tokenizer=chat_tokenizer(), is_distilled=True,
        transformer=Flux2Transformer2DModel(
            in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=48, timestep_guidance_channels=16, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
        ),
    )  # fmt: skip


def z_image() -> Any:
    from diffusers.models.transformers.transformer_z_image import ZImageTransformer2DModel
    from diffusers.pipelines.z_image.pipeline_z_image import ZImagePipeline

    return ZImagePipeline(
        scheduler=flow(shift=3.0), vae=vae(16, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=qwen3(causal=False), tokenizer=chat_tokenizer(),
        transformer=ZImageTransformer2DModel(
            dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16, axes_dims=[8, 4, 4],
            axes_lens=[1024, 64, 64],
        ),
    )  # fmt: skip


# The maker of each family's pipeline, and a guidance that suits it.
TINY: dict[str, tuple[Callable[[], Any], float]] = {
    "StableDiffusionPipeline": (stable_diffusion, 5.0),
    "LatentConsistencyModelPipeline": (latent_consistency, 1.0),
    "StableDiffusionInstructPix2PixPipeline": (instruct_pix2pix, 5.0),
    "StableDiffusionXLPipeline": (stable_diffusion_xl, 5.0),
    "Flux2KleinPipeline": (klein, 1.0),
    "ZImagePipeline": (z_image, 4.0),
}
