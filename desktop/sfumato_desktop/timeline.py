"""The conversation as a column of cards that stays at its end while something new comes in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from sfumato_desktop.theme import GAP, SMALL_GAP, TEXT_WIDTH, centred

EXAMPLES = (
    "a red ball in a meadow at golden hour",
    "a watercolour of a white lighthouse by the sea in a storm",
    "three pink rabbits in the snow at noon",
    "a red rocket above a white castle in the mountains at night",
)


class Timeline(QScrollArea):
    """Holds cards; `example_chosen` carries the words of an example of the empty state."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversation"))
        self._stays_at_end = True
        QApplication.instance().focusChanged.connect(self._show_focus)  # type: ignore[union-attr]
        self.verticalScrollBar().rangeChanged.connect(self._balance)
        self.verticalScrollBar().rangeChanged.connect(self._follow)
        self.verticalScrollBar().valueChanged.connect(self._notice)
        self.clear()

    def clear(self) -> None:
        """An empty column."""
        page = QWidget(self)
        page.setObjectName("page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP)
        column = QWidget(page)
        column.setMaximumWidth(TEXT_WIDTH)
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        outer.addLayout(centred(column))
        outer.addStretch(1)
        self._holder = column
        self._stays_at_end = True
        self.setWidget(page)

    @property
    def holder(self) -> QWidget:
        """The parent for new cards."""
        return self._holder

    def add(self, card: QWidget) -> None:
        """Put a card at the end."""
        self._column.addWidget(card)

    def put_before(self, card: QWidget, other: QWidget) -> None:
        """Put a card in front of another one."""
        self._column.insertWidget(self._column.indexOf(other), card)

    def go_to_end(self) -> None:
        """Show the end, and stay there."""
        self._stays_at_end = True
        self._follow()

    def show_welcome(self) -> None:
        """The empty state: what to do, with examples that the installed models can paint."""
        self.clear()
        title = QLabel(self.tr("What should the picture show?"), self._holder)
        title.setObjectName("title")
        told = QLabel(
            self.tr("Describe it in a few words, then refine it by talking on. Everything stays on this machine."),
            self._holder,
        )
        told.setObjectName("quiet")
        told.setWordWrap(True)
        self._column.addSpacing(GAP * 3)
        self._column.addWidget(title)
        self._column.addWidget(told)
        self._column.addSpacing(SMALL_GAP)
        for text in EXAMPLES:
            button = QPushButton(text, self._holder)
            button.setObjectName("example")
            button.clicked.connect(lambda _=False, text=text: self.example_chosen.emit(text))
            self._column.addWidget(button)

    def _balance(self, minimum: int, maximum: int) -> None:
        """As much room at the left as the scroll bar takes at the right, so that cards stay in line with the composer."""
        room = self.verticalScrollBar().sizeHint().width() if maximum > minimum else 0
        if room != self.viewportMargins().left():
            self.setViewportMargins(room, 0, 0, 0)

    def _show_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """What has the keys is in sight, also where it got them from outside."""
        if now is not None and self.isAncestorOf(now) and now.visibleRegion().isEmpty():
            self.ensureWidgetVisible(now, 0, GAP)

    def _follow(self) -> None:
        if self._stays_at_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _notice(self, value: int) -> None:
        self._stays_at_end = value >= self.verticalScrollBar().maximum() - 40
