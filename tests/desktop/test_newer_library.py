from __future__ import annotations

import sqlite3

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sfumato.conversation import Message, TextPart
from sfumato.library import Library
from sfumato.paths import Paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop.controller import Controller
from sfumato_desktop.window import Window


def test_a_library_of_a_newer_sfumato_is_shown_with_a_sentence_that_stays(
    qtbot: QtBot, paths: Paths, caplog: pytest.LogCaptureFixture
) -> None:
    library = Library(paths.library_file, paths.pictures)
    number = library.new_conversation("from the future")
    library.add_message(number, Message("person", (TextPart("a red ball"),)))
    library.close()
    db = sqlite3.connect(paths.library_file)
    db.execute("PRAGMA user_version = 999")
    db.close()
    save_settings(paths.settings_file, Settings(last_conversation=number))
    window = Window()
    qtbot.addWidget(window)
    window.show()
    Controller(window, paths, window).start()

    def notes() -> list[str]:
        return [label.text() for label in window.timeline.findChildren(QLabel, "note")]

    qtbot.waitUntil(lambda: any("newer Sfumato" in note for note in notes()), timeout=60_000)
    assert sum("newer Sfumato" in note for note in notes()) == 1
    assert not window._toast.isVisible()  # it is said once
    assert "newer Sfumato" in caplog.text  # who helps the person finds it in the log
    assert "a red ball" in " ".join(label.text() for label in window.timeline.findChildren(QLabel))
    window.close()
    db = sqlite3.connect(paths.library_file)
    assert db.execute("PRAGMA user_version").fetchone() == (999,)
    db.close()
