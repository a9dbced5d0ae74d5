"""The real window, typed into with real keys, on the real engines and the starter models."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.controller import Controller
from sfumato_desktop.person_card import PersonCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.prompt_card import PromptCard
from sfumato_desktop.theme import apply_theme
from sfumato_desktop.window import Window

PATIENCE_MS = 60_000
Opener = Callable[[], tuple[Window, Controller]]


@pytest.fixture
def opened(qtbot: QtBot, paths: Paths) -> Iterator[Opener]:
    windows: list[Window] = []

    def open_window() -> tuple[Window, Controller]:
        window = Window()
        qtbot.addWidget(window)
        window.show()
        controller = Controller(window, paths, window)
        controller.start()
        windows.append(window)
        return window, controller

    yield open_window
    for window in windows:
        window.close()


def say(qtbot: QtBot, window: Window, text: str) -> None:
    qtbot.keyClicks(window.composer.box, text)
    qtbot.keyClick(window.composer.box, Qt.Key.Key_Return)


def wait_until_done(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.composer.button.text() == "Send", timeout=PATIENCE_MS)


def pictures(window: Window) -> list[PictureCard]:
    return [card for card in window.timeline.findChildren(PictureCard) if card.version]


def test_a_conversation_of_two_pictures_and_the_next_start_shows_it_again(qtbot: QtBot, opened: Opener) -> None:
    window, _ = opened()
    say(qtbot, window, "a red ball in a meadow at golden hour")
    wait_until_done(qtbot, window)
    say(qtbot, window, "same but at night")
    wait_until_done(qtbot, window)
    first, second = (card.version for card in pictures(window))
    assert first
    assert second
    assert first.recipe.seed == second.recipe.seed
    assert first.prompt.subject == second.prompt.subject
    assert (first.prompt.lighting, second.prompt.lighting) == ("golden hour", "night")
    card = window.timeline.findChildren(PromptCard)[-1]
    assert any(
        "golden hour → night" in label.text() and f"seed {first.recipe.seed} kept" in label.text()
        for label in card.labels()
    )
    window.close()

    again, _ = opened()
    qtbot.waitUntil(lambda: len(pictures(again)) == 2, timeout=PATIENCE_MS)
    assert [card.version for card in pictures(again)] == [first, second]
    assert all(card.view.has_picture for card in pictures(again))
    assert len(again.timeline.findChildren(PersonCard)) == 2


@pytest.mark.parametrize("engine", ["writer", "painter"])
def test_killing_an_engine_leaves_the_window_alive_and_the_retry_paints(
    qtbot: QtBot, opened: Opener, engine: str
) -> None:
    window, controller = opened()
    say(qtbot, window, "a blue boat by the sea")
    wait_until_done(qtbot, window)
    studio = controller.background.studio
    assert studio
    process = studio.writer_process if engine == "writer" else studio.painter_process
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)  # so that the kill surely comes in the middle of the turn
    say(qtbot, window, "a blue boat by the sea")
    deadline = time.monotonic() + 30
    while not process._lock.locked() and time.monotonic() < deadline:
        qtbot.wait(5)
    os.kill(process.pid, signal.SIGKILL)
    wait_until_done(qtbot, window)
    (trouble,) = window.timeline.findChildren(ErrorCard)
    request = controller._request
    qtbot.mouseClick(trouble.retry, Qt.MouseButton.LeftButton)
    wait_until_done(qtbot, window)
    assert len(pictures(window)) == 2
    last = pictures(window)[-1].version
    assert last
    assert request
    assert last.recipe.seed == request.fresh_seed


def test_stop_leaves_what_was_shown_labelled_as_unfinished(qtbot: QtBot, opened: Opener) -> None:
    window, controller = opened()
    say(qtbot, window, "a red ball in a meadow")
    qtbot.waitUntil(
        lambda: any(card.view.has_picture for card in window.timeline.findChildren(PictureCard)), timeout=PATIENCE_MS
    )
    controller.stop()
    wait_until_done(qtbot, window)
    card = window.timeline.findChildren(PictureCard)[-1]
    assert card.version is None
    assert "unfinished" in card.progress.text()


def test_text_from_people_is_never_markup(qtbot: QtBot, opened: Opener) -> None:
    window, _ = opened()
    window.show_person("<b>bold</b> <img src=x>", True)
    labels = window.timeline.findChildren(PersonCard)[0].findChildren(
        type(window.timeline.findChildren(PersonCard)[0].children()[0])
    )
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels if hasattr(label, "textFormat"))


def test_shift_enter_makes_a_line_and_empty_messages_are_not_sent(qtbot: QtBot, opened: Opener) -> None:
    window, _ = opened()
    said: list[str] = []
    window.said.connect(lambda text, rule: said.append(text))
    qtbot.keyClick(window.composer.box, Qt.Key.Key_Return)
    qtbot.keyClicks(window.composer.box, "a")
    qtbot.keyClick(window.composer.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert said == []
    assert window.composer.box.toPlainText() == "a\n"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_button_has_a_name_in_both_themes(qtbot: QtBot, opened: Opener, qapp: object, theme: str) -> None:
    apply_theme(qapp, theme)  # type: ignore[arg-type]
    window, _ = opened()
    assert all(
        button.text() or button.accessibleName() for button in window.findChildren(QPushButton) if button.isVisible()
    )
