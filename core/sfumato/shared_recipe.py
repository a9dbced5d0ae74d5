"""Painting from a recipe that came along: what it asks for, and what is said where this machine paints it otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sfumato.attachment import AttachedPicture, offered_prompt
from sfumato.lora import Lora
from sfumato.recipe import Recipe, Route
from sfumato.recipe_file import SharedRecipe
from sfumato.request import Overrides


def by_recipe(
    by_hand: Overrides, brought: AttachedPicture | SharedRecipe, words: str, loras: Iterable[Lora]
) -> Overrides:
    """What is set by hand with the prompt of what was brought along, painted from noise.

    `words` are its words as the person left them, `loras` those that this machine has. A shared recipe is a new drawing.
    """
    by_hand = replace(by_hand, prompt=offered_prompt(brought.metadata, words), route=Route.TEXT_TO_IMAGE)
    if not isinstance(brought, SharedRecipe):
        return by_hand
    here = {(lora.name, lora.sha256) for lora in loras}
    known = tuple(lora for lora in brought.recipe.loras if (lora.name, lora.sha256) in here)
    return replace(by_hand, is_new=True, loras=known, shared=brought.recipe)


def differences(shared: Recipe | None, planned: Recipe) -> tuple[str, ...]:
    """What of a shared recipe is not painted as it says, known before painting."""
    if shared is None:
        return ()
    notes = []
    if shared.settings.model_id != planned.settings.model_id:
        notes.append(
            f"The recipe is for the model “{shared.settings.model_id}”. “{planned.settings.model_id}” paints it here, in its own"
            " size and steps, so another picture comes out."
        )
    if shared.route is not Route.TEXT_TO_IMAGE:
        notes.append(
            "The recipe's picture was painted over another one, which is not in it; this one begins from noise."
        )
    if shared.then:
        notes.append("Areas of the recipe's picture were painted by hand afterwards; they are left out here.")
    notes += [f"The LoRA {lora.name} of the recipe is not here." for lora in shared.loras if lora not in planned.loras]
    return tuple(notes)


def outcome(shared: Recipe | None, painted: Recipe) -> tuple[str, ...]:
    """Whether the very picture of a shared recipe came out; nothing where another one was asked for."""
    if shared is None or not shared.sha256_rgb:
        return ()
    if painted.sha256_rgb == shared.sha256_rgb:
        return ("Identical to the picture that this recipe was shared from.",)
    asked = (painted.prompt, painted.seed, painted.settings, painted.route, painted.loras, painted.then)
    if asked != (shared.prompt, shared.seed, shared.settings, shared.route, shared.loras, shared.then):
        return ()
    reason = "with other model files" if painted.model_files != shared.model_files else "by another engine or machine"
    return (f"Near the picture that this recipe was shared from: it was painted {reason}.",)
