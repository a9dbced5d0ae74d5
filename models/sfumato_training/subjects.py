"""The things of the world by name, each drawn standing on (0, 0), about one unit high and wide, y pointing down."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable

import numpy as np

from sfumato_training import animals, made_things, plants, vehicles
from sfumato_training.ink import Colour, Ink
from sfumato_training.paint import GLASS
from sfumato_training.world import SUBJECTS

Draw = Callable[[Ink, Colour, Colour, random.Random], None]

SUBJECT_DRAWINGS: dict[str, Draw] = {
    name: next(vars(part)[name] for part in (animals, plants, vehicles, made_things) if name in vars(part))
    for name in SUBJECTS
}


@functools.cache
def extent(subject: str) -> tuple[float, float, float, float]:
    """The left, top, right and bottom edge of the thing in its own units."""
    ink = Ink(200, 200, lambda colour: colour)
    with ink.at(100, 150, 100):
        SUBJECT_DRAWINGS[subject](ink, (0.5, 0.5, 0.5), GLASS, random.Random(0))
    rows, columns = (np.flatnonzero(ink.pixels[:, :, 3].any(axis=axis)) for axis in (1, 0))
    return (
        float(columns[0] - 100) / 100,
        float(rows[0] - 150) / 100,
        float(columns[-1] - 99) / 100,
        float(rows[-1] - 149) / 100,
    )
