"""Work that the window does not wait for: its result, its trouble and its stop are told once, in the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato_desktop.errands import Errands


class Told:
    """What was told, and whether in the window's thread."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self.elsewhere = 0

    def __call__(self, what: object) -> None:
        self.all.append(what)
        self.elsewhere += threading.current_thread() is not threading.main_thread()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def errands(qtbot: QtBot, told: Told) -> Iterator[Errands]:
    parent = QObject()
    made = Errands(told, parent)
    yield made
    made.close()


def test_a_result_and_trouble_are_told_in_the_windows_thread(qtbot: QtBot, errands: Errands, told: Told) -> None:
    def fail() -> None:
        raise SfumatoError("The disk is full.")

    errands.run(lambda: 7, told)
    qtbot.waitUntil(lambda: told.all == [7])
    errands.run(fail, told)
    qtbot.waitUntil(lambda: len(told.all) == 2)
    assert str(told.all[1]) == "The disk is full."
    assert not told.elsewhere


def test_long_work_is_begun_once_stopped_by_its_name_and_can_be_begun_again(
    qtbot: QtBot, errands: Errands, told: Told
) -> None:
    begun: list[CancelToken] = []
    pause = threading.Event()

    def work(cancel: CancelToken) -> str:
        begun.append(cancel)
        count = errands.steps(100, lambda *_: None, cancel)
        while len(begun) == 1:
            count(0)
            pause.wait(0.01)
        return "done"

    assert errands.begin("verify", work, told, lambda: told("stopped"))
    assert not errands.begin("verify", work, told, lambda: told("stopped twice"))
    assert not errands.stop("copy")
    qtbot.waitUntil(lambda: len(begun) == 1)
    assert errands.stop("verify")
    qtbot.waitUntil(lambda: told.all == ["stopped"])
    assert not errands.stop("verify")
    assert errands.begin("verify", work, told, lambda: told("stopped"))
    qtbot.waitUntil(lambda: told.all == ["stopped", "done"])
    assert not errands.stop("verify")
    assert not told.elsewhere


def test_after_trouble_it_can_be_begun_again(qtbot: QtBot, errands: Errands, told: Told) -> None:
    def fail(cancel: CancelToken) -> None:
        raise SfumatoError("It cannot be read.")

    for times in (1, 2):
        assert errands.begin("verify", fail, told, lambda: told("stopped"))
        qtbot.waitUntil(lambda times=times: len(told.all) == times)
    assert {str(it) for it in told.all} == {"It cannot be read."}


def test_how_far_it_is_is_told_now_and_then(qtbot: QtBot, errands: Errands, told: Told) -> None:
    def work(cancel: CancelToken) -> None:
        count = errands.steps(1000, lambda done, total: told((done, total)), cancel)
        for _ in range(1000):
            count(1)

    errands.begin("verify", work, lambda _: told("done"), lambda: None)
    qtbot.waitUntil(lambda: told.all[-1:] == ["done"])
    assert told.all[-2] == (1000, 1000)
    assert len(told.all) == 101


def test_closing_stops_what_can_be_stopped_and_tells_nothing(qtbot: QtBot, errands: Errands, told: Told) -> None:
    ended = threading.Event()

    def work(cancel: CancelToken) -> None:
        while not cancel.is_cancelled:
            threading.Event().wait(0.01)
        ended.set()

    errands.begin("verify", work, told, lambda: told("stopped"))
    errands.close()
    assert ended.is_set()
    qtbot.wait(50)
    assert told.all == []
