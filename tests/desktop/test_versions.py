"""Versions, comparing, messages that change, the bin and export, in the real window on fake engines."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from sfumato.conversation import Version
from sfumato.paths import Paths
from sfumato.recipe import Route
from sfumato.selection import Selection, Shape
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.compare_dialog import CompareDialog
from sfumato_desktop.controller import Controller
from sfumato_desktop.mask_editor import MaskEditor
from sfumato_desktop.person_card import PersonCard, QuietButton
from sfumato_desktop.picture_dialog import PictureDialog
from sfumato_desktop.prompt_card import PromptCard
from sfumato_desktop.version_strip import SIDE, SMALL_SIDE
from sfumato_desktop.window import Window
from tests.desktop.played import BALL, NIGHT, SNOW, App, person
from tests.fakes import decision, recipe


def test_the_strip_comes_with_the_second_version_and_shows_the_branch(app: App) -> None:
    app.say("a red ball", BALL)
    assert not app.window.versions.strip.isVisible()
    app.say("at night", NIGHT)
    assert app.window.versions.strip.isVisible()
    app.say("the first one but in the snow", SNOW.model_copy(update={"target": 1}))
    nodes = app.window.versions.strip.nodes
    assert [nodes[number].is_current for number in (1, 2, 3)] == [False, False, True]
    assert nodes[3].y() > nodes[2].y() == nodes[1].y()
    assert nodes[3].x() == nodes[2].x()
    assert "after picture 1, current" in nodes[3].accessibleName()
    assert not nodes[1].thumbnail.isNull()


def test_clicking_a_version_makes_it_current_everywhere_and_the_next_message_branches_from_it(three: App) -> None:
    three.qtbot.mouseClick(three.window.versions.strip.nodes[1], Qt.MouseButton.LeftButton)
    assert three.current() == 1
    assert "current" in three.card(1)._name.text()
    assert "current" not in three.card(3)._name.text()
    three.say("at night", NIGHT)
    assert three.parents() == [None, 1, 1, 1]


def test_what_is_written_after_a_click_in_the_strip_goes_to_the_message(three: App) -> None:
    node = three.window.versions.strip.nodes[1]
    three.qtbot.mouseClick(node, Qt.MouseButton.LeftButton)
    node.setFocus()
    three.qtbot.keyClicks(three.window.focusWidget(), "i")
    three.qtbot.keyClicks(three.window.focusWidget(), "n fog")
    assert three.window.composer.box.toPlainText() == "in fog"
    assert three.window.composer.box.hasFocus()


def test_the_strip_is_walked_with_arrow_keys(three: App) -> None:
    nodes = three.window.versions.strip.nodes
    nodes[3].setFocus()
    three.qtbot.keyClick(nodes[3], Qt.Key.Key_Left)
    assert nodes[1].hasFocus()
    three.qtbot.keyClick(nodes[1], Qt.Key.Key_Right)
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


def choices(app: App) -> list[QPushButton]:
    card = app.window.timeline.findChildren(ErrorCard)[-1]
    return [button for button in card.choices.findChildren(QPushButton) if not card.choices.isHidden()]


def test_of_several_pictures_that_fit_one_is_clicked(three: App) -> None:
    three.say("a blue boat", decision(patch={"set": {"subject": "a blue boat"}}))
    three.say("i liked the ball better", decision("go_back"))
    assert [choice.text() for choice in choices(three)] == ["Picture 1", "Picture 2", "Picture 3"]
    assert not choices(three)[1].icon().isNull()
    choices(three)[1].click()
    assert three.current() == 2
    assert len(three.studio.writer.asked) == 5  # nobody is asked for that
    three.say("thanks, in the snow", SNOW)
    assert choices(three) == []


def test_a_change_goes_on_with_the_picture_that_is_clicked_also_after_the_next_start(
    three: App, qtbot: QtBot, paths: Paths
) -> None:
    three.say("a blue boat", decision(patch={"set": {"subject": "a blue boat"}}))
    pink = decision("refine", patch={"set": {"subject": "a pink ball"}})
    three.say("the one with the ball, but pink", pink)
    assert len(three.parents()) == 4
    assert three.controller.shown
    three.controller.open(three.controller.shown.id)
    three.wait(lambda: len(choices(three)) == 3)
    three.studio.writer.answers.append(pink)
    choices(three)[1].click()
    three.wait(lambda: len(three.parents()) == 5)
    three.wait_until_done()
    assert three.parents()[-1] == 2
    made = three.studio.painter.painted[-1].prompt
    assert (made.subject, made.lighting) == ("a pink ball", "night")
    assert three.studio.writer.asked[-1].prompt.lighting == "night"


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
    said = three.window.timeline.findChildren(PersonCard)[-1]
    assert said.bubble.accessibleName() == "Done by hand: In the selected area: a blue boat"
    three.say("in the snow", SNOW)
    made = three.studio.painter.painted[-1]
    assert (made.route, [area.area.selection for area in made.then]) == (Route.TEXT_TO_IMAGE, [selection])
    three.choose(5, "Show what was sent to the model")
    assert "Then an area: a blue boat, in the snow, night" in three.card(5).details.text()


def test_an_area_is_taken_back_with_one_click_and_nothing_is_painted_for_it(three: App) -> None:
    whole = Selection((Shape("rectangle", ((100, 100), (900, 900))),))
    three.window.versions.area_painted.emit(2, whole, "a boat")
    three.wait_until_done()
    card = three.window.timeline.findChildren(PromptCard)[-1]
    (back,) = [button for button in card.findChildren(QToolButton) if button.text() == "Take back"]
    painted = len(three.studio.painter.painted)
    three.qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert three.current() == 2
    assert three.toast() == "The next message changes picture 2."
    back.click()
    assert three.toast() == "This is undone: picture 2 is the current one."
    assert len(three.studio.painter.painted) == painted


def test_forty_pictures_need_no_more_than_one_scroll_bar(app: App) -> None:
    strip = app.window.versions.strip
    app.window.resize(1280, 860)
    parents = [None, *range(1, 18), 3, 19, 5, 21, 22, 7, 9, 9, 26, 11, 28, 29, 13, 13, 32, None, 34, 34, 36, 37, 38, 2]
    tree = [Version(number, parent, recipe(number)) for number, parent in enumerate(parents, start=1)]
    for count, side in ((3, SIDE), (17, SMALL_SIDE), (40, SMALL_SIDE)):
        strip.show_versions(tree[:count], count, lambda version: QPixmap())
        app.wait(lambda: strip.isVisible() and strip.width() > 600)
        assert strip.nodes[1].width() == side
        assert strip.height() <= 190
        assert not strip.verticalScrollBar().isVisible()
        node = strip.nodes[count]
        seen = QRect(node.mapTo(strip.viewport(), QPoint(0, 0)), node.size())
        assert strip.viewport().rect().contains(seen)


def test_what_is_clicked_while_a_picture_is_painted_is_answered_in_a_line(three: App) -> None:
    three.controller._is_busy = True
    three.window.cards.again.emit(1)
    assert "is being painted" in three.toast()
    three.controller._is_busy = False
    assert len(three.parents()) == 3


def test_an_area_is_selected_by_key(three: App) -> None:
    three.choose(1, "Change an area…")
    editor = three.window.findChild(MaskEditor)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Space)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Left)
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert editor.view.shapes[0].points == ((280, 300), (680, 720))
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Space)
    assert len(editor.view.shapes) == 2
    three.qtbot.keyClick(editor.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(editor.view.shapes) == 1
    three.qtbot.keyClicks(editor.view, "a")
    three.qtbot.keyClicks(editor.words, " boat")  # letters go to the words, wherever they are typed
    assert editor.words.text() == "a boat"
    editor.clear.click()
    assert not editor.view.shapes
    assert not editor.undo.isEnabled()


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
    controls += [three.card(2).view, three.window.versions.strip.nodes[3], three.window.conversations.bin]
    for control in controls:
        assert control.accessibleName() or control.text()  # type: ignore[attr-defined]
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_tab_goes_as_one_reads(three: App) -> None:
    window = three.window
    seen: list[QWidget] = []
    widget: QWidget = window
    for _ in range(1000):
        widget = widget.nextInFocusChain()
        if widget is window:
            break
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            seen.append(widget)
    undo = next(
        b for b in window.timeline.findChildren(QToolButton) if b.accessibleName() == "Undo the change of setting"
    )
    in_order = [
        window.conversations.new,
        window.conversations.about,
        person(three, "at night").findChildren(QuietButton)[0],
        three.card(2).view,
        undo,
        three.card(3).view,
        window.versions.strip.nodes[3],
        window.composer.box,
        window.composer.attach,
        window.composer.review,
        window.composer.seed,
    ]
    places = [seen.index(wanted) for wanted in in_order]
    assert places == sorted(places)
    assert window.versions.strip.nodes[1] not in seen  # the arrow keys lead there


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
