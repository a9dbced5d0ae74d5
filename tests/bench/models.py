"""Models: what a bad line costs, how fast a disk is looked through, that models cost the window nothing, and how they run."""

from __future__ import annotations

import json
import os
import queue
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sfumato.model_catalog import ModelSpec, PictureFacts, Source
from sfumato.paths import find_paths
from sfumato_desktop.collection import open_collection
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Network, Patience, Setup
from sfumato_models.downloads import Downloads
from sfumato_models.family_facts import family_facts
from sfumato_models.local_files import look
from sfumato_models.model_folder import Manifest, ModelFile, is_whole, read_manifest, write_manifest
from tests.bench.figure import Figure
from tests.bench.painting import measure_painting
from tests.bench.turns import measure_turns
from tests.bench.writing import measure_writing
from tests.models.hub import LoopbackHub
from tests.models.test_local_files import gguf

PAIRS = 7
INSTALLED = 200
FILES = 500
BIG_BYTES = 100_000_000
FILE_BYTES = 300_000_000
CUTS = 10
KILLS = 2
UNET = "unet/diffusion_pytorch_model.safetensors"
PATIENCE_S = 300
_WINDOW = """
import time; begin = time.perf_counter()
from sfumato_desktop.app import make_app, start
from sfumato_desktop.window import Window
app = make_app(); window = Window(); window.show()
while not window.windowHandle().isExposed(): app.processEvents()
app.processEvents(); window.grab()
from sfumato.paths import find_paths
from sfumato_desktop.background_news import Opened
from sfumato_desktop.controller import Controller
controller = Controller(window, find_paths(), window)
seen = []
controller.happened.connect(lambda event: seen.append(type(event).__name__))
controller.start()
while "TokensKnown" not in seen: app.processEvents()
print(time.perf_counter() - begin)
window.close()
"""


def measure_models() -> Iterator[Figure]:
    """All figures of the area."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    yield _look()
    yield _bad_line()
    yield _many_models()
    yield from measure_writing()
    yield from measure_painting()
    yield from measure_turns()


def _look() -> Figure:
    """500 model files of 100 MB in ten folders: how long it takes to say what each is, and what of them is read."""
    families = family_facts(open_collection(find_paths()).catalogue)
    with tempfile.TemporaryDirectory() as place:
        for number in range(FILES // 2):
            folder = Path(place) / f"shelf{number % 10}"
            folder.mkdir(exist_ok=True)
            _sparse_lora(folder / f"style{number}.safetensors")
            with gguf(folder / f"chat{number}.gguf", "qwen3").open("r+b") as stream:
                stream.truncate(BIG_BYTES)
        times, read = [], 0
        for _ in range(PAIRS):
            before, begin = _read_bytes(), time.perf_counter()
            found = list(look((Path(place),), families))
            times.append(time.perf_counter() - begin)
            read = _read_bytes() - before
            if len(found) != FILES or any(it.kind == "unusable" for it in found):
                raise RuntimeError("not every file was told")
    how = f"{FILES} files of {BIG_BYTES / 1e6:.0f} MB, median of {PAIRS}; {read / FILES / 1e3:.0f} kB read of each"
    return Figure("find_500_files_s", statistics.median(times), 2.0, how)


def _sparse_lora(file: Path) -> None:
    """A header and a hole: what is behind the header takes no room on the disk."""
    shape = [BIG_BYTES // 4, 2]
    entry = {"dtype": "F16", "shape": shape, "data_offsets": [0, shape[0] * 4]}
    header = json.dumps({"lora_unet_x.lora_down.weight": entry}).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    os.truncate(file, 8 + len(header) + shape[0] * 4)


def _read_bytes() -> int:
    """What this process has read so far, from the disk or from the system's memory of it (Linux)."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


def _bad_line() -> Figure:
    """A file that is cut ten times, in a download whose process is killed twice: the share that is sent again."""
    data = os.urandom(FILE_BYTES)
    index = b'{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}'
    with LoopbackHub() as hub, tempfile.TemporaryDirectory() as folder:
        hub.add("someone/model", {"model_index.json": index, UNET: data})
        fault = hub.fault(UNET, "cut", times=CUTS, after_bytes=FILE_BYTES // (CUTS + 2))
        hub.pace_bytes_s = 60e6
        for kill in range(KILLS):
            left = CUTS - (kill + 1) * CUTS // (KILLS + 1)
            _fetch(hub, Path(folder), until=lambda left=left: fault.times <= left)  # type: ignore[misc]
        _fetch(hub, Path(folder))
        place = Path(folder) / "models" / "model"
        if not all(is_whole(place / file.path, file) for file in read_manifest(place).files):
            raise RuntimeError("the model is not whole")
        again = hub.sent_bytes[UNET] / FILE_BYTES - 1
    how = f"of {FILE_BYTES / 1e6:.0f} MB, cut {CUTS} times and killed {KILLS} times; every hash right"
    return Figure("fetched_again", again, 0.02, how)


def _fetch(hub: LoopbackHub, folder: Path, until: Callable[[], bool] | None = None) -> None:
    """Fetch to the end, or kill the process when `until` is true."""
    told: queue.Queue[DownloadState | LookedUp] = queue.Queue()
    downloads = Downloads(Setup(folder / "models", Patience(backoff_s=0.05)), Ledger(folder / "ledger"), told.put)
    downloads.begin(_spec("model"), Network(hub.address), None)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if until is not None and until() and downloads.pid:
            os.kill(downloads.pid, signal.SIGKILL)
            until = None
        try:
            state = told.get(timeout=0.02)
        except queue.Empty:
            continue
        if isinstance(state, DownloadState) and not state.is_active:
            downloads.close()
            return
    raise TimeoutError("the download did not end")


def _many_models() -> Figure:
    """From the first import to a window that knows its models, with 0 and with 200 of them, in turn."""
    with tempfile.TemporaryDirectory() as none, tempfile.TemporaryDirectory() as many:
        for number in range(INSTALLED):
            _install(Path(many) / "data" / "models", f"model-{number}")
        ratios = []
        for _ in range(PAIRS + 1):
            without, with_them = _seconds(none), _seconds(many)
            ratios.append(with_them / without)
    return Figure(
        "window_with_200_over_0",
        statistics.median(ratios[1:]),
        1.1,
        f"median of {PAIRS} pairs, until the window knows its models",
    )


def _seconds(home: str) -> float:
    environment = os.environ | {"SFUMATO_HOME": home}
    result = subprocess.run(
        [sys.executable, "-c", _WINDOW], capture_output=True, text=True, check=True, env=environment
    )
    return float(result.stdout)


def _install(shelf: Path, model_id: str) -> None:
    files = []
    for path in ("model_index.json", "unet/config.json", UNET, "vae/config.json", "scheduler/scheduler_config.json"):
        (shelf / model_id / path).parent.mkdir(parents=True, exist_ok=True)
        (shelf / model_id / path).write_bytes(b"{}")
        files.append(
            ModelFile(
                path=path, size_bytes=2, sha256="0" * 64, repository="someone/model", commit="0" * 40, remote_path=path
            )
        )
    manifest = Manifest(
        spec=_spec(model_id), repository="someone/model", commit="0" * 40, licence="none", files=tuple(files)
    )
    write_manifest(shelf / model_id, manifest)


def _spec(model_id: str) -> ModelSpec:
    facts = PictureFacts(
        pipeline="StableDiffusionPipeline", steps=4, guidance_scale=3, scheduler="DDIMScheduler", honours_negatives=True,
        width=64, height=64, portrait=(48, 80), landscape=(80, 48), min_side=32, max_side=128, size_multiple=16,
        routes=("text-to-image",),
    )  # fmt: skip
    source = Source(repository="someone/model", size_bytes=FILE_BYTES)
    return ModelSpec(id=model_id, title=model_id, purpose="bench", licence="none", source=source, picture=facts)
