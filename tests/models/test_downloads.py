"""Whole models through the real download process, from a loopback hub to the shelf."""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import sfumato_resources
from sfumato.errors import EngineDied
from sfumato.model_catalog import ModelSpec, PictureFacts, Source, load_catalogue
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Network, Patience, Setup
from sfumato_models.downloads import Downloads, find_network
from sfumato_models.family_facts import family_facts
from tests.models.hub import LoopbackHub, random_bytes, wait_until

HASTE = Patience(connect_s=2, stall_s=1, retry_after_s=2, backoff_s=0.01)
UNET = "unet/diffusion_pytorch_model.safetensors"
VAE = "vae/diffusion_pytorch_model.safetensors"
FILES = {
    "model_index.json": b'{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"],'
    b' "vae": ["diffusers", "AutoencoderKL"], "scheduler": ["diffusers", "LCMScheduler"], "safety_checker": [null, null]}',
    "scheduler/scheduler_config.json": b"{}",
    "unet/config.json": b'{"sample_size": 8}',
    UNET: random_bytes(3_000_000, 1),
    "unet/diffusion_pytorch_model.fp16.safetensors": b"a variant",
    "unet/diffusion_pytorch_model.bin": b"a pickle",
    "unet/modeling.py": b"raise SystemExit('this must never run')",
    "vae/config.json": b'{"block_out_channels": [4, 4, 8, 8]}',
    VAE: random_bytes(500_000, 2),
    "model.ckpt": b"another pickle",
}
WANTED = sorted(name for name in FILES if not name.endswith((".fp16.safetensors", ".bin", ".py", ".ckpt")))
FACTS = PictureFacts(
    pipeline="StableDiffusionPipeline", steps=25, guidance_scale=7, scheduler="DPMSolverMultistepScheduler",
    honours_negatives=True, token_limit=77, long_prompts="chunked", width=512, height=512, portrait=(448, 576),
    landscape=(576, 448), min_side=256, max_side=1024, size_multiple=8, routes=("text-to-image", "image-to-image"),
)  # fmt: skip


def spec(repository: str = "someone/model", model_id: str = "some-model", **source: Any) -> ModelSpec:
    where = Source(repository=repository, size_bytes=4_000_000, **source)
    return ModelSpec(id=model_id, title="Some model", purpose="tests", licence="none", source=where, picture=FACTS)


class Desk:
    """A `Downloads` and what it told."""

    def __init__(self, folder: Path, server: LoopbackHub) -> None:
        self.folder = folder
        self.server = server
        self.told: queue.Queue[DownloadState | LookedUp] = queue.Queue()
        self.heard: list[DownloadState] = []
        self.ledger = Ledger(folder / "connections.jsonl")
        self.downloads = Downloads(Setup(folder / "models", HASTE), self.ledger, self.told.put)

    def begin(self, wish: ModelSpec | None = None, token: str | None = None) -> None:
        self.downloads.begin(wish or spec(), Network(self.server.address), token)

    def end(self, wish: ModelSpec | None = None, token: str | None = None) -> DownloadState:
        self.begin(wish, token)
        return self.wait()

    def wait(self) -> DownloadState:
        while True:
            state = self.told.get(timeout=30)
            assert isinstance(state, DownloadState)
            self.heard.append(state)
            if not state.is_active:
                return state

    def files(self, model_id: str = "some-model") -> list[str]:
        place = self.folder / "models" / model_id
        found = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
        return sorted(name for name in found if name != "sfumato-model.json")


@pytest.fixture
def server() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        hub.add("someone/model", dict(FILES))
        yield hub


@pytest.fixture
def desk(tmp_path: Path, server: LoopbackHub) -> Iterator[Desk]:
    made = Desk(tmp_path, server)
    yield made
    made.downloads.close()


def test_a_model_comes_whole_without_code_pickles_and_variants(desk: Desk) -> None:
    state = desk.end()
    assert (state.phase, state.error) == ("done", None)
    assert desk.files() == WANTED
    assert (desk.folder / "models/some-model" / UNET).read_bytes() == FILES[UNET]
    (model,) = desk.downloads.shelf.installed()
    assert model.spec == spec()
    assert model.path == desk.folder / "models/some-model"
    assert not list((desk.folder / "models/.unfinished").iterdir())
    assert state.done_bytes == state.total_bytes == sum(len(FILES[name]) for name in WANTED)


def test_between_downloads_there_is_no_process_with_a_network(desk: Desk) -> None:
    desk.end()
    wait_until(lambda: desk.downloads.pid is None)
    assert desk.end(spec("someone/model", "other")).phase == "done"


def test_a_download_that_is_cut_and_killed_goes_on_after_a_restart(
    desk: Desk, server: LoopbackHub, tmp_path: Path
) -> None:
    server.fault(UNET, "cut", times=10, after_bytes=100_000)
    server.pace_bytes_s = 4e6
    desk.begin()
    for left in (6, 2):
        wait_until(lambda left=left: server.faults[UNET][0].times <= left)
        os.kill(desk.downloads.pid or 0, signal.SIGKILL)
        state = desk.wait()
        assert isinstance(state.error, EngineDied)
        desk.downloads.close()
        desk = Desk(tmp_path, server)  # as the app starts again
        paused = desk.downloads.states()["some-model"]
        assert paused.phase == "paused"
        assert 0 < paused.done_bytes < paused.total_bytes
        desk.begin()
    assert desk.wait().phase == "done"
    assert (desk.folder / "models/some-model" / UNET).read_bytes() == FILES[UNET]
    assert server.sent_bytes[UNET] < len(FILES[UNET]) * 1.25  # what was on its way when the process was killed
    desk.downloads.close()


def test_pause_keeps_and_cancel_deletes(desk: Desk, server: LoopbackHub) -> None:
    server.pace_bytes_s = 1e6
    desk.begin()
    wait_until(lambda: server.sent_bytes[UNET] > 300_000)
    desk.downloads.pause("some-model")
    assert desk.wait().phase == "paused"
    kept = desk.downloads.states()["some-model"].done_bytes
    assert kept > 200_000
    desk.begin()
    wait_until(lambda: server.sent_bytes[UNET] > 600_000)
    desk.downloads.cancel("some-model")
    assert desk.wait().phase == "cancelled"
    assert desk.downloads.states() == {}
    assert not list((desk.folder / "models/.unfinished").iterdir())


def test_speed_and_time_left_are_told(desk: Desk, server: LoopbackHub) -> None:
    server.pace_bytes_s = 2e6
    assert desk.end().phase == "done"
    said = [state for state in desk.heard if state.seconds_left is not None]
    assert any(5e5 < state.bytes_s < 8e6 for state in said)
    assert max(state.seconds_left or 0 for state in said) < 20


def test_only_the_damaged_file_is_fetched_again(desk: Desk, server: LoopbackHub) -> None:
    desk.end()
    damaged = desk.folder / "models/some-model" / VAE
    damaged.write_bytes(b"x" * len(FILES[VAE]))
    (desk.folder / "models/some-model/unet/config.json").unlink()
    server.seen.clear()
    assert desk.end().phase == "done"
    assert damaged.read_bytes() == FILES[VAE]
    assert desk.files() == WANTED
    asked = {seen.path.split("?")[0].split("/", 4)[-1] for seen in server.seen if "/resolve/" in seen.path}
    assert {name.rsplit("/", 2)[-2] + "/" + name.rsplit("/", 1)[-1] for name in asked} == {VAE, "unet/config.json"}


def test_a_wrong_file_is_named_and_nothing_is_installed(desk: Desk, server: LoopbackHub) -> None:
    server.fault(VAE, "other_content")
    state = desk.end()
    assert state.phase == "failed"
    assert f"{VAE} has another content" in str(state.error)
    assert desk.downloads.shelf.installed() == ()


def test_too_little_room_is_said_before_a_byte_is_fetched(desk: Desk, server: LoopbackHub) -> None:
    server.repos["someone/model"].declared_bytes[UNET] = 10**15
    state = desk.end()
    assert "not enough room: 1000000." in str(state.error)
    assert server.sent_bytes == {} or max(server.sent_bytes.values()) < 1000


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"model_index.json": FILES["model_index.json"], "unet/../../evil.json": b"{}"}, "no usable files"),
        ({"model_index.json": b'{"_class_name": "StableDiffusionPipeline", "../evil": ["diffusers", "X"]}'}, "lead out of its folder"),
        ({"model_index.json": b'{"_class_name": ["pipe", "Mine"]}', "pipe.py": b""}, "code of its own"),
        ({"model_index.json": b'{"_class_name": "X", "unet": ["my_unet", "Mine"]}'}, "code of its own"),
        ({"model_index.json": b"[" * 5000}, "damaged"),
        ({"model.ckpt": b"", "weights.bin": b""}, "pickle files"),
        ({"README.md": b""}, "no usable files"),
        ({"x.safetensors": b""}, "not a picture model"),
        ({"model_index.json": b'{"_class_name": "X", "unet": ["diffusers", "U"]}', "unet/model.bin": b""}, "pickle files"),
    ],
)  # fmt: skip
def test_a_repository_that_is_not_for_us_is_refused(
    desk: Desk, server: LoopbackHub, files: dict[str, bytes], said: str
) -> None:
    server.add("bad/model", files)
    state = desk.end(spec("bad/model"))
    assert state.phase == "failed"
    assert said in str(state.error)
    assert [path.name for path in desk.folder.rglob("*evil*")] == []
    assert desk.downloads.shelf.installed() == ()


def test_a_gated_model_says_what_is_missing_and_where(desk: Desk, server: LoopbackHub) -> None:
    server.add("maker/gated", dict(FILES), token="good", closed_to="new", gated="manual")
    wish = spec("maker/gated")
    state = desk.end(wish)
    assert (state.refused, state.page) == ("token", f"{server.address}/maker/gated")
    state = desk.end(wish, "new")
    assert state.refused == "gate"
    assert "accept" in str(state.error)
    assert desk.end(wish, "good").phase == "done"


def test_a_component_can_come_from_another_repository(desk: Desk, server: LoopbackHub) -> None:
    better = random_bytes(5000, 3)
    server.add(
        "else/vae", {"config.json": b"{}", "diffusion_pytorch_model.safetensors": better, "sdxl_vae.safetensors": b""}
    )
    assert desk.end(spec(parts={"vae": "else/vae"})).phase == "done"
    assert (desk.folder / "models/some-model" / VAE).read_bytes() == better
    assert server.sent_bytes[VAE] == 0


def test_a_repository_typed_in_gets_its_facts_from_its_own_files(desk: Desk, server: LoopbackHub) -> None:
    desk.downloads.look_up("someone/model", {"StableDiffusionPipeline": FACTS}, Network(server.address), None)
    found = desk.told.get(timeout=30)
    assert isinstance(found, LookedUp)
    assert found.spec
    facts = found.spec.picture
    assert facts
    assert (found.spec.id, found.spec.licence) == ("someone--model", "apache-2.0")
    assert (facts.width, facts.height, facts.portrait, facts.size_multiple) == (64, 64, (56, 72), 8)
    assert (facts.scheduler, facts.steps, facts.guidance_scale) == ("LCMScheduler", 4, 1)
    assert found.spec.source
    assert found.spec.source.size_bytes == sum(len(FILES[name]) for name in WANTED)


@pytest.mark.parametrize(("is_guided", "steps"), [(True, 28), (False, 4)])
def test_a_repository_like_flux_dev_gets_the_facts_of_dev(
    desk: Desk, server: LoopbackHub, is_guided: bool, steps: int
) -> None:
    index = {"_class_name": "FluxPipeline", "transformer": ["diffusers", "FluxTransformer2DModel"]}
    server.add(
        "some/flux",
        {
            "model_index.json": json.dumps(index).encode(),
            "transformer/config.json": json.dumps({"guidance_embeds": is_guided}).encode(),
            "transformer/diffusion_pytorch_model.safetensors": b"x" * 100,
        },
    )
    catalogue = load_catalogue(sorted((Path(sfumato_resources.__file__).parent / "catalogue").glob("*.toml")))
    desk.downloads.look_up("some/flux", family_facts(catalogue), Network(server.address), None)
    found = desk.told.get(timeout=30)
    assert isinstance(found, LookedUp)
    assert found.spec
    assert found.spec.picture
    assert found.spec.picture.steps == steps


def test_a_language_model_typed_in_gets_its_marks_from_its_template(desk: Desk, server: LoopbackHub) -> None:
    evil = "{{ ''.__class__.__mro__ }}<|im_start|>"
    server.add(
        "some/writer-GGUF",
        {"w-Q4_K_M.gguf": b"GGUF", "w-Q8_0.gguf": b"GGUF", "mmproj.gguf": b"GGUF"},
        gguf={"chat_template": evil},
    )
    desk.downloads.look_up("some/writer-GGUF", {}, Network(server.address), None)
    found = desk.told.get(timeout=30)
    assert isinstance(found, LookedUp)
    assert found.spec
    assert found.spec.writer
    assert (found.spec.writer.wrapping, found.spec.source and found.spec.source.file) == ("chatml", "w-Q4_K_M.gguf")
    assert desk.end(found.spec).phase == "done"
    assert desk.files("some--writer-GGUF") == ["w-Q4_K_M.gguf"]


def test_a_language_model_in_pieces_comes_with_all_of_them(desk: Desk, server: LoopbackHub) -> None:
    pieces = {f"Q4/w-Q4_K_M-0000{number}-of-00003.gguf": random_bytes(1000, number) for number in (1, 2, 3)}
    server.add("some/large-GGUF", {"w-Q8_0.gguf": b"GGUF", **pieces}, gguf={"chat_template": "<|im_start|>"})
    desk.downloads.look_up("some/large-GGUF", {}, Network(server.address), None)
    found = desk.told.get(timeout=30)
    assert isinstance(found, LookedUp)
    assert found.spec
    assert found.spec.source
    assert (found.spec.source.file, found.spec.source.size_bytes) == ("w-Q4_K_M.gguf", 3000)
    assert desk.end(found.spec).phase == "done"
    assert desk.files("some--large-GGUF") == [name.removeprefix("Q4/") for name in sorted(pieces)]
    (here,) = desk.downloads.shelf.installed()
    assert (here.path.name, here.size_bytes) == ("w-Q4_K_M-00001-of-00003.gguf", 3000)
    server.add("some/half-GGUF", {name: pieces[name] for name in list(pieces)[:2]})
    state = desk.end(
        found.spec.model_copy(update={"id": "half", "source": Source(repository="some/half-GGUF", size_bytes=1)})
    )
    assert "w-Q4_K_M-00003-of-00003.gguf is missing" in str(state.error)


def test_two_at_once_do_not_work_on_the_same_model(desk: Desk, server: LoopbackHub, tmp_path: Path) -> None:
    server.pace_bytes_s = 1e6
    desk.begin()
    wait_until(lambda: server.sent_bytes[UNET] > 0)
    other = Desk(tmp_path, server)
    state = other.end()
    other.downloads.close()
    assert "fetched by another Sfumato" in str(state.error)
    server.pace_bytes_s = 0
    assert desk.wait().phase == "done"


def test_a_folder_that_vanishes_meanwhile_is_said(desk: Desk, server: LoopbackHub) -> None:
    server.pace_bytes_s = 1e6
    desk.begin()
    wait_until(lambda: server.sent_bytes[UNET] > 200_000)
    for path in (desk.folder / "models/.unfinished/some-model").rglob("*"):
        if path.is_file():
            path.unlink()
    server.pace_bytes_s = 0
    state = desk.wait()
    assert state.phase == "failed"
    assert state.error
    assert desk.downloads.shelf.installed() == ()
    assert desk.end().phase == "done"


def test_the_ledger_lists_every_connection_and_no_secret(desk: Desk, server: LoopbackHub) -> None:
    desk.end(token="hf_secret")
    entries = desk.ledger.read()
    assert len(entries) == len(server.seen)
    assert {entry.purpose for entry in entries} >= {"facts of someone/model", UNET}
    assert "secret" not in desk.ledger._file.read_text()


def test_the_token_is_in_no_file_argument_or_environment(desk: Desk, server: LoopbackHub) -> None:
    server.pace_bytes_s = 2e6
    server.add("maker/gated", dict(FILES), token="hf_very_secret_token")
    desk.begin(spec("maker/gated"), "hf_very_secret_token")
    wait_until(lambda: server.sent_bytes[UNET] > 200_000)
    process = psutil.Process(desk.downloads.pid)
    assert "hf_very_secret_token" not in str(process.cmdline()) + str(process.environ())
    assert desk.wait().phase == "done"
    for path in desk.folder.rglob("*"):
        assert path.is_dir() or b"hf_very_secret_token" not in path.read_bytes()
    assert "hf_very_secret_token" not in repr(desk.heard)


def test_the_process_leaves_with_the_app(desk: Desk, server: LoopbackHub) -> None:
    server.fault(UNET, "stall", after_bytes=1000)
    desk.begin()
    wait_until(lambda: server.sent_bytes[UNET] > 0)
    process = psutil.Process(desk.downloads.pid)
    threading.Thread(target=desk.downloads.close).start()
    process.wait(5)
    assert not process.is_running()


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("http://mirror.example", ""),
        ("ftp://x", ""),
        ("https://me:secret@x", ""),
        ("nonsense", ""),
        ("https://x", "socks5://y"),
    ],
)
def test_addresses_that_are_not_safe_are_refused(address: str, proxy: str) -> None:
    with pytest.raises(Exception, match="address cannot be used"):
        find_network(address, proxy)


def test_the_systems_proxy_is_used_unless_the_settings_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://system:1")
    assert find_network("", "") == Network("https://huggingface.co", "http://system:1")
    assert find_network("https://mirror.example/", "http://mine:2") == Network(
        "https://mirror.example", "http://mine:2"
    )
