"""Which of the files that nobody pointed at a lone transformer is painted with, and which files are of no use to it."""

from __future__ import annotations

from pathlib import Path

import gguf
import pytest
import torch

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato.settings import Settings
from sfumato_desktop.adding import searched_files
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_desktop.model_rows import read_known, rows_of
from sfumato_models.bundled_parts import fitting_parts
from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.part_files import known_part, part_kind
from sfumato_models.transformer_files import transformer_kind
from tests.models.test_other_parts import FLUX, Z
from tests.models.test_part_files import autoencoder, encoder, header, shapes_of, transformer
from tests.models.tiny_gguf import with_texts


def test_files_beside_come_before_usual_names_of_other_programs_and_writers_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: Paths
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    monkeypatch.setattr("sfumato_desktop.adding.usual_folders", lambda: (theirs,))
    (tmp_path / "models" / "unet").mkdir(parents=True)
    (tmp_path / "models" / "text_encoders").mkdir()
    writer = encoder(tmp_path / "Qwen3-4B-mine.gguf", 2560, is_gguf=True)
    assert main(["models", "add", str(writer)]) == 0
    first = encoder(theirs / "a-qwen3-finetune.gguf", 2560, is_gguf=True)
    usual = encoder(theirs / "qwen_3_4b.safetensors", 2560)
    beside = encoder(tmp_path / "models" / "text_encoders" / "qwen_z.safetensors", 2560)
    file = transformer(tmp_path / "models" / "unet" / "z_image_turbo.gguf", Z)
    found = list(searched_files(file, open_collection(paths)))
    assert found == [beside, usual, first, writer]
    taken = fitting_parts("ZImagePipeline", {"cap_feat_dim": 2560}, [], found)
    assert taken == {"text_encoder": beside}


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Qwen3-4B-Instruct-2507-Q8_0", ""),
        ("Qwen3-Embedding-4B-f16", ""),
        ("DeepSeek-R1-0528-Qwen3-8B", ""),
        ("qwen", "Qwen3 4B Thinking 2507"),
        ("story-teller", ""),
    ],
)
def test_another_training_of_the_text_encoder_is_taken_only_from_a_persons_hand(
    name: str, called: str, tmp_path: Path
) -> None:
    file = encoder(tmp_path / f"{name}.gguf", 2560, is_gguf=True)
    if called:
        file = with_texts(file, tmp_path / "qwen-q8.gguf", {"general.name": called})
    assert known_part(file, is_added=False) is None
    assert known_part(file)
    right = encoder(tmp_path / "text_encoder_qwen3_4b.gguf", 2560, is_gguf=True)
    assert fitting_parts("ZImagePipeline", {"cap_feat_dim": 2560}, [], [file, right]) == {"text_encoder": right}
    assert fitting_parts("ZImagePipeline", {"cap_feat_dim": 2560}, [file], [right]) == {"text_encoder": file}


def test_an_autoencoder_of_no_telling_name_is_not_taken_for_that_of_flux_by_itself(tmp_path: Path) -> None:
    def at(place: str) -> Path:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        return autoencoder(tmp_path / place, "FluxPipeline")

    for place in ("stable-diffusion-3.5-vae.safetensors", "sd3.5/vae/diffusion_pytorch_model.safetensors"):
        assert known_part(at(place)) is None, place
    bare = at("some/vae/diffusion_pytorch_model.safetensors")
    assert known_part(bare, is_added=False) is None
    assert known_part(bare)
    for place in ("x/ae.safetensors", "FLUX.1-dev/vae/diffusion_pytorch_model.safetensors", "sd3/ae.safetensors"):
        assert known_part(at(place), is_added=False), place


def test_numbers_that_cannot_be_computed_with_are_refused_when_they_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = encoder(tmp_path / "qwen3-4b-IQ2_XXS.gguf", 2560, is_gguf=True)
    told = read_header(file)
    few = FileHeader("gguf", told.shapes, told.metadata, told.size_bytes, frozenset({0, 16}))
    with pytest.raises(SfumatoError, match=r"IQ2_XXS\.gguf holds its numbers in a quantisation") as error:
        part_kind(file, few)
    assert "Q8_0, Q2_K to Q6_K" in error.value.hint
    z = transformer(tmp_path / "z.gguf", Z)
    with pytest.raises(SfumatoError, match="quantisation that cannot be painted with"):
        transformer_kind(
            z, FileHeader("gguf", read_header(z).shapes, numbers=frozenset({int(gguf.GGMLQuantizationType.IQ3_S)}))
        )
    _, t5 = shapes_of("FluxPipeline", "text_encoder_2", {})
    with pytest.raises(SfumatoError, match="only another program reads"):
        part_kind(Path("t5-bnb.safetensors"), header({**t5, "encoder.x.weight.absmax": torch.zeros(1)}))


def test_a_text_encoder_that_only_looks_alike_is_none() -> None:
    _, clip = shapes_of("FluxPipeline", "text_encoder", {})
    words = "text_model.embeddings.token_embedding.weight"
    assert part_kind(Path("a.safetensors"), header(clip))
    assert part_kind(Path("a.safetensors"), header({**clip, words: torch.zeros(32_000, 768)})) is None
    assert part_kind(Path("a.safetensors"), header({**clip, "text_model.head.weight": torch.zeros(1)})) is None
    _, sight = shapes_of("QwenImagePipeline", "text_encoder", {})
    older = {name: weight for name, weight in sight.items() if "visual.blocks.0.mlp.gate_proj" not in name}
    assert part_kind(Path("a.safetensors"), header(sight))
    assert part_kind(Path("a.safetensors"), header(older)) is None


def test_a_flux_that_fills_or_follows_edges_is_named_as_what_cannot_be_painted_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    file = transformer(tmp_path / "flux1-fill-dev.gguf", {**FLUX, "img_in.weight": 384})
    assert main(["models", "add", str(file)]) == 1
    said = capsys.readouterr().err
    assert "flux1-fill-dev.gguf is of FLUX.1 Fill, Canny or Depth, which cannot be painted with." in said
    assert "lacks" not in said


def test_a_part_that_was_exchanged_is_right_once_its_model_is_added_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    (tmp_path / "vae").mkdir()
    file = transformer(tmp_path / "z_image_turbo.gguf", Z)
    encoder(tmp_path / "qwen_3_4b.safetensors", 2560)
    vae = autoencoder(tmp_path / "vae" / "ae.safetensors", "FluxPipeline")
    add, verify = ["models", "add", str(file)], ["models", "verify", "own-z_image_turbo"]
    assert main(add) == 0
    assert main(verify) == 0
    data = vae.read_bytes()
    vae.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert main(verify) == 1
    assert "Damaged" in capsys.readouterr().err
    assert main(["models", "remove", "own-z_image_turbo"]) == 0
    assert main(add) == 0
    assert main(verify) == 0


def test_that_no_copy_is_made_of_a_part_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    file = encoder(tmp_path / "qwen_3_4b.safetensors", 2560)
    assert main(["models", "add", str(file), "--copy"]) == 0
    assert "No copy of it was made: parts are used where they stand." in capsys.readouterr().out
    assert not paths.own_models.exists() or not list(paths.own_models.iterdir())


def test_what_waits_is_looked_for_beside_it_once_more_before_a_download_is_offered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    (tmp_path / "vae").mkdir()
    encoder(tmp_path / "qwen_3_4b.safetensors", 2560)
    assert main(["models", "add", str(transformer(tmp_path / "z_image_turbo.gguf", Z))]) == 0
    assert "lacks the autoencoder" in capsys.readouterr().out
    bare = autoencoder(tmp_path / "vae" / "x.safetensors", "FluxPipeline")
    assert main(["models", "list"]) == 0
    assert "lacks the autoencoder" in capsys.readouterr().out  # its name tells nothing
    bare.rename(tmp_path / "vae" / "ae.safetensors")
    assert main(["models", "download", "z-image-turbo-parts"]) == 0
    assert "“z_image_turbo” paints with the files beside it now." in capsys.readouterr().out
    assert main(["models", "list"]) == 0
    assert "lacks" not in capsys.readouterr().out
    model = open_collection(paths).get("own-z_image_turbo")
    assert set(model.components) == {"text_encoder", "vae"}


def test_the_models_page_looks_once_more_beside_what_waits(tmp_path: Path, paths: Paths) -> None:
    file = transformer(tmp_path / "z_image_turbo.gguf", Z)
    assert main(["models", "add", str(file)]) == 0
    encoder(tmp_path / "qwen_3_4b.safetensors", 2560)
    (row,) = (row for row in rows_of(read_known(paths, {}), Settings()) if row.spec.id == "own-z_image_turbo")
    assert "the autoencoder of FLUX.1" in row.lacks
    autoencoder(tmp_path / "ae.safetensors", "FluxPipeline")
    (row,) = (row for row in rows_of(read_known(paths, {}), Settings()) if row.spec.id == "own-z_image_turbo")
    assert (row.lacks, row.parts) == ("", None)
