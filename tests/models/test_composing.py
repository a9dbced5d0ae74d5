"""Answers in a writer's own sentences, on real llama.cpp."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sfumato.answers import Answer, Question, composed
from sfumato.composing import COMPOSED_TOKENS
from sfumato.dialogue import Reading, turn_text
from sfumato.engine import CancelToken
from sfumato.errors import TurnCancelled, UnusableAnswer
from sfumato.guide import Guide, Page
from sfumato_models.installed import InstalledModel
from sfumato_models.supervisor import EngineProcess, RemoteWriter
from sfumato_models.worker import EngineSpec
from sfumato_models.writer import LlamaWriter
from tests.models.tiny import tiny_composer

REQUEST = "Say what a seed is.\nQuestion: what is a seed?\n"
SAID = "A seed begins the noise. The same seed, the same picture. [Seeds]"


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return tiny_composer(tmp_path_factory.mktemp("models") / "composer.gguf", REQUEST, SAID)


@pytest.fixture
def remote(composer: InstalledModel) -> Iterator[RemoteWriter]:
    process = EngineProcess(EngineSpec("writer", composer, 1, None))
    yield RemoteWriter(process)
    process.close()


def writer_of(model: InstalledModel) -> LlamaWriter:
    assert model.spec.writer
    return LlamaWriter(model.path, model.spec.writer, 1)


def test_an_answer_is_written_whole_and_told_as_it_grows(composer: InstalledModel) -> None:
    heard: list[str] = []
    text = writer_of(composer).compose(REQUEST, CancelToken(), heard.append)
    assert text == SAID
    assert len(heard) > 5
    assert heard[-1] == text
    assert all(text.startswith(so_far) for so_far in heard)


def test_a_question_is_answered_by_a_writers_process_which_then_decides_as_before(
    remote: RemoteWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato.answers.answer_request", lambda guide, question: REQUEST)
    guide = Guide((Page("seeds", "Seeds", ("A seed is a number.",)),))
    heard: list[str] = []
    found = composed(guide, remote, Question("what is a seed?"), heard.append, CancelToken())
    assert found == Answer(f"{SAID.removesuffix(' [Seeds]')}\n\nGuide: “Seeds”", "seeds", "Seeds")
    assert heard[-1] == SAID
    with contextlib.suppress(UnusableAnswer):  # of one that learned nothing else, either will do
        assert remote.decide(Reading("a red ball"), CancelToken()).action


def test_what_is_cut_off_or_no_sentence_is_not_shown_as_an_answer(writer_model: InstalledModel) -> None:
    assert writer_model.spec.writer
    roomy = replace(
        writer_model,
        spec=writer_model.spec.model_copy(
            update={"writer": writer_model.spec.writer.model_copy(update={"context_tokens": 512})}
        ),
    )
    heard: list[str] = []
    with contextlib.suppress(UnusableAnswer):
        assert writer_of(roomy).compose(REQUEST, CancelToken(), heard.append)[-1] in ".!?…]”"
    assert 0 < len(heard) <= COMPOSED_TOKENS
    with pytest.raises(UnusableAnswer, match="too long"):
        writer_of(roomy).compose("word " * 2000, CancelToken(), heard.append)


def test_a_stop_ends_an_answer(composer: InstalledModel) -> None:
    cancel = CancelToken()
    with pytest.raises(TurnCancelled):
        writer_of(composer).compose(REQUEST, cancel, lambda text: cancel.cancel())


def test_the_cue_to_answer_is_read_with_its_marks_and_the_message_without(writer_model: InstalledModel) -> None:
    writer = writer_of(writer_model)
    text = turn_text(Reading("a red ball"), "starter")
    cue = turn_text(Reading(""), "starter").removeprefix("message: \n")
    assert cue == "answer:"
    apart = writer._tokens(text.removesuffix(cue), special=False) + writer._tokens(cue, special=True)
    assert apart == writer._tokens(text, special=False)
    assert writer._tokens("<|end|>", special=True) != writer._tokens("<|end|>", special=False)
