"""Models that people have, dropped on the window or found on the disk: added where they stand, and told."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PySide6.QtCore import QMimeData, QPointF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from sfumato.engine import CancelToken
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato.settings import Settings, load_settings, save_settings
from sfumato_desktop.background import Background
from sfumato_desktop.cli import main
from sfumato_desktop.controller import Controller
from sfumato_desktop.errands import Errands
from sfumato_desktop.found_dialog import FoundDialog
from sfumato_desktop.hub_control import HubControl
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.window import Window
from sfumato_models.download_messages import Network
from tests.models.hub import LoopbackHub
from tests.models.test_local_files import gguf
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import passed_around, save_gguf

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


class Gate:
    """Holds long work at every piece while it is not `opened`; `begun` counts how often there was some since `close`."""

    def __init__(self) -> None:
        self.begun = 0
        self.opened = threading.Event()
        self.opened.set()

    def close(self) -> None:
        self.begun = 0
        self.opened.clear()

    def steps(self, total: int, show: object, cancel: CancelToken) -> Callable[[int], None]:
        """As `Errands.steps`."""
        self.begun += 1

        def wait(_: int) -> None:
            self.opened.wait(30)
            cancel.raise_if_cancelled()

        return wait


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    held = Gate()
    monkeypatch.setattr(Errands, "steps", lambda self, *given: held.steps(*given))
    yield held
    held.opened.set()


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


def test_a_found_model_is_copied_on_request_and_one_in_place_later(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_desktop.adding.usual_folders", lambda: (disk,))
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    page.look.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(FoundDialog)), timeout=PATIENCE_MS)
    dialog = page.findChildren(FoundDialog)[0]
    qtbot.waitUntil(lambda: bool(dialog.buttons), timeout=PATIENCE_MS)
    assert not dialog.copies.isChecked()
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
        dialog.copies.setChecked(True)
        dialog.buttons[disk / "small-z"].click()
        qtbot.waitUntil(lambda: "not enough room for a copy" in page.note.text(), timeout=PATIENCE_MS)
    assert dialog.buttons[disk / "small-z"].text() == "Add"
    assert added(paths) == set()
    dialog.buttons[disk / "small-z"].click()
    qtbot.waitUntil(lambda: dialog.buttons[disk / "small-z"].text() == "Added", timeout=PATIENCE_MS)
    assert (paths.own_models / "own-small-z" / "small-z" / "model_index.json").exists()
    assert "as a copy in Sfumato's folder" in page.told.text()

    drop(page, disk / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    assert page.cards["own-small-z"].buttons["copy"].isHidden()
    page.cards["own-chat"].buttons["copy"].click()
    copy = paths.own_models / "own-chat" / "chat.gguf"
    qtbot.waitUntil(lambda: page.cards["own-chat"].row.is_copied, timeout=PATIENCE_MS)
    assert copy.read_bytes() == (disk / "chat.gguf").read_bytes()
    assert str(copy) in (paths.own_entries / "own-chat.toml").read_text()
    asked: list[str] = []

    def agree(page: ModelsPage, spec: ModelSpec, size: str, needed_by: object) -> bool:
        asked.append(spec.id)
        return True

    monkeypatch.setattr(ModelsPage, "ask_removal", agree)
    page.cards["own-chat"].buttons["remove"].click()
    qtbot.waitUntil(lambda: "own-chat" not in page.cards, timeout=PATIENCE_MS)
    assert asked == ["own-chat"]
    assert not copy.exists()
    assert (disk / "chat.gguf").exists()


def test_a_model_in_its_place_is_verified_by_every_byte_and_that_can_be_cancelled(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, gate: Gate
) -> None:
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    drop(page, disk / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    qtbot.waitUntil(paths.hash_book.exists, timeout=PATIENCE_MS)  # read once in the background
    page.cards["own-chat"].buttons["verify"].click()
    qtbot.waitUntil(lambda: "as it should be" in page.cards["own-chat"].progress.text(), timeout=PATIENCE_MS)
    data = (disk / "chat.gguf").read_bytes()
    (disk / "chat.gguf").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    page.cards["own-chat"].buttons["verify"].click()
    qtbot.waitUntil(lambda: "Damaged: chat.gguf. Put the" in page.cards["own-chat"].trouble.text(), timeout=PATIENCE_MS)
    assert page.cards["own-chat"].buttons["repair"].isHidden()
    (disk / "chat.gguf").write_bytes(data)

    gate.close()
    page.cards["own-chat"].buttons["verify"].click()
    page.cards["own-chat"].buttons["verify"].click()  # once more before it has begun
    qtbot.waitUntil(lambda: gate.begun == 1, timeout=PATIENCE_MS)
    assert page.cards["own-chat"].buttons["verify"].isHidden()
    page.cards["own-chat"].buttons["cancel"].click()
    gate.opened.set()
    qtbot.waitUntil(lambda: not page.cards["own-chat"].buttons["verify"].isHidden(), timeout=PATIENCE_MS)
    assert page.cards["own-chat"].buttons["cancel"].isHidden()
    assert "should be" not in page.cards["own-chat"].progress.text()
    assert gate.begun == 1


def test_a_model_that_is_gone_is_shown_with_its_place_and_can_be_forgotten(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    drop(page, disk / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    (disk / "chat.gguf").rename(disk / "elsewhere")
    page.cards["own-chat"].buttons["verify"].click()
    qtbot.waitUntil(lambda: "“chat” is gone" in page.note.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.cards["own-chat"].row.is_gone, timeout=PATIENCE_MS)
    card = page.cards["own-chat"]
    assert f"{disk / 'chat.gguf'} is not there" in card.reason.text()
    assert [name for name, button in card.buttons.items() if not button.isHidden()] == ["forget"]
    assert main(["models", "list"]) == 0
    assert f"is gone: {disk / 'chat.gguf'} is not there" in capsys.readouterr().out
    (disk / "elsewhere").rename(disk / "chat.gguf")
    page.hide()
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.cards["own-chat"].row.is_here, timeout=PATIENCE_MS)


def test_a_copy_can_be_begun_again_when_the_stick_is_back(
    qtbot: QtBot, window: Window, disk: Path, tmp_path: Path, paths: Paths
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(disk / "chat.gguf", stick)
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    drop(page, stick / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    qtbot.waitUntil(paths.hash_book.exists, timeout=PATIENCE_MS)
    stick.rename(tmp_path / "unplugged")
    page.cards["own-chat"].buttons["copy"].click()
    qtbot.waitUntil(lambda: "See whether its disk is there." in page.note.text(), timeout=PATIENCE_MS)
    assert str(stick / "chat.gguf") in page.note.text()
    (tmp_path / "unplugged").rename(stick)
    page.hide()
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: "own-chat" in page.cards and not page.cards["own-chat"].buttons["copy"].isHidden(), timeout=PATIENCE_MS
    )
    page.cards["own-chat"].buttons["copy"].click()
    copy = paths.own_models / "own-chat" / "chat.gguf"
    qtbot.waitUntil(lambda: page.cards["own-chat"].row.spec.path == str(copy), timeout=PATIENCE_MS)


def test_models_are_looked_for_where_the_last_file_was_and_that_is_remembered(
    qtbot: QtBot, window: Window, disk: Path, tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def choose_file(parent: object, title: str, begin: str, kinds: str) -> tuple[str, str]:
        begun.append(begin)
        return str(disk / "chat.gguf"), ""

    def choose_folder(parent: object, title: str, begin: str) -> str:
        begun.append(begin)
        return str(tmp_path)

    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose_folder)
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    page.add_file.click()
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    qtbot.waitUntil(paths.hash_book.exists, timeout=PATIENCE_MS)
    page.look.click()
    found = page.findChild(FoundDialog)
    assert found
    qtbot.waitUntil(found.other.isEnabled, timeout=PATIENCE_MS)
    found.other.click()
    assert begun == [str(tmp_path), str(disk)]
    qtbot.waitUntil(
        lambda: load_settings(paths.settings_file).settings.last_folder == str(tmp_path), timeout=PATIENCE_MS
    )
    qtbot.waitUntil(found.other.isEnabled, timeout=PATIENCE_MS)


@pytest.mark.parametrize("pressed", ["forget", "cancel"])
def test_a_copy_is_given_up_without_a_trace(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, gate: Gate, pressed: str
) -> None:
    gate.close()
    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    page = window.findChild(ModelsPage)
    assert page
    drop(page, disk / "chat.gguf")
    qtbot.waitUntil(lambda: "own-chat" in page.cards, timeout=PATIENCE_MS)
    page.cards["own-chat"].buttons["copy"].click()
    qtbot.waitUntil(lambda: gate.begun == 1, timeout=PATIENCE_MS)
    page.cards["own-chat"].buttons[pressed].click()
    if pressed == "forget":
        qtbot.waitUntil(lambda: "own-chat" not in page.cards, timeout=PATIENCE_MS)
    gate.opened.set()
    qtbot.waitUntil(lambda: not any(paths.own_models.iterdir()), timeout=PATIENCE_MS)
    assert added(paths) == ({"own-chat"} if pressed == "cancel" else set())
    if pressed == "cancel":
        qtbot.waitUntil(lambda: not page.cards["own-chat"].buttons["copy"].isHidden(), timeout=PATIENCE_MS)
        assert page.cards["own-chat"].row.spec.path == str(disk / "chat.gguf")


def test_a_lone_transformer_gets_just_its_other_parts(
    qtbot: QtBot, window: Window, disk: Path, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save_gguf(passed_around("ZImagePipeline", disk / "small-z"), tmp_path / "my-z.gguf")
    with LoopbackHub() as hub:
        hub.add_folder("someone/small-z", disk / "small-z")
        save_settings(paths.settings_file, Settings(hub_address=hub.address))
        monkeypatch.setattr(HubControl, "network", lambda self: Network(hub.address))
        assert main(["models", "add", "someone/small-z"]) == 0
        drop(window, file)
        qtbot.waitUntil(lambda: "“my-z” is among your models, and lacks" in toast(window), timeout=PATIENCE_MS)
        next(button for button in window._toast.findChildren(QPushButton) if button.isVisible()).click()
        page = window.findChild(ModelsPage)
        assert page
        qtbot.waitUntil(lambda: "own-my-z" in page.cards, timeout=PATIENCE_MS)
        card = page.cards["own-my-z"]
        assert "Lacks a Qwen3 text encoder of width 16 and the autoencoder of FLUX.1 and Z-Image" in card.reason.text()
        assert "from someone/small-z, licence apache-2.0" in card.reason.text()
        assert card.buttons["use"].isHidden()
        assert "someone--small-z-parts" not in page.cards  # one button is enough
        qtbot.waitUntil(lambda: page.focusWidget() is page.cards["own-my-z"].buttons["parts"], timeout=PATIENCE_MS)
        qtbot.keyClick(page.cards["own-my-z"].buttons["parts"], Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not page.cards["own-my-z"].buttons["use"].isHidden(), timeout=PATIENCE_MS)
        assert not [seen for seen in hub.seen if "/transformer/diffusion" in seen.path]
    parts = page.cards["someone--small-z-parts"]
    assert parts.reason.text() == "“my-z” cannot paint without them."
    assert parts.buttons["use"].isHidden()
    assert not parts.buttons["verify"].isHidden()
