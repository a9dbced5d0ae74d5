"""The stages of the picture model in order: pictures, autoencoder, text by contrast, latents, denoiser, export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sfumato_training.autoencoder import train_autoencoder
from sfumato_training.pictures import draw_pictures, load_pictures

# Shares of the time budget.
AUTOENCODER, ALIGNMENT, DENOISER = 0.2, 0.05, 0.75


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to draw, how many minutes in all, and where to compute."""

    count: int
    minutes: float
    device: str
    seed: int


def make(folder: Path, what: str, plan: Plan) -> None:
    """Run all stages (`make-all`) or one; what a stage needs from those before it must be there."""
    everything = what == "make-all"
    if everything or what == "pictures":
        draw_pictures(folder / "pictures", plan.count, plan.seed)
    if everything or what == "autoencoder":
        sets = load_pictures(folder / "pictures")
        train_autoencoder(folder / "autoencoder.pt", sets, plan.minutes * AUTOENCODER, plan.device, plan.seed)
