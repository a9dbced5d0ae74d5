"""Fifty turns of two models that memory does not hold together: what stays of each turn in the resident memory."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import torch

from sfumato.dialogue import Reading
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato_models.installed import InstalledModel
from sfumato_models.supervisor import EngineProcess, RemotePainter, RemoteWriter
from sfumato_models.taking_turns import take_turns
from sfumato_models.worker import EngineSpec
from sfumato_training.writer_data import Writer
from sfumato_training.writer_gguf import export_gguf
from sfumato_training.writer_model import Size, WriterModel, train_tokenizer
from sfumato_training.writer_train import texts
from tests.bench.figure import Figure
from tests.bench.gpu_models import stable_diffusion
from tests.fakes import recipe
from tests.models.tiny import tiny_painter, tiny_writer

TURNS = 50
SOME = 10


def measure_turns() -> Iterator[Figure]:
    """The growth of both processes together, the last turns over the first."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        writer = EngineProcess(EngineSpec("writer", _large_writer(folder), 1, folder / "writer.log"))
        painter = EngineProcess(EngineSpec("painter", _large_painter(folder), 1, folder / "painter.log"))
        try:
            yield _growth(writer, painter)
        finally:
            writer.close()
            painter.close()


def _growth(writer: EngineProcess, painter: EngineProcess) -> Figure:
    sizes = sorted(process.spec.model.size_bytes for process in (writer, painter))
    for process in (writer, painter):
        process.call("load", cancel=CancelToken())
        process.let_go()
    # memory as it would have to be to hold the libraries, either model and the reserve, but not both models
    most = max(process.memory_bytes or 0 for process in (writer, painter))
    memory = _resident(writer) + _resident(painter) + most + sizes[0] // 2
    take_turns(writer, painter, available=lambda: memory - _resident(writer) - _resident(painter))
    peaks, begin = [], time.perf_counter()
    for _ in range(TURNS):
        with suppress(UnusableAnswer):  # it was never trained
            RemoteWriter(writer).decide(Reading("a red ball in a meadow"), CancelToken())
        peak = _resident(writer) + _resident(painter)
        RemotePainter(painter).paint(recipe(7), None, lambda _: None, CancelToken())
        if writer.is_loaded:
            raise RuntimeError("both were in memory")
        peaks.append(max(peak, _resident(writer) + _resident(painter)))
    growth = max(peaks[-SOME:]) / max(peaks[:SOME]) - 1
    seconds = (time.perf_counter() - begin) / TURNS
    how = (
        f"{TURNS} turns, models of {sizes[0] / 1e6:.0f} and {sizes[1] / 1e6:.0f} MB take turns in a memory that holds either; "
        f"{max(peaks) / 1e6:.0f} MB at most; {seconds:.1f} s a turn"
    )
    return Figure("resident_growth", growth, 0.05, how)


def _large_painter(folder: Path) -> InstalledModel:
    model = tiny_painter(folder / "facts")
    torch.manual_seed(0)
    stable_diffusion(4, 4).save_pretrained(folder / "painter")
    return replace(model, path=folder / "painter")


def _large_writer(folder: Path) -> InstalledModel:
    model = tiny_writer(folder / "facts.gguf")
    practice = Writer(0)
    tokenizer = train_tokenizer(["".join(texts(practice.make())) for _ in range(200)], 512)
    torch.manual_seed(0)
    size = Size(vocabulary=512, width=1024, layers=10, heads=8, hidden=4096, context=512)
    export_gguf(WriterModel(size), tokenizer, folder / "writer.gguf", "random")
    return replace(model, path=folder / "writer.gguf")


def _resident(process: EngineProcess) -> int:
    """Bytes of a process that are in memory (Linux)."""
    pages = Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
