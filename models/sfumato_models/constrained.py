"""Constrained output: which token may come next, asked of llama.cpp's grammar as seldom as possible."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from sfumato.errors import UnusableAnswer

NEAR_BEST = 64
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Grammar:
    """A llama.cpp grammar that is asked about as few tokens as possible. For one answer only."""

    def __init__(self, vocabulary: Any, text: bytes) -> None:
        """Raises ValueError if llama.cpp cannot read the grammar."""
        self._sampler = llama_cpp.llama_sampler_init_grammar(vocabulary, text, b"root")
        if not self._sampler:
            raise ValueError("llama.cpp refuses the decision's grammar")
        # one candidate, made once: it is asked about at every token
        self._one = llama_cpp.llama_token_data()
        self._only = llama_cpp.llama_token_data_array(data=ctypes.pointer(self._one), size=1, selected=-1, sorted=False)
        self._only_there = ctypes.byref(self._only)

    def __del__(self) -> None:
        if getattr(self, "_sampler", None):
            llama_cpp.llama_sampler_free(self._sampler)

    def best_token(self, logits: NDArray[np.float32]) -> int:
        """The allowed token with the highest logit (shape (vocabulary,)); it counts as said."""
        best = int(logits.argmax())
        token = best if self._allows(best) else self._next_best(logits)
        self.accept(token)
        return token

    def accept(self, token: int) -> None:
        """A token counts as said; it must be one that is allowed."""
        llama_cpp.llama_sampler_accept(self._sampler, token)

    def rival(self, token: int, logits: NDArray[np.float32]) -> int | None:
        """The allowed token with the highest logit beside this one, among those near the best; None if there is none."""
        candidates = _candidates(logits, _near_best(logits))
        allowed = candidates["id"][self._allowed(candidates) & (candidates["id"] != token)]
        return int(allowed[0]) if allowed.size else None

    def _allows(self, token: int) -> bool:
        self._one.id, self._one.logit = token, 0.0
        llama_cpp.llama_sampler_apply(self._sampler, self._only_there)
        return bool(self._one.logit == 0.0)

    def _next_best(self, logits: NDArray[np.float32]) -> int:
        for candidates in self._tries(logits):
            allowed = self._allowed(candidates)
            if allowed.any():
                return int(candidates["id"][allowed][0])
        raise UnusableAnswer("The writer ran out of words.", "", "no token is allowed")

    def _tries(self, logits: NDArray[np.float32]) -> Any:
        """The best few, then all, each ordered best first."""
        yield _candidates(logits, _near_best(logits))
        yield _candidates(logits, np.arange(logits.size))

    def _allowed(self, candidates: NDArray[Any]) -> NDArray[np.bool_]:
        checked = candidates.copy()
        array = llama_cpp.llama_token_data_array(
            data=checked.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data)),
            size=checked.size,
            selected=-1,
            sorted=False,
        )
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        allowed: NDArray[np.bool_] = np.isfinite(checked["logit"])
        return allowed


def _near_best(logits: NDArray[np.float32]) -> NDArray[np.intp]:
    count = min(NEAR_BEST, logits.size)
    return np.argpartition(logits, -count)[-count:]


def _candidates(logits: NDArray[np.float32], ids: NDArray[np.intp]) -> NDArray[Any]:
    """Candidates in llama.cpp's layout, by falling logit and then by rising id."""
    ordered = ids[np.lexsort((ids, -logits[ids]))]
    candidates = np.zeros(ordered.size, dtype=_CANDIDATE)
    candidates["id"] = ordered
    candidates["logit"] = logits[ordered]
    return candidates
