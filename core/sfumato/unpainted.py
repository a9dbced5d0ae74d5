"""What a message is about where nothing was painted yet: the prompt that was stopped, failed or left waiting before the first picture."""

from __future__ import annotations

import logging
from dataclasses import replace

from sfumato.conversation import Conversation, PromptPart
from sfumato.edits import paint_request
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.plan import make_plan
from sfumato.request import Engines, TurnRequest

log = logging.getLogger(__name__)


def about_unpainted(request: TurnRequest, engines: Engines) -> TurnRequest:
    """The request with the newest prompt as if it waited for an OK, where the message goes on and there is no picture.

    A prompt of the very same message is passed over: it is said again, or tried again. What was `left` of the newest one
    is edited into it.
    """
    is_open = request.goes_on and request.waiting is None and request.attached is None
    parts = _prompts(request.conversation) if is_open and not request.conversation.available else []
    part = next((part for said, part in reversed(parts) if said != request.message), None)
    if part is None:
        return request
    left = request.left if part is parts[-1][1] else None
    try:
        waiting = make_plan(paint_request(request.conversation, part, part.prompt), engines, CancelToken())
    except SfumatoError as error:  # by now another model is in use that cannot paint it in this size
        log.warning("an unpainted prompt is left out: %s", error)
        return request
    return replace(request, waiting=waiting, left=left)


def _prompts(conversation: Conversation) -> list[tuple[str, PromptPart]]:
    """Every prompt with the message it was made of."""
    found, said = [], ""
    for message in conversation.messages:
        if message.role == "person":
            said = message.text
        found += [(said, part) for part in message.parts if isinstance(part, PromptPart)]
    return found
