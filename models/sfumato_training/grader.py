"""The grader: looks at a picture and names its parts, to measure whether a picture model obeys its words.

It is trained only on scenes drawn for it, with seeds that the picture model never sees, and every figure it gives
stands beside its own accuracy on drawn scenes of the same prompts.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sfumato_training.autoencoder import to_tensor
from sfumato_training.checkpoint import Averaged, Budget, chance_of, learning_rate, load_parts, save_parts
from sfumato_training.grader_views import UNASKED, VIEW, Views, load_views, make_views, view_of
from sfumato_training.parts import PARTS
from sfumato_training.world import EXTRAS, Scene, random_scene

SEED = 1009  # of the grader's own scenes
COUNT = 24000
_BATCH = 64
_WHOLE = 192
_PEAK = 2e-3
_SAVE_EVERY_S = 120


class Grader(nn.Module):
    """A small residual network with a head for every part of a scene and one for the extras."""

    def __init__(self) -> None:
        super().__init__()
        widths = (24, 48, 96, 128, 160)
        self.stem = nn.Conv2d(3, widths[0], 3, padding=1)
        self.levels = nn.ModuleList(_Level(before, after) for before, after in itertools.pairwise(widths))
        self.whole = nn.Linear(widths[-1] * (VIEW // 2 ** len(widths)) ** 2, _WHOLE)  # keeps what stands where
        self.heads = nn.ModuleDict({name: nn.Linear(_WHOLE, len(words)) for name, words in PARTS.items()})
        self.extras = nn.Linear(_WHOLE, len(EXTRAS))

    def forward(self, views: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Views, count x 3 x VIEW x VIEW from -1 to 1, to scores by part (count x words) and of extras (count x extras)."""
        x = F.max_pool2d(F.relu(self.stem(views)), 2)
        for level in self.levels:
            x = level(x)
        seen = F.dropout(F.relu(self.whole(x.flatten(1))), 0.2, self.training)
        return {name: head(seen) for name, head in self.heads.items()}, self.extras(seen)

    @torch.no_grad()
    def name(self, pictures: list[np.ndarray]) -> tuple[list[dict[str, str]], Tensor]:  # type: ignore[type-arg]
        """What it sees in pictures (height x width x 3 bytes): a word for every part, and which extras (booleans)."""
        scores, extras = self(torch.cat([view_of(to_tensor(picture[None])) for picture in pictures]))
        best = {name: score.argmax(dim=1).tolist() for name, score in scores.items()}
        named = [{name: PARTS[name][best[name][row]] for name in PARTS} for row in range(len(pictures))]
        return named, extras > 0


class _Level(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride=2, padding=1)
        self.norms = nn.ModuleList(nn.GroupNorm(8, after) for _ in range(3))
        self.inner = nn.ModuleList(nn.Conv2d(after, after, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norms[0](self.first(x)))
        y = F.relu(self.norms[1](self.inner[0](x)))
        return F.relu(x + self.norms[2](self.inner[1](y)))


def make_grader(
    folder: Path,
    minutes: float = 12,
    device: str = "cpu",
    begin_with: Path | None = None,
    count: int = COUNT,
    step_s: float | None = None,
) -> Grader:
    """Draw `count` scenes for a grader and train it (see `Budget`), unless there is one in `folder` (`grader.safetensors`).

    `begin_with` is the file of one to go on from, at half the peak rate.
    """
    file = folder / "grader.safetensors"
    if not file.exists():
        make_views(folder / "views", count, SEED)
        torch.manual_seed(SEED)
        grader = load_grader(begin_with) if begin_with else Grader()
        peak = _PEAK * 0.5 if begin_with else _PEAK
        _train(grader.to(device), load_views(folder / "views"), minutes, peak, file, step_s)
    return load_grader(file)


def load_grader(file: Path) -> Grader:
    """A trained grader."""
    grader = Grader()
    grader.load_state_dict(load_file(file))
    return grader.float().eval()


def _train(grader: Grader, views: Views, minutes: float, peak: float, file: Path, step_s: float | None) -> None:
    device = next(grader.parameters()).device.type
    grader = grader.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = Averaged(grader)
    optimizer = torch.optim.AdamW(grader.parameters(), lr=peak, weight_decay=0.05)
    kept, learning = file.with_suffix(".pt"), {"model": grader, "average": average.module, "optimizer": optimizer}
    state = load_parts(kept, learning)
    average.steps = step = state.get("step", 0)
    batch = _BATCH if device == "cpu" else 4 * _BATCH
    parts, extras = views.parts.to(device), views.extras.to(device)
    seen_all = views.seen if device == "cpu" else views.seen.to(device)
    halved = device != "cpu" or torch.cpu._is_avx512_bf16_supported()  # elsewhere it is only slower
    budget = Budget(minutes, state.get("used_s", 0.0), device != "cpu", step_s)
    told: list[float] = []
    while budget.progress < 1:
        chance = chance_of(SEED, step)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(budget.progress, peak)
        rows = torch.from_numpy(chance.integers(len(parts), size=batch)).to(device)
        seen = _shifted(seen_all[rows].to(device).float().div(127.5).sub(1), chance)
        seen = seen + 0.05 * torch.randn_like(seen)
        with torch.autocast(device, torch.bfloat16, enabled=halved):
            scores, found = grader(seen)
        loss = _loss(scores, found, parts[rows], extras[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        average.update(grader)
        step += 1
        budget.step_done()
        told.append(loss.item())
        if step % 100 == 0:
            mean = sum(told[-100:]) / 100
            print(f"grader step {step} {budget.progress:.0%} loss {mean:.3f}", flush=True)
        if budget.is_due(_SAVE_EVERY_S):
            save_parts(kept, learning, step=step, used_s=budget.used_s)
    save_parts(kept, learning, step=step, used_s=budget.used_s)
    save_file({name: value.half().cpu().contiguous() for name, value in average.module.state_dict().items()}, file)


def _loss(scores: dict[str, Tensor], found: Tensor, parts: Tensor, extras: Tensor) -> Tensor:
    """The mean cross-entropy of the parts that the views are asked about, and that of their extras."""
    named = [
        F.cross_entropy(scores[name].float(), parts[:, column], ignore_index=UNASKED)
        for column, name in enumerate(PARTS)
    ]
    asked = extras != UNASKED
    return torch.stack(named).mean() + F.binary_cross_entropy_with_logits(found.float()[asked], extras[asked].float())


def _shifted(seen: Tensor, chance: np.random.Generator) -> Tensor:
    """The views moved by up to three pixels each way, so that a place alone decides nothing."""
    dx, dy = (int(shift) for shift in chance.integers(-3, 4, size=2))
    height, width = seen.shape[2:]
    padded = F.pad(seen, (3, 3, 3, 3), mode="replicate")
    return padded[:, :, 3 + dy : 3 + dy + height, 3 + dx : 3 + dx + width]


def held_out_scenes(count: int, trained_on: Set[Scene], seed: int = SEED) -> list[Scene]:
    """Good, plain scenes of one thing that are none of the combinations the picture model was trained on."""
    rng = random.Random(f"prompts-{seed}")
    found: list[Scene] = []
    while len(found) < count:
        scene = replace(random_scene(rng), damage="", extras=(), number=1, second=None)
        if scene not in trained_on:
            found.append(scene)
    return found
