"""The bench for a GPU is rehearsed here with a tiny model on the processor, so that it runs when a GPU is at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfumato_models.devices import find_devices
from tests.bench.gpu import Bench
from tests.bench.gpu_models import SHAPES


def test_the_bench_gives_every_figure_that_a_processor_can() -> None:
    figures = dict(Bench(SHAPES["klein"], find_devices()[-1], is_tiny=True).figures(with_compile=False))
    assert figures["repeats_bit_for_bit"] is True
    assert figures["stop_steps"] == 0
    assert figures["previews_shown_of_steps"] == 1
    assert float(figures["painter_over_bare"]) > 0


# What a rented machine with a graphics card lacks: no window, no llama.cpp, no network.
_BARE = """
import runpy, sys
for name in ("PySide6", "llama_cpp", "keyring"):
    sys.modules[name] = None
def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect"):
        raise SystemExit("it wanted the network")
sys.addaudithook(refuse)
sys.argv[0] = "tests.bench.gpu"
runpy.run_module("tests.bench.gpu", run_name="__main__")
"""


def bench(*wishes: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name and "QT" not in name}
    command = [sys.executable, "-c", _BARE, *wishes]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240)


@pytest.mark.timeout(300)
def test_it_needs_no_display_no_qt_no_llama_and_no_network(tmp_path: Path) -> None:
    done = bench("sd15", "--tiny", "--output", str(tmp_path / "gpu.json"))
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert found["tiny"] is True
    assert found["device"]
    assert found["when"].startswith("20")
    assert found["sd15"]["repeats_bit_for_bit"] is True
    assert "sd15.painter_over_bare: " in done.stdout


@pytest.mark.skipif(find_devices()[0].kind != "cpu", reason="there is a graphics card")
def test_without_a_card_it_says_so_at_once_and_what_can_be_done() -> None:
    done = bench()
    assert done.returncode == 1
    assert "There is no graphics card that torch can use here; --tiny rehearses it" in done.stderr
    assert "Traceback" not in done.stderr
