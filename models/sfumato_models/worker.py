"""An engine process: loads one engine, answers calls one at a time, listens for a stop, and has no network.

An engine that was not used for a while gives its memory back; the next call loads it again. Started by `supervisor.py` with the spawn method. The engine libraries are imported in here only. When the pipe closes
the process ends, whatever it is doing: an engine never outlives the app.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import logging
import os
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Protocol

from sfumato.engine import CancelToken
from sfumato.errors import Retryable, SfumatoError, TurnCancelled
from sfumato_models.compiled_cache import compiled_folder, mark_used
from sfumato_models.installed import InstalledModel

log = logging.getLogger(__name__)
HEARTBEAT_S = 0.5
# What a person set for another program: attention from libraries that are missing here, kernels from the hub.
_OTHERS_WISHES = (
    "DIFFUSERS_ATTN_BACKEND",
    "DIFFUSERS_ATTN_CHECKS",
    "DIFFUSERS_TRUST_REMOTE_KERNELS",
    "USE_HUB_KERNELS",
)
# How long a thread that waits for another one keeps its core busy (libgomp, in rounds). Its own 300,000 are lost time on a
# machine that has other work: there two threads painted 20 times slower than with this, and no faster on an idle one.
SPINS = "10000"
IDLE_S = 900.0


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Which engine a process runs, on which model, with how many threads, and where it writes its log.

    `libraries` is the folder of an engine pack (`engine_pack.py`) whose libraries are used instead of the app's own, `loras` that of LoRA files. `hash_book` remembers
    hashes of model files; what engines remember of this machine is in the folder `notes`.
    After `idle_s` seconds without a call the memory is given back. A writer leaves `spared_bytes` of a graphics card to the
    painter. A `compiled` painter computes with compiled blocks, which are kept in `notes`.
    """

    kind: Literal["writer", "painter", "probe"]
    model: InstalledModel
    threads: int
    log_file: Path | None = None
    libraries: Path | None = None
    loras: Path | None = None
    hash_book: Path | None = None
    notes: Path | None = None
    idle_s: float = IDLE_S
    spared_bytes: int = 0
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the engine: `method` is one of its calls below, or `let_go`: give the memory back."""

    number: int
    method: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the call of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back: `alive` and `rests` (any time), then for a call `loaded` (and the bytes it takes), `event` (often) and one of `done`, `failed`, `cancelled`."""

    kind: Literal["alive", "rests", "loaded", "event", "done", "failed", "cancelled"]
    number: int = 0
    value: Any = None


@dataclass(frozen=True, slots=True)
class Reloaded:
    """An event: the model, whose memory had been given back, was loaded again in so many seconds."""

    seconds: float


class Engine(Protocol):
    """What a process can be asked to do; `send_event` passes on what happens meanwhile."""

    @property
    def memory_bytes(self) -> int:
        """Bytes of the machine's memory that it takes, its usual work included."""
        ...

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> Any:
        """Answer one call."""
        ...

    def close(self) -> None:
        """Give the memory back; there are no calls afterwards."""
        ...


def serve(connection: Connection, spec: EngineSpec) -> None:
    """The main function of an engine process."""
    _set_up_log(spec.log_file)
    refuse_network()
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)  # read when torch or llama.cpp is imported
    if spec.libraries is not None:
        sys.path.insert(0, str(spec.libraries))
    _Server(connection, spec).run()


def refuse_network() -> None:
    """From now on every attempt of this process to reach a network fails, in whatever library it happens."""
    for name in _OTHERS_WISHES:
        os.environ.pop(name, None)
    os.environ["USE_HUB_KERNELS"] = "NO"
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
    allowed = {getattr(socket, "AF_UNIX", None)}

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo" or (event == "socket.__new__" and arguments[1] not in allowed):
            raise PermissionError("engine processes have no network")

    sys.addaudithook(refuse)


class _Server:
    """One thread listens, the main thread works."""

    def __init__(self, connection: Connection, spec: EngineSpec) -> None:
        self._connection = connection
        self._spec = spec
        self._send_lock = threading.Lock()
        self._calls: queue.Queue[Call] = queue.Queue()
        self._cancels: dict[int, CancelToken] = {}
        self._engine: Engine | None = None
        self._has_rested = False

    def run(self) -> None:
        """Answer calls until the pipe closes."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            try:
                call = self._calls.get(timeout=self._spec.idle_s if self._engine else None)
            except queue.Empty:
                log.info("not used for %s s: giving the memory back", self._spec.idle_s)
                self._let_go()
                continue
            self._answer(call)

    def _let_go(self) -> None:
        if self._engine is None:
            return
        engine, self._engine, self._has_rested = self._engine, None, True
        engine.close()
        del engine
        trim_memory()
        self._send(Reply("rests"))

    def _answer(self, call: Call) -> None:
        cancel = self._cancels[call.number]
        try:
            if call.method == "let_go":
                self._let_go()
                self._send(Reply("done", call.number))
                return
            if self._engine is None:
                self._load(call.number, cancel)
            assert self._engine is not None
            value = self._engine.call(
                call.method, call.arguments, lambda event: self._send(Reply("event", call.number, event)), cancel
            )
            self._send(Reply("done", call.number, value))
        except TurnCancelled:
            self._send(Reply("cancelled", call.number))
        except SfumatoError as error:
            self._send(Reply("failed", call.number, error))
        except MemoryError as error:
            self._send(Reply("failed", call.number, _out_of_memory(self._spec, repr(error))))
        finally:
            del self._cancels[call.number]

    def _load(self, number: int, cancel: CancelToken) -> None:
        begin = time.monotonic()
        self._engine = _load(self._spec, cancel)
        self._send(Reply("loaded", number, self._engine.memory_bytes))
        if self._has_rested:
            self._has_rested = False
            self._send(Reply("event", number, Reloaded(time.monotonic() - begin)))
        cancel.raise_if_cancelled()

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            match message:
                case Call():
                    self._cancels[message.number] = CancelToken()
                    self._calls.put(message)
                case Cancel() if message.number in self._cancels:
                    self._cancels[message.number].cancel()

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(HEARTBEAT_S):
            if self._cancels:  # nobody listens between calls: the pipe would fill, and what is said then would wait
                self._send(Reply("alive"))

    def _send(self, reply: Reply) -> None:
        try:
            with self._send_lock:
                self._connection.send(reply)
        except OSError:
            os._exit(0)


def trim_memory() -> None:
    """Have what was freed go back to the system."""
    gc.collect()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).malloc_trim(0)


def _load(spec: EngineSpec, cancel: CancelToken) -> Engine:
    if spec.kind == "writer":
        from sfumato_models.writer import WriterEngine

        return WriterEngine(spec.model, spec.threads, spec.notes, spec.spared_bytes)
    if spec.kind == "probe":
        from sfumato_models.probe import ProbeEngine

        return ProbeEngine()
    if spec.notes is not None:  # before torch is imported; its processes for compiling would outlive this one
        compiled = compiled_folder(spec.notes, spec.model.spec.id, spec.libraries)
        os.environ.update(TORCHINDUCTOR_CACHE_DIR=str(compiled), TORCHINDUCTOR_COMPILE_THREADS="1")
        if spec.compiled:
            mark_used(compiled)
    from sfumato_models.painter import DiffusersPainter
    from sfumato_models.painter_engine import PainterEngine

    cancel.raise_if_cancelled()  # the libraries alone take seconds
    painter = DiffusersPainter(
        spec.model, spec.threads, spec.loras, spec.hash_book, spec.notes, cancel=cancel, compiled=spec.compiled
    )
    return PainterEngine(painter, spec.notes)


def _out_of_memory(spec: EngineSpec, detail: str) -> SfumatoError:
    return Retryable(f"The {spec.kind} ran out of memory.", "Close other programs or paint a smaller picture.", detail)


def _set_up_log(file: Path | None) -> None:
    """Everything the libraries print goes to the log file, not to the person's terminal."""
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    # a windowed executable on Windows has no streams at all
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    faulthandler.enable(sys.stderr)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
