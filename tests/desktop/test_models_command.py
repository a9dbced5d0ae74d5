"""`sfumato models` as a person uses it: from a repository's name to a picture, with a loopback hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sfumato.paths import Paths
from sfumato.settings import load_settings, save_settings
from sfumato_desktop.cli import main
from sfumato_desktop.collection import open_collection
from sfumato_models.part_search import PartShelf
from tests.models.hub import LoopbackHub

ID = "someone--tiny-sd"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_from_a_repositorys_name_to_a_picture(
    server: LoopbackHub,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    paths: Paths,
) -> None:
    (added,) = run(capsys, "models", "add", "someone/tiny-sd")["added"]
    assert added["id"] == ID
    assert any(row["id"] == ID for row in run(capsys, "models", "list")["offered"])
    got = run(capsys, "models", "download", ID)
    assert Path(got["path"]) == paths.models / ID
    assert any(row["id"] == ID for row in run(capsys, "models", "list")["models"])
    drawn = run(
        capsys,
        "draw",
        "a red ball",
        "--no-rewrite",
        "--model",
        ID,
        "--seed",
        "7",
        "--steps",
        "2",
        "-o",
        str(tmp_path / "x.png"),
    )
    assert (drawn["settings"]["model_id"], drawn["settings"]["width"]) == (ID, 64)
    assert run(capsys, "replay", str(tmp_path / "x.png"))["verdict"] == "identical"

    weights = paths.models / ID / "unet/diffusion_pytorch_model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert f"models download {ID}" in refused(capsys, "models", "verify", ID)
    weights.unlink()
    assert f"{weights.name}. “sfumato models download {ID}”" in refused(capsys, "models", "verify", ID)
    run(capsys, "models", "download", ID)
    assert weights.read_bytes() == data
    assert run(capsys, "models", "verify")["verified"]
    with pytest.MonkeyPatch.context() as terminal:
        terminal.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        terminal.setattr("sfumato_desktop.model_commands.SHOW_S", 0)
        assert main(["models", "verify", ID]) == 0
    told = capsys.readouterr().err
    assert "checking, " in told
    assert told.endswith("\r\x1b[K")  # and the line is clean again

    save_settings(
        paths.settings_file, load_settings(paths.settings_file).settings.model_copy(update={"painter_id": ID})
    )
    assert run(capsys, "models", "remove", ID)["freed_bytes"] > 0
    assert not (paths.models / ID).exists()
    assert load_settings(paths.settings_file).settings.painter_id == ""
    assert "no model called" in refused(capsys, "draw", "x", "--model", ID)


def test_a_repository_is_downloaded_by_its_name(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    assert run(capsys, "models", "download", "someone/tiny-sd")["id"] == ID
    assert (paths.own_entries / f"{ID}.toml").exists()
    # one of the catalogue is taken from there
    assert "--accept-licence" in refused(capsys, "models", "download", "stabilityai/sd-turbo")
    assert not list(paths.own_entries.glob("*turbo*"))


def test_a_corrected_entry_is_kept_when_its_repository_is_downloaded(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str], paths: Paths
) -> None:
    run(capsys, "models", "add", "someone/tiny-sd")
    entry = paths.own_entries / f"{ID}.toml"
    corrected = entry.read_text().replace("steps = 25", "steps = 3")
    entry.write_text(corrected)
    run(capsys, "models", "add", "someone/tiny-sd")
    assert run(capsys, "models", "download", "Someone/tiny-sd")["id"] == ID
    assert entry.read_text() == corrected
    model = open_collection(paths).get(ID)
    assert model.spec.picture
    assert model.spec.picture.steps == 3


@pytest.mark.parametrize("action", ["add", "download"])
def test_a_repository_that_cannot_be_used_is_told_with_the_reason(
    capsys: pytest.CaptureFixture[str], paths: Paths, action: str
) -> None:
    said = refused(capsys, "models", action, "Disty0/FLUX.2-klein-4B-SDNQ-4bit-dynamic")
    assert "“FLUX.2 klein 4B, 4 bit” cannot be downloaded and used: it needs sdnq" in said
    assert not list(paths.own_entries.glob("*"))


def test_a_gated_repository_is_downloaded_by_its_name_with_a_token_typed_once(
    server: LoopbackHub, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = server.repos["someone/tiny-sd"]
    repo.token, repo.gated = "hf_typed_token", "auto"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")  # no vault here
    typed: list[str] = []

    def type_it(*_: object, **__: object) -> str:
        typed.append("hf_typed_token")
        return typed[-1]

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", type_it)
    assert main(["models", "download", "someone/tiny-sd"]) == 0
    assert len(typed) == 1
    assert (paths.models / ID).is_dir()


def test_an_entry_from_a_toml_file(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str], tmp_path: Path, paths: Paths
) -> None:
    run(capsys, "models", "add", "someone/tiny-sd")
    text = (paths.own_entries / f"{ID}.toml").read_text().replace(ID, "mine").replace("steps = 25", "steps = 2")
    (tmp_path / "mine.toml").write_text(text)
    run(capsys, "models", "add", str(tmp_path / "mine.toml"))
    run(capsys, "models", "download", "mine")
    (mine,) = (model for model in open_collection(paths).installed if model.spec.id == "mine")
    assert mine.spec.picture
    assert mine.spec.picture.steps == 2
    (tmp_path / "wrong.toml").write_text(text.replace("steps = 2", 'steps = "many"').replace("mine", "wrong"))
    assert "models.0.picture.steps" in refused(capsys, "models", "add", str(tmp_path / "wrong.toml"))
    line = 1 + text.splitlines().index("steps = 2")
    assert f"wrong.toml has a value that cannot be used in line {line}:" in refused(
        capsys, "models", "add", str(tmp_path / "wrong.toml")
    )
    (tmp_path / "wrong.toml").write_text('[[models]]\nid = "a"\ntitle = \n')
    assert "wrong.toml is no TOML. Invalid value (at line 3" in refused(
        capsys, "models", "add", str(tmp_path / "wrong.toml")
    )
    (paths.own_entries / "broken.toml").write_text("[[models]")
    assert "broken.toml" in run(capsys, "models", "list")["notes"][0]


def test_a_licence_that_wants_to_be_agreed_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--accept-licence" in refused(capsys, "models", "download", "sd-turbo")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["download"], "Say which model"),
        (["download", "nothing"], "no model called"),
        (["download", "starter-painter"], "cannot be downloaded"),
        (["remove", "starter-painter"], "stay"),
        (["remove", "../.."], "no model called"),
        (["add", "not a repository"], "neither a file or folder here nor a repository"),
        (["add", "nobody/nothing"], "does not exist"),
        (["add", "folder/old.ckpt"], "neither a file or folder here nor a repository"),
        (["download", "folder/model.gguf"], "no model called"),
        (["verify", "dreamshaper-8"], "not on this machine"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in refused(capsys, "models", *arguments)
    assert bool(server.seen) == ("nobody/nothing" in arguments)  # the hub is not asked for files


def test_a_list_that_is_read_halfway_ends_quietly(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "sfumato_desktop.cli", "models"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(write)
    assert (process.returncode, process.stderr) == (0, "")


def test_a_gated_model_is_asked_for_with_the_token_that_was_typed(
    server: LoopbackHub, capsys: pytest.CaptureFixture[str], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = server.repos["someone/tiny-sd"]
    repo.token, repo.gated = "hf_typed_token", "auto"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")  # no vault here
    assert "token" in refused(capsys, "models", "add", "someone/tiny-sd")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "hf_typed_token")
    assert main(["models", "add", "someone/tiny-sd"]) == 0
    assert main(["models", "download", ID]) == 0
    said = capsys.readouterr()
    assert "forgotten when Sfumato is closed" in said.err
    assert "hf_typed_token" not in said.out + said.err
    written = [
        path for path in paths.data.parent.rglob("*") if path.is_file() and b"hf_typed_token" in path.read_bytes()
    ]
    assert written == []


def test_a_list_of_part_files_that_cannot_be_written_is_a_sentence(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ae.safetensors"
    file.write_bytes(b"x")
    PartShelf(paths.part_files).add(file)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sfumato_models.part_search.replace_file", full)
    assert "The disk is full" in refused(capsys, "models", "remove", str(file))
