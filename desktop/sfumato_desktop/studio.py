"""The composition of everything but the window: resources located, models found, engines behind the core's protocols.

Used by both composition roots, `app.py` and `cli.py`. Imports neither Qt nor an engine library.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sfumato.answers import Answer, Question, answer, composed
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.guide import Guide
from sfumato.model_catalog import Catalogue
from sfumato.paths import Paths
from sfumato.request import Compose, Engines
from sfumato.settings import load_settings
from sfumato_desktop.collection import open_collection, resource_folder
from sfumato_models.compiled_engines import compiled_models
from sfumato_models.engine_pack import libraries_in_use
from sfumato_models.hardware import available_bytes
from sfumato_models.installed import InstalledModel, vocabulary_of
from sfumato_models.memory import wanted_on_card
from sfumato_models.supervisor import EngineProcess, RemotePainter, RemoteWriter
from sfumato_models.taking_turns import has_room, take_turns
from sfumato_models.worker import EngineSpec

log = logging.getLogger(__name__)
DEFAULT_PAINTER = "starter-painter"
DEFAULT_WRITER = "starter-writer"
# Threads of a small language model wait for each other longer than they compute, above all on a busy machine.
SMALL_WRITER_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Studio:
    """The engines of this run, ready to be started, and what is installed."""

    catalogue: Catalogue
    installed: tuple[InstalledModel, ...]
    engines: Engines
    writer_process: EngineProcess
    painter_process: EngineProcess
    guide: Guide
    graphics_gib: float | None = None

    def warm_up(self, cancel: CancelToken | None = None, done: Callable[[str], None] | None = None) -> None:
        """Start both engines and load their models; `done` hears the kind of each. Raises SfumatoError.

        A painter that does not fit beside the writer is loaded for its first picture.
        """
        for process in (self.writer_process, self.painter_process):
            if process is self.painter_process and not has_room(process, available_bytes(), self.graphics_gib):
                return
            process.call("load", cancel=cancel or CancelToken())
            if done:
                done(process.spec.kind)

    def close(self) -> None:
        """End the engine processes."""
        self.writer_process.close()
        self.painter_process.close()


def open_studio(paths: Paths, painter_id: str = "", writer_id: str = "", resources: Path | None = None) -> Studio:
    """Find the models and set up their engines; nothing is started or loaded yet. No id means the one of the settings.

    Raises:
        SfumatoError: if a model is unknown or not installed, or the catalogue is damaged.
    """
    folder = resources or resource_folder()
    settings = load_settings(paths.settings_file).settings
    collection = open_collection(paths, folder)
    painter = collection.get(painter_id or settings.painter_id or DEFAULT_PAINTER)
    writer = collection.get(writer_id or settings.writer_id or DEFAULT_WRITER)
    threads = thread_count()
    writer_threads = 1 if writer.size_bytes < SMALL_WRITER_BYTES else threads
    writer_process = EngineProcess(
        EngineSpec(
            "writer",
            writer,
            writer_threads,
            paths.logs / "writer.log",
            notes=paths.engine_notes,
            spared_bytes=wanted_on_card(painter),
        )
    )
    libraries = libraries_in_use(paths.engine_packs)
    painter_process = EngineProcess(
        EngineSpec(
            "painter",
            painter,
            threads,
            paths.logs / "painter.log",
            libraries,
            paths.loras,
            paths.hash_book,
            paths.engine_notes,
            compiled=painter.spec.id in compiled_models(paths.engine_notes),
        )
    )
    # Apple's graphics memory is the machine's
    graphics_gib = None if sys.platform == "darwin" else collection.graphics_gib
    take_turns(writer_process, painter_process, graphics_gib=graphics_gib)
    guide = Guide.load(folder / "guide")
    remote = RemoteWriter(writer_process)
    composes = writer.spec.writer is not None and writer.spec.writer.composes
    engines = Engines(
        writer=remote,
        painter=RemotePainter(painter_process),
        painter_spec=painter.spec,
        explain=partial(answer, guide),
        vocabulary=vocabulary_of(painter),
        compose=_composing(guide, remote) if composes else None,
        copies=writer.spec.writer is not None and writer.spec.writer.own_words is not None,
    )
    return Studio(
        collection.catalogue, collection.installed, engines, writer_process, painter_process, guide, graphics_gib
    )


def _composing(guide: Guide, writer: RemoteWriter) -> Compose:
    """Answers in the writer's own sentences; afterwards it reads its fixed rules again, ahead of the next message."""

    def read_rules(cancel: CancelToken) -> None:
        try:
            writer.load(cancel)
        except SfumatoError as error:
            log.warning("after an answer: %s | %s", error, error.detail)
        except TurnCancelled:
            return

    def compose(question: Question, on_text: Callable[[str], None], cancel: CancelToken) -> Answer:
        found = composed(guide, writer, question, on_text, cancel)
        threading.Thread(target=read_rules, args=(cancel,), name="rules", daemon=True).start()
        return found

    return compose


def thread_count() -> int:
    """Threads for an engine: the cores this process may use, at most 16 (more do not help small pictures)."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(available or 1, 16))
