"""Which prompt can be edited, and how much of it is sent: the one of the current picture, wherever it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sfumato.conversation import PromptPart
from sfumato.prompt import ImagePrompt
from sfumato.selection import Area, Selection
from sfumato_desktop.how_card import HowCard
from sfumato_desktop.prompt_card import PromptCard
from sfumato_desktop.token_meter import TokenLimit
from tests.desktop.scene import BALL, NIGHT, Scene, texts
from tests.fakes import decision


def editable(scene: Scene) -> list[int]:
    """The pictures whose prompts can be edited."""
    return [number for card in scene.cards if card.is_editable for number in card.painted]


def test_the_prompt_of_the_current_picture_is_the_one_that_can_be_edited(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night, no birds", NIGHT)
    assert editable(scene) == [2]
    scene.window.versions.strip.nodes[1].click()
    assert editable(scene) == [1]
    scene.qtbot.keyClick(scene.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)  # the undo of the undo
    assert editable(scene) == [2]
    scene.qtbot.keyClick(scene.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    value = scene.cards[0].row("lighting").value
    scene.qtbot.mouseClick(value, Qt.MouseButton.LeftButton)
    editor = scene.cards[0].row("lighting").editor
    assert editor
    editor.selectAll()
    scene.qtbot.keyClicks(editor, "fog")
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)
    scene.wait()
    assert [card.version.parent for card in scene.pictures if card.version] == [None, 1, 1]
    assert scene.painter.painted[-1].prompt.negative == ("people",)  # those of the first, not of the second
    assert editable(scene) == [3]


def test_half_typed_words_stay_when_another_picture_is_looked_at_until_they_are_left(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night, no birds", NIGHT)
    scene.editor("lighting").setPlainText("fog at d")
    scene.window.versions.strip.nodes[1].click()
    editor = scene.cards[1].row("lighting").editor
    assert editor
    assert editor.toPlainText() == "fog at d"
    assert editable(scene) == [1, 2]
    scene.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editable(scene) == [1]
    scene.window.versions.strip.nodes[2].click()
    scene.editor("lighting").setPlainText("fog")
    scene.window.versions.strip.nodes[1].click()
    editor = scene.cards[1].row("lighting").editor
    assert editor
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)
    scene.wait()
    assert [card.version.parent for card in scene.pictures if card.version] == [None, 1, 2]
    assert editable(scene) == [3]


def test_half_typed_words_stay_when_something_else_is_said(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.editor("lighting").setPlainText("fog")
    scene.say("at night, no birds", NIGHT)
    editor = scene.cards[0].row("lighting").editor
    assert editor
    assert editor.toPlainText() == "fog"
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)
    scene.wait()
    assert [card.version.parent for card in scene.pictures if card.version] == [None, 1, 1]
    assert scene.cards[0].row("lighting").editor is None


def test_going_back_in_words_brings_the_prompt_along_and_it_can_be_edited_there(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night, no birds", NIGHT)
    scene.say("go back to the first one", decision("go_back", target=1))
    assert [card.painted for card in scene.cards] == [(1,), (2,), (1,)]
    assert editable(scene) == [1, 1]
    assert "golden hour" in texts(scene.cards[-1])
    assert not any("kept" in text for text in texts(scene.cards[-1]))
    scene.type("lighting", "fog")
    assert scene.pictures[-1].version
    assert scene.pictures[-1].version.parent == 1
    scene.window.close()
    scene.open()
    scene.until(lambda: len(scene.pictures) == 4)
    assert [card.painted for card in scene.cards] == [(1,), (2,), (1,), (3,)]
    assert editable(scene) == [3]


def test_a_prompt_that_waits_is_edited_alone_and_one_that_was_not_painted_beside_the_current_one(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.qtbot.mouseClick(scene.window.composer.review, Qt.MouseButton.LeftButton)
    scene.say("at night, no birds", NIGHT)
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    assert [card.is_editable for card in scene.cards] == [False, True]
    scene.qtbot.keyClick(scene.cards[-1].paint, Qt.Key.Key_Escape)
    assert [card.is_editable for card in scene.cards] == [True, True]
    assert [card.is_waiting for card in scene.cards] == [False, False]


def test_a_first_picture_that_was_stopped_is_what_the_next_message_is_about_also_after_a_restart(scene: Scene) -> None:
    scene.painter.on_step = lambda step: scene.controller._cancel.cancel()
    scene.say("a red ball", BALL)
    assert scene.pictures == []
    scene.window.close()
    scene.painter.on_step = lambda step: None
    scene.open()
    scene.until(lambda: len(scene.cards) == 1)
    scene.say("at night, no birds", NIGHT)
    assert scene.writer.asked[-1].prompt.subject == "a red ball"
    assert scene.painter.painted[-1].prompt.negative == ("people", "birds")
    assert len(scene.pictures) == 1
    assert "6 fields kept" in texts(scene.cards[-1])
    how = scene.window.timeline.findChildren(HowCard)[-1]
    assert how.route is None  # there is no picture to paint over
    assert how.seed
    assert how.seed.text() == "New seed instead"


def test_a_first_prompt_that_was_stopped_and_edited_is_gone_on_from_as_it_was_left(scene: Scene) -> None:
    scene.painter.on_step = lambda step: scene.controller._cancel.cancel()
    scene.say("a red ball", BALL)
    scene.painter.on_step = lambda step: None
    scene.type("lighting", "fog")
    assert scene.pictures == []
    scene.say("no birds", decision("refine", patch={"add_negative": ["birds"]}))
    assert scene.painter.painted[-1].prompt.lighting == "fog"
    assert "fog" in texts(scene.cards[0])


def words_limit(room: int) -> TokenLimit:
    return TokenLimit(
        lambda text: len(text.split()),
        room,
        sent=lambda prompt: (f"{prompt.subject}, {prompt.lighting}", ", ".join(prompt.negative)),
        left_out=lambda text: text[-4:],
    )


def test_while_a_prompt_is_edited_the_card_counts_what_is_sent_and_shows_what_is_left_out(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.window.set_token_limit(words_limit(8))
    card = scene.cards[-1]
    assert card.meter.isHidden()
    card.row("subject").edit()
    editor = card.row("subject").editor
    assert editor
    assert not card.meter.isHidden()
    assert card.meter.text() == "5 of 8 tokens · negative: 1"  # a red ball, golden hour; people
    editor.setPlainText("a red ball and a blue boat")
    assert card.meter.text() == "9 of 8 tokens: the end is left out (“hour”) · negative: 1"
    scene.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert card.meter.isHidden()
    scene.editor("negative").setPlainText("one two three, four five six seven eight nine")
    assert card.meter.text() == "5 of 8 tokens · negative: 9 of 8 tokens: the end is left out (“nine”)"


def test_of_a_painted_area_the_card_counts_the_words_that_are_sent(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    card = PromptCard(
        PromptPart(ImagePrompt("a red ball, a blue boat", lighting="noon"), (), 7, True, parent=1), holder
    )
    card.add_painted(2, Area(Selection(), "a blue boat"))
    card.meter.set_limit(words_limit(75))
    card.set_editable(True)
    card.row("subject").edit()
    assert card.meter.text() == "4 of 75 tokens"  # a blue boat, noon
    assert card.row("subject").editor
    card.row("subject").editor.setPlainText("a red ball, a small blue boat")
    assert card.meter.text() == "5 of 75 tokens"
    card.row("lighting").edit()
    card.row("lighting").editor.setPlainText("dusk")  # then the whole picture is painted anew
    assert card.meter.text() == "8 of 75 tokens"
