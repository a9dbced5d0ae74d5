"""A token is in the vault and nowhere else: the real app fetches a gated model, paints and keeps a picture; all is searched."""

from __future__ import annotations

import json
import os
import pty
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from sfumato.paths import Paths
from tests.models.hub import LoopbackHub

TOKEN = "hf_nowhere_to_be_found"
ID = "someone--tiny-sd"
LIMIT_S = 120.0


@dataclass
class Ran:
    """What a command said on its terminal, and the arguments and environments of all its processes by their ids."""

    said: str = ""
    processes: dict[int, str] = field(default_factory=dict)

    def look(self, pid: int) -> None:
        try:
            top = psutil.Process(pid)
            for process in (top, *top.children(recursive=True)):
                self.processes[process.pid] = f"{process.cmdline()} {process.environ()}"
        except psutil.Error:
            return  # it is leaving


def run(*arguments: str, home: Path) -> Ran:
    """`sfumato` on a terminal of its own, where a person types the token whenever it is asked for."""
    environment = {**os.environ, "HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    code = f"import sys; from sfumato_desktop.cli import main; sys.exit(main({list(arguments)!r}))"
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(home)
        os.execve(sys.executable, [sys.executable, "-c", code], environment)
    ran, answered, end = Ran(), 0, time.monotonic() + LIMIT_S
    os.set_blocking(terminal, False)
    while (left := os.waitpid(pid, os.WNOHANG))[0] == 0:
        assert time.monotonic() < end, ran.said
        ran.look(pid)
        try:
            ran.said += os.read(terminal, 10_000).decode(errors="replace")
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:
            time.sleep(0.01)  # the other end is closed
        if ran.said.count("Token: ") > answered:
            answered += 1
            os.write(terminal, f"{TOKEN}\n".encode())
    os.close(terminal)
    assert os.waitstatus_to_exitcode(left[1]) == 0, ran.said
    return ran


def holders(word: str, folder: Path) -> list[Path]:
    """Files in which a word stands, as bytes of UTF-8 or UTF-16."""
    forms = (word.encode(), word.encode("utf-16-le"))
    return [path for path in folder.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms)]


@pytest.mark.timeout(400)
def test_the_token_is_in_nothing_that_the_app_wrote_and_in_no_process(
    server: LoopbackHub, paths: Paths, tmp_path: Path
) -> None:
    repo = server.repos["someone/tiny-sd"]
    repo.token, repo.gated = TOKEN, "auto"
    server.pace_bytes_s = 200_000  # so that the process with the network is seen at work
    home = tmp_path / "person"
    home.mkdir()
    ran = [run("models", "add", "someone/tiny-sd", home=home), run("models", "download", ID, home=home)]
    assert all("Token: " in it.said for it in ran)
    assert all(len(it.processes) > 1 for it in ran)
    entry = paths.own_entries / f"{ID}.toml"
    entry.write_text(entry.read_text().replace("steps = 25", "steps = 1"))
    ran.append(run("draw", "a ball", "--no-rewrite", "--model", ID, "-o", "ball.png", home=home))
    ran.append(run("models", "verify", ID, home=home))

    assert len(ran[2].processes) > 1  # the painter's
    assert any(seen.headers.get("authorization") == f"Bearer {TOKEN}" for seen in server.seen)
    for it in ran:
        assert TOKEN not in it.said
        assert all(TOKEN not in told for told in it.processes.values())
    assert holders(TOKEN, tmp_path) == []
    # the search is one that finds: what it looked through is there
    assert {entry, paths.models / ID / "sfumato-model.json"} <= set(holders("someone/tiny-sd", tmp_path))
    assert paths.connections_file in holders("127.0.0.1", tmp_path)
    assert json.loads(paths.settings_file.read_text())["hub_address"] == server.address
    assert (paths.logs / "painter.log").exists()
    assert (home / "ball.png").exists()
