"""Training on the cores of a CPU: a process for each, which share their gradients once a step.

Two processes of one thread each train faster than one of two threads, the more so beside other work: threads meet at the end
of every small product, processes once in a step. On a GPU, and with one thread, there is one process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Rank:
    """Which of `count` processes this one is."""

    number: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """The first one reports and saves."""
        return self.number == 0

    def share(self, tensors: Sequence[Tensor], mean: bool = True) -> None:
        """Replace the tensors by their mean (or sum) over all processes."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        torch.distributed.all_reduce(flat)
        if mean:
            flat /= self.count
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def agreed(self, value: float) -> float:
        """The first process's value."""
        if self.count == 1:
            return value
        told = torch.tensor(value, dtype=torch.float64)
        torch.distributed.broadcast(told, 0)
        return told.item()

    def mine(self, items: Sequence[Any]) -> list[int]:
        """The numbers of the items that this process takes on."""
        return list(range(self.number, len(items), self.count))


def run_ranks(work: Callable[..., None], count: int, meeting_point: Path, *arguments: Any) -> None:
    """Call `work(rank, *arguments)` in `count` processes of one thread each and wait for them; in this one if it is one.

    `meeting_point` is a file that does not exist yet.
    """
    if count == 1:
        work(Rank(), *arguments)
        return
    meeting_point.unlink(missing_ok=True)
    torch.multiprocessing.spawn(  # type: ignore[attr-defined, no-untyped-call]
        _begin, (work, count, meeting_point, arguments), nprocs=count
    )


def _begin(number: int, work: Callable[..., None], count: int, meeting_point: Path, arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", f"file://{meeting_point.resolve()}", rank=number, world_size=count)
    work(Rank(number, count), *arguments)
    torch.distributed.barrier()  # nobody leaves while another still asks for something
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # gloo's threads now and then abort the process where the interpreter ends in the usual way
