"""The main loop as a person feels it: first paint, first preview, picture, decision, stop, and a window that never stalls."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from tests.bench.figure import Figure, machine_factor

PAIRS = 5
TURNS = 5
GAP_MS = 33.0
_BARE = """
import time; begin = time.perf_counter()
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([]); window = QMainWindow(); window.setCentralWidget(QLabel("x")); window.show()
while not window.windowHandle().isExposed(): app.processEvents()
app.processEvents(); window.grab(); print(time.perf_counter() - begin)
"""
_OURS = """
import time; begin = time.perf_counter()
from sfumato_desktop.app import make_app
from sfumato_desktop.window import Window
app = make_app(); window = Window(); window.show()
while not window.windowHandle().isExposed(): app.processEvents()
app.processEvents(); window.grab(); print(time.perf_counter() - begin)
"""


def measure_loop() -> Iterator[Figure]:
    """All figures of the area."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    factor = machine_factor()
    yield from _first_paint(factor)
    with tempfile.TemporaryDirectory() as home:
        os.environ["SFUMATO_HOME"] = home
        yield from _turns(factor)


def _first_paint(factor: float) -> Iterator[Figure]:
    bare, ours = [], []
    for _ in range(PAIRS + 1):
        bare.append(_seconds(_BARE))
        ours.append(_seconds(_OURS))
    ratios = [b / a for a, b in zip(bare[1:], ours[1:], strict=True)]
    yield Figure(
        "first_paint_ratio", statistics.median(ratios), 2.5, f"median of {PAIRS} pairs, our window over a bare one"
    )
    yield Figure("first_paint_s", statistics.median(ours[1:]) / factor, 0.8, "from the first import to the first paint")


def _seconds(code: str) -> float:
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def _turns(factor: float) -> Iterator[Figure]:
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest

    from sfumato.paths import find_paths
    from sfumato_desktop.app import make_app
    from sfumato_desktop.controller import Controller
    from sfumato_desktop.window import Window

    app = make_app()
    window = Window()
    window.show()
    controller = Controller(window, find_paths(), window)
    seen: list[tuple[str, float]] = []
    controller.happened.connect(lambda event: seen.append((type(event).__name__, time.perf_counter())))
    controller.start()
    ticks: list[float] = []
    timer = QTimer(window, interval=1, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))

    def wait_for(name: str, limit_s: float = 90) -> float:
        end = time.perf_counter() + limit_s
        while time.perf_counter() < end:
            if found := [at for kind, at in seen if kind == name]:
                return found[0]
            QTest.qWait(2)
        raise TimeoutError(name)

    def turn(text: str) -> dict[str, float]:
        seen.clear()
        QTest.keyClicks(window.composer.box, text)
        begin = time.perf_counter()
        QTest.keyClick(window.composer.box, Qt.Key.Key_Return)
        wait_for("TurnEnded")
        return {kind: at - begin for kind, at in reversed(seen)}

    turn("a red ball in a meadow")  # warms everything
    timer.start()
    idle = _gaps(ticks, lambda: QTest.qWait(8000))
    timings: list[dict[str, float]] = []

    def paint_all() -> None:
        for index in range(TURNS):
            timings.append(turn(("a blue boat by the sea", "same but at night")[index % 2]))

    painting = _gaps(ticks, paint_all)
    timer.stop()
    stops = []
    for _ in range(3):
        seen.clear()
        QTest.keyClicks(window.composer.box, "a green car in a city")
        QTest.keyClick(window.composer.box, Qt.Key.Key_Return)
        wait_for("StepDone")
        asked, before = time.perf_counter(), sum(kind in ("StepDone", "PreviewReady") for kind, _ in seen)
        controller.stop()
        wait_for("TurnEnded")
        steps = sum(kind in ("StepDone", "PreviewReady") for kind, _ in seen) - before
        stops.append((steps, time.perf_counter() - asked))
    window.close()
    app.processEvents()
    middle = {
        name: statistics.median(timing[name] for timing in timings if name in timing)
        for name in ("DecisionReady", "PreviewReady", "VersionReady")
    }
    how = f"median of {TURNS} turns in the real window, warm, scaled by {factor:.2f}"
    yield Figure("decision_s", middle["DecisionReady"] / factor, 2.0, how)
    yield Figure("first_preview_s", middle["PreviewReady"] / factor, 3.0, how)
    yield Figure("picture_s", middle["VersionReady"] / factor, 5.0, how)
    yield Figure("gaps_under_33ms_idle", _share(idle), 0.999, f"of {len(idle)} event-loop gaps, control", at_most=False)
    yield Figure(
        "gaps_under_33ms_painting",
        _share(painting),
        0.999,
        f"of {len(painting)} gaps; worst {max(painting):.0f} ms",
        at_most=False,
    )
    yield Figure("stop_steps", float(max(steps for steps, _ in stops)), 1.0, "steps done after Stop was asked for")
    yield Figure(
        "stop_s", max(seconds for _, seconds in stops) / factor, 1.0, "from Stop to the end of the turn, worst of 3"
    )


def _gaps(ticks: list[float], work: Callable[[], None]) -> list[float]:
    """Milliseconds between the timer's ticks while something is done."""
    ticks.clear()
    work()
    return [(b - a) * 1000 for a, b in itertools.pairwise(ticks)]


def _share(gaps: list[float]) -> float:
    return sum(gap < GAP_MS for gap in gaps) / len(gaps)
