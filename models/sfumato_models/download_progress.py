"""How far a download is: counted while bytes come, told several times a second, with speed and time left."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sfumato.errors import SfumatoError
from sfumato_models.download_messages import DownloadState, Phase
from sfumato_models.download_stop import StopToken

REPORT_S = 0.2
SPEED_WINDOW_S = 10.0

Tell = Callable[[DownloadState], None]


class Progress:
    """The state of one download, which every change is told of. A `Watch` of its transfers; safe from any thread."""

    def __init__(self, state: DownloadState, tell: Tell, stop: StopToken) -> None:
        self.state = state
        self._tell = tell
        self._stop = stop
        self._lock = threading.Lock()
        self._came: deque[tuple[float, int]] = deque()
        tell(state)

    def received(self, count: int) -> None:
        """So many more bytes (or fewer) are on the disk."""
        with self._lock:
            self.state = replace(self.state, done_bytes=self.state.done_bytes + count)
            if count > 0:
                self._came.append((time.monotonic(), count))

    def waiting(self, text: str) -> None:
        """Why nothing moves, or that it moves again."""
        with self._lock:
            if self.state.phase in ("downloading", "waiting"):
                self.state = replace(self.state, phase="waiting" if text else "downloading", note=text)

    def checked(self, count: int) -> None:
        """So many more bytes were found to be right. Raises Stopped after a stop."""
        self._stop.raise_if_stopped()
        with self._lock:
            self.state = replace(self.state, done_bytes=self.state.done_bytes + count)

    def put(self, **changes: Any) -> None:
        """Change the state, and tell it."""
        with self._lock:
            self.state = replace(self.state, **changes)
        self._tell(self.state)

    def end(self, phase: Phase, error: SfumatoError | None = None, refused: str = "") -> None:
        """It is over."""
        done = self.state.total_bytes if phase == "done" else self.state.done_bytes
        self.put(phase=phase, done_bytes=done, error=error, refused=refused, note="")

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Tell the state several times a second while this is open."""
        done = threading.Event()

        def report() -> None:
            while not done.wait(REPORT_S):
                self._tell(self._with_speed())

        thread = threading.Thread(target=report, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _with_speed(self) -> DownloadState:
        now = time.monotonic()
        with self._lock:
            while self._came and self._came[0][0] < now - SPEED_WINDOW_S:
                self._came.popleft()
            state = self.state
            came = sum(count for _, count in self._came)
            since = now - self._came[0][0] if self._came else 0.0
        if state.phase != "downloading" or since < 2 * REPORT_S:
            return state
        speed = came / since
        return replace(
            state, bytes_s=speed, seconds_left=(state.total_bytes - state.done_bytes) / speed if speed else None
        )
