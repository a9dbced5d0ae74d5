"""Engine libraries for a graphics card: what is used, which packs there are, getting one, or adding it from a stick. And compiled blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.compiled_card import CompiledCard
from sfumato_desktop.file_dialogs import FileDialogs, Place
from sfumato_desktop.layouts import lay_out_card, lay_out_dialog, row_of
from sfumato_desktop.model_card import progress_text, size_text
from sfumato_desktop.theme import GAP
from sfumato_models.download_messages import DownloadState
from sfumato_models.engine_pack import PackLock

_PROGRESS_PARTS = 1000


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack: whether it is used, whether its card seems to be here, how far its download is, and why it cannot be got, if so."""

    lock: PackLock
    is_used: bool
    suits: bool
    state: DownloadState | None = None
    unavailable: str = ""


class PackCard(QFrame):
    """Shows a `PackRow`. `wished` carries the pack's id and: download, pause, cancel or remove."""

    wished = Signal(str, str)

    def __init__(self, row: PackRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.row = row
        title = QLabel(row.lock.title, self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setObjectName("model-title")
        used = plain_label(self.tr("in use") if row.is_used else "", "changed", self)
        used.setWordWrap(False)
        self.facts = plain_label(
            self.tr("{0} to get, about {1} on the disk").format(
                size_text(row.lock.size_bytes), size_text(2 * row.lock.size_bytes)
            ),
            "quiet",
            self,
        )
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _PROGRESS_PARTS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("How far “{0}” is").format(row.lock.title))
        self.progress = plain_label("", "quiet", self)
        names = (("download", self.tr("Get it")), ("pause", self.tr("Pause")), ("cancel", self.tr("Cancel")),
                 ("remove", self.tr("Remove")))  # fmt: skip
        self.buttons = {name: self._button(name, text) for name, text in names}
        if row.suits and not row.is_used:
            self.buttons["download"].setObjectName("primary")
        head = row_of((title, used), spacing=GAP)
        parts = (head, self.facts, self.bar, self.progress, row_of(self.buttons.values()))
        lay_out_card(self, parts)
        self.show_state(row.state)

    def show_state(self, state: DownloadState | None) -> None:
        """How far its download is."""
        is_active = state is not None and state.is_active
        is_begun = state is not None and state.phase in ("paused", "failed") and state.done_bytes > 0
        self.buttons["download"].setText(self.tr("Resume") if is_begun else self.tr("Get it"))
        shown = {"download": not is_active and not self.row.is_used, "pause": is_active,
                 "cancel": is_active or is_begun, "remove": self.row.is_used and not is_active}  # fmt: skip
        for name, is_shown in shown.items():
            self.buttons[name].setVisible(is_shown)
        self.bar.setVisible(is_active or is_begun)
        if state and state.total_bytes:
            self.bar.setValue(_PROGRESS_PARTS * state.done_bytes // state.total_bytes)
        text = progress_text(state) if state and (is_active or is_begun) else ""
        if shown["download"] and self.row.unavailable:
            text = f"{text} {self.row.unavailable}".strip()
        self.progress.setText(text)
        self.progress.setVisible(bool(text))

    def show_busy(self, is_busy: bool) -> None:
        """Nothing else can be wished while a pack is tried out."""
        for button in self.buttons.values():
            button.setEnabled(not is_busy)
        if self.row.unavailable:
            self.buttons["download"].setEnabled(False)

    def _button(self, name: str, text: str) -> DialogButton:
        button = DialogButton(text, self)
        button.setAccessibleName(f"{text}: {self.row.lock.title}")
        button.clicked.connect(lambda: self.wished.emit(self.row.lock.id, name))
        return button


class EnginesPage(QDialog):
    """Shows rows and emits what is wished (see `PackCard`); `add_wanted` carries a folder or an archive."""

    wished = Signal(str, str)
    add_wanted = Signal(object)

    def __init__(self, parent: QWidget, files: FileDialogs) -> None:
        super().__init__(parent)
        self._files = files
        self.setWindowTitle(self.tr("Engine libraries"))
        self.setMinimumSize(QSize(620, 420))
        self.cards: dict[str, PackCard] = {}
        self._busy = ""
        title = QLabel(self.tr("Engine libraries"), self)
        title.setObjectName("title")
        told = plain_label(
            self.tr(
                "Sfumato paints with libraries of its own, on the processor. A pack brings those for a graphics card: only files"
                " that this version knows, byte for byte, tried out before they are used."
            ),
            "quiet",
            self,
        )
        self.used = plain_label("", "value", self)
        self.card = plain_label("", "quiet", self)
        self.placed = plain_label("", "quiet", self)
        self.told = plain_label("", "changed", self)
        self.trouble = plain_label("", "warning", self)
        self.compiled = CompiledCard(self)
        self._packs = QVBoxLayout()
        self._packs.setSpacing(GAP)
        self.folder = self._button(self.tr("Add from a folder…"), self._ask_folder)
        self.archive = self._button(self.tr("Add from an archive…"), self._ask_archive)
        close = self._button(self.tr("Close"), self.accept)
        parts = (title, told, self.used, self.card, self.placed, self._packs, self.compiled, self.told, self.trouble)
        lay_out_dialog(self, parts, row_of((self.folder, self.archive), (close,)))
        self.say()

    def show_packs(self, rows: Sequence[PackRow], used: str, card: str) -> None:
        """Show these packs, what is used now, and what card there is."""
        self.used.setText(self.tr("In use: {0}").format(used))
        self.card.setText(card)
        for old in self.cards.values():
            old.hide()
            old.deleteLater()
        self.cards.clear()
        for row in rows:
            made = PackCard(row, self)
            made.wished.connect(self.wished)
            self.cards[row.lock.id] = made
            self._packs.addWidget(made)
        self._show_enabled()

    def show_placed(self, text: str) -> None:
        """Where the picture model is; empty before that is known."""
        self.placed.setText(text)
        self.placed.setVisible(bool(text))

    def show_busy(self, text: str) -> None:
        """Something is being tried out or removed; empty when it is over."""
        self._busy = text
        self._show_enabled()
        self.say()

    def _show_enabled(self) -> None:
        for card in self.cards.values():
            card.show_busy(bool(self._busy))
        for button in (self.folder, self.archive):
            button.setEnabled(not self._busy)

    def say(self, done: str = "", trouble: str = "") -> None:
        """What was done, or what went wrong; nothing new leaves what is being done."""
        for label, text in ((self.told, done or self._busy), (self.trouble, trouble)):
            label.setText(text)
            label.setVisible(bool(text))

    def _ask_folder(self) -> None:
        title = self.tr("The folder with the pack's wheels")
        if folder := self._files.folder(title, self, Place.DownloadLocation):
            self.add_wanted.emit(folder)

    def _ask_archive(self) -> None:
        kinds = self.tr("Archives") + " (*.zip *.tar *.tar.gz *.tar.xz *.tgz)"
        title = self.tr("The archive with the pack's wheels")
        if file := self._files.open_file(title, kinds, self, Place.DownloadLocation):
            self.add_wanted.emit(file)

    def _button(self, text: str, pressed: object) -> DialogButton:
        button = DialogButton(text, self)
        button.clicked.connect(lambda: pressed())  # type: ignore[operator]
        return button
