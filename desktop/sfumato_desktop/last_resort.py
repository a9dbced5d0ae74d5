"""The last resort: what nobody foresaw is written to the log and said in one sentence, and the app goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from sfumato.errors import SfumatoError, unforeseen


def install_hooks(report: Callable[[SfumatoError], None]) -> None:
    """From now on, whatever no one else catches, in any thread, is reported; `report` must be safe to call from any."""

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(unforeseen(error))

    def in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(unforeseen(arguments.exc_value))

    sys.excepthook = in_main
    threading.excepthook = in_thread
