"""The window on scripted engines, for what is done with a prompt card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from sfumato.answers import Answer
from sfumato.paths import Paths
from sfumato.request import Engines
from sfumato_desktop.controller import Controller
from sfumato_desktop.field_row import FieldEditor
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.prompt_card import PromptCard
from sfumato_desktop.window import Window
from tests.desktop.played import fake_process
from tests.fakes import SPEC, FakePainter, FakeWriter, decision

BALL = decision(
    "draw",
    reply="A red ball.",
    patch={"set": {"subject": "a red ball", "lighting": "golden hour"}, "add_negative": ["people"]},
)
NIGHT = decision(
    "refine", seed="keep", reply="At night.", patch={"set": {"lighting": "night"}, "add_negative": ["birds"]}
)


@dataclass
class Scene:
    """A window on scripted engines."""

    qtbot: QtBot
    paths: Paths
    writer: FakeWriter = field(default_factory=lambda: FakeWriter([]))
    painter: FakePainter = field(default_factory=FakePainter)
    window: Window = field(default_factory=Window)

    def open(self) -> None:
        self.window = Window()
        self.qtbot.addWidget(self.window)
        self.window.show()
        self.controller = Controller(self.window, self.paths, self.window)
        self.controller.start()
        self.until(lambda: self.controller.background.studio is not None)

    def studio(self) -> object:
        engines = Engines(self.writer, self.painter, SPEC, lambda question: Answer(""))
        return SimpleNamespace(
            engines=engines, warm_up=lambda cancel: None, close=lambda: None, painter_process=fake_process()
        )

    def say(self, text: str, *answers: object) -> None:
        self.writer.answers += answers  # type: ignore[arg-type]
        self.window.composer.box.setPlainText(text)
        self.window.composer.send()
        self.wait()

    def wait(self) -> None:
        self.until(lambda: self.window.composer.button.text() == "Send")

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=30_000)

    @property
    def cards(self) -> list[PromptCard]:
        return [card for card in self.window.timeline.findChildren(PromptCard) if not is_hidden(card)]

    @property
    def pictures(self) -> list[PictureCard]:
        return [card for card in self.window.timeline.findChildren(PictureCard) if card.version]

    def editor(self, name: str) -> FieldEditor:
        """Open a field of the latest card as a person does by key."""
        value = self.cards[-1].row(name).value
        value.setFocus()
        self.qtbot.keyClick(value, Qt.Key.Key_Return)
        editor = self.cards[-1].row(name).editor
        assert editor
        return editor

    def type(self, name: str, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        editor = self.editor(name)
        editor.selectAll()
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, key)
        self.wait()

    def undo(self, card: PromptCard, name: str) -> None:
        self.until(lambda: undo_of(card, name).height() > 9)  # it gets its place a moment later
        self.qtbot.mouseClick(undo_of(card, name), Qt.MouseButton.LeftButton)


def texts(card: PromptCard) -> list[str]:
    return [label.text() for label in card.labels() if not is_hidden(label)]


def reviewed(scene: Scene) -> PromptCard:
    scene.qtbot.mouseClick(scene.window.composer.review, Qt.MouseButton.LeftButton)
    scene.say("a red ball", BALL)
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    return scene.cards[-1]


def undo_of(card: PromptCard, name: str) -> QToolButton:
    """The newest one: those that it took the place of may not be gone yet."""
    return [b for b in card.findChildren(QToolButton) if b.accessibleName() == f"Undo the change of {name}"][-1]


def is_hidden(widget: QWidget) -> bool:
    """Hidden by our code; a layout shows what is new a moment later."""
    return widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
