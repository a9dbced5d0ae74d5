"""The bin: deleted conversations and pictures, a way back for each, and emptying it for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.plurals import counted
from sfumato_desktop.theme import GAP, SMALL_GAP

if TYPE_CHECKING:
    from sfumato.library_bin import Binned


class BinDialog(QDialog):
    """Shows what is in the bin. `restore_wanted` carries a `Binned`; `empty_wanted` comes after the person agreed."""

    restore_wanted = Signal(object)
    empty_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Bin"))
        self.resize(QSize(560, 420))
        self._pictures = 0
        self.told = plain_label("", "quiet", self)
        self.items = QListWidget(self)
        self.items.setAccessibleName(self.tr("Deleted conversations and pictures"))
        self.items.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.items.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.items.itemSelectionChanged.connect(self._show_buttons)
        self.items.itemActivated.connect(lambda _: self._restore())
        self.restore = DialogButton(self.tr("Restore"), self)
        self.restore.clicked.connect(self._restore)
        self.empty = DialogButton(self.tr("Empty the bin…"), self)
        self.empty.clicked.connect(self._ask)
        close = DialogButton(self.tr("Close"), self)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.restore)
        buttons.addStretch(1)
        buttons.addWidget(self.empty)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(SMALL_GAP + 2)
        layout.addWidget(self.told)
        layout.addWidget(self.items, 1)
        layout.addLayout(buttons)
        self.show_items(())

    def show_items(self, items: Sequence[Binned]) -> None:
        """Show these, the newest first."""
        self.items.clear()
        for binned in items:
            item = QListWidgetItem(self._line(binned))
            item.setData(Qt.ItemDataRole.UserRole, binned)
            self.items.addItem(item)
        if items:
            self.items.setCurrentRow(0)
        self._pictures = sum(binned.pictures for binned in items)
        self.told.setText(
            self.tr("Deleted things stay here, files and all, until the bin is emptied.")
            if items
            else self.tr("The bin is empty.")
        )
        self._show_buttons()

    def _line(self, binned: Binned) -> str:
        title = binned.title or self.tr("New conversation")
        day = binned.binned_at[:10]
        if binned.number is not None:
            return self.tr("Picture {0} of “{1}” · {2}").format(binned.number, title, day)
        pictures = counted(binned.pictures, self.tr("1 picture"), self.tr("{0} pictures"))
        return self.tr("“{0}” · {1} · {2}").format(title, pictures, day)

    def _show_buttons(self) -> None:
        self.empty.setEnabled(self.items.count() > 0)
        self.restore.setEnabled(bool(self.items.selectedItems()))

    def _restore(self) -> None:
        for item in self.items.selectedItems():
            self.restore_wanted.emit(item.data(Qt.ItemDataRole.UserRole))

    def _question(self) -> str:
        """What would be removed; a conversation can hold nothing but words."""
        if not self._pictures:
            return self.tr("Remove what is in the bin for good?")
        one, several = self.tr("Remove 1 picture for good?"), self.tr("Remove {0} pictures for good?")
        return counted(self._pictures, one, several)

    def _ask(self) -> None:
        asked = QMessageBox(self)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setWindowTitle(self.tr("Empty the bin"))
        asked.setText(self._question())
        asked.setInformativeText(self.tr("This cannot be undone."))
        remove = asked.addButton(self.tr("Remove for good"), QMessageBox.ButtonRole.DestructiveRole)
        asked.setDefaultButton(asked.addButton(QMessageBox.StandardButton.Cancel))
        asked.exec()
        if asked.clickedButton() is remove:
            self.empty_wanted.emit()
