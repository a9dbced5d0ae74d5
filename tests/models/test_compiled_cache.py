"""Files of compiled blocks never fill a disk: what belongs to other libraries or removed models goes, and what is old."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sfumato_models import compiled_cache
from sfumato_models.compiled_cache import compiled_bytes, compiled_folder, mark_used, trim_compiled

DAY_S = 86_400


def put(notes: Path, model_id: str, size: int = 100, days_ago: float = 0, libraries: Path | None = None) -> Path:
    folder = compiled_folder(notes, model_id, libraries)
    (folder / "fxgraph" / "ab").mkdir(parents=True)
    (folder / "fxgraph" / "ab" / "code.so").write_bytes(bytes(size))
    os.utime(folder, (time.time() - days_ago * DAY_S,) * 2)
    return folder


def test_every_model_has_a_folder_of_its_own_for_every_version_of_torch(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "torch-2.99.0.dist-info").mkdir(parents=True)
    (pack / "torch-2.99.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.99.0\n")
    own, other = compiled_folder(tmp_path, "one"), compiled_folder(tmp_path, "one", pack)
    assert other == tmp_path / "compiled" / "torch-2.99.0" / "one"
    assert own.parent != other.parent
    assert own.name == "one"
    assert compiled_folder(tmp_path, "one", tmp_path / "empty").parent.name == "torch-unknown"


def test_what_belongs_to_other_libraries_and_removed_models_goes(tmp_path: Path) -> None:
    kept, removed = put(tmp_path, "kept"), put(tmp_path, "removed", 300)
    other = tmp_path / "compiled" / "torch-1.0"
    (other / "kept").mkdir(parents=True)
    (other / "kept" / "code.so").write_bytes(bytes(50))
    (tmp_path / "compiled" / "of-an-older-sfumato.so").write_bytes(bytes(7))
    assert compiled_bytes(tmp_path) == 457
    assert trim_compiled(tmp_path, {"kept"}) == 357
    assert kept.exists()
    assert not removed.exists()
    assert not other.exists()
    assert compiled_bytes(tmp_path) == 100


def test_what_was_not_used_for_long_goes_and_then_what_was_used_longest_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_cache, "MOST_BYTES", 250)
    ages = {"today": 0.0, "yesterday": 1.0, "last-week": 7.0, "last-year": 400.0}
    folders = {name: put(tmp_path, name, days_ago=days) for name, days in ages.items()}
    trim_compiled(tmp_path, set(ages))
    assert [name for name, folder in folders.items() if folder.exists()] == ["today", "yesterday"]
    mark_used(folders["yesterday"])
    put(tmp_path, "new", 200)
    trim_compiled(tmp_path, {*ages, "new"}, painter_id="today")
    left = {folder.name for folder in folders["today"].parent.iterdir()}
    assert "today" in left  # of the painter in use, however large the others are
    assert compiled_bytes(tmp_path) <= 250 + 100


def test_the_painter_in_use_keeps_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_cache, "MOST_BYTES", 10)
    folder = put(tmp_path, "one", 1000, days_ago=500)
    assert trim_compiled(tmp_path, set(), painter_id="one") == 0
    assert folder.exists()


def test_where_there_is_nothing_nothing_happens(tmp_path: Path) -> None:
    assert compiled_bytes(tmp_path) == 0
    assert trim_compiled(tmp_path, {"one"}) == 0
    (tmp_path / "file").write_text("")
    mark_used(tmp_path / "file" / "below")  # cannot be made: no trouble
    assert not (tmp_path / "file" / "below").exists()
