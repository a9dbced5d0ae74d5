from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sfumato_desktop.app import LATEST_START_MS, FirstPaint
from sfumato_desktop.window import Window


def test_the_rest_starts_right_after_the_first_paint_so_that_nothing_said_is_lost(
    qtbot: QtBot, qapp: QApplication
) -> None:
    window = Window()
    qtbot.addWidget(window)
    first_paint = FirstPaint(qapp, window)
    with qtbot.waitSignal(first_paint.happened):
        window.show()
        qtbot.waitExposed(window)
        shown_at = time.monotonic()
    assert (time.monotonic() - shown_at) * 1000 < LATEST_START_MS / 2


def test_a_window_that_is_never_painted_starts_too(qtbot: QtBot, qapp: QApplication) -> None:
    window = Window()
    qtbot.addWidget(window)
    with qtbot.waitSignal(FirstPaint(qapp, window).happened, timeout=10 * LATEST_START_MS):
        pass
