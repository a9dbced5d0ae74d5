"""Exercises for the writer's training, made and tokenised ahead by processes of their own.

`python -m sfumato_training.writer_feed TOKENIZER SEED` writes frames of tokenised exercises to standard output until
nobody reads them any more. It imports no torch, so it starts at once. The feeder takes the workers' frames in turn, so
the order of the exercises depends on the seed and the number of workers alone.
"""

from __future__ import annotations

import queue
import struct
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, TypeVar

import numpy as np
from tokenizers import Tokenizer

from sfumato.dialogue import answer_text, turn_text
from sfumato_training.writer_data import Practice, Writer

T = TypeVar("T")
END = "<|end|>"
PAD = "<|pad|>"
FRAME = 256  # exercises in a frame
LENGTH_STEP = 32  # batches are padded to a multiple of this
_AHEAD = 24  # frames of a worker that wait in memory, and as many batches
_HEADER = struct.Struct("<II")  # exercises, tokens


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids (exercises x length, padded), and of each exercise how many tokens are read and how many there are."""

    ids: np.ndarray[tuple[int, int], np.dtype[np.uint16]]
    read: np.ndarray[tuple[int], np.dtype[np.int64]]
    length: np.ndarray[tuple[int], np.dtype[np.int64]]


def texts(practice: Practice) -> tuple[str, str]:
    """What the writer reads and what it should answer."""
    return turn_text(practice.reading, "starter"), answer_text(practice.decision, "starter")


def tokenised(tokenizer: Tokenizer, practices: list[Practice]) -> list[tuple[list[int], int]]:
    """Of each exercise its token ids, the end mark included, and how many of them are read."""
    pairs = [texts(practice) for practice in practices]
    read = tokenizer.encode_batch_fast([pair[0] for pair in pairs])
    answers = tokenizer.encode_batch_fast([pair[1] for pair in pairs])
    end = tokenizer.token_to_id(END)
    assert end is not None
    return [([*r.ids, *a.ids, end], len(r.ids)) for r, a in zip(read, answers, strict=True)]


def padded(exercises: list[tuple[list[int], int]], length: int, pad: int) -> Batch:
    """Exercises of at most `length` tokens as one batch."""
    ids = np.full((len(exercises), length), pad, np.uint16)
    for row, (tokens, _) in enumerate(exercises):
        ids[row, : len(tokens)] = tokens
    return Batch(ids, np.array([read for _, read in exercises]), np.array([len(tokens) for tokens, _ in exercises]))


class Feed:
    """Batches of about `tokens` tokens each, from `workers` processes; a context manager that ends them."""

    def __init__(self, tokenizer_file: Path, seed: int, workers: int, tokens: int, context: int) -> None:
        self._tokens, self._context = tokens, context
        self._pad = Tokenizer.from_file(str(tokenizer_file)).token_to_id(PAD)
        command = [sys.executable, "-m", "sfumato_training.writer_feed", str(tokenizer_file)]
        self._processes = [
            subprocess.Popen([*command, str(seed + 7919 * number)], stdout=subprocess.PIPE) for number in range(workers)
        ]
        self._frames: list[queue.Queue[bytes | None]] = [queue.Queue(_AHEAD) for _ in self._processes]
        self._batches: queue.Queue[Batch | None] = queue.Queue(_AHEAD)
        self._is_over = False
        self._receivers = []
        for process, frames in zip(self._processes, self._frames, strict=True):
            assert process.stdout
            receiver = threading.Thread(target=self._receive, args=(process.stdout, frames), daemon=True)
            receiver.start()
            self._receivers.append(receiver)
        threading.Thread(target=self._collate, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        for process in self._processes:
            process.kill()
            process.wait()
        for receiver in self._receivers:
            receiver.join()
        for process in self._processes:
            if process.stdout:
                process.stdout.close()

    def __iter__(self) -> Iterator[Batch]:
        """Raises RuntimeError if a worker ends."""
        while (batch := self._batches.get()) is not None:
            yield batch
        raise RuntimeError("a process that makes exercises has ended; see its message above")

    @property
    def waiting(self) -> int:
        """Batches that are ready; 0 when the training is faster than the workers."""
        return self._batches.qsize()

    def _next(self, frames: queue.Queue[bytes | None]) -> bytes | None:
        while not self._is_over:
            try:
                return frames.get(timeout=0.2)
            except queue.Empty:
                continue
        return None

    def _put(self, waiting: queue.Queue[T], item: T) -> None:
        """Wait for a place in a queue, unless the feed is over."""
        while not self._is_over:
            try:
                waiting.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def _receive(self, stream: IO[bytes], frames: queue.Queue[bytes | None]) -> None:
        while not self._is_over:
            header = stream.read(_HEADER.size)
            if len(header) < _HEADER.size:
                break
            count, tokens = _HEADER.unpack(header)
            self._put(frames, header + stream.read(4 * count + 2 * tokens))
        self._put(frames, None)

    def _collate(self) -> None:
        waiting: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
        while not self._is_over:
            for frames in self._frames:
                frame = self._next(frames)
                if frame is None:
                    self._put(self._batches, None)
                    return
                for exercise in _unpacked(frame):
                    length = -(-len(exercise[0]) // LENGTH_STEP) * LENGTH_STEP
                    if length > self._context:
                        continue
                    waiting[length].append(exercise)
                    if (len(waiting[length]) + 1) * length > self._tokens:
                        self._put(self._batches, padded(waiting.pop(length), length, self._pad))


def _packed(exercises: list[tuple[list[int], int]]) -> bytes:
    sizes = np.array([(len(tokens), read) for tokens, read in exercises], np.uint16)
    flat = np.concatenate([np.array(tokens, np.uint16) for tokens, _ in exercises])
    return _HEADER.pack(len(exercises), len(flat)) + sizes.tobytes() + flat.tobytes()


def _unpacked(frame: bytes) -> Iterator[tuple[list[int], int]]:
    count, _ = _HEADER.unpack_from(frame)
    sizes = np.frombuffer(frame, np.uint16, 2 * count, _HEADER.size).reshape(count, 2).tolist()
    flat = np.frombuffer(frame, np.uint16, offset=_HEADER.size + 4 * count).tolist()
    start = 0
    for length, read in sizes:
        yield flat[start : start + length], read
        start += length


def _work(tokenizer_file: str, seed: int) -> None:
    tokenizer, writer = Tokenizer.from_file(tokenizer_file), Writer(seed, is_training=True)
    try:
        while True:
            sys.stdout.buffer.write(_packed(tokenised(tokenizer, [writer.make() for _ in range(FRAME)])))
            sys.stdout.buffer.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.stdout = None


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]))
