"""Seeds by hand, the other way by one click, and the meter: the window's controls, and what the controller makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from sfumato.attachment import attach_pixels
from sfumato.conversation import Conversation, HowPart
from sfumato.engine import CancelToken, Pixels
from sfumato.paths import Paths
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Route
from sfumato.request import Engines, TurnRequest
from sfumato.seeds import MAX_SEED, NEW, exactly, locked
from sfumato_desktop import background as background_module
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.composer import Composer
from sfumato_desktop.controller import Controller
from sfumato_desktop.how_card import HowCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.seed_controls import SeedField
from sfumato_desktop.token_meter import TokenLimit, TokenMeter
from sfumato_desktop.unsent import Unsent
from sfumato_desktop.window import Window
from tests.desktop.played import fake_process
from tests.fakes import SPEC, FakePainter, FakeWriter, decision

HOW = HowPart(
    ImagePrompt("a ball"), 2, Route.TEXT_TO_IMAGE, (7,), (64, 64), "Painted again.", "seed 7 kept",
    other_route=Route.IMAGE_TO_IMAGE, other_seed=NEW,
)  # fmt: skip
WORDS = TokenLimit(lambda text: len(text.split()), 10)


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@dataclass
class FakeStudio:
    """The engines of the fakes, as the controller sees a studio."""

    engines: Engines
    painter: FakePainter = field(default_factory=FakePainter)
    painter_process: SimpleNamespace = field(default_factory=fake_process)

    def warm_up(self, cancel: CancelToken) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def opened(qtbot: QtBot, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Window, FakeStudio]]:
    """A window on scripted engines: a ball, the same at night, and whatever is flipped."""
    writer = FakeWriter(
        [
            decision("draw", seed=7, patch={"set": {"subject": "a ball", "lighting": "noon"}}),
            decision("refine", seed="keep", patch={"set": {"lighting": "night"}}),
        ]
    )
    painter = FakePainter()
    studio = FakeStudio(Engines(writer, painter, SPEC, lambda topic, question: ""), painter)
    monkeypatch.setattr(background_module, "open_studio", lambda paths: studio)
    monkeypatch.setattr(background_module, "token_limit", lambda studio: WORDS)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    Controller(window, paths, window).start()
    yield window, studio
    window.close()


def until(qtbot: QtBot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=20_000)


def play(qtbot: QtBot, window: Window, act: Callable[[], object], count: int) -> None:
    """Do something that paints, and wait until so many pictures are shown."""
    act()
    until(qtbot, lambda: len(pictures(window)) == count and window.composer.button.text() == "Send")


def pictures(window: Window) -> list[PictureCard]:
    return [card for card in window.timeline.findChildren(PictureCard) if card.version]


def test_one_click_paints_the_other_way_and_back_as_siblings(qtbot: QtBot, opened: tuple[Window, FakeStudio]) -> None:
    window, _ = opened
    play(qtbot, window, lambda: window.said.emit("a ball", None), 1)
    play(qtbot, window, lambda: window.said.emit("at night", None), 2)
    card = window.timeline.findChildren(HowCard)[-1]
    assert card.route
    assert card.seed
    route, seed = card.route, card.seed
    assert (route.text(), seed.text()) == ("Paint over picture 1 instead", "New seed instead")
    play(qtbot, window, lambda: qtbot.mouseClick(route, Qt.MouseButton.LeftButton), 3)
    play(qtbot, window, lambda: qtbot.mouseClick(seed, Qt.MouseButton.LeftButton), 4)
    versions = [card.version for card in pictures(window) if card.version]
    assert [version.parent for version in versions] == [None, 1, 1, 1]
    assert [version.recipe.route for version in versions[2:]] == [Route.IMAGE_TO_IMAGE, Route.TEXT_TO_IMAGE]
    assert versions[2].recipe.seed == 7
    assert versions[3].recipe.seed != 7
    assert {version.prompt.lighting for version in versions[1:]} == {"night"}


def test_a_seed_typed_on_a_picture_paints_that_with_all_its_bits(
    qtbot: QtBot, opened: tuple[Window, FakeStudio]
) -> None:
    window, studio = opened
    play(qtbot, window, lambda: window.said.emit("a ball", None), 1)
    (card,) = pictures(window)
    field_ = card.seed.field
    field_.setText(str(MAX_SEED))
    play(qtbot, window, lambda: qtbot.keyClick(field_, Qt.Key.Key_Return), 2)
    assert studio.painter.painted[-1].seed == MAX_SEED
    assert studio.painter.painted[-1].prompt == studio.painter.painted[0].prompt
    assert field_.text() == "7"
    qtbot.mouseClick(card.seed.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "7"


def test_how_a_picture_was_painted_is_shown_again_when_the_conversation_is_opened(
    qtbot: QtBot, opened: tuple[Window, FakeStudio]
) -> None:
    window, _ = opened
    play(qtbot, window, lambda: window.said.emit("a ball", None), 1)
    play(qtbot, window, lambda: window.said.emit("at night", None), 2)
    shown = labels(window.timeline.findChildren(HowCard)[-1])
    window.conversations.opened.emit(1)
    until(qtbot, lambda: len(window.timeline.findChildren(HowCard)) == 2 and len(pictures(window)) == 2)
    again = labels(window.timeline.findChildren(HowCard)[-1])
    assert again == shown
    assert any("only the lighting changed" in text for text in again)


def labels(card: QWidget) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel)]


@pytest.mark.parametrize(
    ("part", "route", "seed"),
    [
        (HOW, "Paint over picture 2 instead", "New seed instead"),
        (replace(HOW, other_route=Route.TEXT_TO_IMAGE, other_seed=exactly(MAX_SEED)), "Paint from the seed instead",
         f"Seed {MAX_SEED} instead"),
        (replace(HOW, other_route=None, other_seed=None), None, None),
    ],
)  # fmt: skip
def test_the_card_offers_the_other_way_where_there_is_one(
    holder: QWidget, part: HowPart, route: str | None, seed: str | None
) -> None:
    card = HowCard(part, holder)
    assert (card.route.text() if card.route else None) == route
    assert (card.seed.text() if card.seed else None) == seed
    assert labels(card) == ["Painted again.", "Seed 7 kept."]


def test_the_lock_holds_until_it_is_opened_and_the_die_is_for_one_picture(qtbot: QtBot) -> None:
    composer = Composer(None)  # type: ignore[arg-type]
    qtbot.addWidget(composer)
    said: list[object] = []
    composer.said.connect(lambda text, rule: said.append(rule))

    def send() -> None:
        composer.box.setPlainText("x")
        composer.send()

    assert not composer.lock.isEnabled()
    composer.set_current_seed(11)
    qtbot.mouseClick(composer.lock, Qt.MouseButton.LeftButton)
    send()
    send()
    assert composer.lock.isChecked()
    assert "until the lock is opened" in composer.lock.toolTip()
    qtbot.mouseClick(composer.lock, Qt.MouseButton.LeftButton)
    send()
    qtbot.mouseClick(composer.die, Qt.MouseButton.LeftButton)
    send()
    send()
    assert said == [locked(11), locked(11), None, NEW, None]
    qtbot.mouseClick(composer.die, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(composer.lock, Qt.MouseButton.LeftButton)
    assert (composer.lock.isChecked(), composer.die.isChecked()) == (True, False)
    composer.set_current_seed(99)  # another picture
    assert composer.seed.text() == "Seed: keep 11"
    qtbot.mouseClick(composer.die, Qt.MouseButton.LeftButton)
    send()
    composer.set_current_seed(None)  # an attached picture
    send()
    assert said[-2:] == [NEW, locked(11)]
    assert composer.lock.isEnabled()


def test_a_message_that_waited_does_not_close_a_lock_that_was_opened_since(qtbot: QtBot) -> None:
    composer = Composer(None)  # type: ignore[arg-type]
    qtbot.addWidget(composer)
    composer.set_current_seed(11)
    composer.close_lock()
    composer.open_lock()
    composer.restore(Unsent("at night", locked(11), None, TurnRequest("at night", Conversation(0, ""))))
    assert not composer.lock.isChecked()
    assert composer.seed.text() == "Seed: automatic"


def test_a_closed_lock_keeps_the_seed_through_a_conversation_and_says_where_it_stands_in_the_way(
    qtbot: QtBot, opened: tuple[Window, FakeStudio]
) -> None:
    window, studio = opened
    studio.engines.writer.answers += [  # type: ignore[attr-defined]
        decision("reroll", seed="new"),
        decision("draw", patch={"set": {"subject": "a boat"}}),
        decision("refine", seed=42, patch={"set": {"lighting": "fog"}}),
    ]
    play(qtbot, window, lambda: window.said.emit("a ball", None), 1)
    qtbot.mouseClick(window.composer.lock, Qt.MouseButton.LeftButton)

    def say(text: str, count: int) -> None:
        window.composer.box.setPlainText(text)
        play(qtbot, window, window.composer.send, count)

    say("at night", 2)
    say("another one", 2)
    (trouble,) = window.timeline.findChildren(ErrorCard)
    assert labels(trouble)[0] == "Seed 7 is locked, so the same picture would come again."
    say("a boat", 3)
    say("in fog with seed 42", 4)
    assert [recipe.seed for recipe in studio.painter.painted] == [7, 7, 7, 7]
    notes = [label.text() for label in window.timeline.findChildren(QLabel, "note")]
    assert "Seed 7 is locked, so seed 42 was not used." in notes
    assert window.composer.lock.isChecked()
    studio.engines.writer.answers.append(decision("draw", patch={"set": {"subject": "a red ball"}}))  # type: ignore[attr-defined]
    play(qtbot, window, lambda: window.cards.said_again.emit("a red ball", None), 5)  # the first message, edited
    window.composer.chip.show_attached(attach_pixels("photo.png", Pixels(64, 64, bytes(64 * 64 * 4))))
    studio.engines.writer.answers.append(decision("refine", patch={"set": {"lighting": "night"}}))  # type: ignore[attr-defined]
    say("in the dark", 6)
    assert [recipe.seed for recipe in studio.painter.painted[4:]] == [7, 7]
    window.conversations.new_wanted.emit()
    until(qtbot, lambda: not window.composer.lock.isChecked())


@pytest.mark.parametrize("typed", ["", "a boat", "-1", str(MAX_SEED + 1)])
def test_what_is_no_seed_is_refused_in_one_line_and_paints_nothing(qtbot: QtBot, holder: QWidget, typed: str) -> None:
    box = SeedField(7, "Seed of picture 1", holder)
    chosen: list[object] = []
    box.chosen.connect(chosen.append)
    box.setText(typed)
    with qtbot.waitSignal(box.refused) as refused:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert "\n" not in refused.args[0]
    assert chosen == []


@pytest.mark.parametrize(
    ("words", "pieces", "shown"),
    [
        (0, 1, ""),
        (5, 1, "5 of 10 tokens"),
        (6, 1, "6 of 10 tokens"),
        (11, 1, "11 of 10 tokens: the end is left out"),
        (11, 4, "11 tokens, read in 2 pieces"),
        (41, 4, "41 of 40 tokens: the end is left out"),
    ],
)
def test_the_meter_says_how_much_of_a_text_is_read_once_there_is_one(
    holder: QWidget, words: int, pieces: int, shown: str
) -> None:
    meter = TokenMeter(holder)
    meter.show_text("x " * words)
    assert meter.isHidden()
    meter.set_limit(replace(WORDS, pieces=pieces))
    assert (meter.text() if not meter.isHidden() else "") == shown
