"""Transformers that stand alone, quantised in GGUF or not: told by their headers, painted with beside a folder's other parts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import gguf
import pytest
import torch
from diffusers.loaders.single_file_model import SINGLE_FILE_LOADABLE_CLASSES

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.image_file import pixels_to_rgb
from sfumato.model_catalog import PictureFacts, load_catalogue
from sfumato.recipe import Route
from sfumato_desktop.cli import main
from sfumato_models.families import FAMILIES
from sfumato_models.family_facts import family_facts
from sfumato_models.file_headers import read_header
from sfumato_models.hardware import BITS
from sfumato_models.installed import InstalledModel, check_whole, file_hashes
from sfumato_models.local_files import describe, look
from sfumato_models.lora_fit import fitting
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.memory import need, parts_of
from sfumato_models.other_parts import with_parts
from sfumato_models.painter import DiffusersPainter
from sfumato_models.pipelines import load_pipelines
from sfumato_models.transformer_files import KINDS, schedule_changes, settings_of, transformer_kind
from tests.models.test_families import paint, wish
from tests.models.test_lora import make_lora
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import passed_around, save_gguf, save_safetensors, with_texts

RESOURCES = Path(sfumato_resources.__file__).parent
CATALOGUE = load_catalogue(sorted((RESOURCES / "catalogue").glob("*.toml")))
EDIT = "QwenImageEditPlusPipeline"  # has the very tensors of Qwen-Image
TINY_KINDS = [kind.pipeline for kind in KINDS if kind.pipeline != EDIT]
FLUX_WIDTH, TINY_WIDTH = 3072, 32
Q8 = gguf.GGMLQuantizationType.Q8_0
BF16 = gguf.GGMLQuantizationType.BF16


@pytest.fixture(scope="module")
def families() -> dict[str, PictureFacts]:
    return family_facts(CATALOGUE)


@pytest.fixture(autouse=True)
def narrow_flux(monkeypatch: pytest.MonkeyPatch) -> None:
    """diffusers' conversion of FLUX.1 has its width as a number in the code: the same code with the tiny model's."""
    known = SINGLE_FILE_LOADABLE_CLASSES["FluxTransformer2DModel"]
    convert = known["checkpoint_mapping_fn"]
    code = convert.__code__
    assert FLUX_WIDTH in code.co_consts
    consts = tuple(TINY_WIDTH if const == FLUX_WIDTH else const for const in code.co_consts)
    narrow = FunctionType(code.replace(co_consts=consts), convert.__globals__)
    monkeypatch.setitem(known, "checkpoint_mapping_fn", narrow)


def alone(pipeline: str, tmp_path: Path, file: Path) -> InstalledModel:
    """`file` as a person's model, its other parts in the folder that `tiny_family` made."""
    folder = tmp_path / "folder"
    spec = tiny_family(pipeline, folder).spec
    return InstalledModel(spec, file, base=folder)


@pytest.mark.parametrize("pipeline", TINY_KINDS)
def test_a_transformer_alone_paints_the_picture_of_the_folder_it_was_made_of(pipeline: str, tmp_path: Path) -> None:
    model = alone(pipeline, tmp_path, tmp_path / "part.gguf")
    assert model.base
    whole = InstalledModel(model.spec, model.base)
    weights = passed_around(pipeline, model.base)
    save_gguf(weights, model.path)
    check_whole(model)
    draft = wish(whole)
    expected = paint(DiffusersPainter(whole, 1), draft).pixels
    painter = DiffusersPainter(model, 1)
    done = paint(painter, draft)
    assert done.pixels == expected
    names = set(done.recipe.model_files)
    assert "part.gguf" in names
    assert any(name.startswith("text_encoder/") for name in names)
    assert not any(name.startswith("transformer/") for name in names)
    assert done.recipe.model_files == file_hashes(model)
    plain = replace(model, path=save_safetensors(weights, tmp_path / "part.safetensors", "model.diffusion_model."))
    assert paint(DiffusersPainter(plain, 1), draft).pixels == expected
    save_gguf({**weights, "new": torch.zeros(3)}, model.path)
    assert painter.loaded.changed_file() == "part.gguf"


@pytest.mark.parametrize("pipeline", TINY_KINDS)
def test_quantised_numbers_stay_quantised_and_paint_nearly_the_same(pipeline: str, tmp_path: Path) -> None:
    model = alone(pipeline, tmp_path, tmp_path / "part-Q8_0.gguf")
    assert model.base
    weights = passed_around(pipeline, model.base)
    save_gguf(weights, model.path, Q8)
    whole = InstalledModel(model.spec, model.base)
    draft = wish(whole)
    exact = paint(DiffusersPainter(whole, 1), draft).pixels
    painter = DiffusersPainter(model, 1)
    transformer = painter.loaded.pipelines.get(draft.route).transformer
    assert any(type(layer).__name__ == "GGUFLinear" for layer in transformer.modules())
    near = paint(painter, draft).pixels
    assert near == paint(painter, draft).pixels
    apart = [abs(one - other) for one, other in zip(pixels_to_rgb(near), pixels_to_rgb(exact), strict=True)]
    assert 0 < sum(apart) / len(apart) < 12
    stored = need(parts_of(model.base, model.path), BITS["float32"], 64, 64).denoiser
    assert stored == model.path.stat().st_size < need(parts_of(model.base), BITS["float32"], 64, 64).denoiser + 20_000
    brain = replace(model, path=save_gguf(weights, tmp_path / "part-BF16.gguf", BF16))
    assert paint(DiffusersPainter(brain, 1), draft).pixels


def test_blocks_widths_and_guidance_are_read_from_the_header(tmp_path: Path) -> None:
    """A file of FLUX.1 under its makers' names."""
    weights = {
        "img_in.weight": torch.zeros(256, 64), "txt_in.weight": torch.zeros(256, 4096),
        "vector_in.in_layer.weight": torch.zeros(256, 768), "guidance_in.in_layer.weight": torch.zeros(256, 256),
        "double_blocks.0.img_attn.qkv.weight": torch.zeros(768, 256),
        "double_blocks.1.img_attn.qkv.weight": torch.zeros(768, 256), "single_blocks.0.linear1.weight": torch.zeros(8, 256),
    }  # fmt: skip
    header = read_header(save_gguf(weights, tmp_path / "flux1-dev-Q8_0.gguf", Q8))
    kind = transformer_kind(tmp_path / "flux1-dev-Q8_0.gguf", header)
    assert kind
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "config.json").write_text('{"attention_head_dim": 128, "guidance_embeds": false}')
    settings = settings_of(kind, header, tmp_path)
    assert (kind.pipeline, settings["num_layers"], settings["num_single_layers"]) == ("FluxPipeline", 2, 1)
    assert (settings["guidance_embeds"], settings["num_attention_heads"], settings["in_channels"]) == (True, 2, 64)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_file_of_flux_dev_is_painted_as_dev_beside_the_parts_of_schnell(
    is_whole: bool, tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    folder = tmp_path / "schnell"
    tiny_family("FluxPipeline", folder)
    file = save_gguf(passed_around("FluxPipeline", folder), tmp_path / "a-fine-tune.gguf")
    dev, schnell = CATALOGUE.get("flux1-dev").picture, CATALOGUE.get("flux1-schnell").picture
    assert dev
    assert schnell
    for part, changes in {
        "transformer/config.json": {"guidance_embeds": False},
        "scheduler/scheduler_config.json": {"use_dynamic_shifting": False, "shift": 1.0},
    }.items():
        settings = json.loads((folder / part).read_text())
        (folder / part).write_text(json.dumps(settings | changes))
    beside = describe(folder, families)
    assert beside.picture
    assert (beside.picture.steps, beside.picture.guidance_scale) == (schnell.steps, schnell.guidance_scale)
    known = CATALOGUE.models if is_whole else ()
    spec = with_parts(describe(file, families), known, [InstalledModel(beside, folder)])
    assert spec.parts_from == beside.id
    assert spec.picture
    assert (spec.picture.steps, spec.picture.guidance_scale) == (dev.steps, dev.guidance_scale)
    assert spec.picture.token_limit == dev.token_limit
    alone = InstalledModel(spec, file, base=folder)
    noise = load_pipelines(alone, FAMILIES["FluxPipeline"], torch.float32).get(Route.TEXT_TO_IMAGE).scheduler.config
    assert (noise.use_dynamic_shifting, noise.shift) == (True, 3.0)

    settings = json.loads((folder / "transformer/config.json").read_text())
    (folder / "transformer/config.json").write_text(json.dumps(settings | {"guidance_embeds": True}))
    whole = describe(folder, families).picture
    assert whole
    assert whole.steps == dev.steps  # a folder of dev is dev, too
    assert schedule_changes(file, folder) == {}


def test_an_editing_file_is_told_by_a_mark_or_by_what_it_is_called(
    tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    folder = tmp_path / "edit"
    parts = InstalledModel(tiny_family(EDIT, folder).spec, folder)
    weights = passed_around(EDIT, folder)
    told = {
        save_gguf(weights, tmp_path / "Qwen_Image_Edit_2509-Q4.gguf"): "Qwen-Image Edit (as its name says)",
        save_gguf(weights, tmp_path / "qwenImageEdit.gguf"): "Qwen-Image Edit (as its name says)",
        with_texts(save_gguf(weights, tmp_path / "m.gguf"), tmp_path / "a.gguf", {"general.name": "Qwen Image Edit"}): "Qwen-Image Edit (as its name says)",
        save_gguf(weights | {"__index_timestep_zero__": torch.zeros(1)}, tmp_path / "b.gguf"): "Qwen-Image Edit,",
        save_gguf(weights, tmp_path / "credits.gguf"): "Qwen-Image (its name does not say “edit”: rename it if it edits pictures)",
    }  # fmt: skip
    for file, title in told.items():
        assert describe(file, families).purpose.startswith(title)
    file = tmp_path / "b.gguf"
    spec = with_parts(describe(file, families), CATALOGUE.models, [parts])
    assert spec.picture
    assert (spec.parts_from, spec.picture.routes) == (parts.spec.id, ("instruction-edit",))
    loaded = load_pipelines(InstalledModel(spec, file, base=folder), FAMILIES[EDIT], torch.float32)
    assert loaded.get(Route.INSTRUCTION_EDIT).transformer.config.zero_cond_t is True
    older = InstalledModel(spec, tmp_path / "Qwen_Image_Edit_2509-Q4.gguf", base=folder)
    read = load_pipelines(older, FAMILIES[EDIT], torch.float32).get(Route.INSTRUCTION_EDIT)
    assert read.transformer.config.zero_cond_t is False
    for name, is_late in (("qwen-image-edit-Q8_0", False), ("qwen-image-edit-2511-Q8_0", True)):
        file = save_gguf(weights, tmp_path / f"{name}.gguf")
        bundle = InstalledModel(spec, file, base=folder)
        read = load_pipelines(bundle, FAMILIES[EDIT], torch.float32).get(Route.INSTRUCTION_EDIT)
        assert read.transformer.config.zero_cond_t is is_late
    layered = weights | {"time_text_embed.addition_t_embedding.weight": torch.zeros(2, 8)}
    with pytest.raises(SfumatoError, match="Qwen-Image Layered"):
        describe(save_gguf(layered, tmp_path / "c.gguf"), families)


def test_the_other_parts_are_those_of_the_most_alike_model_that_fits(
    tmp_path: Path, families: dict[str, PictureFacts]
) -> None:
    folder = tmp_path / "here"
    tiny = tiny_family("ZImagePipeline", folder)
    file = save_gguf(passed_around("ZImagePipeline", folder), tmp_path / "z_image_turbo-Q8_0.gguf", Q8)
    (found,) = [found for found in look((tmp_path,), families) if found.path == file]
    assert (found.kind, found.title) == ("painter", "z_image_turbo-Q8_0")
    spec = describe(file, families)
    here = [
        InstalledModel(tiny.spec.model_copy(update={"id": name, "title": name}), folder)
        for name in ("z-base", "own-z-turbo")
    ]
    made = with_parts(spec, CATALOGUE.models, here)
    turbo = CATALOGUE.get("z-image-turbo")
    assert (made.parts_from, made.picture) == ("own-z-turbo", turbo.picture)
    assert "Z-Image Turbo" in made.purpose
    with pytest.raises(SfumatoError, match="z_image_turbo-Q8_0") as error:
        with_parts(spec, CATALOGUE.models, ())
    assert "the model that it was made from" in error.value.hint
    config = json.loads((folder / "transformer" / "config.json").read_text())
    (folder / "transformer" / "config.json").write_text(json.dumps(config | {"cap_feat_dim": 99}))
    with pytest.raises(SfumatoError, match="z_image_turbo-Q8_0"):  # that text encoder speaks of something else
        with_parts(spec, CATALOGUE.models, here)


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_a_transformer_that_is_cut_short_is_named(quarter: int, tmp_path: Path) -> None:
    model = alone("ZImagePipeline", tmp_path, tmp_path / "part.gguf")
    assert model.base
    data = save_gguf(passed_around("ZImagePipeline", model.base), model.path, Q8).read_bytes()
    model.path.write_bytes(data[: len(data) * quarter // 4])
    with pytest.raises(SfumatoError, match=r"part\.gguf"):
        check_whole(model)
    with pytest.raises(SfumatoError, match=r"part\.gguf"):
        DiffusersPainter(model, 1)


def test_one_that_lacks_a_weight_or_is_of_another_model_is_refused(tmp_path: Path) -> None:
    model = alone("ZImagePipeline", tmp_path, tmp_path / "part.gguf")
    assert model.base
    weights = passed_around("ZImagePipeline", model.base)
    save_gguf({name: weight for name, weight in weights.items() if "t_embedder" not in name}, model.path)
    with pytest.raises(SfumatoError, match=r"“part\.gguf” cannot be loaded"):
        DiffusersPainter(model, 1)
    save_gguf({"blk.0.attn_q.weight": torch.zeros(2, 2)}, model.path)
    with pytest.raises(SfumatoError, match="no picture model that is known") as error:
        check_whole(model)
    assert "Z-Image" in error.value.hint
    scaled = save_gguf({**weights, "layers.0.attention.qkv.scale_weight": torch.zeros(1)}, model.path)
    with pytest.raises(SfumatoError, match="another program"):
        check_whole(replace(model, path=scaled))


def test_from_a_file_on_the_disk_to_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    folder = tmp_path / "small-z"
    tiny_family("ZImagePipeline", folder)
    file = save_gguf(passed_around("ZImagePipeline", folder), tmp_path / "small-z-Q8_0.gguf", Q8)
    assert main(["models", "add", str(file)]) == 1
    assert "lacks a Qwen3 text encoder of width 16" in capsys.readouterr().err
    assert main(["models", "add", str(folder)]) == 0
    assert main(["models", "add", str(file)]) == 0
    draw = ["draw", "a cat", "--no-rewrite", "--model", "own-small-z-q8_0", "--size", "512x512", "--steps", "1"]
    assert main([*draw, "-o", str(tmp_path / "cat.png"), "--json"]) == 0
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "cat.png"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "identical"
    (folder / "model_index.json").unlink()
    assert main([*draw, "-o", str(tmp_path / "dog.png")]) == 1
    assert "model_index.json is missing" in capsys.readouterr().err
    assert main(["models", "remove", "own-small-z"]) == 1
    said = capsys.readouterr().err
    assert "“small-z” is needed: “small-z-Q8_0” paints with parts of it. Remove first: own-small-z-q8_0." in said
    assert main(["models", "remove", "own-small-z-q8_0"]) == 0
    assert main(["models", "remove", "own-small-z"]) == 0


@pytest.mark.parametrize("pipeline", TINY_KINDS)
def test_a_lora_made_for_the_whole_model_changes_what_the_quantised_one_paints(pipeline: str, tmp_path: Path) -> None:
    model = alone(pipeline, tmp_path, tmp_path / "part-Q8_0.gguf")
    assert model.base
    save_gguf(passed_around(pipeline, model.base), model.path, Q8)
    whole = InstalledModel(model.spec, model.base)
    lora = LoraShelf(tmp_path / "shelf").add(make_lora(DiffusersPainter(whole, 1), tmp_path / "style.safetensors"))
    assert fitting([tmp_path / "style.safetensors"], model)
    painter = DiffusersPainter(model, 1, tmp_path / "shelf")
    draft = wish(model)
    plain = paint(painter, draft).pixels
    assert paint(painter, replace(draft, loras=(lora,))).pixels != plain
    assert paint(painter, draft).pixels == plain
