"""The other way to paint what was painted: same prompt, same parent, another route or another seed."""

from __future__ import annotations

from sfumato.conversation import Conversation, HowPart, Version
from sfumato.errors import SfumatoError
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import SeedRule, exactly


def other_route(how: HowPart) -> Overrides:
    """The same prompt and seeds by the other route. Raises SfumatoError if there is none."""
    if how.other_route is None or not how.seeds:
        raise SfumatoError("There is no other way to paint this.", "Say what should change instead.")
    return Overrides(
        prompt=how.prompt,
        route=how.other_route,
        seed=exactly(how.seeds[0]),
        count=len(how.seeds),
        size=how.size,
        loras=how.loras,
        is_new=how.parent is None,
    )


def same_again(message: str, conversation: Conversation, version: Version, rule: SeedRule) -> TurnRequest:
    """A version's prompt once more from another seed; where only an area was painted, that area of the same picture."""
    area = version.recipe.area
    parent = version.parent if area else version.number
    overrides = Overrides(seed=rule, prompt=version.prompt, area=area, loras=version.recipe.loras)
    return TurnRequest(message, conversation, parent, overrides, is_deed=True)


def other_seed(how: HowPart) -> Overrides:
    """The same prompt by the same route from the seed that was not taken. Raises SfumatoError if there is none."""
    if how.other_seed is None:
        raise SfumatoError("There is no other seed to take here.", "Say “another one” for a new one.")
    return Overrides(
        prompt=how.prompt,
        route=how.route if how.parent is not None and how.area is None else None,
        area=how.area,
        strength=how.strength,
        seed=how.other_seed,
        count=len(how.seeds),
        size=how.size,
        loras=how.loras,
        instructions=how.instructions,
        is_new=how.parent is None,
    )
