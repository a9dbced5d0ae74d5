"""Looking for a new version, in the window and on the command line, through the real download process on a loopback site."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from sfumato import __version__
from sfumato.paths import Paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop import about_control as about_module
from sfumato_desktop.about_control import AboutControl
from sfumato_desktop.about_dialog import AboutDialog
from sfumato_desktop.cli import main
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import Patience, Setup
from tests.desktop.played import App
from tests.models.hub import LoopbackHub

PATIENCE_MS = 30_000
VERSION = "/version.json"
UNKNOWN = "It could not be found out whether there is a newer version."


@pytest.fixture
def site() -> Iterator[LoopbackHub]:
    with LoopbackHub() as server:
        yield server


@pytest.fixture
def control(qtbot: QtBot, paths: Paths, site: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[AboutControl]:
    haste = Patience(connect_s=2, stall_s=1)
    monkeypatch.setattr(about_module, "Setup", lambda models: Setup(models, haste))
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made = AboutControl(window, paths, lambda: Settings(site_address=site.address), window)
    made.show()
    yield made
    made.close()


def look(qtbot: QtBot, control: AboutControl) -> AboutDialog:
    control.dialog.look.click()
    assert not control.dialog.look.isEnabled()
    qtbot.waitUntil(control.dialog.look.isEnabled, timeout=PATIENCE_MS)
    return control.dialog


def says(version: str) -> bytes:
    return json.dumps({"version": version}).encode()


def test_a_newer_version_is_named_with_a_link_to_the_site_and_nothing_else(
    qtbot: QtBot, control: AboutControl, site: LoopbackHub, paths: Paths
) -> None:
    site.pages[VERSION] = json.dumps({"version": "99.0.1", "page": "https://evil.example"}).encode()
    dialog = look(qtbot, control)
    assert dialog.answer.text() == f"Sfumato 99.0.1 is there; this is {__version__}."
    assert dialog.page.text() == f'<a href="{site.address}">{site.address}</a>'
    assert dialog.page.isVisible()
    assert not dialog.trouble.isVisible()
    assert [seen.path for seen in site.seen] == [VERSION]
    (entry,) = Ledger(paths.connections_file).read()
    assert (entry.address, entry.purpose, entry.outcome) == (site.address + VERSION, "newest version", "200")
    qtbot.waitUntil(
        lambda: control._downloads.pid is None, timeout=PATIENCE_MS
    )  # the process with a network is gone again


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (__version__, f"Sfumato {__version__} is the newest version."),
        ("0.0.1", "the newest that is published is 0.0.1"),
    ],
)
def test_no_newer_version_is_a_sentence_without_a_link(
    qtbot: QtBot, control: AboutControl, site: LoopbackHub, newest: str, said: str
) -> None:
    site.pages[VERSION] = says(newest)
    dialog = look(qtbot, control)
    assert said in dialog.answer.text()
    assert not dialog.page.isVisible()


def test_no_answer_nonsense_and_404_are_sentences_and_it_can_be_tried_again(
    qtbot: QtBot, control: AboutControl, site: LoopbackHub
) -> None:
    dialog = look(qtbot, control)  # 404
    assert dialog.trouble.text() == f"{UNKNOWN} Try again later, or look at its page yourself."
    site.pages[VERSION] = b"<html>Welcome to the hotel's network</html>"
    assert look(qtbot, control).trouble.text().startswith(UNKNOWN)
    site.pages[VERSION] = says("99.0.0")
    site.fault(VERSION, "stall", times=1)
    assert look(qtbot, control).trouble.text() == f"{UNKNOWN} Check the network connection, then try again."
    site.fault(VERSION, "status", times=1, value="503")
    assert look(qtbot, control).trouble.text().startswith(UNKNOWN)
    assert not dialog.answer.isVisible()
    assert "99.0.0" in look(qtbot, control).answer.text()
    assert not dialog.trouble.isVisible()


def test_a_site_that_cannot_be_reached_is_a_sentence(qtbot: QtBot, control: AboutControl, site: LoopbackHub) -> None:
    control._settings = lambda: Settings(site_address="http://127.0.0.1:9")
    assert look(qtbot, control).trouble.text() == f"{UNKNOWN} Check the network connection, then try again."


def test_the_window_opens_it_and_asks_nobody_before_the_click(app: App, site: LoopbackHub, paths: Paths) -> None:
    app.wait(lambda: app.controller.background.studio)
    app.window.conversations.about.click()
    app.wait(lambda: app.window.findChildren(AboutDialog))
    (dialog,) = app.window.findChildren(AboutDialog)
    assert dialog.isVisible()
    assert not paths.connections_file.exists()
    assert not dialog.look.isEnabled()  # this copy knows no site
    assert dialog.reason.isVisible()
    assert "does not know where new versions are published" in dialog.reason.text()
    assert not paths.connections_file.exists()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_command_line_asks_only_with_check(run: Run, site: LoopbackHub, paths: Paths) -> None:
    assert run("version") == (0, f"Sfumato {__version__}\n", "")
    code, out, err = run("version", "--check")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "site_address" in err
    save_settings(paths.settings_file, Settings(site_address=site.address))
    site.pages[VERSION] = says("99.1")
    told: dict[str, Any] = json.loads(run("version", "--check", "--json")[1])
    assert told == {"version": __version__, "newest": "99.1", "is_newer": True, "page": site.address}
    assert run("version", "--check")[1] == f"Sfumato 99.1 is there; this is {__version__}. Get it from {site.address}\n"
    save_settings(paths.settings_file, Settings(site_address="http://sfumato.example"))
    code, _, err = run("version", "--check")
    assert (code, "https://" in err) == (1, True)
