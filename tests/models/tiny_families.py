"""Tiny pipelines of the real classes of every family, with random weights, saved as diffusers saves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato_models.families import FAMILIES
from sfumato_models.installed import InstalledModel
from sfumato_models.unshown_parts import StillsProcessor
from tests.models.tiny_parts import (
    CHAT_WORDS,
    chat_tokenizer,
    clip_encoder,
    clip_tokenizer,
    flow,
    qwen2_vl,
    qwen3,
    qwen_transformer,
    qwen_vae,
    qwen_vision_ids,
    t5_encoder,
    t5_tokenizer,
    unet,
    vae,
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
    _name_as_others_do(folder)
    family = FAMILIES[name]
    facts = PictureFacts(
        pipeline=name, steps=4, guidance_scale=guidance, scheduler=type(pipe.scheduler).__name__,
        honours_negatives=family.negatives and guidance > family.guided_above, width=64, height=64,
        portrait=(48, 80), landscape=(80, 48), min_side=32, max_side=128, size_multiple=16,
        routes=tuple(str(route) for route in family.routes),
    )  # fmt: skip
    spec = ModelSpec(id=f"tiny-{name}", title=name, purpose="tests", licence="none", path=folder.name, picture=facts)
    return InstalledModel(spec, folder)


def _name_as_others_do(folder: Path) -> None:
    """Models that were made elsewhere name transformers' own processor, which cannot be made here."""
    index = folder / "model_index.json"
    content = json.loads(index.read_text())
    if "processor" in content:
        content["processor"] = ["transformers", "Qwen2VLProcessor"]
        index.write_text(json.dumps(content))


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
    second.pad_token = "!"
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


def stable_diffusion_3() -> Any:
    from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
    from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3 import StableDiffusion3Pipeline

    return StableDiffusion3Pipeline(
        scheduler=flow(shift=3.0), vae=vae(16, scaling_factor=1.5305, shift_factor=0.0609),
        text_encoder=clip_encoder(16, projection=16), tokenizer=clip_tokenizer(),
        text_encoder_2=clip_encoder(24, projection=24), tokenizer_2=clip_tokenizer(),
        text_encoder_3=t5_encoder(), tokenizer_3=t5_tokenizer(),
        transformer=SD3Transformer2DModel(
            sample_size=8, num_layers=2, attention_head_dim=8, num_attention_heads=2, joint_attention_dim=48,
            caption_projection_dim=16, pooled_projection_dim=40, pos_embed_max_size=16,
        ),
    )  # fmt: skip


def flux() -> Any:
    from diffusers.models.transformers.transformer_flux import FluxTransformer2DModel
    from diffusers.pipelines.flux.pipeline_flux import FluxPipeline

    return FluxPipeline(
        scheduler=flow(use_dynamic_shifting=True), vae=vae(4, scaling_factor=0.3611, shift_factor=0.1159),
        text_encoder=clip_encoder(16), tokenizer=clip_tokenizer(), text_encoder_2=t5_encoder(),
        tokenizer_2=t5_tokenizer(),
        transformer=FluxTransformer2DModel(
            in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=48, pooled_projection_dim=16, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
        ),
    )  # fmt: skip


def qwen_image() -> Any:
    from diffusers.pipelines.qwenimage.pipeline_qwenimage import QwenImagePipeline

    return QwenImagePipeline(
        scheduler=flow(use_dynamic_shifting=True), vae=qwen_vae(), text_encoder=qwen2_vl(),
        tokenizer=chat_tokenizer(), transformer=qwen_transformer(),
    )  # fmt: skip


def qwen_image_edit() -> Any:
    from diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus import QwenImageEditPlusPipeline
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    tokenizer = chat_tokenizer()
    tokenizer.add_tokens(CHAT_WORDS, special_tokens=True)
    return QwenImageEditPlusPipeline(
        scheduler=flow(use_dynamic_shifting=True), vae=qwen_vae(), text_encoder=qwen2_vl(), tokenizer=tokenizer,
        processor=StillsProcessor(Qwen2VLImageProcessorPil(), tokenizer), transformer=qwen_transformer(),
    )  # fmt: skip


def prx() -> Any:
    from diffusers.models.transformers.transformer_prx import PRXTransformer2DModel
    from diffusers.pipelines.prx.pipeline_prx import PRXPipeline
    from transformers.models.t5gemma.configuration_t5gemma import T5GemmaConfig, T5GemmaModuleConfig
    from transformers.models.t5gemma.modeling_t5gemma import T5GemmaEncoder

    half = T5GemmaModuleConfig(
        vocab_size=300, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8,
    )  # fmt: skip
    tokenizer = chat_tokenizer()
    tokenizer.model_max_length = 256
    return PRXPipeline(
        scheduler=flow(shift=3.0), vae=vae(16, scaling_factor=0.3611, shift_factor=0.1159), tokenizer=tokenizer,
        text_encoder=T5GemmaEncoder(T5GemmaConfig(encoder=half).encoder),
        transformer=PRXTransformer2DModel(
            in_channels=16, context_in_dim=16, hidden_size=32, num_heads=2, depth=2, axes_dim=[8, 8]
        ),
    )  # fmt: skip


def krea() -> Any:
    from diffusers.models.transformers.transformer_krea2 import Krea2Transformer2DModel
    from diffusers.pipelines.krea2.pipeline_krea2 import Krea2Pipeline
    from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLConfig
    from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLModel

    text = {
        "vocab_size": 300, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2,
        "num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 5e6},
    }  # fmt: skip
    vision = {
        "depth": 1, "hidden_size": 16, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 16,
        "deepstack_visual_indexes": [0], "num_position_embeddings": 16,
    }  # fmt: skip
    return Krea2Pipeline(
        scheduler=flow(use_dynamic_shifting=True), vae=qwen_vae(), tokenizer=chat_tokenizer(), is_distilled=True,
        text_encoder=Qwen3VLModel(Qwen3VLConfig(text_config=text, vision_config=vision, **qwen_vision_ids())),
        text_encoder_select_layers=(1, 2),
        transformer=Krea2Transformer2DModel(
            in_channels=16, num_layers=2, attention_head_dim=16, num_attention_heads=2, num_key_value_heads=1,
            intermediate_size=32, timestep_embed_dim=16, text_hidden_dim=16, num_text_layers=2, text_num_attention_heads=2,
            text_num_key_value_heads=2, text_intermediate_size=32, num_layerwise_text_blocks=1, num_refiner_text_blocks=1,
            axes_dims_rope=(4, 6, 6),
        ),
    )  # fmt: skip


def ernie() -> Any:
    from diffusers.models.autoencoders.autoencoder_kl_flux2 import AutoencoderKLFlux2
    from diffusers.models.transformers.transformer_ernie_image import ErnieImageTransformer2DModel
    from diffusers.pipelines.ernie_image.pipeline_ernie_image import ErnieImagePipeline
    from transformers.models.mistral3.configuration_mistral3 import Mistral3Config
    from transformers.models.mistral3.modeling_mistral3 import Mistral3Model

    text = {
        "model_type": "ministral3", "vocab_size": 300, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
    }  # fmt: skip
    vision = {
        "model_type": "pixtral", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 2, "image_size": 32, "patch_size": 16, "head_dim": 8,
    }  # fmt: skip
    autoencoder = AutoencoderKLFlux2(
        block_out_channels=(4, 4, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64
    )
    autoencoder.bn.running_mean.normal_(0, 0.3)
    autoencoder.bn.running_var.uniform_(0.5, 1.5)
    return ErnieImagePipeline(
        scheduler=flow(shift=3.0), vae=autoencoder, tokenizer=chat_tokenizer(),
        text_encoder=Mistral3Model(Mistral3Config(text_config=text, vision_config=vision)),
        transformer=ErnieImageTransformer2DModel(
            hidden_size=32, num_attention_heads=2, num_layers=2, ffn_hidden_size=32, in_channels=16, out_channels=16,
            text_in_dim=16, rope_axes_dim=(4, 6, 6),
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
    "StableDiffusion3Pipeline": (stable_diffusion_3, 4.5),
    "FluxPipeline": (flux, 3.5),
    "QwenImagePipeline": (qwen_image, 4.0),
    "QwenImageEditPlusPipeline": (qwen_image_edit, 4.0),
    "PRXPipeline": (prx, 4.0),
    "Krea2Pipeline": (krea, 0.0),
    "ErnieImagePipeline": (ernie, 4.0),
}
