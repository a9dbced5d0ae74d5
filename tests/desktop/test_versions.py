"""Versions, comparing, messages that change, the bin and export, in the real window on fake engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from sfumato.errors import EngineDied
from sfumato.export import PAGE
from sfumato.image_file import read_recipe
from sfumato.paths import Paths
from sfumato.recipe import Route
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.compare_dialog import CompareDialog
from sfumato_desktop.controller import Controller
from sfumato_desktop.mask_editor import MaskEditor
from sfumato_desktop.person_card import PersonCard, QuietButton
from sfumato_desktop.picture_dialog import PictureDialog
from sfumato_desktop.window import Window
from tests.desktop.played import App
from tests.fakes import decision

BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "noon"}})
NIGHT = decision("refine", seed="keep", patch={"set": {"lighting": "night"}})
SNOW = decision("refine", seed="keep", patch={"set": {"setting": "in the snow"}})


@pytest.fixture
def three(app: App) -> App:
    """A ball, the ball at night, and from the first the ball in the snow."""
    app.say("a red ball", BALL)
    app.say("at night", NIGHT)
    app.say("the first one but in the snow", SNOW.model_copy(update={"target": 1}))
    return app


def test_the_strip_comes_with_the_second_version_and_shows_the_branch(app: App) -> None:
    app.say("a red ball", BALL)
    assert not app.window.versions.strip.isVisible()
    app.say("at night", NIGHT)
    assert app.window.versions.strip.isVisible()
    app.say("the first one but in the snow", SNOW.model_copy(update={"target": 1}))
    nodes = app.window.versions.strip.nodes
    assert [nodes[number].is_current for number in (1, 2, 3)] == [False, False, True]
    assert nodes[3].y() > nodes[2].y() == nodes[1].y()
    assert "after picture 1, current" in nodes[3].accessibleName()
    assert not nodes[1].thumbnail.isNull()


def test_clicking_a_version_makes_it_current_everywhere_and_the_next_message_branches_from_it(three: App) -> None:
    three.qtbot.mouseClick(three.window.versions.strip.nodes[1], Qt.MouseButton.LeftButton)
    assert three.current() == 1
    assert "current" in three.card(1)._name.text()
    assert "current" not in three.card(3)._name.text()
    three.say("at night", NIGHT)
    assert three.parents() == [None, 1, 1, 1]


def test_the_strip_is_walked_with_arrow_keys(three: App) -> None:
    nodes = three.window.versions.strip.nodes
    nodes[3].setFocus()
    three.qtbot.keyClick(nodes[3], Qt.Key.Key_Left)
    assert nodes[2].hasFocus()
    three.qtbot.keyClick(nodes[2], Qt.Key.Key_Down)
    assert nodes[3].hasFocus()
    three.qtbot.keyClick(nodes[3], Qt.Key.Key_Up)
    three.qtbot.keyClick(nodes[2], Qt.Key.Key_Return)
    assert three.current() == 2


def test_undo_by_key_and_the_undo_of_the_undo(three: App) -> None:
    three.qtbot.keyClick(three.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert three.current() == 1
    three.qtbot.keyClick(three.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert three.current() == 3
    three.qtbot.keyClick(three.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    three.window._toast._button.click()
    assert three.current() == 3
    assert len(three.parents()) == 3


def test_words_that_name_no_version_are_answered_in_a_line_and_paint_nothing(three: App) -> None:
    three.say("go back to the dragon", decision("go_back"))
    assert any("No picture here fits “dragon”" in label.text() for label in three.window.timeline.findChildren(QLabel))
    assert len(three.studio.painter.painted) == 3
    assert three.current() == 3


def test_the_current_picture_is_known_again_after_the_next_start(three: App, qtbot: QtBot, paths: Paths) -> None:
    three.controller.go_on_from(2)
    three.window.close()
    window = Window()
    qtbot.addWidget(window)
    window.show()
    controller = Controller(window, paths, window)
    controller.start()
    qtbot.waitUntil(lambda: bool(window.versions.strip.nodes), timeout=10_000)
    assert window.versions.strip.nodes[2].is_current
    window.close()


def test_comparing_begins_with_the_parent_and_names_what_differs(three: App) -> None:
    three.qtbot.keyClick(three.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    dialog = three.window.findChild(CompareDialog)
    assert (dialog.first.currentData().number, dialog.second.currentData().number) == (1, 3)
    shown = [label.text() for label in dialog.words.findChildren(QLabel)]
    assert shown == ["setting", "–", "in the snow"]
    dialog.first.setCurrentIndex(1)
    shown = [label.text() for label in dialog.words.findChildren(QLabel)]
    assert "lighting" in shown
    three.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_slider_moves_by_mouse_and_key(three: App) -> None:
    three.choose(2, "Compare with…")
    dialog = three.window.findChild(CompareDialog)
    dialog.wipe.click()
    assert dialog.view.has_slider
    left = round(dialog.view.frames()[0].left())
    three.qtbot.mouseClick(dialog.view, Qt.MouseButton.LeftButton, pos=QPoint(left, 50))
    assert dialog.view.position == 0
    three.qtbot.keyClick(dialog.slider, Qt.Key.Key_End)
    assert dialog.view.position == 1


def test_a_single_picture_has_nothing_to_be_compared_with(app: App) -> None:
    app.say("a red ball", BALL)
    app.choose(1, "Compare with…")
    assert "nothing to compare" in app.toast()


def test_a_click_opens_a_picture_large_and_escape_closes_it(three: App) -> None:
    three.qtbot.mouseClick(three.card(2).view, Qt.MouseButton.LeftButton)
    dialog = three.window.findChild(PictureDialog)
    assert dialog.version.number == 2
    three.qtbot.keyClick(dialog, Qt.Key.Key_Right)
    three.qtbot.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.version.number == 3
    three.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def person(app: App, text: str) -> PersonCard:
    return next(card for card in app.window.timeline.findChildren(PersonCard) if card.text == text)


def press(app: App, card: PersonCard, text: str) -> None:
    button = next(button for button in card.findChildren(QuietButton) if text in button.text())
    button.setFocus()
    app.qtbot.keyClick(button, Qt.Key.Key_Space)


def test_a_changed_message_paints_a_branch_from_where_the_first_was_said(three: App) -> None:
    card = person(three, "at night")
    press(three, card, "Edit")
    assert card.edit
    three.studio.writer.answers.append(decision("refine", seed="keep", patch={"set": {"lighting": "dusk"}}))
    three.qtbot.keyClicks(card.edit, "at dusk")
    three.qtbot.keyClick(card.edit, Qt.Key.Key_Return)
    three.wait_until_done()
    assert three.parents() == [None, 1, 1, 1]
    assert three.studio.writer.asked[-1].prompt.lighting == "noon"
    assert person(three, "at night").bubble.isVisible()
    assert person(three, "at dusk").about == 1


def test_the_first_message_changed_begins_anew_and_the_old_pictures_stay(three: App) -> None:
    card = person(three, "a red ball")
    press(three, card, "Edit")
    assert card.edit
    three.studio.writer.answers.append(BALL)
    three.qtbot.keyClick(card.edit, Qt.Key.Key_Return)
    three.wait_until_done()
    assert three.parents() == [None, 1, 1, None]
    assert three.studio.writer.asked[-1].prompt.is_empty


def test_giving_up_a_change_leaves_everything_and_stops_nothing(three: App) -> None:
    stops: list[None] = []
    three.window.stopped.connect(lambda: stops.append(None))
    card = person(three, "at night")
    press(three, card, "Edit")
    assert card.edit
    three.qtbot.keyClicks(card.edit, "something else")
    three.qtbot.keyClick(card.edit, Qt.Key.Key_Escape)
    assert card.edit is None
    assert card.bubble.isVisible()
    assert card.bubble.text() == "at night"
    assert not stops
    assert len(three.parents()) == 3


def test_a_message_is_copied_and_sent_again(three: App) -> None:
    card = person(three, "at night")
    press(three, card, "Copy")
    assert QGuiApplication.clipboard().text() == "at night"
    three.studio.writer.answers.append(NIGHT)
    press(three, card, "Resend")
    three.wait_until_done()
    assert three.parents() == [None, 1, 1, 1]


def test_a_change_while_a_picture_is_painted_is_not_lost(three: App) -> None:
    card = person(three, "at night")
    press(three, card, "Edit")
    assert card.edit
    three.qtbot.keyClicks(card.edit, "at dusk")
    three.controller._is_busy = True
    three.qtbot.keyClick(card.edit, Qt.Key.Key_Return)
    assert card.edit.toPlainText() == "at dusk"
    assert "Not while" in three.toast()
    three.controller._is_busy = False


def test_trying_a_changed_message_again_still_begins_where_it_was_said(three: App) -> None:
    three.studio.painter.fails = [EngineDied("The painter stopped.", "Try again.")]
    three.studio.writer.answers.append(NIGHT)
    press(three, person(three, "at night"), "Resend")
    three.wait_until_done()
    three.studio.writer.answers.append(NIGHT)
    three.window.findChild(ErrorCard).retry.click()
    three.wait_until_done()
    assert three.parents() == [None, 1, 1, 1]


def test_try_again_is_offered_only_where_it_can_help_and_only_for_what_was_said_last(three: App) -> None:
    three.say("go back to picture 9", decision("go_back", target=9))
    unknown = three.window.findChildren(ErrorCard)[-1]
    assert not unknown.retry.isVisible()
    assert any("There are: 1, 2, 3" in label.text() for label in unknown.findChildren(QLabel))
    three.studio.painter.fails = [EngineDied("The painter stopped.", "Try again.")]
    three.say("at night", NIGHT)
    died = three.window.findChildren(ErrorCard)[-1]
    assert died.retry.isVisible()
    three.say("at night", NIGHT)
    assert not died.retry.isVisible()


def test_words_about_another_picture_than_the_one_above_say_so(three: App) -> None:
    three.window.versions.strip.nodes[1].click()
    three.say("at night", NIGHT)
    notes = [label.text() for label in three.window.timeline.findChildren(QLabel, "note") if label.isVisible()]
    assert notes == ["About picture 1"]


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


def test_trouble_with_a_file_is_said(three: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three.window.versions, "ask_folder", lambda question: tmp_path / "not there")
    assert three.controller.shown
    three.controller.keeping.export(three.controller.shown.id)
    three.wait(lambda: "cannot be used" in three.toast())


def test_an_area_is_selected_and_painted_as_a_branch(three: App) -> None:
    three.choose(2, "Change an area…")
    editor = three.window.findChild(MaskEditor)
    assert not editor.paint.isEnabled()
    frame = editor.view.frame()
    begin, end = (QPoint(round(frame.left() + frame.width() * at), round(frame.top() + 20)) for at in (0.1, 0.6))
    three.qtbot.mousePress(editor.view, Qt.MouseButton.LeftButton, pos=begin)
    three.qtbot.mouseMove(editor.view, QPoint(end.x(), begin.y() + 90))
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(end.x(), begin.y() + 90),
        QPointF(end.x(), begin.y() + 90),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    editor.view.mouseMoveEvent(move)
    three.qtbot.mouseRelease(editor.view, Qt.MouseButton.LeftButton)
    assert editor.view.shapes[0].kind == "rectangle"
    editor.brush.click()
    three.qtbot.mouseClick(editor.view, Qt.MouseButton.LeftButton, pos=begin)
    assert [shape.kind for shape in editor.view.shapes] == ["rectangle", "stroke"]
    three.qtbot.keyClicks(editor.words, "a blue boat")
    selection = editor.view.selection
    three.qtbot.keyClick(editor.words, Qt.Key.Key_Return)
    three.wait_until_done()
    made = three.studio.painter.painted[-1]
    assert (made.route, made.selection) == (Route.INPAINT, selection)
    assert three.parents() == [None, 1, 1, 2]


def test_an_area_is_selected_by_key(three: App) -> None:
    three.choose(1, "Change an area…")
    editor = three.window.findChild(MaskEditor)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Space)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Left)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert editor.view.shapes[0].points == ((280, 300), (680, 720))
    editor.clear.click()
    assert not editor.view.shapes


def test_finding_a_conversation_leaves_the_cursor_in_the_box(three: App) -> None:
    box = three.window.conversations.search_box
    box.setFocus()
    three.qtbot.keyClicks(box, "nothing like it")
    three.wait(lambda: three.window.conversations.items.count() == 0)
    assert box.text() == "nothing like it"
    assert box.hasFocus()


def test_every_control_of_a_finished_picture_has_a_name_and_can_be_reached_by_key(three: App) -> None:
    controls: list[QWidget] = [
        *three.card(2).bar.findChildren(QPushButton),
        *three.card(2).bar.findChildren(QToolButton),
    ]
    controls += person(three, "at night").findChildren(QuietButton)
    controls += [three.card(2).view, *three.window.versions.strip.nodes.values(), three.window.conversations.bin]
    for control in controls:
        assert control.accessibleName() or control.text()  # type: ignore[attr-defined]
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def looks(app: App) -> list[str]:
    """The conversation from top to bottom, as a person sees it."""
    column = app.window.timeline.holder.layout()
    cards = [item.widget() for index in range(column.count()) if (item := column.itemAt(index)) and item.widget()]
    return [
        " | ".join(
            [type(card).__name__, *(label.text() for label in card.findChildren(QLabel) if not is_hidden(label))]
        )
        for card in cards
        if not card.isHidden()
    ]


def is_hidden(widget: QWidget) -> bool:
    return not widget.isVisibleTo(widget.window())


def test_a_conversation_looks_the_same_after_the_next_start(three: App, qtbot: QtBot, paths: Paths) -> None:
    three.say("what is a seed?", decision("answer", topic="seeds"))
    three.say("go back to the second one", decision("go_back", target=2))
    three.say("never show people", decision("refine", patch={"add_negative": ["people"]}))
    live = looks(three)
    assert any("Back at picture 2" in line for line in live)
    assert three.controller.shown
    three.controller.open(three.controller.shown.id)
    qtbot.waitUntil(lambda: len(looks(three)) == len(live), timeout=10_000)
    assert looks(three) == live


def test_cards_stay_in_line_with_the_composer_when_the_conversation_gets_long(three: App) -> None:
    assert three.window.timeline.verticalScrollBar().maximum() > 0
    column, composer = three.window.timeline.holder, three.window.composer
    three.wait(lambda: column.mapTo(three.window, QPoint(0, 0)).x() == composer.mapTo(three.window, QPoint(0, 0)).x())
    assert column.width() == composer.width()
