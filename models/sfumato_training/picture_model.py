"""The stages of the picture model in order: pictures, encoder, examples, decoder, text by contrast, denoiser, judge, export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from sfumato_training.alignment import TOKEN_LIMIT, make_tokenizer, new_pair, train_pair
from sfumato_training.autoencoder import begin_autoencoder, new_autoencoder, patch_map, train_decoder
from sfumato_training.cards import painter_card
from sfumato_training.checkpoint import load_checkpoint, save_checkpoint
from sfumato_training.denoiser import Denoiser, course_for, text_encoder_of, text_tower_state, train_denoiser
from sfumato_training.examples import Drawing, PatchMap, load_examples, make_examples
from sfumato_training.export import export_painter, make_pipeline
from sfumato_training.judge import new_judge, train_judge
from sfumato_training.pictures import SHARES as SHAPE_SHARES
from sfumato_training.pictures import draw_pictures, load_pictures
from sfumato_training.ranks import Rank, run_ranks
from sfumato_training.stages import PICTURE_STAGES

# Shares of the time budget, which is divided among those of these stages that are asked for.
SHARES = {"autoencoder": 0.18, "alignment": 0.05, "denoiser": 0.75, "judge": 0.02}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to draw and keep, how many minutes in all, where to compute, and the seed of everything.

    `further` pictures are drawn, by `processes`, while the denoiser learns; of them only latents are kept. `step_s`: see
    `checkpoint.Budget`.
    """

    count: int
    minutes: float
    device: str
    seed: int
    threads: int
    stages: tuple[str, ...] = PICTURE_STAGES
    further: int = 0
    processes: int = 0
    compiled: bool | None = None
    step_s: float | None = None

    def minutes_of(self, stage: str) -> float:
        """A stage's part of the budget."""
        return self.minutes * SHARES[stage] / sum(SHARES[name] for name in self.stages if name in SHARES)


def begin_with(folder: Path, painter: Path) -> None:
    """Let the training go on from a finished model: its parts become checkpoints, its tokenizer and latents are kept."""
    if (folder / "denoiser.pt").exists():
        return
    pipeline = StableDiffusionPipeline.from_pretrained(painter, local_files_only=True, use_safetensors=True)
    pipeline.tokenizer.save_pretrained(folder / "tokenizer")
    denoiser = Denoiser(pipeline.text_encoder.float())
    denoiser.unet.load_state_dict(pipeline.unet.float().state_dict())
    for name, module in (("autoencoder", pipeline.vae.float()), ("denoiser", denoiser)):
        state = module.state_dict()
        begun = {"model": state, "average": state, "step": 0, "samples": 0, "used_s": 0.0}
        save_checkpoint(folder / f"{name}.pt", begun)


def make(folder: Path, plan: Plan) -> None:
    """Run the stages; what a stage needs from those before it must be there. Each goes on where it was stopped."""
    torch.set_num_threads(plan.threads)
    torch.set_float32_matmul_precision("high")
    for stage in PICTURE_STAGES:
        if stage in plan.stages:
            print(f"--- {stage}", flush=True)
            _RUN[stage](folder, plan)


def _pictures(folder: Path, plan: Plan) -> None:
    draw_pictures(folder / "pictures", plan.count, plan.seed)


def _encoder(folder: Path, plan: Plan) -> None:
    make_tokenizer(folder / "tokenizer", plan.seed)
    begin_autoencoder(folder / "autoencoder.pt", load_pictures(folder / "pictures"), plan.seed)


def _examples(folder: Path, plan: Plan) -> None:
    pictures = load_pictures(folder / "pictures")
    make_examples(folder, pictures, _mapping(folder), folder / "tokenizer", TOKEN_LIMIT, plan.seed)


def _autoencoder(folder: Path, plan: Plan) -> None:
    sets = load_pictures(folder / "pictures")
    train_decoder(folder / "autoencoder.pt", sets, plan.minutes_of("autoencoder"), plan.device, plan.seed, plan.step_s)


def _alignment(folder: Path, plan: Plan) -> None:
    sets = load_pictures(folder / "pictures")
    train_pair(folder, sets, plan.minutes_of("alignment"), plan.device, plan.seed, plan.step_s)


def _judge(folder: Path, plan: Plan) -> None:
    """The pair that ships: its text tower is the denoiser's text encoder."""
    tower = _denoiser_of(folder, plan.seed)[0].text_encoder
    sets = load_pictures(folder / "pictures")
    told = text_tower_state(tower)
    train_judge(folder, sets, plan.minutes_of("judge"), plan.device, plan.seed, told, plan.step_s)


def _denoiser(folder: Path, plan: Plan) -> None:
    count = plan.threads if plan.device == "cpu" else 1
    run_ranks(_denoiser_rank, count, folder / "ranks", folder, plan)


def _denoiser_rank(rank: Rank, folder: Path, plan: Plan) -> None:
    pair = new_pair(make_tokenizer(folder / "tokenizer", plan.seed))
    if not (folder / "denoiser.pt").exists():  # its text encoder begins where the pair's is
        pair.load_state_dict(_required(folder / "alignment.pt")["average"])
    shares = (plan.further * share for share in SHAPE_SHARES)
    kept = [
        part.onto(plan.device, round(further)) if plan.further else part
        for part, further in zip(load_examples(folder), shares, strict=True)
    ]
    drawing = None
    if plan.further and rank.is_first:
        tokenizer = folder / "tokenizer"
        drawing = Drawing(kept, _mapping(folder), tokenizer, TOKEN_LIMIT, plan.seed, plan.count, plan.processes)
    train_denoiser(
        folder / "denoiser.pt",
        kept,
        text_encoder_of(pair),
        plan.minutes_of("denoiser"),
        plan.device,
        plan.seed,
        rank,
        course_for(plan.device, plan.compiled),
        plan.step_s,
    )
    if drawing:
        drawing.stop()


def _mapping(folder: Path) -> PatchMap:
    autoencoder = new_autoencoder().eval()
    autoencoder.load_state_dict(_required(folder / "autoencoder.pt")["average"])
    matrix, offset = patch_map(autoencoder)
    return PatchMap(matrix.numpy(), offset.numpy())


def _denoiser_of(folder: Path, seed: int) -> tuple[Denoiser, dict[str, Any]]:
    """The averaged denoiser, untrained where there is none yet, and what its checkpoint says."""
    pair = new_pair(make_tokenizer(folder / "tokenizer", seed))
    if state := load_checkpoint(folder / "alignment.pt"):
        pair.load_state_dict(state["average"])
    denoiser = Denoiser(text_encoder_of(pair))
    state = load_checkpoint(folder / "denoiser.pt")
    if state:
        denoiser.load_state_dict(state["average"])
    return denoiser, state or {"samples": 0, "used_s": 0.0}


def _export(folder: Path, plan: Plan) -> None:
    """What has been trained so far, averaged; a part that has no checkpoint yet goes out untrained."""
    tokenizer = make_tokenizer(folder / "tokenizer", plan.seed)
    autoencoder, pair = new_autoencoder(), new_judge(tokenizer)
    if state := load_checkpoint(folder / "autoencoder.pt"):
        autoencoder.load_state_dict(state["average"])
    denoiser, told = _denoiser_of(folder, plan.seed)
    if state := load_checkpoint(folder / "judge.pt"):
        pair.load_state_dict(state["average"])
    card = painter_card(told["samples"], told["used_s"] / 60, plan.device)
    export_painter(folder / "painter", make_pipeline(autoencoder, denoiser, tokenizer), pair, card)


def _required(file: Path) -> dict[str, Any]:
    state = load_checkpoint(file)
    if state is None:
        raise SystemExit(f"{file} is missing: run the stage before this one first.")
    return state


_RUN = {
    "pictures": _pictures,
    "encoder": _encoder,
    "examples": _examples,
    "autoencoder": _autoencoder,
    "alignment": _alignment,
    "denoiser": _denoiser,
    "judge": _judge,
    "export": _export,
}
