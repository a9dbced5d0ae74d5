from __future__ import annotations

from pathlib import Path

import torch

from sfumato_training.optimizer import Muon, orthogonal
from sfumato_training.ranks import Rank, run_ranks


def train(rank: Rank, folder: Path) -> None:
    """Three steps, each process with an example of its own; what it ends with is written down."""
    torch.manual_seed(0)
    layers = torch.nn.Sequential(torch.nn.Linear(6, 4, bias=False), torch.nn.Linear(4, 3, bias=False))
    parameters = list(layers.parameters())
    optimizer = Muon(parameters, lr=0.1, rank=rank)
    examples = torch.randn(2, 6)
    for _ in range(3):
        mine = examples[rank.number : rank.number + 1] if rank.count > 1 else examples
        optimizer.zero_grad()
        layers(mine).square().sum(dim=1).mean().backward()
        rank.share([parameter.grad for parameter in parameters if parameter.grad is not None])
        optimizer.step()
    torch.save(parameters, folder / f"{rank.count}-{rank.number}.pt")


def test_two_processes_end_with_the_same_weights_as_one_that_sees_all_examples(tmp_path: Path) -> None:
    run_ranks(train, 1, tmp_path / "meeting", tmp_path)
    run_ranks(train, 2, tmp_path / "meeting", tmp_path)
    alone, first, second = (torch.load(tmp_path / f"{name}.pt", weights_only=True) for name in ("1-0", "2-0", "2-1"))
    for one, a, b in zip(alone, first, second, strict=True):
        assert torch.equal(a, b)
        assert torch.allclose(one, a, atol=1e-4)


def test_matrices_of_any_shape_become_nearly_orthogonal() -> None:
    torch.manual_seed(0)
    shapes = ((16, 90), (16, 40), (90, 16), (24, 60))
    for found, shape in zip(orthogonal([torch.randn(shape) for shape in shapes]), shapes, strict=True):
        assert found.shape == shape
        values = torch.linalg.svdvals(found)
        assert 0.5 < values.min() <= values.max() < 1.3
