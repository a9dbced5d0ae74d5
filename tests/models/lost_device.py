"""An engine process whose device has disappeared; imports little, since the process begins with it."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sfumato.engine import CancelToken
from sfumato.errors import DeviceLost
from sfumato_models import worker
from sfumato_models.worker import EngineSpec

LOST = "lost"


def serve_until_the_device_is_lost(connection: Connection, spec: EngineSpec) -> None:
    """As `worker.serve`; the device is gone where there is a file of that name beside the log."""
    if spec.log_file is not None and (spec.log_file.parent / LOST).exists():
        worker._load = _load_lost
    worker.serve(connection, spec)


def _load_lost(spec: EngineSpec, cancel: CancelToken) -> worker.Engine:
    return _Lost()


class _Lost:
    """Answers every call as torch does when a card has fallen off the bus."""

    memory_bytes = 0

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> None:
        raise DeviceLost("The Test GPU does not answer any more.", "Try again: it is started anew.", "CUDA error")

    def close(self) -> None:
        """Nothing is kept."""
