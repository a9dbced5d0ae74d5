"""What the background tells the window besides the events of a turn: plain values, folded by the controller."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato.conversation import Conversation
from sfumato.errors import SfumatoError
from sfumato.library import Summary
from sfumato.lora import Lora
from sfumato.planned import Plan
from sfumato_desktop.token_meter import TokenLimit


@dataclass(frozen=True, slots=True)
class Begun:
    """The conversation of the turn that runs is stored now, under this number; and the list with it."""

    conversation_id: int
    rows: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn is over; this is the conversation as it is stored now, and the list (None: as before).

    `waiting` is the plan that waits for an OK.
    """

    conversation: Conversation
    rows: tuple[Summary, ...] | None = None
    waiting: Plan | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation to show (None: a new one), and the list."""

    conversation: Conversation | None
    rows: tuple[Summary, ...]
    notes: tuple[str, ...] = ()
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of conversations; what is shown of one stays as it is."""

    rows: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class TokensKnown:
    """How tokens are counted for the picture model that is used."""

    limit: TokenLimit


@dataclass(frozen=True, slots=True)
class Loaded:
    """The picture model is loaded, and has told how (`Background.report`)."""


@dataclass(frozen=True, slots=True)
class LorasKnown:
    """The LoRA files that fit the picture model that is used, each at full strength."""

    loras: tuple[Lora, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something outside a turn went wrong."""

    error: SfumatoError
