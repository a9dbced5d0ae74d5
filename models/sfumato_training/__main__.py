"""`python -m sfumato_training make-all --out DIR`: from nothing to the starter models, stage by stage, resumable."""

from __future__ import annotations

import argparse
from pathlib import Path

from sfumato_training import picture_model

SEED = 7


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="sfumato_training", description=__doc__)
    parser.add_argument("what", choices=("make-all", "pictures", "autoencoder", "alignment", "denoiser", "export"))
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures, checkpoints and models")
    parser.add_argument("--budget", type=float, default=150, help="minutes for all stages together")
    parser.add_argument("--count", type=int, default=24000, help="pictures to draw")
    parser.add_argument("--device", default="cpu")
    wishes = parser.parse_args()
    picture_model.make(
        wishes.out, wishes.what, picture_model.Plan(wishes.count, wishes.budget, wishes.device, seed=SEED)
    )


if __name__ == "__main__":
    main()
