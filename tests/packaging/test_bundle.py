from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))

import bundle


def test_a_bundle_that_is_older_than_the_sources_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest, source = tmp_path / "dist" / bundle.MANIFEST, tmp_path / "core" / "sfumato" / "turn.py"
    for file in (manifest, source, tmp_path / "pyproject.toml"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "PROGRAM", tmp_path / "dist")
    for file, time in ((source, 100), (tmp_path / "pyproject.toml", 100), (manifest, 200)):
        os.utime(file, (time, time))
    assert bundle.is_current()
    os.utime(source, (300, 300))  # as a pull leaves it
    assert not bundle.is_current()
    manifest.unlink()
    assert not bundle.is_current()
