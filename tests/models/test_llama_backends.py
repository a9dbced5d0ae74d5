from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato_models import llama_backends


class FakeGgml:
    """Counts a backend for each library that fits this processor."""

    def __init__(self, fitting: int) -> None:
        self.fitting = fitting
        self.asked: list[bytes] = []

    def ggml_backend_load_all_from_path(self, folder: bytes) -> None:
        self.asked.append(folder)

    def ggml_backend_reg_count(self) -> int:
        return self.fitting


def test_a_build_for_this_machine_has_nothing_to_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ggml = FakeGgml(0)
    monkeypatch.setattr(llama_backends, "libggml", ggml)
    (tmp_path / "libggml-cpu.so").touch()
    llama_backends.load_backends(tmp_path)
    assert ggml.asked == []


def test_a_packaged_build_loads_the_library_that_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ggml = FakeGgml(1)
    monkeypatch.setattr(llama_backends, "libggml", ggml)
    (tmp_path / "libggml-cpu-haswell.so").touch()
    llama_backends.load_backends(tmp_path)
    assert ggml.asked == [str(tmp_path).encode()]


def test_where_none_fits_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_backends, "libggml", FakeGgml(0))
    (tmp_path / "libggml-cpu-haswell.so").touch()
    with pytest.raises(SfumatoError, match="does not run on this processor"):
        llama_backends.load_backends(tmp_path)
