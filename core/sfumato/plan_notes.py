"""What is told with a plan because a person may not expect it: words left out, a locked seed, a model that seeds hardly move."""

from __future__ import annotations

from sfumato.conversation import Version
from sfumato.decision import Decision
from sfumato.narrowing import rules_out
from sfumato.prompt import ImagePrompt
from sfumato.request import Engines, TurnRequest
from sfumato.seeds import SeedRule
from sfumato.unheard import unheard

MAX_SUBJECT_CHARACTERS = 4000  # a page; what an encoder then leaves out of it is told with the compiled prompt


def left_out(request: TurnRequest) -> tuple[str, ...]:
    """What is told where the person's own words are longer than a subject may be."""
    words = " ".join(request.message.split())
    if len(words) <= MAX_SUBJECT_CHARACTERS:
        return ()
    return (f"Of your own words the first {MAX_SUBJECT_CHARACTERS} characters are used; {len(words)} were written.",)


def lock_notes(request: TurnRequest, decision: Decision, kept: int | None) -> tuple[str, ...]:
    """A seed that was named but is not used, since another one is locked."""
    rule = request.overrides.seed
    if rule is None or rule.kind != "keep" or not isinstance(decision.seed, int):
        return ()
    used = kept if rule.number is None else rule.number
    if decision.seed == used:
        return ()
    return (f"Seed {used} is locked, so seed {decision.seed} was not used.",)


def unheard_notes(request: TurnRequest, engines: Engines, decision: Decision, prompt: ImagePrompt) -> tuple[str, ...]:
    """What a writer that copies passed over; one with words of its own may have said it in those, or left out as wished."""
    by_hand = request.overrides
    if decision.action == "reroll" or by_hand.prompt is not None or by_hand.area is not None:
        return ()
    if not engines.copies or rules_out(request.message):
        return ()
    missed = " and ".join(f"“{thing}”" for thing in unheard(request.message, prompt))
    if not missed:
        return ()
    return (f"Nothing in the prompt says {missed}: say it once more by itself, or write it into a field.",)


def seed_notes(
    engines: Engines, rule: SeedRule, parent: Version | None, before: ImagePrompt, after: ImagePrompt
) -> tuple[str, ...]:
    """A model whose pictures hardly change with the seed is described so when someone wants another one."""
    if engines.facts.seed_diversity == "high" or parent is None or rule.kind == "keep" or before != after:
        return ()
    return (
        f"The pictures of “{engines.painter_spec.title}” hardly change with the seed. For another picture, change or add"
        " a few words, or say what should be in front.",
    )
