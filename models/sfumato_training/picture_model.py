"""The stages of the picture model in order: pictures, autoencoder, text by contrast, latents, denoiser, export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from sfumato_training.alignment import make_tokenizer, new_pair, train_pair
from sfumato_training.autoencoder import encode_all, new_autoencoder, train_decoder
from sfumato_training.cards import painter_card
from sfumato_training.checkpoint import load_checkpoint, save_checkpoint
from sfumato_training.denoiser import Denoiser, text_encoder_of, train_denoiser
from sfumato_training.export import export_painter, make_pipeline
from sfumato_training.pictures import draw_pictures, load_pictures
from sfumato_training.ranks import Rank, run_ranks
from sfumato_training.stages import PICTURE_STAGES

# Shares of the time budget.
AUTOENCODER, ALIGNMENT, DENOISER = 0.2, 0.05, 0.75


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to draw, how many minutes in all, where to compute, and the seed of everything."""

    count: int
    minutes: float
    device: str
    seed: int
    threads: int


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


def make(folder: Path, stages: tuple[str, ...], plan: Plan) -> None:
    """Run the stages; what a stage needs from those before it must be there. Each goes on where it was stopped."""
    torch.set_num_threads(plan.threads)
    for stage in PICTURE_STAGES:
        if stage in stages:
            print(f"--- {stage}", flush=True)
            _RUN[stage](folder, plan)


def _pictures(folder: Path, plan: Plan) -> None:
    draw_pictures(folder / "pictures", plan.count, plan.seed)


def _autoencoder(folder: Path, plan: Plan) -> None:
    sets = load_pictures(folder / "pictures")
    train_decoder(folder / "autoencoder.pt", sets, plan.minutes * AUTOENCODER, plan.device, plan.seed)


def _alignment(folder: Path, plan: Plan) -> None:
    train_pair(folder, load_pictures(folder / "pictures"), plan.minutes * ALIGNMENT, plan.device, plan.seed)


def _latents(folder: Path, plan: Plan) -> None:
    autoencoder = new_autoencoder().eval()
    autoencoder.load_state_dict(_required(folder / "autoencoder.pt")["average"])
    torch.save(encode_all(autoencoder, load_pictures(folder / "pictures")), folder / "latents.pt")


def _denoiser(folder: Path, plan: Plan) -> None:
    count = plan.threads if plan.device == "cpu" else 1
    run_ranks(_denoiser_rank, count, folder / "ranks", folder, plan)


def _denoiser_rank(rank: Rank, folder: Path, plan: Plan) -> None:
    tokenizer = make_tokenizer(folder / "tokenizer", plan.seed)
    pair = new_pair(tokenizer)
    if not (folder / "denoiser.pt").exists():  # its text encoder begins where the pair's is
        pair.load_state_dict(_required(folder / "alignment.pt")["model"])
    train_denoiser(
        folder / "denoiser.pt",
        load_pictures(folder / "pictures"),
        torch.load(folder / "latents.pt", mmap=True, weights_only=True),
        tokenizer,
        text_encoder_of(pair),
        plan.minutes * DENOISER,
        plan.device,
        plan.seed,
        rank,
    )


def _export(folder: Path, plan: Plan) -> None:
    """What has been trained so far, averaged; a part that has no checkpoint yet goes out untrained."""
    tokenizer = make_tokenizer(folder / "tokenizer", plan.seed)
    autoencoder, pair = new_autoencoder(), new_pair(tokenizer)
    if state := load_checkpoint(folder / "autoencoder.pt"):
        autoencoder.load_state_dict(state["average"])
    if state := load_checkpoint(folder / "alignment.pt"):
        pair.load_state_dict(state["model"])
    denoiser = Denoiser(text_encoder_of(pair))
    samples, minutes = 0, 0.0
    if state := load_checkpoint(folder / "denoiser.pt"):
        denoiser.load_state_dict(state["average"])
        samples, minutes = state["samples"], state["used_s"] / 60
    card = painter_card(samples, minutes, plan.device)
    export_painter(folder / "painter", make_pipeline(autoencoder, denoiser, tokenizer), card)


def _required(file: Path) -> dict[str, object]:
    state = load_checkpoint(file)
    if state is None:
        raise SystemExit(f"{file} is missing: run the stage before this one first.")
    return state


_RUN = {
    "pictures": _pictures,
    "autoencoder": _autoencoder,
    "alignment": _alignment,
    "latents": _latents,
    "denoiser": _denoiser,
    "export": _export,
}
