"""Asking for a file or a folder: where the last one was, and before there was one in the person's pictures or downloads."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

Place = QStandardPaths.StandardLocation


class FileDialogs(QObject):
    """`folder_used` carries the folder of what was chosen, so that it can be remembered over a restart."""

    folder_used = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._last = ""

    def remember(self, folder: str) -> None:
        """Begin here the next time; a folder that is gone by then is passed over."""
        self._last = folder

    def begin(self, first: Place = Place.PicturesLocation) -> Path:
        """Where a dialog begins: the last folder, else the `first`, that of documents, or home."""
        usual = (
            QStandardPaths.writableLocation(place) for place in (first, Place.DocumentsLocation, Place.HomeLocation)
        )
        return next((Path(folder) for folder in (self._last, *usual) if folder and Path(folder).is_dir()), Path.home())

    def open_file(
        self, title: str, kinds: str, page: QWidget | None = None, first: Place = Place.PicturesLocation
    ) -> Path | None:
        """A file to read, asked for over `page` or the window; None if the person gave up."""
        path, _ = QFileDialog.getOpenFileName(page or self._window, title, str(self.begin(first)), kinds)
        return self._used(Path(path)) if path else None

    def save_file(self, title: str, name: str, kinds: str) -> Path | None:
        """A file to write, with the ending of `name`; None if the person gave up."""
        path, _ = QFileDialog.getSaveFileName(self._window, title, str(self.begin() / name), kinds)
        ending = Path(name).suffix
        return self._used(Path(path if path.casefold().endswith(ending) else path + ending)) if path else None

    def folder(self, title: str, page: QWidget | None = None, first: Place = Place.PicturesLocation) -> Path | None:
        """A folder, asked for over `page` or the window; None if the person gave up."""
        path = QFileDialog.getExistingDirectory(page or self._window, title, str(self.begin(first)))
        return self._used(Path(path), Path(path)) if path else None

    def _used(self, chosen: Path, folder: Path | None = None) -> Path:
        self._last = str(folder or chosen.parent)
        self.folder_used.emit(self._last)
        return chosen
