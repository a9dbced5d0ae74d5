"""Standing wishes: shown above the message as they are heard, and forgotten with a click."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject

from sfumato.conversation import Conversation
from sfumato.engine import WishesChanged
from sfumato.standing_wishes import StandingWish
from sfumato_desktop.keeping import Keeping
from sfumato_desktop.window import Window


class Wishing(Protocol):
    """The conversation that is shown, which may get other wishes."""

    def conversation(self) -> Conversation:
        """The conversation that is shown, also an empty one."""
        ...

    def show_changed(self, conversation: Conversation) -> None:
        """The same conversation, changed."""
        ...


class WishesControl(QObject):
    """Lives in the window's thread."""

    def __init__(self, window: Window, keeping: Keeping, shown: Wishing, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._keeping = keeping
        self._shown = shown
        window.wishes.forgotten.connect(self.forget)

    def hear(self, event: WishesChanged) -> None:
        """A turn changed them."""
        self._shown.show_changed(replace(self._shown.conversation(), wishes=event.wishes))
        if event.told:
            self._window.cards.show_note(event.told)

    def forget(self, wish: StandingWish) -> None:
        """A standing wish does not stand any more; what was painted stays as it is."""
        if not self._keeping.is_free():
            return
        where, before = self._shown.conversation().id, self._shown.conversation().wishes

        def remember_again() -> None:
            if self._shown.conversation().id == where:
                self._keep(before)

        self._keep(tuple(other for other in before if other != wish))
        self._window.show_toast(
            self.tr("No standing wish any more: {0}.").format(wish.text), self.tr("Undo"), remember_again
        )

    def _keep(self, wishes: tuple[StandingWish, ...]) -> None:
        conversation = replace(self._shown.conversation(), wishes=wishes)
        self._shown.show_changed(conversation)
        self._keeping.do(lambda library: library.wish(conversation.id, wishes))
