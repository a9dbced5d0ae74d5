from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from sfumato_desktop.opened_files import OpenedFiles

pytestmark = pytest.mark.usefixtures("qapp")


def opened(receiver: QObject, url: QUrl) -> None:
    """As macOS tells that something is opened with this app."""
    QApplication.sendEvent(receiver, QFileOpenEvent(url))


def test_a_file_that_comes_before_the_window_is_ready_is_not_lost() -> None:
    app = QObject()
    files, taken = OpenedFiles(app), list[Path]()
    opened(app, QUrl.fromLocalFile("/tmp/für Zoë.sfumato"))
    assert taken == []
    files.hand_on(taken.append)
    assert taken == [Path("/tmp/für Zoë.sfumato")]
    opened(app, QUrl.fromLocalFile("/tmp/second.png"))
    assert taken == [Path("/tmp/für Zoë.sfumato"), Path("/tmp/second.png")]


def test_an_address_of_the_web_and_other_events_are_left_alone() -> None:
    app = QObject()
    files, taken = OpenedFiles(app), list[Path]()
    files.hand_on(taken.append)
    opened(app, QUrl("https://example.org/picture.png"))
    QApplication.sendEvent(app, QEvent(QEvent.Type.User))
    assert taken == []
