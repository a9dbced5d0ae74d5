from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths
from sfumato_desktop.controller import Controller
from sfumato_desktop.window import Window
from tests.desktop.played import App
from tests.fakes import decision

STREET = decision("draw", patch={"set": {"subject": "a street"}})
HARBOUR = decision("draw", patch={"set": {"subject": "a harbour"}})


def wish(app: App, text: str) -> None:
    app.qtbot.keyClicks(app.window.composer.box, text)
    app.qtbot.keyClick(app.window.composer.box, Qt.Key.Key_Return)
    app.wait_until_done()


def test_a_wish_is_seen_above_the_message_and_forgotten_with_a_click(app: App) -> None:
    assert not app.window.wishes.isVisible()
    wish(app, "never show people")
    assert app.window.wishes.isVisible()
    assert any("From now on" in label.text() for label in app.window.timeline.findChildren(QLabel))
    app.say("a street", STREET)
    assert app.studio.painter.painted[-1].prompt.negative == ("people",)
    (chip,) = app.window.wishes.chips
    assert chip.text().startswith("no people")
    assert "no people" in chip.accessibleName()
    assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
    app.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not app.window.wishes.isVisible()
    app.say("a harbour", HARBOUR)
    assert app.studio.painter.painted[-1].prompt.negative == ()


def test_an_undo_does_not_reach_into_another_conversation(app: App) -> None:
    wish(app, "never show people")
    app.window.wishes.chips[0].click()
    app.controller.new()
    app.wait(lambda: app.controller.conversation().id == 0)
    app.window._toast._button.click()
    assert app.controller.conversation().wishes == ()
    assert not app.window.wishes.isVisible()


def test_forgetting_can_be_undone_and_the_next_start_still_knows_the_wish(app: App, qtbot: QtBot, paths: Paths) -> None:
    wish(app, "never show people")
    app.window.wishes.chips[0].click()
    app.window._toast._button.click()
    app.say("a street", STREET)
    assert app.studio.painter.painted[-1].prompt.negative == ("people",)
    app.window.close()
    window = Window()
    qtbot.addWidget(window)
    window.show()
    Controller(window, paths, window).start()
    qtbot.waitUntil(lambda: len(window.wishes.chips) == 1, timeout=10_000)
    window.conversations.new_wanted.emit()
    qtbot.waitUntil(lambda: not window.wishes.isVisible(), timeout=10_000)
    window.close()
