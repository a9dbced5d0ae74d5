"""Stopping a download from another thread, even in the middle of a read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StopToken:
    """Says that a download should stop, and cuts what is being read right now. Safe between threads."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._cuts: set[Callable[[], None]] = set()

    @property
    def is_stopped(self) -> bool:
        """True once asked to stop."""
        return self._event.is_set()

    def stop(self) -> None:
        """Ask to stop."""
        self._event.set()
        with self._lock:
            cuts = tuple(self._cuts)
        for cut in cuts:
            cut()

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until the stop. Raises Stopped after one."""
        self._event.wait(seconds)
        self.raise_if_stopped()

    def raise_if_stopped(self) -> None:
        """Raises Stopped after a stop."""
        if self._event.is_set():
            raise Stopped

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """While this is open, a stop calls `cut`."""
        with self._lock:
            self._cuts.add(cut)
        try:
            self.raise_if_stopped()
            yield
        finally:
            with self._lock:
                self._cuts.discard(cut)


class Stopped(Exception):
    """A stop was asked for. Not an error."""
