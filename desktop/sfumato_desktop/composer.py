"""Where the person writes: a box that grows, the seed rule for the next picture, and Send, which is Stop while painting."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sfumato.errors import SfumatoError
from sfumato.seeds import KEEP, NEW, SeedRule, exactly, parse_seed
from sfumato_desktop.seed_controls import DieButton, LockButton
from sfumato_desktop.theme import SMALL_GAP
from sfumato_desktop.token_meter import TokenMeter

MAX_LINES = 8


class MessageBox(QPlainTextEdit):
    """A text box: Enter sends, Shift+Enter makes a line, the height follows the text."""

    sent = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("box")
        self.setAccessibleName(self.tr("Message"))
        self.setPlaceholderText(self.tr("Describe a picture, or say what should change"))
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = max(1, min(MAX_LINES, int(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 4)
        too_long = self.document().size().height() > MAX_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if too_long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter sends unless Shift is held or an input method is composing."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)


class Composer(QFrame):
    """`said` carries the words and the seed rule set by hand (or None); `stopped` asks for a stop."""

    said = Signal(str, object)
    stopped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._rule: SeedRule | None = None
        self._current_seed: int | None = None
        self._is_busy = False
        self.box = MessageBox(self)
        self.seed = QToolButton(self)
        self.seed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.seed.setToolTip(self.tr("Which seed the next picture is painted from"))
        self.seed.setMenu(QMenu(self.seed))
        self.seed.menu().aboutToShow.connect(self._fill_menu)
        self.lock = LockButton(self.tr("Keep the seed"), self)
        self.lock.clicked.connect(lambda is_down: self.set_rule(KEEP if is_down else None))
        self.die = DieButton(self.tr("A new seed"), self)
        self.die.setToolTip(self.tr("The next picture begins from a new seed"))
        self.die.clicked.connect(lambda is_down: self.set_rule(NEW if is_down else None))
        self.meter = TokenMeter(self)
        self.button = QPushButton(self)
        self.button.setObjectName("primary")
        self.button.setMinimumSize(QSize(84, 32))
        self.button.clicked.connect(self._press)
        self.box.sent.connect(self.send)
        self.box.textChanged.connect(self._show)
        self.box.textChanged.connect(lambda: self.meter.show_text(self.box.toPlainText()))
        row = QHBoxLayout()
        for widget in (self.lock, self.die, self.seed, self.meter):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 10, 10)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(self.box)
        layout.addLayout(row)
        self._show()

    def set_busy(self, is_busy: bool) -> None:
        """While a picture is painted, Send is Stop."""
        self._is_busy = is_busy
        self._show()

    def set_current_seed(self, seed: int | None) -> None:
        """The seed of the picture the next message refers to."""
        self._current_seed = seed
        self._show()

    def set_rule(self, rule: SeedRule | None) -> None:
        """The seed rule for the next message; None leaves it to the words."""
        self._rule = rule
        self._show()

    def send(self) -> None:
        """Send what is written; nothing happens while a turn runs or nothing is written."""
        text = self.box.toPlainText()
        if self._is_busy or not text.strip():
            return
        rule, self._rule = self._rule, None
        self.box.clear()
        self.said.emit(text, rule)

    def _press(self) -> None:
        if self._is_busy:
            self.stopped.emit()
        else:
            self.send()

    def _fill_menu(self) -> None:
        menu = self.seed.menu()
        menu.clear()
        choices: list[tuple[str, SeedRule | None]] = [
            (self.tr("Automatic: a change keeps it, “another one” draws a new one"), None)
        ]
        if self._current_seed is not None:
            choices.append((self.tr("Keep {0}").format(self._current_seed), KEEP))
        choices.append((self.tr("A new one"), NEW))
        for text, rule in choices:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(rule == self._rule)
            action.triggered.connect(lambda _=False, rule=rule: self.set_rule(rule))
            menu.addAction(action)
        menu.addAction(self.tr("Set a number…"), self._ask_number)

    def _ask_number(self) -> None:
        text, ok = QInputDialog.getText(self, self.tr("Seed"), self.tr("A whole number, such as 42:"))
        if not ok:
            return
        try:
            self.set_rule(exactly(parse_seed(text)))
        except SfumatoError as error:
            self.seed.setText(str(error))

    def _show(self) -> None:
        shown = self.tr("automatic") if self._rule is None else str(self._rule)
        if self._rule == KEEP and self._current_seed is not None:
            shown = self.tr("keep {0}").format(self._current_seed)
        self.lock.setChecked(self._rule == KEEP)
        self.lock.setEnabled(self._current_seed is not None)
        self.lock.setToolTip(
            self.tr("Describe a picture first: then its seed can be kept")
            if self._current_seed is None
            else self.tr("The next picture keeps seed {0}").format(self._current_seed)
        )
        self.die.setChecked(self._rule == NEW)
        self.seed.setText(self.tr("Seed: {0}").format(shown))
        self.seed.setAccessibleName(self.tr("Seed for the next picture: {0}").format(shown))
        self.button.setText(self.tr("Stop") if self._is_busy else self.tr("Send"))
        self.button.setAccessibleName(self.button.text())
        self.button.setEnabled(self._is_busy or bool(self.box.toPlainText().strip()))
