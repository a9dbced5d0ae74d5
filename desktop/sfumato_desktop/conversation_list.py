"""The conversations at the left: new, find, rename, export, delete, and the bin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sfumato_desktop.theme import GAP, SMALL_GAP


class ConversationList(QWidget):
    """Shows (id, title) pairs; every wish of the person is a signal."""

    opened = Signal(int)
    new_wanted = Signal()
    renamed = Signal(int, str)
    delete_wanted = Signal(int)
    export_wanted = Signal(int)
    bin_wanted = Signal()
    models_wanted = Signal()
    about_wanted = Signal()
    searched = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.new = QPushButton(self.tr("New conversation"), self)
        self.new.setShortcut(QKeySequence.StandardKey.New)
        self.new.clicked.connect(self.new_wanted)
        self.search_box = QLineEdit(self)
        self.search_box.setPlaceholderText(self.tr("Find"))
        self.search_box.setAccessibleName(self.tr("Find in conversations"))
        self.search_box.setClearButtonEnabled(True)
        self.search_box.textChanged.connect(self.searched)
        self.items = QListWidget(self)
        self.items.setAccessibleName(self.tr("Conversations"))
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.items.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.items.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.items.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.items.customContextMenuRequested.connect(self._menu)
        self.items.currentItemChanged.connect(self._open)
        self.items.itemChanged.connect(self._rename)
        self.items.itemDelegate().closeEditor.connect(self._show_later)
        self._later: tuple[Sequence[tuple[int, str]], int | None] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(SMALL_GAP + 2)
        self.models = QPushButton(self.tr("Models…"), self)
        self.models.setToolTip(self.tr("Get other models, and choose which ones paint and write (Ctrl+M)"))
        self.models.setShortcut(QKeySequence("Ctrl+M"))
        self.models.clicked.connect(self.models_wanted)
        self.bin = QPushButton(self.tr("Bin…"), self)
        self.bin.setToolTip(self.tr("Deleted conversations and pictures"))
        self.bin.clicked.connect(self.bin_wanted)
        self.about = QPushButton(self.tr("About…"), self)
        self.about.setToolTip(self.tr("The version, and a look for a newer one"))
        self.about.clicked.connect(self.about_wanted)
        for widget in (self.new, self.search_box, self.items, self.models, self.bin, self.about):
            layout.addWidget(widget)
        for button in (self.new, self.models, self.bin, self.about):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the message
        QShortcut(QKeySequence.StandardKey.Find, self, self.search_box.setFocus)
        QShortcut(QKeySequence("Ctrl+E"), self, self._export)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.items, self._delete, context=Qt.ShortcutContext.WidgetShortcut)

    @property
    def is_typing(self) -> bool:
        """True while a title, or what to find, has the keys."""
        focus = QApplication.focusWidget()
        return isinstance(focus, QLineEdit) and self.isAncestorOf(focus)

    def show_conversations(self, rows: Sequence[tuple[int, str]], current: int | None) -> None:
        """Show these, with the current one selected; nothing is emitted. While a title is being typed they wait for its end."""
        if self.items.state() is QAbstractItemView.State.EditingState:
            self._later = rows, current
            return
        self.items.blockSignals(True)
        self.items.clear()
        for conversation_id, title in rows:
            item = QListWidgetItem(title or self.tr("New conversation"))
            item.setData(Qt.ItemDataRole.UserRole, conversation_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(title)
            self.items.addItem(item)
            if conversation_id == current:
                self.items.setCurrentItem(item)
        self.items.blockSignals(False)

    def _show_later(self) -> None:
        later, self._later = self._later, None
        if later:
            self.show_conversations(*later)

    def _open(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.opened.emit(item.data(Qt.ItemDataRole.UserRole))

    def _rename(self, item: QListWidgetItem) -> None:
        number, title = item.data(Qt.ItemDataRole.UserRole), item.text()
        if self._later:
            rows, current = self._later
            self._later = [(other, title if other == number else known) for other, known in rows], current
        self.renamed.emit(number, title)

    def _delete(self) -> None:
        if item := self.items.currentItem():
            self.delete_wanted.emit(item.data(Qt.ItemDataRole.UserRole))

    def _export(self) -> None:
        if item := self.items.currentItem():
            self.export_wanted.emit(item.data(Qt.ItemDataRole.UserRole))

    def _menu(self, point: QPoint) -> None:
        item = self.items.itemAt(point)
        if item is None:
            return
        menu = QMenu(self)
        menu.addAction(self.tr("Rename"), lambda: self.items.editItem(item))
        menu.addAction(self.tr("Export…"), lambda: self.export_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), lambda: self.delete_wanted.emit(item.data(Qt.ItemDataRole.UserRole)))
        menu.exec(self.items.mapToGlobal(point))
