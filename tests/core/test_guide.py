from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.guide import Guide, read_page

GUIDE = Guide.load(Path(sfumato_resources.__file__).parent / "guide")
QUESTIONS = tomllib.loads((Path(__file__).parent.parent / "data" / "questions.toml").read_text(encoding="utf-8"))[
    "questions"
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_a_natural_question_finds_its_page(question: list[str]) -> None:
    asked, *pages = question
    assert GUIDE.search(asked)[0].topic in pages


def test_there_are_at_least_forty_questions_and_every_page_is_asked_for() -> None:
    assert len(QUESTIONS) >= 40
    assert {question[1] for question in QUESTIONS} == {page.topic for page in GUIDE.pages}


@pytest.mark.parametrize("page", GUIDE.pages, ids=lambda page: page.topic)
def test_every_page_can_be_read_in_a_minute(page: object) -> None:
    assert 80 <= len(page.text.split()) <= 200  # type: ignore[attr-defined]
    assert page.title.endswith("?")  # type: ignore[attr-defined]
    assert page.related  # type: ignore[attr-defined]


def test_the_passage_is_the_paragraph_that_answers() -> None:
    (passage,) = GUIDE.passages("would more steps take longer?")
    assert passage.page.topic == "noise-and-steps"
    assert passage.text.startswith("More steps")


def test_without_a_better_paragraph_the_first_one_explains() -> None:
    (passage,) = GUIDE.passages("what is a seed?")
    assert passage.text.startswith("A seed is the number")


def test_the_page_the_writer_names_is_believed_unless_the_words_speak_clearly_for_another() -> None:
    assert GUIDE.search("tell me more", "guidance")[0].topic == "guidance"
    assert GUIDE.search("which one is that", "seeds")[0].topic == "seeds"
    assert GUIDE.search("what is a negative prompt?", "privacy")[0].topic == "negatives"
    assert GUIDE.search("tell me more", "no such page") == ()


@pytest.mark.parametrize("question", ["", "?!", "the of and", "xyzzy", "😀", "a" * 5000])
def test_a_question_without_known_words_finds_nothing(question: str) -> None:
    assert GUIDE.passages(question) == ()


def test_a_guide_that_is_missing_or_damaged_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SfumatoError, match="missing"):
        Guide.load(tmp_path)
    (tmp_path / "seeds.md").write_text("no title", encoding="utf-8")
    with pytest.raises(SfumatoError, match="cannot be read"):
        Guide.load(tmp_path)
    with pytest.raises(ValueError, match="title"):
        read_page("x", "")
