"""`python -m sfumato_training make-all --out DIR`: from nothing to the starter models, stage by stage, resumable."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sfumato_training.stages import GRADER, PICTURE_STAGES, WRITER_STAGES

SEED = 7
EVALUATED = 400


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="sfumato_training", description=__doc__)
    parser.add_argument("what", choices=("make-all", "evaluate", "contact-sheet"))
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures, checkpoints and models")
    stages = (*PICTURE_STAGES, *WRITER_STAGES)
    parser.add_argument("--stage", choices=(*stages, GRADER), action="append", help="only this stage (may be repeated)")
    parser.add_argument("--budget", type=float, default=150, help="minutes for the picture model's stages")
    parser.add_argument("--writer-budget", type=float, default=75, help="minutes for the writer")
    parser.add_argument("--count", type=int, default=24000, help="pictures to draw")
    parser.add_argument("--seed", type=int, default=SEED, help="of everything; another one draws other pictures")
    parser.add_argument("--begin-with", type=Path, help="folder of a finished painter to go on from")
    parser.add_argument("--writer-begin-with", type=Path, help="GGUF of a finished writer to go on from")
    parser.add_argument("--writer-share", type=float, default=1.0, help="of the new weights beside those begun with")
    parser.add_argument("--grader", type=Path, help="file of a grader to evaluate with, or to train on")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--further", type=int, help="pictures to draw while the denoiser learns (GPU: 500000)")
    parser.add_argument("--processes", type=int, help="processes that draw those (all cores but two)")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="the denoiser (CPU: where it can)")
    parser.add_argument("--writer-workers", type=int, help="processes that make the writer's exercises")
    parser.add_argument("--threads", type=int, default=2, help="threads of the CPU")
    steps = "count every step as S seconds, whatever the clock says: the same seed then ends with the same weights"
    parser.add_argument("--step-seconds", type=float, metavar="S", help=steps)
    wishes = parser.parse_args()
    if wishes.what == "contact-sheet":
        from sfumato_training.contact_sheet import make_contact_sheet, make_relit_sheet

        make_contact_sheet(wishes.out / "painter", wishes.out / "contact_sheet.png")
        make_relit_sheet(wishes.out / "painter", wishes.out / "relit_sheet.png")
        return
    if wishes.what == "evaluate":
        _evaluate(wishes.out, wishes.grader or wishes.out / "grader" / "grader.safetensors")
        return
    wanted = tuple(wishes.stage or stages)
    if set(wanted) & set(PICTURE_STAGES):
        _make_painter(wanted, wishes)
    if GRADER in wanted:
        _make_grader(wishes)
    if set(wanted) & set(WRITER_STAGES):
        _make_writer(wanted, wishes)


def _evaluate(out: Path, grader: Path) -> None:
    """What is there of the two models."""
    from sfumato_training.painter_evaluate import print_shares
    from sfumato_training.writer_evaluate import print_scores

    if not any((out / name).exists() for name in ("writer", "painter")):
        raise SystemExit(f"there is no model in {out}")
    if (out / "writer").exists():
        print_scores(out / "writer" / "writer.gguf", EVALUATED)
    if (out / "painter").exists():
        if not grader.exists():
            raise SystemExit(f"the painter needs a grader: {grader} is not there (--stage grader makes it)")
        print_shares(out / "painter", grader, EVALUATED)


def _make_painter(wanted: tuple[str, ...], wishes: argparse.Namespace) -> None:
    from sfumato_training import picture_model

    further = 500_000 if wishes.device != "cpu" and wishes.step_seconds is None else 0
    plan = picture_model.Plan(
        wishes.count,
        wishes.budget,
        wishes.device,
        wishes.seed,
        wishes.threads,
        wanted,
        further if wishes.further is None else wishes.further,
        wishes.processes or max(1, (os.cpu_count() or 1) - 2),
        wishes.compile,
        wishes.step_seconds,
    )
    if wishes.begin_with:
        picture_model.begin_with(wishes.out, wishes.begin_with)
    picture_model.make(wishes.out, plan)


def _make_grader(wishes: argparse.Namespace) -> None:
    from sfumato_training.grader import make_grader

    make_grader(wishes.out / "grader", wishes.budget, wishes.device, wishes.grader, step_s=wishes.step_seconds)


def _make_writer(wanted: tuple[str, ...], wishes: argparse.Namespace) -> None:
    from sfumato_training.writer_export import can_export, export_writer
    from sfumato_training.writer_train import train_writer

    folder = wishes.out / "writer"
    if "writer" in wanted:
        train_writer(
            folder,
            wishes.writer_budget,
            wishes.device,
            wishes.seed,
            wishes.threads,
            workers=wishes.writer_workers,
            begin_with=wishes.writer_begin_with,
            step_s=wishes.step_seconds,
        )
    if "writer-export" not in wanted:
        return
    if wishes.stage or can_export():
        print(f"wrote {export_writer(folder, wishes.writer_begin_with, wishes.writer_share)}", flush=True)
    else:
        print("gguf is not installed here: make the GGUF elsewhere with --stage writer-export", flush=True)


if __name__ == "__main__":
    main()
