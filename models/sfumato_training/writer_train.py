"""Training of the starter writer: answers are learned from endless exercises, made ahead by processes of their own.

On a CPU batches are small; on a GPU they are large, computed in bfloat16 by compiled layers. The training ends itself
within its budget, tokenizer, compilation and all, and goes on from `writer.pt` after an interruption. What counts is
`writer.safetensors` (averaged weights, 16 bits) beside `tokenizer.json`: `writer_export.py` makes the GGUF of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from sfumato_training.checkpoint import Averaged, Budget, learning_rate, load_checkpoint, save_checkpoint
from sfumato_training.optimizer import Muon, split_parameters
from sfumato_training.writer_copying import Circuit, set_copying
from sfumato_training.writer_data import Writer
from sfumato_training.writer_export import save_weights
from sfumato_training.writer_feed import PAD, Batch, Feed, padded, texts, tokenised
from sfumato_training.writer_model import Block, Size, WriterModel, train_tokenizer

READING_WEIGHT = 0.1  # what is read is learned too, a little: versions and changes repeat words, which teaches copying
TOKENIZER_EXERCISES = 12000
_CHECKED = 384  # held-out exercises of a check
_CHECK_SEED = 80_001


@dataclass(frozen=True, slots=True)
class Pace:
    """How a device is kept busy: tokens in a batch, processes that make exercises, peak rates, seconds between saves."""

    tokens: int
    workers: int
    peak_inside: float
    peak_rest: float
    save_every_s: float


GOING_ON = 0.3  # of the peak rates: finished weights would be lost at the full ones
PACES = {"cpu": Pace(2048, 1, 0.015, 1e-3, 300), "cuda": Pace(24576, 7, 0.02, 1e-3, 80)}


def make_tokenizer(file: Path, seed: int, vocabulary: int) -> Tokenizer:
    """The tokenizer in `file`, trained first if it is not there."""
    if not file.exists():
        writer = Writer(seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        train_tokenizer(["".join(texts(writer.make())) for _ in range(TOKENIZER_EXERCISES)], vocabulary).save(
            str(unfinished)
        )
        os.replace(unfinished, file)
    return Tokenizer.from_file(str(file))


def train_writer(
    folder: Path,
    minutes: float,
    device: str,
    seed: int,
    threads: int,
    workers: int | None = None,
    size: Size | None = None,
    begin_with: Path | None = None,
    step_s: float | None = None,
) -> None:
    """Train, or go on, until the minutes are used (see `Budget`); `writer.safetensors` in the folder is renewed with every save.

    `begin_with` is the GGUF of a finished writer: its size and tokenizer are used, its weights are learned further.
    """
    pace = PACES[torch.device(device).type]
    first, size = _begin(folder, begin_with) if begin_with else (None, size or Size())
    if begin_with:
        pace = replace(pace, peak_inside=pace.peak_inside * GOING_ON, peak_rest=pace.peak_rest * GOING_ON)
    state = load_checkpoint(folder / "writer.pt")
    budget = Budget(minutes, state["used_s"] if state else 0.0, step_s=step_s)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("high")
    tokenizer_file = folder / "tokenizer.json"
    tokenizer = make_tokenizer(tokenizer_file, seed, size.vocabulary)
    step = state["step"] if state else 0
    with Feed(tokenizer_file, seed + 1 + step, workers or pace.workers, pace.tokens, size.context) as feed:
        training = Training(size, device, seed, pace, state, first)
        exams = _exams(tokenizer, size)
        if device != "cpu":
            training.compile()
        begun = state["begun"] if state else budget.progress
        print(f"writer: {training.parameters:,} parameters, first step after {budget.used_s:.0f} s", flush=True)
        for batch in feed:
            progress = budget.progress
            loss = training.step(batch, (progress - begun) / max(1e-9, 1 - begun))
            budget.step_done()
            if training.steps % 50 == 0 or progress >= 1:
                print(
                    f"writer step {training.steps} {progress:.0%} {training.samples} exercises, loss {loss.item():.4f}, "
                    f"{max(0.0, budget.total_s - budget.used_s):.0f} s left, {feed.waiting} batches wait",
                    flush=True,
                )
            if budget.is_due(pace.save_every_s) or progress >= 1:
                saved_s = budget.used_s
                save_checkpoint(folder / "writer.pt", training.state() | {"used_s": saved_s, "begun": begun})
                told = f"trained on {training.samples} made-up exercises in {saved_s / 60:.0f} minutes ({device})"
                told += " going on from finished weights" if begin_with else ""
                save_weights(training.average.module, folder / "writer.safetensors", told)  # type: ignore[arg-type]
                found = ", ".join(f"{name} {training.exam(exam):.1%}" for name, exam in exams.items())
                print(f"writer saved at step {training.steps}; answers right to the letter: {found}", flush=True)
                budget = Budget(minutes, saved_s, step_s=step_s)  # saving and checking are off the clock
            if progress >= 1:
                return


class Training:
    """The model, its average, its optimizers and the circuit that stays; `step` is all there is to it."""

    def __init__(
        self,
        size: Size,
        device: str,
        seed: int,
        pace: Pace,
        state: dict[str, object] | None = None,
        first: WriterModel | None = None,
    ) -> None:
        """`state` is that of a training to go on with, `first` a finished model to begin with."""
        model = first or WriterModel(size)
        if first is None:
            set_copying(model, seed)
        self.model = model.to(device)
        self.device, self.pace = device, pace
        self._is_halved = device != "cpu" or torch.cpu._is_avx512_bf16_supported()  # elsewhere it is only slower
        self.circuit, self.average = Circuit(self.model), Averaged(self.model)
        self.inside, self.rest = split_parameters(self.model, ("token_embd.",))
        self.optimizers: dict[str, torch.optim.Optimizer] = {
            "inside": Muon(self.inside, lr=pace.peak_inside, is_halved=device == "cpu" and self._is_halved),
            "rest": torch.optim.AdamW(self.rest, lr=pace.peak_rest, betas=(0.9, 0.98), weight_decay=0.0),
        }
        self.steps = self.samples = 0
        if state:
            self.model.load_state_dict(state["model"])  # type: ignore[arg-type]
            self.average.module.load_state_dict(state["average"])  # type: ignore[arg-type]
            for name, optimizer in self.optimizers.items():
                optimizer.load_state_dict(state[name])  # type: ignore[arg-type]
            self.average.steps = self.steps = state["step"]  # type: ignore[assignment]
            self.samples = state["samples"]  # type: ignore[assignment]

    @property
    def parameters(self) -> int:
        """How many numbers the model has."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def compile(self) -> None:
        """Compile the layers, all alike, and try them on one batch; if this machine cannot, say so and go on without."""
        blocks = [block for block in self.model.blk if isinstance(block, Block)]
        for block in blocks:
            block.compile(dynamic=True)
        try:
            for length in (96, 160):  # of the size of real batches, by which kernels are chosen
                rows = self.pace.tokens // length
                self._loss(torch.zeros(rows, length, dtype=torch.long, device=self.device), None).backward()  # type: ignore[no-untyped-call]
        except (
            RuntimeError,
            OSError,
        ) as error:  # torch's own, what its compiler died of included, and a missing compiler
            print(f"writer: the layers cannot be compiled here and stay as they are: {error!r:.500}", flush=True)
            for block in blocks:
                block._compiled_call_impl = None
        self.model.zero_grad(set_to_none=True)

    def step(self, batch: Batch, progress: float) -> Tensor:
        """Learn from a batch at this share of the schedule; the loss, still on the device."""
        peaks = (self.pace.peak_inside, self.pace.peak_rest)
        for optimizer, peak in zip(self.optimizers.values(), peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(min(1.0, progress), peak)
        ids, weights = self._on_device(batch)
        loss = self._loss(ids, weights)
        for optimizer in self.optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.rest, 1.0)
        for optimizer in self.optimizers.values():
            optimizer.step()
        self.circuit.restore()
        self.average.update(self.model)
        self.steps, self.samples = self.steps + 1, self.samples + len(ids)
        return loss.detach()

    @torch.no_grad()
    def exam(self, batches: list[Batch]) -> float:
        """The share of exercises whose whole answer the averaged model would give, decoding greedily and freely."""
        right = total = 0
        for batch in batches:
            ids, weights = self._on_device(batch)
            found = self.average.module(ids[:, :-1]).argmax(dim=-1)
            wrong = (found != ids[:, 1:]) & (weights[:, 1:] == 1)
            right, total = right + int((~wrong.any(dim=1)).sum()), total + len(ids)
        return right / total

    def state(self) -> dict[str, object]:
        """All it takes to go on."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.module.state_dict(),
            **{name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "step": self.steps,
            "samples": self.samples,
        }

    def _on_device(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Token ids and loss weights (both exercises x length): little for what is read, 1 for the answer, 0 beyond."""
        lengths = torch.from_numpy(np.stack((batch.read, batch.length))).to(self.device, non_blocking=True)
        ids = torch.from_numpy(batch.ids.astype(np.int32)).to(self.device, non_blocking=True).long()
        place = torch.arange(ids.shape[1], device=self.device)
        weights = (place < lengths[1][:, None]).float() - (1 - READING_WEIGHT) * (place < lengths[0][:, None])
        return ids, torch.where(place >= lengths[0][:, None], weights, weights.clamp(max=READING_WEIGHT))

    def _loss(self, ids: Tensor, weights: Tensor | None) -> Tensor:
        with torch.autocast(self.device, torch.bfloat16, enabled=self._is_halved):
            logits = self.model(ids[:, :-1])
        losses = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        if weights is None:
            return losses.mean()
        counted = weights[:, 1:].flatten()
        return (losses * counted).sum() / counted.sum()


def _begin(folder: Path, file: Path) -> tuple[WriterModel, Size]:
    """The finished model in a GGUF, its tokenizer put into the folder."""
    from sfumato_training.writer_gguf import read_gguf

    model, tokenizer = read_gguf(file)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return model, model.size


def _exams(tokenizer: Tokenizer, size: Size) -> dict[str, list[Batch]]:
    """Held-out exercises, by what is new in them."""
    pad = tokenizer.token_to_id(PAD)
    found = {}
    for name, new_phrasings, new_words in (("new phrasings", True, False), ("new words", False, True)):
        writer = Writer(_CHECK_SEED, new_phrasings, new_words)
        exercises = sorted(
            (e for e in tokenised(tokenizer, [writer.make() for _ in range(_CHECKED)]) if len(e[0]) <= size.context),
            key=lambda exercise: len(exercise[0]),
        )
        groups = [exercises[start : start + 64] for start in range(0, len(exercises), 64)]
        found[name] = [padded(group, max(len(tokens) for tokens, _ in group), pad) for group in groups]
    return found
