"""What the denoiser learns from: latents, token ids of their captions, and where the things are; no pixels.

Examples of the kept pictures are made at once. On a GPU, which learns faster than a few thousand pictures stay new,
processes draw further pictures all the while and keep only this of them.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tokenizers
import torch
from torch import Tensor

from sfumato_training.captions import caption
from sfumato_training.pictures import CELL, PictureSet, cells_of, scene_of
from sfumato_training.scenes import draw_plain, finish
from sfumato_training.world import SHAPES, Scene

CAPTIONS = 6  # ways to say each picture
_CHUNK = 64
_SHAPE_OF_CHUNK = (0, 0, 0, 1, 2)  # of every five chunks: see `pictures.SHARES`


@dataclass(frozen=True, slots=True)
class PatchMap:
    """The encoder as the linear map it is: patch (768 numbers from -1 to 1) to latent: 32 x 768 and 32."""

    matrix: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]

    def latents_of(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
        """The latents (32 x h/16 x w/16) of one picture (h x w x 3 bytes)."""
        rows, columns = pixels.shape[0] // CELL, pixels.shape[1] // CELL
        cells = pixels.reshape(rows, CELL, columns, CELL, 3).transpose(0, 2, 4, 1, 3).reshape(rows * columns, -1)
        found = (cells.astype(np.float32) / 127.5 - 1) @ self.matrix.T + self.offset
        return found.T.reshape(-1, rows, columns).astype(np.float16)


@dataclass(slots=True)
class Examples:
    """The examples of one shape; the first `count` of the rows are filled.

    `latents` rows x 32 x h x w (half), `ids` rows x `CAPTIONS` x limit (token ids), `things` rows x h x w (how much of a
    cell is the thing, 0 to 255).
    """

    latents: Tensor
    ids: Tensor
    things: Tensor
    count: int

    def add(self, latents: Tensor, ids: Tensor, things: Tensor) -> None:
        """Fill further rows; what there is no room for is left out."""
        end = min(self.count + len(latents), len(self.latents))
        taken = end - self.count
        for rows, new in ((self.latents, latents), (self.ids, ids), (self.things, things)):
            rows[self.count : end].copy_(new[:taken])
        self.count = end

    def onto(self, device: str, further: int) -> Examples:
        """The same on a device, with room for further rows."""
        room = [
            torch.empty((self.count + further, *part.shape[1:]), dtype=part.dtype, device=device)
            for part in (self.latents, self.ids, self.things)
        ]
        moved = Examples(room[0], room[1], room[2], 0)
        moved.add(self.latents[: self.count], self.ids[: self.count], self.things[: self.count])
        return moved


def token_ids(tokenizer: tokenizers.Tokenizer, texts: Sequence[str], limit: int) -> npt.NDArray[np.int16]:
    """Token ids, texts x limit, begun, ended, cut and padded (with the end) as the pipeline's tokenizer does it."""
    begin, end = tokenizer.token_to_id("<|startoftext|>"), tokenizer.token_to_id("<|endoftext|>")
    rows = np.full((len(texts), limit), end, np.int16)
    for row, found in enumerate(tokenizer.encode_batch(list(texts), add_special_tokens=False)):
        inner = found.ids[: limit - 2]
        rows[row, 0] = begin
        rows[row, 1 : 1 + len(inner)] = inner
    return rows


def captions_of(scene: Scene, seed: int, index: int) -> list[str]:
    """The ways in which one picture is described in training."""
    rng = random.Random(f"captions-{seed}-{index}")
    return [caption(scene, rng) for _ in range(CAPTIONS)]


def make_examples(
    folder: Path, sets: list[PictureSet], mapping: PatchMap, tokenizer: Path, limit: int, seed: int
) -> None:
    """The examples of the kept pictures, one file a shape."""
    reader = _reader(tokenizer)
    first = 0
    for number, pictures in enumerate(sets):
        latents = np.stack([mapping.latents_of(np.asarray(picture)) for picture in pictures.pixels])
        texts = [
            text for index, scene in enumerate(pictures.scenes) for text in captions_of(scene, seed, first + index)
        ]
        ids = token_ids(reader, texts, limit).reshape(len(pictures.scenes), CAPTIONS, limit)
        parts = {"latents": latents, "ids": ids, "things": np.array(pictures.things)}
        torch.save({name: torch.from_numpy(part) for name, part in parts.items()}, folder / f"examples{number}.pt")
        first += len(pictures.scenes)


def load_examples(folder: Path) -> list[Examples]:
    """The examples of the kept pictures, a set for every shape."""
    found = []
    for number in range(len(SHAPES)):
        parts = torch.load(folder / f"examples{number}.pt", mmap=True, weights_only=True)
        found.append(Examples(parts["latents"], parts["ids"], parts["things"], len(parts["latents"])))
    return found


class Drawing:
    """Processes that draw further pictures and add what is kept of them, until `stop` or until there is no room."""

    def __init__(
        self,
        examples: list[Examples],
        mapping: PatchMap,
        tokenizer: Path,
        limit: int,
        seed: int,
        first: int,
        processes: int,
    ) -> None:
        self._examples = examples
        self._pool = multiprocessing.get_context("spawn").Pool(
            processes, _prepare, (mapping.matrix, mapping.offset, str(tokenizer), limit)
        )
        self._stopped = threading.Event()
        room = sum(len(part.latents) - part.count for part in examples)
        chunks = ((seed, first, number) for number in range(room // _CHUNK))
        self._thread = threading.Thread(target=self._collect, args=(chunks,), daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """All examples there are now."""
        return sum(part.count for part in self._examples)

    def stop(self) -> None:
        """Draw no more."""
        self._stopped.set()
        self._thread.join()
        self._pool.terminate()

    def _collect(self, chunks: Iterator[tuple[int, int, int]]) -> None:
        drawn = self._pool.imap(_draw_chunk, chunks)
        while not self._stopped.is_set():
            try:
                shape, parts = drawn.next(timeout=0.5)
            except multiprocessing.TimeoutError:
                continue
            except StopIteration:
                return
            self._examples[shape].add(*(torch.from_numpy(part) for part in parts))


_kept: dict[str, Any] = {}


def _prepare(matrix: npt.NDArray[np.float32], offset: npt.NDArray[np.float32], tokenizer: str, limit: int) -> None:
    _kept.update(mapping=PatchMap(matrix, offset), reader=_reader(Path(tokenizer)), limit=limit)


def _reader(folder: Path) -> tokenizers.Tokenizer:
    reader = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    reader.no_padding()
    reader.no_truncation()
    return reader


def _draw_chunk(work: tuple[int, int, int]) -> tuple[int, tuple[npt.NDArray[Any], ...]]:
    """What is kept of `_CHUNK` pictures of one shape: the shape's number, latents, ids, things."""
    seed, first, number = work
    shape = _SHAPE_OF_CHUNK[number % len(_SHAPE_OF_CHUNK)]
    width, height = SHAPES[shape]
    latents, things, texts = [], [], []
    for index in range(first + number * _CHUNK, first + (number + 1) * _CHUNK):
        scene, rng = scene_of(seed, index)
        plain, is_thing = draw_plain(scene, rng, width, height)
        pixels = finish(scene, plain, rng)
        latents.append(_kept["mapping"].latents_of(pixels))
        things.append(cells_of(is_thing))
        texts += captions_of(scene, seed, index)
    limit = _kept["limit"]
    ids = token_ids(_kept["reader"], texts, limit).reshape(_CHUNK, CAPTIONS, limit)
    return shape, (np.stack(latents), ids, np.stack(things))
