"""Pipelines of the true shapes with random weights, made where they are used; with `tiny`, of the same classes but small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from tests.models import tiny_families as tiny


@dataclass(frozen=True)
class Shape:
    """One model: its family, how it is painted with, and its maker for (device, numbers)."""

    family: str
    side: int
    steps: int
    guidance: float
    make: Callable[[], Any]
    tiny: Callable[[], Any]


def made(shape: Shape, is_tiny: bool, device: str, dtype: torch.dtype) -> Any:
    """The pipeline on the CPU's side of `place`: its weights already lie on the device."""
    torch.manual_seed(0)
    with _numbers(dtype):
        pipe = shape.tiny() if is_tiny else shape.make()
    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module):
            part.to(device, dtype).eval().requires_grad_(False)
            _fill(part)
    return pipe


def clip(width: int, layers: int, heads: int, projection: int | None = None) -> Any:
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

    end = len(tiny.clip_tokenizer()) - 1
    config = CLIPTextConfig(
        vocab_size=49408, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
        num_attention_heads=heads, max_position_embeddings=77, eos_token_id=end, pad_token_id=end,
        bos_token_id=end - 1, projection_dim=projection or width, hidden_act="quick_gelu",
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def clip_tokenizer() -> Any:
    tokenizer = tiny.clip_tokenizer()
    tokenizer.model_max_length = 77
    return tokenizer


def autoencoder(channels: int = 4, narrower: int = 1, **more: Any) -> Any:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=tuple(width // narrower for width in (128, 256, 512, 512)), layers_per_block=2,
        latent_channels=channels, sample_size=512, **more,
    )  # fmt: skip


def qwen3_4b(causal: bool) -> Any:
    from transformers.models.qwen3.configuration_qwen3 import Qwen3Config
    from transformers.models.qwen3.modeling_qwen3 import Qwen3ForCausalLM, Qwen3Model

    config = Qwen3Config(
        vocab_size=151936, hidden_size=2560, intermediate_size=9728, num_hidden_layers=36, num_attention_heads=32,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=40960, tie_word_embeddings=True,
    )  # fmt: skip
    return (Qwen3ForCausalLM if causal else Qwen3Model)(config)


def stable_diffusion(narrower: int = 1, encoder_narrower: int = 1) -> Any:
    """Stable Diffusion 1.5, its channels so many times fewer; attention heads are as wide as there."""
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
    from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler

    words = 768 // encoder_narrower
    unet = UNet2DConditionModel(
        sample_size=64, block_out_channels=tuple(width // narrower for width in (320, 640, 1280, 1280)),
        cross_attention_dim=words, attention_head_dim=8 // narrower, norm_num_groups=32 // narrower,
    )  # fmt: skip
    return StableDiffusionPipeline(
        vae=autoencoder(narrower=narrower), text_encoder=clip(words, 12, 12 // encoder_narrower),
        tokenizer=clip_tokenizer(), unet=unet,
        scheduler=DPMSolverMultistepScheduler(
            steps_offset=1, beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012
        ),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def stable_diffusion_xl() -> Any:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    return StableDiffusionXLPipeline(
        vae=autoencoder(), text_encoder=clip(768, 12, 12), text_encoder_2=clip(1280, 32, 20, projection=1280),
        tokenizer=clip_tokenizer(), tokenizer_2=clip_tokenizer(), add_watermarker=False,
        unet=UNet2DConditionModel(
            sample_size=128, block_out_channels=(320, 640, 1280), cross_attention_dim=2048, attention_head_dim=(5, 10, 20),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), use_linear_projection=True,
            transformer_layers_per_block=(1, 2, 10), addition_embed_type="text_time", addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        ),
        scheduler=EulerDiscreteScheduler(
            steps_offset=1, beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, timestep_spacing="leading"
        ),
    )  # fmt: skip


def klein() -> Any:
    from diffusers.models.autoencoders.autoencoder_kl_flux2 import AutoencoderKLFlux2
    from diffusers.models.transformers.transformer_flux2 import Flux2Transformer2DModel
    from diffusers.pipelines.flux2.pipeline_flux2_klein import Flux2KleinPipeline

    return Flux2KleinPipeline(
        scheduler=tiny.flow(use_dynamic_shifting=True, shift=3.0), vae=AutoencoderKLFlux2(),
        text_encoder=qwen3_4b(causal=True), tokenizer=tiny.chat_tokenizer(), is_distilled=True,
        transformer=Flux2Transformer2DModel(
            in_channels=128, num_layers=5, num_single_layers=20, attention_head_dim=128, num_attention_heads=24,
            joint_attention_dim=7680, guidance_embeds=False,
        ),
    )  # fmt: skip


def z_image() -> Any:
    from diffusers.models.transformers.transformer_z_image import ZImageTransformer2DModel
    from diffusers.pipelines.z_image.pipeline_z_image import ZImagePipeline

    return ZImagePipeline(
        scheduler=tiny.flow(shift=3.0), vae=autoencoder(16, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=qwen3_4b(causal=False), tokenizer=tiny.chat_tokenizer(), transformer=ZImageTransformer2DModel(),
    )  # fmt: skip


SHAPES = {
    "sd15": Shape("StableDiffusionPipeline", 512, 25, 7.0, stable_diffusion, tiny.stable_diffusion),
    "sdxl": Shape("StableDiffusionXLPipeline", 1024, 25, 6.0, stable_diffusion_xl, tiny.stable_diffusion_xl),
    "klein": Shape("Flux2KleinPipeline", 1024, 4, 1.0, klein, tiny.klein),
    "z_image": Shape("ZImagePipeline", 1024, 8, 0.0, z_image, tiny.z_image),
}


@contextmanager
def _numbers(dtype: torch.dtype) -> Iterator[None]:
    """New weights in these numbers, on the GPU where there is one, so that billions are made in seconds."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
            yield
    finally:
        torch.set_default_dtype(usual)


def _fill(part: torch.nn.Module) -> None:
    """Weights as small as trained ones, and none that is not a number."""
    for name, weight in part.named_parameters():
        if weight.ndim > 1:
            weight.normal_(0, 0.02)
        else:
            weight.fill_(0.0 if name.endswith("bias") else 1.0)
