"""The command line on the real engines and the starter models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from sfumato_desktop.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture(scope="module")
def ball(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`sfumato draw` as a person calls it, in a process of its own."""
    folder = tmp_path_factory.mktemp("drawn")
    command = [
        sys.executable,
        "-m",
        "sfumato_desktop.cli",
        "draw",
        "a red ball in a meadow at noon",
        "--seed",
        "7",
        "--json",
    ]
    result = subprocess.run([*command, "-o", str(folder / "ball.png")], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_drawing_shows_what_the_words_say(ball: dict[str, Any]) -> None:
    assert ball["prompt"]["subject"] == "a red ball"
    assert ball["prompt"]["setting"] == "in a meadow"
    assert ball["prompt"]["lighting"] == "noon"
    assert set(ball) >= {"file", "seed", "prompt", "negative", "compiled", "settings", "sha256_rgb", "timings_s"}


def test_the_same_words_and_seed_give_the_same_picture_and_another_seed_another(
    ball: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ball["compiled"]["positive"]
    again = run(capsys, "draw", words, "--no-rewrite", "--seed", "7", "-o", str(tmp_path / "a.png"))
    assert again["sha256_rgb"] == ball["sha256_rgb"]
    other = run(capsys, "draw", words, "--no-rewrite", "--seed", "8", "-o", str(tmp_path / "b.png"))
    assert other["sha256_rgb"] != ball["sha256_rgb"]


def test_a_replay_is_identical(ball: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "replay", ball["file"])["verdict"] == "identical"


def test_a_recipe_is_written_shown_and_painted_without_its_picture(
    ball: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "recipe", ball["file"])["file"] == "ball.sfumato"
    assert run(capsys, "show", "ball.sfumato")["recipe"]["sha256_rgb"] == ball["sha256_rgb"]
    assert run(capsys, "replay", "ball.sfumato")["verdict"] == "identical"
    assert main(["recipe", ball["file"]]) == 1
    assert "ball.sfumato is there already" in capsys.readouterr().err


def test_a_recipe_of_other_weights_cannot_be_replayed_and_says_why(
    ball: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from dataclasses import replace

    from sfumato.image_file import load_pixels, read_recipe, write_png

    recipe = read_recipe(Path(ball["file"]))
    files = dict.fromkeys(recipe.model_files, "0" * 64)
    write_png(tmp_path / "x.png", load_pixels(Path(ball["file"])), replace(recipe, model_files=files))
    found = run(capsys, "replay", str(tmp_path / "x.png"))
    assert found["verdict"] == "impossible"
    assert "another one" in found["reasons"][0]


def test_same_but_at_night_changes_the_lighting_and_keeps_the_seed(
    ball: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    night = run(capsys, "rewrite", "same but at night", "--after", ball["file"])
    assert night["changed"] == ["lighting"]
    assert night["seed"] == "keep"
    assert night["prompt"]["lighting"] == "night"
    (tmp_path / "night.json").write_text(json.dumps(night))
    back = run(capsys, "rewrite", "go back to the first one", "--after", str(tmp_path / "night.json"))
    assert (back["action"], back["target"], back["current"]) == ("go_back", 1, 1)


def test_show_and_models_and_doctor_tell_what_there_is(
    ball: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "show", ball["file"])["recipe"]["seed"] == "7"
    models = run(capsys, "models", "verify")["models"]
    assert {model["kind"] for model in models} == {"painter", "writer"}
    assert all(model["licence"] and model["purpose"] and model["size_bytes"] for model in models)
    assert main(["models", "verify"]) == 0
    assert capsys.readouterr().out.count("every file is whole") == 2
    assert run(capsys, "doctor")["problems"] == []


def test_drawing_from_a_strangers_picture_paints_over_it_and_says_how(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("RGB", (400, 300), "green").save(tmp_path / "photo.jpg")
    words = ["draw", "a red ball in a meadow", "--from", str(tmp_path / "photo.jpg"), "--seed", "7", "--steps", "4"]
    assert main([*words, "-o", str(tmp_path / "over.png")]) == 0
    said = capsys.readouterr().out
    assert "photo.jpg was scaled and cropped from 400×300 to 288×224 pixels." in said
    assert run(capsys, "replay", str(tmp_path / "over.png"))["verdict"] == "identical"


def test_showing_another_tools_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a (red:1.2) ball\nNegative prompt: people\nSteps: 20, Seed: 42, Size: 64x64")
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
    found = run(capsys, "show", str(tmp_path / "x.png"))
    assert (found["software"], found["prompt"], found["seed"]) == ("AUTOMATIC1111", "a red ball", "42")
    assert main(["show", str(tmp_path / "x.png")]) == 0
    said = capsys.readouterr().out
    assert "negative prompt: people" in said
    assert "note: Emphasis weights were dropped." in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["draw", "x", "--from", "missing.png"],
        ["draw", "   "],
        ["draw", "x", "--size", "100x100"],
        ["draw", "x", "--seed", "99999999999999999999999"],
        ["draw", "x", "--model", "nothing"],
        ["replay", "missing.png"],
        ["rewrite", "x", "--after", "missing.json"],
        ["draw", "x", "--no-rewrite", "-o", "/proc/nothing/x.png"],
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sfumato: ")
    assert said.err.count("\n") == 1
