"""`sfumato doctor` on the starter models: what a person reads, and the same facts as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfumato.errors import NoMemory
from sfumato.paths import find_paths
from sfumato.settings import Settings, save_settings
from sfumato_desktop import doctor
from sfumato_desktop.cli import main


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
    assert "Everything works." in told
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


def test_a_model_that_does_not_fit_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise NoMemory("A picture of 512x512 needs 90.0 GiB, and 20.0 GiB are free.", "Choose a smaller model.")

    monkeypatch.setattr(doctor, "_examine", too_large)
    assert main(["doctor"]) == 0
    assert "Starter painter does not fit. A picture of 512x512 needs 90.0 GiB" in capsys.readouterr().out
