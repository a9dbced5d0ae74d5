from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato.machine import Fit, Machine, advise, for_this_machine, this_machine
from sfumato.model_catalog import Catalogue, load_catalogue
from sfumato.paths import find_paths
from sfumato_desktop.collection import open_collection, resource_folder
from sfumato_models.families import FAMILIES
from sfumato_models.hardware import GIB, Device, PainterReport
from sfumato_models.known_graphics import remember_graphics

SMALL = Machine(memory_gib=8, disk_free_gib=100)
GAMER = Machine(memory_gib=32, disk_free_gib=500, graphics_gib=16)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(sorted((resource_folder() / "catalogue").glob("*.toml")))


def test_every_writer_that_is_downloaded_answers_questions_in_its_own_sentences(catalogue: Catalogue) -> None:
    composing = {spec.id: spec.writer.composes for spec in catalogue.models if spec.writer}
    assert len(composing) > 2
    assert [writer for writer, composes in composing.items() if not composes] == ["starter-writer"]


def test_a_small_machine_is_shown_what_it_can_paint_with_first(catalogue: Catalogue) -> None:
    painters = [spec for spec in catalogue.models if spec.picture and spec.source]
    (first, why), *_ = for_this_machine(painters, SMALL)
    assert first.id == "lcm-dreamshaper-v7"
    assert "without a graphics card" in why.reason
    advice = {spec.id: found for spec, found in for_this_machine(painters, SMALL)}
    assert advice["dreamshaper-8"].fit is Fit.SLOW
    assert advice["flux2-klein-4b"].fit is Fit.NO
    assert "this machine has 8" in advice["flux2-klein-4b"].reason


def test_graphics_memory_decides_where_there_is_a_card(catalogue: Catalogue) -> None:
    assert advise(catalogue.get("flux2-klein-4b"), GAMER).fit is Fit.GOOD
    assert advise(catalogue.get("qwen-image-2512"), GAMER).fit is Fit.NO


def test_a_card_that_is_too_small_paints_with_parts_put_aside(catalogue: Catalogue) -> None:
    klein = catalogue.get("flux2-klein-4b")
    advice = advise(klein, Machine(memory_gib=32, disk_free_gib=500, graphics_gib=8))
    assert advice.fit is Fit.SLOW
    assert "Larger than the 8 GB of graphics memory" in advice.reason
    assert advise(klein, Machine(memory_gib=8, disk_free_gib=500, graphics_gib=8)).fit is Fit.NO


def test_the_card_that_the_painter_found_is_counted_on_without_an_engine(tmp_path: Path) -> None:
    paths = find_paths({"SFUMATO_HOME": str(tmp_path)})
    assert open_collection(paths).machine().graphics_gib is None
    cpu = Device("cpu", "cpu", "some processor", 8 * GIB, 4 * GIB)
    card = Device("cuda", "cuda:0", "some card", 12 * GIB, 11 * GIB)
    for devices, expected in (((card, cpu), 12.0), ((cpu,), None)):
        report = PainterReport(devices, devices[0], "Tiny", "float32", "resident", "fits")
        paths.graphics_file.parent.mkdir(parents=True, exist_ok=True)
        remember_graphics(report, paths.graphics_file)
        assert open_collection(paths).machine().graphics_gib == expected
    for nonsense in ("", "[]", '{"graphics_gib": -1}', '{"graphics_gib": "12"}', "{"):
        paths.graphics_file.write_text(nonsense)
        assert open_collection(paths).machine().graphics_gib is None


def test_too_small_a_disk_is_the_reason_that_is_told(catalogue: Catalogue) -> None:
    assert "GB on the disk" in advise(catalogue.get("sdxl-base"), Machine(32, 3, 16)).reason


def test_this_machine_is_measured_even_before_the_folder_is_there(tmp_path: Path) -> None:
    machine = this_machine(tmp_path / "not" / "yet")
    assert machine.memory_gib > 0.2
    assert machine.disk_free_gib > 0


def test_the_catalogue_agrees_with_what_the_painter_does(catalogue: Catalogue) -> None:
    for spec in catalogue.models:
        facts = spec.picture
        if facts and facts.pipeline in FAMILIES:
            family = FAMILIES[facts.pipeline]
            assert facts.guidance_parameter == family.guidance, spec.id
            assert set(facts.dtypes).isdisjoint(family.never), spec.id
            assert set(facts.routes) <= {route.value for route in FAMILIES[facts.pipeline].pipelines}, spec.id
            for side in (facts.width, facts.height, *facts.portrait, *facts.landscape):
                assert side % facts.size_multiple == 0, spec.id
                assert facts.min_side <= side <= facts.max_side, spec.id


@pytest.mark.parametrize("wrong", ["id = '../x'", "id = 'a..b'", "id = '.hidden'", "id = 'a/b'", "id = ''"])
def test_an_id_can_never_be_a_path(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "x.toml").write_text(
        f"[[models]]\n{wrong}\ntitle='x'\npurpose='x'\nlicence='x'\npath='x'\n[models.writer]\nwrapping='chatml'\ncontext_tokens=1000"
    )
    with pytest.raises(SfumatoError, match=r"models\.0\.id"):
        load_catalogue([tmp_path / "x.toml"])
