from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato_models.hash_book import HashBook


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    return file


def unreadable(*_: object, **__: object) -> None:
    raise AssertionError("the file was read again")


def test_a_file_is_hashed_once_for_all_books_of_the_same_file(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "data" / "hashes.json"
    expected = hashlib.sha256(b"weights").hexdigest()
    assert HashBook(book).sha256(weights) == expected
    monkeypatch.setattr("sfumato_models.hash_book.hashlib.file_digest", unreadable)
    assert HashBook(book).sha256(weights) == expected


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"model": 3}'])
def test_a_book_that_is_damaged_is_begun_anew(weights: Path, tmp_path: Path, damage: str) -> None:
    book = tmp_path / "hashes.json"
    book.write_text(damage)
    assert HashBook(book).sha256(weights) == hashlib.sha256(b"weights").hexdigest()
    assert "model.safetensors" in book.read_text()


def test_a_file_that_changed_is_hashed_again_even_at_the_same_size(weights: Path, tmp_path: Path) -> None:
    book = HashBook(tmp_path / "hashes.json")
    before = book.sha256(weights)
    weights.write_bytes(b"WEIGHTS")
    os.utime(weights, ns=(1, 1))
    assert book.sha256(weights) == hashlib.sha256(b"WEIGHTS").hexdigest() != before
    assert book.check(weights) is False  # a check compares with what the file was first
    weights.write_bytes(b"weights")
    assert book.check(weights) is True


def test_a_check_reads_every_byte_whatever_the_time_of_change_says(weights: Path, tmp_path: Path) -> None:
    book, read = HashBook(tmp_path / "hashes.json"), list[int]()
    assert book.check(weights) is None  # nothing was known; now it is
    assert book.check(weights, read.append) is True
    assert sum(read) == len(b"weights")
    before = weights.stat().st_mtime_ns
    weights.write_bytes(b"weighty")
    os.utime(weights, ns=(before, before))
    assert book.check(weights) is False
    assert book.check(weights) is False  # what is remembered stays
    book.forget([weights.with_name("other"), weights.parent / "elsewhere"])
    assert book.check(weights) is False
    book.forget([weights.parent])
    assert book.check(weights) is None


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SfumatoError, match=r"gone\.safetensors"):
        HashBook().sha256(tmp_path / "gone.safetensors")
