"""What the examples of the empty window ask for, as scenes of the starter's world, and whether a picture shows it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfumato_training.grader import Grader
from sfumato_training.painter_evaluate import are_both_there
from sfumato_training.parts import part_of
from sfumato_training.world import Scene, Second

SCENES = {
    "a red ball in a meadow at golden hour": Scene("ball", "red", "meadow", "flat", "golden"),
    "a watercolour of a white lighthouse by the sea in a storm": Scene(
        "lighthouse", "white", "sea", "watercolour", "storm"
    ),
    "three pink rabbits in the snow at noon": Scene("rabbit", "pink", "snow", "flat", "noon", number=3),
    "a red rocket above a white castle in the mountains at night": Scene(
        "rocket", "red", "mountains", "flat", "night", second=Second("castle", "white", "above")
    ),
}


def what_is_missing(grader: Grader, example: str, picture: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """The parts that a picture (height x width x 3 bytes) of an example does not show as they were asked for."""
    scene = SCENES[example]
    (seen,), _ = grader.name([picture])
    parts = ["setting", "style", "lighting"]
    parts += [] if scene.second else ["subject", "colour", "number"]
    wrong = [f"{part}: {seen[part]}" for part in parts if seen[part] != part_of(scene, part)]
    if scene.second and not are_both_there(grader, scene, picture):
        wrong.append("both things")
    return tuple(wrong)
