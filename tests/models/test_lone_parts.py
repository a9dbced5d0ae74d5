"""A transformer, text encoders and an autoencoder that are files of their own: told by their headers, painted with, nothing fetched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import FunctionType

import pytest
from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES

from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.families import FAMILIES, first_route
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.painter import DiffusersPainter
from tests.models.test_families import paint, wish
from tests.models.tiny_gguf import save_gguf
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


@pytest.mark.parametrize("pipeline", BUNDLES)
def test_files_in_comfyui_names_paint_the_picture_of_the_folder_they_were_made_of(
    pipeline: str, tmp_path: Path
) -> None:
    whole = tiny_whole(pipeline, tmp_path / "whole")
    alone = standing_alone(whole, lone_files(whole, tmp_path / "models"))
    check_whole(alone)
    draft = wish(whole, first_route(FAMILIES[pipeline]))
    expected = paint(DiffusersPainter(whole, 1), draft)
    done = paint(DiffusersPainter(alone, 1), draft)
    assert done.pixels == expected.pixels
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
    draft = wish(whole, first_route(FAMILIES[pipeline]))
    assert paint(DiffusersPainter(other, 1), draft).pixels == paint(DiffusersPainter(whole, 1), draft).pixels
