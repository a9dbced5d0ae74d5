"""`python -m sfumato_training make-all --out DIR`: from nothing to the starter models, stage by stage, resumable."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sfumato_training import picture_model, writer_train
from sfumato_training.grader import make_grader
from sfumato_training.writer_evaluate import print_scores

SEED = 7
EVALUATED = 400


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="sfumato_training", description=__doc__)
    parser.add_argument("what", choices=("make-all", "evaluate"))
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures, checkpoints and models")
    stages = (*picture_model.STAGES, "writer")
    parser.add_argument(
        "--stage", choices=(*stages, "grader"), action="append", help="only this stage (may be repeated)"
    )
    parser.add_argument("--budget", type=float, default=150, help="minutes for the picture model's stages")
    parser.add_argument("--writer-budget", type=float, default=75, help="minutes for the writer")
    parser.add_argument("--count", type=int, default=24000, help="pictures to draw")
    parser.add_argument("--seed", type=int, default=SEED, help="of everything; another one draws other pictures")
    parser.add_argument("--begin-with", type=Path, help="folder of a finished painter to go on from")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--further", type=int, help="pictures to draw while the denoiser learns (GPU: 500000)")
    parser.add_argument("--processes", type=int, help="processes that draw those (all cores but two)")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="the denoiser (CPU: where it can)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU")
    wishes = parser.parse_args()
    if wishes.what == "evaluate":
        print_scores(wishes.out / "writer" / "writer.gguf", EVALUATED)
        return
    wanted = tuple(wishes.stage or stages)
    on_gpu = wishes.device != "cpu"
    plan = picture_model.Plan(
        wishes.count,
        wishes.budget,
        wishes.device,
        wishes.seed,
        wishes.threads,
        wanted,
        wishes.further if wishes.further is not None else 500_000 * on_gpu,
        wishes.processes or max(1, (os.cpu_count() or 1) - 2),
        wishes.compile,
    )
    if wishes.begin_with:
        picture_model.begin_with(wishes.out, wishes.begin_with)
    picture_model.make(wishes.out, plan)
    if "grader" in wanted:
        make_grader(wishes.out / "grader", wishes.budget, wishes.device)
    if "writer" in wanted:
        writer_train.train_writer(
            wishes.out / "writer", wishes.writer_budget, wishes.device, wishes.seed, wishes.threads
        )


if __name__ == "__main__":
    main()
