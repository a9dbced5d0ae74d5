"""The plain cards of the timeline: answers and trouble. The rest have files of their own.

Text from people and models is data: always shown as plain text, never as markup.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from sfumato.conversation import ErrorPart
from sfumato_desktop.layouts import row_of
from sfumato_desktop.theme import GAP


def plain_label(text: str, name: str, parent: QWidget) -> QLabel:
    """A label of plain text that wraps and can be selected; `name` picks its look."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class TextCard(QWidget):
    """Words of the app: a reply or an answer."""

    def __init__(self, text: str, parent: QWidget, name: str = "answer") -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        self.label = plain_label(text, name, self)
        layout.addWidget(self.label)


class ErrorCard(QFrame):
    """Trouble in one sentence, what to do, and a button to try again where that can help; also in a size that fits."""

    retried = Signal()
    offer_taken = Signal(object)  # width and height

    def __init__(self, part: ErrorPart, can_retry: bool, parent: QWidget, offer: tuple[int, int] | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.addWidget(plain_label(part.message, "warning", self))
        if part.hint:
            layout.addWidget(plain_label(part.hint, "value", self))
        self.retry = QPushButton(self.tr("Try again"), self)
        self.retry.clicked.connect(self.retried)
        self.retry.setVisible(can_retry)
        self.offer = QPushButton(self)
        self.offer.setObjectName("primary")
        self.offer.setVisible(offer is not None)
        if offer:
            self.offer.setText(self.tr("Paint {0}×{1}").format(*offer))
            self.offer.clicked.connect(lambda: self.offer_taken.emit(offer))
        layout.addLayout(row_of((self.offer, self.retry)))

    def outdate(self) -> None:
        """Something else was said since, which its buttons would repeat."""
        self.retry.hide()
        self.offer.hide()
