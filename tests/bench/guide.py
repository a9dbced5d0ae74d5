"""Does a question in the chat find its page of the guide? Asked are the seventh of all wordings that the writer never trained on.

The search was tuned on every other one of them; the figures that count are those of the other half.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import sfumato_resources
from sfumato.dialogue import Reading
from sfumato.engine import CancelToken, Writer
from sfumato.errors import UnusableAnswer
from sfumato.guide import Guide
from sfumato.paths import find_paths
from sfumato_desktop.studio import open_studio
from sfumato_training.questions import QUESTION_FRAMES, QUESTIONS, TERMS
from tests.bench.figure import Figure

GOAL = 0.92

Asked = tuple[str, str]  # a question and the page that answers it


def measure_guide(verbose: bool = False) -> Iterator[Figure]:
    """All figures of the area; `verbose` lists the questions that went wrong, of the half that may be tuned on."""
    guide = Guide.load(Path(sfumato_resources.__file__).parent / "guide")
    with tempfile.TemporaryDirectory() as home:
        os.environ["SFUMATO_HOME"] = home
        studio = open_studio(find_paths())
        try:
            for name, asked in zip(("tuned_half", "other_half"), halves(), strict=True):
                topics = [topic_of(studio.engines.writer, text) for text, _ in asked]
                told = f"of {len(asked)} questions, {'tuned on' if name == 'tuned_half' else 'its questions not read'}"
                is_listed = verbose and name == "tuned_half"
                alone = share_found(guide, asked, [None] * len(asked), False)
                yield Figure(f"{name}_search", alone, GOAL, f"by the search alone, {told}", at_most=False)
                named = sum(topic == page for topic, (_, page) in zip(topics, asked, strict=True)) / len(asked)
                yield Figure(f"{name}_writer", named, GOAL, f"by the writer alone, {told}", at_most=False)
                found = share_found(guide, asked, topics, is_listed)
                yield Figure(f"{name}_both", found, GOAL, f"by both, as the app asks them, {told}", at_most=False)
        finally:
            studio.close()


def halves() -> tuple[list[Asked], list[Asked]]:
    """The questions, every other one of each list in each half."""
    lists: list[list[Asked]] = [[(text, topic) for text in texts[3::7]] for topic, texts in QUESTIONS.items()]
    frames = QUESTION_FRAMES[3::7]
    for topic, terms in TERMS.items():
        lists.append([(frame.format(term=terms[number % len(terms)]), topic) for number, frame in enumerate(frames)])
    return [one for asked in lists for one in asked[::2]], [one for asked in lists for one in asked[1::2]]


def topic_of(writer: Writer, text: str) -> str | None:
    """The page that the writer names; None where it took the message for something else than a question."""
    try:
        decision = writer.decide(Reading(text), CancelToken())
    except UnusableAnswer:
        return None
    return decision.topic if decision.action == "answer" else None


def share_found(guide: Guide, asked: Sequence[Asked], topics: Sequence[str | None], verbose: bool) -> float:
    """How many questions find their page first."""
    right = 0
    for (text, page), topic in zip(asked, topics, strict=True):
        found = next((found.topic for found in guide.search(text, topic)), None)
        right += found == page
        if verbose and found != page:
            print(f"“{text}” → {found}, writer {topic}, not {page}", file=sys.stderr)
    return right / len(asked)
