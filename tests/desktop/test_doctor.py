"""`sfumato doctor` on the starter models: what a person reads, and the same facts as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sfumato.errors import NoMemory
from sfumato.machine import Machine
from sfumato.paths import find_paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop import doctor
from sfumato_desktop.cli import main
from sfumato_desktop.doctor import Examined
from sfumato_models.compiled_cache import compiled_folder
from sfumato_models.hardware import GIB, Device, PainterReport
from sfumato_models.nvidia import NvidiaCard, why_unused


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path))


def test_it_says_what_is_here_how_it_runs_and_what_would_suit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == []
    assert found["devices"][-1]["kind"] == "cpu"
    assert found["painter"] == {"title": "Starter painter", "dtype": "float32", "placement": "resident"}
    assert found["writer"]["title"] == "Starter writer"
    assert 0 < found["memory_free_gib"] <= found["memory_gib"]
    assert all(row["reason"] and row["id"] for row in found["suits"])
    assert find_paths().graphics_file.exists()  # what was found is remembered for the models page


def test_it_reads_like_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "Starter painter paints on" in told
    assert "all of the model stays loaded" in told
    assert "Everything works. Starter painter takes " in told
    assert " for a picture of 256x256" in told
    assert told.index("Everything works.") < told.index("This machine") < told.index("What would help most")
    assert "  1. " in told
    assert "None" not in told


def test_what_is_chosen_and_not_there_comes_first_with_what_works_until_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    save_settings(find_paths().settings_file, Settings(painter_id="sdxl-base"))
    assert main(["doctor"]) == 0
    first, second, third, fourth = capsys.readouterr().out.splitlines()[:4]
    assert first.startswith("Sfumato")
    assert second == "To mend first:"
    assert "“Stable Diffusion XL” is not on this machine. Get it" in third
    assert "sfumato draw --model starter-painter" in fourth


def test_a_chosen_model_that_nobody_knows_any_more_is_a_thing_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    save_settings(find_paths().settings_file, Settings(painter_id="own-gone"))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[1] == "To mend first:"
    assert "own-gone" in told


def test_a_model_that_does_not_fit_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise NoMemory("A picture of 512x512 needs 90.0 GiB, and 20.0 GiB are free.", "Choose a smaller model.")

    monkeypatch.setattr(doctor, "_examine", too_large)
    assert main(["doctor"]) == 0
    assert "Starter painter does not fit. A picture of 512x512 needs 90.0 GiB" in capsys.readouterr().out


def advice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, machine: Machine, free_gib: float,
    examined: Examined | NoMemory,
) -> str:  # fmt: skip
    """What a person reads on another machine."""

    def examine(*_: object) -> Examined:
        if isinstance(examined, NoMemory):
            raise examined
        return examined

    monkeypatch.setattr(doctor, "_examine", examine)
    monkeypatch.setattr(
        "sfumato_desktop.collection.this_machine", lambda folder, graphics: replace(machine, graphics_gib=graphics)
    )
    monkeypatch.setattr(doctor, "available_bytes", lambda: int(free_gib * GIB))
    assert main(["doctor"]) == 0
    return capsys.readouterr().out


def report(*devices: Device, advice: tuple[str, ...] = ()) -> PainterReport:
    sentence = "Needs 0.7 GiB of 5.0 GiB free: all of the model stays loaded."
    return PainterReport(devices, devices[-1], "Starter painter", "float32", "resident", sentence, advice)


PROCESSOR = Device("cpu", "cpu", "Some processor", 8 * GIB, 5 * GIB)
WRITES = "It writes on the processor."


def test_a_laptop_with_8_gb_is_told_of_what_is_bearable_there_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    examined = Examined(report(PROCESSOR), "Starter writer", WRITES, False, False)
    told = advice(capsys, monkeypatch, Machine(8, 100), 5, examined)
    assert "There is no graphics card that can paint, so the processor does." in told
    painter, writer, both = (line for line in told.splitlines() if line.startswith(("  1. ", "  2. ", "  3. ")))
    assert "LCM DreamShaper 7" in painter
    assert "a picture here; the first one will tell." in painter
    assert "Talk freely" in writer
    assert "do not fit into memory together" in both


def test_an_old_driver_comes_first_and_the_card_is_not_said_to_be_absent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = why_unused(NvidiaCard("NVIDIA GeForce RTX 3060", "535.54.03"), "13.0")
    examined = Examined(report(PROCESSOR, advice=(old,)), "Starter writer", WRITES, False, False)
    told = advice(capsys, monkeypatch, Machine(16, 100), 12, examined)
    assert "A graphics card is there and is not used yet (see below)" in told
    assert "There is no graphics card" not in told
    assert "  1. The NVIDIA GeForce RTX 3060 cannot be used: its driver 535.54.03 is too old" in told


def test_a_model_that_is_too_large_is_told_of_with_what_paints_until_then_and_what_would_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(find_paths().settings_file, Settings(painter_id="sdxl-base"))
    error = NoMemory("A picture of 1024x1024 needs 9.9 GiB, and 5.0 GiB are free.", "Close other programs.")
    told = advice(capsys, monkeypatch, Machine(8, 100), 5, error)
    assert "  - Stable Diffusion XL does not fit. A picture of 1024x1024 needs 9.9 GiB" in told
    assert "Until then the starters paint: choose them under Models" in told
    assert "Choose a picture model that runs here. Best here: LCM DreamShaper 7" in told
    assert "Everything works" not in told


def test_compiled_blocks_are_told_with_their_size(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = compiled_folder(find_paths().engine_notes, "starter-painter")
    folder.mkdir(parents=True)
    (folder / "code.so").write_bytes(bytes(3_000_000))
    examined = Examined(report(PROCESSOR), "Starter writer", WRITES, False, False)
    told = advice(capsys, monkeypatch, Machine(8, 100), 5, examined)
    assert f"Compiled blocks, 3 MB, built anew if you delete them: {find_paths().engine_notes}" in told


def test_in_a_terminal_long_advice_goes_on_below_its_beginning_and_a_command_is_not_torn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_columns", lambda: 72)
    examined = Examined(report(PROCESSOR), "Starter writer", WRITES, False, False)
    lines = advice(capsys, monkeypatch, Machine(8, 100), 5, examined).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  1. "))
    assert lines[at + 1].startswith("     ")
    assert lines[at + 1][5] != " "
    assert all(len(line) <= 72 for line in lines if " /" not in line)  # a path stays whole
    assert "       sfumato models download lcm-dreamshaper-v7" in lines
