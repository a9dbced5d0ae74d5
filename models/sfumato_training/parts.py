"""The parts of a scene as classes: what the grader and the heads beside the CLIP pair learn to name."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from sfumato_training.world import (
    CAMERAS,
    COLOURS,
    EXTRAS,
    LIGHTINGS,
    NUMBERS,
    RELATIONS,
    SETTINGS,
    STYLES,
    SUBJECTS,
    Scene,
)

# Every part and its classes. An empty class stands for “none” or “as usual”.
PARTS: dict[str, tuple[str, ...]] = {
    "subject": tuple(SUBJECTS),
    "colour": tuple(COLOURS),
    "setting": tuple(SETTINGS),
    "style": tuple(STYLES),
    "lighting": tuple(LIGHTINGS),
    "camera": ("", *CAMERAS),
    "number": ("1", *(str(number) for number in NUMBERS)),
    "second": ("", *SUBJECTS),
    "second_colour": ("", *COLOURS),
    "relation": ("", *RELATIONS),
}


def part_of(scene: Scene, name: str) -> str:
    """The class of a scene in one part."""
    if name == "number":
        return str(scene.number)
    if name in ("second", "second_colour", "relation"):
        field = {"second": "subject", "second_colour": "colour", "relation": "relation"}[name]
        return str(getattr(scene.second, field)) if scene.second else ""
    return str(getattr(scene, name))


def part_numbers(scenes: Sequence[Scene]) -> Tensor:
    """The number of each scene's class in every part: scenes x parts."""
    return torch.tensor([[classes.index(part_of(scene, name)) for name, classes in PARTS.items()] for scene in scenes])


def extras_of(scenes: Sequence[Scene]) -> Tensor:
    """Which extras each scene has: scenes x extras, booleans."""
    return torch.tensor([[name in scene.extras for name in EXTRAS] for scene in scenes])
