"""Training of the starter writer: answers are learned from endless exercises, made as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from sfumato.dialogue import answer_text, turn_text
from sfumato_training.checkpoint import Averaged, Budget, learning_rate, load_checkpoint, save_checkpoint
from sfumato_training.optimizer import Muon, split_parameters
from sfumato_training.writer_copying import Circuit, set_copying
from sfumato_training.writer_data import Practice, Writer
from sfumato_training.writer_model import END, PAD, Size, WriterModel, export_gguf, train_tokenizer

TOKENS_IN_A_BATCH = 2048
READING_WEIGHT = 0.1  # what is read is learned too, a little: versions and changes repeat words, which teaches copying
_PEAK_INSIDE, _PEAK_REST = 0.015, 1e-3
_POOL = 512
_SAVE_EVERY_S = 120
_TOKENIZER_EXERCISES = 20000


def texts(practice: Practice) -> tuple[str, str]:
    """What the writer reads and what it should answer."""
    return turn_text(practice.reading, "starter"), answer_text(practice.decision, "starter")


def make_tokenizer(file: Path, seed: int, vocabulary: int) -> Tokenizer:
    """The tokenizer in `file`, trained first if it is not there."""
    if not file.exists():
        writer = Writer(seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        train_tokenizer(["".join(texts(writer.make())) for _ in range(_TOKENIZER_EXERCISES)], vocabulary).save(
            str(file)
        )
    return Tokenizer.from_file(str(file))


def train_writer(folder: Path, minutes: float, device: str, seed: int, threads: int) -> None:
    """Train, or go on, until the minutes are used; `writer.gguf` in the folder is renewed with every checkpoint."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    size = Size()
    tokenizer = make_tokenizer(folder / "tokenizer.json", seed, size.vocabulary)
    model = WriterModel(size)
    set_copying(model, seed)
    model = model.to(device)
    circuit = Circuit(model)
    average = Averaged(model)
    inside, rest = split_parameters(model, ("token_embd.",))
    optimizers = {
        "inside": Muon(inside, lr=_PEAK_INSIDE),
        "rest": torch.optim.AdamW(rest, lr=_PEAK_REST, betas=(0.9, 0.98), weight_decay=0.0),
    }
    state = load_checkpoint(folder / "writer.pt")
    step, used, samples = 0, 0.0, 0
    if state:
        model.load_state_dict(state["model"])
        average.module.load_state_dict(state["average"])
        for name, optimizer in optimizers.items():
            optimizer.load_state_dict(state[name])
        average.steps = step = state["step"]
        used, samples = state["used_s"], state["samples"]
    budget = Budget(minutes, used)
    saved_s = budget.used_s
    for ids, weights in _batches(tokenizer, seed + 1 + step):
        progress = budget.progress
        for optimizer, peak in zip(optimizers.values(), (_PEAK_INSIDE, _PEAK_REST), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(progress, peak)
        ids, weights = ids.to(device), weights.to(device)
        logits = model(ids[:, :-1])
        losses = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        loss = (losses * weights[:, 1:].flatten()).sum() / weights[:, 1:].sum()
        for optimizer in optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer in optimizers.values():
            optimizer.step()
        circuit.restore()
        average.update(model)
        step, samples = step + 1, samples + len(ids)
        if step % 50 == 0:
            print(f"writer step {step} {progress:.0%} {samples} exercises, loss {loss.item():.4f}", flush=True)
        if budget.used_s - saved_s > _SAVE_EVERY_S or progress >= 1:
            saved_s = budget.used_s
            save_checkpoint(
                folder / "writer.pt",
                {
                    "model": model.state_dict(),
                    "average": average.module.state_dict(),
                    **{name: optimizer.state_dict() for name, optimizer in optimizers.items()},
                    "step": step,
                    "samples": samples,
                    "used_s": saved_s,
                },
            )
            told = f"trained on {samples} made-up exercises in {saved_s / 60:.0f} minutes"
            export_gguf(average.module, tokenizer, folder / "writer.gguf", told)  # type: ignore[arg-type]
        if progress >= 1:
            return


def _batches(tokenizer: Tokenizer, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of token ids and loss weights (both exercises x length), of about equal numbers of tokens."""
    writer = Writer(seed)
    end, pad = tokenizer.token_to_id(END), tokenizer.token_to_id(PAD)
    while True:
        pool = []
        for _ in range(_POOL):
            read, answer = (tokenizer.encode(text).ids for text in texts(writer.make()))
            pool.append(([*read, *answer, end], len(read)))
        pool.sort(key=lambda item: len(item[0]))
        groups: list[list[tuple[list[int], int]]] = [[]]
        for item in pool:
            if len(item[0]) * (len(groups[-1]) + 1) > TOKENS_IN_A_BATCH:
                groups.append([])
            groups[-1].append(item)
        writer.rng.shuffle(groups)
        for group in groups:
            longest = max(len(ids) for ids, _ in group)
            ids = torch.full((len(group), longest), pad)
            weights = torch.zeros(len(group), longest)
            for row, (tokens, read_length) in enumerate(group):
                ids[row, : len(tokens)] = torch.tensor(tokens)
                weights[row, :read_length] = READING_WEIGHT
                weights[row, read_length : len(tokens)] = 1.0
            yield ids, weights
