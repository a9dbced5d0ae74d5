"""What the writer is told of a message, and its answer where nobody knows what the picture shows.

A picture that was brought along has no prompt, and a writer that reads an empty one takes every message for a new
drawing and makes up what it shows. It is told of “a scene” instead, so that it changes what was said and no more, and
the scene is taken out of its answer again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sfumato.answering import Sentence, ask
from sfumato.conversation import Version
from sfumato.decision import Decision
from sfumato.dialogue import Reading, VersionLine
from sfumato.draft import Draft, OnDraft, no_draft
from sfumato.engine import CancelToken, Writer
from sfumato.errors import SfumatoError
from sfumato.prompt import ImagePrompt, changes
from sfumato.recall import recalled
from sfumato.request import TurnRequest

UNKNOWN = "a scene"
_BEGINS_WITH_SCENE = re.compile(r"(?:a|an|the)\s+scene\b(?:\s+(?:with|of|and)\b|,)?\s*", re.IGNORECASE)
_SCENE = re.compile(r"\bscene\b", re.IGNORECASE)


def ask_writer(
    request: TurnRequest, current: Version | None, writer: Writer, cancel: CancelToken, on_draft: OnDraft
) -> tuple[Decision, Sentence]:
    """The facts of the writer's decision, and its sentence to come.

    Raises:
        SfumatoError, TurnCancelled: as `answering.ask`; and if the message changes a picture where there is none.
    """
    told = reading(request, current)
    if current is None:
        decision, sentence = ask(writer, told, cancel, on_draft)
        if decision.action == "refine":
            sentence.take(wait=True)
            return _first_picture(told, writer, cancel)
        return decision, sentence
    if current.prompt.subject:
        return ask(writer, told, cancel, on_draft)

    def tell(draft: Draft) -> None:
        on_draft(replace(draft, decision=_without_scene(draft.decision, told.message)))

    decision, sentence = ask(writer, _with_scene(told), cancel, tell)
    return _without_scene(decision, told.message), sentence


def reading(request: TurnRequest, current: Version | None) -> Reading:
    """What the writer is given: bounded, whatever the length of the conversation."""
    conversation = request.conversation
    parent = conversation.version(current.parent) if current else None
    return Reading(
        message=_with_unlearned(request, current),
        prompt=current.prompt if current else ImagePrompt(),
        changes=changes(parent.prompt, current.prompt) if current and parent and not parent.is_attached else (),
        wishes=tuple(wish.text for wish in request.conversation.wishes),
        versions=recalled(conversation.available, request.message),
    )


def _first_picture(told: Reading, writer: Writer, cancel: CancelToken) -> tuple[Decision, Sentence]:
    """The writer heard a change where there is no picture: the thing that is added is drawn, a mere change is asked about.

    Raises:
        SfumatoError: if the message names nothing to draw.
    """
    found, sentence = ask(writer, _with_scene(told), cancel, no_draft)
    decision = _without_scene(found, told.message)
    if decision.paints and not decision.patch.set.get("subject"):
        raise SfumatoError(
            "There is no picture to change yet.", "Say what it should show, for example “a lighthouse, watercolour”."
        )
    return (decision.model_copy(update={"action": "draw"}) if decision.action == "refine" else decision), sentence


def _with_unlearned(request: TurnRequest, current: Version | None) -> str:
    """The message; a first drawing is told in plain words what no drawing has shown the effect of yet."""
    unlearned = (wish.text for wish in request.conversation.wishes if not wish.is_learned and wish != request.wish)
    return ", ".join((request.message, *unlearned)) if current is None else request.message


def _with_scene(told: Reading) -> Reading:
    versions = tuple(VersionLine(line.number, line.words or UNKNOWN) for line in told.versions)
    return replace(told, prompt=replace(told.prompt, subject=UNKNOWN), versions=versions)


def _without_scene(decision: Decision, message: str) -> Decision:
    """The decision with a subject that says no more than what was said; none if it is still about the scene.

    A person who says “scene” means one: then what the writer made of it stays.
    """
    subject = decision.patch.set.get("subject", "").strip()
    if decision.action == "draw" or not _SCENE.search(subject) or _SCENE.search(message):
        return decision
    left = _BEGINS_WITH_SCENE.sub("", subject, count=1)
    texts = {**decision.patch.set, "subject": "" if _SCENE.search(left) else left}
    if not texts["subject"]:
        del texts["subject"]
    return decision.model_copy(update={"patch": decision.patch.model_copy(update={"set": texts})})
