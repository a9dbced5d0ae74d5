"""The denoiser: a UNet that learns, with the text encoder, to find the picture in noisy latents.

v-prediction (Salimans and Ho 2022) on a linear schedule (Ho et al. 2020), classifier-free guidance by empty captions (Ho
and Salimans 2022), averaged weights. The strongest components of the latents stand out of the noise until the ratio of
signal to noise is below 0.02, and what a thing's shape is, is settled there: on a squared cosine that is the last tenth of
the times, on this schedule two fifths.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from torch import nn
from transformers.models.clip.modeling_clip import CLIPModel, CLIPTextModel

from sfumato_training.alignment import TEXT_WIDTH
from sfumato_training.autoencoder import LATENT_CHANNELS
from sfumato_training.checkpoint import Averaged, Budget, chance_of, learning_rate, load_parts, save_parts
from sfumato_training.examples import Examples
from sfumato_training.optimizer import Muon, split_parameters
from sfumato_training.ranks import Rank

CHANNELS = (96, 160)
HEADS = (6, 10)
_STEPS = 1000
_TOWARDS_NOISE = 0.75  # below 1: more of the times are noisy ones
_THING = 1.5  # how much more the thing counts than its surroundings, which are easier
_EDGES = ("unet.conv_in.", "unet.conv_out.")
_SAVE_EVERY_S = 180
_TELL_EVERY = 50


def new_unet() -> UNet2DConditionModel:
    """The untrained UNet; about 7.4 million parameters, most of them at 8x8. It reads the words at both sizes."""
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=CHANNELS,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1,
        attention_head_dim=HEADS,
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


@dataclass(frozen=True, slots=True)
class Course:
    """How the denoiser is trained on a kind of device."""

    batch: int  # of one process
    peak_inside: float  # learning rate of the matrices
    peak_rest: float
    compiled: bool


def course_for(device: str, compiled: bool | None = None) -> Course:
    """On a GPU large batches in half precision; compiled where it is asked for, on a CPU where there is a compiler."""
    if device == "cpu":
        return Course(16, 0.015, 8e-4, shutil.which("c++") is not None if compiled is None else compiled)
    return Course(512, 0.02, 1.2e-3, bool(compiled))


def text_tower_state(encoder: CLIPTextModel) -> dict[str, torch.Tensor]:
    """The encoder's state under the names it has as the text tower of a pair."""
    return {name.removeprefix("text_model."): value for name, value in encoder.state_dict().items()}


def train_denoiser(
    file: Path,
    examples: list[Examples],
    encoder: CLIPTextModel,
    minutes: float,
    device: str,
    seed: int,
    rank: Rank,
    course: Course,
    step_s: float | None = None,
) -> None:
    """Train, or go on, until the minutes are used (see `Budget`); the averaged weights are left in `file`.

    The examples are on `device`, and their `count` may grow meanwhile.
    """
    torch.manual_seed(seed)
    model = Denoiser(encoder).to(device)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = Averaged(model)
    inside, rest = split_parameters(model, _EDGES)
    optimizers = {
        "inside": Muon(inside, lr=course.peak_inside, rank=rank),
        "rest": torch.optim.AdamW(
            rest, lr=course.peak_rest, betas=(0.9, 0.99), weight_decay=0.01, fused=device != "cpu"
        ),
    }
    parts = {"model": model, "average": average.module, **optimizers}
    state = load_parts(file, parts)
    average.steps = step = state.get("step", 0)
    samples = state.get("samples", 0)
    if course.compiled:
        model.unet.compile(dynamic=False)  # a minute or so for each of the three shapes
    alphas = new_scheduler().alphas_cumprod.to(device)
    budget = Budget(minutes, state.get("used_s", 0.0), device != "cpu", step_s)
    model.train()
    recent: torch.Tensor | None = None
    while (progress := rank.agreed(budget.progress)) < 1:
        chance = chance_of(seed, step, rank.number)
        for optimizer, peak in zip(optimizers.values(), (course.peak_inside, course.peak_rest), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(progress, peak)
        counts = np.array([part.count for part in examples])
        part = examples[int(chance.choice(len(examples), p=counts / counts.sum()))]
        rows = torch.from_numpy(chance.integers(part.count, size=course.batch)).to(device)
        clean = part.latents[rows].float().contiguous(memory_format=torch.channels_last)
        said = torch.from_numpy(chance.integers(part.ids.shape[1], size=course.batch)).to(device)
        ids = part.ids[rows, said].long()
        times = _times(course.batch).to(device)
        noise = torch.randn_like(clean)
        signal, spread = alphas[times].sqrt()[:, None, None, None], (1 - alphas[times]).sqrt()[:, None, None, None]
        with torch.autocast(device, torch.bfloat16, enabled=device != "cpu"):
            predicted = model(signal * clean + spread * noise, times, ids)
        weights = _weights(part.things[rows])
        loss = (weights * (predicted.float() - (signal * noise - spread * clean)).square()).mean()
        for optimizer in optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        rank.share([parameter.grad for parameter in model.parameters() if parameter.grad is not None])
        nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer in optimizers.values():
            optimizer.step()
        average.update(model)
        step, samples = step + 1, samples + course.batch * rank.count
        budget.step_done()
        recent = loss.detach() if recent is None else recent.lerp(loss.detach(), 0.02)
        if not rank.is_first:
            continue
        if step % _TELL_EVERY == 0:
            left = (budget.total_s - budget.used_s) / 60
            told = f"denoiser step {step} {samples} samples of {counts.sum()} pictures"
            print(f"{told} loss {recent.item():.4f}, {left:.1f} min left", flush=True)
        if budget.is_due(_SAVE_EVERY_S):
            save_parts(file, parts, step=step, samples=samples, used_s=budget.used_s)
    if rank.is_first:
        save_parts(file, parts, step=step, samples=samples, used_s=budget.used_s)


def _weights(things: torch.Tensor) -> torch.Tensor:
    """How much each place counts, batch x 1 x h x w, 1 on average: the thing more than what is around it."""
    weights = 1 + _THING * things.float() / 255
    return (weights / weights.mean(dim=(1, 2), keepdim=True))[:, None]


def _times(count: int) -> torch.Tensor:
    """One time from each of `count` equal stretches, so that the losses vary less, more of them where there is much
    noise: there words decide what the picture shows, and the coarse components are the strong ones.
    """
    even = (torch.arange(count) + torch.rand(count)) / count
    return (even**_TOWARDS_NOISE * _STEPS).long().clamp_(max=_STEPS - 1)
