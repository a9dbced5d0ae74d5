"""What the person said: it can be copied, said again, or changed and said again as a new branch. The old one stays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QGuiApplication, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from sfumato_desktop.cards import plain_label
from sfumato_desktop.composer import MessageBox
from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.theme import SMALL_GAP, TEXT_WIDTH

LEAST_WIDTH = 120  # pixels of a bubble in a narrow window


class QuietButton(QToolButton):
    """A button that is there for the keyboard always, and to be seen while its card is pointed at or it has the focus."""

    def __init__(self, text: str, parent: PersonCard) -> None:
        super().__init__(parent)
        self._card = parent
        self.setObjectName("quiet-button")
        self.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Nothing, unless it is wanted."""
        if self._card.is_pointed_at or self.hasFocus():
            super().paintEvent(event)


class EditBox(MessageBox):
    """The message while it is changed: Enter sends, Esc gives up and means nothing else meanwhile."""

    given_up = Signal()

    def event(self, event: QEvent) -> bool:
        """Take Esc before the window's own Esc (stop) does."""
        is_offer = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_offer and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        super().keyPressEvent(event)


class PersonCard(QWidget):
    """A bubble at the right. `said_again` carries the words and the version they were said about (None: a beginning).

    What `is_deed` tells was done by hand: nobody said it, so it can only be copied.
    """

    said_again = Signal(str, object)

    def __init__(
        self, text: str, parent: QWidget, about: int | None = None, caption: str = "", is_deed: bool = False
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.about = about
        self.is_pointed_at = False
        self.bubble = plain_label(text, "bubble", self)
        self.bubble.setWordWrap(False)
        self._width_in_one_line = self.bubble.sizeHint().width()
        self.bubble.setMaximumWidth(min(self._width_in_one_line, TEXT_WIDTH * 3 // 4))
        self.bubble.setMinimumWidth(min(self._width_in_one_line, LEAST_WIDTH))
        self.bubble.setAccessibleName(
            (self.tr("Done by hand: {0}") if is_deed else self.tr("You said: {0}")).format(text)
        )
        self.edit: EditBox | None = None
        self._editor: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, SMALL_GAP, 0, 0)
        self._layout.setSpacing(2)
        if caption:
            label = plain_label(caption, "note", self)
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._layout.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(SMALL_GAP)
        row.addStretch(1)
        row.addWidget(self._bar(is_deed), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.bubble, 1000)  # all the room there is, but no more than its words take
        self._layout.addLayout(row)

    def _bar(self, is_deed: bool) -> QWidget:
        self.bar = QWidget(self)
        row = FlowLayout(self.bar, 0)
        deeds = (
            (self.tr("Edit"), self.tr("Change this message and paint a new branch; this one stays"), self.begin_edit),
            (self.tr("Resend"), self.tr("Say this again, about the same picture, for another one"), self._resend),
            (self.tr("Copy"), self.tr("Copy these words"), self._copy),
        )
        for text, tip, act in deeds[2:] if is_deed else deeds:
            button = QuietButton(text, self)
            button.setToolTip(tip)
            button.setAccessibleName(f"{tip}: {self.text[:60]}")
            button.clicked.connect(act)
            row.addWidget(button)
        return self.bar

    def _wrap(self) -> None:
        """Words stay in one line where there is room for it beside the buttons, else they take that room."""
        room = min(self.bubble.maximumWidth(), self.width() - self.bar.sizeHint().width() - SMALL_GAP)
        self.bubble.setWordWrap(self._width_in_one_line > room or "\n" in self.text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width may have room for fewer words in a line."""
        super().resizeEvent(event)
        self._wrap()

    def begin_edit(self) -> None:
        """Put a box in the place of the bubble."""
        if self.edit is not None:
            return
        self._editor = QWidget(self)
        self._editor.setObjectName("composer")
        self._editor.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.edit = EditBox(self._editor)
        self.edit.setAccessibleName(self.tr("Change this message"))
        self.edit.setPlainText(self.text)
        self.edit.selectAll()
        self.edit.sent.connect(self._send)
        self.edit.given_up.connect(self.end_edit)
        give_up = QPushButton(self.tr("Cancel"), self._editor)
        give_up.clicked.connect(self.end_edit)
        send = QPushButton(self.tr("Paint as a new branch"), self._editor)
        send.setObjectName("primary")
        send.clicked.connect(self._send)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(give_up)
        buttons.addWidget(send)
        column = QVBoxLayout(self._editor)
        column.addWidget(self.edit)
        column.addLayout(buttons)
        self._layout.addWidget(self._editor)
        self.bubble.hide()
        self.bar.hide()
        self.edit.setFocus()

    def end_edit(self) -> None:
        """Back to the bubble as it was."""
        if self._editor is None:
            return
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._editor.isAncestorOf(focus)
        self._editor.hide()
        self._editor.deleteLater()
        self._editor = self.edit = None
        self.bubble.show()
        self.bar.show()
        if had_focus:
            self.bar.findChildren(QuietButton)[0].setFocus()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Show what can be done."""
        self._point(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """And hide it again."""
        self._point(False)
        super().leaveEvent(event)

    def _point(self, is_pointed_at: bool) -> None:
        self.is_pointed_at = is_pointed_at
        for button in self.bar.findChildren(QuietButton):
            button.update()

    def _send(self) -> None:
        text = self.edit.toPlainText() if self.edit else ""
        if text.strip():  # the box stays until the words are on their way
            self.said_again.emit(text, self.about)

    def _resend(self) -> None:
        self.said_again.emit(self.text, self.about)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
