"""What every stage of the training shares: a time budget, checkpoints that survive a kill, and averaged weights."""

from __future__ import annotations

import copy
import os
import time
from pathlib import Path
from typing import Any

import torch

LONGEST_STEP_S = 20.0


class Budget:
    """Minutes a stage may take in all, counted over restarts.

    A pause of the process counts for little, unless `pauses_count`: on a rented GPU the clock does not stop.
    """

    def __init__(self, minutes: float, used_s: float = 0.0, pauses_count: bool = False) -> None:
        self.total_s = minutes * 60
        self._longest_s = float("inf") if pauses_count else LONGEST_STEP_S
        self._used_s = used_s
        self._looked_at = time.monotonic()

    @property
    def used_s(self) -> float:
        """Seconds of training so far, those before a restart included."""
        now = time.monotonic()
        self._used_s += min(now - self._looked_at, self._longest_s)
        self._looked_at = now
        return self._used_s

    @property
    def progress(self) -> float:
        """The share of the budget that is used, at most 1."""
        return min(1.0, self.used_s / self.total_s)


class Averaged:
    """An exponential moving average of a module's parameters, warmed up so that a short run is averaged too."""

    def __init__(self, module: torch.nn.Module, decay: float = 0.999) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, module: torch.nn.Module) -> None:
        """Move towards the module's present parameters."""
        self.steps += 1
        share = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.module.parameters()), list(module.parameters()), share)


def save_checkpoint(path: Path, data: dict[str, Any]) -> None:
    """Write a checkpoint so that a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    torch.save(data, unfinished)
    os.replace(unfinished, path)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The checkpoint made by this training, or None. Tensors and plain values only."""
    if not path.exists():
        return None
    data: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return data


def learning_rate(progress: float, peak: float, warm_up: float = 0.02) -> float:
    """A short linear warm-up, then a cosine down to a twentieth of the peak."""
    if progress < warm_up:
        return peak * max(0.02, progress / warm_up)
    share = (progress - warm_up) / (1 - warm_up)
    return peak * (0.05 + 0.95 * 0.5 * (1 + float(torch.cos(torch.tensor(share * torch.pi)))))
