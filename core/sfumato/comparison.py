"""What differs between two recipes: words, settings, seed and route, as text a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from sfumato.lora import lora_words
from sfumato.prompt import DEFAULT_ORDER, FieldChange, changes, field_text
from sfumato.recipe import Recipe, Route
from sfumato.selection import Area

NOTHING = ""


def differences(before: Recipe, after: Recipe, known: Mapping[str, str] | None = None) -> tuple[FieldChange, ...]:
    """Every field of the prompt that differs, then order, seed, size, steps and the other settings, the areas and LoRAs, and
    the picture it was painted over: by its name in `known` (hash to name), else by the first twelve digits of its hash.

    Names are those of the values; empty text means that one of the two has none. Equal recipes differ in nothing.
    """
    first, second = (_settings(recipe, known or {}) for recipe in (before, after))
    other = tuple(FieldChange(name, first[name], second[name]) for name in first if first[name] != second[name])
    return changes(before.prompt, after.prompt) + other


def _settings(recipe: Recipe, known: Mapping[str, str]) -> dict[str, str]:
    settings = recipe.settings
    is_usual = recipe.prompt.order == DEFAULT_ORDER
    return {
        "order": NOTHING if is_usual else field_text(recipe.prompt, "order"),
        "seed": NOTHING if recipe.route is Route.ATTACHED else str(recipe.seed),
        "size": f"{settings.width}×{settings.height}",
        "steps": str(settings.steps),
        "guidance": f"{settings.guidance_scale:g}",
        "scheduler": settings.scheduler,
        "model": settings.model_id,
        "route": str(recipe.route),
        "strength": NOTHING if settings.strength is None else f"{settings.strength:g}",
        "area": _area_words(recipe.area) if recipe.area else NOTHING,
        "areas painted again": ", ".join(_area_words(area.area) for area in recipe.then),
        "loras": lora_words(recipe.loras),
        "painted over": known.get(recipe.parent_sha256, recipe.parent_sha256[:12]) if recipe.parent_sha256 else NOTHING,
    }


def _area_words(area: Area) -> str:
    count = len(area.selection.shapes)
    return ", ".join(filter(None, (f"“{area.words}”" if area.words else "", f"{count} shape{'s' * (count != 1)}")))
