"""Which part of a model a file is: told by the names and shapes in its header, at the sizes of the real ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import init_empty_weights

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.file_headers import FileHeader
from sfumato_models.part_files import own_shapes, part_kind
from tests.models.test_other_parts import KLEIN, ROW, Z
from tests.models.tiny_gguf import save_gguf, save_safetensors
from tests.models.tiny_lone import CONFIGS, bundled_part, in_comfy_names, in_llama_names

REAL = [
    ("ZImagePipeline", "text_encoder", {}, "the text encoder Qwen3 4B"),
    ("ZImagePipeline", "vae", {}, "the autoencoder of FLUX.1 and Z-Image"),
    ("FluxPipeline", "text_encoder", {}, "the text encoder CLIP-L"),
    ("FluxPipeline", "text_encoder_2", {}, "the text encoder T5-XXL"),
    (
        "Flux2KleinPipeline", "text_encoder",
        {"hidden_size": 4096, "intermediate_size": 12288, "tie_word_embeddings": False}, "the text encoder Qwen3 8B",
    ),
    ("Flux2KleinPipeline", "vae", {}, "the autoencoder of FLUX.2"),
    ("QwenImagePipeline", "text_encoder", {}, "the text encoder Qwen2.5-VL 7B"),
    ("QwenImagePipeline", "vae", {}, "the autoencoder of Qwen-Image"),
]  # fmt: skip


def shapes_of(
    pipeline: str, part: str, sizes: dict[str, Any]
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """The tensors of a part at its true size, without numbers: in diffusers' and transformers' names, and in ComfyUI's."""
    with init_empty_weights(include_buffers=True):
        state = bundled_part(pipeline, part, sizes).state_dict()
    return state, in_comfy_names(pipeline, part, state)


def header(weights: Mapping[str, torch.Tensor]) -> FileHeader:
    return FileHeader("safetensors", {name: tuple(weight.shape) for name, weight in weights.items()})


@pytest.mark.parametrize(("pipeline", "part", "sizes", "called"), REAL)
def test_a_file_of_true_size_is_told_in_every_way_to_name_its_tensors(
    pipeline: str, part: str, sizes: dict[str, Any], called: str
) -> None:
    config = json.loads((CONFIGS / BUNDLES[pipeline].config / part / "config.json").read_text()) | sizes
    for weights in shapes_of(pipeline, part, sizes):
        kind = part_kind(Path("a.safetensors"), header(weights))
        assert kind
        shapes = own_shapes(header(weights))
        assert kind.called(kind.width_of(shapes)) == called
        for name, value in kind.settings(shapes).items():
            assert (config[name] | value if isinstance(value, dict) else value) == config[name], name


@pytest.mark.parametrize("pipeline", BUNDLES)
def test_a_familys_own_configuration_is_complete(pipeline: str) -> None:
    folder = CONFIGS / BUNDLES[pipeline].config
    index = json.loads((folder / "model_index.json").read_text())
    assert index["_class_name"] == pipeline
    parts = {name for name, value in index.items() if isinstance(value, list)}
    assert parts >= {"transformer", "scheduler", *BUNDLES[pipeline].needs, *BUNDLES[pipeline].vocabularies}
    with init_empty_weights(include_buffers=True):
        transformer = bundled_part(pipeline, "transformer", {})
    config = json.loads((folder / "transformer" / "config.json").read_text())
    assert {name: transformer.config[name] for name in config if not name.startswith("_")} == {
        name: value for name, value in config.items() if not name.startswith("_")
    }


def test_the_vocabularies_are_whole() -> None:
    counted = {}
    for name in ("qwen_tokenizer", "t5_tokenizer"):
        words = json.loads(gzip.decompress((CONFIGS / name / "tokenizer.json.gz").read_bytes()))
        counted[name] = len(words["model"]["vocab"]), len(words["added_tokens"])
    assert counted == {"qwen_tokenizer": (151_643, 26), "t5_tokenizer": (32_100, 103)}
    assert sum(file.stat().st_size for name in counted for file in (CONFIGS / name).iterdir()) < 2_500_000


@pytest.mark.parametrize("names", ["x.comfy_quant", "x.weight_scale"])
def test_one_with_scales_of_its_own_is_refused_with_what_to_get(names: str) -> None:
    _, weights = shapes_of("FluxPipeline", "text_encoder_2", {})
    with pytest.raises(SfumatoError, match=r"t5xxl_fp8_scaled\.safetensors is the text encoder T5-XXL") as error:
        part_kind(Path("t5xxl_fp8_scaled.safetensors"), header({**weights, names: torch.zeros(1)}))
    assert error.value.hint == "Get it in 16 bits, such as t5xxl_fp16.safetensors, or as GGUF."


def test_what_only_looks_like_a_part_is_none() -> None:
    _, vae = shapes_of("FluxPipeline", "vae", {})
    assert part_kind(Path("sd3_vae.safetensors"), header(vae)) is None  # the same layers, other numbers
    first = {f"model.layers.{layer}.self_attn.q_norm.weight": torch.zeros(128) for layer in range(9)}
    piece = {"model.embed_tokens.weight": torch.zeros(9, 2560), **first}  # of a model in several files
    assert part_kind(Path("model-00001-of-00002.safetensors"), header(piece)) is None
    with pytest.raises(SfumatoError, match="lacks the half that sees") as error:
        part_kind(Path("q.gguf"), FileHeader("gguf", {}, {"general.architecture": "qwen2vl"}))
    assert "qwen_2.5_vl_7b.safetensors" in error.value.hint


def encoder(file: Path, width: int, is_gguf: bool = False) -> Path:
    """A Qwen3 of true width, with few words and one layer."""
    sizes = {
        "vocab_size": 8, "hidden_size": width, "num_hidden_layers": 1, "intermediate_size": 8, "num_attention_heads": 2,
        "num_key_value_heads": 1,
    }  # fmt: skip
    weights = in_comfy_names(
        "ZImagePipeline", "text_encoder", bundled_part("ZImagePipeline", "text_encoder", sizes).state_dict()
    )
    if is_gguf:
        return save_gguf(in_llama_names(weights), file, family="qwen3")
    return save_safetensors(weights, file)


def autoencoder(file: Path, pipeline: str) -> Path:
    sizes = {"block_out_channels": [32, 32, 64, 64], "layers_per_block": 1}
    return save_safetensors(in_comfy_names(pipeline, "vae", bundled_part(pipeline, "vae", sizes).state_dict()), file)


def transformer(file: Path, widths: dict[str, int]) -> Path:
    return save_gguf({name: torch.zeros(ROW, width) for name, width in widths.items()}, file)


def test_a_transformer_that_waits_is_served_by_files_that_are_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    away = tmp_path / "here" / "and" / "there"
    away.mkdir(parents=True)
    assert main(["models", "add", str(transformer(tmp_path / "z_image_turbo-Q4_K_M.gguf", Z))]) == 0
    said = capsys.readouterr().out
    assert (
        "lacks the text encoder Qwen3 4B (qwen_3_4b.safetensors) and the autoencoder of FLUX.1 and Z-Image (ae.safetensors)"
        in said
    )
    assert "“sfumato models download z-image-turbo-parts” gets its other parts (about 8,200 MB" in said
    assert main(["models", "add", str(encoder(away / "large.safetensors", 4096))]) == 0
    said = capsys.readouterr().out
    assert (
        "large.safetensors is the text encoder Qwen3 8B, for FLUX.2 klein. Transformers that need it will find it"
        in said
    )
    assert "z_image" not in said
    assert main(["models", "add", str(encoder(away / "right.safetensors", 2560))]) == 0
    assert (
        "“z_image_turbo-Q4_K_M” still lacks the autoencoder of FLUX.1 and Z-Image (ae.safetensors)."
        in capsys.readouterr().out
    )
    assert main(["draw", "x", "--model", "own-z_image_turbo-q4_k_m", "-o", str(tmp_path / "x.png")]) == 1
    said = capsys.readouterr().err
    assert "lacks the autoencoder of FLUX.1 and Z-Image (ae.safetensors). Get its other parts under Models" in said
    assert main(["models", "add", str(autoencoder(away / "colours.safetensors", "FluxPipeline"))]) == 0
    assert "“z_image_turbo-Q4_K_M” paints with it now." in capsys.readouterr().out
    collection = open_collection(paths)
    model = collection.get("own-z_image_turbo-q4_k_m")
    assert not collection.waiting
    assert set(model.components.values()) == {away / "right.safetensors", away / "colours.safetensors"}
    assert (
        "with right.safetensors and colours.safetensors; steps and guidance are those of “Z-Image Turbo”"
        in model.spec.purpose
    )
    assert main(["models", "list"]) == 0
    assert str(away / "colours.safetensors") in capsys.readouterr().out
    assert main(["models", "remove", "large.safetensors"]) == 0
    assert (away / "large.safetensors").exists()
    assert not paths.connections_file.exists()

    encoder(away / "right.safetensors", 4096)  # another one in its place
    assert main(["models", "verify", "own-z_image_turbo-q4_k_m"]) == 1
    said = capsys.readouterr().err
    assert (
        "needs the text encoder Qwen3 4B (qwen_3_4b.safetensors), and right.safetensors is the text encoder Qwen3 8B"
        in said
    )


def test_a_transformer_that_nothing_can_be_fetched_for_takes_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    (tmp_path / "unet").mkdir()
    klein = transformer(tmp_path / "unet" / "klein-9b.gguf", {**KLEIN, "txt_in.weight": 12288})
    (tmp_path / "vae").mkdir()
    autoencoder(tmp_path / "vae" / "flux2-vae.safetensors", "Flux2KleinPipeline")
    assert main(["models", "add", str(klein)]) == 1
    assert "lacks the text encoder Qwen3 8B (qwen_3_8b.safetensors). Add these files first" in capsys.readouterr().err
    # a language model as GGUF writes, and reads for a painter
    assert main(["models", "add", str(encoder(tmp_path / "Qwen3-8B-Q8_0.gguf", 4096, is_gguf=True))]) == 0
    assert main(["models", "add", str(klein)]) == 0
    (model,) = (model for model in open_collection(paths).installed if model.spec.id == "own-klein-9b")
    assert {part: file.name for part, file in model.components.items()} == {
        "text_encoder": "Qwen3-8B-Q8_0.gguf", "vae": "flux2-vae.safetensors",
    }  # fmt: skip


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_a_part_that_is_cut_short_is_named(quarter: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = encoder(tmp_path / "qwen_3_4b.safetensors", 2560)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * quarter // 4])
    assert main(["models", "add", str(file)]) == 1
    assert "qwen_3_4b.safetensors is cut short" in capsys.readouterr().err
