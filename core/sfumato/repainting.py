"""A picture with areas painted by hand, painted again with other words: all of it from its seed, then each area anew.

No seed brings an area back, but its place, words and seed are known, so it is painted again on the new picture as it was
on the first. Painting over the whole instead would blur the area with all the rest. An area whose words have left the
prompt is not painted any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sfumato.compile import PromptFacts, compile_prompt
from sfumato.conversation import Conversation, Version
from sfumato.model_catalog import PictureFacts
from sfumato.prompt import ImagePrompt
from sfumato.recipe import AreaPass, Recipe, Route


@dataclass(frozen=True, slots=True)
class Whole:
    """The picture that the areas were painted on, painted from `seed` alone, and its areas, the first one first."""

    seed: int
    areas: tuple[AreaPass, ...]


def with_areas(conversation: Conversation, version: Version, facts: PictureFacts) -> Whole | None:
    """What it takes to paint this picture again with its areas; None if it has none, or the model or a step is missing."""
    if not {str(Route.TEXT_TO_IMAGE), str(Route.INPAINT)} <= set(facts.routes):
        return None
    areas: tuple[AreaPass, ...] = ()
    step: Version | None = version
    for _ in range(len(conversation.versions) + 1):  # a damaged tree may go round in circles
        if step is None or step.recipe.area is None or step.recipe.route is not Route.INPAINT:
            break
        strength = 1.0 if step.recipe.settings.strength is None else step.recipe.settings.strength
        areas = (AreaPass(step.recipe.area, step.recipe.compiled, step.recipe.seed, strength), *areas)
        step = conversation.painted_over(step)
    if step is None or step.recipe.route is not Route.TEXT_TO_IMAGE:
        return None
    areas = (*step.recipe.then, *areas)
    return Whole(step.recipe.seed, areas) if areas else None


def repainted(
    recipes: tuple[Recipe, ...], whole: Whole, before: ImagePrompt, facts: PromptFacts
) -> tuple[tuple[Recipe, ...], tuple[str, ...]]:
    """The recipes of the whole, each followed by its areas in the words of its prompt, and notes on areas that went.

    An area keeps its seed where the whole keeps its own, else it is painted from the new one. `before` is the prompt in
    whose subject the areas were last named.
    """
    prompt = recipes[0].prompt
    outside, named = _outside(whole.areas, before.subject, prompt.subject)
    kept = [area for area in named if area is not None]
    if not outside or not kept:  # nothing but areas is named, or none of them any more
        gone = whole.areas if outside else ()
        return tuple(replace(recipe, then=()) for recipe in recipes), tuple(map(_gone, gone))
    compiled = compile_prompt(replace(prompt, subject=outside), facts)
    sent = [replace(area, compiled=compile_prompt(area.area.sent(prompt), facts)) for area in kept]
    with_areas = tuple(
        replace(
            recipe,
            compiled=compiled,
            then=tuple(area if recipe.seed == whole.seed else replace(area, seed=recipe.seed) for area in sent),
        )
        for recipe in recipes
    )
    return with_areas, tuple(_gone(area) for area, now in zip(whole.areas, named, strict=True) if now is None)


def in_words(then: tuple[AreaPass, ...]) -> str:
    """The end of the sentence that says how the picture comes about; empty without areas."""
    names = " and ".join(f"“{area.area.words}”" if area.area.words else "the selected area" for area in then)
    return f" Then {names} {'is' if len(then) == 1 else 'are'} painted again in place." if then else ""


def _outside(areas: tuple[AreaPass, ...], before: str, after: str) -> tuple[str, tuple[AreaPass | None, ...]]:
    """The subject without the words of the areas, and each area with its words now; None for one that is not named."""
    named: list[AreaPass | None] = []
    for painted in reversed(areas):
        area = painted.area
        if not area.words:
            named.append(painted)
            continue
        if area.words not in after:
            area = area.edited(before, after)
        if area.words in after:
            after = _without(after, area.words)
            named.append(replace(painted, area=area))
        else:
            named.append(None)
        before = _without(before, painted.area.words)
    return after, tuple(reversed(named))


def _without(subject: str, words: str) -> str:
    left, _, right = subject.rpartition(words)
    return ", ".join(filter(None, (left.strip(" ,"), right.strip(" ,"))))


def _gone(area: AreaPass) -> str:
    return f"The selected area is not painted again: the prompt does not name “{area.area.words}” any more."
