"""What ships: how large it is, how it is stored, and whether the model cards say what is true of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gguf import GGMLQuantizationType, GGUFReader
from safetensors import safe_open

from sfumato.model_catalog import ModelSpec, load_catalogue
from sfumato_training.world import (
    CAMERAS,
    COLOURS,
    DAMAGES,
    EXTRAS,
    LIGHTINGS,
    SETTINGS,
    SHAPES,
    STYLES,
    SUBJECTS,
    known_words,
)

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "sfumato_resources"
STARTER = RESOURCES / "starter"
PAINTER, WRITER = STARTER / "painter", STARTER / "writer"
CATALOGUE = load_catalogue([RESOURCES / "catalogue" / "starter.toml"])
MB = 1_000_000


def card(folder: Path) -> str:
    """The model card as one line."""
    return " ".join((folder / "README.md").read_text(encoding="utf-8").split())


def config(part: str, name: str = "config") -> dict[str, object]:
    found: dict[str, object] = json.loads((PAINTER / part / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_the_picture_files_stay_small_and_are_stored_in_sixteen_bits() -> None:
    files = [file for file in PAINTER.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 24 * MB
    assert max(file.stat().st_size for file in files) <= 15 * MB
    weights = [file for file in files if file.suffix == ".safetensors"]
    assert len(weights) == 5
    for file in weights:
        with safe_open(file, "np") as tensors:
            kinds = {tensors.get_slice(name).get_dtype() for name in tensors.keys() if "position_ids" not in name}  # noqa: SIM118
        assert kinds == {"F16"}, file


def test_the_writer_is_one_small_file_of_three_to_five_million_parameters_in_eight_bits() -> None:
    (file,) = WRITER.glob("*.gguf")
    assert file.stat().st_size <= 6 * MB
    tensors = GGUFReader(str(file)).tensors
    count = sum(int(tensor.n_elements) for tensor in tensors)
    assert 3_000_000 <= count <= 5_000_000
    assert f"{count / 1e6:.1f} million parameters" in card(WRITER)
    assert {tensor.tensor_type for tensor in tensors if len(tensor.shape) == 2} == {GGMLQuantizationType.Q8_0}


@pytest.mark.parametrize("folder", [PAINTER, WRITER], ids=lambda folder: folder.name)
def test_a_card_tells_all_that_a_person_wants_to_know_of_a_model(folder: Path) -> None:
    heads = re.findall(r"^- \*\*(.+?)\*\*", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    for wanted in ("Format", "Data", "Training", "Measured", "Time", "What it cannot do", "Licence"):
        assert any(head.startswith(wanted) for head in heads), wanted
    spec: ModelSpec = CATALOGUE.get(f"starter-{folder.name}")
    assert f"**Licence**: {spec.licence}" in card(folder)


def test_the_painters_card_counts_what_its_world_holds_and_the_words_that_ship_are_those_of_the_world() -> None:
    told = card(PAINTER)
    counted = {
        "things": SUBJECTS, "colours": COLOURS, "places": SETTINGS, "styles": STYLES, "lightings": LIGHTINGS, "cameras": CAMERAS,
    }  # fmt: skip
    assert ", ".join(f"{len(words)} {name}" for name, words in counted.items()) in told
    assert ", ".join(EXTRAS) in told
    bad = ", ".join(words[0] for words in DAMAGES.values())
    assert f"six ways in which a picture can be bad ({bad})" in told
    assert json.loads((PAINTER / "known_words.json").read_text(encoding="utf-8")) == known_words()
    readme = (RESOURCES.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"knows {len(SUBJECTS)} things, {len(COLOURS)} colours, {len(SETTINGS)} places" in readme


def test_the_painters_card_names_the_format_settings_and_sizes_that_it_has() -> None:
    told, facts = card(PAINTER), CATALOGUE.get("starter-painter").picture
    assert facts
    assert f"{facts.steps} steps, guidance {facts.guidance_scale:g}" in told
    for size in SHAPES:
        assert "{}x{}".format(*size) in told
    assert {SHAPES[0], facts.portrait, facts.landscape} == {(facts.width, facts.height), *map(tuple, SHAPES[1:])}
    assert f"16x16x{config('vae')['latent_channels']} latents" in told
    scheduler = config("scheduler", "scheduler_config")
    assert (scheduler["prediction_type"], scheduler["algorithm_type"], scheduler["solver_order"]) == (
        "v_prediction", "dpmsolver++", 2,
    )  # fmt: skip
    assert "v-prediction, DPM++ 2M" in told


def test_the_writers_card_names_the_shape_that_it_has() -> None:
    fields = GGUFReader(str(WRITER / "writer.gguf")).fields
    layers, width, tokens = (
        fields[f"llama.{key}"].contents() for key in ("block_count", "embedding_length", "vocab_size")
    )
    assert f"{layers} layers of width {width}), {tokens} byte-level tokens, 8-bit weights" in card(WRITER)
    assert fields["general.license"].contents() == "Apache-2.0"


@pytest.mark.parametrize("figure", ["writer_all_right", "writer_only_asked", "writer_copied"])
def test_a_figure_of_the_writers_card_is_the_one_of_the_table_in_the_readme(figure: str) -> None:
    table = (RESOURCES.parents[1] / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"starter\.{figure}\s+([\d.]+)", table)
    assert found
    assert f"{float(found[1]):.0%}".replace("%", " %") in card(WRITER)


@pytest.mark.parametrize(
    ("name", "told"),
    [("subject", "thing"), ("colour", "colour"), ("setting", "place"), ("style", "style"), ("lighting", "light"), ("camera", "camera"),
     ("subject_after_relighting", "thing after one lighting word was changed")],
)  # fmt: skip
def test_a_figure_of_the_painters_card_is_the_one_of_the_table_in_the_readme(name: str, told: str) -> None:
    table = (RESOURCES.parents[1] / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"starter\.{name}\s+([\d.]+)", table)
    assert found
    assert f"{told} {float(found[1]):.2f}" in card(PAINTER)
