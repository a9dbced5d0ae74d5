"""A transformer, text encoders and an autoencoder that are files of their own: told by their headers, painted with, nothing fetched."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import gguf
import pytest
import torch
from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES

from sfumato.engine import Painting
from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato_desktop.adding import ignore, sweep_copies
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.families import FAMILIES, first_route
from sfumato_models.family_facts import family_facts
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.local_files import describe
from sfumato_models.memory import parts_of
from sfumato_models.painter import DiffusersPainter
from sfumato_models.part_loading import load_part
from sfumato_models.pipelines import load_pipelines
from sfumato_models.token_count import token_counter
from tests.models.test_families import paint, wish
from tests.models.tiny_gguf import save_gguf, save_safetensors
from tests.models.tiny_lone import CONFIGS, in_llama_names, lone_files, passed_on, tiny_whole

FLUX_WIDTH, TINY_WIDTH = 3072, 128


@pytest.fixture(autouse=True)
def narrow_flux(monkeypatch: pytest.MonkeyPatch) -> None:
    """diffusers' conversion of FLUX.1 has its width as a number in the code: the same code with the tiny model's."""
    known = SINGLE_FILE_LOADABLE_CLASSES["FluxTransformer2DModel"]
    convert = known["checkpoint_mapping_fn"]
    consts = tuple(TINY_WIDTH if const == FLUX_WIDTH else const for const in convert.__code__.co_consts)
    narrow = FunctionType(convert.__code__.replace(co_consts=consts), convert.__globals__)
    monkeypatch.setitem(known, "checkpoint_mapping_fn", narrow)


def standing_alone(whole: InstalledModel, files: dict[str, Path]) -> InstalledModel:
    assert whole.spec.picture
    parts = {name: file for name, file in files.items() if name != "transformer"}
    base = CONFIGS / BUNDLES[whole.spec.picture.pipeline].config
    return InstalledModel(whole.spec, files["transformer"], CONFIGS, base, parts)


def picture(model: InstalledModel) -> Painting:
    """Painted from weights that lie alike in memory: sums come out otherwise in their last bits where a file's offset is odd."""
    assert model.spec.picture
    route = first_route(FAMILIES[model.spec.picture.pipeline])
    painter = DiffusersPainter(model, 1)
    for part in painter.loaded.pipelines.get(route).components.values():
        for parameter in part.parameters() if isinstance(part, torch.nn.Module) else ():
            parameter.data = parameter.data.clone()
    return paint(painter, wish(model, route))


@pytest.mark.parametrize("pipeline", BUNDLES)
def test_files_in_comfyui_names_paint_the_picture_of_the_folder_they_were_made_of(
    pipeline: str, tmp_path: Path
) -> None:
    whole = tiny_whole(pipeline, tmp_path / "whole")
    alone = standing_alone(whole, lone_files(whole, tmp_path / "models"))
    check_whole(alone)
    done = picture(alone)
    assert done.pixels == picture(whole).pixels
    assert done.recipe.model_files == file_hashes(alone)
    assert {name.partition("/")[0] for name in done.recipe.model_files if "/" in name} == set(BUNDLES[pipeline].needs)


@pytest.mark.parametrize(
    ("pipeline", "part", "family"),
    [("ZImagePipeline", "text_encoder", "qwen3"), ("FluxPipeline", "text_encoder_2", "t5encoder")],
)
def test_a_text_encoder_as_gguf_reads_the_same(pipeline: str, part: str, family: str, tmp_path: Path) -> None:
    whole = tiny_whole(pipeline, tmp_path / "whole")
    alone = standing_alone(whole, lone_files(whole, tmp_path / "models"))
    file = save_gguf(in_llama_names(passed_on(pipeline, part, whole.path)), tmp_path / "encoder.gguf", family=family)
    other = replace(alone, components={**alone.components, part: file})
    check_whole(other)
    assert picture(other).pixels == picture(whole).pixels


def test_a_text_encoder_of_few_bits_reads_nearly_the_same(tmp_path: Path) -> None:
    whole, _ = small_z(tmp_path)
    weights = in_llama_names(passed_on("ZImagePipeline", "text_encoder", whole.path))
    folder = CONFIGS / "z-image" / "text_encoder"
    exact, near = (
        load_part(save_gguf(weights, tmp_path / f"{numbers.name}.gguf", numbers, "qwen3"), "transformers", "Qwen3Model", folder, torch.float32)
        for numbers in (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.Q8_0)
    )  # fmt: skip
    read, told = (part(torch.tensor([[9707, 1879]])).last_hidden_state for part in (near, exact))
    assert 0 < (read - told).abs().mean() < 0.05 * told.abs().mean()


def small_z(tmp_path: Path) -> tuple[InstalledModel, dict[str, Path]]:
    whole = tiny_whole("ZImagePipeline", tmp_path / "made")
    return whole, lone_files(whole, tmp_path / "models")


def drawn(tmp_path: Path, name: str = "own-z-image-f32") -> list[str]:
    size = ["--size", "512x512", "--steps", "1", "--seed", "7"]
    return ["draw", "a cat", "--no-rewrite", "--model", name, *size, "-o", str(tmp_path / "cat.png"), "--json"]


@pytest.mark.timeout(300)
def test_a_transformer_whose_parts_lie_beside_it_paints_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    _, files = small_z(tmp_path)
    assert main(["models", "add", str(files["transformer"])]) == 0
    entry = (paths.own_entries / "own-z-image-f32.toml").read_text()
    assert (
        "Z-Image, your own file, with qwen_3_4b.safetensors and ae.safetensors; steps and guidance are those of"
        in entry
    )
    assert main(drawn(tmp_path)) == 0
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "cat.png"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "identical"
    (tmp_path / "cat.png").unlink()
    assert main(["models", "verify", "own-z-image-f32"]) == 0
    model = open_collection(paths).get("own-z-image-f32")
    assert token_counter(model).count("a cat") == 2  # with the app's own vocabulary
    assert set(model.weight_files()) == {"z-image-F32.gguf", "text_encoder/qwen_3_4b.safetensors", "vae/ae.safetensors"}
    assert not paths.connections_file.exists()

    data = files["vae"].read_bytes()
    files["vae"].write_bytes(data[: len(data) // 2])
    capsys.readouterr()
    assert main(drawn(tmp_path)) == 1
    assert "vae/ae.safetensors is cut short" in capsys.readouterr().err
    files["vae"].unlink()
    assert main(drawn(tmp_path)) == 1
    assert "“z-image-F32” paints with ae.safetensors, which is gone" in capsys.readouterr().err
    (tmp_path / "elsewhere.safetensors").write_bytes(data)
    assert main(["models", "add", str(tmp_path / "elsewhere.safetensors")]) == 0
    assert "“z-image-F32” paints with it now." in capsys.readouterr().out
    assert main(drawn(tmp_path)) == 0


@pytest.mark.timeout(300)
def test_what_is_missing_is_named_and_a_part_that_is_added_later_serves_what_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    _, files = small_z(tmp_path)
    encoder = files["text_encoder"].rename(tmp_path / "encoder.safetensors")
    assert main(["models", "look", str(tmp_path / "models")]) == 0
    told = capsys.readouterr().out
    assert "part     ae, the autoencoder of FLUX.1 and Z-Image\n" in told
    assert main(["models", "add", str(files["transformer"])]) == 1
    said = capsys.readouterr().err
    assert "z-image-F32.gguf is the transformer of Z-Image, and lacks a Qwen3 text encoder of width 32." in said
    assert "ae.safetensors" not in said  # it is there
    assert main(["models", "add", str(encoder)]) == 0
    assert (
        "encoder.safetensors is a Qwen3 text encoder of width 32. Transformers that need it will find it"
        in capsys.readouterr().out
    )
    assert main(["models", "add", str(files["transformer"])]) == 0
    assert f"{encoder}" in (paths.own_entries / "own-z-image-f32.toml").read_text()


def test_numbers_of_8_bits_without_scales_are_read(tmp_path: Path) -> None:
    whole, _ = small_z(tmp_path)
    weights = passed_on("ZImagePipeline", "text_encoder", whole.path)
    narrow = {name: weight.to(torch.float8_e4m3fn) for name, weight in weights.items()}
    file = save_safetensors(narrow, tmp_path / "fp8.safetensors")
    folder = CONFIGS / "z-image" / "text_encoder"
    part = load_part(file, "transformers", "Qwen3Model", folder, torch.float32)
    assert torch.equal(part.norm.weight, narrow["model.norm.weight"].float())
    assert {parameter.dtype for parameter in part.parameters()} == {torch.float32}
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_safetensors(weights, file)
    with pytest.raises(SfumatoError, match=r"fp8\.safetensors lacks the weights layers\.1\.mlp\.up_proj\.weight"):
        load_part(file, "transformers", "Qwen3Model", folder, torch.float32)


def test_a_model_folder_that_is_here_comes_before_files(tmp_path: Path, paths: Paths) -> None:
    whole, files = small_z(tmp_path)
    assert main(["models", "add", str(whole.path)]) == 0
    assert main(["models", "add", str(files["transformer"])]) == 0
    model = open_collection(paths).get("own-z-image-f32")
    assert (model.base, model.components) == (whole.path, {})


@pytest.mark.timeout(300)
def test_a_copy_takes_its_parts_along(tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    _, files = small_z(tmp_path)
    size = sum(file.stat().st_size for file in files.values())
    told: list[int] = []
    monkeypatch.setattr(
        "sfumato_desktop.model_commands._reading", lambda title, total, _: told.append(total) or nullcontext(ignore)
    )
    assert main(["models", "add", str(files["transformer"]), "--copy"]) == 0
    assert told[0] == open_collection(paths).get("own-z-image-f32").size_bytes == size
    for file in files.values():
        file.unlink()
    assert main(drawn(tmp_path)) == 0
    assert main(["models", "remove", "own-z-image-f32"]) == 0
    assert not list(paths.own_models.iterdir())


def test_what_a_killed_copy_left_is_swept_once_it_is_old(tmp_path: Path, paths: Paths) -> None:
    old, new = (paths.own_models / f".own-{name}.part" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half.gguf").write_bytes(b"half")
    for entry in (old / "half.gguf", old):
        os.utime(entry, (1, 1))
    sweep_copies(paths)
    assert (old.exists(), new.exists()) == (False, True)


def test_numbers_of_8_bits_are_multiplied_with_the_scale_beside_them(tmp_path: Path) -> None:
    whole = tiny_whole("FluxPipeline", tmp_path / "made")
    weights = passed_on("FluxPipeline", "text_encoder_2", whole.path)
    name = "encoder.block.0.layer.0.SelfAttention.q"
    stored = (weights[f"{name}.weight"] / 4).to(torch.float8_e4m3fn)
    scaled = weights | {
        f"{name}.weight": stored,
        f"{name}.scale_weight": torch.tensor(4.0),
        "scaled_fp8": torch.zeros(2).to(torch.float8_e4m3fn),
    }
    file = save_safetensors(scaled, tmp_path / "t5xxl_fp8_e4m3fn_scaled.safetensors")
    part = load_part(file, "transformers", "T5EncoderModel", CONFIGS / "flux1" / "text_encoder_2", torch.float32)
    assert torch.equal(part.state_dict()[f"{name}.weight"], stored.float() * 4)
    assert torch.equal(part.shared.weight, weights["shared.weight"])


@pytest.mark.parametrize("pipeline", BUNDLES)
def test_files_in_the_names_of_diffusers_are_loaded_as_the_folder_is(pipeline: str, tmp_path: Path) -> None:
    whole = tiny_whole(pipeline, tmp_path / "whole")
    alone = standing_alone(whole, lone_files(whole, tmp_path / "models"))
    assert parts_of(whole.path).autoencoder == parts_of(alone.folder or whole.path, None, alone.components).autoencoder
    family = FAMILIES[pipeline]
    parts = {name: next((whole.path / name).glob("*.safetensors")) for name in BUNDLES[pipeline].needs}
    same = replace(alone, components=parts)
    models = (whole, alone, same)
    pipes = [load_pipelines(model, family, torch.bfloat16).get(first_route(family)) for model in models]
    for name in (*parts, "transformer"):
        expected, *others = (dict(getattr(pipe, name).state_dict()) for pipe in pipes)
        for other in others:
            assert other.keys() == expected.keys()
            assert all(torch.equal(other[key], weight) for key, weight in expected.items())
            assert {key: weight.dtype for key, weight in other.items()} == {
                key: weight.dtype for key, weight in expected.items()
            }


def test_a_transformer_that_is_not_distilled_is_run_with_guidance(tmp_path: Path, paths: Paths) -> None:
    whole = tiny_whole("Flux2KleinPipeline", tmp_path / "whole")
    files = lone_files(whole, tmp_path / "models")
    index = whole.path / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"is_distilled": False}))
    assert whole.spec.picture
    guided = whole.spec.picture.model_copy(update={"guidance_scale": 4.0, "honours_negatives": True})
    spec = whole.spec.model_copy(update={"picture": guided})
    alone = replace(standing_alone(whole, files), spec=spec)
    assert picture(alone).pixels == picture(replace(whole, spec=spec)).pixels
    assert picture(alone).pixels != picture(standing_alone(whole, files)).pixels
    for name, steps in (("flux-2-klein-base-4b", 50), ("flux-2-klein-4b", 4)):
        file = files["transformer"].rename(files["transformer"].with_name(f"{name}.gguf"))
        assert main(["models", "add", str(file)]) == 0
        entry = open_collection(paths).get(f"own-{name}").spec
        assert entry.picture
        assert entry.picture.steps == steps
        assert ("are those of models that are not distilled, as its name says" in entry.purpose) is (steps == 50)
        files["transformer"] = file
    whole_entry = describe(whole.path, family_facts(open_collection(paths).catalogue))
    assert whole_entry.picture
    assert (whole_entry.picture.steps, whole_entry.picture.guidance_scale) == (50, 4.0)
