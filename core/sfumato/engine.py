"""What the app asks of its engines: protocols, the pixels and events that cross, and the wish to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sfumato.conversation import HowPart, PromptPart, Version
from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import OnDraft, no_draft
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Recipe
from sfumato.standing_wishes import StandingWish


class CancelToken:
    """A wish to stop, set in one thread and looked at in another."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for a stop; safe from any thread, as often as you like."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """True once a stop was asked for."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raises TurnCancelled once a stop was asked for."""
        if self.is_cancelled:
            raise TurnCancelled


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture as bytes: `width * height * 4`, in BGRX order, the byte order of QImage.Format_RGB32."""

    width: int
    height: int
    bgrx: bytes


@dataclass(frozen=True, slots=True)
class Preview:
    """The predicted clean picture after `step` of `steps`, small; `pixels` is None when only the count moved on."""

    step: int
    steps: int
    pixels: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Painting:
    """A finished picture with its recipe as applied, and where the time went (seconds by name)."""

    pixels: Pixels
    recipe: Recipe
    timings_s: dict[str, float]
    notes: tuple[str, ...] = ()


class Writer(Protocol):
    """Turns what a person said into a decision."""

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        """Decide; `on_draft` hears of every value as soon as it is written, in the thread that called.

        Raises SfumatoError if the answer cannot be used, TurnCancelled after a stop.
        """
        ...


class Composer(Protocol):
    """A writer that can put sentences together."""

    def compose(self, request: str, cancel: CancelToken, on_text: Callable[[str], None]) -> str:
        """Plain text in answer to a request; `on_text` hears it as far as it is written.

        Raises SfumatoError if nothing usable was written, TurnCancelled after a stop.
        """
        ...


class Painter(Protocol):
    """Paints one recipe."""

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        """Raises SfumatoError if it cannot paint this, TurnCancelled after a stop."""
        ...


# Events of one turn, in the order in which they can come. The window folds them in one place.


@dataclass(frozen=True, slots=True)
class FieldsReady:
    """The prompt as far as the writer has written it. `is_change` is False on a new drawing, which changes nothing."""

    prompt: ImagePrompt
    changes: tuple[FieldChange, ...] = ()
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class DecisionReady:
    """The writer has decided; `prompt` is what will be painted, in `size` pixels. Empty `changes` on a new drawing.

    The decision's sentence may still be missing: with `has_sentence` it comes as `Replied`. `part` is what is kept of the
    decision (None when nothing is painted).
    `how` says which way and why, and is None when nothing is painted.
    """

    decision: Decision
    prompt: ImagePrompt
    changes: tuple[FieldChange, ...]
    seeds: tuple[int, ...]
    seed_kept: bool
    parent: int | None
    notes: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)
    how: HowPart | None = None
    part: PromptPart | None = None
    has_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """The writer's sentence, which may come while the picture is being painted."""

    text: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """`step` of `steps` of the picture `index` (of `count`) is done."""

    index: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class PreviewReady:
    """The picture `index` as far as it can be seen."""

    index: int
    step: int
    steps: int
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class VersionReady:
    """A picture is painted and, where there is a library, saved."""

    index: int
    version: Version
    pixels: Pixels
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerGrows:
    """The reply in words as far as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply in words; `topic` and `title` are of the page of the guide when there is one."""

    text: str
    topic: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class WishesChanged:
    """The standing wishes of the conversation now; `told` is the line for the person, empty where nothing is new to them."""

    wishes: tuple[StandingWish, ...]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn ended with known trouble, in words for a person."""

    error: SfumatoError


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The turn was stopped; what is shown stays, labelled as unfinished."""


Event = (
    FieldsReady
    | DecisionReady
    | Replied
    | StepDone
    | PreviewReady
    | VersionReady
    | AnswerGrows
    | Answered
    | WishesChanged
    | Failed
    | Cancelled
)
Emit = Callable[[Event], None]
