"""What all tests share: no screen, no home folder, no network."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"

from sfumato.paths import Paths, find_paths
from sfumato_desktop.immortal import make_constants_immortal

make_constants_immortal()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a test tried to reach a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({"SFUMATO_HOME": str(tmp_path / "home")})
