from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths, find_paths
from sfumato_desktop import background as background_module
from sfumato_desktop.controller import Controller
from sfumato_desktop.studio import Studio, open_studio
from sfumato_desktop.window import Window
from tests.desktop.played import App, FakeStudio


@pytest.fixture
def studio() -> Iterator[Studio]:
    """The real engines on the starter models, in processes of their own."""
    opened = open_studio(find_paths())
    yield opened
    opened.close()


@pytest.fixture
def app(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    studio = FakeStudio()
    monkeypatch.setattr(background_module, "open_studio", lambda _: studio)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    controller = Controller(window, paths, window)
    controller.start()
    yield App(qtbot, window, controller, studio)
    if window.isVisible():
        window.close()
