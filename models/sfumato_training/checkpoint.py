"""What every stage of the training shares: a budget, chance, checkpoints that survive a kill, and averaged weights."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

LONGEST_STEP_S = 20.0


class Budget:
    """Minutes a stage may take in all, counted over restarts.

    A pause of the process counts for little, unless `pauses_count`: on a rented GPU the clock does not stop. With `step_s`
    nothing is read from a clock: every step counts as that many seconds, and two trainings end with equal weights.
    """

    def __init__(
        self, minutes: float, used_s: float = 0.0, pauses_count: bool = False, step_s: float | None = None
    ) -> None:
        self.total_s = minutes * 60
        self._step_s = step_s
        self._due_s = used_s
        self._longest_s = float("inf") if pauses_count else LONGEST_STEP_S
        self._used_s = used_s
        self._looked_at = time.monotonic()

    @property
    def used_s(self) -> float:
        """Seconds of training so far, those before a restart included."""
        if self._step_s is not None:
            return self._used_s
        now = time.monotonic()
        self._used_s += min(now - self._looked_at, self._longest_s)
        self._looked_at = now
        return self._used_s

    @property
    def progress(self) -> float:
        """The share of the budget that is used, at most 1."""
        return min(1.0, self.used_s / self.total_s)

    def step_done(self) -> None:
        """One more step was made."""
        self._used_s += self._step_s or 0.0

    def is_due(self, every_s: float) -> bool:
        """True where so many seconds of training went by since it last was, or since the beginning."""
        is_due = self.used_s - self._due_s >= every_s
        if is_due:
            self._due_s = self._used_s
        return is_due


def chance_of(seed: int, step: int, rank: int = 0) -> np.random.Generator:
    """What one step leaves to chance, torch's own included: a training that goes on draws what it would have drawn."""
    torch.manual_seed(((seed << 32) + step) * 64 + rank & (1 << 63) - 1)
    return np.random.default_rng((seed, step, rank))


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


class Part(Protocol):
    """A module or an optimizer."""

    def state_dict(self) -> dict[str, Any]:
        """All it takes to go on."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> object:
        """Go on from there."""


def save_parts(path: Path, parts: Mapping[str, Part], **told: float) -> None:
    """A checkpoint of all parts, and of the numbers that are told with them."""
    save_checkpoint(path, {name: part.state_dict() for name, part in parts.items()} | told)


def load_parts(path: Path, parts: Mapping[str, Part]) -> dict[str, Any]:
    """Put the parts where a checkpoint left them; one that begins with a finished model has some only. Empty without one."""
    state = load_checkpoint(path) or {}
    for name, part in parts.items():
        if name in state:
            part.load_state_dict(state[name])
    return state


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
