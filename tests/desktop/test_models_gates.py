"""Tokens and closed gates on the models page."""

from __future__ import annotations

import contextlib

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths
from sfumato.secrets import Secrets
from tests.desktop.models_pressed import ID, PATIENCE_MS, Opened, add, can, press, shown
from tests.models.hub import LoopbackHub


def test_a_gated_model_asks_for_the_token_which_is_written_nowhere(
    qtbot: QtBot,
    models_opened: Opened,
    server: LoopbackHub,
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, page, _ = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: ID in page.cards, timeout=PATIENCE_MS)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")  # no vault here
    repo = server.repos["someone/tiny-sd"]
    repo.token, repo.gated = "hf_good_token", "auto"
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: can(page, ID, "enter"), timeout=PATIENCE_MS)
    card = page.cards[ID]
    assert "wants to know who asks" in shown(card)
    assert card.token.echoMode() == card.token.EchoMode.Password
    qtbot.keyClicks(card.token, "hf_good_token")
    qtbot.keyClick(card.token, Qt.Key.Key_Return)
    assert card.token.text() == ""
    processes: dict[int, str] = {}

    def is_here() -> bool:
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                processes[process.pid] = f"{process.cmdline()} {process.environ()}"
        return page.cards[ID].row.is_here

    qtbot.waitUntil(is_here, timeout=PATIENCE_MS)
    assert any("spawn_main" in told for told in processes.values())
    assert all("hf_good_token" not in told for told in processes.values())
    assert paths.library_file.exists()
    written = [
        path for path in paths.data.parent.rglob("*") if path.is_file() and b"hf_good_token" in path.read_bytes()
    ]
    assert written == []


def test_a_token_from_the_vault_is_used_without_asking(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, page, _ = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: ID in page.cards, timeout=PATIENCE_MS)
    server.repos["someone/tiny-sd"].token = "hf_kept"  # nobody knew that it is gated
    monkeypatch.setattr(Secrets, "token", lambda self: "hf_kept")
    press(qtbot, page, ID, "download")
    page.close()
    qtbot.waitUntil(lambda: page.cards[ID].row.is_here, timeout=PATIENCE_MS)
    toasts = [label.text() for label in window.findChildren(QLabel)]
    assert "“tiny-sd” is on this machine." in toasts


def test_a_token_is_sent_only_where_the_hub_wants_one(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, page, control = models_opened
    monkeypatch.setattr(Secrets, "token", lambda self: "hf_kept")
    control._hub.secrets._this_run = "hf_kept"  # another model has wanted it in this run
    add(qtbot, page)
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: page.cards[ID].row.is_here, timeout=PATIENCE_MS)
    assert server.seen
    assert not any("authorization" in seen.headers for seen in server.seen)


def test_a_gate_that_is_closed_names_the_page(qtbot: QtBot, models_opened: Opened, server: LoopbackHub) -> None:
    _, page, control = models_opened
    add(qtbot, page)
    qtbot.waitUntil(lambda: ID in page.cards, timeout=PATIENCE_MS)
    server.fault("model_index.json", "status", value="403")
    press(qtbot, page, ID, "download")
    qtbot.waitUntil(lambda: can(page, ID, "page"), timeout=PATIENCE_MS)
    assert "accept its conditions" in shown(page.cards[ID])
    assert control.downloads.states()[ID].page == f"{server.address}/someone/tiny-sd"


def test_a_gate_that_is_closed_to_a_typed_repository_names_its_page_and_keeps_the_name(
    qtbot: QtBot, models_opened: Opened, server: LoopbackHub
) -> None:
    _, page, _ = models_opened
    server.fault("model_index.json", "status", value="403", times=1)
    add(qtbot, page)
    qtbot.waitUntil(lambda: f"({server.address}/someone/tiny-sd)" in page.note.text(), timeout=PATIENCE_MS)
    assert page.new.text() == "someone/tiny-sd"  # to be tried again
    qtbot.waitUntil(page.add.isEnabled, timeout=PATIENCE_MS)
    qtbot.keyClick(page.new, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: can(page, ID, "download"), timeout=PATIENCE_MS)
    assert page.new.text() == ""
    assert page.note.text() == ""
