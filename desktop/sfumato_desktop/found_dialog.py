"""What was found on this disk: models, parts of models and LoRA files, each to be added with a button, used where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.file_dialogs import FileDialogs, Place
from sfumato_desktop.theme import GAP, SMALL_GAP
from sfumato_models.local_files import Found

_ORDER = ("painter", "writer", "lora", "part", "unusable")


class FoundDialog(QDialog):
    """`add_wanted` carries a file or folder and whether it is to be copied, `look_wanted` a folder to look in (None: the usual ones)."""

    add_wanted = Signal(object, bool)
    look_wanted = Signal(object)

    def __init__(self, parent: QWidget, files: FileDialogs) -> None:
        super().__init__(parent)
        self._files = files
        self.setWindowTitle(self.tr("Models on this disk"))
        self.resize(QSize(720, 520))
        self.buttons: dict[Path, DialogButton] = {}
        self.said = plain_label("", "quiet", self)
        self.other = DialogButton(self.tr("Another folder…"), self)
        self.other.clicked.connect(self._choose_folder)
        self.copies = QCheckBox(self.tr("Copy what I add into Sfumato's folder"), self)
        self.copies.setToolTip(self.tr("For models on a stick or in a folder that will go"))
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.other)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP)
        layout.setSpacing(GAP)
        layout.addLayout(head)
        layout.addWidget(self.copies)
        layout.addWidget(self._area, 1)

    def show_looking(self) -> None:
        """It is being looked."""
        self.other.setEnabled(False)
        self.said.setText(self.tr("Looking for models…"))

    def show_found(self, found: Sequence[Found], here: frozenset[Path]) -> None:
        """What was found; `here` are the places of what was added before."""
        self.other.setEnabled(True)
        usable = [it for it in found if it.kind != "unusable"]
        self.said.setText(
            self.tr("Found by their headers. They are used where they stand, unless they are copied.")
            if usable
            else self.tr("No model was found where other programs keep them. Choose another folder.")
        )
        self.buttons.clear()
        holder = QWidget(self)
        holder.setObjectName("page")
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(SMALL_GAP, SMALL_GAP, SMALL_GAP, SMALL_GAP)
        rows.setSpacing(GAP)
        for it in sorted(found, key=lambda it: _ORDER.index(it.kind)):
            rows.addLayout(self._row(it, it.path in here, holder))
        rows.addStretch(1)
        self._area.setWidget(holder)

    def show_refused(self, file: Path) -> None:
        """It could not be added; it can be tried again."""
        if button := self.buttons.get(file):
            button.setText(self.tr("Add"))
            button.setEnabled(True)

    def show_added(self, file: Path) -> None:
        """It is among the models now."""
        if button := self.buttons.get(file):
            button.setText(self.tr("Added"))
            button.setEnabled(False)

    def _row(self, it: Found, is_here: bool, holder: QWidget) -> QHBoxLayout:
        kinds = {"painter": self.tr("paints"), "writer": self.tr("writes"), "lora": self.tr("a LoRA")}
        words = QVBoxLayout()
        words.setSpacing(0)
        what = self.tr("a part: {0}").format(it.what) if it.what else kinds.get(it.kind, "")
        title = f"{it.title} · {what}" if what else it.title
        words.addWidget(plain_label(title, "value", holder))
        words.addWidget(plain_label(it.trouble or str(it.path), "quiet", holder))
        row = QHBoxLayout()
        row.addLayout(words, 1)
        if it.kind != "unusable":
            button = DialogButton(self.tr("Add"), holder)
            button.setAccessibleName(self.tr("Add {0}").format(it.title))
            button.clicked.connect(lambda: self._add(it.path))
            self.buttons[it.path] = button
            row.addWidget(button)
            if is_here:
                self.show_added(it.path)
        return row

    def _add(self, file: Path) -> None:
        """A copy can take minutes: that it has begun is seen."""
        self.buttons[file].setEnabled(False)
        self.buttons[file].setText(self.tr("Copying…") if self.copies.isChecked() else self.tr("Adding…"))
        self.add_wanted.emit(file, self.copies.isChecked())

    def _choose_folder(self) -> None:
        if folder := self._files.folder(self.tr("Look for models in"), self, Place.HomeLocation):
            self.look_wanted.emit(folder)
