"""A seed decides what a training ends with, also where it was interrupted; `--step-seconds` leaves the clock out of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato_training import alignment, autoencoder, denoiser, grader, judge, writer_train
from sfumato_training.alignment import TOKEN_LIMIT, make_tokenizer, new_pair
from sfumato_training.checkpoint import Budget, Part, load_checkpoint, save_parts
from sfumato_training.examples import PatchMap, load_examples, make_examples
from sfumato_training.pictures import draw_pictures, load_pictures
from sfumato_training.ranks import Rank
from sfumato_training.writer_model import Size

STEP_S, STEPS = 0.5, 2
MINUTES = STEPS * STEP_S / 60
SEED = 5
SMALL = Size(vocabulary=512, width=160, layers=3, heads=5, hidden=96, context=512)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what every stage needs of those before it."""
    folder = tmp_path_factory.mktemp("begun")
    draw_pictures(folder / "pictures", 10, SEED)
    sets = load_pictures(folder / "pictures")
    autoencoder.begin_autoencoder(folder / "autoencoder.pt", sets, SEED)
    make_tokenizer(folder / "tokenizer", SEED)
    model = autoencoder.new_autoencoder().eval()
    model.load_state_dict(torch.load(folder / "autoencoder.pt", weights_only=True)["average"])
    matrix, offset = autoencoder.patch_map(model)
    make_examples(folder, sets, PatchMap(matrix.numpy(), offset.numpy()), folder / "tokenizer", TOKEN_LIMIT, SEED)
    grader.make_views(folder / "grader" / "views", 4, grader.SEED)
    return folder


def train_decoder(folder: Path, minutes: float) -> None:
    sets = load_pictures(folder / "pictures")
    autoencoder.train_decoder(folder / "autoencoder.pt", sets, minutes, "cpu", SEED, STEP_S)


def train_alignment(folder: Path, minutes: float) -> None:
    alignment.train_pair(folder, load_pictures(folder / "pictures"), minutes, "cpu", SEED, STEP_S)


def train_denoiser(folder: Path, minutes: float) -> None:
    torch.manual_seed(SEED)
    encoder = denoiser.text_encoder_of(new_pair(make_tokenizer(folder / "tokenizer", SEED)))
    course, examples = denoiser.Course(4, 0.015, 8e-4, compiled=False), load_examples(folder)
    denoiser.train_denoiser(
        folder / "denoiser.pt", examples, encoder, minutes, "cpu", SEED, Rank(), course, STEP_S
    )  # fmt: skip


def train_judge(folder: Path, minutes: float) -> None:
    torch.manual_seed(SEED)
    tower = new_pair(make_tokenizer(folder / "tokenizer", SEED)).text_model.state_dict()
    judge.train_judge(folder, load_pictures(folder / "pictures"), minutes, "cpu", SEED, tower, STEP_S)


def train_grader(folder: Path, minutes: float) -> None:
    grader.make_grader(folder / "grader", minutes, count=4, step_s=STEP_S)


@pytest.mark.parametrize(
    ("train", "module", "file"),
    [
        (train_decoder, autoencoder, "autoencoder.pt"),
        (train_alignment, alignment, "alignment.pt"),
        (train_denoiser, denoiser, "denoiser.pt"),
        (train_judge, judge, "judge.pt"),
        (train_grader, grader, "grader/grader.pt"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_stage_that_was_interrupted_ends_with_the_weights_of_one_that_was_not(
    begun: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: Callable[[Path, float], None],
    module: Any,
    file: str,
) -> None:
    once, interrupted = (shutil.copytree(begun, tmp_path / name) for name in ("once", "interrupted"))
    monkeypatch.setattr(module, "_SAVE_EVERY_S", STEP_S)
    monkeypatch.setattr(grader, "_BATCH", 8)
    train(once, MINUTES)
    with monkeypatch.context() as killed:
        killed.setattr(module, "save_parts", saved_and_killed)
        with pytest.raises(KeyboardInterrupt):
            train(interrupted, MINUTES)
    state = load_checkpoint(interrupted / file)
    assert state
    assert state["step"] == 1
    train(interrupted, MINUTES)
    assert equal(weights_of(once / file), weights_of(interrupted / file))
    assert not equal(weights_of(once / file), state["average"])


def test_a_writer_ends_with_the_same_weights_every_time_and_whenever_it_goes_on_from_one_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_train, "TOKENIZER_EXERCISES", 400)
    monkeypatch.setattr(writer_train, "_CHECKED", 16)

    def trained(folder: Path, minutes: float) -> Mapping[str, Tensor]:
        writer_train.train_writer(folder, minutes, "cpu", SEED, 1, workers=1, size=SMALL, step_s=STEP_S)
        return weights_of(folder / "writer.pt")

    first, again = (trained(tmp_path / name, MINUTES) for name in ("once", "again"))
    assert equal(first, again)
    further = [trained(tmp_path / name, 2 * MINUTES) for name in ("once", "again")]
    assert equal(*further)
    assert not equal(first, further[0])


def test_a_budget_that_counts_steps_reads_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfumato_training.checkpoint.time.monotonic", iter((0.0, 50.0)).__next__)
    budget = Budget(minutes=1, used_s=30, step_s=15)
    assert (budget.progress, budget.is_due(15)) == (0.5, False)
    budget.step_done()
    assert (budget.progress, budget.is_due(15), budget.is_due(15)) == (0.75, True, False)


def saved_and_killed(path: Path, parts: Mapping[str, Part], **told: float) -> None:
    """Save, and then what Ctrl+C does."""
    save_parts(path, parts, **told)
    raise KeyboardInterrupt


def weights_of(file: Path) -> Mapping[str, Tensor]:
    state = load_checkpoint(file)
    assert state
    found: Mapping[str, Tensor] = state["average"]
    return found


def equal(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())
