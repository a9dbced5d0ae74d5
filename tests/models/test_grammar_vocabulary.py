"""The grammar on a vocabulary of 150,000: sampling first and checking one token says what checking all of them says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import pytest

from sfumato.decision import DECISION_SCHEMA
from sfumato_models.constrained import Grammar, _candidates
from sfumato_models.grammar import gbnf

SIZE = 150_000
TOKENS = 24


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A vocabulary without a model: all bytes' letters, pieces of JSON, and random words."""
    letters = [chr(code) for code in range(33, 127)]
    pieces = ['{"', '":"', '","', '":{"', '"}', "action", "draw", "refine", "patch", "set", "subject", "reply"]
    chance = np.random.default_rng(1)
    words: dict[str, None] = dict.fromkeys([*letters, *pieces])
    while len(words) < SIZE - 1:
        words[bytes(chance.integers(97, 123, size=8, dtype=np.uint8)).decode()] = None
    file = tmp_path_factory.mktemp("vocabulary") / "vocabulary.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([*words, "<|end|>"])
    writer.add_token_types([1] * (SIZE - 1) + [3])
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(SIZE - 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    model = llama_cpp.Llama(str(file), vocab_only=True, verbose=False)
    yield llama_cpp.llama_model_get_vocab(model._model.model)
    model.close()


def all_at_once(grammar: Grammar, logits: np.ndarray) -> int:
    """The library's own way: every token of the vocabulary is checked before one is taken."""
    candidates = _candidates(logits, np.arange(logits.size))
    token = int(candidates["id"][grammar._allowed(candidates)][0])
    llama_cpp.llama_sampler_accept(grammar._sampler, token)
    return token


@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_write_the_same_for_the_same_random_numbers(vocabulary: object, seed: int) -> None:
    text = gbnf(DECISION_SCHEMA).encode()
    quick, thorough = Grammar(vocabulary, text), Grammar(vocabulary, text)
    chance = np.random.default_rng(seed)
    said = []
    for _ in range(TOKENS):
        logits = chance.standard_normal(SIZE).astype(np.float32)
        token = quick.best_token(logits)
        assert token == all_at_once(thorough, logits)
        said.append(token)
        if token == SIZE - 1:
            break
    assert len(said) > 5


def test_a_vocabulary_of_this_size_is_there(vocabulary: object, tmp_path: Path) -> None:
    assert llama_cpp.llama_vocab_n_tokens(vocabulary) == SIZE
