"""How long a picture still takes, told after its steps. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Callable

from sfumato.durations import rounded_time

WORTH_TELLING_S = 5.0
STEPS_SEEN = 2  # the time between two steps tells of the next ones; what came before the first one does not


class TimeLeft:
    """Of one picture; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[int, float] | None = None

    def after(self, step: int, steps: int) -> str:
        """“40 s” after a step of so many; empty while it cannot be told, or where it is over in a moment."""
        now = self._clock()
        if self._first is None or step < self._first[0]:
            self._first = (step, now)
        begun, at = self._first
        if step - begun < STEPS_SEEN:
            return ""
        left = (now - at) / (step - begun) * (steps - step)
        return rounded_time(left) if left >= WORTH_TELLING_S else ""
