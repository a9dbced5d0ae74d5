"""The autoencoder: pictures to latents a sixteenth as wide and high with 32 channels, and back, with sharp edges.

Its encoder is not trained: its weights are set so that it computes the principal components of 16x16 patches, level by
level (Hotelling 1933), inside the stock `AutoencoderKL`. So the latents are fixed from the first minute, the denoiser
can be trained on them at once, and the decoder, which is trained, can be made better later without touching either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from sfumato_training.checkpoint import (
    Averaged,
    Budget,
    chance_of,
    learning_rate,
    load_checkpoint,
    load_parts,
    save_checkpoint,
    save_parts,
)
from sfumato_training.optimizer import Muon, split_parameters
from sfumato_training.pictures import PictureSet

CHANNELS = (16, 32, 64, 96, 92)  # neighbours differ: the shortcuts carry the signal
LATENT_CHANNELS = 32
PATCH = 16
CROP = 128
EVENNESS = 0.25  # 0 leaves the components as strong as they are in pictures, 1 makes all equally strong
NOISE = 0.04  # added to the latents, so that the decoder forgives what the denoiser gets slightly wrong
_PEAK_INSIDE, _PEAK_REST = 5e-3, 5e-4
_EDGES = ("conv_in.", "conv_out.")
_CONSTANT = 100.0  # a channel of this value makes group normalisation a fixed scale
_SAVE_EVERY_S = 120
_PATCHES = 40000


def new_autoencoder() -> AutoencoderKL:
    """The untrained autoencoder; about 2.4 million parameters. One group in its norms keeps large even areas' colour."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(CHANNELS),
        up_block_types=("UpDecoderBlock2D",) * len(CHANNELS),
        block_out_channels=CHANNELS,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=1,
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    )


@torch.no_grad()
def set_encoder(model: AutoencoderKL, sets: list[PictureSet], seed: int) -> None:
    """Set the encoder to principal components, and begin the decoder at each patch's mean colour.

    A component's deviation is raised to the power `1 - EVENNESS` (then scaled, so that the mean variance is 1): coarse
    structure stays stronger than fine, as in a picture, so diffusion paints it first and learns it first.
    """
    _silence(model)
    encoder = model.encoder
    x = _patches(sets, np.random.default_rng(seed))
    _centre(encoder.conv_in, torch.eye(3))
    kept = 3
    for level, block in enumerate(encoder.down_blocks[:-1]):
        _pass_on(block.resnets[0], kept)
        cells = F.pixel_unshuffle(x, 2)  # channel-major: 4 positions of every channel
        size = min(cells.shape[1], CHANNELS[level])
        basis = torch.eye(size) if size == cells.shape[1] else _components(cells, size)[0]
        taps = basis.view(size, kept, 2, 2)
        conv = block.downsamplers[0].conv
        conv.weight.zero_()
        conv.weight[:size, :kept, :2, :2] = taps
        x = torch.einsum("ok,nkhw->nohw", basis, cells)
        kept = size
    basis, mean, deviation = _components(x, LATENT_CHANNELS)
    wished = deviation ** (1 - EVENNESS)
    wished = wished / wished.square().mean().sqrt()
    to_latent = basis * (wished / deviation)[:, None]
    offset = -to_latent @ mean
    last, n = encoder.down_blocks[-1].resnets[0].conv_shortcut, LATENT_CHANNELS
    last.weight.zero_()
    for sign, begin in ((1, 0), (-1, n)):
        last.weight[begin : begin + n, :kept, 0, 0] = sign * to_latent
        last.bias[begin : begin + n] = sign * offset
    last.bias[2 * n], last.bias[2 * n + 1] = _CONSTANT, -_CONSTANT
    _make_linear(encoder.conv_norm_out, 2 * wished.square().sum().item())
    both = torch.cat((torch.eye(n), -torch.eye(n)), dim=1)  # silu(z) - silu(-z) = z
    _centre(encoder.conv_out, both)
    encoder.conv_out.bias[n:] = 2 * math.log(NOISE)  # image-to-image samples from this distribution
    _centre(model.quant_conv, torch.eye(2 * n))
    _begin_decoder(model, sets)
    encoder.requires_grad_(False)
    model.quant_conv.requires_grad_(False)


def patch_map(model: AutoencoderKL) -> tuple[Tensor, Tensor]:
    """The encoder as what it is: a matrix (32 x 768) and an offset (32) that map a 16x16 patch to its latent."""
    basis = torch.eye(3 * PATCH * PATCH).view(-1, 3, PATCH, PATCH)
    with torch.no_grad():
        offset = model.encode(torch.zeros(1, 3, PATCH, PATCH)).latent_dist.mean.flatten()
        columns = [model.encode(part).latent_dist.mean.flatten(1) for part in basis.split(64)]
    return (torch.cat(columns) - offset).T.contiguous(), offset


def latents_of(pictures: Tensor, mapping: tuple[Tensor, Tensor]) -> Tensor:
    """Latents (count x 32 x h/16 x w/16) of pictures (count x 3 x h x w) by the patch map; much faster than the layers."""
    matrix, offset = mapping
    return F.conv2d(pictures, matrix.view(LATENT_CHANNELS, 3, PATCH, PATCH), offset, stride=PATCH)


def begin_autoencoder(file: Path, sets: list[PictureSet], seed: int) -> None:
    """Set the encoder and begin the decoder, unless `file` is there: from now on the latents are fixed."""
    if file.exists():
        return
    torch.manual_seed(seed)
    model = new_autoencoder()
    set_encoder(model, sets, seed)
    save_checkpoint(file, {"model": model.state_dict(), "average": model.state_dict(), "step": 0, "used_s": 0.0})


def train_decoder(
    file: Path, sets: list[PictureSet], minutes: float, device: str, seed: int, step_s: float | None = None
) -> None:
    """Train the decoder, or go on, until the minutes are used (see `Budget`); the averaged model is left in `file`."""
    model = new_autoencoder()
    state = load_checkpoint(file)
    assert state is not None
    model.load_state_dict(state["model"])
    model.encoder.requires_grad_(False)
    model.quant_conv.requires_grad_(False)
    mapping = tuple(part.to(device) for part in patch_map(model))
    model = model.to(device, memory_format=torch.channels_last)
    average = Averaged(model)
    inside, rest = split_parameters(model.decoder, _EDGES)
    optimizers = {
        "inside": Muon(inside, lr=_PEAK_INSIDE),
        "rest": torch.optim.AdamW([*rest, *model.post_quant_conv.parameters()], lr=_PEAK_REST, betas=(0.9, 0.99)),
    }
    parts = {"model": model, "average": average.module, **optimizers}
    average.steps = step = load_parts(file, parts)["step"]
    budget = Budget(minutes, state["used_s"], device != "cpu", step_s)
    batch = 4 if device == "cpu" else 48
    pixels = [torch.from_numpy(np.asarray(part.pixels)).to(device) if device != "cpu" else part.pixels for part in sets]
    recent: Tensor | None = None
    while budget.progress < 1:
        chance = chance_of(seed, step)
        for optimizer, peak in zip(optimizers.values(), (_PEAK_INSIDE, _PEAK_REST), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(budget.progress, peak)
        crops = _crops(pixels, batch, chance).to(device, memory_format=torch.channels_last)
        latents = latents_of(crops, mapping)  # type: ignore[arg-type]
        spoiled = latents + 2 * NOISE * torch.rand(batch, 1, 1, 1, device=device) * torch.randn_like(latents)
        with torch.autocast(device, torch.bfloat16, enabled=device != "cpu"):
            painted = model.decode(spoiled).sample
        painted = painted.float()
        far = F.l1_loss(painted, crops)
        loss = far + _edges(painted, crops)
        for optimizer in optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer in optimizers.values():
            optimizer.step()
        average.update(model)
        step += 1
        budget.step_done()
        recent = far.detach() if recent is None else recent.lerp(far.detach(), 0.02)
        if step % 50 == 0:
            print(f"decoder step {step} {budget.progress:.0%} L1 {recent.item():.4f}", flush=True)
        if budget.is_due(_SAVE_EVERY_S):
            save_parts(file, parts, step=step, used_s=budget.used_s)
    if step > state["step"]:
        save_parts(file, parts, step=step, used_s=budget.used_s)


def to_tensor(pixels: Tensor | np.ndarray) -> Tensor:  # type: ignore[type-arg]
    """Bytes, count x height x width x 3, to numbers from -1 to 1, count x 3 x height x width."""
    bytes_ = pixels if isinstance(pixels, Tensor) else torch.tensor(pixels)
    return bytes_.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def _silence(model: AutoencoderKL) -> None:
    """A linear chain that keeps the signal's size: blocks add nothing yet, biases are zero."""
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.zeros_(module.bias)
            if name.endswith("conv2"):
                torch.nn.init.zeros_(module.weight)
            else:
                torch.nn.init.normal_(module.weight, std=module.weight[0].numel() ** -0.5)
        elif name.endswith("to_out.0"):
            torch.nn.init.zeros_(module.weight)
            torch.nn.init.zeros_(module.bias)


def _begin_decoder(model: AutoencoderKL, sets: list[PictureSet]) -> None:
    """Let three channels carry each patch's mean colour from the latents to the picture; all others begin at random."""
    pictures = torch.cat([to_tensor(np.asarray(part.pixels[:60]))[:, :, :192, :192] for part in sets])
    latents = latents_of(pictures, patch_map(model)).transpose(0, 1).flatten(1)
    means = F.avg_pool2d(pictures, PATCH).transpose(0, 1).flatten(1)
    known = torch.cat((latents, torch.ones(1, latents.shape[1])))
    solution = torch.linalg.lstsq(known.T, means.T).solution.T  # 3 x 33
    decoder = model.decoder
    _centre(model.post_quant_conv, torch.eye(LATENT_CHANNELS))
    _route(decoder.conv_in, solution[:, :-1], solution[:, -1])
    eye = torch.eye(3)
    for block in decoder.up_blocks:
        if block.resnets[0].conv_shortcut is not None:
            _route(block.resnets[0].conv_shortcut, eye)
        if block.upsamplers is not None:
            _route(block.upsamplers[0].conv, eye)
    last = decoder.up_blocks[-1].resnets[0].conv_shortcut
    last.weight[3:6] = -last.weight[:3]
    last.weight[6:8] = 0
    last.bias[6], last.bias[7] = _CONSTANT / 10, -_CONSTANT / 10
    decoder.conv_out.weight.mul_(0.02)
    _centre(decoder.conv_out, torch.cat((eye, -eye), dim=1), clear=False)
    seen: list[Tensor] = []
    watch = decoder.conv_norm_out.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.decode(latents_of(pictures[:16], patch_map(model)))
    watch.remove()
    decoder.conv_norm_out.weight.fill_(seen[0].std().item())


def _components(values: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """The first principal components of the channels of count x channels x h x w: basis, mean, deviations."""
    rows = values.transpose(0, 1).flatten(1)
    mean = rows.mean(dim=1)
    energies, vectors = torch.linalg.eigh(torch.cov(rows))
    best = energies.argsort(descending=True)[:count]
    return vectors[:, best].T.contiguous(), mean, energies[best].clamp_min(1e-8).sqrt()


def _centre(conv: torch.nn.Conv2d, matrix: Tensor, clear: bool = True) -> None:
    """Let a convolution apply the matrix at each place: its first inputs to its first outputs."""
    if clear:
        conv.weight.zero_()
    rows, columns = matrix.shape
    conv.weight[:rows, :columns] = 0
    middle = conv.weight.shape[2] // 2
    conv.weight[:rows, :columns, middle, middle] = matrix


def _route(conv: torch.nn.Conv2d, matrix: Tensor, offset: Tensor | None = None) -> None:
    """As `_centre`, and nothing else may flow into those outputs."""
    rows = len(matrix)
    conv.weight[:rows] = 0
    _centre(conv, matrix, clear=False)
    if offset is not None:
        conv.bias[:rows] = offset


def _pass_on(resnet: torch.nn.Module, kept: int) -> None:
    if resnet.conv_shortcut is not None:
        _centre(resnet.conv_shortcut, torch.eye(kept))


def _make_linear(norm: torch.nn.GroupNorm, energy: float) -> None:
    """Undo the scale that the constant channels (and `energy` of the others, summed over channels) give a norm."""
    norm.weight.fill_(math.sqrt((energy + 2 * _CONSTANT**2) / norm.num_channels + norm.eps))
    norm.bias.zero_()


def _patches(sets: list[PictureSet], chance: np.random.Generator) -> Tensor:
    """16x16 patches on the grid the latents have: count x 3 x 16 x 16."""
    rows = []
    for _ in range(_PATCHES // 64):
        pixels = sets[int(chance.integers(len(sets)))].pixels
        picture = to_tensor(np.asarray(pixels[chance.integers(len(pixels))])[None])
        cells = F.unfold(picture, PATCH, stride=PATCH)[0].T
        rows.append(cells[torch.from_numpy(chance.choice(len(cells), 64, replace=False))])
    return torch.cat(rows).view(-1, 3, PATCH, PATCH)


def _crops(sets: Sequence[Tensor | np.ndarray], batch: int, chance: np.random.Generator) -> Tensor:  # type: ignore[type-arg]
    """Crops of pictures (count x height x width x 3 bytes) on the grid of the latents: batch x 3 x CROP x CROP."""
    cuts = []
    for _ in range(batch):
        pixels = sets[int(chance.integers(len(sets)))]
        count, height, width, _ = pixels.shape
        top = PATCH * int(chance.integers((height - CROP) // PATCH + 1))
        left = PATCH * int(chance.integers((width - CROP) // PATCH + 1))
        cuts.append(pixels[int(chance.integers(count)), top : top + CROP, left : left + CROP])
    return to_tensor(torch.stack([cut if isinstance(cut, Tensor) else torch.tensor(cut) for cut in cuts]))


def _edges(a: Tensor, b: Tensor) -> Tensor:
    """The mean difference of the slopes across and down: what makes an edge sharp."""
    across = (a[..., 1:] - a[..., :-1]) - (b[..., 1:] - b[..., :-1])
    down = (a[..., 1:, :] - a[..., :-1, :]) - (b[..., 1:, :] - b[..., :-1, :])
    return across.abs().mean() + down.abs().mean()
