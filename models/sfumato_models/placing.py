"""Puts a loaded pipeline's parts where they belong, by diffusers' own offloading. Lives in an engine process."""

from __future__ import annotations

from typing import Any

import torch

from sfumato_models.memory import Placement


def place(pipe: Any, placement: Placement, backend: str) -> None:
    """Place the parts once, for all pipelines that share them. `backend` is torch's name of the device."""
    if placement is Placement.EIGHT_BITS:
        keep_in_eight_bits(pipe.components["unet" if "unet" in pipe.components else "transformer"])
        pipe.to(backend)
    if backend == "cpu":
        return
    encoders = [name for name in pipe.components if name.startswith("text_encoder")]
    match placement:
        case Placement.RESIDENT:
            pipe.to(backend)
        case Placement.ENCODERS_ASIDE:
            pipe.model_cpu_offload_seq = "->".join(encoders)
            pipe._exclude_from_cpu_offload = [name for name in pipe.components if name not in encoders]
            pipe.enable_model_cpu_offload(device=backend)
        case Placement.PART_BY_PART:
            pipe.enable_model_cpu_offload(device=backend)
        case Placement.BLOCK_BY_BLOCK:
            pipe.enable_group_offload(
                onload_device=torch.device(backend),
                offload_device=torch.device("cpu"),
                offload_type="leaf_level",
                use_stream=backend.startswith("cuda"),
            )


def keep_in_eight_bits(denoiser: Any) -> None:
    """Store its weights in 8 bits (E4M3); each layer is widened while it computes, its norms stay as they are."""
    denoiser.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=denoiser.dtype)
