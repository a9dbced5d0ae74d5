"""The models page as a person uses it: from “get a model” to a picture, with a loopback hub, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from sfumato.machine import Machine
from sfumato.paths import Paths
from sfumato.settings import load_settings
from sfumato_desktop.model_rows import machine_text
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.picture_card import PictureCard
from tests.desktop.models_pressed import ID, PATIENCE_MS, Opened, add, answer_with, can, press, shown
from tests.models.hub import LoopbackHub
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import passed_around, save_gguf

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.mark.timeout(300)
def test_from_get_a_model_to_a_picture(
    qtbot: QtBot, models_opened: Opened, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, page, _ = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: can(page, ID, "download"), timeout=PATIENCE_MS)

    def sections() -> list[str]:
        return [it.text() for it in page.findChildren(QLabel) if it.objectName() == "section" and it.isVisible()]

    begin = ["On this machine", "Added by you", "For this machine"]
    qtbot.waitUntil(lambda: sections()[:3] == begin, timeout=PATIENCE_MS)
    qtbot.waitUntil(page.cards[ID].buttons["download"].hasFocus, timeout=PATIENCE_MS)
    entry = paths.own_entries / f"{ID}.toml"
    entry.write_text(entry.read_text().replace("steps = 25", "steps = 2"))  # as a person may put it right
    qtbot.keyClick(page.cards[ID].buttons["download"], Qt.Key.Key_Return)
    assert "Asking the hub" in shown(page.cards[ID])  # at once
    press(qtbot, page, ID, "use")
    qtbot.waitUntil(lambda: page.cards[ID].row.is_used, timeout=PATIENCE_MS)
    assert load_settings(paths.settings_file).settings.painter_id == ID
    page.close()
    assert window.focusWidget() is window.composer.box  # the click on “Models…” has left the keys there
    qtbot.keyClicks(window.composer.box, "a red ball in a meadow")
    qtbot.keyClick(window.composer.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(card.version for card in window.findChildren(PictureCard)), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.composer.button.text() == "Send", timeout=PATIENCE_MS)
    (version,) = (card.version for card in window.findChildren(PictureCard) if card.version)
    assert version.recipe.settings.model_id == ID
    assert (version.recipe.settings.width, version.recipe.settings.steps) == (64, 2)

    qtbot.mouseClick(window.conversations.models, Qt.MouseButton.LeftButton)
    asked = answer_with(monkeypatch, "Remove")
    press(qtbot, page, ID, "remove")
    qtbot.waitUntil(
        lambda: page.cards["starter-painter"].row.is_used and not page.cards[ID].row.is_here, timeout=PATIENCE_MS
    )
    assert "Remove “tiny-sd”" in asked[0]
    assert not (paths.models / ID).exists()


def test_a_damaged_file_is_named_and_repaired(qtbot: QtBot, models_opened: Opened, paths: Paths) -> None:
    _, page, _ = models_opened
    add(qtbot, page)
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: can(page, ID, "verify"), timeout=PATIENCE_MS)
    weights = paths.models / ID / UNET
    data = weights.read_bytes()
    weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    bar: list[int] = []
    page.cards[ID].bar.valueChanged.connect(bar.append)
    press(qtbot, page, ID, "verify")
    qtbot.waitUntil(lambda: f"Damaged: {UNET}" in shown(page.cards[ID]), timeout=PATIENCE_MS)
    assert bar == sorted(bar)
    assert bar[-1] > 900  # of a thousand
    assert page.cards[ID].bar.isHidden()
    press(qtbot, page, ID, "repair")
    qtbot.waitUntil(lambda: weights.read_bytes() == data and can(page, ID, "verify"), timeout=PATIENCE_MS)
    press(qtbot, page, ID, "verify")
    qtbot.waitUntil(lambda: "as it should be" in shown(page.cards[ID]), timeout=PATIENCE_MS)
    assert "Damaged" not in shown(page.cards[ID])


def test_pausing_going_on_and_cancelling(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub, paths: Paths
) -> None:
    _, page, _ = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: ID in page.cards, timeout=PATIENCE_MS)
    server.pace_bytes_s = 20_000
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: server.sent_bytes[UNET] > 5000, timeout=PATIENCE_MS)
    press(qtbot, page, ID, "pause")
    qtbot.waitUntil(lambda: "Paused at" in shown(page.cards[ID]), timeout=PATIENCE_MS)
    assert page.cards[ID].buttons["download"].text() == "Resume"
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: "left" in shown(page.cards[ID]), timeout=PATIENCE_MS)
    press(qtbot, page, ID, "cancel")
    qtbot.waitUntil(lambda: can(page, ID, "forget"), timeout=PATIENCE_MS)
    assert list((paths.models / ".unfinished").iterdir()) == []
    press(qtbot, page, ID, "forget")
    qtbot.waitUntil(lambda: ID not in page.cards, timeout=PATIENCE_MS)


def test_a_second_enter_while_it_is_being_looked_up_does_nothing(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub
) -> None:
    _, page, _ = models_opened
    asked: list[str] = []
    page.add_wanted.connect(asked.append)
    add(qtbot, page)
    assert page.focusWidget() is page.new  # the keys go to no button meanwhile
    qtbot.keyClick(page.new, Qt.Key.Key_Return)
    assert asked == ["someone/tiny-sd"]
    qtbot.waitUntil(lambda: can(page, ID, "download"), timeout=PATIENCE_MS)
    assert page.new.text() == ""
    assert not page.new.isReadOnly()


def test_a_repository_that_cannot_be_used_is_told_with_the_reason(qtbot: QtBot, models_opened: Opened) -> None:
    _, page, _ = models_opened
    add(qtbot, page, "Disty0/FLUX.2-klein-4B-SDNQ-4bit-dynamic")
    qtbot.waitUntil(lambda: "it needs sdnq, which is not part of" in page.note.text(), timeout=PATIENCE_MS)
    assert page.new.text()  # to be corrected
    assert page.add.isEnabled()


def test_a_repository_of_the_catalogue_is_shown_there_and_nobody_is_asked(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub
) -> None:
    _, page, _ = models_opened
    add(qtbot, page, "lykon/dreamshaper-8")
    qtbot.waitUntil(lambda: page.cards["dreamshaper-8"].buttons["download"].hasFocus(), timeout=PATIENCE_MS)
    assert page.add.isEnabled()
    assert server.seen == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("nobody/nothing", "does not exist"), ("no repository", "written owner/name"), ("x.toml", "cannot be read")],
)
def test_what_cannot_be_added_is_said(
    qtbot: QtBot,
    models_opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    said: str,
) -> None:
    _, page, _ = models_opened
    monkeypatch.setattr(ModelsPage, "ask_token", lambda self, why: None)  # the person gives up
    before = set(page.cards)
    add(qtbot, page, text)
    qtbot.waitUntil(lambda: said in page.note.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(page.add.isEnabled, timeout=PATIENCE_MS)
    assert set(page.cards) == before


def test_a_licence_is_shown_and_must_be_agreed_to(
    qtbot: QtBot,
    models_opened: Opened,
    server: LoopbackHub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, page, control = models_opened
    asked = answer_with(monkeypatch, "Cancel")
    press(qtbot, page, "sd-turbo", "download")
    assert "Stability non-commercial" in asked[0]
    assert "stabilityai/sd-turbo" in asked[0]
    assert control.downloads.states() == {}


def test_the_ledger_and_the_settings_of_the_network(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub, paths: Paths
) -> None:
    from sfumato_desktop.connections_dialog import ConnectionsDialog

    _, page, _ = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: ID in page.cards, timeout=PATIENCE_MS)
    page.connections.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(ConnectionsDialog)), timeout=PATIENCE_MS)
    dialog = page.findChildren(ConnectionsDialog)[0]
    assert dialog.table.rowCount() == len(server.seen)
    assert any(server.address in dialog.table.item(row, 1).text() for row in range(dialog.table.rowCount()))  # type: ignore[union-attr]
    dialog.proxy.setText("nonsense")
    dialog.save.click()
    assert "proxy's address cannot be used" in dialog.trouble.text()
    dialog.proxy.setText("http://proxy.example:8080")
    dialog.save.click()
    qtbot.waitUntil(
        lambda: load_settings(paths.settings_file).settings.proxy == "http://proxy.example:8080", timeout=PATIENCE_MS
    )


def test_a_model_used_where_it_stands_is_forgotten_and_stays(
    qtbot: QtBot, models_opened: Opened, paths: Paths, tmp_path: Path
) -> None:
    _, page, control = models_opened
    folder = tmp_path / "mine"
    tiny_family("ZImagePipeline", folder)
    control.add_files((folder,))
    qtbot.waitUntil(lambda: can(page, "own-mine", "use"), timeout=PATIENCE_MS)
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    qtbot.waitUntil(
        lambda: paths.hash_book.exists() and str(weights) in paths.hash_book.read_text(), timeout=PATIENCE_MS
    )
    assert not can(page, "own-mine", "remove")
    qtbot.waitUntil(lambda: page.focusWidget() is page.cards["own-mine"].buttons["use"], timeout=PATIENCE_MS)
    assert (
        page.area.viewport()
        .rect()
        .contains(page.cards["own-mine"].mapTo(page.area.viewport(), page.cards["own-mine"].rect().center()))
    )
    press(qtbot, page, "own-mine", "use")
    qtbot.waitUntil(lambda: not page.cards["own-mine"].used.isHidden(), timeout=PATIENCE_MS)
    press(qtbot, page, "own-mine", "forget")
    qtbot.waitUntil(lambda: "own-mine" not in page.cards, timeout=PATIENCE_MS)
    assert weights.exists()
    assert not page.cards["starter-painter"].used.isHidden()


def test_taking_away_a_model_says_which_one_paints_with_its_parts(
    qtbot: QtBot,
    models_opened: Opened,
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, page, control = models_opened
    folder = tmp_path / "small-z"
    tiny_family("ZImagePipeline", folder)
    file = save_gguf(passed_around("ZImagePipeline", folder), tmp_path / "z-Q8.gguf")
    control.add_files((folder,))
    qtbot.waitUntil(lambda: "own-small-z" in page.cards, timeout=PATIENCE_MS)
    control.add_files((file,))
    press(qtbot, page, "own-z-q8", "use")
    qtbot.waitUntil(lambda: page.cards["own-z-q8"].row.is_used, timeout=PATIENCE_MS)
    asked = answer_with(monkeypatch, "Cancel")
    press(qtbot, page, "own-small-z", "forget")
    assert "Forget “small-z”? “z-Q8” paints with parts of it and stops painting." in asked[0]
    assert (paths.own_entries / "own-small-z.toml").exists()
    answer_with(monkeypatch, "Forget")
    press(qtbot, page, "own-small-z", "forget")
    qtbot.waitUntil(lambda: page.cards["starter-painter"].row.is_used, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "own-small-z" not in page.cards, timeout=PATIENCE_MS)


def test_the_line_about_this_machine_says_of_a_card_what_is_known() -> None:
    bare, carded = Machine(16.0, 100.0), Machine(16.0, 100.0, 12.0)
    assert (
        machine_text(bare, has_looked=False)
        == "This machine has 16 GB of memory and 100 GB free on the disk for models."
    )
    assert "no graphics card that can paint" in machine_text(bare, has_looked=True)
    assert "16 GB of memory, 12 GB of graphics memory and 100 GB free" in machine_text(carded, has_looked=True)


def test_every_button_has_a_name(models_opened: Opened) -> None:
    _, page, _ = models_opened
    assert all(button.text() or button.accessibleName() for button in page.findChildren(QPushButton))
