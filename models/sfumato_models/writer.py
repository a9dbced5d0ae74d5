"""The writer: llama.cpp with prefix reuse, constrained output, and a stop between tokens.

Decoding is greedy. Each token is sampled first and only that token is checked against the grammar, as llama.cpp's own
tools do (common/sampling.cpp); the whole vocabulary is asked only when the best candidates are refused. Lives in an
engine process.
"""

from __future__ import annotations

import codecs
import ctypes
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from sfumato.composing import COMPOSED_TOKENS, request_marks, whole_sentences
from sfumato.decision import DECISION_SCHEMA, Decision, parse_decision
from sfumato.dialogue import Reading, end_mark, fixed_prefix, turn_text
from sfumato.doubts import doubt
from sfumato.draft import Draft, DraftReader, OnDraft, no_draft
from sfumato.engine import CancelToken
from sfumato.errors import NoMemory, SfumatoError, UnusableAnswer
from sfumato.model_catalog import WriterFacts
from sfumato.narrowing import narrowed, without_slips
from sfumato_models.constrained import Grammar
from sfumato_models.file_headers import read_header
from sfumato_models.grammar import gbnf
from sfumato_models.graphics_layers import find_card, layers_for
from sfumato_models.hardware import available_bytes, in_gib
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.llama_backends import load_backends
from sfumato_models.memory import RESERVE_BYTES
from sfumato_models.prefix_file import SHORTEST, PrefixFile
from sfumato_models.second_tries import Trace

log = logging.getLogger(__name__)
READ_BATCH = 256
_NOTHING_SAID = "message: \n"  # what stands before the cue to answer when nothing is said


class WriterEngine:
    """A `LlamaWriter` behind the calls of its process: `load`, `decide`, `compose` and `report`."""

    def __init__(self, model: InstalledModel, threads: int, notes: Path | None = None, spared_bytes: int = 0) -> None:
        """So many bytes of a graphics card are left to the painter. Raises SfumatoError if the model cannot be loaded."""
        if model.spec.writer is None:
            raise SfumatoError(f"“{model.spec.title}” does not write.", "Choose a writing model.")
        check_whole(model)
        load_backends()
        room = model.spec.writer.context_tokens
        self._layers = layers_for(read_header(model.path), model.size_bytes, room, find_card(), spared_bytes)
        log.info("%s: %s", model.spec.id, self._layers.sentence)
        off_card = 1 - self._layers.on_card / max(1, self._layers.total)
        self.memory_bytes = int(model.size_bytes * off_card) + RESERVE_BYTES
        self._writer = LlamaWriter(model.path, model.spec.writer, threads, notes, self._layers.on_card)

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> Decision | str | None:
        """`load()` reads the fixed prefix; `decide(reading)` gives a decision, its events are drafts of it.

        `compose(request)` gives plain text, its events are the text as far as it is written. `report()` says where it computes.
        """
        if method == "report":
            return self._layers.sentence
        if method == "load":
            self._writer.read_prefix(cancel)
            return None
        if method == "compose":
            return self._writer.compose(arguments[0], cancel, send_event)
        return self._writer.decide(arguments[0], cancel, send_event)

    def close(self) -> None:
        """Give the memory back."""
        self._writer.close()


class LlamaWriter:
    """A GGUF model that answers with decisions."""

    def __init__(
        self, file: Path, facts: WriterFacts, threads: int, notes: Path | None = None, on_card: int = 0
    ) -> None:
        """The evaluated prefix is kept in the folder `notes`; `on_card` layers are computed by a graphics card.

        Raises:
            SfumatoError: if the file is not a model that llama.cpp can load.
        """
        self._facts = facts
        self._llama = _load(file, facts, threads, on_card)
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._llama._model.model)
        self._free_grammar = gbnf(DECISION_SCHEMA).encode()
        self._prefix = self._tokens(fixed_prefix(facts.wrapping), special=True)
        self._evaluated: list[int] = []
        self._ends = self._end_tokens()
        self._buffer = ctypes.create_string_buffer(512)
        is_kept = notes is not None and len(self._prefix) >= SHORTEST
        self._file = PrefixFile(notes, file, facts.context_tokens, self._prefix) if notes and is_kept else None

    def close(self) -> None:
        """Give the memory back."""
        self._llama.close()

    def read_prefix(self, cancel: CancelToken) -> None:
        """Have the fixed rules and examples evaluated ahead of a message: from the file, or once and for the file."""
        if self._holds_prefix:
            return
        if self._file is None:
            self._evaluate(self._prefix, cancel)
            return
        self._forget()
        if self._file.load(self._llama._ctx.ctx):
            self._evaluated = list(self._prefix)
            self._llama.n_tokens = len(self._prefix)
            return
        self._forget()  # a damaged file may have left something
        self._evaluate(self._prefix, cancel)
        try:
            self._file.save(self._llama._ctx.ctx)
        except OSError as error:
            log.warning("the rules cannot be kept: %s", error)

    @property
    def _holds_prefix(self) -> bool:
        """True while the context begins with the rules; an answer in sentences has taken their place."""
        return self._evaluated[: len(self._prefix)] == self._prefix

    def _forget(self) -> None:
        self._llama._ctx.kv_cache_clear()
        self._llama.n_tokens = 0
        self._evaluated = []

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        """Read, and answer under the grammar; `on_draft` hears of every value as soon as it is written.

        Raises:
            UnusableAnswer: if the answer was cut off or is not a decision.
            TurnCancelled: after a stop.
        """
        if not self._holds_prefix:
            self.read_prefix(cancel)
        cue = turn_text(Reading(""), self._facts.wrapping).removeprefix(_NOTHING_SAID)
        said = turn_text(reading, self._facts.wrapping).removesuffix(cue)
        read = self._prefix + self._tokens(said, special=False) + self._tokens(cue, special=True)
        self._evaluate_whole(read, self._facts.answer_tokens, cancel)
        if self._facts.own_words is None:
            return parse_decision(self._write(self._grammar(reading), cancel, on_draft))
        return self._copied(reading, read, cancel, on_draft)

    def _copied(self, reading: Reading, read: list[int], cancel: CancelToken, on_draft: OnDraft) -> Decision:
        """The answer of a writer that only copies. One that cannot be meant is written again; if no other can, it stays.

        Once its facts are told it is painted, so another one would come too late.
        """
        is_told = False

        def on_copied(draft: Draft) -> None:
            nonlocal is_told
            decision = without_slips(draft.decision, reading)
            if not draft.has_facts or not doubt(decision, reading):
                is_told = is_told or draft.has_facts
                on_draft(replace(draft, decision=decision))

        def write(on_draft: OnDraft, trace: Trace | None, begun: Sequence[int]) -> Decision:
            text = self._write(self._grammar(reading), cancel, on_draft, trace, begun)
            return without_slips(parse_decision(text), reading)

        trace, first, failure = Trace(), None, None
        try:
            first = write(on_copied, trace, ())
        except UnusableAnswer as error:
            if is_told:
                raise
            failure = error
        why = str(failure) if first is None else doubt(first, reading)
        if first and not why:
            return first
        for begun in trace.beginnings(self._grammar(reading)):
            self._evaluate(read, cancel)
            with suppress(UnusableAnswer):
                other = write(no_draft, None, begun)
                if not doubt(other, reading):
                    log.info("written again, since %s", why)
                    return other
        if first is None:
            assert failure
            raise failure
        log.warning("no other answer is better, although %s", why)
        return first

    def compose(self, request: str, cancel: CancelToken, on_text: Callable[[str], None]) -> str:
        """Plain text in answer to a request, at most `COMPOSED_TOKENS` tokens; `on_text` hears it as it grows.

        Raises:
            UnusableAnswer: if no whole sentence was written.
            TurnCancelled: after a stop.
        """
        before, after = request_marks(self._facts.wrapping)
        read = self._tokens(before, special=True) + self._tokens(request, special=False)
        self._evaluate_whole(read + self._tokens(after, special=True), COMPOSED_TOKENS, cancel)
        text = self._write_freely(cancel, on_text)
        if not whole_sentences(text):
            raise UnusableAnswer("The writer had no answer.", "", text)
        return text

    def _write_freely(self, cancel: CancelToken, on_text: Callable[[str], None]) -> str:
        """Greedy, without a grammar; what is cut off ends with its last whole sentence."""
        letters = codecs.getincrementaldecoder("utf-8")("replace")
        text = ""
        for _ in range(COMPOSED_TOKENS):
            cancel.raise_if_cancelled()
            token = int(np.argmax(self._logits()))
            if token in self._ends:
                return text.strip()
            text += "".join(
                letter for letter in letters.decode(self._piece(token)) if letter.isprintable() or letter == "\n"
            )
            on_text(text.strip())
            self._decode([token])
        return whole_sentences(text)

    def _evaluate_whole(self, tokens: list[int], room: int, cancel: CancelToken) -> None:
        """Raises UnusableAnswer if the context has no room for the tokens and as many more."""
        if len(tokens) > self._facts.context_tokens - room:
            raise UnusableAnswer("The message is too long for the writer.", "Say it shorter.", f"{len(tokens)} tokens")
        self._evaluate(tokens, cancel)

    def _grammar(self, reading: Reading) -> Grammar:
        """The grammar of all decisions; for a writer that only copies, of those that can follow from what it read."""
        own_words = self._facts.own_words
        text = self._free_grammar if own_words is None else gbnf(narrowed(DECISION_SCHEMA, reading, own_words)).encode()
        return Grammar(self._vocabulary, text)

    def _write(
        self,
        grammar: Grammar,
        cancel: CancelToken,
        on_draft: OnDraft,
        trace: Trace | None = None,
        begun: Sequence[int] = (),
    ) -> str:
        """Greedy, under the grammar, beginning with the tokens `begun`; `trace` notes what was chosen.

        Raises:
            UnusableAnswer: if it does not end within the writer's limit.
            TurnCancelled: after a stop.
        """
        answer = bytearray()
        letters = codecs.getincrementaldecoder("utf-8")("replace")  # a token may end within a letter
        drafts = DraftReader()
        for number in range(self._facts.answer_tokens):
            cancel.raise_if_cancelled()
            logits = self._logits()
            if number < len(begun):
                token = begun[number]
                grammar.accept(token)
            else:
                token = grammar.best_token(logits)
            if trace is not None:
                trace.note(token, logits)
            if token in self._ends:
                return answer.decode("utf-8", errors="replace")
            piece = self._piece(token)
            answer += piece
            if draft := drafts.read(letters.decode(piece)):
                on_draft(draft)
            self._decode([token])
        raise UnusableAnswer("The writer's answer was cut off.", "", bytes(answer).decode("utf-8", "replace"))

    def _evaluate(self, tokens: list[int], cancel: CancelToken) -> None:
        """Bring the context to exactly these tokens, reusing what it already holds (the last is always read anew)."""
        shared = 0
        for old, new in zip(self._evaluated, tokens[:-1], strict=False):
            if old != new:
                break
            shared += 1
        if not self._llama._ctx.kv_cache_seq_rm(-1, shared, -1):
            self._llama._ctx.kv_cache_clear()
            shared = 0
        self._llama.n_tokens = shared
        del self._evaluated[shared:]
        for start in range(shared, len(tokens), READ_BATCH):
            cancel.raise_if_cancelled()
            self._decode(tokens[start : start + READ_BATCH])

    def _decode(self, tokens: list[int]) -> None:
        self._llama.eval(tokens)
        self._evaluated += tokens

    def _logits(self) -> NDArray[np.float32]:
        """The logits after the last token, shape (vocabulary,); a view that the next evaluation overwrites."""
        pointer = llama_cpp.llama_get_logits_ith(self._llama._ctx.ctx, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._llama.n_vocab(),))

    def _piece(self, token: int) -> bytes:
        """The bytes of a token. Raises ValueError for one longer than any vocabulary has."""
        size = llama_cpp.llama_token_to_piece(self._vocabulary, token, self._buffer, len(self._buffer), 0, False)
        if size < 0:
            raise ValueError(f"token {token} needs {-size} bytes")
        return self._buffer.raw[:size]

    def _tokens(self, text: str, special: bool) -> list[int]:
        return self._llama.tokenize(text.encode(), add_bos=False, special=special) if text else []

    def _end_tokens(self) -> frozenset[int]:
        marks = self._tokens(end_mark(self._facts.wrapping).strip(), special=True)
        return frozenset({self._llama.token_eos(), *(marks if len(marks) == 1 else ())})


class _Untemplated(llama_cpp.Llama):
    """Without the chat templates of its file, a stranger's code, which the library would compile while it loads."""

    @property
    def metadata(self) -> dict[str, str]:
        return self._told

    @metadata.setter
    def metadata(self, told: dict[str, str]) -> None:
        self._told = {name: value for name, value in told.items() if not name.startswith("tokenizer.chat_template")}


def _load(file: Path, facts: WriterFacts, threads: int, on_card: int) -> llama_cpp.Llama:
    load_backends()
    try:
        return _Untemplated(
            str(file),
            n_ctx=facts.context_tokens,
            n_batch=READ_BATCH,
            n_threads=threads,
            n_threads_batch=threads,
            n_gpu_layers=on_card,
            verbose=False,
        )
    except MemoryError as error:
        raise _no_memory(file, error) from error
    except (ValueError, RuntimeError, OSError) as error:
        # the library does not say why; of a model that it has read, only the room to work in can be missing
        if "llama_context" in str(error) or file.stat().st_size > available_bytes():
            raise _no_memory(file, error) from error
        raise SfumatoError(
            f"The writer's file {file.name} cannot be loaded.", "It may be cut short: get it again.", str(error)
        ) from error


def _no_memory(file: Path, error: Exception) -> NoMemory:
    return NoMemory(
        f"There was not enough memory to load the writer {file.name}; {in_gib(available_bytes())} are free.",
        "Close other programs and try again, or choose a smaller writer.",
        str(error),
    )
