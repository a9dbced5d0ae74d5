"""LoRA files as part of a recipe: small additions to a picture model, each with a strength (Hu et al. 2021)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sfumato.errors import SfumatoError

MIN_STRENGTH, MAX_STRENGTH = -2.0, 2.0
KEY = "loras/"  # before a LoRA's name among the files of a recipe


@dataclass(frozen=True, slots=True)
class Lora:
    """A file by its name and sha256, and how strongly it is added; 1 is as it was made, below 0 is away from it."""

    name: str
    sha256: str
    strength: float = 1.0

    @property
    def title(self) -> str:
        """The name as people and other tools know it, without the file's ending."""
        return self.name.removesuffix(".safetensors")

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return {"name": self.name, "sha256": self.sha256, "strength": self.strength}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Lora:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(str(data["name"]), str(data["sha256"]), float(data["strength"]))


def lora_words(loras: Iterable[Lora]) -> str:
    """LoRAs as a person reads them, `ink (0.8), oil (1)`; empty for none."""
    return ", ".join(with_strength(lora.title, lora.strength) for lora in loras)


def with_strength(title: str, strength: float | None) -> str:
    """`ink (0.8)`, or the title alone where no strength is told."""
    return title if strength is None else f"{title} ({strength:g})"


def parse_choice(text: str) -> tuple[str, float]:
    """What was written as FILE or FILE:STRENGTH. Raises SfumatoError for a strength that is none."""
    file, colon, strength = text.rpartition(":")
    if not colon or "/" in strength or "\\" in strength or strength.endswith(".safetensors"):
        return text, 1.0
    try:
        value = float(strength)
    except ValueError as error:
        raise SfumatoError(f"“{strength}” is not a strength.", "Write for example style.safetensors:0.8.") from error
    if not MIN_STRENGTH <= value <= MAX_STRENGTH:
        raise SfumatoError(
            f"A strength of {value:g} is out of range.",
            f"It goes from {MIN_STRENGTH:g} to {MAX_STRENGTH:g}; 1 is usual.",
        )
    return file, value
