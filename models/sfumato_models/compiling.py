"""Compiles the blocks that a denoiser repeats (torch.compile by diffusers' regional compilation). Lives in an engine process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch._dynamo.exc import TorchDynamoException

from sfumato.errors import SfumatoError
from sfumato_models.memory import Placement

# With parts that are moved or widened layer by layer a block is no graph of its own.
PLACEMENTS = (Placement.RESIDENT, Placement.ENCODERS_ASIDE)
GRAPHS_KEPT = 256
CompileError = TorchDynamoException


def compile_blocks(denoiser: Any, family: str) -> None:
    """From now on its blocks are compiled when they are computed first, for every size of picture anew.

    A graph for any size would be taken for sizes that have their own, depending on what was painted before: then a
    picture would not repeat. Raises SfumatoError if the network names no blocks.
    """
    torch._dynamo.config.recompile_limit = GRAPHS_KEPT  # above it torch would go on uncompiled without saying so
    torch._dynamo.config.accumulated_recompile_limit = 4 * GRAPHS_KEPT
    try:
        denoiser.compile_repeated_blocks(fullgraph=True, dynamic=False)
    except (ValueError, AttributeError) as error:
        raise SfumatoError(f"{family} cannot be compiled.", "It is painted as before.", repr(error)) from error


@contextmanager
def computing_blocks(are_compiled: bool) -> Iterator[None]:
    """Within it, compiled blocks compute as such, or to the bit as if they never had been compiled."""
    if are_compiled:
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
