from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato_desktop import first_start
from sfumato_desktop.first_start import check_places, check_processor, check_screen, check_whole


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as it was packed."""
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "libtorch.so").write_bytes(b"0123456789")
    (tmp_path / first_start.MANIFEST).write_text("10 _internal/libtorch.so\n")
    return tmp_path


def test_a_whole_app_starts(installed: Path) -> None:
    check_whole(installed)


def test_a_file_cut_short_is_named(installed: Path) -> None:
    (installed / "_internal" / "libtorch.so").write_bytes(b"01234")
    with pytest.raises(SfumatoError, match=r"libtorch.so is cut short.*Install Sfumato again"):
        check_whole(installed)


def test_a_missing_file_is_named(installed: Path) -> None:
    (installed / "_internal" / "libtorch.so").unlink()
    with pytest.raises(SfumatoError, match=r"libtorch.so is missing.*Install Sfumato again"):
        check_whole(installed)


def test_a_missing_list_of_files_is_noticed(installed: Path) -> None:
    (installed / first_start.MANIFEST).unlink()
    with pytest.raises(SfumatoError, match="not whole"):
        check_whole(installed)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("flags\t\t: fpu sse2 ssse3 sse4_1 sse4_2 popcnt cx16 avx avx2\n", True),
        ("flags\t\t: fpu sse2 ssse3 sse4_1 sse4_2 popcnt cx16\n", True),  # without AVX: slow, but it works
        ("flags\t\t: fpu sse2 ssse3\n", False),
        ("Features\t: fp asimd\n", True),
    ],
)
def test_a_processor_that_cannot_run_the_engines_is_told(tmp_path: Path, text: str, works: bool) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(text)
    if works:
        check_processor(file)
    else:
        with pytest.raises(SfumatoError, match=r"too old.*SSE4.2"):
            check_processor(file)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's displays")
def test_without_a_screen_it_is_said_and_what_works_without_one() -> None:
    with pytest.raises(SfumatoError, match="sfumato draw"):
        check_screen({})


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's displays")
def test_a_screen_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_start, "import_qt", lambda: None)
    with pytest.raises(SfumatoError, match=":987 does not answer"):
        check_screen({"DISPLAY": ":987"})


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's displays")
def test_a_wayland_screen_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(first_start, "import_qt", lambda: None)
    with socket.socket(socket.AF_UNIX) as screen:
        screen.bind(str(tmp_path / "wayland-0"))
        screen.listen()
        check_screen({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_full_disk_is_told_before_anything_is_painted(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_start, "ROOM_BYTES", 2**62)
    with pytest.raises(SfumatoError, match="disk is full"):
        check_places(paths)


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig")
@pytest.mark.parametrize(("fonts", "said"), [("/usr/share/fonts", ""), ("/nowhere", "no fonts to write with")])
def test_a_system_without_fonts_is_told_the_package(tmp_path: Path, fonts: str, said: str) -> None:
    if said == "" and not Path(fonts).exists():
        pytest.skip("this system has its fonts elsewhere")
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(
        f"<fontconfig><dir>{fonts}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>", encoding="utf-8"
    )
    code = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from sfumato_desktop.first_start import check_fonts; check_fonts()"
    )
    environment = os.environ | {"FONTCONFIG_FILE": str(configuration), "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == (1 if said else 0)
    assert said in result.stderr
    assert not said or "fonts-dejavu-core" in result.stderr


def test_the_window_keeps_a_log_when_it_is_started_from_the_command_line(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path; from sfumato_desktop import app, cli;"
        "app.run_window = lambda picture: (app.set_up_log(Path(sys.argv[1])), logging.getLogger('x').warning('heard'));"
        "cli.check_screen = lambda: None; cli.main([])"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "log" / "sfumato.log")], check=True)
    assert "x WARNING heard" in (tmp_path / "log" / "sfumato.log").read_text(encoding="utf-8")


def test_the_command_line_says_it_in_one_line_and_ends_with_1(tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("a file where a folder should be")
    dialogs = "from PySide6.QtWidgets import QMessageBox; QMessageBox.exec = lambda box: 0"
    code = f"{dialogs}; import sys; from sfumato_desktop.cli import main; sys.exit(main([]))"
    environment = os.environ | {"SFUMATO_HOME": str(blocked), "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert str(blocked) in result.stderr


@pytest.mark.parametrize(("is_whole", "said"), [(True, "The painter stopped."), (False, "Sfumato is not whole.")])
def test_an_engine_that_died_of_a_damaged_file_is_told_by_that_file(
    is_whole: bool, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sfumato.errors import EngineDied
    from sfumato_desktop import cli, commands

    def dies(*_: object) -> None:
        raise EngineDied("The painter stopped.")

    def check() -> None:
        if not is_whole:
            raise SfumatoError("Sfumato is not whole.")

    monkeypatch.setattr(commands, "run_draw", dies)
    monkeypatch.setattr(cli, "check_program", check)
    assert cli.main(["draw", "x"]) == 1
    assert capsys.readouterr().err == f"sfumato: {said}\n"
