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


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        ("what is a seed?", "A seed is the number"),
        ("what do more steps do?", "More steps"),
        ("would more steps take longer?", "More steps"),
        ("what is a scheduler?", "The scheduler decides"),
        ("what's a negative prompt", "Say “no people”"),
        ("why is there still a person in it?", "A negative is a push"),
        ("what does strength do", "To hold on"),
        ("where do I put the weather", "Things, their own colours"),
        ("who can see my pictures?", "Nobody but you"),
        ("does this need the internet?", "Nobody but you"),
        ("where are my pictures stored?", "Your conversations are stored"),
        ("is there a watermark?", "When you share a picture"),
        ("do I need a graphics card?", "Other models"),
        ("any tips for describing a picture well?", "Tips for"),
    ],
)
def test_the_passage_is_the_paragraph_that_answers_or_the_first_that_explains(question: str, beginning: str) -> None:
    assert GUIDE.passages(question)[0].text.startswith(beginning)


def test_the_page_the_writer_names_is_believed_unless_the_words_speak_clearly_for_another() -> None:
    assert GUIDE.search("tell me more", "guidance")[0].topic == "guidance"
    assert GUIDE.search("which one is that", "seeds")[0].topic == "seeds"
    assert GUIDE.search("what is a negative prompt?", "privacy")[0].topic == "negatives"
    assert GUIDE.search("tell me more", "no such page") == ()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("what is a negatvie prompt?", "negatives"),
        ("what does guidence... i mean guiadnce do?", "guidance"),
        ("do you need the intrenet", "privacy"),
        ("whats teh shceduler", "noise-and-steps"),
    ],
)
def test_a_mistyped_word_finds_its_page(question: str, topic: str) -> None:
    assert GUIDE.search(question)[0].topic == topic


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("i don't understand what an embedding is", "words-and-pictures"),
        ("could you explain what strength means?", "small-changes"),
        ("how does it work?", "noise-and-steps"),
        ("do you know what telemetry is?", "privacy"),
    ],
)
def test_words_that_anything_is_asked_with_count_only_where_there_is_no_other(question: str, topic: str) -> None:
    assert GUIDE.search(question)[0].topic == topic


def test_related_words_that_stand_in_a_row_in_the_question_speak_for_their_page() -> None:
    page = "# {0}?\n\nA {0} is one.\n\nRelated words: {1}\n"
    guide = Guide((read_page("one", page.format("apple", "who are you")), read_page("two", page.format("pear", "are"))))
    assert guide.search("Well, who are you?")[0].topic == "one"
    assert guide.search("you are who") == ()


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
