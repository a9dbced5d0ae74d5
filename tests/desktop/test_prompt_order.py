"""The order in which the fields of a prompt are spoken: in sight where it is not the usual one, and changed by hand."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from tests.desktop.scene import BALL, Scene, reviewed, texts
from tests.fakes import decision

LIGHT_FIRST = decision("refine", seed="keep", patch={"order": ["lighting"]})


def chosen(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_an_unusual_order_stays_in_sight_in_later_prompts_and_is_undone_by_itself(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    assert "order" not in texts(scene.cards[-1])
    scene.say("put the lighting first", LIGHT_FIRST)
    assert any(text.startswith("order: as usual → lighting first · 8 fields") for text in texts(scene.cards[-1]))
    scene.say("at night", decision("refine", seed="keep", patch={"set": {"lighting": "night"}}))
    assert scene.cards[-1].order.value.text() == "lighting first"
    assert "lighting first" in texts(scene.cards[-1])
    scene.undo(scene.cards[1], "order")
    scene.wait()
    assert scene.painter.painted[-1].compiled.positive == "a red ball, night"
    assert scene.pictures[-1].version
    assert scene.pictures[-1].version.parent == 3


def test_the_order_is_changed_by_key_from_its_row_and_from_the_menu_of_a_field(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    card = scene.cards[-1]
    value = card.row("lighting").value
    place = QPoint(1, 1)
    asked: list[QPoint] = []
    value.menu_wanted.connect(asked.append)
    QApplication.sendEvent(value, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, value.mapToGlobal(place)))
    assert len(asked) == 1  # the menu key opens it
    chosen(card.row("lighting").menu(), "Say this first")
    scene.wait()
    assert scene.painter.painted[-1].compiled.positive == "golden hour, a red ball"
    assert scene.painter.painted[-1].seed == scene.painter.painted[0].seed
    card = scene.cards[-1]
    assert [action.text() for action in card.row("lighting").menu().actions()] == ["Edit", "Copy"]  # it is first
    menu = card.order.menu()
    assert [(action.text(), action.isChecked()) for action in menu.actions()] == [
        ("subject first", False), ("lighting first", True), ("as usual", False),
    ]  # fmt: skip
    chosen(menu, "as usual")
    scene.wait()
    assert scene.painter.painted[-1].compiled.positive == "a red ball, golden hour"


def test_the_order_of_a_waiting_prompt_is_changed_before_it_is_painted(scene: Scene) -> None:
    card = reviewed(scene)
    chosen(card.row("lighting").menu(), "Say this first")
    assert card.order.value.text() == "lighting first"
    scene.undo(card, "order")
    assert card.part.prompt == card.left
    chosen(card.row("lighting").menu(), "Say this first")
    scene.qtbot.keyClick(card.paint, Qt.Key.Key_Return)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    assert scene.painter.painted[0].compiled.positive == "golden hour, a red ball"
