"""Sharing recipes in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from sfumato.image_file import read_recipe
from tests.desktop.played import App
from tests.fakes import decision


def drop(app: App, file: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    app.window.dropEvent(QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, mime, left, none))
    app.wait(lambda: app.window.composer.chip.isVisible() and not app.window.composer.chip.is_reading)


@pytest.fixture
def shared(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recipe of a picture, saved through the picture's menu under a name without an ending."""
    app.say("a fox", decision("draw", patch={"set": {"subject": "a fox", "lighting": "night"}}, seed=4711))
    chosen: Callable[..., tuple[str, str]] = lambda *_: (str(tmp_path / "for Zoë"), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    app.choose(1, "Share recipe…")
    app.wait(lambda: "for Zoë.sfumato" in app.toast())
    return tmp_path / "for Zoë.sfumato"


def test_a_shared_recipe_is_dropped_sent_with_enter_and_the_same_picture_comes(app: App, shared: Path) -> None:
    assert read_recipe(shared).seed == 4711
    drop(app, shared)
    box, chip = app.window.composer.box, app.window.composer.chip
    assert box.toPlainText() == "a fox, night"
    assert chip.recipe.isChecked()
    assert "64 × 64 pixels, 4 steps, seed 4711, model fake-painter" in chip.told.text()
    app.qtbot.keyClick(box, Qt.Key.Key_Return)
    app.wait(lambda: len(app.cards()) == 2)
    app.wait_until_done()
    first, second = app.studio.painter.painted
    assert first == second
    assert len(app.studio.writer.asked) == 1
    labels = [label.text() for label in app.window.timeline.findChildren(type(chip.told))]
    assert any("Identical to the picture" in text for text in labels)


def test_not_using_it_brings_back_what_was_written(app: App, shared: Path) -> None:
    app.window.composer.box.setPlainText("my words")
    drop(app, shared)
    app.window.composer.chip.remove.click()
    assert app.window.composer.box.toPlainText() == "my words"
    drop(app, shared)
    app.window.composer.chip.recipe.click()
    app.window.composer.box.clear()
    app.say("a boat", decision("draw", patch={"set": {"subject": "a boat"}}))
    assert app.studio.painter.painted[-1].prompt.subject == "a boat"


def test_a_damaged_recipe_is_told_beside_the_message(app: App, tmp_path: Path) -> None:
    (tmp_path / "<b>x.sfumato").write_bytes(b'{"format": 1, "recipe": {}}')
    app.window.composer.box.setPlainText("my words")
    drop(app, tmp_path / "<b>x.sfumato")
    assert app.window.composer.chip.trouble.text() == "This recipe is damaged."
    assert app.window.composer.box.toPlainText() == "my words"
