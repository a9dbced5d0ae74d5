from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sfumato.decision import DECISION_SCHEMA
from sfumato.dialogue import Reading
from sfumato.draft import Draft
from sfumato.engine import CancelToken
from sfumato.errors import NoMemory, SfumatoError, TurnCancelled, UnusableAnswer
from sfumato_models.grammar import gbnf
from sfumato_models.installed import InstalledModel
from sfumato_models.writer import LlamaWriter


def writer_of(model: InstalledModel) -> LlamaWriter:
    assert model.spec.writer
    return LlamaWriter(model.path, model.spec.writer, 1)


def test_even_a_writer_of_nonsense_answers_with_a_decision_or_is_refused_in_words(writer_model: InstalledModel) -> None:
    writer = writer_of(writer_model)
    for message in ("a red ball", "😀", "x" * 500, '"}],{"action"'):
        try:
            assert writer.decide(Reading(message), CancelToken()).action in (
                "draw",
                "refine",
                "reroll",
                "answer",
                "go_back",
            )
        except UnusableAnswer as error:
            refused = error.message
            assert refused


def test_the_same_words_get_the_same_answer_whatever_was_read_before(writer_model: InstalledModel) -> None:
    def answer(writer: LlamaWriter, message: str) -> str:
        try:
            return writer.decide(Reading(message), CancelToken()).to_text()
        except UnusableAnswer as error:
            return error.detail

    fresh = answer(writer_of(writer_model), "a blue boat")
    used = writer_of(writer_model)
    answer(used, "a red ball in a meadow")
    answer(used, "a blue boat with a flag")
    assert answer(used, "a blue boat") == fresh


class Counting(LlamaWriter):
    """Counts the tokens it evaluates."""

    evaluated = 0

    def _decode(self, tokens: list[int]) -> None:
        self.evaluated += len(tokens)
        super()._decode(tokens)


def test_the_fixed_rules_are_evaluated_once_and_never_again(writer_model: InstalledModel) -> None:
    assert writer_model.spec.writer
    facts = writer_model.spec.writer.model_copy(
        update={"wrapping": "chatml", "context_tokens": 4096, "answer_tokens": 1}
    )
    writer = Counting(writer_model.path, facts, 1)
    writer.read_prefix(CancelToken())
    prefix = writer.evaluated
    assert prefix > 200

    def tokens_read(reading: Reading) -> int:
        before = writer.evaluated
        with pytest.raises(UnusableAnswer):  # one token of an answer is none
            writer.decide(reading, CancelToken())
        return writer.evaluated - before

    first = tokens_read(Reading("a red ball in a meadow"))
    again = tokens_read(Reading("a red ball in a meadow at night"))
    assert first < prefix / 2
    assert again < first  # what both messages begin with is not read again either


def test_a_stop_ends_the_writing(writer_model: InstalledModel) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(TurnCancelled):
        writer_of(writer_model).decide(Reading("a red ball"), cancel)


def test_a_message_longer_than_the_context_is_refused_in_words(writer_model: InstalledModel) -> None:
    with pytest.raises(UnusableAnswer, match="too long"):
        writer_of(writer_model).decide(Reading("q7" * 600), CancelToken())


@pytest.mark.parametrize("size", [0, 10, 5000])
def test_a_file_cut_short_is_named(writer_model: InstalledModel, tmp_path: Path, size: int) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(writer_model.path.read_bytes()[:size])
    with pytest.raises(SfumatoError, match=r"broken\.gguf"):
        writer_of(replace(writer_model, path=broken))


@pytest.mark.parametrize("failure", [ValueError("Failed to create llama_context"), MemoryError()])
def test_no_memory_is_not_taken_for_a_damaged_file(
    writer_model: InstalledModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr("llama_cpp.Llama.__init__", fail)
        with pytest.raises(NoMemory, match="not enough memory to load the writer") as error:
            writer_of(writer_model)
    assert "smaller writer" in error.value.hint
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(writer_model.path.read_bytes()[:5000])
    monkeypatch.setattr("sfumato_models.writer.available_bytes", lambda: 4000)
    with pytest.raises(NoMemory):
        writer_of(replace(writer_model, path=broken))


def test_a_schema_that_the_grammar_does_not_know_is_refused_loudly() -> None:
    assert "root ::=" in gbnf(DECISION_SCHEMA)
    with pytest.raises(ValueError, match="no grammar"):
        gbnf({"type": "number"})


def test_a_writer_reports_its_answer_while_it_writes_and_the_last_report_is_the_answer(
    writer_model: InstalledModel,
) -> None:
    writer = writer_of(writer_model)
    for message in ("a red ball", "a blue boat", "😀"):
        drafts: list[Draft] = []
        try:
            decision = writer.decide(Reading(message), CancelToken(), drafts.append)
        except UnusableAnswer:
            continue
        assert drafts[-1] == Draft(decision, has_facts=True)
