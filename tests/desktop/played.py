"""The window with a conversation that is played on fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sfumato.answers import Answer
from sfumato.decision import Decision
from sfumato.engine import CancelToken
from sfumato.request import Compose, Engines
from sfumato_desktop.controller import Controller
from sfumato_desktop.person_card import PersonCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.window import Window
from tests.fakes import SPEC, FakePainter, FakeWriter, decision

BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "noon"}})
SNOW = decision("refine", seed="keep", patch={"set": {"setting": "in the snow"}})
NIGHT = decision("refine", seed="keep", patch={"set": {"lighting": "night"}})


def fake_process() -> SimpleNamespace:
    """What is asked of an engine's process beside its own work; it loaded nothing."""
    return SimpleNamespace(
        notice=None, spec=SimpleNamespace(model=None, libraries=None), is_loaded=False,
        let_go=lambda wait_s: True, make_room=lambda: None,
    )  # fmt: skip


@dataclass
class FakeStudio:
    """Engines that answer at once."""

    writer: FakeWriter = field(default_factory=lambda: FakeWriter([]))
    painter: FakePainter = field(default_factory=FakePainter)
    compose: Compose | None = None
    painter_process: SimpleNamespace = field(default_factory=fake_process)
    writer_process: SimpleNamespace = field(default_factory=fake_process)
    graphics_gib: float | None = None

    @property
    def engines(self) -> Engines:
        return Engines(self.writer, self.painter, SPEC, lambda question: Answer("page"), compose=self.compose)

    def warm_up(self, cancel: CancelToken) -> None: ...

    def close(self) -> None: ...


@dataclass
class App:
    """The window with a conversation that is played on fakes."""

    qtbot: QtBot
    window: Window
    controller: Controller
    studio: FakeStudio

    def wait(self, until: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(until()), timeout=10_000)

    def say(self, text: str, answer: Decision) -> None:
        self.studio.writer.answers.append(answer)
        self.qtbot.keyClicks(self.window.composer.box, text)
        self.qtbot.keyClick(self.window.composer.box, Qt.Key.Key_Return)
        self.wait_until_done()

    def wait_until_done(self) -> None:
        self.wait(lambda: not self.controller.is_busy and self.window.composer.button.text() == "Send")

    def cards(self) -> list[PictureCard]:
        return [card for card in self.window.timeline.findChildren(PictureCard) if card.version]

    def card(self, number: int) -> PictureCard:
        return next(card for card in self.cards() if card.version and card.version.number == number)

    def current(self) -> int | None:
        return self.controller.shown.current if self.controller.shown else None

    def choose(self, number: int, text: str) -> None:
        next(action for action in self.card(number).menu.actions() if action.text() == text).trigger()

    def toast(self) -> str:
        return self.window._toast._label.text()

    def parents(self) -> list[int | None]:
        return [version.parent for version in self.controller.shown.versions] if self.controller.shown else []


def person(app: App, text: str) -> PersonCard:
    """The card of what the person said in these words."""
    return next(card for card in app.window.timeline.findChildren(PersonCard) if card.text == text)
