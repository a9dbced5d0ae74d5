"""Attaching, dropping and pasting a picture in the window; the engines are stand-ins, the library is real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from sfumato.errors import EngineDied
from sfumato.model_catalog import Catalogue
from sfumato.paths import Paths
from sfumato.recipe import Route
from sfumato.request import Engines
from sfumato.seeds import exactly
from sfumato_desktop import background as background_module
from sfumato_desktop.attachment_chip import AttachedCard
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.controller import Controller
from sfumato_desktop.person_card import PersonCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.prompt_card import PromptCard
from sfumato_desktop.studio import Studio
from sfumato_desktop.window import Window
from tests.fakes import SPEC, FakePainter, FakeWriter, decision

A1111 = "a (shiny:1.3) fox in the snow <lora:ink:0.8>\nNegative prompt: people, text\nSteps: 20, Sampler: Euler, Seed: 4711, Size: 64x64"


class FakeProcess:
    def call(self, *_: object, **__: object) -> None:
        return None

    def close(self) -> None:
        return None


class Stage:
    """A window on stand-in engines."""

    def __init__(self, qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.paths = qtbot, paths
        self.writer, self.painter = FakeWriter([]), FakePainter()
        engines = Engines(self.writer, self.painter, SPEC, lambda topic, question: "page")
        process: Any = FakeProcess()
        guide: Any = None
        studio = Studio(Catalogue(models=()), (), engines, process, process, guide)
        monkeypatch.setattr(background_module, "open_studio", lambda paths: studio)
        self.windows: list[Window] = []
        self.open()

    def open(self) -> Window:
        self.window = Window()
        self.qtbot.addWidget(self.window)
        self.window.show()
        Controller(self.window, self.paths, self.window).start()
        self.windows.append(self.window)
        return self.window

    @property
    def chip(self) -> Any:
        return self.window.composer.chip

    def drop(self, mime: QMimeData) -> bool:
        """Drop on the window as a pointer does; True if it was let in."""
        at, action, left = QPointF(400, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(at, action, mime, left, none)
        enter.setAccepted(False)
        self.window.dragEnterEvent(enter)
        if enter.isAccepted():
            self.window.dropEvent(QDropEvent(at, action, mime, left, none))
        return enter.isAccepted()

    def drop_file(self, *files: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        assert self.drop(mime)
        self.wait_read()

    def wait_read(self) -> None:
        self.qtbot.waitUntil(lambda: self.chip.isVisible() and not self.chip.is_reading, timeout=10_000)

    def say(self, text: str, *answers: object) -> None:
        self.writer.answers.extend(answers)  # type: ignore[arg-type]
        self.qtbot.keyClicks(self.window.composer.box, text)
        self.qtbot.keyClick(self.window.composer.box, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.window.composer.button.text() == "Send", timeout=10_000)


@pytest.fixture
def stage(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    made = Stage(qtbot, paths, monkeypatch)
    yield made
    for window in made.windows:
        window.close()
    QGuiApplication.clipboard().clear()  # what is left in it would outlive the application


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.new("RGB", (90, 60), "teal").save(tmp_path / "photo.jpg")
    return tmp_path / "photo.jpg"


@pytest.fixture
def fox(tmp_path: Path) -> Path:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", A1111)
    Image.new("RGB", (64, 64), "orange").save(tmp_path / "fox.png", pnginfo=texts)
    return tmp_path / "fox.png"


def test_a_dropped_picture_is_painted_over_and_stands_in_the_message_also_after_a_restart(
    stage: Stage, photo: Path
) -> None:
    stage.drop_file(photo)
    assert stage.chip.name.accessibleName() == "photo.jpg"
    assert not stage.chip.trouble.isVisible()
    assert "90 × 60" in stage.chip.told.text()
    assert not stage.chip.recipe.isVisible()
    stage.say("make it a watercolour", decision("refine", patch={"set": {"style": "watercolour"}}))
    assert not stage.chip.isVisible()
    assert stage.painter.painted[0].route is Route.IMAGE_TO_IMAGE
    (card,) = stage.window.timeline.findChildren(AttachedCard)
    assert card.caption.text() == "photo.jpg"
    told = " ".join(label.text() for label in stage.window.timeline.findChildren(PromptCard)[0].labels())
    assert "photo.jpg was scaled and cropped" in told
    stage.window.close()
    again = stage.open()
    stage.qtbot.waitUntil(lambda: len(again.timeline.findChildren(AttachedCard)) == 1, timeout=10_000)
    (card,) = again.timeline.findChildren(AttachedCard)
    assert card.caption.text() == "photo.jpg"
    assert not card.thumbnail.isHidden()
    assert len(again.timeline.findChildren(PersonCard)) == 1
    assert len(again.timeline.findChildren(PictureCard)) == 1


def test_its_prompt_and_seed_are_offered_shown_and_used_as_they_are(stage: Stage, fox: Path) -> None:
    stage.drop_file(fox)
    assert stage.chip.recipe.text() == "Use its prompt and seed"
    assert "AUTOMATIC1111" in stage.chip.told.text()
    assert "Emphasis weights were dropped." in stage.chip.told.text()
    assert "LoRA: ink (0.8)" in stage.chip.told.text().splitlines()
    stage.qtbot.mouseClick(stage.chip.recipe, Qt.MouseButton.LeftButton)
    assert stage.window.composer.box.toPlainText() == "a shiny fox in the snow"
    assert "4711" in stage.window.composer.seed.text()
    stage.say("")
    (recipe,) = stage.painter.painted
    assert (recipe.prompt.subject, recipe.prompt.negative) == ("a shiny fox in the snow", ("people", "text"))
    assert (recipe.seed, recipe.route) == (4711, Route.TEXT_TO_IMAGE)
    assert not stage.writer.asked


def test_taking_the_offer_back_brings_back_what_was_written(stage: Stage, fox: Path) -> None:
    stage.window.composer.box.setPlainText("my words")
    stage.drop_file(fox)
    stage.chip.recipe.click()
    assert stage.window.composer._rule == exactly(4711)
    stage.qtbot.mouseClick(stage.chip.remove, Qt.MouseButton.LeftButton)
    assert stage.window.composer.box.toPlainText() == "my words"
    assert stage.window.composer._rule is None
    assert not stage.chip.isVisible()
    stage.say("", decision("draw", patch={"set": {"subject": "x"}}))
    assert stage.painter.painted[0].route is Route.TEXT_TO_IMAGE
    assert not stage.window.timeline.findChildren(AttachedCard)


def test_a_picture_is_pasted_from_the_clipboard(stage: Stage) -> None:
    image = QImage(40, 30, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    stage.qtbot.keySequence(stage.window.composer.button, QKeySequence(QKeySequence.StandardKey.Paste))
    stage.wait_read()
    assert stage.chip.attached.pixels.bgrx[:4] == bytes((0, 0, 255, 255))
    assert stage.chip.attached.size == (40, 30)


def test_text_is_pasted_as_text_even_where_a_picture_comes_along(stage: Stage) -> None:
    mime = QMimeData()
    mime.setText("a red ball")
    mime.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    QGuiApplication.clipboard().setMimeData(mime)
    stage.qtbot.keySequence(stage.window.composer.box, QKeySequence(QKeySequence.StandardKey.Paste))
    assert stage.window.composer.box.toPlainText() == "a red ball"
    assert not stage.chip.isVisible()


def test_the_attach_button_has_a_key_and_a_name(stage: Stage, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: Callable[..., tuple[str, str]] = lambda *_: (str(photo), "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    button = stage.window.composer.attach
    assert button.accessibleName()
    assert button.shortcut() == QKeySequence(QKeySequence.StandardKey.Open)
    button.click()
    stage.wait_read()
    assert stage.chip.attached.name == "photo.jpg"


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"<svg onload=alert(1)/>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_said_in_one_line_and_the_words_stay(stage: Stage, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "<b>x.png"
    file.write_bytes(data)
    stage.window.composer.box.setPlainText("my words")
    stage.drop_file(file)
    assert "not a picture" in stage.chip.trouble.text()
    assert stage.chip.trouble.textFormat() == Qt.TextFormat.PlainText
    assert stage.chip.attached is None
    assert stage.window.composer.box.toPlainText() == "my words"
    stage.say("", decision("draw", patch={"set": {"subject": "x"}}))
    assert stage.painter.painted[0].route is Route.TEXT_TO_IMAGE
    assert not stage.chip.isVisible()


def test_an_address_of_the_web_is_refused_and_not_fetched(stage: Stage) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/x.png")])
    assert stage.drop(mime)
    stage.wait_read()
    assert "no addresses" in stage.chip.trouble.text()


def test_the_window_does_not_wait_for_pillow() -> None:
    script = "import sys, sfumato_desktop.window; sys.exit(bool({'PIL', 'pydantic'} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)


def test_other_drops_are_not_let_in(stage: Stage) -> None:
    mime = QMimeData()
    mime.setData("application/x-nothing", b"x")
    assert not stage.drop(mime)


def test_the_last_of_two_pictures_is_the_one_attached(stage: Stage, photo: Path, fox: Path) -> None:
    for file in (photo, fox):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file))])
        stage.drop(mime)
    stage.qtbot.waitUntil(lambda: stage.chip.attached is not None, timeout=10_000)
    assert stage.chip.attached.name == "fox.png"


def test_a_message_waits_for_the_picture_that_goes_with_it(stage: Stage, photo: Path) -> None:
    stage.window.composer.box.setPlainText("make it night")
    stage.window.composer.chip.show_reading("photo.jpg")
    assert not stage.window.composer.button.isEnabled()
    stage.writer.answers.append(decision("refine", patch={"set": {"lighting": "night"}}))
    stage.window.composer.send()
    assert stage.window.composer.box.toPlainText() == "make it night"  # not without the picture
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo))])
    assert stage.drop(mime)
    stage.qtbot.waitUntil(lambda: len(stage.painter.painted) == 1, timeout=10_000)
    stage.qtbot.waitUntil(lambda: stage.window.composer.button.text() == "Send", timeout=10_000)
    assert stage.window.composer.box.toPlainText() == ""
    card = next(card for card in stage.window.timeline.findChildren(PictureCard) if card.version)
    assert card.version
    assert card.version.parent == 1  # the attached one


def test_a_retry_does_not_attach_twice(stage: Stage, photo: Path) -> None:
    stage.drop_file(photo)
    stage.painter.fails = [EngineDied("The painter stopped.", "Try again.")]
    night = decision("refine", patch={"set": {"lighting": "night"}})
    stage.say("at night", night)
    stage.writer.answers.append(night)
    (trouble,) = stage.window.timeline.findChildren(ErrorCard)
    trouble.retry.click()
    stage.qtbot.waitUntil(lambda: len(stage.painter.painted) == 2, timeout=10_000)
    stage.qtbot.waitUntil(lambda: stage.window.composer.button.text() == "Send", timeout=10_000)
    first, second = stage.painter.painted
    assert first == second
    card = next(card for card in stage.window.timeline.findChildren(PictureCard) if card.version)
    assert card.version
    assert (card.version.number, card.version.parent) == (2, 1)
