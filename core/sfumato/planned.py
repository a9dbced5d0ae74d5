"""What a turn will do, as it is handed about: `plan.py` makes it, a review shows it, `turn.py` carries it out."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.conversation import HowPart, Origin, Version
from sfumato.decision import Decision
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Recipe
from sfumato.routes import RouteChoice, how_part
from sfumato.seeds import SeedRule
from sfumato.standing_wishes import StandingWish


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn will do, before anything is painted.

    `choice` is the route with its reason (None: no picture), `kept_seed` the seed that is or could be kept.
    `wishes` are the standing wishes of the conversation with what was learned about them. `shared` is the recipe of
    someone else's that is painted, if one is.
    """

    decision: Decision
    prompt: ImagePrompt
    changes: tuple[FieldChange, ...]
    parent: Version | None
    rule: SeedRule
    recipes: tuple[Recipe, ...]
    notes: tuple[str, ...]
    choice: RouteChoice | None = None
    kept_seed: int | None = None
    origin: Origin = "writer"
    wishes: tuple[StandingWish, ...] = ()
    shared: Recipe | None = None

    @property
    def is_new(self) -> bool:
        """True if nothing is kept of a parent's prompt."""
        return self.parent is None or self.parent.is_attached or self.decision.action == "draw"

    @property
    def how(self) -> HowPart | None:
        """Which way and why, as it is shown and kept; None when nothing is painted."""
        if self.choice is None:
            return None
        return how_part(self.choice, self.prompt, self.parent, self.recipes, self.rule, self.kept_seed)
