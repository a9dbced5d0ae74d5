"""Changes to a prompt by hand, as requests: a field that was edited, a change that is undone, a prompt painted as it stands.

All of them keep the seed, ask no writer, and lead to a new version; nothing is overwritten.
"""

from __future__ import annotations

from dataclasses import replace

from sfumato.conversation import Conversation, Origin, PromptPart, Version
from sfumato.errors import SfumatoError
from sfumato.prompt import ImagePrompt, prompt_changes
from sfumato.prompt_words import change_words, short_change, with_typed
from sfumato.recipe import Recipe
from sfumato.request import Overrides, TurnRequest
from sfumato.routes import instructions_without
from sfumato.seeds import KEEP, exactly
from sfumato.selection import edited_area


def edit_request(
    conversation: Conversation, part: PromptPart, painted: tuple[int, ...], prompt: ImagePrompt
) -> TurnRequest:
    """Paint the prompt of a card as edited; the version that was edited is its parent.

    `painted` are the numbers of the versions that were painted from the card; the current one of them is meant.

    Raises:
        SfumatoError: if nothing would be left to paint.
    """
    return _request(conversation, part, _meant(conversation, painted), prompt, "hand", "Edited by hand")


def undo(conversation: Conversation, part: PromptPart, painted: tuple[int, ...], name: str) -> Version | TurnRequest:
    """Undo one change of a card and keep everything else, also what was changed after it.

    A version is to be gone back to: the picture that would only come again, which is the one an area was painted on, or the
    one before a change that is undone as a whole. A request paints.

    Raises:
        SfumatoError: if that picture is in the bin, the field was changed again since, or nothing would be left to paint.
    """
    own = _meant(conversation, painted)
    parent = conversation.version(own.parent if own else part.parent)
    current = conversation.version(conversation.current)
    base = current if own and current and _comes_from(conversation, current, own) else own
    if own and parent and base == own and _is_alone(part, own, parent, name):
        if parent.is_deleted:
            raise SfumatoError(
                f"That would be picture {parent.number} again, which is in the bin.", "Restore it first."
            )
        return parent
    prompt = base.prompt if base else part.prompt
    if getattr(prompt, name) != getattr(part.prompt, name):
        raise SfumatoError(f"The {name} was changed again since.", "Edit it in the newest prompt.")
    change = next(change for change in part.changes if change.field == name)
    before = parent.prompt if parent else with_typed(prompt, name, change.before)
    request = _request(conversation, part, base, _put_back(prompt, before, name), "undo", "Undone")
    if not (base and own and parent and _put_back(own.prompt, before, name) == before):
        return request
    kept = instructions_without(base, own, parent)
    return replace(request, overrides=replace(request.overrides, instructions=kept))


def paint_request(conversation: Conversation, part: PromptPart, prompt: ImagePrompt) -> TurnRequest:
    """Paint a prompt that was never painted, perhaps edited: with its seed, in its size, from its parent.

    Raises:
        SfumatoError: if there is nothing to paint.
    """
    origin: Origin = part.origin if prompt == part.prompt else "hand"
    request = _request(conversation, part, None, prompt, origin, "Paint this prompt")
    instructions = part.instructions if prompt == part.prompt else ""
    return replace(request, overrides=replace(request.overrides, instructions=instructions))


def _request(
    conversation: Conversation, part: PromptPart, base: Version | None, prompt: ImagePrompt, origin: Origin, what: str
) -> TurnRequest:
    if prompt.is_empty:
        raise SfumatoError("The prompt would be empty.", "Say in at least one field what the picture should show.")
    changed = prompt_changes(base.prompt if base else part.prompt, prompt)
    told = "; ".join(f"{change.field}: {change_words(short_change(change))}" for change in changed)
    message = f"{what}: {told}" if told else what
    if base and (area := edited_area(base.recipe.area, base.prompt, prompt)) and base.seed is not None:
        overrides = Overrides(seed=exactly(base.seed), prompt=prompt, origin=origin, area=area, loras=base.recipe.loras)
        return TurnRequest(message, conversation, base.parent, overrides, is_deed=True)
    if base:
        overrides = Overrides(seed=KEEP, prompt=prompt, origin=origin)
        return TurnRequest(message, conversation, base.number, overrides, is_deed=True)
    seed = None if part.seed is None else exactly(part.seed)
    is_new = part.parent is None
    overrides = Overrides(seed, size=part.size, prompt=prompt, origin=origin, is_new=is_new, loras=part.loras)
    return TurnRequest(message, conversation, part.parent, overrides, is_deed=True)


def _is_alone(part: PromptPart, own: Version, parent: Version, name: str) -> bool:
    """True if this change is all that tells a picture from its parent."""
    ways = {_way(version.recipe, own.recipe.area is not None) for version in (own, parent)}
    is_seed_kept = part.seed_kept or own.recipe.area is not None
    return is_seed_kept and len(ways) == 1 and _put_back(own.prompt, parent.prompt, name) == parent.prompt


def _put_back(prompt: ImagePrompt, before: ImagePrompt, name: str) -> ImagePrompt:
    return replace(prompt, **{name: getattr(before, name)})


def _way(recipe: Recipe, is_area: bool) -> tuple[object, ...]:
    """What besides prompt and seed makes a picture; of an area painted into one the size alone counts."""
    it = recipe.settings
    size = (it.width, it.height)
    return size if is_area else (*size, it.model_id, it.steps, it.guidance_scale, recipe.loras)


def _meant(conversation: Conversation, painted: tuple[int, ...]) -> Version | None:
    number = conversation.current if conversation.current in painted else (painted[-1] if painted else None)
    return conversation.version(number)


def _comes_from(conversation: Conversation, version: Version, ancestor: Version) -> bool:
    """True if one version is the other or was painted from it, directly or not."""
    found: Version | None = version
    while found is not None and found.number != ancestor.number:
        found = conversation.version(found.parent)
    return found is not None
