from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths, find_paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop import background as background_module
from sfumato_desktop.background import Background
from sfumato_desktop.controller import Controller
from sfumato_desktop.models_control import ModelsControl
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.studio import Studio, open_studio
from sfumato_desktop.token_meter import TokenLimit
from sfumato_desktop.window import Window
from tests.desktop.models_pressed import PATIENCE_MS, Opened
from tests.desktop.played import BALL, NIGHT, SNOW, App, FakeStudio
from tests.desktop.scene import Scene
from tests.models.hub import LoopbackHub
from tests.models.tiny import tiny_painter


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


@pytest.fixture
def scene(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A window on scripted engines."""
    it = Scene(qtbot, paths)
    monkeypatch.setattr(background_module, "open_studio", lambda *_: it.studio())
    monkeypatch.setattr(background_module, "token_limit", lambda studio: TokenLimit(len, 75))
    it.open()
    yield it
    it.window.close()


@pytest.fixture
def three(app: App) -> App:
    """A ball, the ball at night, and from the first the ball in the snow."""
    app.say("a red ball", BALL)
    app.say("at night", NIGHT)
    app.say("the first one but in the snow", SNOW.model_copy(update={"target": 1}))
    return app


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole Stable Diffusion pipeline of random weights, as a repository of the hub holds it."""
    return tiny_painter(tmp_path_factory.mktemp("hub") / "tiny").path


@pytest.fixture
def server(tiny_folder: Path, paths: Paths) -> Iterator[LoopbackHub]:
    """A hub on loopback that has it, and settings that name this hub."""
    with LoopbackHub() as hub:
        hub.add_folder("someone/tiny-sd", tiny_folder)
        save_settings(paths.settings_file, Settings(hub_address=hub.address))
        yield hub


@pytest.fixture
def models_opened(qtbot: QtBot, server: LoopbackHub, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    # engines are started when something is painted, and in most tests nothing is
    monkeypatch.setattr(Background, "_load_engines", lambda self, studio: None)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    controller = Controller(window, paths, window)
    controller.start()
    qtbot.waitUntil(lambda: bool(controller.background.settings.hub_address), timeout=PATIENCE_MS)
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    control = controller.findChild(ModelsControl)
    assert page
    assert control
    qtbot.waitUntil(lambda: "starter-painter" in page.cards, timeout=PATIENCE_MS)
    yield window, page, control
    window.close()
