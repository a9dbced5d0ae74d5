"""Puts a loaded pipeline's parts where they belong. Lives in an engine process."""

from __future__ import annotations

from typing import Any

import torch
from accelerate import cpu_offload_with_hook

from sfumato_models.memory import Placement


def place(pipe: Any, placement: Placement, backend: str) -> None:
    """Place the parts, for all pipelines that share them, wherever they were before. `backend` is torch's name of the device."""
    denoiser = "unet" if "unet" in pipe.components else "transformer"
    if placement is Placement.EIGHT_BITS:
        keep_in_eight_bits(pipe.components[denoiser])
        pipe.to(backend)
    if backend == "cpu":
        return
    pipe.remove_all_hooks()
    pipe._all_hooks, pipe._exclude_from_cpu_offload = [], []
    match placement:
        case Placement.RESIDENT:
            pipe.to(backend)
        case Placement.ENCODERS_ASIDE:
            put_encoders_aside(pipe, denoiser, torch.device(backend))
        case Placement.PART_BY_PART:
            pipe.enable_model_cpu_offload(device=backend)
        case Placement.BLOCK_BY_BLOCK:
            pipe.to("cpu")
            pipe.enable_group_offload(
                onload_device=torch.device(backend),
                offload_device=torch.device("cpu"),
                offload_type="leaf_level",
                use_stream=backend.startswith("cuda"),
            )


def put_encoders_aside(pipe: Any, denoiser: str, device: torch.device) -> None:
    """Text encoders are on the device while they read, one after the other, and go when the denoiser begins; the rest stays.

    diffusers' own `enable_model_cpu_offload` puts everything aside after each call, also what it excludes, and takes it back:
    gigabytes for every picture.
    """
    parts = {name: part for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)}
    aside = [name for name in parts if name.startswith("text_encoder")]
    hook = None
    for name in (*aside, denoiser):
        _, hook = cpu_offload_with_hook(parts[name], device, prev_module_hook=hook)
    for name in parts.keys() - set(aside):
        parts[name].to(device)
    # where it looks for the device that it computes on, which these know
    pipe._exclude_from_cpu_offload = [name for name in parts if name not in aside]


def keep_in_eight_bits(denoiser: Any) -> None:
    """Store its weights in 8 bits (E4M3); each layer is widened while it computes, its norms stay as they are."""
    denoiser.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=denoiser.dtype)
