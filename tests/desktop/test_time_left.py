"""While a slow picture is painted the person reads how long it still takes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.time_left import TimeLeft


class Clock:
    """Goes on by so many seconds whenever it is looked at."""

    def __init__(self, tick_s: float) -> None:
        self.now = 0.0
        self.tick_s = tick_s

    def __call__(self) -> float:
        self.now += self.tick_s
        return self.now


def test_it_is_told_once_two_steps_were_seen_and_not_for_the_last_moment() -> None:
    left = TimeLeft(Clock(4.0))
    told = [left.after(step, 10) for step in range(1, 11)]
    assert told == ["", "", "30 s", "25 s", "20 s", "15 s", "10 s", "8 s", "", ""]


def test_a_quick_picture_says_nothing() -> None:
    left = TimeLeft(Clock(0.05))
    assert {left.after(step, 20) for step in range(1, 21)} == {""}


def test_what_comes_before_the_first_step_does_not_count_and_a_second_picture_begins_anew() -> None:
    clock = Clock(0.0)
    left = TimeLeft(clock)
    clock.now = 500.0  # loading
    for step, now in ((1, 500.0), (2, 501.0), (3, 502.0)):
        clock.now = now
        told = left.after(step, 33)
    assert told == "30 s"
    clock.now = 600.0
    assert left.after(1, 33) == ""


def test_the_card_shows_it(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    card = PictureCard(parent)
    card._left = TimeLeft(Clock(60.0))
    for step in (1, 2, 3):
        card.show_step(step, 8)
    assert card.progress.text() == "Step 3 of 8 · about 5 min left"
    card.show_step(8, 8)
    assert card.progress.text() == "Step 8 of 8"
