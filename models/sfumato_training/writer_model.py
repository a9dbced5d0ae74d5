"""The starter writer: a small Llama-architecture model with a byte-level tokenizer.

Attention follows Vaswani et al. 2017, rotary positions Su et al. 2021 (pairs interleaved, as llama.cpp's `llama`
architecture has them), SwiGLU Shazeer 2020, RMS norm Zhang and Sennrich 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor, nn

from sfumato_training.writer_feed import END, PAD

RMS_EPS = 1e-5
ROPE_BASE = 10000.0
SPECIAL = (PAD, END)


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of the model; `width` is the number of channels, `hidden` that of the feed-forward part."""

    vocabulary: int = 2048
    width: int = 224
    layers: int = 8
    heads: int = 7
    hidden: int = 544
    context: int = 1024


class _Norm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, RMS_EPS)


class Block(nn.Module):
    """One layer: attention, then the feed-forward part, each added to what came in (batch x length x width)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.attn_norm, self.ffn_norm = _Norm(size.width), _Norm(size.width)
        self.attn_q, self.attn_k, self.attn_v, self.attn_output = (
            nn.Linear(size.width, size.width, bias=False) for _ in range(4)
        )
        self.ffn_gate, self.ffn_up = (nn.Linear(size.width, size.hidden, bias=False) for _ in range(2))
        self.ffn_down = nn.Linear(size.hidden, size.width, bias=False)

    def forward(self, x: Tensor, turns: Tensor) -> Tensor:
        """`turns` are the cosines and sines of the rotary positions, 2 x length x half a head."""
        batch, length, width = x.shape
        normed = self.attn_norm(x)
        q, k, v = (
            part(normed).view(batch, length, self.heads, -1).transpose(1, 2)
            for part in (self.attn_q, self.attn_k, self.attn_v)
        )
        mixed = _attended(_rotated(q, turns), _rotated(k, turns), v)
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))
        normed = self.ffn_norm(x)
        hidden: Tensor = self.ffn_down(F.silu(self.ffn_gate(normed)) * self.ffn_up(normed))
        return x + hidden


class WriterModel(nn.Module):
    """Token ids (batch x length) to logits (batch x length x vocabulary); input and output embeddings are shared."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.token_embd = nn.Embedding(size.vocabulary, size.width)
        self.blk = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.output_norm = _Norm(size.width)
        head = size.width // size.heads
        speeds = ROPE_BASE ** (-torch.arange(0, head, 2).float() / head)
        angles = torch.arange(size.context).float()[:, None] * speeds
        self.register_buffer("turns", torch.stack((angles.cos(), angles.sin())), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                depth = (2 * size.layers) ** -0.5 if name.endswith(("attn_output.weight", "ffn_down.weight")) else 1.0
                nn.init.normal_(weight, std=0.02 if "embd" in name else depth * size.width**-0.5 * 0.7)

    def forward(self, ids: Tensor) -> Tensor:
        """See the class."""
        x = self.token_embd(ids)
        turns = self.turns[:, : ids.shape[1]]  # type: ignore[index]
        for block in self.blk:
            x = block(x, turns)
        return F.linear(self.output_norm(x), self.token_embd.weight)


def _attended(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention. torch's own, but written out for bfloat16 on a CPU: learning from so short texts takes a third of the time."""
    if q.device.type != "cpu" or v.dtype != torch.bfloat16:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    length = q.shape[2]
    later = torch.full((length, length), float("-inf"), dtype=v.dtype).triu(1)
    scores = q.to(v.dtype) @ k.to(v.dtype).mT * q.shape[-1] ** -0.5
    return (scores + later).softmax(-1) @ v


def _rotated(x: Tensor, turns: Tensor) -> Tensor:
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = turns[0], turns[1]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


def train_tokenizer(texts: list[str], vocabulary: int) -> Tokenizer:
    """A byte-level tokenizer of that many tokens."""
    tokenizer = byte_level_tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def byte_level_tokenizer(pieces: models.BPE) -> Tokenizer:
    """Byte-level BPE with single digits, as llama.cpp's pre-tokenizer `smollm` splits them; numbers can be copied so."""
    tokenizer = Tokenizer(pieces)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    if pieces.token_to_id(END) is not None:
        tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer
