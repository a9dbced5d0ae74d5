"""The rules a writer reads are evaluated once for a machine, not once for a start."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from sfumato.dialogue import Reading
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato_models.installed import InstalledModel
from tests.models.test_writer import Counting


def started(model: InstalledModel, notes: Path) -> Counting:
    """A writer with rules to read, as it is after a start."""
    assert model.spec.writer
    facts = model.spec.writer.model_copy(update={"wrapping": "chatml", "context_tokens": 4096, "answer_tokens": 40})
    writer = Counting(model.path, facts, 1, notes)
    writer.read_prefix(CancelToken())
    return writer


def answer(writer: Counting) -> str:
    try:
        return writer.decide(Reading("a red ball in a meadow"), CancelToken()).to_text()
    except UnusableAnswer as error:
        return error.detail


def test_a_second_start_reads_the_rules_from_the_file_and_answers_the_same(
    writer_model: InstalledModel, tmp_path: Path
) -> None:
    first = started(writer_model, tmp_path)
    assert first.evaluated > 200
    second = started(writer_model, tmp_path)
    assert second.evaluated == 0
    assert answer(second) == answer(first)


@pytest.mark.parametrize("damage", ["cut short", "of something else", "empty"])
def test_a_damaged_file_is_as_good_as_none(writer_model: InstalledModel, tmp_path: Path, damage: str) -> None:
    expected = answer(started(writer_model, tmp_path))
    (file,) = tmp_path.glob("*.prefix")
    whole = file.read_bytes()
    file.write_bytes({"cut short": whole[: len(whole) // 2], "of something else": b"x" * 5000, "empty": b""}[damage])
    again = started(writer_model, tmp_path)
    assert again.evaluated > 200
    assert answer(again) == expected
    assert started(writer_model, tmp_path).evaluated == 0  # it was written anew


def test_where_nothing_can_be_kept_the_writer_works_all_the_same(writer_model: InstalledModel, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file where the folder should be")
    writer = started(writer_model, tmp_path / "notes")
    assert writer.evaluated > 200
    assert answer(writer)


def test_only_the_newest_files_are_kept(writer_model: InstalledModel, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.prefix").write_bytes(b"old")
    started(writer_model, tmp_path)
    assert len(list(tmp_path.glob("*.prefix"))) == 3
    assert started(writer_model, tmp_path).evaluated == 0


def test_after_an_answer_in_sentences_the_rules_come_from_the_file_again(
    writer_model: InstalledModel, tmp_path: Path
) -> None:
    writer = started(writer_model, tmp_path)
    expected = answer(writer)
    with contextlib.suppress(UnusableAnswer):  # it never learned to write sentences
        writer.compose("What is a seed?", CancelToken(), lambda text: None)
    before = writer.evaluated
    writer.read_prefix(CancelToken())
    assert writer.evaluated == before
    assert answer(writer) == expected
    with contextlib.suppress(UnusableAnswer):
        writer.compose("What is a seed?", CancelToken(), lambda text: None)
    before = writer.evaluated
    assert answer(writer) == expected  # also where nobody had them loaded ahead
    assert writer.evaluated - before < 200
