"""Work that the window does not wait for: each in a thread of its own, its result shown in the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

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
        self._is_closing = threading.Event()
        self._over.connect(self._show)  # a slot of this object, so that Qt brings it to this object's thread

    @property
    def is_closing(self) -> bool:
        """True once nobody waits for results any more; long work looks here."""
        return self._is_closing.is_set()

    def run(self, work: Callable[[], T], show: Callable[[T], Any]) -> None:
        """Do something in a thread; `show` gets its result in the window's thread."""

        def carry_out() -> None:
            try:
                result = attempt(work)
            except TurnCancelled:
                return
            if isinstance(result, SfumatoError):
                trouble = result
                self.say(lambda: self._tell_trouble(trouble))
            else:
                done: Any = result
                self.say(lambda: show(done))

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=carry_out, name="errand", daemon=True)
        self._threads.append(thread)
        thread.start()

    def steps(self, total: int, show: Callable[[int, int], Any]) -> Callable[[int], None]:
        """What long work calls with every piece it has done; `show` gets done and total in the window's thread, now and then.

        It raises SfumatoError once nobody waits any more.
        """
        done, told = 0, 0

        def count(came: int) -> None:
            nonlocal done, told
            if self.is_closing:
                raise SfumatoError("Sfumato is closing.")
            done += came
            if done - told >= total / STEPS:
                told = done
                self.say(lambda: show(told, total))

        return count

    def say(self, show: Callable[[], Any]) -> None:
        """Call something in the window's thread; from any thread."""
        if not self.is_closing:
            self._over.emit(show)

    def close(self) -> None:
        """Wait a moment for what is being done; its results are dropped."""
        self._is_closing.set()
        for thread in self._threads:
            thread.join(1)

    @Slot(object)
    def _show(self, show: Callable[[], Any]) -> None:
        show()

    def _tell_trouble(self, trouble: SfumatoError) -> None:
        log.warning("%s | %s", trouble, trouble.detail)
        self._on_trouble(trouble)
