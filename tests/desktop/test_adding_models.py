"""Models that people have, dropped on the window or found on the disk: added where they stand, and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from sfumato.paths import Paths
from sfumato.settings import load_settings
from sfumato_desktop.background import Background
from sfumato_desktop.controller import Controller
from sfumato_desktop.found_dialog import FoundDialog
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.window import Window
from tests.models.test_local_files import gguf
from tests.models.tiny_families import tiny_family

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pipeline, a language model, a LoRA, a pickle, and configurations without weights."""
    folder = tmp_path_factory.mktemp("disk")
    tiny_family("ZImagePipeline", folder / "small-z")
    gguf(folder / "chat.gguf", "qwen3")
    save_file({"lora_unet_x.lora_down.weight": torch.zeros(2, 2)}, folder / "ink.safetensors")
    (folder / "old.ckpt").write_bytes(b"never opened")
    (folder / "bare").mkdir()
    (folder / "bare" / "model_index.json").write_text('{"_class_name": "ZImagePipeline", "vae": ["diffusers", "X"]}')
    return folder


@pytest.fixture
def window(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(Background, "_load_engines", lambda self, studio: None)  # nothing is painted here
    window = Window()
    qtbot.addWidget(window)
    window.show()
    controller = Controller(window, paths, window)
    controller.start()
    qtbot.waitUntil(lambda: controller.background.studio is not None, timeout=PATIENCE_MS)
    yield window
    window.close()


def drop(target: Window | ModelsPage, *files: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPointF(20, 20), *how)
    target.dragEnterEvent(enter)
    assert enter.isAccepted()
    target.dropEvent(QDropEvent(QPointF(20, 20), *how))


def toast(window: Window) -> str:
    return window._toast._label.text() if window._toast.isVisible() else ""


def added(paths: Paths) -> set[str]:
    return {file.stem for file in paths.own_entries.glob("*.toml")}


def test_what_is_dropped_on_the_window_is_added_where_it_stands(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths
) -> None:
    drop(window, disk / "small-z")
    qtbot.waitUntil(lambda: "“small-z” is among your models" in toast(window), timeout=PATIENCE_MS)
    assert added(paths) == {"own-small-z"}
    assert str(disk / "small-z") in (paths.own_entries / "own-small-z.toml").read_text()
    assert not (paths.models / "own-small-z").exists()
    use = next(button for button in window._toast.findChildren(QPushButton) if button.isVisible())
    assert use.text() == "Paint with it"
    use.click()
    qtbot.waitUntil(
        lambda: load_settings(paths.settings_file).settings.painter_id == "own-small-z", timeout=PATIENCE_MS
    )
    drop(window, disk / "ink.safetensors")
    qtbot.waitUntil(lambda: "The LoRA “ink.safetensors” is here" in toast(window), timeout=PATIENCE_MS)
    assert (paths.loras / "ink.safetensors").exists()
    window.composer.box.insertFromMimeData(_mime(disk / "chat.gguf"))
    qtbot.waitUntil(lambda: "“chat” is among your models" in toast(window), timeout=PATIENCE_MS)


def _mime(file: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    return mime


def test_one_that_is_refused_is_told_and_costs_the_others_nothing(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths
) -> None:
    drop(window, disk / "old.ckpt", disk / "chat.gguf", disk / "bare")
    qtbot.waitUntil(lambda: bool(toast(window)), timeout=PATIENCE_MS)
    said = toast(window)
    assert "“chat” is among your models" in said
    assert "old.ckpt is a pickle" in said
    assert "bare is not a whole model" in said
    assert added(paths) == {"own-chat"}
    assert window._toast.width() <= window.width()


def test_the_models_page_takes_drops_and_looks_for_models(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_desktop.adding.usual_folders", lambda: (disk,))
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    drop(page, disk / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    assert "“chat”" in page.told.text()
    page.look.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(FoundDialog)), timeout=PATIENCE_MS)
    dialog = page.findChildren(FoundDialog)[0]
    qtbot.waitUntil(lambda: bool(dialog.buttons), timeout=PATIENCE_MS)
    assert {file.name for file in dialog.buttons} == {"small-z", "chat.gguf", "ink.safetensors"}
    assert dialog.buttons[disk / "chat.gguf"].text() == "Added"
    dialog.buttons[disk / "small-z"].click()
    qtbot.waitUntil(lambda: dialog.buttons[disk / "small-z"].text() == "Added", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "own-small-z" in page.cards, timeout=PATIENCE_MS)
    assert added(paths) == {"own-chat", "own-small-z"}
