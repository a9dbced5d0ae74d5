"""Messages that are written while a picture is being painted."""

from __future__ import annotations

import threading

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton

from sfumato.errors import SfumatoError
from sfumato.recipe_file import SharedRecipe
from sfumato.seeds import exactly
from sfumato_desktop.incoming import IncomingPicture
from sfumato_desktop.person_card import PersonCard
from tests.desktop.played import BALL, NIGHT, SNOW, App
from tests.fakes import recipe


@pytest.fixture
def painting(app: App, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A ball is being painted until the event is set. The question on closing is answered with “Close”."""
    monkeypatch.setattr(QMessageBox, "exec", lambda box: choose(box, "Close"))
    go_on = threading.Event()
    app.studio.painter.on_step = lambda step: go_on.wait(10) and None
    app.studio.writer.answers.append(BALL)
    enter(app, "a red ball")
    app.wait(lambda: app.studio.painter.painted)
    return go_on


def choose(box: QMessageBox, text: str) -> int:
    next(button for button in box.buttons() if button.text() == text).click()
    return 0


def enter(app: App, text: str) -> None:
    app.qtbot.keyClicks(app.window.composer.box, text)
    app.qtbot.keyClick(app.window.composer.box, Qt.Key.Key_Return)


def said(app: App) -> list[str]:
    return [card.text for card in app.window.timeline.findChildren(PersonCard)]


def waiting(app: App) -> list[str]:
    return [message.text for message in app.window.unsent.messages]


def button(app: App, name: str) -> QPushButton:
    return next(
        button
        for button in app.window.unsent.findChildren(QPushButton)
        if not button.isHidden() and name in (button.text(), button.accessibleName())
    )


def test_enter_while_a_picture_is_painted_lets_the_message_wait_and_sends_it_when_the_picture_is_done(
    app: App, painting: threading.Event
) -> None:
    app.studio.writer.answers += [NIGHT, SNOW]
    enter(app, "at night")
    enter(app, "in the snow")
    assert app.window.unsent.isVisible()
    assert waiting(app) == ["at night", "in the snow"]
    assert any("“at night”" in label.text() for label in app.window.unsent.findChildren(QLabel))
    assert not app.window.composer.box.toPlainText()
    painting.set()
    app.wait(lambda: len(app.cards()) == 3)
    app.wait_until_done()
    assert said(app) == ["a red ball", "at night", "in the snow"]
    assert app.parents() == [None, 1, 2]
    assert not app.window.unsent.isVisible()


def test_a_waiting_message_can_be_removed_or_put_back_into_the_box(app: App, painting: threading.Event) -> None:
    enter(app, "at night")
    app.window.composer.set_rule(exactly(42))
    enter(app, "in the snow")
    app.qtbot.mouseClick(button(app, "Do not send this message: at night"), Qt.MouseButton.LeftButton)
    assert waiting(app) == ["in the snow"]
    app.qtbot.keyClicks(app.window.composer.box, "and wind")
    app.qtbot.mouseClick(button(app, "Put this message back into the box: in the snow"), Qt.MouseButton.LeftButton)
    assert app.window.composer.box.toPlainText() == "in the snow\nand wind"
    assert "42" in app.window.composer.seed.text()
    assert not app.window.unsent.isVisible()
    painting.set()
    app.wait_until_done()
    assert said(app) == ["a red ball"]


def test_after_a_stop_a_waiting_message_is_not_sent_before_the_person_says_so(
    app: App, painting: threading.Event
) -> None:
    enter(app, "at night")
    app.qtbot.keyClick(app.window, Qt.Key.Key_Escape)
    painting.set()
    app.wait_until_done()
    assert waiting(app) == ["at night"]
    assert said(app) == ["a red ball"]
    assert app.window.unsent.heading.text() == "Not sent yet:"
    app.studio.writer.answers.append(BALL)
    app.qtbot.mouseClick(button(app, "Send now"), Qt.MouseButton.LeftButton)
    app.wait(lambda: len(app.cards()) == 1)
    app.wait_until_done()
    assert said(app) == ["a red ball", "at night"]


def test_after_an_error_a_waiting_message_waits_for_another_try(app: App, painting: threading.Event) -> None:
    app.studio.painter.on_step = lambda step: None
    app.studio.painter.fails.append(SfumatoError("The painter has no canvas.", "Buy one."))
    enter(app, "at night")
    enter(app, "in the snow")
    app.studio.writer.answers += [NIGHT]
    painting.set()
    app.wait(lambda: app.window.unsent.heading.text().startswith("Not sent, because"))
    app.wait_until_done()
    assert waiting(app) == ["in the snow"]
    app.studio.writer.answers.append(SNOW)
    app.say("under the stars", NIGHT)
    app.wait(lambda: len(app.cards()) == 3)
    assert said(app) == ["a red ball", "at night", "under the stars", "in the snow"]


def test_a_message_waits_until_the_prompt_before_it_is_reviewed(app: App) -> None:
    app.window.composer.review.click()
    answering = threading.Event()
    app.studio.writer.before_the_end = lambda: answering.wait(10)
    app.studio.writer.answers.append(BALL)
    enter(app, "a red ball")
    app.wait(lambda: app.studio.writer.asked)
    enter(app, "at night")
    answering.set()
    app.wait(lambda: app.controller.prompts.is_waiting)
    assert waiting(app) == ["at night"]
    assert app.window.unsent.heading.text() == "Sent when the prompt above is painted:"
    app.controller.stop()
    assert app.window.unsent.heading.text() == "Not sent yet:"
    app.window.unsent.remove(app.window.unsent.messages[0])


def test_waiting_messages_belong_to_their_conversation(app: App, painting: threading.Event) -> None:
    enter(app, "at night")
    app.window.conversations.new_wanted.emit()
    painting.set()
    app.wait(lambda: not app.window.unsent.isVisible())
    assert app.controller.shown is None
    app.window.conversations.opened.emit(1)
    app.wait(lambda: app.controller.shown is not None)
    assert waiting(app) == ["at night"]
    assert said(app) == ["a red ball"]


def test_choosing_the_conversation_that_is_shown_does_not_stop_its_picture(app: App) -> None:
    app.studio.writer.answers += [BALL, NIGHT]
    enter(app, "a red ball")
    app.wait_until_done()
    go_on = threading.Event()
    app.studio.painter.on_step = lambda step: go_on.wait(10) and None
    enter(app, "at night")
    app.wait(lambda: len(app.studio.painter.painted) == 2)
    app.window.conversations.opened.emit(1)
    go_on.set()
    app.wait_until_done()
    assert app.parents() == [None, 1]


class Repaints(QObject):
    """Whether the whole of a widget was drawn again."""

    whole = False

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.whole = self.whole or event.rect() == widget.rect()
        return False


def test_the_box_says_that_messages_wait_only_while_a_picture_is_painted(app: App) -> None:
    box = app.window.composer.box
    app.wait(box.isVisible)
    for is_busy, shown in ((True, "it is sent when this picture is done"), (False, "Describe a picture")):
        app.qtbot.wait(50)
        repaints = Repaints()
        box.viewport().installEventFilter(repaints)
        app.window.composer.set_busy(is_busy)
        app.wait(lambda seen=repaints: seen.whole)
        box.viewport().removeEventFilter(repaints)
        assert shown in box.placeholderText()


def test_the_first_picture_of_a_conversation_goes_on_when_its_row_is_clicked(
    app: App, painting: threading.Event
) -> None:
    items = app.window.conversations.items
    app.wait(lambda: items.count() == 1)
    assert items.item(0).text() == "a red ball"
    assert items.currentRow() == 0
    items.setCurrentRow(-1)
    app.qtbot.mouseClick(items.viewport(), Qt.MouseButton.LeftButton, pos=items.visualItemRect(items.item(0)).center())
    assert items.currentRow() == 0
    painting.set()
    app.wait_until_done()
    assert app.parents() == [None]
    assert items.item(0).text() == "a red ball"


def test_closing_the_window_asks_about_messages_that_were_not_sent(
    app: App, painting: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or choose(box, "Stay"))
    enter(app, "at night")
    app.window.close()
    assert asked == ["A message was not sent yet."]
    assert app.window.isVisible()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: choose(box, "Close"))
    painting.set()
    app.window.close()
    assert not app.window.isVisible()


def test_a_fifth_message_goes_back_into_the_box_and_a_line_says_why(app: App, painting: threading.Event) -> None:
    for text in ("one", "two", "three", "four", "five"):
        enter(app, text)
    assert waiting(app) == ["one", "two", "three", "four"]
    assert app.window.composer.box.toPlainText() == "five"
    assert app.toast() == "4 messages wait already."
    painting.set()


def test_a_message_with_a_picture_goes_off_when_the_picture_is_read(app: App, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "brought.png"
    Image.new("RGB", (64, 64), "red").save(file)
    app.studio.writer.answers.append(NIGHT)
    app.controller.attach(IncomingPicture(file))
    enter(app, "at night")
    assert app.window.composer.box.toPlainText() == "at night"
    app.wait(lambda: len(app.cards()) == 1)
    app.wait_until_done()
    assert said(app) == ["at night"]


def test_a_title_that_is_typed_while_a_picture_gets_done_becomes_the_title_and_no_message(
    app: App, painting: threading.Event
) -> None:
    painting.set()
    app.wait_until_done()
    items = app.window.conversations.items
    app.wait(lambda: items.count() == 1)
    painting.clear()
    app.studio.writer.answers.append(NIGHT)
    enter(app, "at night")
    app.wait(lambda: len(app.studio.painter.painted) == 2)
    items.setFocus()
    items.editItem(items.item(0))
    editor = items.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    app.qtbot.keyClicks(editor, "My ")
    painting.set()
    app.wait_until_done()
    app.qtbot.wait(50)  # the list is told of the finished turn
    focus = QApplication.focusWidget()
    assert focus is editor
    app.qtbot.keyClicks(focus, "boats")
    app.qtbot.keyClick(focus, Qt.Key.Key_Return)
    app.wait(lambda: items.item(0).text() == "My boats")
    assert app.window.composer.box.toPlainText() == ""
    assert said(app) == ["a red ball", "at night"]


def test_send_now_while_another_picture_is_painted_waits_for_its_end(app: App, painting: threading.Event) -> None:
    app.studio.writer.answers += [BALL, NIGHT]
    enter(app, "at night")
    app.window.composer.button.click()  # Stop
    painting.set()
    app.wait_until_done()
    painting.clear()
    before = len(app.studio.painter.painted)
    enter(app, "a ball")  # goes at once; what was stopped still waits for a click
    app.wait(lambda: len(app.studio.painter.painted) == before + 1)
    button(app, "Send now").click()
    app.qtbot.wait(50)
    assert waiting(app) == ["at night"]
    painting.set()
    app.wait(lambda: len(app.studio.painter.painted) == before + 2)
    app.wait_until_done()
    assert waiting(app) == []
    assert said(app) == ["a red ball", "a ball", "at night"]


def test_a_stop_that_comes_when_the_picture_is_done_sends_nothing_either(app: App, painting: threading.Event) -> None:
    enter(app, "at night")
    app.controller.stop()
    app.window.unsent.turn_ended()  # as if the picture had been done before it heard of the stop
    assert waiting(app) == ["at night"]
    painting.set()
    app.wait_until_done()
    assert said(app) == ["a red ball"]


def test_a_waiting_message_comes_back_with_its_own_words_not_with_those_of_its_recipe(
    app: App, painting: threading.Event
) -> None:
    app.window.composer.show_incoming(SharedRecipe("ball.sfumato", app.studio.painter.painted[0]))
    app.window.composer.box.setPlainText("a green ball")
    app.qtbot.keyClick(app.window.composer.box, Qt.Key.Key_Return)
    assert waiting(app) == ["a green ball"]
    button(app, "Edit").click()
    assert app.window.composer.box.toPlainText() == "a green ball"
    assert app.window.composer.chip.uses_recipe
    painting.set()
    app.wait_until_done()


def test_enter_for_a_picture_that_was_removed_sends_nothing_when_another_one_is_read(app: App) -> None:
    composer = app.window.composer
    composer.box.setPlainText("make it night")
    composer.chip.show_reading("photo.jpg")
    composer.send()
    composer.drop_attached()
    composer.chip.show_reading("other.jpg")
    composer.show_incoming(SfumatoError("This is no picture."))
    composer.show_incoming(SharedRecipe("ball.sfumato", recipe()))
    assert composer.box.toPlainText() == "a red ball"  # that of the recipe, to be looked at
    assert said(app) == []
