"""The writer: what the grammar costs on a vocabulary of 150,000, and how soon the first token of a turn is there."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import llama_cpp
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sfumato.dialogue import Reading, turn_text
from sfumato.draft import no_draft
from sfumato.engine import CancelToken
from sfumato.model_catalog import WriterFacts
from sfumato.paths import find_paths
from sfumato_desktop.studio import open_studio
from sfumato_models.constrained import Grammar
from sfumato_models.writer import LlamaWriter
from sfumato_training.writer_feed import END
from sfumato_training.writer_gguf import export_gguf
from sfumato_training.writer_model import Size, WriterModel, train_tokenizer
from tests.bench.conversation import TimedWriter, measure_long_conversation
from tests.bench.figure import Figure
from tests.bench.gpu import seconds

VOCABULARY = 150_000
PAIRS = 7
LESSONS = 80
SAID = Reading("a red ball in a meadow")
ANSWER = (
    '{"action":"draw","patch":{"set":{"subject":"a red ball","setting":"in a meadow","style":"watercolour","lighting":"noon"},'
    '"add_quality":["sharp focus","fine detail"],"add_negative":["people","text"]},"seed":"new","reply":"A red ball in a meadow."}'
)
FACTS = WriterFacts(wrapping="starter", context_tokens=512, answer_tokens=200)

# a writer that reads rules and examples first; the starter has them in its training
RULED = WriterFacts(wrapping="chatml", context_tokens=4096, answer_tokens=32)


def measure_writing() -> Iterator[Figure]:
    """All figures of writing."""
    with tempfile.TemporaryDirectory() as folder:
        yield _grammar_cost(Path(folder))
        os.environ["SFUMATO_HOME"] = folder
        studio = open_studio(find_paths())
        try:
            file = studio.writer_process.spec.model.path
            yield _second_turn(file)
            yield _prefix_from_file(file, Path(folder) / "notes")
            yield from measure_long_conversation(studio)
        finally:
            studio.close()


class _Free:
    """No grammar: the best token as it is."""

    def best_token(self, logits: NDArray[np.float32]) -> int:
        return int(np.argmax(logits))


def _grammar_cost(folder: Path) -> Figure:
    """One answer by heart, written freely, under the grammar, and in the library's own way."""
    file = folder / "by_heart.gguf"
    _learn_by_heart(file)
    writer = LlamaWriter(file, FACTS, 1)
    library = llama_cpp.LlamaGrammar.from_string(writer._free_grammar.decode(), verbose=False)
    read = writer._tokens(turn_text(SAID, "starter"), special=False)
    ratios, theirs = [], []
    for _ in range(PAIRS):
        free = _seconds_a_token(writer, read, lambda: _Free())
        ratios.append(_seconds_a_token(writer, read, lambda: writer._grammar(SAID)) / free)
        theirs.append(_library_seconds_a_token(writer, read, library) / _library_seconds_a_token(writer, read, None))
    how = f"a token, median of {PAIRS} pairs, {VOCABULARY} tokens known, {free * 1000:.1f} ms free; the library's own way {statistics.median(theirs):.1f}"
    return Figure("constrained_over_free", statistics.median(ratios), 1.05, how)


def _seconds_a_token(writer: LlamaWriter, read: list[int], rule: Callable[[], Grammar | _Free]) -> float:
    writer._evaluate(read, CancelToken())
    grammar = rule()
    before, begin = len(writer._evaluated), time.perf_counter()
    text = writer._write(grammar, CancelToken(), no_draft)  # type: ignore[arg-type]
    took = time.perf_counter() - begin
    if text != ANSWER:
        raise RuntimeError(f"not what was learned: {text}")
    return took / (len(writer._evaluated) - before + 1)


def _library_seconds_a_token(writer: LlamaWriter, read: list[int], grammar: llama_cpp.LlamaGrammar | None) -> float:
    """By `Llama.generate`, greedy; its first token, for which everything is read, is not counted."""
    writer._evaluated.clear()
    count, begin = 0, 0.0
    for token in writer._llama.generate(read, temp=0.0, grammar=grammar):
        if token in writer._ends:
            break
        if not count:
            begin = time.perf_counter()
        count += 1
    return (time.perf_counter() - begin) / count


def _learn_by_heart(file: Path) -> None:
    """A small model with a large vocabulary that says one decision, so that its best token is one that is allowed."""
    torch.manual_seed(0)
    question = turn_text(SAID, "starter")
    tokenizer = _with_strangers(train_tokenizer([question, ANSWER, END] * 20, 400))
    read, said = tokenizer.encode(question).ids, tokenizer.encode(ANSWER).ids
    ids = torch.tensor([read + said + [tokenizer.token_to_id(END)]])
    model = WriterModel(Size(vocabulary=VOCABULARY, width=128, layers=2, heads=2, hidden=256, context=512))
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(LESSONS):
        logits = model(ids[:, :-1])[0, len(read) - 1 :]
        loss = torch.nn.functional.cross_entropy(logits, ids[0, len(read) :])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    export_gguf(model, tokenizer, file, "by heart")


def _with_strangers(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer with random words that no text is cut into."""
    content = json.loads(tokenizer.to_str())
    words, chance = content["model"]["vocab"], np.random.default_rng(1)
    number = tokenizer.get_vocab_size()
    while number < VOCABULARY:
        word = bytes(chance.integers(97, 123, size=8, dtype=np.uint8)).decode()
        if words.setdefault(word, number) == number:
            number += 1
    made: Tokenizer = Tokenizer.from_str(json.dumps(content))
    return made


def _second_turn(file: Path) -> Figure:
    """A writer with rules and examples to read: the first turn of a cold start, and the one after it."""
    ratios = []
    for _ in range(PAIRS):
        writer = TimedWriter(file, RULED, 1)
        first = writer.seconds_to_first_token(Reading("a red ball in a meadow"))
        ratios.append(writer.seconds_to_first_token(Reading("a blue boat by the sea at night")) / first)
    how = f"median of {PAIRS} pairs; the first reads {len(writer._prefix)} tokens of rules and examples"
    return Figure("second_turn_over_first", statistics.median(ratios), 0.15, how)


def _prefix_from_file(file: Path, notes: Path) -> Figure:
    """The rules ahead of the first message: read from what an earlier start kept, over evaluated."""
    LlamaWriter(file, RULED, 1, notes).read_prefix(CancelToken())
    ratios = []
    for _ in range(PAIRS):
        anew, kept = LlamaWriter(file, RULED, 1), LlamaWriter(file, RULED, 1, notes)
        evaluated = seconds(lambda anew=anew: anew.read_prefix(CancelToken()))  # type: ignore[misc]
        ratios.append(seconds(lambda kept=kept: kept.read_prefix(CancelToken())) / evaluated)  # type: ignore[misc]
    how = f"median of {PAIRS} pairs, {len(kept._prefix)} tokens, 5 M parameters: the smaller the model, the harder"
    return Figure("prefix_kept_over_evaluated", statistics.median(ratios), 0.15, how)
