"""Painting a picture again from its recipe, and saying how well it came out: identical, near, or not possible here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sfumato.engine import CancelToken, Painter, Painting, Pixels, Preview
from sfumato.lora import KEY
from sfumato.recipe import Recipe, Route, sha256_rgb

Verdict = Literal["identical", "near", "impossible"]


@dataclass(frozen=True, slots=True)
class Replay:
    """How a replay came out. `difference` is the mean difference of the picture's bytes, 0 to 255, where it was painted."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    painting: Painting | None = None
    difference: float | None = None

    def to_json(self) -> dict[str, Any]:
        """`{"verdict", "reasons", "difference", "sha256_rgb", "seed"}`."""
        recipe = self.painting.recipe if self.painting else None
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "difference": self.difference,
            "sha256_rgb": recipe.sha256_rgb if recipe else None,
            "seed": recipe.seed if recipe else None,
        }


def replay(
    recipe: Recipe,
    original: bytes | None,
    installed_files: dict[str, str] | None,
    painter: Painter,
    on_preview: Callable[[Preview], None],
    cancel: CancelToken,
    parent: Pixels | None = None,
    to_rgb: Callable[[Pixels], bytes] = lambda pixels: pixels.bgrx,
) -> Replay:
    """Paint a recipe again and compare.

    Args:
        original: the RGB bytes of the picture that carries the recipe; None where there is only the recipe.
        installed_files: sha256 of the model's files on this machine by name, or None if it is not installed.
        parent: the picture the recipe starts from, where it starts from one.
        to_rgb: RGB bytes of pixels, row by row.

    Raises:
        SfumatoError: if the painter fails; TurnCancelled after a stop.
    """
    missing = what_is_missing(recipe, installed_files, parent is not None)
    if missing:
        return Replay("impossible", missing)
    painting = painter.paint(recipe.as_draft(), parent, on_preview, cancel)
    if painting.recipe.sha256_rgb == (recipe.sha256_rgb or sha256_rgb(original or b"")):
        return Replay("identical", (), painting, 0.0)
    again = to_rgb(painting.pixels)
    difference = None
    if original is not None and len(again) == len(original):
        difference = sum(abs(a - b) for a, b in zip(again, original, strict=True)) / len(again)
    return Replay("near", engine_differences(recipe.fingerprint, painting.recipe.fingerprint), painting, difference)


def what_is_missing(recipe: Recipe, installed_files: dict[str, str] | None, has_parent: bool) -> tuple[str, ...]:
    """One line for everything that keeps this recipe from being painted here; empty if nothing does.

    A model's file that has been renamed is still itself.
    """
    if recipe.route is Route.ATTACHED:
        return ("This picture was attached, not painted here.",)
    if installed_files is None:
        return (f"The model “{recipe.settings.model_id}” is not on this machine.",)
    needed = {name: digest for name, digest in recipe.model_files.items() if digest not in installed_files.values()}
    lines = [
        f"The model file {name} is missing here."
        if name not in installed_files
        else f"The model file {name} is another one here."
        for name, digest in (needed | {KEY + lora.name: lora.sha256 for lora in recipe.loras}).items()
        if installed_files.get(name) != digest
    ]
    if recipe.route is not Route.TEXT_TO_IMAGE and not has_parent:
        lines.append("The picture it starts from is not at hand.")
    return tuple(lines)


def engine_differences(then: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """One line for everything that is another engine now."""
    return tuple(
        f"{name}: {then.get(name, 'unknown')} then, {now.get(name, 'unknown')} now"
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    )
