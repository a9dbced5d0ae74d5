"""A short line over the window's lower edge, with one thing to do; it goes away by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from sfumato_desktop.theme import GAP, SMALL_GAP

TOAST_MS = 8000
MAX_WIDTH = 720  # pixels


class Toast(QFrame):
    """Stands above the first of `above` that is shown."""

    def __init__(self, parent: QWidget, above: Sequence[QWidget]) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._above = above
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._button = QPushButton(self)
        self._on_action: Callable[[], None] | None = None
        self._button.clicked.connect(self._act)
        layout = QHBoxLayout(self)
        layout.addWidget(self._label)
        layout.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_text(self, text: str, action: str, on_action: Callable[[], None] | None) -> None:
        """Show a line for a while."""
        self._label.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._on_action = on_action
        self.place()
        self.show()
        self.raise_()
        self._timer.start(TOAST_MS)

    def end_telling(self) -> None:
        """Something else begins: a line that offers nothing to do has been read."""
        if self._on_action is None:
            self.hide()

    def place(self) -> None:
        """Above the first of those below it that is shown, at its right edge: what cards are used with stands at the left."""
        self._wrap()
        self.adjustSize()
        below = next((widget for widget in self._above if widget.isVisible()), None)
        if below is not None:
            corner = below.mapTo(self.window(), QPoint(0, 0))
            x = corner.x() + below.width() - self.width()
            x = max(min(x, self.window().width() - self.width() - GAP), GAP)
            self.move(x, corner.y() - self.height() - SMALL_GAP)

    def _wrap(self) -> None:
        """A long sentence takes several lines, so that the window holds it."""
        room = min(MAX_WIDTH, self.window().width() - 2 * GAP) - self._button.sizeHint().width() - 4 * GAP
        self._label.setWordWrap(False)
        self._label.setFixedWidth(min(self._label.sizeHint().width(), room))
        self._label.setWordWrap(True)

    def _act(self) -> None:
        self.hide()
        if self._on_action:
            self._on_action()
