"""What tests of the models page share: pressing its buttons, reading its cards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from sfumato_desktop.model_card import ModelCard
from sfumato_desktop.models_control import ModelsControl
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.window import Window

PATIENCE_MS = 150_000
ID = "someone--tiny-sd"
Opened = tuple[Window, ModelsPage, ModelsControl]


def press(qtbot: QtBot, page: ModelsPage, model_id: str, name: str) -> None:
    qtbot.waitUntil(lambda: can(page, model_id, name), timeout=PATIENCE_MS)
    page.cards[model_id].buttons[name].click()


def can(page: ModelsPage, model_id: str, name: str) -> bool:
    return model_id in page.cards and not page.cards[model_id].buttons[name].isHidden()


def add(qtbot: QtBot, page: ModelsPage, text: str = "someone/tiny-sd") -> None:
    qtbot.keyClicks(page.new, text)
    qtbot.keyClick(page.new, Qt.Key.Key_Return)


def shown(card: ModelCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if not label.isHidden())


def answer_with(monkeypatch: pytest.MonkeyPatch, text: str) -> list[str]:
    """Answer the next questions by pressing the button that says `text`."""
    asked: list[str] = []

    def press_it(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        next(button for button in box.buttons() if button.text() == text).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press_it)
    return asked
