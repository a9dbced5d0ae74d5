"""Messages that wait for the picture that is being painted: shown above the composer, to be edited or removed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sfumato.seeds import SeedRule
from sfumato_desktop.attachment_chip import Elided
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import SMALL_GAP

if TYPE_CHECKING:  # they bring Pillow along, which the first paint does not wait for
    from sfumato.attachment import AttachedPicture
    from sfumato.recipe_file import SharedRecipe
    from sfumato.request import TurnRequest

MAX_UNSENT = 4


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message as it was written: its words, the seed rule, what was attached and whether its own prompt is wanted, and the
    request made of them."""

    text: str
    rule: SeedRule | None
    brought: AttachedPicture | SharedRecipe | None
    request: TurnRequest
    uses_recipe: bool = False


class Hold(Enum):
    """Why messages are not sent by themselves."""

    STOPPED = "stopped"
    FAILED = "failed"
    REVIEW = "review"


class UnsentStrip(QWidget):
    """Hidden while nothing waits. `due` carries a message to send now, `edit_wanted` one to put back into the box.

    Each conversation has its own messages, known by the conversation's number while the app runs.
    """

    due = Signal(object)
    edit_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.messages: tuple[Unsent, ...] = ()
        self._hold: Hold | None = None
        self._is_running = False  # a turn
        self._elsewhere: dict[int, tuple[Unsent, ...]] = {}
        self.heading = plain_label("", "quiet", self)
        self.send = QPushButton(self.tr("Send now"), self)
        self.send.setObjectName("small")
        self.send.clicked.connect(self._send_now)
        self._rows: list[QWidget] = []
        top = QHBoxLayout()
        top.setSpacing(SMALL_GAP)
        top.addWidget(self.heading, 1)
        top.addWidget(self.send)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, SMALL_GAP)
        self._column.setSpacing(2)
        self._column.addLayout(top)
        self.hide()

    @property
    def is_full(self) -> bool:
        """True when no further message can wait."""
        return len(self.messages) >= MAX_UNSENT

    @property
    def count_anywhere(self) -> int:
        """How many messages wait, in all conversations."""
        return len(self.messages) + sum(map(len, self._elsewhere.values()))

    def add(self, message: Unsent) -> None:
        """One more, after the others; they go on by themselves again."""
        self._hold = None
        self._set((*self.messages, message))

    def remove(self, message: Unsent) -> None:
        """This one is not sent."""
        self._set(tuple(other for other in self.messages if other is not message))

    def hold(self, why: Hold) -> None:
        """Nothing is sent by itself, and why."""
        self._hold = why
        self._show()

    def turn_begins(self) -> None:
        """Another try may end better; what was stopped waits for a click."""
        self._is_running = True
        if self._hold is not Hold.STOPPED:
            self._hold = None
        self._show()

    def turn_ended(self) -> None:
        """Send the next one, unless something holds it."""
        self._is_running = False
        self._send_next()

    def _send_next(self) -> None:
        if self.messages and self._hold is None and not self._is_running:
            first, *rest = self.messages
            self._set(tuple(rest))
            self.due.emit(first)

    def switch(self, before: int, after: int) -> None:
        """Another conversation is shown: its messages are shown too, and wait for a click."""
        if before != after:
            self._elsewhere[before] = self.messages
            self._hold = Hold.STOPPED
            self._set(self._elsewhere.pop(after, ()))

    def _send_now(self) -> None:
        self._hold = None
        self._show()
        self._send_next()

    def _edit(self, message: Unsent) -> None:
        self.remove(message)
        self.edit_wanted.emit(message)

    def _set(self, messages: tuple[Unsent, ...]) -> None:
        self.messages = messages
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(message) for message in messages]
        self._show()

    def _row(self, message: Unsent) -> QWidget:
        row = QWidget(self)
        words = Elided("", row)
        words.show_text(f"“{' '.join(message.text.split())}”")
        words.setToolTip(message.text[:1000])
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(words, 1)
        for text, tip, act in (
            (self.tr("Edit"), self.tr("Put this message back into the box"), self._edit),
            ("✕", self.tr("Do not send this message"), self.remove),
        ):
            button = QPushButton(text, row)
            button.setObjectName("small")
            button.setToolTip(tip)
            button.setAccessibleName(f"{tip}: {message.text[:60]}")
            button.clicked.connect(lambda _=False, act=act: act(message))
            layout.addWidget(button)
        self._column.addWidget(row)
        return row

    def _show(self) -> None:
        self.heading.setText(
            {
                None: self.tr("Sent when this picture is done:"),
                Hold.STOPPED: self.tr("Not sent yet:"),
                Hold.FAILED: self.tr("Not sent, because the message before it failed:"),
                Hold.REVIEW: self.tr("Sent when the prompt above is painted:"),
            }[self._hold]
        )
        self.send.setVisible(self._hold is not None)
        self.setVisible(bool(self.messages))
