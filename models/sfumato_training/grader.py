"""The grader: looks at a picture and names its parts, to measure whether a picture model obeys its words.

It is trained only on scenes drawn for it, with seeds that the picture model never sees, and every figure it gives
stands beside its own accuracy on drawn scenes of the same prompts.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sfumato_training.alignment import PARTS
from sfumato_training.autoencoder import to_tensor
from sfumato_training.checkpoint import Averaged, Budget, learning_rate, load_checkpoint, save_checkpoint
from sfumato_training.pictures import PictureSet, draw_pictures, load_pictures
from sfumato_training.world import EXTRAS, Scene, random_scene

SEED = 1009  # of the grader's own scenes
COUNT = 9000
VIEW = 64  # pixels; pictures of any shape are looked at in this size
_BATCH = 64
_PEAK = 2e-3


class Grader(nn.Module):
    """A small residual network with a head for every part of a scene and one for the extras."""

    def __init__(self) -> None:
        super().__init__()
        widths = (32, 64, 128, 192)
        self.stem = nn.Conv2d(3, widths[0], 3, padding=1)
        self.levels = nn.ModuleList(_Level(before, after) for before, after in itertools.pairwise(widths))
        self.heads = nn.ModuleDict({name: nn.Linear(widths[-1], len(words)) for name, words in PARTS.items()})
        self.extras = nn.Linear(widths[-1], len(EXTRAS))

    def forward(self, views: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Views, count x 3 x VIEW x VIEW from -1 to 1, to scores by part (count x words) and of extras (count x extras)."""
        x = F.max_pool2d(F.relu(self.stem(views)), 2)
        for level in self.levels:
            x = level(x)
        seen = x.mean(dim=(2, 3))
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


def view_of(pictures: Tensor) -> Tensor:
    """Pictures of any size, count x 3 x height x width, as the grader looks at them."""
    return F.interpolate(pictures, (VIEW, VIEW), mode="area")


def make_grader(folder: Path, minutes: float = 12) -> Grader:
    """The grader kept in `folder`; drawn for and trained first if it is not there."""
    grader = Grader()
    state = load_checkpoint(folder / "grader.pt")
    if state is None:
        draw_pictures(folder / "grader_pictures", COUNT, SEED)
        _train(grader, load_pictures(folder / "grader_pictures"), minutes, folder / "grader.pt")
        state = load_checkpoint(folder / "grader.pt")
    assert state is not None
    grader.load_state_dict(state["average"])
    return grader.eval()


def _train(grader: Grader, sets: list[PictureSet], minutes: float, file: Path) -> None:
    torch.manual_seed(SEED)
    average = Averaged(grader)
    optimizer = torch.optim.AdamW(grader.parameters(), lr=_PEAK, weight_decay=0.05)
    chance, budget, step = np.random.default_rng(SEED), Budget(minutes), 0
    views = [_views(part) for part in sets]
    shares = np.array([len(part.scenes) for part in sets]) / sum(len(part.scenes) for part in sets)
    while budget.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(budget.progress, _PEAK)
        shape = int(chance.choice(len(sets), p=shares))
        rows = chance.integers(len(sets[shape].scenes), size=_BATCH)
        seen = to_tensor(views[shape][rows])
        seen = seen.flip(-1) if chance.random() < 0.5 else seen
        scenes = [sets[shape].scenes[row] for row in rows]
        scores, extras = grader(seen + 0.05 * torch.randn_like(seen))
        loss = torch.stack([F.cross_entropy(scores[name], targets_of(scenes, name)) for name in PARTS]).mean()
        loss = loss + F.binary_cross_entropy_with_logits(extras, extras_of(scenes).float())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        average.update(grader)
        step += 1
        if step % 100 == 0:
            print(f"grader step {step} {budget.progress:.0%} loss {loss.item():.3f}", flush=True)
    save_checkpoint(file, {"average": average.module.state_dict()})


def _views(pictures: PictureSet) -> np.ndarray:  # type: ignore[type-arg]
    """All pictures of a set in the grader's size, as bytes: count x VIEW x VIEW x 3."""
    parts = []
    for begin in range(0, len(pictures.scenes), 256):
        seen = view_of(to_tensor(np.asarray(pictures.pixels[begin : begin + 256])))
        parts.append(seen.add(1).mul(127.5).round().byte().permute(0, 2, 3, 1).numpy())
    return np.concatenate(parts)


def targets_of(scenes: list[Scene], name: str) -> Tensor:
    """The number of each scene's word for a part."""
    return torch.tensor([PARTS[name].index(getattr(scene, name)) for scene in scenes])


def extras_of(scenes: list[Scene]) -> Tensor:
    """Which extras each scene has, count x extras."""
    return torch.tensor([[name in scene.extras for name in EXTRAS] for scene in scenes])


def held_out_scenes(count: int, trained_on: set[Scene], seed: int = SEED) -> list[Scene]:
    """Good, plain scenes whose combination of parts the picture model never saw."""
    rng = random.Random(f"prompts-{seed}")
    found: list[Scene] = []
    while len(found) < count:
        scene = replace(random_scene(rng), damage="", extras=())
        if scene not in trained_on:
            found.append(scene)
    return found
