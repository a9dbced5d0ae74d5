"""The autoencoder: pictures to latents a sixteenth as wide and high with 32 channels, and back, with sharp edges.

It learns on crops; at the end its latents are given mean 0 and deviation 1 in every channel by its own 1x1 convolutions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from sfumato_training.checkpoint import Averaged, Budget, learning_rate, load_checkpoint, save_checkpoint
from sfumato_training.pictures import PictureSet

CHANNELS = (16, 32, 64, 96, 128)
LATENT_CHANNELS = 32
CROP = 128
_KL = 1e-4
_SAVE_EVERY_S = 120


def new_autoencoder() -> AutoencoderKL:
    """The untrained autoencoder; about 3.4 million parameters."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(CHANNELS),
        up_block_types=("UpDecoderBlock2D",) * len(CHANNELS),
        block_out_channels=CHANNELS,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=8,
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    )


def train_autoencoder(
    file: Path, sets: list[PictureSet], minutes: float, device: str, seed: int, batch: int = 8, peak: float = 1.2e-3
) -> AutoencoderKL:
    """Train, or go on, until the minutes are used; returns the averaged, normalised model and leaves it in `file`."""
    torch.manual_seed(seed)
    model = new_autoencoder().to(device, memory_format=torch.channels_last)
    state = load_checkpoint(file)
    if state:
        model.load_state_dict(state["model"])
    average = Averaged(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=1e-4)
    step, used = 0, 0.0
    if state:
        average.module.load_state_dict(state["average"])
        average.steps = step = state["step"]
        used = state["used_s"]
        optimizer.load_state_dict(state["optimizer"])
    if not (state and state.get("finished")):
        budget = Budget(minutes, used)
        chance = np.random.default_rng(seed + step)
        saved_s = budget.used_s
        while budget.progress < 1:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(budget.progress, peak)
            crops = _crops(sets, batch, chance).to(device, memory_format=torch.channels_last)
            posterior = model.encode(crops).latent_dist
            painted = model.decode(posterior.sample()).sample
            far = F.l1_loss(painted, crops)
            loss = far + _edges(painted, crops) + _KL * posterior.kl().mean() / posterior.mean[0].numel()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            average.update(model)
            step += 1
            if step % 50 == 0:
                print(f"autoencoder step {step} {budget.progress:.0%} L1 {far.item():.4f} loss {loss.item():.4f}", flush=True)
            if budget.used_s - saved_s > _SAVE_EVERY_S:
                saved_s = budget.used_s
                _save(file, model, average, optimizer, step, budget.used_s, finished=False)
        _normalise(average.module, sets, device)
        _save(file, model, average, optimizer, step, budget.used_s, finished=True)
    trained: AutoencoderKL = average.module.to(device)
    return trained


@torch.no_grad()
def encode_all(model: AutoencoderKL, sets: list[PictureSet], device: str, batch: int = 16) -> list[torch.Tensor]:
    """The latents (mean) of every picture: per shape count x 32 x height/16 x width/16, in half precision."""
    latents = []
    for pictures in sets:
        parts = []
        for begin in range(0, len(pictures.scenes), batch):
            pixels = to_tensor(np.asarray(pictures.pixels[begin : begin + batch])).to(device)
            parts.append(model.encode(pixels).latent_dist.mean.half().cpu())
            if begin % (batch * 50) == 0:
                print(f"latents {begin} of {len(pictures.scenes)}", flush=True)
        latents.append(torch.cat(parts))
    return latents


def to_tensor(pixels: np.ndarray) -> torch.Tensor:  # type: ignore[type-arg]
    """Bytes, count x height x width x 3, to numbers from -1 to 1, count x 3 x height x width."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def _crops(sets: list[PictureSet], batch: int, chance: np.random.Generator) -> torch.Tensor:
    cuts = []
    for _ in range(batch):
        pixels = sets[int(chance.integers(len(sets)))].pixels
        count, height, width, _ = pixels.shape
        top, left = chance.integers(height - CROP + 1), chance.integers(width - CROP + 1)
        if chance.random() < 0.5:  # half of the crops lie on the grid of pixel art and patches
            top, left = top // 16 * 16, left // 16 * 16
        cuts.append(np.asarray(pixels[chance.integers(count), top : top + CROP, left : left + CROP]))
    return to_tensor(np.stack(cuts))


def _edges(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The mean difference of the slopes across and down: what makes an edge sharp."""
    across = (a[..., 1:] - a[..., :-1]) - (b[..., 1:] - b[..., :-1])
    down = (a[..., 1:, :] - a[..., :-1, :]) - (b[..., 1:, :] - b[..., :-1, :])
    return across.abs().mean() + down.abs().mean()


@torch.no_grad()
def _normalise(model: AutoencoderKL, sets: list[PictureSet], device: str) -> None:
    """Fold mean and deviation of every latent channel into the convolutions around the latents."""
    means = []
    for pictures in sets:
        for begin in range(0, min(256, len(pictures.scenes)), 16):
            pixels = to_tensor(np.asarray(pictures.pixels[begin : begin + 16])).to(device)
            means.append(model.encode(pixels).latent_dist.mean.transpose(0, 1).flatten(1))
    values = torch.cat(means, dim=1)
    mean, deviation = values.mean(dim=1), values.std(dim=1)
    leave, enter = model.quant_conv, model.post_quant_conv
    n = LATENT_CHANNELS
    leave.weight[:n] /= deviation[:, None, None, None]
    leave.bias[:n] = (leave.bias[:n] - mean) / deviation
    leave.bias[n:] -= 2 * deviation.log()
    enter.bias += (enter.weight[:, :, 0, 0] @ mean).to(enter.bias.dtype)
    enter.weight *= deviation[None, :, None, None]


def _save(
    file: Path,
    model: AutoencoderKL,
    average: Averaged,
    optimizer: torch.optim.Optimizer,
    step: int,
    used_s: float,
    finished: bool,
) -> None:
    save_checkpoint(
        file,
        {
            "model": model.state_dict(),
            "average": average.module.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "used_s": used_s,
            "finished": finished,
        },
    )
