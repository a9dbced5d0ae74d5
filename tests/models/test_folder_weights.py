"""Weights of diffusers folders in pieces and as fp16 variants: fetched by choice, found, loaded, missing pieces named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from sfumato.errors import SfumatoError
from sfumato.recipe import Route
from sfumato_models.families import FAMILIES, class_at
from sfumato_models.folder_weights import chosen, variant_of
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.local_files import describe
from sfumato_models.memory import parts_of
from sfumato_models.painter import DiffusersPainter
from tests.models.hub import LoopbackHub
from tests.models.test_downloads import Desk, desk, server, spec  # noqa: F401  # two are fixtures
from tests.models.test_families import paint, wish
from tests.models.test_transformer_files import Q8, families  # noqa: F401  # a fixture
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import passed_around, save_gguf

SMALL = "20KB"


def halved(name: str, tmp_path: Path) -> tuple[InstalledModel, InstalledModel]:
    """A model in 16 bits under the usual names, and the same as an fp16 variant in pieces."""
    plain = tiny_family(name, tmp_path / "plain")
    pipe = class_at(FAMILIES[name].pipelines[Route.TEXT_TO_IMAGE]).from_pretrained(plain.path).to(dtype=torch.float16)
    shutil.rmtree(plain.path)
    pipe.save_pretrained(plain.path)
    pipe.save_pretrained(tmp_path / "variant", variant="fp16", max_shard_size=SMALL)
    return plain, InstalledModel(plain.spec, tmp_path / "variant")


@pytest.mark.parametrize("name", ["StableDiffusionPipeline", "QwenImagePipeline"])
def test_an_fp16_variant_in_pieces_paints_the_same_picture(name: str, tmp_path: Path, families: object) -> None:  # noqa: F811
    plain, variant = halved(name, tmp_path)
    weights = variant.weight_files()
    assert all(".fp16" in file for file in weights)
    assert any("-00002-of-" in file for file in weights)
    check_whole(variant)
    assert parts_of(variant.path) == parts_of(plain.path)
    assert describe(variant.path, families).picture  # type: ignore[arg-type]
    expected = paint(DiffusersPainter(plain, 1), wish(plain))
    done = paint(DiffusersPainter(variant, 1), wish(plain))
    assert done.pixels == expected.pixels
    assert set(done.recipe.model_files) == set(weights)
    lost = next(file for file in weights.values() if "-00002-of-" in file.name)
    lost.unlink()
    with pytest.raises(SfumatoError, match=lost.name):
        check_whole(variant)
    with pytest.raises(SfumatoError, match=lost.name):
        DiffusersPainter(variant, 1)


def test_where_both_stand_in_a_folder_the_full_width_is_loaded_and_alone_hashed(tmp_path: Path) -> None:
    plain, variant = halved("StableDiffusionPipeline", tmp_path)
    before = set(plain.weight_files())
    shutil.copytree(variant.path, plain.path, dirs_exist_ok=True)
    assert variant_of(plain.path) is None
    assert set(plain.weight_files()) == before
    check_whole(plain)
    assert set(paint(DiffusersPainter(plain, 1), wish(plain)).recipe.model_files) == before
    for file in (plain.path / "unet").glob("diffusion_pytorch_model.safetensors"):
        file.unlink()  # now one part comes as the variant only
    assert variant_of(plain.path) == "fp16"
    assert any("unet/diffusion_pytorch_model.fp16" in name for name in plain.weight_files())
    assert paint(DiffusersPainter(plain, 1), wish(plain)).pixels


def test_a_folder_that_vanishes_while_it_is_in_use_is_named_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    model = tiny_family("StableDiffusionPipeline", tmp_path / "here")
    painter = DiffusersPainter(model, 1)
    expected = paint(painter, wish(model)).pixels
    model.path.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(SfumatoError, match=f"is gone: {model.path} is not there"):
            paint(painter, wish(model))
    (tmp_path / "away").rename(model.path)
    assert paint(painter, wish(model)).pixels == expected


def test_of_several_weights_only_those_that_are_wanted_are_chosen() -> None:
    whole = ["model.safetensors", "model.fp16.safetensors", "config.json", "model.bin", "model.int8.safetensors"]
    assert chosen(whole, "") == ["model.safetensors"]
    assert chosen(whole, "fp16") == ["model.fp16.safetensors"]
    split = [f"diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    index = "diffusion_pytorch_model.safetensors.index.json"
    halves = [name.replace("_model-", "_model.fp16-") for name in split]
    half_index = "diffusion_pytorch_model.safetensors.index.fp16.json"
    assert chosen([*split, index, *halves, half_index], "") == [*split, index]
    assert chosen([*split, index, *halves, half_index], "fp16") == [*halves, half_index]
    assert chosen([*halves, half_index], "") == [*halves, half_index]
    assert chosen([*split, index], "fp16") == [*split, index]


@pytest.mark.parametrize("wanted", ["", "fp16"])
def test_the_variant_that_the_catalogue_names_is_fetched_and_nothing_twice(
    wanted: str,
    tmp_path: Path,
    desk: Desk,  # noqa: F811
    server: LoopbackHub,  # noqa: F811
) -> None:
    plain, variant = halved("StableDiffusionPipeline", tmp_path)
    both = tmp_path / "both"
    for folder in (plain.path, variant.path):
        shutil.copytree(folder, both, dirs_exist_ok=True)
    shutil.rmtree(both / "vae")
    shutil.copytree(plain.path / "vae", both / "vae")  # which has no variant
    server.add_folder("two/ways", both)
    assert desk.end(spec("two/ways", "ways", variant=wanted)).phase == "done"
    files = [name for name in desk.files("ways") if ".safetensors" in name]
    assert all(("fp16" in name) is (wanted == "fp16") for name in files if not name.startswith("vae/"))
    (here,) = desk.downloads.shelf.installed()
    model = InstalledModel(plain.spec, here.path)
    check_whole(model)
    assert (
        paint(DiffusersPainter(model, 1), wish(plain)).pixels == paint(DiffusersPainter(plain, 1), wish(plain)).pixels
    )


def test_a_quantised_transformer_comes_with_the_other_parts_of_another_repository(
    tmp_path: Path,
    desk: Desk,  # noqa: F811
    server: LoopbackHub,  # noqa: F811
) -> None:
    whole = tiny_family("ZImagePipeline", tmp_path / "whole")
    server.add_folder("maker/z", whole.path)
    small = save_gguf(passed_around("ZImagePipeline", whole.path), tmp_path / "z-Q4_K_M.gguf", Q8)
    server.add("other/z-GGUF", {"z-Q4_K_M.gguf": small.read_bytes(), "z-Q8_0.gguf": b"GGUF"})
    wanted = spec("maker/z", "z-4bit", parts={"transformer": "other/z-GGUF"}, file="*Q4_K_M.gguf")
    assert desk.end(wanted.model_copy(update={"picture": whole.spec.picture})).phase == "done"
    names = [name for name in desk.files("z-4bit") if name.startswith("transformer/")]
    assert names == ["transformer/config.json", "transformer/z-Q4_K_M.gguf"]
    (here,) = desk.downloads.shelf.installed()
    check_whole(here)
    done = paint(DiffusersPainter(here, 1), wish(whole))
    assert "transformer/z-Q4_K_M.gguf" in done.recipe.model_files
