"""The app's side of the engine processes: start, talk, stop, notice death or silence, start again.

Imports no engine library. A call blocks the thread that makes it, and every way an engine can end becomes an
`SfumatoError` or `TurnCancelled`; the next call starts a new process.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import OnDraft, no_draft
from sfumato.engine import CancelToken, Painting, Pixels, Preview
from sfumato.errors import DeviceLost, EngineDied, SfumatoError, TurnCancelled
from sfumato.recipe import Recipe
from sfumato_models.worker import Call, Cancel, EngineSpec, Reloaded, Reply, serve

log = logging.getLogger(__name__)
POLL_S = 0.05
LOG_TAIL_BYTES = 2000
KILLED = -9  # the exit code of a process that the system ended (SIGKILL)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a stop to be obeyed before the process is ended, and for any sign of life."""

    cancel_s: float = 3.0
    silence_s: float = 30.0


class EngineProcess:
    """One engine in a process of its own. Safe to call from several threads; calls run one at a time.

    Where the libraries of an engine pack end the process before it ever answered, it goes on without them, and `notice`
    says so; not where the system ended it. `make_room` is called before a model is loaded. `memory_bytes` is what the engine said that it takes of the
    machine's memory when it was loaded last; None before.
    """

    def __init__(self, spec: EngineSpec, patience: Patience = Patience()) -> None:
        self.spec = spec
        self._patience = patience
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._number = 0
        self._has_answered = False
        self._exit_code: int | None = None  # of the process that died last
        self.notice: SfumatoError | None = None
        self.make_room: Callable[[], None] = lambda: None
        self.memory_bytes: int | None = None
        self._is_loaded = False
        self._reloaded: Reloaded | None = None

    @property
    def pid(self) -> int | None:
        """The process id while one runs."""
        return self._process.pid if self._process and self._process.is_alive() else None

    @property
    def is_loaded(self) -> bool:
        """True while the engine has its model in memory, as far as it was heard."""
        return self._is_loaded and self.pid is not None

    def call(
        self, method: str, *arguments: Any, on_event: Callable[[Any], None] | None = None, cancel: CancelToken
    ) -> Any:
        """Ask the engine and wait for its answer.

        Raises:
            SfumatoError: as the engine raised it; `EngineDied` if its process ended or went silent.
            TurnCancelled: after a stop; an engine that does not obey it in time is ended.
        """
        try:
            return self._call(method, arguments, on_event, cancel)
        except EngineDied as error:
            is_no_fault_of_theirs = self._has_answered or self._exit_code == KILLED  # by the system, for memory
            if self.spec.libraries is None or is_no_fault_of_theirs or self.spec.kind == "probe":
                raise
            self.spec = replace(self.spec, libraries=None)
            self.notice = SfumatoError(
                "The added engine libraries do not work any more, so Sfumato paints on the processor.",
                "Update the card's driver, or remove them with “sfumato engines remove”.",
                error.detail,
            )
            return self._call(method, arguments, on_event, cancel)

    def let_go(self, wait_s: float = 0.0) -> bool:
        """Have the engine give its memory back; one that is busy is waited for that long (seconds). False if it still was."""
        if not self._lock.acquire(timeout=wait_s):
            return False
        try:
            if self.pid is not None and self._connection is not None:
                self._number += 1
                self._connection.send(Call(self._number, "let_go"))
                self._await(self._connection, None, CancelToken())
        except (EOFError, OSError) as error:
            raise self._died("stopped unexpectedly", repr(error)) from error
        finally:
            self._lock.release()
        self._is_loaded = False
        return True

    def take_reloaded(self) -> Reloaded | None:
        """That the model had to be loaded again since this was asked last."""
        reloaded, self._reloaded = self._reloaded, None
        return reloaded

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._is_loaded = False
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if connection:
            connection.close()
        if process:
            process.kill()
            process.join(5)
            process.close()

    def _call(
        self, method: str, arguments: tuple[Any, ...], on_event: Callable[[Any], None] | None, cancel: CancelToken
    ) -> Any:
        while not self._lock.acquire(timeout=POLL_S):  # another call, such as loading, is running
            cancel.raise_if_cancelled()
        try:
            cancel.raise_if_cancelled()
            connection = self._start()
            self._hear_what_waits(connection)
            if not self._is_loaded:
                self.make_room()
            self._number += 1
            connection.send(Call(self._number, method, arguments))
            return self._await(connection, on_event, cancel)
        except (EOFError, OSError) as error:
            if cancel.is_cancelled:  # the app is closing, or the process was ended because it did not stop
                self.close()
                raise TurnCancelled from error
            raise self._died("stopped unexpectedly", repr(error)) from error
        finally:
            self._lock.release()

    def _start(self) -> Connection:
        # the sentinel is closed with the process; asking for its exit status may still say that it runs
        if self._process and self._connection and not wait([self._process.sentinel], 0):
            return self._connection
        self.close()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.spec), name=f"sfumato-{self.spec.kind}", daemon=True)
        process.start()
        theirs.close()
        self._process, self._connection = process, ours
        return ours

    def _hear_what_waits(self, connection: Connection) -> None:
        """Signs of life since the last call, and whether the engine rests."""
        while connection.poll():
            reply: Reply = connection.recv()
            if reply.kind == "rests":
                self._is_loaded = False

    def _await(self, connection: Connection, on_event: Callable[[Any], None] | None, cancel: CancelToken) -> Any:
        heard_at = time.monotonic()
        cancelled_at: float | None = None
        while True:
            if cancel.is_cancelled and cancelled_at is None:
                cancelled_at = time.monotonic()
                connection.send(Cancel(self._number))
            if wait([connection], POLL_S):
                reply: Reply = connection.recv()
                heard_at = time.monotonic()
                if reply.number == self._number:
                    match reply.kind:
                        case "loaded":
                            self._is_loaded = True
                            self.memory_bytes = reply.value
                        case "event":
                            if isinstance(reply.value, Reloaded):
                                self._reloaded = reply.value
                            elif on_event:
                                on_event(reply.value)
                        case "done":
                            self._has_answered = True
                            return reply.value
                        case "failed":
                            if isinstance(reply.value, DeviceLost):
                                self.close()
                            raise reply.value
                        case "cancelled":
                            raise TurnCancelled
            if cancelled_at and time.monotonic() - cancelled_at > self._patience.cancel_s:
                self.close()
                raise TurnCancelled
            if time.monotonic() - heard_at > self._patience.silence_s:
                raise self._died("did not answer any more", f"silent for {self._patience.silence_s} s")

    def _died(self, what: str, detail: str) -> EngineDied:
        process = self._process
        if process:
            process.join(1)
        code = self._exit_code = process.exitcode if process else None
        self.close()
        hint = "Try again: it is started anew."
        if code == KILLED:  # nobody here did that
            what, hint = "was ended by the system, most likely as memory ran out", f"Close other programs. {hint}"
        return EngineDied(f"The {self.spec.kind} {what}.", hint, f"{detail}; exit code {code}\n{self._log_tail()}")

    def _log_tail(self) -> str:
        if self.spec.log_file is None:
            return ""
        with contextlib.suppress(OSError):
            return self.spec.log_file.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")
        return ""


class RemoteWriter:
    """A `Writer` in a process of its own."""

    def __init__(self, process: EngineProcess) -> None:
        self.process = process

    def load(self, cancel: CancelToken) -> None:
        """Start, load and read the fixed prefix ahead of the first message. Raises as `EngineProcess.call`."""
        self.process.call("load", cancel=cancel)

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        """As `Writer.decide`; raises as `EngineProcess.call`."""
        decision: Decision = self.process.call("decide", reading, on_event=on_draft, cancel=cancel)
        return decision

    def compose(self, request: str, cancel: CancelToken, on_text: Callable[[str], None]) -> str:
        """As `Composer.compose`; raises as `EngineProcess.call`."""
        text: str = self.process.call("compose", request, on_event=on_text, cancel=cancel)
        return text


class RemotePainter:
    """A `Painter` in a process of its own."""

    def __init__(self, process: EngineProcess) -> None:
        self.process = process

    def load(self, cancel: CancelToken) -> None:
        """Start and load ahead of the first picture. Raises as `EngineProcess.call`."""
        self.process.call("load", cancel=cancel)

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        """As `Painter.paint`; raises as `EngineProcess.call`."""
        painting: Painting = self.process.call("paint", recipe, parent, on_event=on_preview, cancel=cancel)
        if (reloaded := self.process.take_reloaded()) is None:
            return painting
        note = f"The model had given its memory back, and was loaded again first ({reloaded.seconds:.0f} s)."
        return replace(painting, notes=(*painting.notes, note))
