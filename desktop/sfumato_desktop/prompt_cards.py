"""The prompt cards of a conversation: which one is being written, which pictures came of which, and which can be edited.

The prompt of the current picture can be edited, wherever it stands, and the newest one if it was never painted. One that
waits for an OK is edited alone, and none is during a turn. A card with an open editor keeps it when another picture becomes
the current one, and when something else is said meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from sfumato.conversation import HowPart, PromptPart, Version
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato_desktop.prompt_card import PromptCard, PromptWish
from sfumato_desktop.timeline import Timeline
from sfumato_desktop.token_meter import TokenLimit


class PromptCards(QObject):
    """`wished` carries a PromptWish. `add` puts a card where the next one belongs."""

    wished = Signal(object)

    def __init__(self, timeline: Timeline, add: Callable[[PromptCard], None], parent: QObject) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._add = add
        self._limit: TokenLimit | None = None
        self._cards: list[PromptCard] = []
        self._painted: set[int] = set()  # the pictures whose prompts are shown
        self._newest: PromptCard | None = None
        self._wishing: PromptCard | None = None  # whose wish is being heard
        self._current: int | None = None
        self._is_busy = False
        self._is_open = False  # the newest is still being written
        self._is_proposal = False  # it may still be edited into what is painted, in place

    # --- what is shown -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Another conversation, without a prompt yet."""
        self._cards.clear()
        self._painted.clear()
        self._newest = self._current = None
        self._is_busy = self._is_open = self._is_proposal = False

    def show_fields(self, prompt: ImagePrompt, changes: tuple[FieldChange, ...], is_change: bool) -> None:
        """A prompt as far as it is written."""
        if not self._is_open:
            self._put(PromptPart(ImagePrompt()))
            self._is_open = True
        if self._newest:
            self._newest.show_fields(prompt, changes, is_change)

    def show(self, part: PromptPart) -> None:
        """A prompt that was decided: in the card that was being written, in the proposal that was edited, or in a new card."""
        if self._newest and (self._is_open or (self._is_proposal and part.origin == "hand")):
            self._newest.show_part(part)
        else:
            self._put(part)
        self._is_open = self._is_proposal = False

    def show_how(self, how: HowPart) -> None:
        """What is painted of the newest one."""
        if self._newest:
            self._newest.show_area(how.area)

    def show_again(self, version: Version) -> None:
        """The prompt of a picture that was gone back to, as it came with it the first time."""
        if not version.is_attached:
            self._add_painted(self._put(PromptPart(version.prompt, seed=version.seed)), version)

    def add_painted(self, version: Version) -> None:
        """A picture was painted from the newest one, unless an earlier one is known for it."""
        is_known = version.number in self._painted
        if self._newest and self._newest.part.prompt == version.prompt and not is_known:
            self._add_painted(self._newest, version)

    def drop_open(self) -> None:
        """What was being written will not be decided."""
        if self._is_open and self._newest:
            self._cards.remove(self._newest)
            self._newest.hide()
            self._newest.deleteLater()
            self._newest = None
        self._is_open = False

    def set_limit(self, limit: TokenLimit) -> None:
        """How much the picture model reads."""
        self._limit = limit
        for card in self._cards:
            card.meter.set_limit(limit)

    # --- what can be edited ------------------------------------------------------------------------------------------

    @property
    def left(self) -> ImagePrompt | None:
        """The newest prompt as the person left it, if it was never painted."""
        return self._newest.left if self._newest and not self._newest.painted else None

    def end_proposal(self) -> None:
        """Something else was said: what comes next is another prompt."""
        self._is_proposal = False

    def propose(self) -> None:
        """The newest one may still be edited in place, as it was never painted."""
        self._is_proposal = True

    def review(self) -> None:
        """The newest one waits for an OK."""
        if self._newest:
            self._is_proposal = True
            self._let_edit([self._newest], is_waiting=True)

    def show_current(self, current: int | None) -> None:
        """Which picture is current; what waits still waits."""
        self._current = current
        if self._is_busy or not (self._newest and self._newest.is_waiting):
            self._show_editable()

    def turn_begins(self) -> None:
        """None can be edited meanwhile; what is half typed stays."""
        self._is_busy = True
        self._show_editable()

    def turn_ended(self) -> None:
        """They can be edited again."""
        self._is_busy = False
        self._show_editable()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _put(self, part: PromptPart) -> PromptCard:
        card = self._newest = PromptCard(part, self._timeline.holder)
        card.meter.set_limit(self._limit)
        card.wished.connect(lambda wish: self._wish(card, wish))
        card.settled.connect(self._settle)
        self._cards.append(card)
        self._add(card)
        return card

    def _wish(self, card: PromptCard, wish: PromptWish) -> None:
        """A turn that begins of it takes what is typed in the card along."""
        self._wishing = card
        self.wished.emit(wish)
        self._wishing = None

    def _add_painted(self, card: PromptCard, version: Version) -> None:
        self._painted.add(version.number)
        card.add_painted(version.number, version.recipe.area)

    def _settle(self) -> None:
        """One that was edited on is left: is it the current picture's still?"""
        if not (self._is_busy or (self._newest and self._newest.is_waiting)):
            self._show_editable()

    def _show_editable(self) -> None:
        newest = self._newest if self._newest and not self._newest.painted else None
        edited = [card for card in self._cards if card.is_being_edited and card.painted and card is not self._wishing]
        free = (
            [] if self._is_busy else [card for card in self._cards if card is newest or self._current in card.painted]
        )
        self._let_edit([*edited, *free])

    def _let_edit(self, cards: Sequence[PromptCard], is_waiting: bool = False) -> None:
        """Exactly these."""
        for card in self._cards:
            if card in cards or card.is_editable:
                card.set_editable(card in cards, is_waiting)
