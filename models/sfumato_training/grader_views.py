"""What the grader learns from: small views of scenes drawn for it, and of each thing of two by itself. No picture is kept.

A scene of two is graded by looking at each thing where the scene puts it, so that is practised too: squares around the
things, moved and resized a little, named by their own subject and colour.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from sfumato_training.autoencoder import to_tensor
from sfumato_training.parts import PARTS, extras_of, part_numbers
from sfumato_training.pictures import scene_of
from sfumato_training.scenes import Square, draw_scene, squares_of_two
from sfumato_training.world import EXTRAS, SHAPES, Scene, random_second

VIEW = 96  # pixels; pictures of any shape are looked at in this size
UNASKED = -1  # the class of a part that a view is not asked about
_SHAPE_OF = (0, 0, 0, 1, 2)  # of every five scenes
_CHUNK = 100
_SEEN_IN_A_SQUARE = ("subject", "colour", "style", "lighting")


@dataclass(frozen=True, slots=True)
class Views:
    """Views (count x 3 x `VIEW` x `VIEW`, bytes), their classes (count x parts, or `UNASKED`) and extras (count x extras,
    1, 0, or `UNASKED`)."""

    seen: Tensor
    parts: Tensor
    extras: Tensor


def view_of(pictures: Tensor) -> Tensor:
    """Pictures of any size, count x 3 x height x width, as the grader looks at them."""
    return F.interpolate(pictures, (VIEW, VIEW), mode="area")


def graders_scene(seed: int, index: int) -> tuple[Scene, random.Random]:
    """A scene of the grader's own; every third that has one thing gets a second one."""
    scene, rng = scene_of(seed, index)
    if index % 3 == 0 and not scene.second and scene.number == 1:
        scene = replace(scene, second=random_second(scene.subject, scene.colour, rng), camera="")
    return scene, rng


def make_views(folder: Path, count: int, seed: int) -> None:
    """Draw `count` scenes of a seed with all cores and keep their views, unless they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    facts, done, file = {"count": count, "seed": seed}, folder / "views.json", folder / "views.rgb"
    if done.exists() and json.loads(done.read_text()) == facts:
        return
    rows = _rows_of(seed, count)
    np.memmap(file, np.uint8, "w+", shape=(rows[-1], 3, VIEW, VIEW)).flush()
    work = [
        (str(file), rows[-1], rows[begin], seed, begin, min(count, begin + _CHUNK)) for begin in range(0, count, _CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for number, _ in enumerate(pool.imap_unordered(_draw, work), start=1):
            print(f"views of scenes: {min(count, number * _CHUNK)} of {count}", flush=True)
    done.write_text(json.dumps(facts))


def load_views(folder: Path) -> Views:
    """All that was made; the pixels stay on disk until they are used."""
    facts = json.loads((folder / "views.json").read_text())
    named = [line for index in range(facts["count"]) for line in _classes(graders_scene(facts["seed"], index)[0])]
    pixels = np.memmap(folder / "views.rgb", np.uint8, "c", shape=(len(named), 3, VIEW, VIEW))
    classes = torch.tensor(named)
    return Views(torch.from_numpy(pixels), classes[:, : len(PARTS)], classes[:, len(PARTS) :])


def _rows_of(seed: int, count: int) -> list[int]:
    """The first row of every scene, and the number of all rows."""
    rows = [0]
    for index in range(count):
        rows.append(rows[-1] + (3 if graders_scene(seed, index)[0].second else 1))
    return rows


def _classes(scene: Scene) -> Iterator[list[int]]:
    """The classes and extras of the whole picture, then those of each thing of two by itself."""
    yield part_numbers([scene])[0].tolist() + extras_of([scene])[0].int().tolist()
    if scene.second:
        for subject, colour in ((scene.subject, scene.colour), (scene.second.subject, scene.second.colour)):
            numbers = part_numbers([replace(scene, subject=subject, colour=colour)])[0].tolist()
            known = zip(PARTS, numbers, strict=True)
            yield [number if part in _SEEN_IN_A_SQUARE else UNASKED for part, number in known] + [UNASKED] * len(EXTRAS)


def _draw(work: tuple[str, int, int, int, int, int]) -> None:
    torch.set_num_threads(1)  # a process to a core: more threads would only wait for each other
    file, rows, row, seed, begin, end = work
    pixels = np.memmap(file, np.uint8, "r+", shape=(rows, 3, VIEW, VIEW))
    for index in range(begin, end):
        scene, rng = graders_scene(seed, index)
        width, height = SHAPES[_SHAPE_OF[index % len(_SHAPE_OF)]]
        picture = draw_scene(scene, rng, width, height)
        squares = (
            [moved(square, width, height, rng) for square in squares_of_two(scene, width, height)]
            if scene.second
            else []
        )
        for part in (picture, *(picture[top:bottom, left:right] for left, top, right, bottom in squares)):
            pixels[row] = _bytes_of(part)
            row += 1
    pixels.flush()


def moved(square: Square, width: int, height: int, rng: random.Random) -> Square:
    """A square of nearly the same place and size inside a picture, as a thing is not painted where it would be drawn."""
    left, top, right, bottom = square
    side = right - left
    half = min(side * rng.uniform(0.95, 1.2), width, height) / 2
    x = (left + right) / 2 + rng.uniform(-0.08, 0.08) * side
    y = (top + bottom) / 2 + rng.uniform(-0.08, 0.08) * side
    x, y = min(max(x, half), width - half), min(max(y, half), height - half)
    return round(x - half), round(y - half), round(x + half), round(y + half)


def _bytes_of(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    view = view_of(to_tensor(np.ascontiguousarray(picture)[None]))[0]
    return view.add(1).mul(127.5).round().byte().numpy()
