"""What a turn will do: the writer decides, its patch is applied, and each picture gets its recipe. Nothing is painted here.

A plan is a pure function of its request. The seed a new drawing would use is drawn when the request is made, so a retry
of the same request paints the same picture.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from sfumato.answering import Sentence, whole
from sfumato.asking import ask_writer
from sfumato.compile import PromptFacts, compile_prompt
from sfumato.conversation import NOT_PAINTED, Version
from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import MAX_MESSAGE_CHARACTERS, is_shortened
from sfumato.draft import OnDraft, no_draft
from sfumato.engine import CancelToken, Writer
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.model_catalog import PictureFacts, check_size
from sfumato.plan_notes import MAX_SUBJECT_CHARACTERS, left_out, lock_notes, seed_notes, unheard_notes
from sfumato.planned import Plan
from sfumato.prompt import FieldChange, ImagePrompt, apply, field_text, prompt_changes
from sfumato.recipe import Recipe, Route
from sfumato.render_settings import attached_notes, render_settings
from sfumato.repainting import Whole, in_words, repainted, with_areas
from sfumato.request import Engines, Overrides, TurnRequest, listen, referred_version
from sfumato.routes import RouteChoice, RouteWish, area_choice, choose_route, edit_instructions
from sfumato.seeds import KEEP, NEW, SeedRule, exactly, resolve
from sfumato.selection import Area
from sfumato.shared_recipe import differences
from sfumato.standing_wishes import StandingWish, apply_wishes, learned, with_wish
from sfumato.version_reference import find_version, is_going_back, is_redo, unmatched
from sfumato.words import content_words

log = logging.getLogger(__name__)
SAME_WORDS = "The same words again, so another picture of them."


def make_plan(request: TurnRequest, engines: Engines, cancel: CancelToken) -> Plan:
    """Decide what to do with a message: ask the writer, apply its patch, and make the recipes.

    Raises:
        SfumatoError: for what cannot be done (nothing said, no such version, a size the model cannot paint).
        TurnCancelled: after a stop.
    """
    request, told = listen(request)
    if told and not request.message:
        wishes = request.conversation.wishes
        return Plan(Decision(action="answer", reply=told), ImagePrompt(), (), None, KEEP, (), (), wishes=wishes)
    plan, sentence = plan_turn(request, engines, cancel, no_draft)
    return replace(plan, decision=plan.decision.model_copy(update={"reply": sentence.take(wait=True)}))


def plan_turn(request: TurnRequest, engines: Engines, cancel: CancelToken, on_draft: OnDraft) -> tuple[Plan, Sentence]:
    """The plan as soon as the facts are there, and the sentence to come. Raises as `make_plan`."""
    if request.overrides.size:  # known to be wrong before anything is asked
        check_size(engines.facts, *request.overrides.size)
    if request.waiting and request.waiting.recipes[0].route is Route.TEXT_TO_IMAGE:  # there are no pixels to paint over
        request = replace(request, overrides=replace(request.overrides, route=Route.TEXT_TO_IMAGE))
    current = referred_version(request)
    decision, sentence, notes = _decide(request, current, engines.writer, cancel, on_draft)
    cancel.raise_if_cancelled()
    wishes = request.conversation.wishes
    if decision.action == "answer":
        prompt = current.prompt if current else ImagePrompt()
        return Plan(decision, prompt, (), current, KEEP, (), notes, wishes=wishes), sentence
    if decision.action == "go_back":
        target = _target(request, decision, current)
        return Plan(decision, target.prompt, (), target, KEEP, (), notes, wishes=wishes), sentence
    plan = _picture_plan(request, engines, decision, current, notes)
    if request.waiting and plan.parent is current:  # what was never painted is nobody's parent
        is_first = request.waiting.parent is None  # nor is there another way to paint the first picture
        choice = RouteChoice(Route.TEXT_TO_IMAGE) if is_first else plan.choice
        plan = replace(plan, parent=request.waiting.parent, choice=choice)
    return plan, sentence


def with_prompt(plan: Plan, prompt: ImagePrompt, engines: Engines) -> Plan:
    """The plan with another prompt, edited by hand; seeds, size and route stay.

    Raises:
        SfumatoError: if the prompt says nothing.
    """
    if prompt.is_empty:
        raise SfumatoError("The prompt is empty now.", "Say in at least one field what the picture should show.")
    before = plan.parent.prompt if plan.parent and not plan.is_new else None
    first = plan.recipes[0]
    area = first.area.edited(plan.prompt.subject, prompt.subject) if first.area else None
    compiled = compile_prompt(area.sent(prompt) if area else prompt, _prompt_facts(engines, plan.choice))
    if first.route is Route.INSTRUCTION_EDIT:
        told = filter(None, (first.compiled.positive, _told(prompt_changes(plan.prompt, prompt))))
        compiled = replace(compiled, positive="; ".join(told))
    kept = tuple(note for note in plan.notes if note not in first.compiled.notes)
    if area and area == first.area and prompt.subject != plan.prompt.subject:
        kept += (f"Only “{area.words}” is painted, in the selected area; the subject is kept for later changes.",)
    recipes = tuple(replace(recipe, prompt=prompt, compiled=compiled, area=area) for recipe in plan.recipes)
    if first.then:
        recipes, gone = repainted(recipes, Whole(first.seed, first.then), plan.prompt, engines.prompt_facts)
        kept += gone
    return replace(
        plan,
        prompt=prompt,
        changes=prompt_changes(before, prompt) if before else (),
        recipes=recipes,
        notes=(*kept, *compiled.notes),
        origin="hand",
    )


def _picture_plan(
    request: TurnRequest, engines: Engines, decision: Decision, current: Version | None, notes: tuple[str, ...]
) -> Plan:
    """The plan of a decision that paints."""
    parent = _parent(request, decision, current)
    before = parent.prompt if parent and decision.action != "draw" else ImagePrompt()
    prompt, more_notes = _next_prompt(request, decision, before)
    prompt, wishes, wish_notes = _wished(request, decision, prompt)
    rule = request.overrides.seed or _seed_rule(request, decision, parent)
    area, base = _area(request, decision, parent, prompt)
    is_again = area is None and decision.action != "draw"
    whole = with_areas(request.conversation, base, engines.facts) if base and is_again else None
    seen = parent or (current if request.overrides.seed else None)  # a seed kept by hand is kept for a new drawing too
    kept = whole.seed if whole else seen.seed if seen else None
    seeds = resolve(rule, kept, _count(request, decision), lambda: request.fresh_seed)
    changes_nothing = _changes_nothing(request, decision, before == prompt, seeds == (kept,))
    if changes_nothing and request.overrides.seed:
        raise SfumatoError(
            f"Seed {kept} is locked, so the same picture would come again.",
            "Open the lock beside the message, or say what should change.",
        )
    if changes_nothing and decision.action == "refine":
        if _says_again(request.message, prompt):
            again = decision.model_copy(update={"action": "reroll", "seed": "new"})
            return _picture_plan(request, engines, again, current, (*notes, SAME_WORDS))
        raise SfumatoError(
            "The writer found nothing in this to change, so the same picture would come again.",
            "Say it in other words, or edit a field of the prompt.",
        )
    parent = base
    if parent and request.overrides.prompt is None and request.overrides.area is None and request.meant is None:
        more_notes += unmatched(request.message, request.conversation, parent, decision.action)
    if area and parent:
        choice = area_choice(engines.facts, parent, request.overrides.strength)
    else:
        choice = _choose_route(request, decision, parent, prompt, engines.facts, seeds[0] == kept)
    settings = render_settings(engines, request.overrides, decision, parent, choice)
    is_new = parent is None or parent.is_attached or decision.action == "draw"
    changed = () if is_new else prompt_changes(before, prompt)
    compiled = compile_prompt(area.sent(prompt) if area else prompt, _prompt_facts(engines, choice))
    if choice.route is Route.INSTRUCTION_EDIT and parent:
        instruction = "" if decision.action == "reroll" else _instruction(request, changed)
        told = request.overrides.instructions or edit_instructions(parent, instruction)
        compiled = replace(compiled, positive=told)
    start_sha256 = choice.start.recipe.sha256_rgb if choice.start else ""
    loras = request.overrides.loras
    if loras is None:
        loras = parent.recipe.loras if parent else ()
    shared = request.overrides.shared
    own = shared.as_draft().fingerprint if shared and shared.settings.model_id == settings.model_id else {}
    engine = own or request.conversation.engine(settings.model_id, parent)
    first = Recipe(prompt, compiled, settings, seeds[0], choice.route, start_sha256, {}, engine, area=area, loras=loras)
    recipes = tuple(replace(first, seed=seed) for seed in seeds)
    if whole and choice.route is Route.TEXT_TO_IMAGE:
        recipes, gone = repainted(recipes, whole, before, engines.prompt_facts)
        choice = replace(choice, reason=choice.reason + in_words(recipes[0].then))
        more_notes += gone
    more_notes += lock_notes(request, decision, kept) + unheard_notes(request, engines, decision, prompt)
    more_notes += attached_notes(request, parent, settings, choice.route)
    more_notes += request.overrides.notes + differences(request.overrides.shared, recipes[0])
    all_notes = (*notes, *more_notes, *wish_notes, *compiled.notes, *seed_notes(engines, rule, parent, before, prompt))
    by_hand = request.overrides
    facts = (decision, prompt, changed, parent, rule, recipes, all_notes)
    return Plan(*facts, choice, kept, by_hand.origin, wishes, by_hand.shared)


def _decide(
    request: TurnRequest, current: Version | None, writer: Writer, cancel: CancelToken, on_draft: OnDraft
) -> tuple[Decision, Sentence, tuple[str, ...]]:
    """The facts of the decision, its sentence to come, and notes on how the decision came about."""
    if request.overrides.prompt is not None:
        is_new = current is None or request.overrides.is_new
        return *whole(Decision(action="draw" if is_new else "refine")), ()
    if not request.message.strip():
        raise SfumatoError("There is nothing to paint yet.", "Say in a few words what the picture should show.")
    if request.overrides.area is not None:
        return *whole(_in_area(request.overrides.area, current)), ()
    if not request.overrides.rewrite:
        return *whole(_own_words(request)), left_out(request)
    told = (request.message, request.conversation, current)
    if is_redo(*told) or (request.attached is None and is_going_back(*told)):
        return *whole(Decision(action="go_back")), ()
    notes = (
        (f"The writer reads the first {MAX_MESSAGE_CHARACTERS} characters of a message; yours was longer.",)
        if is_shortened(request.message)
        else ()
    )
    try:
        return *ask_writer(request, current, writer, cancel, on_draft), notes
    except UnusableAnswer as error:
        log.warning("unusable answer: %s", error.detail)
        notes = (*notes, "The writer's answer made no sense, so your own words are used.", *left_out(request))
        return *whole(_own_words(request)), notes


def _in_area(area: Area, current: Version | None) -> Decision:
    """The picture's prompt also names what its selected area shows, so that later changes keep it."""
    if current is None:
        raise SfumatoError("There is no picture to select an area of yet.", "Describe one first.")
    patch = PatchAnswer(set={"subject": area.added_to(current.prompt.subject)})
    return Decision(action="refine", patch=patch, route="inpaint")


def _changes_nothing(request: TurnRequest, decision: Decision, is_same_prompt: bool, is_same_seed: bool) -> bool:
    """True where a writer decided on no change; what the person set by hand is one, but for a seed that is kept."""
    rule = request.overrides.seed
    by_hand = replace(request.overrides, negative=(), seed=None if rule and rule.kind == "keep" else rule)
    asked = by_hand == Overrides() and not request.waiting
    is_same_way = not (decision.size or decision.shape or decision.route)
    return asked and is_same_prompt and is_same_seed and is_same_way


def _says_again(message: str, prompt: ImagePrompt) -> bool:
    """True where the message is the prompt's own description once more: the whole subject, and no word besides."""
    said = set(content_words(message))
    known = {word for name in prompt.order for word in content_words(field_text(prompt, name))}
    return set(content_words(prompt.subject)) <= said <= known and bool(said)


def _area(
    request: TurnRequest, decision: Decision, parent: Version | None, prompt: ImagePrompt
) -> tuple[Area | None, Version | None]:
    """The area that is painted and the picture it is a part of; no area and the parent where all of it is painted.

    Another one of a picture with a painted area is another area; so is what is said while one waits for an OK.
    """
    if request.overrides.area or request.overrides.prompt or parent is None or parent.recipe.area is None:
        return request.overrides.area, parent
    if request.waiting and parent.number == NOT_PAINTED:
        return parent.recipe.area.edited(parent.prompt.subject, prompt.subject), request.waiting.parent
    if decision.action == "reroll":
        return parent.recipe.area, request.conversation.version(parent.parent)
    return None, parent


def _subject(request: TurnRequest) -> str:
    """The person's own words as a subject."""
    return " ".join(request.message.split())[:MAX_SUBJECT_CHARACTERS]


def _own_words(request: TurnRequest) -> Decision:
    return Decision(action="draw", patch=PatchAnswer(set={"subject": _subject(request)}))


def _target(request: TurnRequest, decision: Decision, current: Version | None) -> Version:
    if request.meant is not None and current:
        return current
    found = find_version(request.message, request.conversation, current, decision.target, "go_back")
    if found is None:  # going back always finds a version or says why not; this tells the type checker
        raise SfumatoError("There is no picture to go back to yet.", "Describe one first.")
    return found


def _parent(request: TurnRequest, decision: Decision, current: Version | None) -> Version | None:
    """The version that is changed; a new drawing has none, unless the person asked to start from its picture."""
    conversation = request.conversation
    is_from_words = request.overrides.is_new or request.overrides.route in (None, Route.TEXT_TO_IMAGE)
    if decision.action == "draw" and is_from_words and not request.attached:
        return None
    asked_writer = request.overrides.prompt is None and request.overrides.area is None and request.meant is None
    if decision.action in ("refine", "reroll") and asked_writer:
        named = find_version(request.message, conversation, current, decision.target, decision.action)
        current = named or current
    if current is None and decision.action == "reroll":
        raise SfumatoError("There is no picture to paint again yet.", "Describe one first.")
    return current


def _next_prompt(request: TurnRequest, decision: Decision, before: ImagePrompt) -> tuple[ImagePrompt, tuple[str, ...]]:
    if request.overrides.prompt is not None:
        return request.overrides.prompt, ()
    prompt = apply(before, decision.prompt_patch())
    if request.overrides.negative:
        prompt = replace(prompt, negative=prompt.negative + request.overrides.negative)
    if before.subject and not prompt.subject:
        kept = f"The change would leave the picture without a subject, so “{before.subject}” stays."
        return replace(prompt, subject=before.subject), (f"{kept} Say what it should show instead.",)
    if not prompt.is_empty or (prompt.negative != before.negative and decision.action != "draw"):
        return prompt, ()
    return replace(prompt, subject=_subject(request)), (
        "The writer left the prompt empty, so your own words are used.",
    )


def _wished(
    request: TurnRequest, decision: Decision, prompt: ImagePrompt
) -> tuple[ImagePrompt, tuple[StandingWish, ...], tuple[str, ...]]:
    """The prompt with the standing wishes, the wishes with what the patch taught about them, and notes.

    They apply to new drawings; a change keeps to what it says, and to the wish that was said with it.
    """
    if request.overrides.prompt is not None:
        return prompt, request.conversation.wishes, ()
    patch = decision.prompt_patch()
    wishes = tuple(learned(wish, patch) for wish in request.conversation.wishes)
    if request.wish:
        wishes = with_wish(wishes, learned(request.wish, patch))
    acting = wishes if decision.action == "draw" else wishes[-1:] if request.wish else ()
    prompt, notes = apply_wishes(prompt, acting)
    return prompt, wishes, notes


def _seed_rule(request: TurnRequest, decision: Decision, parent: Version | None) -> SeedRule:
    if isinstance(decision.seed, int):
        return exactly(decision.seed)
    if request.is_again:
        return NEW
    if decision.seed is not None:
        return KEEP if decision.seed == "keep" else NEW
    return KEEP if decision.action == "refine" and parent else NEW


def _count(request: TurnRequest, decision: Decision) -> int:
    return request.overrides.count if request.overrides.count is not None else decision.count


def _prompt_facts(engines: Engines, choice: RouteChoice | None) -> PromptFacts:
    """What compiling needs to know; what is usual is not told over a picture that was brought along and shows its own."""
    is_over_attached = bool(choice and choice.start and choice.start.is_attached)
    return replace(engines.prompt_facts, usual=()) if is_over_attached else engines.prompt_facts


def _choose_route(
    request: TurnRequest,
    decision: Decision,
    parent: Version | None,
    prompt: ImagePrompt,
    facts: PictureFacts,
    is_seed_kept: bool,
) -> RouteChoice:
    said = Route(decision.route) if decision.route else None
    wish = RouteWish(request.overrides.route, said, request.overrides.strength)
    return choose_route(wish, facts, request.conversation, parent, prompt, is_seed_kept)


def _instruction(request: TurnRequest, changed: tuple[FieldChange, ...]) -> str:
    """What an editing model is told: the person's words, or the changes where there are none."""
    return request.message if request.overrides.prompt is None else _told(changed)


def _told(changed: tuple[FieldChange, ...]) -> str:
    return "; ".join(f"{change.field}: {change.after or 'nothing'}" for change in changed)
