"""Prompts that the person takes in hand: edited, one change undone, and reviewed before anything is painted."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject

from sfumato.conversation import Conversation, Message, TextPart, Version
from sfumato.edits import edit_request, paint_request, undo
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.planned import Plan
from sfumato.prompt import ImagePrompt
from sfumato.request import TurnRequest
from sfumato_desktop.background import Background
from sfumato_desktop.prompt_card import PromptWish
from sfumato_desktop.unsent import Hold
from sfumato_desktop.window import Window


class Turns(Protocol):
    """The conversation that is shown, and who runs its turns."""

    @property
    def is_busy(self) -> bool:
        """True while a turn runs."""
        ...

    @property
    def last_request(self) -> TurnRequest | None:
        """What was asked for last."""
        ...

    def conversation(self) -> Conversation:
        """The conversation that is shown, also an empty one."""
        ...

    def take_turn(self, request: TurnRequest, shown: str) -> None:
        """Run a turn; `shown` stands as the person's words."""
        ...

    def go_on_from(self, number: int) -> None:
        """Make an earlier picture the one that the next message changes."""
        ...

    def begin(self) -> CancelToken:
        """A turn without words begins; the token stops it."""
        ...


class PromptsByHand(QObject):
    """Lives in the window's thread and holds the plan that waits for an OK."""

    def __init__(self, window: Window, background: Background, turns: Turns, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._background = background
        self._turns = turns
        self._waiting: Plan | None = None
        self._reviewed: tuple[Plan, ImagePrompt] | None = None
        self.reviews = False
        window.cards.prompt_wished.connect(self.wish)
        window.composer.review_wished.connect(self.review_first)

    @property
    def is_waiting(self) -> bool:
        """True while a prompt waits for an OK."""
        return self._waiting is not None

    @property
    def is_painting_reviewed(self) -> bool:
        """True if the last turn painted a prompt that had waited."""
        return self._reviewed is not None

    def wait_for(self, plan: Plan | None) -> None:
        """A turn ended with a plan that waits (None: it did not)."""
        self._waiting = plan
        if plan:
            self._window.cards.show_review()

    @property
    def left(self) -> ImagePrompt | None:
        """The prompt that waits, as the person left it; None if none waits."""
        return self._window.cards.left_prompt if self._waiting else None

    def take_waiting(self) -> Plan | None:
        """The plan that waits; it does not wait any more."""
        waiting, self._waiting = self._waiting, None
        return waiting

    def forget(self) -> None:
        """Another turn begins: what was reviewed is past."""
        self._reviewed = None

    def set_reviews(self, is_wanted: bool) -> None:
        """Whether prompts wait, as it was remembered."""
        self.reviews = is_wanted
        self._window.composer.set_review(is_wanted)

    def review_first(self, is_wanted: bool) -> None:
        """Whether prompts wait for an OK from now on; remembered."""
        self.reviews = is_wanted
        self._background.set(review_before_painting=is_wanted)

    def wish(self, wish: PromptWish) -> None:
        """An edit, an undo, or the OK for a prompt that waits."""
        if self._turns.is_busy:
            self._window.show_toast(self.tr("A picture is being painted: stop it or wait for it first."))
            return
        waiting = self.take_waiting()
        conversation = self._turns.conversation()
        try:
            match wish.kind:
                case "discard" if waiting:
                    self.discard()
                case "paint" if waiting:
                    self._paint(waiting, wish.prompt)
                case "paint":
                    self._take(paint_request(conversation, wish.part, wish.prompt))
                case "edit":
                    self._take(edit_request(conversation, wish.part, wish.painted, wish.prompt))
                case "undo":
                    match undo(conversation, wish.part, wish.painted, wish.field):
                        case Version(number=number):
                            self._waiting = waiting
                            self._go_back_to(number)
                        case request:
                            self._take(request)
        except SfumatoError as error:
            self._waiting = waiting
            self._window.show_toast(str(error))

    def discard(self) -> None:
        """The prompt that waits is not painted."""
        self._waiting = None
        text = self.tr("Discarded: nothing was painted.")
        self._window.cards.show_note(text)
        self._window.turn_ended()
        self._window.unsent.hold(Hold.STOPPED)
        where = self._turns.conversation().id
        self._background.change(lambda library: library.add_message(where, Message("sfumato", (TextPart(text),))))

    def retry(self) -> None:
        """Paint the reviewed prompt once more."""
        if self._reviewed:
            self._paint(*self._reviewed)

    def _go_back_to(self, number: int) -> None:
        """To a picture that is there already: painting it again would change nothing."""
        if self._turns.conversation().current == number:
            self._window.show_toast(self.tr("This is undone: picture {0} is the current one.").format(number))
        self._turns.go_on_from(number)
        self._window.cards.show_picture(number)

    def _take(self, request: TurnRequest) -> None:
        self._turns.take_turn(request, request.message)

    def _paint(self, plan: Plan, prompt: ImagePrompt) -> None:
        cancel = self._turns.begin()
        self._reviewed = (plan, prompt)
        self._window.show_busy()
        if prompt == plan.prompt:  # else the edited prompt is announced first
            settings = plan.recipes[0].settings
            self._window.cards.expect_pictures([(settings.width, settings.height)] * len(plan.recipes))
        self._background.paint_reviewed(plan, prompt, self._turns.conversation(), cancel)
