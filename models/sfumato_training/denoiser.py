"""The denoiser: a UNet that learns, with the text encoder, to find the picture in noisy latents.

v-prediction (Salimans and Ho 2022) on a linear schedule (Ho et al. 2020), classifier-free guidance by empty captions (Ho
and Salimans 2022), averaged weights. The strongest components of the latents stand out of the noise until the ratio of
signal to noise is below 0.02, and what a thing's shape is, is settled there: on a squared cosine that is the last tenth of
the times, on this schedule two fifths.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from torch import nn
from transformers.models.clip.modeling_clip import CLIPModel, CLIPTextModel
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from sfumato_training.alignment import TEXT_WIDTH, tokens_of
from sfumato_training.autoencoder import LATENT_CHANNELS
from sfumato_training.captions import caption
from sfumato_training.checkpoint import Averaged, Budget, learning_rate, load_checkpoint, save_checkpoint
from sfumato_training.optimizer import Muon, split_parameters
from sfumato_training.pictures import PictureSet
from sfumato_training.ranks import Rank

CHANNELS = (96, 160)
_STEPS = 1000
_TOWARDS_NOISE = 0.75  # below 1: more of the times are noisy ones
_THING = 1.5  # how much more the thing counts than its surroundings, which are easier
_BATCH = 16
_PEAK_INSIDE, _PEAK_REST = 0.015, 8e-4
_EDGES = ("unet.conv_in.", "unet.conv_out.")
_SAVE_EVERY_S = 180


def new_unet() -> UNet2DConditionModel:
    """The untrained UNet; about 6.7 million parameters, most of them at 8x8."""
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=CHANNELS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        attention_head_dim=8,
        cross_attention_dim=TEXT_WIDTH,
        norm_num_groups=16,
    )


def new_scheduler() -> DPMSolverMultistepScheduler:
    """The noise schedule, as it is shipped."""
    return DPMSolverMultistepScheduler(
        num_train_timesteps=_STEPS,
        beta_start=1e-4,
        beta_end=0.02,
        beta_schedule="linear",
        prediction_type="v_prediction",
        steps_offset=1,
    )


class Denoiser(nn.Module):
    """The UNet and the text encoder it is trained with."""

    def __init__(self, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet = new_unet()
        self.text_encoder = text_encoder

    def forward(self, noisy: torch.Tensor, times: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """Noisy latents (batch x 32 x h x w), times (batch), token ids (batch x limit) to the predicted v."""
        words = self.text_encoder(input_ids=ids).last_hidden_state
        found: torch.Tensor = self.unet(noisy, times, encoder_hidden_states=words).sample
        return found


def text_encoder_of(pair: CLIPModel) -> CLIPTextModel:
    """A text encoder of its own that begins where the pair's text tower is."""
    encoder = CLIPTextModel(pair.config.text_config)
    source = {name.removeprefix("text_model."): value for name, value in pair.text_model.state_dict().items()}
    names = encoder.state_dict().keys()
    prefix = "text_model." if any(name.startswith("text_model.") for name in names) else ""
    encoder.load_state_dict({prefix + name: value for name, value in source.items()}, strict=False)
    return encoder


def train_denoiser(
    file: Path,
    sets: list[PictureSet],
    latents: list[torch.Tensor],
    tokenizer: CLIPTokenizer,
    encoder: CLIPTextModel,
    minutes: float,
    device: str,
    seed: int,
    rank: Rank,
) -> None:
    """Train, or go on, until the minutes are used; the averaged weights are left in `file`."""
    torch.manual_seed(seed)
    model = Denoiser(encoder).to(device)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = Averaged(model)
    inside, rest = split_parameters(model, _EDGES)
    optimizers = {
        "inside": Muon(inside, lr=_PEAK_INSIDE, rank=rank),
        "rest": torch.optim.AdamW(rest, lr=_PEAK_REST, betas=(0.9, 0.99), weight_decay=0.01),
    }
    state = load_checkpoint(file)
    step, used, samples = 0, 0.0, 0
    if state:
        model.load_state_dict(state["model"])
        average.module.load_state_dict(state["average"])
        for name, optimizer in optimizers.items():
            if name in state:  # absent when it begins with a finished model
                optimizer.load_state_dict(state[name])
        average.steps = step = state["step"]
        used, samples = state["used_s"], state["samples"]
    budget = Budget(minutes, used)
    own_seed = (seed + step) * rank.count + rank.number
    rng, chance = random.Random(own_seed), np.random.default_rng(own_seed)
    torch.manual_seed(own_seed)
    if shutil.which("c++") or device != "cpu":
        model.unet.compile(dynamic=False)  # a minute or two for each of the three shapes, then a fifth faster
    alphas = new_scheduler().alphas_cumprod.to(device)
    shares = np.array([len(part) for part in latents]) / sum(len(part) for part in latents)
    saved_s, recent = budget.used_s, 0.0

    def save() -> float:
        """The time of saving, in seconds of training."""
        used_s = budget.used_s
        states = {"model": model.state_dict(), "average": average.module.state_dict()}
        states |= {name: optimizer.state_dict() for name, optimizer in optimizers.items()}
        save_checkpoint(file, states | {"step": step, "samples": samples, "used_s": used_s})
        return used_s

    model.train()
    while (progress := rank.agreed(budget.progress)) < 1:
        for optimizer, peak in zip(optimizers.values(), (_PEAK_INSIDE, _PEAK_REST), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(progress, peak)
        shape = int(chance.choice(len(latents), p=shares))
        rows = chance.integers(len(latents[shape]), size=_BATCH)
        clean = latents[shape][torch.from_numpy(rows)].float().to(device, memory_format=torch.channels_last)
        scenes = sets[shape].scenes
        ids = tokens_of(tokenizer, [caption(scenes[row], rng) for row in rows]).to(device)
        times = _times(_BATCH).to(device)
        noise = torch.randn_like(clean)
        signal, spread = alphas[times].sqrt()[:, None, None, None], (1 - alphas[times]).sqrt()[:, None, None, None]
        predicted = model(signal * clean + spread * noise, times, ids)
        weights = _weights(sets[shape], rows).to(device)
        loss = (weights * (predicted - (signal * noise - spread * clean)).square()).mean()
        for optimizer in optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        rank.share([parameter.grad for parameter in model.parameters() if parameter.grad is not None])
        nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer in optimizers.values():
            optimizer.step()
        average.update(model)
        step, samples = step + 1, samples + _BATCH * rank.count
        recent = loss.item() if not recent else 0.98 * recent + 0.02 * loss.item()
        if not rank.is_first:
            continue
        if step % 50 == 0:
            left = (budget.total_s - budget.used_s) / 60
            print(f"denoiser step {step} {samples} samples loss {recent:.4f}, {left:.0f} min left", flush=True)
        if budget.used_s - saved_s > _SAVE_EVERY_S:
            saved_s = save()
    if rank.is_first:
        save()


def _weights(pictures: PictureSet, rows: npt.NDArray[np.int64]) -> torch.Tensor:
    """How much each place counts, batch x 1 x h x w, 1 on average: the thing more than what is around it."""
    weights = 1 + _THING * torch.from_numpy(pictures.things[rows]).float() / 255
    return (weights / weights.mean(dim=(1, 2), keepdim=True))[:, None]


def _times(count: int) -> torch.Tensor:
    """One time from each of `count` equal stretches, so that the losses vary less, more of them where there is much
    noise: there words decide what the picture shows, and the coarse components are the strong ones.
    """
    even = (torch.arange(count) + torch.rand(count)) / count
    return (even**_TOWARDS_NOISE * _STEPS).long().clamp_(max=_STEPS - 1)
