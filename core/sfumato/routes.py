"""Which way the next picture comes about, and why: painted again from its seed, over a picture, or edited by instruction.

The rules ask what a person expects to stay. Style, light, colour, camera and quality are words about the whole picture:
the same seed keeps its composition. A thing that is added or exchanged should leave the rest where it is: models that
are good at it paint over the picture. What must go, a new colour or a new place would shine through from the old
picture, so it is painted again. A picture that was painted over another is not painted over itself: every change is
applied to the first picture of the chain, because editing the edit of an edit drifts into noise (Qwen-Image#200). A
picture with an area painted by hand is painted again as a whole and its areas after it (`repainting.py`); where that is
not possible it begins a chain, since going back further would lose the area.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sfumato.conversation import NOT_PAINTED, Conversation, HowPart, Version
from sfumato.errors import SfumatoError
from sfumato.model_catalog import PictureFacts
from sfumato.prompt import ImagePrompt, changes, prompt_changes
from sfumato.recipe import Recipe, Route
from sfumato.repainting import with_areas
from sfumato.seeds import SeedRule, other_rule, seed_words
from sfumato.words import COLOURS, content_words

MORE_STRENGTH = 0.2
MAX_STRENGTH = 0.95
INPAINT_STRENGTH = 1.0  # what the area showed before does not shine through
_OVER_A_PICTURE = (Route.IMAGE_TO_IMAGE, Route.INSTRUCTION_EDIT)
_LOOKS = ("setting", "style", "lighting", "camera", "colour")

Extent = Literal["none", "added", "removed", "recoloured", "part", "whole"]


@dataclass(frozen=True, slots=True)
class RouteWish:
    """What was asked for: `chosen` by the person's hand, `said` by the writer, who heard it in the message."""

    chosen: Route | None = None
    said: Route | None = None
    strength: float | None = None


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """A route with its reason, one sentence for the person.

    `start` is the picture that is painted over, `strength` how far from it (0..1); both None when painting from noise.
    `other` is the route that one click paints instead, or None.
    """

    route: Route
    reason: str = ""
    start: Version | None = None
    strength: float | None = None
    other: Route | None = None


def choose_route(
    wish: RouteWish,
    facts: PictureFacts,
    conversation: Conversation,
    parent: Version | None,
    after: ImagePrompt,
    is_seed_kept: bool,
) -> RouteChoice:
    """The route from `parent` (None: there is nothing to start from) to a picture of the prompt `after`.

    Raises:
        SfumatoError: if the person chose a route that the model does not have, or one that needs a selected area.
    """
    if wish.chosen is Route.INPAINT:
        raise SfumatoError("No area of the picture is selected.", "Select the part that should change.")
    if wish.chosen is not None and str(wish.chosen) not in facts.routes:
        raise SfumatoError(f"This model has no {wish.chosen}.", f"It can do: {', '.join(facts.routes)}.")
    if parent is None and Route.TEXT_TO_IMAGE not in facts.routes:
        raise SfumatoError(
            "This model changes pictures and paints none from words.", "Attach a picture, or choose another model."
        )
    if parent is None:
        return RouteChoice(Route.TEXT_TO_IMAGE)
    painted_over = tuple(_chain(conversation, parent))
    start = painted_over[-1] if painted_over else parent
    has_areas = with_areas(conversation, parent, facts) is not None
    route, why = _route_and_reason(wish, facts, parent, after, is_seed_kept, has_areas)
    if route is Route.TEXT_TO_IMAGE:
        return RouteChoice(route, f"{_from_noise(is_seed_kept)}{why}.", other=_painting_over(facts))
    strength = _strength(wish, facts, start, parent, after) if route is Route.IMAGE_TO_IMAGE else None
    verb = "Edited" if route is Route.INSTRUCTION_EDIT else "Painted over"
    at = f" at strength {strength:g}" if strength is not None else ""
    chain = (
        f" All changes are applied to picture {start.number}, because editing an edit blurs." if painted_over else ""
    )
    reason = f"{verb} picture {start.number}{at}{why}.{chain}"
    other = Route.TEXT_TO_IMAGE if Route.TEXT_TO_IMAGE in facts.routes else None
    return RouteChoice(route, reason, start, strength, other)


def area_choice(facts: PictureFacts, parent: Version, strength: float | None) -> RouteChoice:
    """Painting only a selected area of this very picture. Raises SfumatoError if the model cannot."""
    if str(Route.INPAINT) not in facts.routes:
        raise SfumatoError("This model cannot paint only a part of a picture.", "Choose another picture model.")
    reason = f"Only the selected area of picture {parent.number} is painted; the rest stays identical."
    return RouteChoice(Route.INPAINT, reason, parent, INPAINT_STRENGTH if strength is None else strength)


def instructions_of(recipe: Recipe) -> str:
    """What a model was told that edited by instruction; empty for a picture that came about otherwise."""
    return recipe.compiled.positive if recipe.route is Route.INSTRUCTION_EDIT else ""


def edit_instructions(parent: Version, message: str) -> str:
    """What a model that edits by instruction is told: every instruction since the first picture of the chain."""
    return "; ".join(filter(None, (instructions_of(parent.recipe), " ".join(message.split()))))


def instructions_without(version: Version, undone: Version, before: Version) -> str:
    """The instructions of a chain that goes through `undone` without the one that led there from `before`.

    Empty where it cannot be told apart, or where none would be left.
    """
    told, those, earlier = (instructions_of(step.recipe) for step in (version, undone, before))
    if not those or not f"{told}; ".startswith(f"{those}; ") or not those.startswith(earlier):
        return ""
    return "; ".join(filter(None, (earlier, told[len(those) :].removeprefix("; "))))


def how_part(
    choice: RouteChoice,
    prompt: ImagePrompt,
    parent: Version | None,
    recipes: tuple[Recipe, ...],
    rule: SeedRule,
    kept_seed: int | None,
) -> HowPart:
    """What is kept and shown of a choice and of the seeds; `kept_seed` is the one that is or could be kept."""
    seeds = tuple(recipe.seed for recipe in recipes)
    settings = recipes[0].settings
    return HowPart(
        prompt=prompt,
        parent=parent.number if parent else None,
        route=choice.route,
        seeds=seeds,
        size=(settings.width, settings.height),
        reason=choice.reason,
        seed_words=seed_words(rule, seeds, kept_seed),
        start=choice.start.number if choice.start else None,
        strength=choice.strength,
        other_route=choice.other,
        other_seed=other_rule(seeds, kept_seed),
        area=recipes[0].area,
        loras=recipes[0].loras,
        instructions=instructions_of(recipes[0]),
    )


def extent(before: str, after: str) -> Extent:
    """How far a field changed, by its words that carry meaning."""
    old, new = content_words(before), content_words(after)
    if old == new:
        return "none"
    if (set(old) ^ set(new)) <= COLOURS and set(old) & set(new):
        return "recoloured"
    if set(old) <= set(new):
        return "added"
    if set(new) <= set(old):
        return "removed"
    return "part" if set(old) & set(new) else "whole"


def _route_and_reason(
    wish: RouteWish, facts: PictureFacts, parent: Version, after: ImagePrompt, is_seed_kept: bool, has_areas: bool
) -> tuple[Route, str]:
    """The route, and the end of its sentence; `has_areas` says that areas painted by hand can be painted again."""
    if wish.chosen:
        return wish.chosen, ", as you chose"
    said = wish.said if wish.said is not Route.INPAINT else None  # without a selected area there is none to paint
    if said and str(said) in facts.routes:
        return said, ", as you asked"
    way = _keeping(facts)
    if way and Route.TEXT_TO_IMAGE not in facts.routes:
        return way, ""
    if said:
        return Route.TEXT_TO_IMAGE, f": this model has no {said}"
    if parent.is_attached and way is None:
        raise SfumatoError(
            "This model cannot start from a picture: it has no image-to-image.",
            f"It can do: {', '.join(facts.routes)}.",
        )
    before, over = parent.prompt, parent.recipe.route
    if over in _OVER_A_PICTURE and over in facts.routes:
        return over, ", as before" if parent.number == NOT_PAINTED else f", as picture {parent.number} was"
    if way and over is Route.INPAINT and not has_areas:
        return way, f": an area of picture {parent.number} was painted by hand, and no seed would bring it back"
    if way and (before.is_empty or over is Route.ATTACHED):
        return way, ": it was not painted here, so no seed would bring it back"
    changed = tuple(change.field for change in prompt_changes(before, after))
    if "subject" not in changed and "setting" not in changed:
        return Route.TEXT_TO_IMAGE, _looks(changed, is_seed_kept)
    return _for_things(facts, before, after, is_seed_kept)


def _looks(changed: tuple[str, ...], is_seed_kept: bool) -> str:
    if not is_seed_kept:
        return ""
    if changed == ("negative",):
        return ", which keeps the composition: only what is ruled out changed"
    names = " and ".join(filter(None, (", ".join(changed[:-1]), *changed[-1:])))
    return f", which keeps the composition: only the {names} changed" if changed else ""


def _for_things(facts: PictureFacts, before: ImagePrompt, after: ImagePrompt, is_seed_kept: bool) -> tuple[Route, str]:
    subject, setting = extent(before.subject, after.subject), extent(before.setting, after.setting)
    again = Route.TEXT_TO_IMAGE
    if Route.INSTRUCTION_EDIT in facts.routes:
        return Route.INSTRUCTION_EDIT, ": this model changes pictures by what it is told"
    if not is_seed_kept:
        return again, ""
    if setting in ("part", "whole") or (setting != "none" and subject == "whole"):
        return again, ": painting over would keep the old place"
    if "recoloured" in (subject, setting):
        return again, ": painting over would keep the old colour"
    if "removed" in (subject, setting):
        return again, ": painting over would keep what should go"
    if facts.small_changes == "text-to-image" or facts.small_changes not in facts.routes:
        return again, ", which keeps most of the composition"
    what = "the subject" if subject != "none" else "the setting"
    return Route(facts.small_changes), f": only {what} changed, so the rest stays where it is"


def _from_noise(is_seed_kept: bool) -> str:
    return "Painted again from the same seed" if is_seed_kept else "Painted from new noise"


def _painting_over(facts: PictureFacts) -> Route | None:
    """What is offered instead of painting again."""
    return next((way for way in (Route.IMAGE_TO_IMAGE, Route.INSTRUCTION_EDIT) if way in facts.routes), None)


def _keeping(facts: PictureFacts) -> Route | None:
    """The route on which most of a picture stays that no seed brings back."""
    return next((way for way in (Route.INSTRUCTION_EDIT, Route.IMAGE_TO_IMAGE) if way in facts.routes), None)


def _strength(wish: RouteWish, facts: PictureFacts, start: Version, parent: Version, after: ImagePrompt) -> float:
    """More where light, colours or a whole thing must give way than for a thing that is added; never less than before."""
    if wish.strength is not None:
        return wish.strength
    before = start.prompt
    is_repainted = any(change.field in _LOOKS for change in changes(before, after))
    is_replaced = extent(before.subject, after.subject) in ("recoloured", "removed", "part", "whole")
    more = MORE_STRENGTH if (is_repainted or is_replaced) and not before.is_empty else 0.0
    least = parent.recipe.settings.strength if parent.recipe.route is Route.IMAGE_TO_IMAGE else None
    return max(least or 0.0, round(min(MAX_STRENGTH, facts.strength + more), 2))


def _steps(conversation: Conversation, version: Version) -> Iterator[Version]:
    """The painted-over versions of a chain, from this one back to the first."""
    seen: set[int] = set()
    step: Version | None = version
    while step is not None and step.recipe.route in _OVER_A_PICTURE and step.number not in seen:
        seen.add(step.number)
        yield step
        step = conversation.painted_over(step)


def _chain(conversation: Conversation, version: Version) -> Iterator[Version]:
    """The pictures that a painted-over version goes back to, the first of them last; none if it is gone."""
    for step in _steps(conversation, version):
        if (origin := conversation.painted_over(step)) is not None:
            yield origin
