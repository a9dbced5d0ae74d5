"""Muon: momentum whose direction is made orthogonal, for the matrices inside a network; AdamW for everything else.

Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; convolutions count as matrices of
outputs x (inputs * height * width). On a small budget a step buys more than AdamW's, and costs a few samples' time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from sfumato_training.ranks import Rank

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic Newton-Schulz iteration
_ITERATIONS = 5
_MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal, for parameters of two dimensions or more; the ranks divide the work."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float,
        weight_decay: float = 0.01,
        rank: Rank | None = None,
        is_halved: bool = False,
    ) -> None:
        """`is_halved`: directions are made orthogonal in bfloat16."""
        super().__init__(list(parameters), {"lr": lr, "weight_decay": weight_decay})
        self._rank = rank or Rank()
        self._orthogonal = orthogonal_halved if is_halved else orthogonal

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            parameters = [parameter for parameter in group["params"] if parameter.grad is not None]
            directions = [self._direction(parameter) for parameter in parameters]
            mine = self._rank.mine(directions)
            found = dict(zip(mine, self._orthogonal([directions[number] for number in mine]), strict=True))
            directions = [found.get(number, torch.zeros_like(matrix)) for number, matrix in enumerate(directions)]
            self._rank.share(directions, mean=False)
            for parameter, direction in zip(parameters, directions, strict=True):
                scale = max(1.0, direction.shape[0] / direction.shape[1]) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(direction.view_as(parameter), alpha=-group["lr"] * scale)

    def _direction(self, parameter: Tensor) -> Tensor:
        """Nesterov's, as a matrix of outputs x everything else."""
        momentum = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        momentum.lerp_(parameter.grad, 1 - _MOMENTUM)
        assert parameter.grad is not None
        return parameter.grad.lerp(momentum, _MOMENTUM).flatten(1)


def orthogonal(matrices: list[Tensor]) -> list[Tensor]:
    """For each matrix the nearest one whose singular values are all about 1, by the quintic iteration of Newton and Schulz.

    Every step multiplies from the left by a polynomial of the Gram matrix, so the steps are done on the (smaller, square)
    Gram matrices alone, all of one size at once, and their product is applied to the matrix at the end.
    """
    wide = [matrix.T if matrix.shape[0] > matrix.shape[1] else matrix for matrix in matrices]
    wide = [matrix / (matrix.norm() + 1e-7) for matrix in wide]
    found: list[Tensor] = [torch.empty(0)] * len(matrices)
    for size in {len(matrix) for matrix in wide}:
        numbers = [number for number, matrix in enumerate(wide) if len(matrix) == size]
        products = _inverse_roots(torch.stack([wide[number] @ wide[number].T for number in numbers]))
        for number, product in zip(numbers, products, strict=True):
            result = product @ wide[number]
            found[number] = result.T if matrices[number].shape[0] > matrices[number].shape[1] else result
    return found


def orthogonal_halved(matrices: list[Tensor]) -> list[Tensor]:
    """The same in bfloat16, for processors that are quicker in it. The steps are done on the matrices themselves: Gram
    matrices have the singular values squared, for which bfloat16 is too coarse (cosine with the exact result 0.75, not 0.998).
    """
    a, b, c = _COEFFICIENTS
    found: list[Tensor] = [torch.empty(0)] * len(matrices)
    wide = [matrix.T if matrix.shape[0] > matrix.shape[1] else matrix for matrix in matrices]
    for shape in {matrix.shape for matrix in wide}:
        numbers = [number for number, matrix in enumerate(wide) if matrix.shape == shape]
        x = torch.stack([wide[number] / (wide[number].norm() + 1e-7) for number in numbers]).bfloat16()
        for _ in range(_ITERATIONS):
            gram = torch.bmm(x, x.mT)
            x = torch.baddbmm(a * x, torch.baddbmm(b * gram, gram, gram, alpha=c), x)
        for number, result in zip(numbers, x.float(), strict=True):
            found[number] = result.T if matrices[number].shape[0] > matrices[number].shape[1] else result
    return found


def _inverse_roots(grams: Tensor) -> Tensor:
    """About the inverse square roots of Gram matrices (count x n x n) of norm 1 or less."""
    a, b, c = _COEFFICIENTS
    unit = torch.eye(grams.shape[1], device=grams.device).expand_as(grams)
    product = unit
    for number in range(_ITERATIONS):
        step = torch.baddbmm(a * unit + b * grams, grams, grams, alpha=c)
        product = torch.bmm(step, product) if number else step
        if number < _ITERATIONS - 1:
            grams = torch.bmm(torch.bmm(step, grams), step)
    return product


def split_parameters(model: nn.Module, first_and_last: tuple[str, ...]) -> tuple[list[Tensor], list[Tensor]]:
    """The matrices inside, and the rest: vectors, tables of tokens, and the layers named as first or last."""
    inside: list[Tensor] = []
    rest: list[Tensor] = []
    for name, parameter in model.named_parameters():
        is_table = "embedding." in name and "time_embedding" not in name
        is_edge = any(name.startswith(edge) for edge in first_and_last)
        (rest if parameter.ndim < 2 or is_table or is_edge else inside).append(parameter)
    return inside, rest
