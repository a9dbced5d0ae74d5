"""Work that the window does not wait for: each in a thread of its own, its result shown in the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled, attempt

log = logging.getLogger(__name__)
T = TypeVar("T")
STEPS = 100  # how often long work tells how far it is


class Errands(QObject):
    """Lives in the window's thread. What goes wrong is given to `on_trouble`; after `close` nothing is shown any more."""

    _over = Signal(object)

    def __init__(self, on_trouble: Callable[[SfumatoError], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_trouble = on_trouble
        self._threads: list[threading.Thread] = []
        self._long: dict[str, CancelToken] = {}  # what can be stopped, by its name
        self._is_closing = threading.Event()
        self._over.connect(self._show)  # a slot of this object, so that Qt brings it to this object's thread

    def run(self, work: Callable[[], T], show: Callable[[T], Any]) -> None:
        """Do something in a thread; `show` gets its result in the window's thread."""
        self._start(work, show, _nothing, _nothing)

    def begin(
        self,
        name: str,
        work: Callable[[CancelToken], T],
        show: Callable[[T], Any],
        stopped: Callable[[], Any] | None = None,
    ) -> bool:
        """As `run`, for long work that can be stopped by its name; False, and nothing else, while there is one of that name.

        Work that obeys its token raises TurnCancelled, which `steps` does for it; then `stopped` is called in the place of `show`.
        """
        if name in self._long:
            return False
        cancel = self._long[name] = CancelToken()
        self._start(lambda: work(cancel), show, stopped or _nothing, lambda: self._long.pop(name))
        return True

    def is_running(self, name: str) -> bool:
        """True while there is long work of that name."""
        return name in self._long

    def stop(self, name: str) -> bool:
        """Ask for the end of long work; False if there is none of that name."""
        if cancel := self._long.get(name):
            cancel.cancel()
        return cancel is not None

    def steps(self, total: int, show: Callable[[int, int], Any], cancel: CancelToken) -> Callable[[int], None]:
        """What long work calls with every piece it has done; `show` gets done and total in the window's thread, now and then.

        It raises TurnCancelled after a stop.
        """
        done, told = 0, 0

        def count(came: int) -> None:
            nonlocal done, told
            cancel.raise_if_cancelled()
            done += came
            if done - told >= total / STEPS:
                told = done
                self.say(lambda: show(told, total))

        return count

    def say(self, show: Callable[[], Any]) -> None:
        """Call something in the window's thread; from any thread."""
        if not self._is_closing.is_set():
            self._over.emit(show)

    def close(self) -> None:
        """Stop what can be stopped and wait a moment for the rest; results are dropped."""
        self._is_closing.set()
        for cancel in self._long.values():
            cancel.cancel()
        for thread in self._threads:
            thread.join(1)

    def _start(
        self, work: Callable[[], T], show: Callable[[T], Any], stopped: Callable[[], Any], over: Callable[[], Any]
    ) -> None:
        """`over` is called first in the window's thread, however it ended."""

        def carry_out() -> None:
            try:
                result = attempt(work)
            except TurnCancelled:
                ended = stopped
            else:
                ended = partial(self._tell, result, show)

            def end() -> None:
                over()
                ended()

            self.say(end)

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=carry_out, name="errand", daemon=True)
        self._threads.append(thread)
        thread.start()

    @Slot(object)
    def _show(self, show: Callable[[], Any]) -> None:
        show()

    def _tell(self, result: T | SfumatoError, show: Callable[[T], Any]) -> None:
        if isinstance(result, SfumatoError):
            log.warning("%s | %s", result, result.detail)
            self._on_trouble(result)
        else:
            show(result)


def _nothing() -> None:
    """What is done where nothing is."""
