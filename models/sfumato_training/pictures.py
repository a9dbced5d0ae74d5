"""The drawn pictures the models learn from: made once by all cores, kept as plain arrays, one file a shape."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sfumato_training.scenes import draw_plain, finish
from sfumato_training.world import SHAPES, Scene, random_scene

SHARES = (0.6, 0.2, 0.2)  # of the shapes in `world.SHAPES`
CELL = 16  # pixels
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class PictureSet:
    """The pictures of one shape (count x height x width x 3 bytes), their scenes, and where their things are.

    `things` says of every cell of 16 x 16 pixels how much of it is the thing: count x height/16 x width/16, 0 to 255.
    """

    pixels: npt.NDArray[np.uint8]
    scenes: list[Scene]
    things: npt.NDArray[np.uint8]


def scene_of(seed: int, index: int) -> tuple[Scene, random.Random]:
    """The scene with a number, and the source of chance to draw it with."""
    rng = random.Random(f"{seed}-{index}")
    return random_scene(rng), rng


def scenes_of(seed: int, count: int) -> list[Scene]:
    """The first `count` scenes of a seed."""
    return [scene_of(seed, index)[0] for index in range(count)]


def combinations_of(seed: int, count: int) -> frozenset[Scene]:
    """The first `count` scenes of a seed without extras and damage: a scene is not new because clouds were added."""
    return frozenset(replace(scene, extras=(), damage="") for scene in scenes_of(seed, count))


def draw_pictures(folder: Path, count: int, seed: int) -> None:
    """Draw `count` pictures in all; those a stopped run had finished are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    first = 0
    for (width, height), share in zip(SHAPES, SHARES, strict=True):
        _draw_shape(folder, width, height, round(count * share), first, seed)
        first += round(count * share)


def load_pictures(folder: Path) -> list[PictureSet]:
    """All shapes; the pixels stay on disk until they are used."""
    sets = []
    for width, height in SHAPES:
        facts = json.loads((folder / f"{width}x{height}.json").read_text())
        pixels = np.memmap(folder / f"{width}x{height}.rgb", np.uint8, "r", shape=(facts["count"], height, width, 3))
        scenes = [scene_of(facts["seed"], facts["first"] + index)[0] for index in range(facts["count"])]
        cells = (facts["count"], height // CELL, width // CELL)
        things = np.memmap(folder / f"{width}x{height}.things", np.uint8, "r", shape=cells)
        sets.append(PictureSet(pixels, scenes, things))
    return sets


def _draw_shape(folder: Path, width: int, height: int, count: int, first: int, seed: int) -> None:
    facts = {"count": count, "first": first, "seed": seed}
    done, file = folder / f"{width}x{height}.json", folder / f"{width}x{height}.rgb"
    if done.exists() and json.loads(done.read_text()) == facts:
        return
    np.memmap(file, np.uint8, "w+", shape=(count, height, width, 3)).flush()
    np.memmap(file.with_suffix(".things"), np.uint8, "w+", shape=(count, height // CELL, width // CELL)).flush()
    work = [(str(file), width, height, count, first, seed, begin) for begin in range(0, count, _CHUNK)]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for number, _ in enumerate(pool.imap_unordered(_draw_chunk, work), start=1):
            print(f"pictures {width}x{height}: {min(count, number * _CHUNK)} of {count}", flush=True)
    done.write_text(json.dumps(facts))


def _draw_chunk(work: tuple[str, int, int, int, int, int, int]) -> None:
    file, width, height, count, first, seed, begin = work
    pixels = np.memmap(file, np.uint8, "r+", shape=(count, height, width, 3))
    cells = (count, height // CELL, width // CELL)
    things = np.memmap(Path(file).with_suffix(".things"), np.uint8, "r+", shape=cells)
    for index in range(begin, min(count, begin + _CHUNK)):
        scene, rng = scene_of(seed, first + index)
        plain, is_thing = draw_plain(scene, rng, width, height)
        pixels[index] = finish(scene, plain, rng)
        things[index] = cells_of(is_thing)
    pixels.flush()
    things.flush()


def cells_of(is_thing: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """How much of every cell is the thing, 0 to 255."""
    height, width = is_thing.shape
    return (255 * is_thing.reshape(height // CELL, CELL, width // CELL, CELL).mean(axis=(1, 3))).astype(np.uint8)
