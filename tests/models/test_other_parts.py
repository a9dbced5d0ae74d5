"""What a transformer that stands alone still needs: which model's parts fit is told by its header, and only those are fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec, load_catalogue
from sfumato.paths import Paths
from sfumato.settings import Settings, load_settings, save_settings
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_models.family_facts import family_facts
from sfumato_models.installed import InstalledModel
from sfumato_models.local_files import describe
from sfumato_models.other_parts import parts_entry, with_parts
from sfumato_models.own_entries import entry_toml
from sfumato_models.painter import DiffusersPainter
from tests.models.hub import LoopbackHub
from tests.models.test_families import paint, wish
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import passed_around, save_gguf

CATALOGUE = load_catalogue(sorted((Path(sfumato_resources.__file__).parent / "catalogue").glob("*.toml")))
ROW = 8
FLUX = {
    "img_in.weight": 64,
    "txt_in.weight": 4096,
    "vector_in.in_layer.weight": 768,
    "double_blocks.0.img_attn.qkv.weight": 8,
}
KLEIN = {"img_in.weight": 128, "double_stream_modulation_img.lin.weight": 8, "double_blocks.0.img_attn.qkv.weight": 8}
QWEN = {
    "transformer_blocks.0.attn.add_k_proj.weight": 8,
    "txt_norm.weight": 8,
    "img_in.weight": 64,
    "txt_in.weight": 3584,
}
Z = {"layers.0.adaLN_modulation.0.weight": 8, "cap_embedder.1.weight": 2560}


def entry_of(widths: dict[str, int], file: Path) -> ModelSpec:
    """The entry of a file with a header like that of a real transformer, as far as it decides what fits."""
    save_gguf({name: torch.zeros(ROW, width) for name, width in widths.items()}, file)
    return with_parts(describe(file, family_facts(CATALOGUE)), CATALOGUE.models, ())


@pytest.mark.parametrize(
    ("name", "widths", "parts", "like"),
    [
        ("flux1-dev-Q4_K_S", {**FLUX, "guidance_in.in_layer.weight": 8}, "flux1-dev-parts", "FLUX.1 dev"),
        ("my-painter", FLUX, "flux1-schnell-parts", "FLUX.1 schnell"),
        ("my-painter-dev", FLUX, "flux1-schnell-parts", "FLUX.1 schnell"),
        ("my-painter", {**FLUX, "guidance_in.in_layer.weight": 8}, "flux1-dev-parts", "FLUX.1 dev"),
        ("Qwen-Image-Edit-2511-Q4_K_M", QWEN, "qwen-image-edit-2511-parts", "Qwen-Image Edit 2511"),
        ("repainter", {**QWEN, "__index_timestep_zero__": 1}, "qwen-image-edit-2511-parts", "Qwen-Image Edit 2511"),
        ("flux-2-klein-4b-Q5", {**KLEIN, "txt_in.weight": 7680}, "flux2-klein-4b-parts", "FLUX.2 klein 4B"),
        ("z_image_turbo-Q8_0", Z, "z-image-turbo-parts", "Z-Image Turbo"),
        ("z_image-Q8_0", Z, "z-image-parts", "Z-Image"),
        ("jibMixZIT_v1", Z, "z-image-turbo-parts", "Z-Image Turbo"),
        ("image_model", Z, "z-image-turbo-parts", "Z-Image Turbo"),
        ("zImage_v2", Z, "z-image-parts", "Z-Image"),
        ("jibMix_base", Z, "z-image-parts", "Z-Image"),
        ("Qwen_Image-Q4_0", QWEN, "qwen-image-2512-parts", "Qwen-Image 2512"),
    ],
)
def test_the_parts_that_fit_are_told_by_the_header(
    name: str, widths: dict[str, int], parts: str, like: str, tmp_path: Path
) -> None:
    spec = entry_of(widths, tmp_path / f"{name}.gguf")
    assert spec.parts_from == parts
    assert f"with the other parts of “{like}”; steps and guidance are those of “{like}”" in spec.purpose


def test_a_transformer_that_reads_other_texts_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(SfumatoError, match="klein-9b") as error:  # its text encoder is a larger one
        entry_of({**KLEIN, "txt_in.weight": 12288}, tmp_path / "klein-9b.gguf")
    assert "lacks the text encoder Qwen3 8B (qwen_3_8b.safetensors)" in error.value.message
    assert "owner/name" in error.value.hint


def test_the_entry_of_parts_has_their_size_and_the_models_licence_and_gate(tmp_path: Path) -> None:
    dev = CATALOGUE.get("flux1-dev")
    parts = parts_entry(dev)
    assert parts
    assert parts.source
    assert dev.source
    assert parts.is_parts
    assert (parts.source.is_gated, parts.source.must_accept, parts.licence) == (True, True, dev.licence)
    assert parts.source.size_bytes < dev.source.size_bytes / 3
    (tmp_path / "it.toml").write_text(entry_toml(parts))
    assert load_catalogue([tmp_path / "it.toml"]).models == (parts,)
    assert parts_entry(parts) is None
    assert parts_entry(CATALOGUE.get("sdxl-base")) is None


def smaller(entry: Path) -> None:
    """As a person may put an own entry right: a tiny model paints tiny pictures."""
    text = entry.read_text()
    for name, value in (("min_side", 512), ("width", 1024), ("height", 1024)):
        assert f"{name} = {value}" in text
        text = text.replace(f"{name} = {value}", f"{name} = 64")
    entry.write_text(text)


@pytest.mark.timeout(300)
def test_from_a_lone_transformer_to_a_picture_and_its_weights_are_never_fetched(
    tmp_path: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    tiny_family("ZImagePipeline", folder)
    file = save_gguf(passed_around("ZImagePipeline", folder), tmp_path / "my-z.gguf")
    with LoopbackHub() as hub:
        hub.add_folder("someone/small-z", folder)
        save_settings(paths.settings_file, Settings(hub_address=hub.address))
        assert main(["models", "add", "someone/small-z"]) == 0
        assert main(["models", "add", str(file)]) == 0
        said = capsys.readouterr().out
        assert "own-my-z is among your models, and lacks a Qwen3 text encoder of width 16" in said
        assert "“sfumato models download someone--small-z-parts” gets its other parts (about 0" in said
        draw = ["draw", "a cat", "--no-rewrite", "--model", "own-my-z", "--steps", "2", "-o", str(tmp_path / "cat.png")]
        assert main(draw) == 1
        assert "ae.safetensors). Get its other parts under Models" in capsys.readouterr().err
        assert main(["models", "list"]) == 0
        assert "own-my-z" in capsys.readouterr().out

        assert main(["models", "download", "own-my-z"]) == 0  # what it waits for
        assert "“sfumato draw TEXT --model ID” paints with it: own-my-z." in capsys.readouterr().out
        assert not [seen for seen in hub.seen if "/transformer/diffusion" in seen.path]
    smaller(paths.own_entries / "own-my-z.toml")
    assert main(draw) == 0
    alone = open_collection(paths).get("own-my-z")
    whole = InstalledModel(alone.spec, folder)
    expected = paint(DiffusersPainter(whole, 1), wish(whole)).pixels
    assert paint(DiffusersPainter(alone, 1), wish(alone)).pixels == expected

    parts = "someone--small-z-parts"
    assert main(["draw", "a cat", "--model", parts]) == 1
    assert "does not paint by itself" in capsys.readouterr().err
    assert main(["models", "remove", parts]) == 1
    assert "“my-z” paints with parts of it" in capsys.readouterr().err
    encoder = next((paths.models / parts / "text_encoder").glob("*.safetensors"))
    data = encoder.read_bytes()
    encoder.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert main(["models", "verify", parts]) == 1
    assert f"text_encoder/{encoder.name}" in capsys.readouterr().err
    assert main(["models", "remove", "own-my-z"]) == 0
    assert main(["models", "remove", parts]) == 0
    assert not (paths.models / parts).exists()
    assert load_settings(paths.settings_file).settings.painter_id == ""


def test_a_model_whose_parts_vanish_takes_others_that_fit_or_waits(
    tmp_path: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "first"
    tiny_family("ZImagePipeline", folder)
    file = save_gguf(passed_around("ZImagePipeline", folder), tmp_path / "my-z.gguf")
    assert main(["models", "add", str(folder)]) == 0
    assert main(["models", "add", str(file)]) == 0
    folder.rename(tmp_path / "second")
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["waiting"] == [{"id": "own-my-z", "parts": None}]
    assert main(["draw", "x", "--model", "own-first"]) == 1
    assert f"“first” is gone: {folder} is not there." in capsys.readouterr().err
    assert main(["models", "add", str(tmp_path / "second")]) == 0
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["waiting"] == []
    assert "own-my-z" in {row["id"] for row in listed["models"]}
