from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato_desktop.controller import Controller
from sfumato_desktop.last_resort import install_hooks
from sfumato_desktop.window import Window


@pytest.fixture
def reported() -> Iterator[list[SfumatoError]]:
    kept = sys.excepthook, threading.excepthook
    found: list[SfumatoError] = []
    install_hooks(found.append)
    yield found
    sys.excepthook, threading.excepthook = kept


def test_what_nobody_foresaw_is_said_in_one_sentence(reported: list[SfumatoError]) -> None:
    error = ValueError("boom")
    sys.excepthook(ValueError, error, None)
    assert "did not foresee" in reported[0].message
    assert "boom" in reported[0].detail


def test_a_bug_in_any_thread_is_reported(reported: list[SfumatoError]) -> None:
    def fail() -> None:
        raise KeyError("gone")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "gone" in reported[0].detail


def test_the_engine_thread_survives_a_bug_and_the_window_says_so(qtbot: QtBot, paths: Paths) -> None:
    window = Window()
    qtbot.addWidget(window)
    controller = Controller(window, paths, window)
    window.show()
    controller.background._thread.start()
    said: list[str] = []
    controller.happened.connect(lambda event: said.append(str(getattr(event, "error", event))))

    def fail() -> None:
        raise RuntimeError("a bug")

    controller.background.do(fail)
    controller.background.do(lambda: controller.happened.emit("still here"))
    qtbot.waitUntil(lambda: "still here" in said, timeout=5000)
    assert "did not foresee" in said[0]
    window.close()
