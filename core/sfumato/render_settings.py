"""What a picture is painted with: size, steps, guidance, and what that does to an attached picture."""

from __future__ import annotations

from sfumato.conversation import Version
from sfumato.decision import Decision
from sfumato.model_catalog import PictureFacts, check_size, fitting_size
from sfumato.recipe import RenderSettings, Route
from sfumato.request import Engines, Overrides, TurnRequest
from sfumato.routes import RouteChoice


def render_settings(
    engines: Engines, overrides: Overrides, decision: Decision, parent: Version | None, choice: RouteChoice
) -> RenderSettings:
    """What the person set wins, then what the writer heard, then what a shared recipe or the parent was painted with, then
    the model's own.

    Raises:
        SfumatoError: for a size that the model cannot paint.
    """
    facts = engines.facts
    before = overrides.shared or (parent.recipe if parent else None)
    kept = before.settings if before and before.settings.model_id == engines.painter_spec.id else None
    if choice.route is Route.INPAINT and choice.start:  # the rest of the picture stays as it is
        width, height = choice.start.recipe.settings.width, choice.start.recipe.settings.height
    else:
        wished = overrides.size or decision.size or _shape_size(decision, facts)
        width, height = wished or _kept_size(kept, parent, facts)
    check_size(facts, width, height)
    return RenderSettings(
        width=width,
        height=height,
        steps=overrides.steps or (kept.steps if kept else facts.steps),
        guidance_scale=_first(overrides.guidance_scale, kept.guidance_scale if kept else None, facts.guidance_scale),
        scheduler=facts.scheduler,
        model_id=engines.painter_spec.id,
        strength=choice.strength,
    )


def attached_notes(
    request: TurnRequest, parent: Version | None, settings: RenderSettings, route: Route
) -> tuple[str, ...]:
    """What happens to an attached picture."""
    if parent is None or not parent.is_attached:
        return ()
    attached, kept = request.attached, parent.recipe.settings
    name = attached.name if attached else f"Picture {parent.number}"
    if route is Route.TEXT_TO_IMAGE:
        return (f"{name} itself is not painted over.",)
    was, now = attached.size if attached else (kept.width, kept.height), (settings.width, settings.height)
    how = "scaled" if was[0] * now[1] == was[1] * now[0] else "scaled and cropped"
    return (f"{name} was {how} from {was[0]}×{was[1]} to {now[0]}×{now[1]} pixels.",) if was != now else ()


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _shape_size(decision: Decision, facts: PictureFacts) -> tuple[int, int] | None:
    sizes = {"square": (facts.width, facts.height), "portrait": facts.portrait, "landscape": facts.landscape}
    return sizes.get(decision.shape or "")


def _kept_size(kept: RenderSettings | None, parent: Version | None, facts: PictureFacts) -> tuple[int, int]:
    if kept:
        return kept.width, kept.height
    if parent and parent.is_attached:
        return fitting_size(facts, parent.recipe.settings.width, parent.recipe.settings.height)
    return facts.width, facts.height
