"""Real engine processes with tiny models: killed at every stage, hanging, stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from sfumato.dialogue import Reading
from sfumato.engine import CancelToken, Painting, Preview
from sfumato.errors import EngineDied, SfumatoError, TurnCancelled
from sfumato_models.installed import InstalledModel
from sfumato_models.supervisor import EngineProcess, Patience, RemotePainter, RemoteWriter
from sfumato_models.worker import SPINS, EngineSpec
from tests.fakes import recipe
from tests.models.test_local_files import painter_pair


@pytest.fixture
def painter(painter_model: InstalledModel, tmp_path: Path) -> Iterator[RemotePainter]:
    process = EngineProcess(EngineSpec("painter", painter_model, 1, tmp_path / "painter.log"))
    yield RemotePainter(process)
    process.close()


@pytest.fixture
def writer(writer_model: InstalledModel, tmp_path: Path) -> Iterator[RemoteWriter]:
    process = EngineProcess(EngineSpec("writer", writer_model, 1, tmp_path / "writer.log"))
    yield RemoteWriter(process)
    process.close()


def kill(process: EngineProcess) -> None:
    """Kill it, and wait until it is gone."""
    running = process._process
    assert running
    os.kill(running.pid or 0, signal.SIGKILL)
    wait([running.sentinel], 5)


def paint(painter: RemotePainter, on_preview: object = lambda _: None) -> Painting:
    return painter.paint(recipe(7), None, on_preview, CancelToken())  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [2, 4])  # 4 is the last: what follows is decoding
def test_a_painter_killed_while_painting_or_decoding_is_reported_and_the_retry_paints_the_same_picture(
    painter: RemotePainter, step: int
) -> None:
    expected = paint(painter).recipe.sha256_rgb

    def kill_there(preview: Preview) -> None:
        if preview.step == step:
            kill(painter.process)

    with pytest.raises(EngineDied, match="painter was ended by the system, most likely as memory ran out") as error:
        paint(painter, kill_there)
    assert error.value.hint == "Close other programs. Try again: it is started anew."
    assert paint(painter).recipe.sha256_rgb == expected


def test_an_engine_killed_while_loading_or_idle_is_started_again(painter: RemotePainter) -> None:
    def kill_soon() -> None:
        while painter.process.pid is None:
            pass
        kill(painter.process)

    threading.Thread(target=kill_soon).start()
    with pytest.raises(EngineDied):
        painter.load(CancelToken())
    painter.load(CancelToken())
    kill(painter.process)
    assert paint(painter).pixels


def test_a_writer_killed_is_started_again(writer: RemoteWriter) -> None:
    writer.load(CancelToken())
    before = writer.process.pid
    kill(writer.process)
    writer.load(CancelToken())
    assert writer.process.pid != before


def test_an_engine_that_hangs_is_ended_and_said_so(painter_model: InstalledModel) -> None:
    process = EngineProcess(EngineSpec("painter", painter_model, 1), Patience(cancel_s=1, silence_s=2))
    painter = RemotePainter(process)
    painter.load(CancelToken())
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(EngineDied, match="did not answer"):
        paint(painter)
    process.close()


def test_a_stop_that_is_not_obeyed_ends_the_process(painter_model: InstalledModel) -> None:
    process = EngineProcess(EngineSpec("painter", painter_model, 1), Patience(cancel_s=0.5, silence_s=60))
    painter, cancel = RemotePainter(process), CancelToken()
    painter.load(cancel)
    assert process.pid
    os.kill(process.pid, signal.SIGSTOP)
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(TurnCancelled):
        painter.paint(recipe(7), None, lambda _: None, cancel)
    assert process.pid is None


@pytest.mark.parametrize("kind", ["writer", "folder", "single file"])
def test_a_stop_while_a_model_loads_ends_what_cannot_be_interrupted_and_the_next_call_is_answered(
    kind: str, painter_model: InstalledModel, writer_model: InstalledModel, tmp_path: Path
) -> None:
    model = writer_model if kind == "writer" else painter_model
    if kind == "single file":
        _, model = painter_pair("StableDiffusionPipeline", "sd15", tmp_path)
    spec = EngineSpec("writer" if kind == "writer" else "painter", model, 1, tmp_path / "engine.log")
    process, cancel = EngineProcess(spec, Patience(cancel_s=0.5)), CancelToken()

    def hang_and_stop() -> None:
        while process.pid is None:
            pass
        os.kill(process.pid, signal.SIGSTOP)  # somewhere in its loading, it does not listen
        cancel.cancel()

    threading.Thread(target=hang_and_stop).start()
    try:
        with pytest.raises(TurnCancelled):
            process.call("load", cancel=cancel)
        assert process.pid is None
        if kind == "writer":
            process.call("load", cancel=CancelToken())
            assert process.is_loaded
        else:
            assert paint(RemotePainter(process)).pixels
    finally:
        process.close()


def test_a_stop_works_while_another_call_loads(painter: RemotePainter) -> None:
    threading.Thread(target=painter.load, args=(CancelToken(),)).start()
    while painter.process.pid is None:
        pass
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(TurnCancelled):
        painter.paint(recipe(7), None, lambda _: None, cancel)
    painter.load(CancelToken())


def test_an_engine_leaves_when_the_app_goes(painter: RemotePainter) -> None:
    painter.load(CancelToken())
    process = painter.process._process
    assert process
    assert painter.process._connection
    painter.process._connection.close()
    process.join(5)
    assert process.exitcode == 0


def test_a_writers_process_answers_or_refuses_in_words(writer: RemoteWriter) -> None:
    from sfumato.errors import UnusableAnswer

    try:
        assert writer.decide(Reading("a red ball"), CancelToken()).action
    except UnusableAnswer as error:
        refused = error.message
        assert refused


def test_an_engine_process_has_no_network(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "from sfumato_models.worker import refuse_network; refuse_network(); import socket\n"
        "for attempt in (lambda: socket.socket(), lambda: socket.getaddrinfo('example.org', 80)):\n"
        "    try: attempt()\n"
        "    except PermissionError: print('refused')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["refused", "refused"]


def test_broken_libraries_of_an_engine_pack_are_told_once_and_then_done_without(
    painter_model: InstalledModel, tmp_path: Path
) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise ImportError('libcuda.so.1: no such file')")
    process = EngineProcess(EngineSpec("painter", painter_model, 1, tmp_path / "painter.log", tmp_path))
    try:
        assert paint(RemotePainter(process)).recipe.sha256_rgb
        assert process.notice is not None
        assert "paints on the processor" in process.notice.message
        assert "libcuda.so.1" in process.notice.detail
    finally:
        process.close()


def test_a_first_load_that_the_system_ends_is_told_as_such_and_the_engine_pack_stays_in_use(
    painter_model: InstalledModel, tmp_path: Path
) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    process = EngineProcess(EngineSpec("painter", painter_model, 1, tmp_path / "painter.log", tmp_path))
    try:
        with pytest.raises(EngineDied, match="most likely as memory ran out"):
            paint(RemotePainter(process))
        assert process.notice is None
        assert process.spec.libraries == tmp_path
    finally:
        process.close()


def test_a_probe_runs_the_engines_of_a_folder(painter_model: InstalledModel, tmp_path: Path) -> None:
    process = EngineProcess(EngineSpec("probe", painter_model, 1, tmp_path / "probe.log", tmp_path / "empty"))
    try:
        assert "torch" in process.call("probe", "cpu", cancel=CancelToken())["file"]
        with pytest.raises(SfumatoError, match="no such device answers"):
            process.call("probe", "amiga", cancel=CancelToken())
    finally:
        process.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only torch for Linux comes with libgomp")
def test_threads_that_wait_do_not_keep_the_cores_busy(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OMP_DISPLAY_ENV", "verbose")  # libgomp tells how it was set up, when it was loaded
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    process = EngineProcess(EngineSpec("painter", painter_model, 2, tmp_path / "painter.log"))
    try:
        process.call("load", cancel=CancelToken())
    finally:
        process.close()
    assert f"GOMP_SPINCOUNT = '{SPINS}'" in (tmp_path / "painter.log").read_text()
