"""Painting from a recipe that came along: what it asks for, and what is said where this machine paints it otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sfumato.attachment import AttachedPicture, offered_prompt
from sfumato.emphasis import name_of
from sfumato.lora import MAX_STRENGTH, MIN_STRENGTH, Lora, lora_words, with_strength
from sfumato.other_metadata import PictureMetadata
from sfumato.recipe import Recipe, Route
from sfumato.recipe_file import SharedRecipe
from sfumato.request import Overrides


def by_recipe(
    by_hand: Overrides, brought: AttachedPicture | SharedRecipe, words: str, loras: Iterable[Lora]
) -> Overrides:
    """What is set by hand with the prompt of what was brought along, painted from noise.

    `words` are its words as the person left them, `loras` those that this machine has for its model. A recipe of ours tells
    its LoRAs by name and hash; another tool's picture by name only, which is said. A shared recipe is a new drawing.
    """
    metadata = brought.metadata
    by_hand = replace(by_hand, prompt=offered_prompt(metadata, words), route=Route.TEXT_TO_IMAGE)
    if metadata.recipe is None:
        return _by_names(by_hand, metadata, loras)
    here = {(lora.name, lora.sha256) for lora in loras}
    known = tuple(lora for lora in metadata.recipe.loras if (lora.name, lora.sha256) in here)
    return replace(by_hand, is_new=isinstance(brought, SharedRecipe), loras=known, shared=metadata.recipe)


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
    missing = (lora for lora in shared.loras if lora not in planned.loras)
    notes += [f"The LoRA {lora_words((lora,))} of the recipe is not here, or does not fit." for lora in missing]
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
    is_other = set(painted.model_files.values()) != set(shared.model_files.values())
    reason = "with other model files" if is_other else "by another engine or machine"
    return (f"Near the picture that this recipe was shared from: it was painted {reason}.",)


def _by_names(by_hand: Overrides, metadata: PictureMetadata, loras: Iterable[Lora]) -> Overrides:
    """What another tool's picture says beside its words: LoRAs by their names, and a model that is not this one."""
    here = {name_of(lora.name).casefold(): lora for lora in loras}
    known, notes = [], []
    if metadata.model:
        notes.append(f"It was painted by “{metadata.model}” in {metadata.software}, so another picture comes out here.")
    for told in metadata.loras:
        if lora := here.get(name_of(told.name).casefold()):
            strength = 1.0 if told.weight is None else min(max(told.weight, MIN_STRENGTH), MAX_STRENGTH)
            known.append(replace(lora, strength=strength))
            notes.append(f"The LoRA {lora_words(known[-1:])} was found by its name; it may be another file.")
        else:
            notes.append(
                f"The LoRA {with_strength(told.name, told.weight)} of the picture is not here, or does not fit."
            )
    return replace(by_hand, loras=tuple(known) if metadata.loras else by_hand.loras, notes=tuple(notes))
