"""What all tests share: no screen, no home folder, no network."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault(
    "GOMP_SPINCOUNT", "10000"
)  # tests run side by side: a thread that waits must not keep a core busy

from sfumato.paths import Paths, find_paths
from sfumato_desktop.immortal import make_constants_immortal

make_constants_immortal()
_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            raise AssertionError("a test tried to reach a network")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, _no_network: None) -> None:
    """For tests with a server of their own: this machine may be connected to, and nothing else."""

    def connect(self: socket.socket, address: object) -> None:
        is_near = self.family == getattr(socket, "AF_UNIX", None) or str(address).startswith("('127.0.0.1'")
        assert is_near, f"a test tried to reach {address}"
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths({"SFUMATO_HOME": str(tmp_path / "home")})
