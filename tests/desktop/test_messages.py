"""What was said can be changed, said again and copied; trouble with it can be tried again where that helps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from sfumato.errors import EngineDied, NoMemory
from sfumato_desktop.cards import ErrorCard
from sfumato_desktop.person_card import PersonCard, QuietButton
from tests.desktop.played import NIGHT, App, person
from tests.fakes import decision

BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "noon"}})


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
    assert three.window.focusWidget() is three.window.composer.box  # not whichever button comes next
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
    first, *_, again = three.studio.painter.painted[1:]
    assert (again.prompt, again.seed == first.seed) == (first.prompt, False)  # else the same picture would come again


def test_what_was_done_by_hand_can_be_copied_but_not_said_again_as_if_it_were_words(three: App) -> None:
    again = next(button for button in three.card(1).bar.findChildren(QPushButton) if button.text() == "New seed")
    again.click()
    three.wait_until_done()
    card = person(three, "Picture 1 again, with a new seed")
    assert [button.text() for button in card.findChildren(QuietButton)] == ["Copy"]
    assert card.bubble.accessibleName() == "Done by hand: Picture 1 again, with a new seed"
    assert three.controller.shown
    three.controller.open(three.controller.shown.id)
    three.wait(lambda: person(three, "Picture 1 again, with a new seed") is not card)
    card = person(three, "Picture 1 again, with a new seed")
    assert [button.text() for button in card.findChildren(QuietButton)] == ["Copy"]
    assert len(person(three, "at night").findChildren(QuietButton)) == 3


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
    three.wait(died.retry.isVisible)  # a new card is shown a moment later
    three.say("at night", NIGHT)
    assert not died.retry.isVisible()


def test_a_size_that_fits_is_offered_and_painted_from_the_same_seed_by_one_click(app: App) -> None:
    app.studio.painter.fails = [NoMemory("Not enough memory.", "Paint 48x48.", offer=(48, 48))]
    app.say("a red ball", BALL)
    trouble = app.window.findChildren(ErrorCard)[-1]
    assert trouble.offer.text() == "Paint 48×48"
    app.wait(trouble.retry.isVisible)  # a new card is shown a moment later
    app.studio.writer.answers.append(BALL)
    trouble.offer.click()
    app.wait_until_done()
    refused, painted = app.studio.painter.painted
    assert (painted.settings.width, painted.settings.height, painted.seed) == (48, 48, refused.seed)
    assert not trouble.offer.isVisible()  # it is used
    app.studio.painter.fails = [NoMemory("Not enough memory.", "Close other programs.")]
    app.say("at night", NIGHT)
    assert not app.window.findChildren(ErrorCard)[-1].offer.isVisible()  # nothing smaller would fit


def test_words_about_another_picture_than_the_one_above_say_so(three: App) -> None:
    three.window.versions.strip.nodes[1].click()
    three.say("at night", NIGHT)
    notes = [label.text() for label in three.window.timeline.findChildren(QLabel, "note") if label.isVisible()]
    assert notes == ["About picture 1"]


def test_a_message_that_failed_keeps_the_seed_when_it_is_sent_again(app: App) -> None:
    app.say("a red ball", BALL)
    app.studio.painter.fails = [EngineDied("The painter stopped.", "Try again.")]
    app.say("at night", NIGHT)
    app.studio.writer.answers.append(NIGHT)
    press(app, person(app, "at night"), "Resend")
    app.wait(lambda: len(app.parents()) == 2)
    assert app.studio.painter.painted[-1].seed == app.studio.painter.painted[0].seed


def test_a_long_message_takes_the_room_there_is_and_a_short_one_only_its_own(three: App) -> None:
    three.say("a yellow duck on a lake in the morning, watercolour, without boats, seen from far away and above", NIGHT)
    long = three.window.timeline.findChildren(PersonCard)[-1]
    three.wait(lambda: long.bubble.width() > long.width() // 2)
    assert long.bubble.height() < 4 * long.bubble.fontMetrics().lineSpacing()
    short = person(three, "at night")
    assert short.bubble.width() < short.width() // 4
    three.window.resize(600, 500)
    three.wait(lambda: long.bubble.width() < 280)
    assert long.bubble.mapTo(three.window, long.bubble.rect().topRight()).x() < three.window.width()
