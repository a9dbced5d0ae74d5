"""The plain cards of the timeline: answers and trouble. The rest have files of their own.

Text from people and models is data: always shown as plain text, never as markup.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from sfumato.conversation import ErrorPart
from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.layouts import row_of
from sfumato_desktop.theme import GAP, SMALL_GAP


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
    """Trouble in one sentence, what to do, a button to try again where that can help, also in a size that fits, and pictures
    to choose from. `chosen` carries the number of a picture.
    """

    retried = Signal()
    offer_taken = Signal(object)  # width and height
    chosen = Signal(int)

    def __init__(self, part: ErrorPart, can_retry: bool, parent: QWidget, offer: tuple[int, int] | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.addWidget(
            plain_label(part.message, "changed" if part.choices else "warning", self)
        )  # a question is none
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
        self.choices = QWidget(self)
        self._row = FlowLayout(self.choices, SMALL_GAP)
        layout.addWidget(self.choices)
        self.choices.hide()

    def offer_picture(self, number: int, words: str, thumbnail: QPixmap) -> None:
        """One more picture to choose; `words` say what it shows."""
        choice = QPushButton(QIcon(thumbnail), self.tr("Picture {0}").format(number), self.choices)
        choice.setIconSize(thumbnail.deviceIndependentSize().toSize())
        choice.setToolTip(words)
        choice.setAccessibleName(self.tr("Picture {0} is meant: {1}").format(number, words))
        choice.clicked.connect(lambda: self.chosen.emit(number))
        self._row.addWidget(choice)
        self.choices.show()

    def outdate(self) -> None:
        """Something else was said since, which its buttons would repeat."""
        self.retry.hide()
        self.offer.hide()
        self.choices.hide()
