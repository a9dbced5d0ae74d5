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

    A prompt of the very same message is passed over: it is said again, or tried again.
    """
    is_open = request.goes_on and request.waiting is None and request.attached is None
    part = _newest(request.conversation, request.message) if is_open and not request.conversation.versions else None
    if part is None:
        return request
    try:
        waiting = make_plan(paint_request(request.conversation, part, part.prompt), engines, CancelToken())
    except SfumatoError as error:  # by now another model is in use that cannot paint it in this size
        log.warning("an unpainted prompt is left out: %s", error)
        return request
    return replace(request, waiting=waiting)


def _newest(conversation: Conversation, said: str) -> PromptPart | None:
    found, now_said = None, ""
    for message in conversation.messages:
        if message.role == "person":
            now_said = message.text
        for part in message.parts:
            if isinstance(part, PromptPart) and now_said != said:
                found = part
    return found
