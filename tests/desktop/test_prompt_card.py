"""The prompt card in the real window with scripted engines: fields one by one, edits, undos, the review."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from sfumato.conversation import PromptPart
from sfumato.draft import Draft
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.settings import load_settings
from sfumato_desktop import motion
from sfumato_desktop.cards import TextCard
from sfumato_desktop.field_row import FieldValue
from sfumato_desktop.how_card import HowCard
from sfumato_desktop.person_card import PersonCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.prompt_card import PromptCard
from tests.desktop.scene import BALL, NIGHT, Scene, is_hidden, reviewed, texts
from tests.fakes import decision


def test_fields_appear_line_by_line_and_never_move(scene: Scene) -> None:
    may_go_on, reached = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        assert may_go_on.wait(20)

    scene.writer.drafts = [Draft(decision("draw", reply="", patch={"set": {"subject": "a red ball"}}))]
    scene.writer.before_the_end = hold
    scene.writer.answers = [BALL]
    scene.window.composer.box.setPlainText("a red ball")
    scene.window.composer.send()
    scene.until(lambda: len(scene.cards) == 1)
    assert reached.wait(20)
    (card,) = scene.cards
    assert [text for text in texts(card) if text] == ["subject", "a red ball"]
    scene.until(lambda: card.row("subject").value.width() > 200)  # it is laid out
    place = card.row("subject").value.mapTo(card, QPoint(0, 0))
    may_go_on.set()
    scene.wait()
    assert scene.cards == [card]
    assert "golden hour" in texts(card)
    assert card.row("subject").value.mapTo(card, QPoint(0, 0)) == place


def test_painting_starts_before_the_sentence_and_the_sentence_takes_its_place_below_the_prompt(scene: Scene) -> None:
    has_begun = threading.Event()
    scene.painter.on_step = lambda step: has_begun.set()
    scene.writer.drafts = [Draft(BALL.model_copy(update={"reply": ""}), has_facts=True)]
    scene.writer.before_the_end = lambda: has_begun.wait(20)
    scene.say("a red ball", BALL)
    assert has_begun.is_set()
    column = scene.window.timeline.holder.layout()
    assert column
    widgets = [item.widget() for place in range(column.count()) if (item := column.itemAt(place))]
    shown = [widget for widget in widgets if widget and not is_hidden(widget)]
    assert [type(widget) for widget in shown] == [PersonCard, PromptCard, HowCard, TextCard, PictureCard]
    assert isinstance(shown[3], TextCard)
    assert shown[3].label.text() == "A red ball."


def test_a_field_edited_by_key_is_painted_from_the_same_seed_as_a_new_version(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.type("lighting", "moonlight")
    first, second = (card.version for card in scene.pictures)
    assert first
    assert second
    assert (second.parent, second.recipe.seed) == (1, first.recipe.seed)
    assert second.prompt.lighting == "moonlight"
    assert f"lighting: golden hour → moonlight · 7 fields and seed {first.recipe.seed} kept" in texts(scene.cards[-1])
    assert scene.cards[0].row("lighting").value.text() == "golden hour"  # the first card still says what was painted
    said = scene.window.timeline.findChildren(PersonCard)[0].findChildren(QWidget)[0]
    assert said.text() == "a red ball"  # type: ignore[attr-defined]


def test_a_click_edits_and_escape_leaves_the_field_as_it_was(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    stopped: list[bool] = []
    scene.window.stopped.connect(lambda: stopped.append(True))
    value = scene.cards[-1].row("subject").value
    scene.qtbot.mouseClick(value, Qt.MouseButton.LeftButton)
    editor = scene.cards[-1].row("subject").editor
    assert editor
    scene.qtbot.keyClicks(editor, "something else")
    scene.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert scene.cards[-1].row("subject").editor is None
    assert value.text() == "a red ball"
    assert len(scene.painter.painted) == 1
    assert stopped == []


def test_negatives_are_a_list_and_an_empty_field_can_be_added(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.type("negative", "birds, text")
    assert scene.painter.painted[-1].prompt.negative == ("birds", "text")
    assert any(text.startswith("negative: + birds, + text, − people · ") for text in texts(scene.cards[-1]))
    menu = scene.cards[-1].add.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["setting", "style", "camera", "colour", "quality", "order"]
    menu.actions()[1].trigger()
    editor = scene.cards[-1].row("style").editor
    assert editor
    scene.qtbot.keyClicks(editor, "oil")
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)
    scene.wait()
    assert scene.painter.painted[-1].prompt.style == "oil"


def test_a_prompt_cannot_be_emptied_and_the_editor_stays(scene: Scene) -> None:
    scene.say("a ball", decision("draw", patch={"set": {"subject": "a ball"}}))
    editor = scene.editor("subject")
    editor.clear()
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert len(scene.painter.painted) == 1
    assert "empty" in scene.window._toast._label.text()
    assert scene.cards[-1].row("subject").editor is editor


def test_each_change_has_an_undo_of_its_own_also_after_a_restart(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night, no birds", NIGHT)
    scene.undo(scene.cards[-1], "lighting")
    scene.wait()
    last = scene.painter.painted[-1]
    assert (last.prompt.lighting, last.prompt.negative) == ("golden hour", ("people", "birds"))
    assert last.seed == scene.painter.painted[0].seed
    scene.window.close()

    scene.open()
    scene.until(lambda: len(scene.pictures) == 3)
    assert [card.part.origin for card in scene.cards] == ["writer", "writer", "undo"]
    assert any(text.startswith("lighting: night → golden hour") for text in texts(scene.cards[-1]))
    scene.undo(scene.cards[1], "negative")
    scene.wait()
    assert scene.painter.painted[-1].prompt.negative == ("people",)
    assert scene.painter.painted[-1].prompt.lighting == "golden hour"
    assert scene.pictures[-1].version
    assert scene.pictures[-1].version.parent == 3


def test_only_the_latest_card_can_be_edited_and_not_while_painting(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night", NIGHT)
    old = scene.cards[0].row("subject").value
    scene.qtbot.mouseClick(old, Qt.MouseButton.LeftButton)
    assert scene.cards[0].row("subject").editor is None
    states: list[bool] = []
    scene.painter.on_step = lambda step: states.append(scene.cards[-1]._is_editable)
    scene.type("lighting", "fog")
    assert states
    assert not any(states)


# --- review ----------------------------------------------------------------------------------------------------------


def test_a_review_waits_with_the_window_free_and_enter_paints_exactly_what_was_shown(scene: Scene) -> None:
    card = reviewed(scene)
    assert scene.painter.painted == []
    assert card.paint.hasFocus()
    scene.qtbot.keyClick(card.paint, Qt.Key.Key_Return)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    assert scene.painter.painted[0].prompt == card.part.prompt
    assert not card.paint.isVisible()


def test_a_reviewed_prompt_is_painted_as_edited_and_shown_so_after_a_restart(scene: Scene) -> None:
    card = reviewed(scene)
    scene.type("lighting", "moonlight")
    scene.type("negative", "text")
    assert scene.painter.painted == []
    assert card.paint.hasFocus()
    scene.qtbot.keyClick(card.paint, Qt.Key.Key_Return)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    assert scene.painter.painted[0].prompt.lighting == "moonlight"
    assert scene.painter.painted[0].prompt.negative == ("text",)
    assert scene.cards == [card]
    scene.window.close()
    scene.open()
    scene.until(lambda: len(scene.pictures) == 1)
    (card,) = scene.cards
    assert (card.part.origin, card.part.prompt.lighting, card.painted) == ("hand", "moonlight", (1,))
    assert scene.window.composer.review.isChecked()
    assert load_settings(scene.paths.settings_file).settings.review_before_painting


def test_escape_discards_and_the_prompt_can_still_be_painted_later_with_its_seed(scene: Scene) -> None:
    card = reviewed(scene)
    seed = card.part.seed
    scene.qtbot.keyClick(card.paint, Qt.Key.Key_Escape)
    assert not card.discard.isVisible()
    assert scene.painter.painted == []
    scene.window.close()
    scene.open()
    scene.until(lambda: len(scene.cards) == 1)
    assert any("Discarded" in card.label.text() for card in scene.window.timeline.findChildren(TextCard))
    scene.qtbot.mouseClick(scene.cards[0].paint, Qt.MouseButton.LeftButton)
    scene.wait()
    assert scene.painter.painted[0].seed == seed


def test_what_is_said_instead_of_an_ok_changes_the_waiting_prompt(scene: Scene) -> None:
    reviewed(scene)
    scene.say("at night", NIGHT)
    assert scene.writer.asked[-1].prompt.subject == "a red ball"
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    assert scene.cards[-1].part.prompt.lighting == "night"
    scene.qtbot.mouseClick(scene.cards[-1].paint, Qt.MouseButton.LeftButton)
    scene.until(lambda: len(scene.pictures) == 1)


def edit_waiting(scene: Scene, card: PromptCard, text: str) -> None:
    scene.qtbot.mouseClick(card.row("subject").value, Qt.MouseButton.LeftButton)
    editor = card.row("subject").editor
    assert editor
    editor.selectAll()
    scene.qtbot.keyClicks(editor, text)
    scene.qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_what_was_edited_in_a_waiting_prompt_is_kept_by_what_is_said_next(scene: Scene) -> None:
    card = reviewed(scene)
    edit_waiting(scene, card, "a green ball")
    scene.say("at night", NIGHT)
    assert scene.writer.asked[-1].prompt.subject == "a green ball"
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    assert card.row("subject").value.text() == "a green ball"
    scene.qtbot.mouseClick(scene.cards[-1].paint, Qt.MouseButton.LeftButton)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    prompt = scene.painter.painted[0].prompt
    assert (prompt.subject, prompt.lighting) == ("a green ball", "night")
    assert "green ball" in scene.painter.painted[0].compiled.positive


def test_another_seed_for_a_waiting_prompt_keeps_what_was_edited_in_it(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    scene.qtbot.mouseClick(scene.window.composer.review, Qt.MouseButton.LeftButton)
    scene.say("at night", NIGHT)
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    edit_waiting(scene, scene.cards[-1], "a green ball")
    other = scene.window.timeline.findChildren(HowCard)[-1].seed
    assert other
    scene.qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    scene.until(lambda: len(scene.cards) == 3 and scene.cards[-1].discard.isVisible())
    assert scene.cards[-1].part.prompt.subject == "a green ball"


def test_another_seed_for_a_waiting_prompt_waits_too(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.until(lambda: len(scene.pictures) == 1)
    scene.wait()
    seed = scene.painter.painted[0].seed
    scene.qtbot.mouseClick(scene.window.composer.review, Qt.MouseButton.LeftButton)
    scene.say("at night", NIGHT)
    scene.until(lambda: scene.cards[-1].discard.isVisible())
    other = scene.window.timeline.findChildren(HowCard)[-1].seed
    assert other
    scene.qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    scene.until(lambda: len(scene.cards) == 3 and scene.cards[-1].discard.isVisible())
    assert len(scene.painter.painted) == 1
    scene.qtbot.mouseClick(scene.cards[-1].paint, Qt.MouseButton.LeftButton)
    scene.until(lambda: len(scene.pictures) == 2)
    assert scene.painter.painted[1].seed != seed
    assert scene.painter.painted[1].prompt.lighting == "night"


# --- the card by itself ----------------------------------------------------------------------------------------------


def card_of(holder: QWidget, *changes: FieldChange) -> PromptCard:
    prompt = ImagePrompt("a red ball", lighting="<b>moonlight</b>", negative=("birds",))
    return PromptCard(PromptPart(prompt, changes, 4711, True, (), "writer", 1), holder)


def test_the_change_line_says_what_changed_and_what_was_kept(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    long = "a golden hour that fills the whole of the valley with warm and dusty light <i>for</i> hours"
    card = card_of(holder, FieldChange("lighting", "golden hour", "moonlight"))
    assert texts(card)[0] == "lighting: golden hour → moonlight · 7 fields and seed 4711 kept"
    card = card_of(holder, FieldChange("lighting", long, "moonlight"), FieldChange("negative", "people", "birds"))
    assert "lighting: a golden hour that fills the whole of the… → moonlight" in texts(card)
    assert "negative: + birds, − people" in texts(card)
    assert "6 fields and seed 4711 kept" in texts(card)
    (tip,) = [label.toolTip() for label in card.labels() if "golden" in label.toolTip()]
    assert "&lt;i&gt;for&lt;/i&gt; hours" in tip
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in card.labels())


def test_no_row_stays_empty_above_the_first_field(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    card = PromptCard(PromptPart(ImagePrompt(style="watercolour"), (), 4711), holder)
    card.set_editable(True)
    holder.show()
    card.show()
    card.resize(600, card.sizeHint().height())
    card.layout().activate()
    assert card.add.isVisible()
    assert abs(card.add.y() - card.row("style").value.y()) < 4
    assert card.row("style").value.y() < card.add.height()


def test_fields_fade_in_unless_the_person_wants_less_motion(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def effects(is_wanted: bool) -> list[FieldValue]:
        monkeypatch.setattr(motion, "is_motion_wanted", lambda: is_wanted)
        holder = QWidget()
        qtbot.addWidget(holder)
        card = PromptCard(PromptPart(ImagePrompt()), holder)
        card.show_fields(ImagePrompt("a red ball"), (), False)
        return [value for value in card.findChildren(FieldValue) if value.graphicsEffect()]

    assert len(effects(True)) == 1
    assert effects(False) == []


def test_every_control_of_the_card_has_a_name_and_is_reached_by_key(scene: Scene) -> None:
    scene.say("a red ball", BALL)
    scene.say("at night", NIGHT)
    card = scene.cards[-1]
    for button in card.findChildren(QToolButton):
        assert button.accessibleName()
    for value in (value for value in card.findChildren(FieldValue) if value.isVisible()):
        assert "Enter edits" in value.accessibleName()
        assert value.focusPolicy() & Qt.FocusPolicy.TabFocus
