from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from sfumato.answers import Answer, Question
from sfumato.engine import CancelToken
from tests.desktop.played import App
from tests.fakes import decision


def test_an_answer_is_read_while_it_is_written_and_stands_there_once(app: App) -> None:
    seen = threading.Event()

    def compose(question: Question, on_text: Callable[[str], None], cancel: CancelToken) -> Answer:
        on_text("A seed")
        on_text("A seed is <b>a number")
        seen.wait(10)
        return Answer("A seed is <b>a number</b>.\n\nGuide: “Seeds”", "seeds", "Seeds")

    def told() -> list[QLabel]:
        labels = app.window.timeline.findChildren(QLabel)
        return [label for label in labels if label.text().startswith("A seed") and label.isVisible()]

    app.studio.compose = compose
    app.studio.writer.answers.append(decision("answer", topic="seeds"))
    app.qtbot.keyClicks(app.window.composer.box, "what is a seed?")
    app.qtbot.keyClick(app.window.composer.box, Qt.Key.Key_Return)
    app.wait(lambda: [label.text() for label in told()] == ["A seed is <b>a number"])
    seen.set()
    app.wait_until_done()
    (label,) = told()
    assert label.text() == "A seed is <b>a number</b>.\n\nGuide: “Seeds”"
    assert label.textFormat() == Qt.TextFormat.PlainText
