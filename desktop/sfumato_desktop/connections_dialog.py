"""The ledger of connections in the app, and how the hub is reached: a mirror, a proxy, the token."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.model_card import size_text
from sfumato_desktop.theme import GAP
from sfumato_models.connections import Connection


class ConnectionsDialog(QDialog):
    """`saved` carries the hub's address and the proxy as typed; `forget_token` is wished."""

    saved = Signal(str, str)
    forget_token = Signal()

    def __init__(self, parent: QWidget, entries: Sequence[Connection], address: str, proxy: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Connections"))
        self.resize(QSize(820, 520))
        told = plain_label(
            self.tr(
                "Sfumato connects only when you get or add a model or look for a new version. Every connection it opened is listed here, the newest first."
            ),
            "quiet",
            self,
        )
        self.table = self._table(entries)
        self.address = self._field(address, "https://huggingface.co")
        self.address.setAccessibleName(self.tr("Hub or mirror"))
        self.proxy = self._field(proxy, self.tr("the system's"))
        self.proxy.setAccessibleName(self.tr("Proxy"))
        self.trouble = plain_label("", "warning", self)
        self.trouble.hide()
        form = QFormLayout()
        form.addRow(self.tr("Hub or mirror"), self.address)
        form.addRow(self.tr("Proxy"), self.proxy)
        self.save = DialogButton(self.tr("Save"), self)
        self.save.clicked.connect(lambda: self.saved.emit(self.address.text().strip(), self.proxy.text().strip()))
        forget = DialogButton(self.tr("Forget the token"), self)
        forget.clicked.connect(self.forget_token)
        close = DialogButton(self.tr("Close"), self)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(forget)
        buttons.addStretch(1)
        for button in (self.save, close):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(told)
        layout.addWidget(self.table, 1)
        layout.addLayout(form)
        layout.addWidget(self.trouble)
        layout.addLayout(buttons)

    def show_trouble(self, text: str) -> None:
        """What is wrong with what was typed, or what came of it."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _field(self, text: str, empty: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setPlaceholderText(empty)
        field.setMaxLength(500)
        return field

    def _table(self, entries: Sequence[Connection]) -> QTableWidget:
        titles = (self.tr("When"), self.tr("Address"), self.tr("What for"), self.tr("Answer"), self.tr("Size"))
        table = QTableWidget(len(entries), len(titles), self)
        table.setAccessibleName(self.tr("Connections"))
        table.setHorizontalHeaderLabels(titles)
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        for row, entry in enumerate(entries):
            through = self.tr(" through {0}").format(entry.through) if entry.through else ""
            texts = (
                entry.at.replace("T", " ")[:19], entry.address + through, entry.purpose, entry.outcome,
                size_text(entry.received_bytes),
            )  # fmt: skip
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.resizeColumnToContents(0)
        return table
