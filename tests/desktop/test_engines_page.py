"""Engine packs in the window and on the command line: real packs and probes of an engine process, a loopback site."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop import engine_libraries
from sfumato_desktop.background_news import Loaded
from sfumato_desktop.cli import main
from sfumato_desktop.engines_page import EnginesPage, PackCard
from sfumato_models.connections import Ledger
from sfumato_models.engine_pack import PackLock, active_pack
from sfumato_models.hardware import GIB, Device, PainterReport
from tests.desktop.played import App
from tests.models.hub import LoopbackHub
from tests.models.test_engine_pack import lock_of, make_wheel

TITLE = "Test"
CPU = Device("cpu", "cpu", "Some processor", 16 * GIB, 9 * GIB)
BIG = "x" * 400_000


@pytest.fixture
def wheels(tmp_path: Path) -> tuple[Path, ...]:
    """Two wheels on a stick."""
    stick = tmp_path / "stick"
    first = make_wheel(stick, "torch-9.9-py3-none-any.whl", **{"torch/__init__.py": BIG})
    return first, make_wheel(stick, "extra-1-py3-none-any.whl", **{"extra.py": BIG})


@pytest.fixture
def lock(wheels: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PackLock:
    """The only pack this app knows; whether it works is told by `probe`."""
    made = lock_of(*wheels)
    folder = tmp_path / "resources"
    (folder / "engine_packs").mkdir(parents=True)
    (folder / "engine_packs" / "test.json").write_text(made.model_dump_json())
    (folder / "site.txt").write_text("")
    monkeypatch.setattr(engine_libraries, "resource_folder", lambda: folder)
    return made


@pytest.fixture(autouse=True)
def probe(monkeypatch: pytest.MonkeyPatch) -> list[SfumatoError]:
    """Stands for the engine process that tries a pack out; what is in the list is raised."""
    fails: list[SfumatoError] = []

    def tried(libraries: Path, *_: object) -> dict[str, str]:
        if fails:
            raise fails.pop()
        return {"device": "Some card", "torch": "9.9", "file": str(libraries)}

    monkeypatch.setattr(engine_libraries, "_probe", tried)
    return fails


@pytest.fixture
def site(lock: PackLock, wheels: tuple[Path, ...], paths: Paths) -> Iterator[LoopbackHub]:
    with LoopbackHub() as server:
        server.pages = {f"/engines/{lock.id}/{wheel.name}": wheel.read_bytes() for wheel in wheels}
        save_settings(paths.settings_file, Settings(site_address=server.address))
        yield server


@pytest.fixture
def page(app: App, lock: PackLock) -> EnginesPage:
    app.wait(lambda: app.controller.background.studio)
    app.window.conversations.models.click()
    app.wait(lambda: app.controller._pages._models)
    app.controller._pages._models._page.engines.click()
    (opened,) = app.window.findChildren(EnginesPage)
    return opened


def card(page: EnginesPage) -> PackCard:
    return page.cards["test-pack"]


def use_site(app: App, page: EnginesPage, site: LoopbackHub) -> None:
    """As if the page had been opened by a copy that knows this site."""
    app.controller.background.settings = Settings(site_address=site.address)
    app.controller._pages._engines.reload()
    app.wait(card_shows(page, "download"))  # a new card is shown a moment later


def press(app: App, page: EnginesPage, name: str) -> None:
    assert card(page).buttons[name].isVisible()
    card(page).buttons[name].click()


def test_what_is_used_which_pack_there_is_and_its_size(app: App, page: EnginesPage) -> None:
    assert page.isVisible()
    assert "own libraries, on the processor" in page.used.text()
    assert "MB" in card(page).facts.text() or "kB" in card(page).facts.text()
    assert page.card.text()
    assert not page.placed.isVisible()  # nothing is loaded
    app.controller.background.report = PainterReport(
        (CPU,),
        CPU,
        "Some painter",
        "float32",
        "resident",
        "Needs 1.0 GiB of 9.0 GiB free: all of the model stays loaded.",
        left_out=("Some painter brings a filter; Sfumato leaves it out.",),
    )
    app.controller.happened.emit(Loaded())  # while the page is open
    assert page.placed.text().splitlines() == [
        "Some painter paints on the processor.",
        "Needs 1.0 GiB of 9.0 GiB free: all of the model stays loaded.",
        "Some painter brings a filter; Sfumato leaves it out.",
    ]
    app.wait(lambda: [name for name, button in card(page).buttons.items() if button.isVisible()] == ["download"])


def test_a_pack_is_got_from_the_site_checked_used_and_removed(
    app: App, page: EnginesPage, site: LoopbackHub, paths: Paths, lock: PackLock
) -> None:
    use_site(app, page, site)
    press(app, page, "download")
    app.wait(lambda: "Some card" in page.told.text())
    assert page.used.text() == f"In use: {TITLE}"
    assert active_pack(paths.engine_packs) == lock
    assert not list(paths.engine_downloads.rglob("*.whl"))  # the wheels have done their work
    assert {entry.address for entry in Ledger(paths.connections_file).read()} == {
        f"{site.address}/engines/{lock.id}/{wheel.file}" for wheel in lock.wheels
    }
    app.wait(lambda: app.controller._pages._engines.downloads.pid is None)
    press(app, page, "remove")
    app.wait(lambda: "Removed" in page.told.text())
    assert active_pack(paths.engine_packs) is None
    assert list(paths.engine_packs.iterdir()) == []
    assert "own libraries" in page.used.text()


def test_a_file_that_is_not_the_locked_one_is_refused(
    app: App, page: EnginesPage, site: LoopbackHub, paths: Paths, lock: PackLock
) -> None:
    use_site(app, page, site)
    wanted = f"/engines/{lock.id}/{lock.wheels[0].file}"
    site.pages[wanted] = site.pages[wanted][:-1] + b"?"
    press(app, page, "download")
    app.wait(page.trouble.isVisible)
    assert "has another content than announced, so it was not kept" in page.trouble.text()
    assert active_pack(paths.engine_packs) is None


def test_a_site_without_it_and_no_site_at_all_are_sentences(app: App, page: EnginesPage, site: LoopbackHub) -> None:
    assert not card(page).buttons["download"].isEnabled()  # the window has not read any address
    assert "does not know where new versions are published" in card(page).progress.text()
    use_site(app, page, site)
    site.pages.clear()
    press(app, page, "download")
    app.wait(lambda: "The site does not have this." in page.trouble.text())
    app.wait(card_shows(page, "download"))  # a new card is shown a moment later


def test_a_download_is_paused_goes_on_where_it_was_and_can_be_thrown_away(
    app: App, page: EnginesPage, site: LoopbackHub, paths: Paths, lock: PackLock
) -> None:
    big = f"/engines/{lock.id}/torch-9.9-py3-none-any.whl"
    use_site(app, page, site)
    site.pace_bytes_s = 100_000
    press(app, page, "download")
    app.wait(lambda: site.sent_bytes[big] > 30_000)
    press(app, page, "pause")
    app.wait(card_shows(page, "download"))
    assert card(page).buttons["download"].text() == "Resume"
    assert "Paused at" in card(page).progress.text()
    press(app, page, "cancel")
    app.wait(lambda: card(page).buttons["download"].text() == "Get it")
    assert not list(paths.engine_downloads.rglob("*.part"))


def card_shows(page: EnginesPage, name: str) -> Callable[[], bool]:
    return lambda: card(page).buttons[name].isVisible()


def test_a_pack_that_does_not_work_here_leaves_what_was_used(
    app: App, page: EnginesPage, probe: list[SfumatoError], wheels: tuple[Path, ...], paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    probe.append(SfumatoError("The card does not answer.", "Update its driver."))
    folder: Callable[..., str] = lambda *_: str(wheels[0].parent)  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", folder)
    page.folder.click()
    app.wait(page.trouble.isVisible)
    assert page.trouble.text() == "The card does not answer. Update its driver."
    assert page.folder.isEnabled()
    assert active_pack(paths.engine_packs) is None
    page.folder.click()
    app.wait(lambda: "Some card" in page.told.text())
    assert active_pack(paths.engine_packs) is not None
    begun: list[str] = []

    def choose_file(parent: object, title: str, begin: str, kinds: str) -> tuple[str, str]:
        begun.append(begin)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose_file)
    app.wait(page.archive.isEnabled)
    page.archive.click()
    assert begun == [str(wheels[0].parent)]  # where the folder was chosen


def test_while_a_pack_is_tried_out_the_page_says_so_whenever_it_is_opened(app: App, page: EnginesPage) -> None:
    page.show_busy("Trying it out…")
    page.close()
    app.window.conversations.models_wanted.emit()
    page.say()
    assert page.told.text() == "Trying it out…"
    page.show_packs([card(page).row], "Sfumato's own", "")
    assert not any(button.isEnabled() for button in (page.folder, page.archive, *card(page).buttons.values()))
    page.show_busy("")
    assert page.folder.isEnabled()
    assert not page.told.text()


def test_a_pack_that_comes_while_another_is_tried_out_is_tried_next(
    app: App, page: EnginesPage, lock: PackLock
) -> None:
    control, first, tried = app.controller._pages._engines, threading.Event(), []

    def other(cancel: object) -> tuple[PackLock, dict[str, str]]:
        tried.append("other")
        return lock, {"device": "Some card"}

    def one(cancel: object) -> tuple[PackLock, dict[str, str]]:
        first.wait(20)
        raise SfumatoError("It does not work.", "Try another.")

    control._try_out(one)
    control._try_out(other)
    assert page.told.text() == "Another pack is being tried out; this one comes next."
    first.set()
    app.wait(lambda: page.told.text() == "In use: Test, on Some card.")
    assert tried == ["other"]


@pytest.mark.parametrize("name", ["pack.zip", "folder"])
def test_what_is_no_pack_is_a_sentence(app: App, page: EnginesPage, tmp_path: Path, name: str) -> None:
    (tmp_path / "pack.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "folder").mkdir()
    page.add_wanted.emit(tmp_path / name)
    app.wait(page.trouble.isVisible)
    assert "no archive, or cut short" in page.trouble.text() or "no engine pack" in page.trouble.text()


def test_the_command_line_gets_one_too(
    site: LoopbackHub, paths: Paths, lock: PackLock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["engines", "download", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["in_use"] == lock.id
    assert active_pack(paths.engine_packs) == lock
    assert main(["engines"]) == 0
    assert "In use: Test" in capsys.readouterr().out
    assert main(["engines", "download", "nothing"]) == 1
    assert "There is no engine pack called “nothing”" in capsys.readouterr().err
    assert main(["engines", "remove"]) == 0
    assert active_pack(paths.engine_packs) is None
