"""Pictures and conversations deleted, restored, emptied out of the bin, saved, copied and exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton

from sfumato.export import PAGE
from sfumato.image_file import read_recipe
from sfumato.library_bin import Binned
from sfumato.paths import Paths
from sfumato.settings import load_settings
from tests.desktop.played import App
from tests.fakes import decision

BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "noon"}})


def test_a_deleted_picture_leaves_a_line_and_its_way_back(three: App) -> None:
    three.choose(1, "Delete picture")
    three.wait(lambda: not three.card(1).view.isVisible())
    assert not three.window.versions.strip.nodes[1].isEnabled()
    assert "deleted" in three.window.versions.strip.nodes[1].accessibleName()
    assert three.parents() == [None, 1, 1]
    assert "bin" in three.toast()
    restore = next(button for button in three.card(1).findChildren(QPushButton) if button.text() == "Restore")
    restore.click()
    three.wait(lambda: three.card(1).view.isVisible())
    assert three.window.versions.strip.nodes[1].isEnabled()


def test_deleting_the_current_picture_and_undoing_it(three: App) -> None:
    three.choose(3, "Delete picture")
    three.wait(lambda: three.current() == 1)
    three.window._toast._button.click()
    three.wait(lambda: three.current() == 3)
    assert three.card(3).view.isVisible()


def test_the_bin_shows_restores_and_is_emptied(three: App, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    assert three.controller.shown
    shown = three.controller.shown.id
    three.choose(2, "Delete picture")
    three.wait(lambda: not three.card(2).view.isVisible())
    three.window.conversations.bin.click()
    dialog = three.window.versions.bin
    three.wait(lambda: dialog.items.count() == 1)
    assert "Picture 2 of “a red ball”" in dialog.items.item(0).text()
    dialog.restore.click()
    three.wait(lambda: dialog.items.count() == 0 and three.card(2).view.isVisible())
    assert not dialog.empty.isEnabled()
    three.choose(2, "Delete picture")
    three.wait(lambda: not three.card(2).view.isVisible())
    three.window.conversations.bin.click()
    three.wait(lambda: dialog.items.count() == 1)
    monkeypatch.setattr(dialog, "_ask", dialog.empty_wanted.emit)
    dialog.empty_wanted.emit()
    three.wait(lambda: dialog.items.count() == 0)
    assert len(list(paths.pictures.rglob("*.png"))) == 2
    assert three.controller.shown.id == shown
    three.wait(lambda: not any(button.isVisible() for button in three.card(2).findChildren(QPushButton)))


def test_a_deleted_conversation_comes_back_from_the_bin(three: App) -> None:
    assert three.controller.shown
    three.controller.delete(three.controller.shown.id)
    three.wait(lambda: three.window.conversations.items.count() == 0)
    three.window.conversations.bin.click()
    three.wait(lambda: three.window.versions.bin.items.count() == 1)
    assert "3 pictures" in three.window.versions.bin.items.item(0).text()
    three.window.versions.bin.restore.click()
    three.wait(lambda: three.window.conversations.items.count() == 1)


def test_a_picture_is_saved_with_its_recipe_and_copied(
    three: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(three.window.versions, "ask_picture_path", lambda name: tmp_path / name)
    three.choose(2, "Save picture…")
    file = tmp_path / "a red ball 2.png"
    three.wait(file.exists)
    assert read_recipe(file).prompt.lighting == "night"
    three.choose(2, "Copy picture")
    assert not QGuiApplication.clipboard().image().isNull()


def test_a_conversation_is_exported(three: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three.window.versions, "ask_folder", lambda question: tmp_path)
    assert three.controller.shown
    three.window.conversations.export_wanted.emit(three.controller.shown.id)
    three.wait(lambda: "Exported" in three.toast())
    assert "a red ball" in (tmp_path / "a red ball" / PAGE).read_text("utf-8")
    assert json.loads((tmp_path / "a red ball" / "recipes" / "002.json").read_text())["prompt"]["lighting"] == "night"


def test_dialogs_begin_in_the_pictures_and_then_where_the_last_one_was(
    three: App, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, mine = tmp_path / "Pictures", tmp_path / "mine"
    pictures.mkdir()
    mine.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(pictures))
    begun: list[str] = []

    def choose_folder(parent: object, title: str, begin: str) -> str:
        begun.append(begin)
        return str(mine)

    def choose_file(parent: object, title: str, begin: str, kinds: str) -> tuple[str, str]:
        begun.append(begin)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose_folder)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose_file)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose_file)
    assert three.controller.shown
    three.controller.keeping.export(three.controller.shown.id)
    three.choose(1, "Save picture…")
    three.window.composer.attach.click()
    assert begun == [str(pictures), str(mine / "a red ball 1.png"), str(mine)]
    three.wait(lambda: load_settings(paths.settings_file).settings.last_folder == str(mine))
    mine.rename(tmp_path / "gone")
    assert three.window.files.begin() == pictures


def test_one_picture_is_not_spoken_of_as_several(three: App) -> None:
    dialog = three.window.versions.bin
    dialog.show_items([Binned(1, None, "a ball", "2026-01-02", 1), Binned(2, 3, "a boat", "2026-01-02", 1)])
    assert dialog.items.item(0).text() == "“a ball” · 1 picture · 2026-01-02"
    assert dialog._question() == "Remove 2 pictures for good?"
    dialog.show_items([Binned(2, 3, "a boat", "2026-01-02", 1)])
    assert dialog._question() == "Remove 1 picture for good?"
    dialog.show_items([Binned(1, None, "words", "2026-01-02", 0)])
    assert dialog._question() == "Remove what is in the bin for good?"


def test_trouble_with_a_file_is_said(three: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three.window.versions, "ask_folder", lambda question: tmp_path / "not there")
    assert three.controller.shown
    three.controller.keeping.export(three.controller.shown.id)
    three.wait(lambda: "cannot be used" in three.toast())
