"""macOS hands over what is opened with the app as an event, perhaps before the window is ready; other systems name it when they start it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent


class OpenedFiles(QObject):
    """Keeps the last file that came until `hand_on` tells who takes it; those that come later are handed on at once."""

    def __init__(self, app: QObject) -> None:
        super().__init__(app)
        self._waiting: Path | None = None
        self._take: Callable[[Path], None] | None = None
        app.installEventFilter(self)

    def hand_on(self, take: Callable[[Path], None]) -> None:
        """From now on `take` is called with every file."""
        self._take = take
        if self._waiting is not None:
            take(self._waiting)
            self._waiting = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for a file that the desktop opens; addresses of the web are left alone."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return False
        if self._take is None:
            self._waiting = Path(event.file())
        else:
            self._take(Path(event.file()))
        return True
