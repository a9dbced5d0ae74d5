"""What a prompt changed, as a person reads it, with an undo for each change, and what was kept."""

from __future__ import annotations

import html
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from sfumato.prompt import FieldChange
from sfumato.prompt_words import change_words, short_change
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import SMALL_GAP


class ChangeLines(QWidget):
    """`undo_wanted` carries the field whose change is to be undone."""

    undo_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_area = False  # undoing takes an area back, as it was before
        self._told: tuple[object, ...] = ()
        self._undos: dict[str, QToolButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.hide()

    def show_changes(self, changes: tuple[FieldChange, ...], kept: str, can_undo: tuple[str, ...]) -> None:
        """One line if one field changed, else one for each and one for what was kept; `can_undo` names fields."""
        if (changes, kept) != self._told:
            self._told = (changes, kept)
            self._fill(changes, kept)
        for name, undo in self._undos.items():  # as old as the line, so that the keys reach them in order
            undo.setText(self.tr("Take back") if self.is_area else self.tr("Undo"))
            undo.setToolTip(
                self.tr("The picture as it was before this area was painted")
                if self.is_area
                else self.tr("The picture with this field put back, from the same seed")
            )
            undo.setVisible(name in can_undo)

    def _fill(self, changes: tuple[FieldChange, ...], kept: str) -> None:
        self._undos = {}
        while (item := self._layout.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for change in changes:
            self._layout.addWidget(self._line(change, f" · {kept}" if kept and len(changes) == 1 else ""))
        if kept and len(changes) != 1:
            self._layout.addWidget(plain_label(kept, "quiet", self))
        self.setVisible(bool(changes or kept))

    def _line(self, change: FieldChange, kept: str) -> QWidget:
        line = QWidget(self)
        short = short_change(change)
        label = ChangeLabel(f"{self.tr(change.field)}: {change_words(short)}{kept}", line)
        if short != change:
            whole = replace(change, before=change.before or "–", after=change.after or "–")
            label.setToolTip(f"<p>{html.escape(f'{whole.field}: {whole.before} → {whole.after}')}</p>")
        undo = self._undos[change.field] = QToolButton(line)
        undo.setObjectName("small")
        undo.setAccessibleName(self.tr("Undo the change of {0}").format(change.field))
        undo.clicked.connect(lambda: self.undo_wanted.emit(change.field))
        keep_place(undo)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(undo, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        return line


class ChangeLabel(QLabel):
    """A line that wraps only where the card is too narrow for it, so that its undo stands right behind it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setObjectName("changed")
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the text on one line."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + SMALL_GAP, hint.height())


def keep_place(widget: QWidget) -> None:
    """Nothing around a widget moves when it is shown or hidden."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
