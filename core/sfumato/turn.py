"""One user message, from words to pictures: the story of the app, readable top to bottom.

The words are kept, a plan is made (`plan.py`: the writer decides, the patch is applied, a recipe is made for each picture),
it is announced, and the painter paints the pictures one after the other. Storage and engines are behind protocols.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from sfumato.answering import Sentence
from sfumato.answers import Question
from sfumato.attachment import attached_painting
from sfumato.conversation import (
    ErrorPart,
    Message,
    PicturePart,
    PromptPart,
    TextPart,
    Version,
)
from sfumato.draft import Draft, OnDraft
from sfumato.engine import (
    Answered,
    AnswerGrows,
    Cancelled,
    CancelToken,
    DecisionReady,
    Emit,
    Event,
    Failed,
    FieldsReady,
    Painting,
    Pixels,
    Preview,
    PreviewReady,
    Replied,
    StepDone,
    VersionReady,
    WishesChanged,
)
from sfumato.errors import SfumatoError, TurnCancelled, unforeseen
from sfumato.plan import plan_turn, with_prompt
from sfumato.planned import Plan
from sfumato.prompt import ImagePrompt, apply, prompt_changes
from sfumato.request import Engines, TurnRequest, listen, referred_number, referred_version
from sfumato.routes import instructions_of
from sfumato.shared_recipe import outcome
from sfumato.standing_wishes import StandingWish
from sfumato.unpainted import about_unpainted

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where a turn's results go: the library, or files on the command line."""

    def say(self, message: Message) -> None:
        """Keep a message."""
        ...

    def save(self, parent: int | None, painting: Painting) -> Version:
        """Keep a picture and make it the current version. Raises SfumatoError, and keeps nothing, if it cannot."""
        ...

    def go_to(self, number: int) -> None:
        """Make an earlier version the current one."""
        ...

    def wish(self, wishes: tuple[StandingWish, ...]) -> None:
        """Keep the conversation's standing wishes."""
        ...

    def pixels(self, version: Version) -> Pixels:
        """The pixels of a kept version. Raises SfumatoError if its file is gone."""
        ...


def run_turn(request: TurnRequest, engines: Engines, keeper: Keeper, emit: Emit, cancel: CancelToken) -> Plan | None:
    """Run one turn to its end. Everything that happens is emitted; nothing is raised.

    Returns the plan that waits for the person's OK, when the request wants a review: `paint_reviewed` goes on with it.
    """
    with _ending_well(keeper, emit):
        request, told = listen(_as_left(about_unpainted(_hear(request, keeper), engines), engines))
        if told:
            _keep_wishes(request.conversation.wishes, told, keeper, emit)
            if not request.message:
                return None
        plan, sentence = plan_turn(request, engines, cancel, _fields_to(request, emit))
        if plan.wishes != request.conversation.wishes:
            _keep_wishes(plan.wishes, "", keeper, emit)
        _announce(plan, keeper, emit, sentence.is_coming)
        match plan.decision.action:
            case "answer":
                _answer(request, plan, engines, keeper, emit, cancel)
            case "go_back":
                _go_back(plan, keeper, emit)
            case _:
                _tell(sentence.take(wait=request.review), keeper, emit)
                if request.review:
                    return plan
                _paint(plan, engines, keeper, _with_sentence(sentence, keeper, emit), cancel)
                _tell(sentence.take(wait=True), keeper, emit)
    return None


def paint_reviewed(
    plan: Plan, prompt: ImagePrompt, engines: Engines, keeper: Keeper, emit: Emit, cancel: CancelToken
) -> None:
    """Paint a plan that waited for an OK, with the prompt as the person left it. Nothing is raised, as in `run_turn`."""
    with _ending_well(keeper, emit):
        if prompt != plan.prompt:
            plan = with_prompt(plan, prompt, engines)
            _announce(plan, keeper, emit, with_how=False)  # the way was told with the proposal
        _paint(plan, engines, keeper, emit, cancel)


@contextmanager
def _ending_well(keeper: Keeper, emit: Emit) -> Iterator[None]:
    """However a turn ends is emitted and nothing is raised."""
    try:
        yield
    except TurnCancelled:
        emit(Cancelled())
    except SfumatoError as error:
        _report(error, keeper, emit)
    except Exception as error:  # noqa: BLE001  # the one place around a turn: a bug must not end the app
        _report(unforeseen(error), keeper, emit)


def _as_left(request: TurnRequest, engines: Engines) -> TurnRequest:
    """The request with the plan that waits as the person left it."""
    waiting, left = request.waiting, request.left
    if waiting is None or left is None or left == waiting.prompt:
        return request
    return replace(request, waiting=with_prompt(waiting, left, engines))


def _hear(request: TurnRequest, keeper: Keeper) -> TurnRequest:
    """Keep what was said, and what was attached; the same picture attached again is the version it already is."""
    words = TextPart(request.message, request.is_deed)
    if request.attached is None:
        keeper.say(Message("person", (words,), refers_to=referred_number(request)))
        return request
    painting = attached_painting(request.attached)
    known = request.conversation.versions
    version = next((v for v in known if v.is_attached and v.recipe.sha256_rgb == painting.recipe.sha256_rgb), None)
    try:
        if version is None:
            version = keeper.save(None, painting)
        else:
            keeper.go_to(version.number)
    except SfumatoError:
        keeper.say(Message("person", (words,), refers_to=referred_number(request)))
        raise
    parts = (PicturePart(version.number, request.attached.name), words)
    keeper.say(Message("person", parts, refers_to=version.number))
    versions = known if version in known else (*known, version)
    conversation = replace(request.conversation, versions=versions, current=version.number)
    return replace(request, conversation=conversation, parent=version.number)


def _keep_wishes(wishes: tuple[StandingWish, ...], told: str, keeper: Keeper, emit: Emit) -> None:
    keeper.wish(wishes)
    if told:
        keeper.say(Message("sfumato", (TextPart(told),)))
    emit(WishesChanged(wishes, told))


def _fields_to(request: TurnRequest, emit: Emit) -> OnDraft:
    """Emits the prompt as far as it is written, whenever it has grown."""
    current = referred_version(request)
    shown: FieldsReady | None = None

    def on_draft(draft: Draft) -> None:
        nonlocal shown
        if not draft.decision.paints:
            return
        is_based = current is not None and draft.decision.action != "draw"
        is_change = is_based and not (current and current.is_attached)
        before = current.prompt if current and is_based else ImagePrompt()
        prompt = apply(before, draft.decision.prompt_patch())
        fields = FieldsReady(prompt, prompt_changes(before, prompt) if is_change else (), is_change)
        if fields != shown and not prompt.is_empty:
            shown = fields
            emit(fields)

    return on_draft


def _announce(plan: Plan, keeper: Keeper, emit: Emit, has_sentence: bool = False, with_how: bool = True) -> None:
    seeds = tuple(recipe.seed for recipe in plan.recipes)
    card, how = _card(plan), plan.how if with_how else None
    if card:
        keeper.say(Message("sfumato", (card, *((how,) if how else ()))))
    parent = plan.parent.number if plan.parent else None
    size = card.size if card and card.size else (0, 0)
    kept = bool(card and card.seed_kept)
    facts = (plan.decision, plan.prompt, plan.changes, seeds, kept, parent, plan.notes, size)
    emit(DecisionReady(*facts, how, card, has_sentence))


def _card(plan: Plan) -> PromptPart | None:
    """What is kept and shown of a plan that paints."""
    if not plan.recipes:
        return None
    first = plan.recipes[0]
    kept = plan.parent is not None and first.seed == plan.kept_seed
    parent = plan.parent.number if plan.parent else None
    size = (first.settings.width, first.settings.height)
    facts = (plan.prompt, plan.changes, first.seed, kept, plan.notes, plan.origin, parent, size)
    return PromptPart(*facts, first.loras, plan.is_new, instructions_of(first))


def _with_sentence(sentence: Sentence, keeper: Keeper, emit: Emit) -> Emit:
    """Emits, and tells the writer's sentence after the first event that finds it written."""

    def emit_and_tell(event: Event) -> None:
        emit(event)
        _tell(sentence.take(), keeper, emit)

    return emit_and_tell


def _tell(reply: str, keeper: Keeper, emit: Emit) -> None:
    if reply:
        keeper.say(Message("sfumato", (TextPart(reply),)))
        emit(Replied(reply))


def _answer(
    request: TurnRequest, plan: Plan, engines: Engines, keeper: Keeper, emit: Emit, cancel: CancelToken
) -> None:
    seen = plan.parent
    before = request.conversation.version(seen.parent) if seen else None
    recipes = tuple(it.recipe if it and not it.is_attached else None for it in (seen, before))
    question = Question(request.message, plan.decision.topic, *recipes)
    if engines.compose:
        answer = engines.compose(question, lambda text: emit(AnswerGrows(text)), cancel)
    else:
        answer = engines.explain(question)
    keeper.say(Message("sfumato", (TextPart(answer.text),)))
    emit(Answered(answer.text, answer.topic, answer.title))


def _go_back(plan: Plan, keeper: Keeper, emit: Emit) -> None:
    if plan.parent is None:  # _target never gives None; this tells the type checker
        raise SfumatoError("There is no picture to go back to yet.", "Describe one first.")
    keeper.go_to(plan.parent.number)
    text = f"Back at picture {plan.parent.number}. What you say next changes that one."
    keeper.say(Message("sfumato", (TextPart(text), PicturePart(plan.parent.number))))
    emit(Answered(text))
    emit(VersionReady(0, plan.parent, keeper.pixels(plan.parent)))


def _paint(plan: Plan, engines: Engines, keeper: Keeper, emit: Emit, cancel: CancelToken) -> None:
    parent_number = plan.parent.number if plan.parent else None
    for index, recipe in enumerate(plan.recipes):
        cancel.raise_if_cancelled()
        start = plan.choice.start if plan.choice else None
        start_pixels = keeper.pixels(start) if start else None
        painting = engines.painter.paint(recipe, start_pixels, _preview_to(emit, index), cancel)
        version = keeper.save(parent_number, painting)
        notes = (*painting.notes, *outcome(plan.shared, painting.recipe))
        keeper.say(Message("sfumato", (PicturePart(version.number, notes=notes),)))
        emit(VersionReady(index, version, painting.pixels, notes))


def _preview_to(emit: Emit, index: int) -> Callable[[Preview], None]:
    def on_preview(preview: Preview) -> None:
        if preview.pixels is None:
            emit(StepDone(index, preview.step, preview.steps))
        else:
            emit(PreviewReady(index, preview.step, preview.steps, preview.pixels))

    return on_preview


def _report(error: SfumatoError, keeper: Keeper, emit: Emit) -> None:
    log.warning("%s | %s | %s", error.message, error.hint, error.detail)
    try:
        keeper.say(Message("sfumato", (ErrorPart.of(error),)))
    except SfumatoError as second:
        log.warning("the error could not be kept: %s", second)
    emit(Failed(error))
