"""Nothing is cut off in the narrowest window, and words come back where there is room for them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from sfumato.lora import Lora
from tests.desktop.played import App
from tests.fakes import decision

LONG = "a very long sentence about three pink rabbits in the snow at noon beside a small white house"


def is_whole(widget: QWidget) -> bool:
    """True if every pixel of it lies within all it stands in, across."""
    outer = widget.parentWidget()
    while outer is not None:
        left = widget.mapTo(outer, QPoint(0, 0)).x()
        if left < 0 or left + widget.width() > outer.width():
            return False
        outer = outer.parentWidget()
    return widget.isVisible() and widget.width() >= widget.minimumSizeHint().width()


@pytest.mark.parametrize("width", [560, 700, 900, 1600])
def test_send_and_every_control_are_whole(app: App, width: int) -> None:
    app.window.resize(width, 780)
    composer = app.window.composer
    app.wait(lambda: is_whole(composer.button))
    assert all(map(is_whole, (composer.attach, composer.review, composer.seed)))
    assert composer.attach.accessibleName() == "Attach a picture"
    assert composer.review.accessibleName() == "Review first"


def test_a_narrow_row_shows_signs_and_a_wide_one_words(app: App) -> None:
    composer = app.window.composer
    app.window.resize(560, 780)
    app.wait(lambda: composer.row.is_narrow)
    assert composer.attach.is_sign
    assert composer.review.is_sign
    assert not composer.die.isVisible()  # its menu offers the same
    app.window.resize(1100, 780)
    app.wait(lambda: not composer.row.is_narrow)
    assert not composer.attach.is_sign
    assert not composer.review.is_sign
    assert composer.die.isVisible()


def test_what_needs_more_room_goes_on_in_another_line(app: App) -> None:
    app.window.resize(560, 780)
    composer = app.window.composer
    composer.set_current_seed(2**63 - 1)
    composer.close_lock()
    composer.loras.show_fitting((Lora("a-style-with-a-long-name.safetensors", "0" * 64, 1.0),))
    app.wait(lambda: composer.loras.geometry().top() >= composer.seed.geometry().bottom())
    controls = (composer.button, composer.seed, composer.loras)
    app.wait(lambda: all(map(is_whole, controls)))
    assert composer.loras.geometry().top() >= composer.seed.geometry().bottom()


def test_the_current_version_stays_in_sight_when_the_window_gets_narrow(app: App) -> None:
    app.window.resize(1100, 780)
    for number in range(12):
        app.say(f"picture {number}", decision(patch={"set": {"subject": f"picture {number}"}}))
    strip = app.window.versions.strip
    app.window.resize(560, 780)
    app.wait(lambda: strip.horizontalScrollBar().maximum() > 0)
    current = strip.nodes[12]

    def is_in_sight() -> bool:
        return strip.viewport().rect().contains(current.mapTo(strip.viewport(), current.rect().center()))

    app.wait(is_in_sight)
    assert is_in_sight()


def test_pictures_and_words_shrink_with_the_window(app: App) -> None:
    app.window.resize(1100, 780)
    app.say(LONG, decision(patch={"set": {"subject": LONG}}))
    view, person = app.card(1).view, app.window.timeline.findChildren(QWidget, "bubble")[0]
    view.expect(512, 512)
    app.wait(lambda: view.width() == 512)
    app.window.resize(560, 780)
    app.wait(lambda: is_whole(view) and is_whole(person))
    assert view.width() == view.height() < 400
