"""Copying, set before training: two layers that continue a word as it was continued before (an induction circuit).

Olsson et al. 2022, "In-context learning and induction heads". Small models find this circuit late, and until then they
cannot copy a word they do not know. So it is built: in the first layer two heads look at the token before (a constant
turned by one rotary step) and write it into channels that embeddings leave empty; in the second, four heads look for
the place whose token before is the present one, by the slowest rotary pairs, which distance hardly turns, and add the
token that stands there to the output. Training would soon take the circuit apart again, so it stays as it is set
(`Circuit`): the empty channels, the first layer, and the four heads of the second. All else is trained around it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sfumato_training.writer_model import ROPE_BASE, Block, WriterModel

CONSTANT, TOKEN = 0.1, 0.02  # channel 0 of every embedding; deviation of the channels that tell tokens apart
_BEFORE_HEADS, _MATCH_HEADS = 2, 4
_FAST_PAIRS, _SLOW_PAIRS = 5, 7  # rotary pairs: the fast ones see one step, the slow ones only content
_MATCHED = 2 * _SLOW_PAIRS * _MATCH_HEADS  # channels that carry the token before, from channel 1 on
_SHARPNESS_BEFORE, _SHARPNESS_MATCH = 1.5, 2.4
_WRITE_BEFORE, _WRITE_MATCH, _OUTPUT = 0.04, 0.09, 5.0


class Circuit:
    """What was set and must stay; `restore` puts it back after a step of the training."""

    def __init__(self, model: WriterModel) -> None:
        before, match = [block for block in model.blk if isinstance(block, Block)][:2]
        head = model.size.width // model.size.heads
        heads = slice(0, _MATCH_HEADS * head)
        parts: list[tuple[Tensor, tuple[slice, ...]]] = [
            (model.token_embd.weight, (slice(None), slice(0, 1 + _MATCHED)))
        ]
        parts += [(parameter, (slice(None),)) for parameter in before.parameters()]
        parts += [(match.attn_norm.weight, (slice(None),))]
        parts += [(layer.weight, (heads,)) for layer in (match.attn_q, match.attn_k, match.attn_v)]
        parts += [(match.attn_output.weight, (slice(None), heads))]
        self._parts = [(parameter, where, parameter.detach()[where].clone()) for parameter, where in parts]

    @torch.no_grad()
    def restore(self) -> None:
        """Put back what was set."""
        for parameter, where, kept in self._parts:
            parameter[where] = kept


@torch.no_grad()
def set_copying(model: WriterModel, seed: int) -> None:
    """Set the first two layers and the embeddings; zero what other layers add."""
    size = model.size
    generator = torch.Generator().manual_seed(seed)
    head = size.width // size.heads
    matched, first = _MATCHED, 1 + _MATCHED  # `first` of the channels that tell tokens apart
    told = size.width - first
    table = model.token_embd.weight
    table.normal_(std=TOKEN, generator=generator)
    table[:, 0] = CONSTANT
    table[:, 1:first] = 0
    model.output_norm.weight.fill_(_OUTPUT)
    blocks = [block for block in model.blk if isinstance(block, Block)]
    for block in blocks:
        block.attn_output.weight.zero_()
        block.ffn_down.weight.zero_()
    view = _orthonormal(matched, told, generator)  # what of a token is matched
    speeds = ROPE_BASE ** (-torch.arange(0, head, 2).float() / head)
    before, match = blocks[:2]
    for number in range(_BEFORE_HEADS):
        rows = slice(number * head, (number + 1) * head)
        q, k, v = (layer.weight[rows] for layer in (before.attn_q, before.attn_k, before.attn_v))
        for part in (q, k, v):
            part.zero_()
        for pair in range(_FAST_PAIRS):
            turn = float(speeds[pair])
            q[2 * pair, 0] = _SHARPNESS_BEFORE
            k[2 * pair, 0], k[2 * pair + 1, 0] = (
                _SHARPNESS_BEFORE * math.cos(turn),
                _SHARPNESS_BEFORE * math.sin(turn),
            )
        share = range(number * matched // _BEFORE_HEADS, (number + 1) * matched // _BEFORE_HEADS)
        for row, channel in enumerate(share):
            v[row, first:] = view[channel]
            before.attn_output.weight[1 + channel, number * head + row] = _WRITE_BEFORE
    values = _orthonormal(min(told, _MATCH_HEADS * head), told, generator)
    slow = head - 2 * _SLOW_PAIRS
    for number in range(_MATCH_HEADS):
        rows = slice(number * head, (number + 1) * head)
        q, k, v = (layer.weight[rows] for layer in (match.attn_q, match.attn_k, match.attn_v))
        for part in (q, k, v):
            part.zero_()
        for row in range(2 * _SLOW_PAIRS):
            channel = number * 2 * _SLOW_PAIRS + row
            q[slow + row, first:] = view[channel] * _SHARPNESS_MATCH
            k[slow + row, 1 + channel] = _SHARPNESS_MATCH
        part = values[number * head : (number + 1) * head]
        v[: len(part), first:] = part
        match.attn_output.weight[first:, number * head : number * head + len(part)] = _WRITE_MATCH * part.T


def _orthonormal(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    """`rows` orthonormal vectors of `columns` channels."""
    found: Tensor = torch.linalg.qr(torch.randn(columns, rows, generator=generator)).Q
    return found.T.contiguous()
