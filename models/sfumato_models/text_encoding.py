"""Texts to embeddings for CLIP text encoders, which read a fixed number of tokens: longer text is read in pieces.

Each piece is encoded by itself, between the encoder's own marks, and the embeddings are put one after the other; the
negative text gets as many pieces as the positive one. A text that fits in one piece is encoded exactly as diffusers
does it. Embeddings are kept, so that a new seed needs no encoder work. Lives in an engine process.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from sfumato_models.token_count import MARKS, MAX_PIECES, Tokens, split_tokens

PIECES_KEPT = 64
MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """Embeddings of shape (1, pieces * limit, width), and of shape (1, width) where the encoder sums a text up."""

    embeddings: Tensor
    pooled: Tensor | None = None


@dataclass(frozen=True, slots=True)
class EncodedText:
    """Both texts as read; `notes` name what was left out."""

    positive: Reading
    negative: Reading | None
    notes: tuple[str, ...] = ()


class ClipText:
    """One tokenizer and text encoder, and the embeddings of what was read lately."""

    def __init__(
        self,
        tokenizer: Any,
        text_encoder: Any,
        long_prompts: Literal["chunked", "cut"],
        layer: Literal["last", "penultimate"] = "last",
    ) -> None:
        self._tokenizer = tokenizer
        self._encoder = text_encoder
        self._layer = layer
        self._limit: int = tokenizer.model_max_length
        # where the rest is left out, as much as fits is read
        is_chunked = long_prompts == "chunked"
        self._max_pieces = MAX_PIECES if is_chunked else 1
        self._commas = frozenset(self._tokens(",") if is_chunked else ()) - set(tokenizer.all_special_ids)
        self._read: OrderedDict[Tokens, Reading] = OrderedDict()

    def encode(self, positive: str, negative: str | None) -> EncodedText:
        """Both texts in equally many pieces; `negative` is None when the model runs without guidance."""
        texts = {"prompt": positive} if negative is None else {"prompt": positive, "negative prompt": negative}
        read: dict[str, list[Tokens]] = {}
        notes = []
        for name, text in texts.items():
            pieces = split_tokens(self._tokens(text), self._limit - MARKS, self._commas)
            read[name] = pieces[: self._max_pieces]
            if left_out := [token for piece in pieces[self._max_pieces :] for token in piece]:
                notes.append(left_out_note(name, self._tokenizer.decode(left_out, skip_special_tokens=True)))
        count = max(map(len, read.values()))
        readings = {name: self._reading(pieces, count) for name, pieces in read.items()}
        return EncodedText(readings["prompt"], readings.get("negative prompt"), tuple(notes))

    def _tokens(self, text: str) -> Tokens:
        return tuple(self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids)

    def _reading(self, pieces: list[Tokens], count: int) -> Reading:
        read = [self._piece(piece) for piece in pieces + [()] * (count - len(pieces))]
        return Reading(torch.cat([piece.embeddings for piece in read], dim=1), read[0].pooled)

    def _piece(self, piece: Tokens) -> Reading:
        if piece in self._read:
            self._read.move_to_end(piece)
            return self._read[piece]
        tokenizer = self._tokenizer
        marked = [tokenizer.bos_token_id, *piece, tokenizer.eos_token_id]
        padded = marked + [tokenizer.pad_token_id] * (self._limit - len(marked))
        with torch.inference_mode():
            reading = self._encoded(torch.tensor([padded], device=self._encoder.device))
        self._read[piece] = reading
        if len(self._read) > PIECES_KEPT:
            self._read.popitem(last=False)
        return reading

    def _encoded(self, tokens: Tensor) -> Reading:
        if self._layer == "last":
            return Reading(self._encoder(tokens, attention_mask=None)[0])
        output = self._encoder(tokens, output_hidden_states=True)
        first = output[0]
        return Reading(output.hidden_states[-2], first if first.dim() == 2 else None)


def left_out_note(name: str, text: str) -> str:
    """Says which words a model does not read."""
    return f"The {name} is longer than this model reads; left out: “{text.strip(' ,')[:MAX_SHOWN_CHARACTERS]}”."
