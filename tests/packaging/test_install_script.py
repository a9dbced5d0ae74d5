"""The archive's `install` script in an empty home with spaces and letters beyond ASCII, on a stand-in for the program."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
APP = "app.sfumato.Sfumato"
PROGRAM = '#!/bin/sh\nmkdir -p "$HOME/Pictures/Sfumato"\nprintf "%s|" "$@" > "$HOME/Pictures/Sfumato/001.png"\n'


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the archive holds, in a folder with an awkward name."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    import make_deb

    folder = tmp_path / "Téléchargements & more" / "sfumato 1"
    icons = tmp_path / "icons"
    icons.mkdir()
    for size in make_deb.SIZES:
        (icons / f"{size}.png").write_bytes(b"png")
    monkeypatch.setattr(make_deb, "ICONS", icons)
    make_deb.make_shared_files(folder / "share")
    (folder / "sfumato").mkdir()
    (folder / "sfumato" / "sfumato").write_text(PROGRAM)
    (folder / "sfumato" / "sfumato").chmod(0o755)
    shutil.copy(PACKAGING / "linux" / "install", folder / "install")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home" / "Zoë & Søn's"
    place.mkdir(parents=True)
    return place


def sh(home: Path, *command: str) -> str:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd="/")
    assert result.stderr == ""
    return result.stdout


def entry_command(home: Path, file: str) -> list[str]:
    """What a desktop would run for a file (Desktop Entry Specification, "The Exec key")."""
    lines = (home / ".local/share/applications" / f"{APP}.desktop").read_text().splitlines()
    line = next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    return [file if word == "%f" else word for word in shlex.split(line)]


@pytest.mark.skipif(sys.platform != "linux", reason="an installer for Linux")
def test_it_installs_starts_from_the_menu_and_leaves_only_pictures(archive: Path, home: Path) -> None:
    told = sh(home, "sh", str(archive / "install"))
    assert "Sfumato is installed" in told
    shutil.rmtree(archive / "sfumato")  # the archive is not needed any more
    sh(home, *entry_command(home, "/tmp/a b.sfumato"))
    assert (home / "Pictures/Sfumato/001.png").read_text() == "open|/tmp/a b.sfumato|"
    assert (home / ".local/bin/sfumato").resolve() == home / ".local/lib/sfumato/sfumato"
    installed = {path.name for path in (home / ".local/share").rglob("*") if APP in path.name}
    assert installed == {f"{APP}.{ending}" for ending in ("desktop", "metainfo.xml", "xml", "png", "svg")}
    if shutil.which("update-mime-database"):
        assert "x-sfumato-recipe+json:*.sfumato" in (home / ".local/share/mime/globs2").read_text()
    told = sh(home, "sh", str(home / ".local/lib/sfumato/install"), "--remove")
    assert "pictures and conversations are where they were" in told
    left = [path for path in home.rglob("*sfumato*") if path.is_file() or path.is_symlink()]
    assert left == []
    if shutil.which("update-mime-database"):
        assert "sfumato" not in (home / ".local/share/mime/globs2").read_text()
    assert (home / "Pictures/Sfumato/001.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="an installer for Linux")
def test_a_newer_version_takes_the_place_of_the_older(archive: Path, home: Path) -> None:
    sh(home, "sh", str(archive / "install"))
    stale = home / ".local/lib/sfumato/of-the-older-version"
    stale.touch()
    sh(home, "sh", str(archive / "install"))
    assert not stale.exists()
    sh(home, *entry_command(home, "x.png"))
    assert (home / "Pictures/Sfumato/001.png").exists()
