"""Models that people have already: single files, folders, language models; found by their headers, used where they stand."""

from __future__ import annotations

import json
import os
import shutil
import struct
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import sfumato_resources
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.model_catalog import ModelSpec, PictureFacts, load_catalogue
from sfumato.paths import Paths
from sfumato.recipe import Recipe, Route
from sfumato_desktop.adding import add_from_disk, copy_in, files_to_hash, hash_files
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_models.checkpoints import SD2, SD2_VELOCITY, SD15, SDXL, checkpoint_kind
from sfumato_models.family_facts import family_facts
from sfumato_models.file_headers import read_values
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.local_files import describe, look
from sfumato_models.own_entries import forget_entry
from sfumato_models.painter import DiffusersPainter
from sfumato_models.token_count import TokenCounter
from tests.models.old_names import save_checkpoint, save_configs
from tests.models.test_families import paint, wish
from tests.models.tiny import tiny_painter
from tests.models.tiny_families import TINY, tiny_family
from tests.models.tiny_parts import unet

RESOURCES = Path(sfumato_resources.__file__).parent


@pytest.fixture(scope="module")
def families() -> dict[str, PictureFacts]:
    return family_facts(load_catalogue(sorted((RESOURCES / "catalogue").glob("*.toml"))))


def tiny_sd2(folder: Path) -> InstalledModel:
    """Stable Diffusion 2 has OpenCLIP's text encoder and linear layers around its attention."""
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

    plain = tiny_family("StableDiffusionPipeline", folder)
    pipe = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None, requires_safety_checker=False)
    torch.manual_seed(3)
    pipe.register_modules(unet=unet(use_linear_projection=True))
    pipe.tokenizer.pad_token = "!"
    pipe.save_pretrained(folder)
    return plain


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction"])
def test_one_file_of_stable_diffusion_2_paints_as_it_was_trained_to(
    predicts: str, tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    folder = tiny_sd2(tmp_path / "folder")
    pipe = DiffusersPainter(folder, 1).loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    configs = save_configs(pipe, tmp_path / "configs", "sd2")
    file = save_checkpoint(pipe, tmp_path / "model.safetensors", "sd2")
    if predicts == "v_prediction":  # the tiny model has too few blocks for the telltale one, so it is added
        telltale = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
        save_file(load_file(file) | {telltale: torch.linspace(-1, 1, 320).to(torch.bfloat16)}, file)
    assert checkpoint_kind(file) is {"epsilon": SD2, "v_prediction": SD2_VELOCITY}[predicts]
    facts = describe(file, families).picture
    assert facts
    assert facts.width == facts.height == {"epsilon": 512, "v_prediction": 768}[predicts]
    scheduler = folder.path / "scheduler" / "scheduler_config.json"
    scheduler.write_text(json.dumps(json.loads(scheduler.read_text()) | {"prediction_type": predicts}))
    draft = wish(folder)
    expected = paint(DiffusersPainter(folder, 1), draft).pixels
    assert paint(DiffusersPainter(InstalledModel(folder.spec, file, configs), 1), draft).pixels == expected


def test_numbers_of_a_small_tensor_are_read_in_every_width(tmp_path: Path) -> None:
    numbers = torch.tensor([0.5, -1.25, 3.0])
    for kind in (torch.float32, torch.float16, torch.bfloat16):
        save_file(
            {"first": torch.zeros(7), "it": numbers.to(kind), "whole": torch.arange(3)}, tmp_path / "a.safetensors"
        )
        assert read_values(tmp_path / "a.safetensors", "it") == (0.5, -1.25, 3.0)
        assert read_values(tmp_path / "a.safetensors", "whole") == read_values(tmp_path / "a.safetensors", "none") == ()


def painter_pair(name: str, kind: str, tmp_path: Path) -> tuple[InstalledModel, InstalledModel]:
    """The same weights as a folder and as one file."""
    folder = tiny_family(name, tmp_path / "folder")
    pipe = DiffusersPainter(folder, 1).loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    configs = save_configs(pipe, tmp_path / "configs", kind)
    file = save_checkpoint(pipe, tmp_path / "model.safetensors")
    return folder, InstalledModel(folder.spec, file, configs)


@pytest.mark.parametrize(("name", "kind"), [("StableDiffusionPipeline", "sd15"), ("StableDiffusionXLPipeline", "sdxl")])
def test_one_file_paints_the_same_picture_as_the_folder_it_was_made_of(name: str, kind: str, tmp_path: Path) -> None:
    folder, single = painter_pair(name, kind, tmp_path)
    check_whole(single)
    assert checkpoint_kind(single.path) is {"sd15": SD15, "sdxl": SDXL}[kind]
    draft: Recipe = wish(folder)
    from_file = paint(DiffusersPainter(single, 1), draft)
    assert from_file.pixels == paint(DiffusersPainter(folder, 1), draft).pixels
    assert list(from_file.recipe.model_files) == ["model.safetensors"]
    for quarter in range(4):
        data = single.path.read_bytes()
        (tmp_path / "cut.safetensors").write_bytes(data[: len(data) * quarter // 4])
        with pytest.raises(SfumatoError, match=r"cut\.safetensors"):
            check_whole(InstalledModel(single.spec, tmp_path / "cut.safetensors", single.configs))


@pytest.mark.parametrize("kind", ["sd15", "sd2", "sdxl"])
def test_the_apps_own_shapes_are_those_of_the_real_models(kind: str) -> None:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    config = json.loads((RESOURCES / "checkpoints" / kind / "unet" / "config.json").read_text())
    with torch.device("meta"):
        model = UNet2DConditionModel.from_config(config)
    parameters = sum(weight.numel() for weight in model.parameters())
    assert (
        parameters == {"sd15": 859_520_964, "sd2": 865_910_724, "sdxl": 2_567_463_684}[kind]
    )  # as their papers' code has them


def test_the_apps_own_vocabulary_cuts_words_as_clip_does() -> None:
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    words = RESOURCES / "checkpoints" / "clip_tokenizer"
    text = "A photo of an astronaut riding a horse on Mars, it's 1969!"
    tokens = CLIPTokenizer.from_pretrained(words, local_files_only=True)(text).input_ids
    assert tokens[:12] == [49406, 320, 1125, 539, 550, 18376, 6765, 320, 4558, 525, 7496, 267]
    assert TokenCounter(words).count(text) == len(tokens) - 2


def test_what_a_single_file_is_not_is_said(tmp_path: Path, families: dict[str, PictureFacts]) -> None:
    for name, tensors, told in (
        ("lora", {"lora_unet_x.lora_down.weight": (2, 2)}, "LoRA"),
        ("part", {"double_blocks.0.img_attn.qkv.weight": (2, 2)}, "diffusers folder"),
        ("bare", {"model.diffusion_model.input_blocks.0.0.weight": (2, 4, 3, 3)}, "full checkpoint"),
        ("fill", {"model.diffusion_model.input_blocks.0.0.weight": (2, 9, 3, 3)}, "usual version"),
    ):
        file = tmp_path / f"{name}.safetensors"
        save_file({key: torch.zeros(shape) for key, shape in tensors.items()}, file)
        with pytest.raises(SfumatoError) as error:
            describe(file, families)
        assert name in error.value.message
        assert told in error.value.hint
    (tmp_path / "old.ckpt").write_bytes(b"whatever")
    with pytest.raises(SfumatoError, match="pickle"):
        describe(tmp_path / "old.ckpt", families)


def test_folders_and_language_models_are_described_from_their_small_files(
    tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    snapshot = tmp_path / "models--owner--Fine-Model" / "snapshots" / "abc"
    tiny_family("ZImagePipeline", snapshot)
    spec = describe(snapshot, families)
    assert (spec.title, spec.id, spec.kind) == ("Fine-Model", "own-fine-model", "painter")
    assert spec.picture
    assert spec.picture.pipeline == "ZImagePipeline"
    assert ModelSpec.model_validate(spec.model_dump()) == spec
    assert describe(gguf(tmp_path / "chat.gguf", "qwen3"), families).kind == "writer"
    with pytest.raises(SfumatoError, match="mamba"):
        describe(gguf(tmp_path / "odd.gguf", "mamba"), families)
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "model_index.json").write_text('{"_class_name": "FuturePipeline", "unet": ["diffusers", "Code"]}')
    with pytest.raises(SfumatoError, match="FuturePipeline"):
        describe(strange, families)


def test_five_hundred_files_are_found_quickly_and_only_headers_are_read(
    tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    lora = tmp_path / "lora.safetensors"
    save_file({"lora_unet_x.lora_down.weight": torch.zeros(2, 2)}, lora)
    whole = gguf(tmp_path / "chat.gguf", "qwen3")
    for number in range(250):
        folder = tmp_path / f"shelf{number % 10}"
        folder.mkdir(exist_ok=True)
        shutil.copy(lora, folder / f"style{number}.safetensors")
        shutil.copy(whole, folder / f"chat{number}.gguf")
    (tmp_path / "shelf0" / "broken.safetensors").write_bytes(b"no header")
    (tmp_path / "shelf0" / "old.ckpt").write_bytes(b"")
    begin = time.perf_counter()
    found = list(look((tmp_path, tmp_path / "not there"), families))
    assert time.perf_counter() - begin < 10  # under 2 s on an idle machine; see `python -m tests.bench models`
    kinds = [it.kind for it in found]
    assert (kinds.count("lora"), kinds.count("writer"), kinds.count("unusable")) == (251, 251, 2)
    assert all(it.trouble for it in found if it.kind == "unusable")


def test_configurations_without_weights_are_no_model(
    tmp_path: Path,
    families: dict[str, PictureFacts],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(RESOURCES / "checkpoints" / "sd15", bare)
    assert list(look((tmp_path,), families)) == []
    assert main(["models", "add", str(bare)]) == 1
    assert "bare is not a whole model: it has configurations, but no weights." in capsys.readouterr().err
    (bare / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"never opened")
    (found,) = look((tmp_path,), families)
    assert found.kind == "unusable"
    assert "pickle" in found.trouble
    half = tmp_path / "half"
    tiny_family("StableDiffusionPipeline", half)
    next((half / "unet").glob("*.safetensors")).unlink()
    with pytest.raises(SfumatoError, match="unet has no weights"):
        describe(half, families)
    assert main(["models", "look", str(RESOURCES), "--json"]) == 0  # the app's own models are no finds
    assert json.loads(capsys.readouterr().out)["found"] == []


def test_the_command_line_adds_looks_and_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    folder = tmp_path / "mine" / "small-z"
    tiny_family("ZImagePipeline", folder)

    def run(*words: str) -> dict[str, Any]:
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    (row,) = run("models", "look", str(tmp_path / "mine"))["found"]
    assert (row["kind"], row["title"], row["path"]) == ("painter", "small-z", str(folder))
    assert run("models", "add", str(folder))["added"][0]["id"] == "own-small-z"
    assert "own-small-z" in {model["id"] for model in run("models", "list")["models"]}
    run("models", "remove", "own-small-z")
    assert "own-small-z" not in {model["id"] for model in run("models", "list")["models"]}
    assert (folder / "model_index.json").exists()
    assert main(["models", "add", str(tmp_path / "nothing.ckpt")]) == 1
    assert capsys.readouterr().err


def test_a_model_that_is_added_is_read_once_for_its_hash_and_never_again(
    tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small-z"
    tiny_family("ZImagePipeline", folder)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sfumato_desktop.model_commands.SHOW_S", 0)
    assert main(["models", "add", str(folder), "--copy"]) == 0
    told = capsys.readouterr().err
    assert "Copying, " in told
    assert "Reading the model once, so that pictures can name it, " in told
    files = files_to_hash(["own-small-z"], paths)
    assert {file.parent.name for file in files} == {"text_encoder", "transformer", "vae"}
    assert all(file.is_relative_to(paths.own_models) for file in files)
    read: list[int] = []
    hash_files(files, paths, read.append)
    assert read == []


def test_a_folder_says_what_size_it_is_made_for_and_how_many_steps(
    tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    folder = tiny_painter(tmp_path / "small").path
    facts = describe(folder, families).picture
    assert facts
    assert (facts.width, facts.height, facts.portrait, facts.token_limit) == (64, 64, (56, 72), 24)
    assert facts.steps == families["StableDiffusionPipeline"].steps
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"scheduler": ["diffusers", "LCMScheduler"]}))
    quick = describe(folder, families).picture
    assert quick
    assert (quick.steps, quick.guidance_scale, quick.honours_negatives) == (4, 1, False)


def test_a_model_in_its_place_is_verified_by_every_byte(
    tmp_path: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small-z"
    tiny_family("ZImagePipeline", folder)
    assert main(["models", "add", str(folder)]) == 0
    assert main(["models", "verify", "own-small-z"]) == 0
    assert "every file is right" in capsys.readouterr().out
    weights = next((folder / "vae").glob("*.safetensors"))
    stat, data = weights.stat(), weights.read_bytes()
    weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert main(["models", "verify"]) == 1
    said = capsys.readouterr().err
    assert f"Damaged in “small-z”: vae/{weights.name}." in said
    assert "models remove own-small-z" in said
    assert main(["models", "remove", "own-small-z"]) == 0  # it was changed on purpose
    assert main(["models", "add", str(folder)]) == 0
    assert main(["models", "verify", "own-small-z"]) == 0

    chat = gguf(tmp_path / "chat.gguf", "qwen3")
    assert main(["models", "add", str(chat)]) == 0
    chat.write_bytes(chat.read_bytes()[:-1] + b"!")
    assert main(["models", "verify", "own-chat"]) == 1
    assert "chat.gguf" in capsys.readouterr().err
    assert main(["models", "add", str(chat)]) == 0  # added again, it is right as it is now
    assert main(["models", "verify", "own-chat"]) == 0
    paths.hash_book.unlink()
    assert main(["models", "verify", "own-chat"]) == 0
    assert "not known before and are remembered now" in capsys.readouterr().out


def test_a_painter_that_was_replaced_and_loaded_is_not_as_it_should_be(
    tmp_path: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "small-z"
    tiny_family("ZImagePipeline", folder)
    assert main(["models", "add", str(folder)]) == 0
    weights = next((folder / "vae").glob("*.safetensors"))
    save_file({name: values * 1.01 for name, values in load_file(weights).items()}, weights)
    os.utime(weights, ns=(1, 1))
    model = open_collection(paths).get("own-small-z")
    assert paint(DiffusersPainter(model, 1, hash_book=paths.hash_book), wish(model)).recipe.model_files
    assert main(["models", "verify", "own-small-z"]) == 1
    assert f"Damaged in “small-z”: vae/{weights.name}." in capsys.readouterr().err


def test_a_copy_is_used_on_request_and_goes_with_its_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    folder = tmp_path / "stick" / "small-z"
    tiny_family("ZImagePipeline", folder)
    assert main(["models", "add", str(folder), "--copy"]) == 0
    shutil.rmtree(folder.parent)
    assert main(["models", "verify", "own-small-z"]) == 0
    copy = tmp_path / "home" / "data" / "own-models" / "own-small-z"
    assert (copy / "small-z" / "model_index.json").exists()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    tiny_family("QwenImagePipeline", folder.parent / "q")
    assert main(["models", "add", str(folder.parent / "q"), "--copy"]) == 1
    assert "not enough room for a copy" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    capsys.readouterr()
    assert main(["models", "remove", "own-small-z", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["freed_bytes"] > 10_000
    assert not copy.exists()
    assert (folder.parent / "q").exists()


def test_a_model_that_is_forgotten_while_it_is_copied_stays_forgotten(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spec,) = add_from_disk(gguf(tmp_path / "chat.gguf", "qwen3"), paths, open_collection(paths)).specs

    def forget(_: int) -> None:
        forget_entry(spec.id, paths.own_entries)

    with pytest.raises(TurnCancelled):
        copy_in(spec, paths, forget)
    assert not list(paths.own_models.iterdir())
    assert not list(paths.own_entries.iterdir())


def gguf(file: Path, architecture: str) -> Path:
    """A GGUF file of no tensors that names an architecture and has a vocabulary."""

    def text(words: str) -> bytes:
        return struct.pack("<Q", len(words)) + words.encode()

    entries = text("general.architecture") + struct.pack("<I", 8) + text(architecture)
    words = b"".join(text(f"word{number}") for number in range(1000))
    entries += text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 1000) + words
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + entries)
    return file


def test_every_single_file_family_has_a_tiny_model() -> None:
    assert {SD15.pipeline, SDXL.pipeline} <= set(TINY)
