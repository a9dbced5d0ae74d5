"""Other answers than the likeliest one: written again from where the writer was least sure of its word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sfumato_models.constrained import Grammar

TRIES = 6


class Trace:
    """The tokens of an answer, each with the logits (vocabulary,) that it was chosen by."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._logits: list[NDArray[np.float32]] = []

    def note(self, token: int, logits: NDArray[np.float32]) -> None:
        """Add a token; the logits are copied."""
        self._tokens.append(token)
        self._logits.append(logits.copy())

    def beginnings(self, grammar: Grammar) -> list[list[int]]:
        """How other answers begin, at most `TRIES`: as this one up to a token, then the next likely token instead of it.

        Those come first where the two were closest. `grammar` is a fresh one of the same rules.
        """
        found = []
        for at, (token, logits) in enumerate(zip(self._tokens, self._logits, strict=True)):
            rival = grammar.rival(token, logits)
            if rival is not None:
                found.append((float(logits[token] - logits[rival]), at, rival))
            grammar.accept(token)
        return [[*self._tokens[:at], rival] for _, at, rival in sorted(found)[:TRIES]]
