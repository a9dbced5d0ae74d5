"""Everywhere a version is seen beside its card: the strip, the large view, the comparison, the area editor, the bin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from sfumato.conversation import Version
from sfumato_desktop.bin_dialog import BinDialog
from sfumato_desktop.file_dialogs import FileDialogs
from sfumato_desktop.picture_card import PictureCard, square_thumbnail
from sfumato_desktop.picture_dialog import PictureDialog
from sfumato_desktop.token_meter import TokenLimit
from sfumato_desktop.version_strip import SIDE, VersionStrip

if TYPE_CHECKING:
    from sfumato.library_bin import Binned


class VersionViews(QObject):
    """Signals carry the number of a version, or None for the current one; `chosen` is a click in the strip."""

    chosen = Signal(int)
    continued = Signal(int)
    stepped = Signal(int)
    enlarged = Signal(int)
    compare_wanted = Signal(object)
    area_wanted = Signal(int)
    area_painted = Signal(int, object, str)
    save_wanted = Signal(object)
    recipe_wanted = Signal(int)
    copy_wanted = Signal(int)
    delete_wanted = Signal(int)
    restore_wanted = Signal(int)

    def __init__(self, window: QWidget, files: FileDialogs) -> None:
        super().__init__(window)
        self._window = window
        self._files = files
        self._picture_file: Callable[[Version], Path] | None = None
        self.token_limit: TokenLimit | None = None  # how much the picture model reads, once it is known
        self.strip = VersionStrip(window)
        self.bin = BinDialog(window)
        self.strip.chosen.connect(self.chosen)
        QShortcut(QKeySequence("Alt+Up"), window, lambda: self.stepped.emit(1))
        QShortcut(QKeySequence("Alt+Down"), window, lambda: self.stepped.emit(-1))
        QShortcut(QKeySequence("Ctrl+D"), window, lambda: self.compare_wanted.emit(None))
        QShortcut(QKeySequence.StandardKey.Save, window, lambda: self.save_wanted.emit(None))

    def listen_to(self, card: PictureCard) -> None:
        """What is wished of a card's version is wished of the version."""
        card.continued.connect(self.continued)
        card.enlarged.connect(self.enlarged)
        card.compare_wanted.connect(self.compare_wanted.emit)
        card.area_wanted.connect(self.area_wanted)
        card.save_wanted.connect(self.save_wanted.emit)
        card.recipe_wanted.connect(self.recipe_wanted)
        card.copy_wanted.connect(self.copy_wanted)
        card.delete_wanted.connect(self.delete_wanted)
        card.restore_wanted.connect(self.restore_wanted)

    def begin(self, picture_file: Callable[[Version], Path]) -> None:
        """Another conversation, without versions yet; `picture_file` says where a version's picture stands."""
        self._picture_file = picture_file
        self.strip.clear()

    def show_versions(self, versions: Sequence[Version], current: int | None, cards: Iterable[PictureCard]) -> None:
        """The tree, in the strip and on the cards: which picture is current, and which are deleted."""
        by_number = {version.number: version for version in versions}
        shown = {card.version.number: card for card in cards if card.version}
        for number, card in shown.items():
            if number in by_number:
                card.show_version(by_number[number])
                card.show_current(number == current)

        def thumbnail(version: Version) -> QPixmap:
            if version.number in shown:
                return shown[version.number].view.thumbnail(SIDE)
            pixmap = QPixmap(str(self._picture_file(version)) if self._picture_file and version.file else "")
            ratio = self._window.devicePixelRatioF()
            return pixmap if pixmap.isNull() else square_thumbnail(pixmap, round(SIDE * ratio), ratio)

        self.strip.show_versions(versions, current, thumbnail)

    def show_comparison(
        self, versions: Sequence[Version], first: int, second: int, picture_file: Callable[[Version], Path]
    ) -> None:
        """Two versions against each other."""
        from sfumato_desktop.compare_dialog import CompareDialog  # the first paint does not wait for it

        self._open(CompareDialog(versions, first, second, picture_file, self._window))

    def show_large(self, versions: Sequence[Version], number: int, picture_file: Callable[[Version], Path]) -> None:
        """One version, large."""
        self._open(PictureDialog(versions, number, picture_file, self._window))

    def show_mask_editor(self, version: Version, picture_file: Path) -> None:
        """A version to select an area of."""
        from sfumato_desktop.mask_editor import MaskEditor  # it brings Pillow along

        editor = MaskEditor(version, picture_file, self._window, self.token_limit)
        editor.painted.connect(self.area_painted)
        self._open(editor)

    def show_bin(self, items: Sequence[Binned]) -> None:
        """What is in the bin."""
        self.bin.show_items(items)
        self.bin.show()

    def ask_picture_path(self, name: str) -> Path | None:
        """Where a picture should be saved; None if the person gave up."""
        return self._files.save_file(self.tr("Save picture"), name, self.tr("Pictures (*.png)"))

    def ask_recipe_path(self, name: str) -> Path | None:
        """Where a recipe should be saved; None if the person gave up."""
        return self._files.save_file(self.tr("Share recipe"), name, self.tr("Recipes (*.sfumato)"))

    def ask_folder(self, question: str) -> Path | None:
        """A folder; None if the person gave up."""
        return self._files.folder(question)

    def copy_picture(self, file: Path) -> bool:
        """A picture file's pixels to the clipboard; False if it cannot be read."""
        image = QImage(str(file))
        if not image.isNull():
            QGuiApplication.clipboard().setImage(image)
        return not image.isNull()

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
