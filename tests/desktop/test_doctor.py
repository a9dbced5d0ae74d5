"""`sfumato doctor` on the starter models: what a person reads, and the same facts as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfumato.paths import find_paths
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
    assert "None" not in told
