"""What goes wrong under a painter, injected one by one: a sentence with what to do, the app goes on, nothing changes silently.

Elsewhere: a LoRA of another family (`test_lora.py`); no memory fifty times, weights that change on disk, numbers that
overflow while decoding (`test_hardware.py`); an engine that is killed or hangs (`test_supervisor.py`).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from sfumato.engine import CancelToken, Painting
from sfumato.errors import DeviceLost, SfumatoError
from sfumato.image_file import pixels_to_rgb
from sfumato.recipe import Recipe, Route
from sfumato_desktop.collection import resource_folder
from sfumato_models import devices
from sfumato_models.engine_pack import load_locks
from sfumato_models.hardware import GIB, Device
from sfumato_models.installed import InstalledModel
from sfumato_models.nvidia import PACK_CUDA, NvidiaCard, find_nvidia_card
from sfumato_models.painter import DiffusersPainter
from sfumato_models.supervisor import EngineProcess, RemotePainter
from sfumato_models.worker import EngineSpec
from tests.fakes import recipe
from tests.models.lost_device import LOST, serve_until_the_device_is_lost
from tests.models.test_hardware import gpu, setup


@pytest.fixture(scope="module")
def painter(painter_model: InstalledModel) -> DiffusersPainter:
    return DiffusersPainter(painter_model, 1)


def paint(painter: DiffusersPainter | RemotePainter, wish: Recipe) -> Painting:
    return painter.paint(wish, None, lambda _: None, CancelToken())


def test_latents_that_are_no_numbers_are_a_sentence_and_never_a_black_picture(painter: DiffusersPainter) -> None:
    expected = paint(painter, recipe(7)).pixels
    unet = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE).unet
    hook = unet.register_forward_hook(lambda module, given, out: tuple(part * float("nan") for part in out))
    try:
        with pytest.raises(SfumatoError, match="broken") as error:
            paint(painter, recipe(7))
    finally:
        hook.remove()
    assert "guidance" in error.value.hint
    assert paint(painter, recipe(7)).pixels == expected


@pytest.mark.parametrize("size", [(50, 64), (64, 12), (0, 64)])
def test_a_size_the_family_cannot_do_is_refused_with_one_that_it_can(
    painter: DiffusersPainter, size: tuple[int, int]
) -> None:
    wish = recipe(7)
    with pytest.raises(SfumatoError, match=f"cannot paint {size[0]}x{size[1]}") as error:
        paint(painter, replace(wish, settings=replace(wish.settings, width=size[0], height=size[1])))
    width, height = (int(side) for side in error.value.hint.removeprefix("Ask for ").rstrip(".").split("x"))
    near = paint(painter, replace(wish, settings=replace(wish.settings, width=width, height=height)))
    assert (near.pixels.width, near.pixels.height) == (width, height)


def test_numbers_that_no_device_here_can_do_are_named_and_another_model_paints(
    painter: DiffusersPainter, painter_model: InstalledModel
) -> None:
    narrow = Device("cpu", "cpu", "Old CPU", 64 * GIB, 64 * GIB, ("float32",))
    with pytest.raises(SfumatoError, match="needs bfloat16; no device here computes with it") as error:
        setup((gpu(24, ("float16", "float32")), narrow), dtypes=("bfloat16",))
    assert error.value.hint == "Choose another model."
    picture = painter_model.spec.picture
    assert picture
    wide = picture.model_copy(update={"dtypes": ("float16",)})  # which no processor computes with
    with pytest.raises(SfumatoError, match="needs float16; no device here computes with it"):
        DiffusersPainter(replace(painter_model, spec=painter_model.spec.model_copy(update={"picture": wide})), 1)
    assert paint(painter, recipe(7)).pixels


@pytest.mark.parametrize(
    ("cuda", "driver", "said"),
    [
        ("13.0", "535.54.03", "driver 535.54.03 is too old for CUDA 13.0, which needs 580 or newer. Update the driver"),
        ("13.0", "580.65.06", "580.65.06 is new enough for CUDA 13.0: restart"),
        ("12.8", "", "its driver is too old for CUDA 12.8, which needs 525 or newer. Update the driver"),
        (None, "", "is not used yet: the engine libraries here are for the processor. Get those for the card"),
        (None, "535.54.03", "First update its driver (535.54.03 is here, 580 or newer is needed), then get"),
    ],
)
def test_a_card_that_cannot_be_used_is_named_with_what_would_help_and_the_processor_paints(
    painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch, cuda: str | None, driver: str, said: str
) -> None:
    monkeypatch.setattr(devices, "find_nvidia_card", lambda: NvidiaCard("NVIDIA GeForce RTX 3060", driver))
    monkeypatch.setattr(devices, "has_amd_card", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", cuda)
    (sentence,) = painter.report().advice
    assert said in sentence
    assert sentence.startswith("The NVIDIA GeForce RTX 3060 ")
    assert ("sfumato engines download" in sentence) is (cuda is None)
    assert [device.kind for device in devices.find_devices()] == ["cpu"]
    assert paint(painter, recipe(7)).pixels


def test_the_system_tells_the_card_and_its_driver_without_an_engine_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.nvidia.has_nvidia_card", lambda: True)
    assert find_nvidia_card(tmp_path) == NvidiaCard()
    (tmp_path / "gpus" / "0000:01:00.0").mkdir(parents=True)
    (tmp_path / "gpus" / "0000:01:00.0" / "information").write_text(
        "Model: \t\t NVIDIA GeForce RTX 3060\nIRQ:   \t\t 141\n"
    )
    told = (
        "Kernel Module  535.54.03  Tue Jun  6 22:20:39 UTC",
        "Open Kernel Module for x86_64  560.35.03  Release Build",
    )
    for line, driver in zip(told, ("535.54.03", "560.35.03"), strict=True):
        (tmp_path / "version").write_text(f"NVRM version: NVIDIA UNIX x86_64 {line}\nGCC version: gcc 12.3.0\n")
        assert find_nvidia_card(tmp_path) == NvidiaCard("NVIDIA GeForce RTX 3060", driver)
    monkeypatch.setattr("sfumato_models.nvidia.has_nvidia_card", lambda: False)
    assert find_nvidia_card(tmp_path) is None


def test_the_driver_that_is_asked_for_is_the_one_that_the_packs_need() -> None:
    titles = {lock.title for lock in load_locks(resource_folder() / "engine_packs") if lock.device == "cuda"}
    assert titles == {f"NVIDIA graphics cards (CUDA {PACK_CUDA})"}


@pytest.mark.parametrize(
    ("name", "major", "minor", "built"),
    [("GeForce GTX 780", 3, 5, []), ("GeForce GTX 1080", 6, 1, ["sm_75", "sm_90a", "sm_120", "compute_120"])],
)
def test_a_card_that_is_too_old_is_named_and_not_painted_on(
    monkeypatch: pytest.MonkeyPatch, name: str, major: int, minor: int, built: list[str]
) -> None:
    old = SimpleNamespace(name=name, major=major, minor=minor)
    monkeypatch.setattr(devices, "find_nvidia_card", lambda: NvidiaCard(name))
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: built)
    monkeypatch.setattr(devices, "has_amd_card", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: old)
    monkeypatch.setattr(torch.version, "hip", None)
    (sentence,) = devices.unused_hardware()
    assert f"{name} is too old" in sentence
    assert [device.kind for device in devices.find_devices()] == ["cpu"]


def test_attention_that_is_asked_for_in_the_environment_and_missing_changes_nothing(
    painter: DiffusersPainter, painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIFFUSERS_ATTN_BACKEND", "sage")
    process = EngineProcess(EngineSpec("painter", painter_model, 1, tmp_path / "painter.log"))
    try:
        done = paint(RemotePainter(process), recipe(7))
    finally:
        process.close()
    assert done.recipe.sha256_rgb == paint(painter, recipe(7)).recipe.sha256_rgb
    assert done.recipe.fingerprint["attention"] == "sdpa"


def test_a_safety_checker_is_left_out_and_that_is_said(painter_model: InstalledModel, tmp_path: Path) -> None:
    shutil.copytree(painter_model.path, tmp_path / "model")
    index = tmp_path / "model" / "model_index.json"
    content = json.loads(index.read_text())
    content |= {
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
        "feature_extractor": ["transformers", "CLIPImageProcessor"], "requires_safety_checker": True,
    }  # fmt: skip
    index.write_text(json.dumps(content))
    for part in ("safety_checker", "feature_extractor"):
        (tmp_path / "model" / part).mkdir()
        (tmp_path / "model" / part / "config.json").write_text("{}")
    painter = DiffusersPainter(replace(painter_model, path=tmp_path / "model"), 1)
    assert len(set(pixels_to_rgb(paint(painter, recipe(7)).pixels))) > 8
    assert any("blackens pictures" in line for line in painter.report().left_out)
    assert not DiffusersPainter(painter_model, 1).report().left_out


def test_after_a_device_that_disappeared_the_next_picture_is_painted_by_a_new_process(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sfumato_models.supervisor.serve", serve_until_the_device_is_lost)
    (tmp_path / LOST).touch()
    process = EngineProcess(EngineSpec("painter", painter_model, 1, tmp_path / "painter.log"))
    try:
        with pytest.raises(DeviceLost, match="does not answer"):
            paint(RemotePainter(process), recipe(7))
        assert process.pid is None
        (tmp_path / LOST).unlink()
        assert paint(RemotePainter(process), recipe(7)).pixels
    finally:
        process.close()
