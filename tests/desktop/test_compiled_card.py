"""Compiled blocks in the window: offered where they can be built, tried in a real process, used, and left by one click."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.paths import Paths
from sfumato_desktop import compiled_control
from sfumato_desktop.compiled_card import CompiledCard
from sfumato_desktop.engines_page import EnginesPage
from sfumato_desktop.token_meter import TokenLimit
from sfumato_models.compiled_cache import compiled_folder
from sfumato_models.compiled_engines import BuildStep, Built, Tried, compiled_models, find_compiler, keep_tried
from sfumato_models.compiled_engines import tried_models as tried_of
from sfumato_models.installed import InstalledModel
from sfumato_models.worker import EngineSpec
from tests.desktop.played import App
from tests.fakes import SPEC
from tests.models.tiny_families import tiny_family

FASTER, SLOWER = Built(60, 1.5, 1.0, True), Built(60, 1.0, 1.2, True)
PATIENCE_MS = 180_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """A family with one kind of block."""
    return tiny_family("Krea2Pipeline", tmp_path_factory.mktemp("compiled") / "model")


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> list[SfumatoError]:
    """What is missing for compiling; nothing."""
    known: list[SfumatoError] = []
    monkeypatch.setattr(compiled_control, "what_is_missing", lambda *_: next(iter(known), None))
    return known


@pytest.fixture
def open_card(app: App) -> Callable[[], CompiledCard]:
    """Opens the page as a person does."""

    def opened() -> CompiledCard:
        app.wait(lambda: app.controller.background.studio)
        app.window.conversations.models.click()
        app.wait(lambda: app.controller._pages._models)
        app.controller._pages._models._page.engines.click()
        (page,) = app.window.findChildren(EnginesPage)
        return page.compiled

    return opened


def shown(card: CompiledCard) -> list[str]:
    return [name for name, button in card.buttons.items() if button.isVisible()]


def page_of(app: App) -> EnginesPage:
    (page,) = app.window.findChildren(EnginesPage)
    return page


def test_where_blocks_cannot_be_compiled_nothing_is_offered(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard]
) -> None:
    missing.append(SfumatoError("There is no compiler."))
    assert not open_card().isVisible()


def test_it_is_offered_with_what_it_brings_and_costs(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard]
) -> None:
    card = open_card()
    assert card.isVisible()
    assert card.title.text() == f"“{SPEC.title}”, compiled for this machine"
    assert shown(card) == ["try"]
    assert not card.bar.isVisible()


@pytest.mark.skipif(find_compiler() is None, reason="there is no C++ compiler")
def test_it_is_tried_in_a_real_process_and_what_was_found_decides(
    app: App, open_card: Callable[[], CompiledCard], model: InstalledModel, paths: Paths
) -> None:
    app.studio.painter_process = SimpleNamespace(
        notice=None, is_loaded=False, let_go=lambda wait_s: True, make_room=lambda: None,
        spec=EngineSpec("painter", model, 1, notes=paths.engine_notes),
    )  # fmt: skip
    card = open_card()
    card.buttons["try"].click()
    assert shown(card) == ["cancel"]
    app.qtbot.waitUntil(lambda: "Comparing" in card.progress.text(), timeout=PATIENCE_MS)
    page_of(app).close()  # it goes on when the page is closed
    app.qtbot.waitUntil(lambda: SPEC.id in tried_of(paths.engine_notes), timeout=PATIENCE_MS)
    built = tried_of(paths.engine_notes)[SPEC.id].built
    assert built.repeats
    assert built.build_s > built.compiled_s
    app.wait(lambda: "as fast" in card.found.text())
    assert f"{built.times:.2f} times" in card.found.text()
    assert (SPEC.id in compiled_models(paths.engine_notes)) is built.is_worthwhile
    assert any(compiled_folder(paths.engine_notes, model.spec.id).rglob("*.so"))


def test_what_is_faster_is_used_from_now_on_and_left_again_by_one_click(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(compiled_control, "build_compiled", lambda *_: FASTER)
    card = open_card()
    before = app.controller.background.studio
    restarts: list[object] = []
    monkeypatch.setattr(app.controller.background, "change_models", lambda: restarts.append(before))
    card.buttons["try"].click()
    app.wait(lambda: "In use, 1.50 times as fast here" in card.found.text())
    assert compiled_models(paths.engine_notes) == {SPEC.id}
    assert shown(card) == ["plain"]
    card.buttons["plain"].click()
    app.wait(lambda: not compiled_models(paths.engine_notes))
    app.wait(lambda: shown(card) == ["try", "use"])
    assert "Tried here: 1.50 times as fast. Not in use." in card.found.text()
    assert "paints without compiled blocks again" in page_of(app).told.text()
    app.qtbot.keyClick(card.buttons["use"], Qt.Key.Key_Return)  # without building them again
    app.wait(lambda: compiled_models(paths.engine_notes) == {SPEC.id})
    app.wait(lambda: len(restarts) == 3)


def test_what_is_not_faster_is_not_used(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(compiled_control, "build_compiled", lambda *_: SLOWER)
    card = open_card()
    card.buttons["try"].click()
    app.wait(lambda: "0.83 times as fast, which is not worth it" in card.found.text())
    assert shown(card) == ["try"]
    assert card.buttons["try"].text() == "Try again"
    assert tried_of(paths.engine_notes) == {SPEC.id: Tried(SLOWER, False)}


def test_a_stop_and_trouble_leave_the_model_as_it_was(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def until_cancelled(spec: object, cancel: CancelToken, on_step: Callable[[BuildStep], None], *_: object) -> Built:
        on_step(BuildStep("building"))
        while not cancel.is_cancelled:
            time.sleep(0.01)
        raise TurnCancelled

    monkeypatch.setattr(compiled_control, "build_compiled", until_cancelled)
    card = open_card()
    card.buttons["try"].click()
    app.wait(lambda: "the longest part" in card.progress.text())
    card.buttons["cancel"].click()
    app.wait(lambda: "paints as before" in page_of(app).told.text())
    assert shown(card) == ["try"]

    def fail(*_: object) -> Built:
        raise SfumatoError("This model cannot be compiled here.", "It is painted as before.")

    monkeypatch.setattr(compiled_control, "build_compiled", fail)
    card.buttons["try"].click()
    app.wait(lambda: page_of(app).trouble.text() == "This model cannot be compiled here. It is painted as before.")
    assert shown(card) == ["try"]
    assert not tried_of(paths.engine_notes)


def test_what_is_tried_is_stopped_when_the_models_change_and_starts_no_other_painter_again(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[CancelToken] = []

    def until_cancelled(spec: object, cancel: CancelToken, *_: object) -> Built:
        asked.append(cancel)
        while not cancel.is_cancelled:
            time.sleep(0.01)
        return FASTER  # it was done at that very moment

    monkeypatch.setattr(compiled_control, "build_compiled", until_cancelled)
    card = open_card()
    card.buttons["try"].click()
    app.wait(lambda: asked)
    other = SPEC.model_copy(update={"id": "other", "title": "Another model"})
    monkeypatch.setattr("tests.desktop.played.SPEC", other)
    monkeypatch.setattr("sfumato_desktop.background.token_limit", lambda studio: TokenLimit(len, 75, 1))
    app.controller.background.change_models()
    app.wait(lambda: "Another model" in card.title.text())
    assert asked[0].is_cancelled
    assert tried_of(paths.engine_notes)[SPEC.id].is_used  # for when it is chosen again
    restarts: list[object] = []
    monkeypatch.setattr(app.controller.background, "change_models", lambda: restarts.append(card))
    card.buttons["try"].click()
    app.wait(lambda: len(asked) == 2)
    monkeypatch.setattr("tests.desktop.played.SPEC", SPEC)
    asked[1].cancel()
    app.wait(lambda: SPEC.title in card.title.text())
    assert not restarts


def test_what_is_in_use_can_be_left_where_the_compiler_is_gone(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths
) -> None:
    keep_tried(paths.engine_notes, SPEC.id, FASTER)
    missing.append(SfumatoError("There is no compiler.", "Install one."))
    card = open_card()
    assert card.found.text() == "Chosen, but not possible now. There is no compiler. Install one."
    assert shown(card) == ["plain"]
    card.buttons["plain"].click()
    app.wait(lambda: not card.isVisible())
    assert compiled_models(paths.engine_notes) == frozenset()


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "may not write"), (errno.EIO, "cannot be used")],
)
def test_what_was_found_and_cannot_be_written_down_is_one_sentence(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths,
    monkeypatch: pytest.MonkeyPatch, code: int, said: str,
) -> None:  # fmt: skip
    where: list[threading.Thread] = []

    def refuse(*_: object) -> None:
        where.append(threading.current_thread())
        raise OSError(code, "no")

    keep_tried(paths.engine_notes, SPEC.id, FASTER)
    monkeypatch.setattr("sfumato_models.compiled_engines.replace_file", refuse)
    monkeypatch.setattr(compiled_control, "build_compiled", lambda *_: SLOWER)
    card = open_card()
    app.wait(lambda: shown(card) == ["plain"])
    card.buttons["plain"].click()
    app.wait(lambda: said in page_of(app).trouble.text())
    assert shown(card) == ["plain"]  # it stays as it was
    assert compiled_models(paths.engine_notes) == {SPEC.id}
    card.wished.emit("try")
    app.wait(lambda: len(where) == 2 and card._row is not None and card._row.step is None)
    assert said in page_of(app).trouble.text()
    assert tried_of(paths.engine_notes) == {SPEC.id: Tried(FASTER, True)}
    assert threading.main_thread() not in where


def test_what_an_earlier_run_found_is_shown(
    app: App, missing: list[SfumatoError], open_card: Callable[[], CompiledCard], paths: Paths
) -> None:
    keep_tried(paths.engine_notes, SPEC.id, Built(60, 1.0, 0.5, False))
    assert "did not come out twice" in open_card().found.text()
