"""The help pages and the full-text search over them: questions in the chat are answered from here.

A page is a small Markdown file: the first line is its title, then come paragraphs that each stand on their own, and last
a line of related words, under which people look for it. Knows nothing of pictures; `answers.py` adds the recipe at hand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError

RELATED = "Related words:"
HEADING_WEIGHT = (
    2.0  # how much the title and the related words count beside the text, where “seed” stands on every page
)
SATURATION, LENGTH_SHARE = 1.2, 0.6  # k1 and b of BM25 (Robertson and Zaragoza 2009)
OFTEN = 3  # a paragraph that says a word this often is about it, and counts twice
TOPIC_SHARE = 0.5  # how much of the best score the page that the writer named gets on top
_WORD = re.compile(r"[a-z0-9]+")
_COMMON_TEXT = """a about am an and any are as at be been but by can could do does exactly for from get give go goes had has
have hello here hi how i i'd i'm if in into is it it's its just like many may me might mean more most my new now of ok on one or
our please really said say should so some tell than that the their them then there these they thing this to too us use used
using want was we were what what's when where which who why will with would you your also did don't doesn't explain not"""
_COMMON = frozenset(_COMMON_TEXT.split())
_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly", "e")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `topic` is its file's name; `related` are words under which people look for it."""

    topic: str
    title: str
    paragraphs: tuple[str, ...]
    related: str = ""

    @property
    def text(self) -> str:
        """All paragraphs."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Passage:
    """What answers a question: the most fitting paragraph of a page."""

    page: Page
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """All pages."""

    pages: tuple[Page, ...]

    @classmethod
    def load(cls, folder: Path) -> Guide:
        """Read every page of a folder.

        Raises:
            SfumatoError: if there are none or one cannot be read.
        """
        try:
            pages = tuple(
                read_page(file.stem, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.md"))
            )
        except (OSError, ValueError) as error:
            raise SfumatoError("The guide cannot be read.", "Install Sfumato again.", repr(error)) from error
        if not pages:
            raise SfumatoError("The guide is missing.", "Install Sfumato again.", str(folder))
        return cls(pages)

    def page(self, topic: str | None) -> Page | None:
        """The page of that name, or None."""
        return next((page for page in self.pages if page.topic == topic), None)

    def search(self, question: str, topic: str | None = None) -> tuple[Page, ...]:
        """Pages that share words with a question, the best first; `topic` is the page that the writer thinks of.

        The writer's page is believed unless the words of the question speak clearly for another.
        """
        asked = _words(question)
        scores = _scores(asked, {page.topic: _words(page.text) for page in self.pages})
        headings = _scores(asked, {page.topic: _words(f"{page.title} {page.related}") for page in self.pages})
        scores = {topic: score + HEADING_WEIGHT * headings[topic] for topic, score in scores.items()}
        bonus = TOPIC_SHARE * max(scores.values(), default=0.0) or 1.0
        if topic in scores:
            scores[topic] += bonus
        return tuple(
            sorted((page for page in self.pages if scores[page.topic] > 0), key=lambda page: -scores[page.topic])
        )

    def passages(self, question: str, topic: str | None = None, count: int = 1) -> tuple[Passage, ...]:
        """The best passage of each of the best pages; empty if the guide has nothing to say."""
        asked = set(_words(question)) - self._everywhere()
        return tuple(Passage(page, _best_paragraph(page, asked)) for page in self.search(question, topic)[:count])

    def _everywhere(self) -> set[str]:
        """Words of nearly every page, such as “picture”: they tell no paragraph from another."""
        counts = Counter(word for page in self.pages for word in set(_words(page.text)))
        return {word for word, seen in counts.items() if seen > 0.8 * len(self.pages)}


def read_page(topic: str, text: str) -> Page:
    """A page from its Markdown. Raises ValueError if it has no title or no paragraph."""
    blocks = [" ".join(block.split()) for block in text.strip().split("\n\n")]
    if not blocks[0].startswith("# ") or len(blocks) < 2:
        raise ValueError(f"the page {topic} needs a title and a paragraph")
    related = blocks[-1].removeprefix(RELATED).strip() if blocks[-1].startswith(RELATED) else ""
    return Page(topic, blocks[0][2:].strip(), tuple(blocks[1:-1] if related else blocks[1:]), related)


def _best_paragraph(page: Page, asked: set[str]) -> str:
    """The paragraph with most of the question's words; the first, which explains the subject, unless another has more.

    Words of the title do not count: every paragraph is about them.
    """
    asked = asked - set(_words(page.title))

    def shared(paragraph: str) -> int:
        counts = Counter(_words(paragraph))
        return sum((counts[word] > 0) + (counts[word] >= OFTEN) for word in asked)

    return max(page.paragraphs, key=shared)


def _scores(asked: list[str], texts: dict[str, list[str]]) -> dict[str, float]:
    """BM25: words that are rare among the texts count most, repetition counts less and less."""
    counts = {name: Counter(words) for name, words in texts.items()}
    middle = sum(len(words) for words in texts.values()) / max(1, len(texts))

    def score(name: str) -> float:
        length = 1 - LENGTH_SHARE + LENGTH_SHARE * len(texts[name]) / max(1.0, middle)
        total = 0.0
        for word in dict.fromkeys(asked):
            seen = sum(word in count for count in counts.values())
            rarity = math.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))
            often = counts[name][word]
            total += rarity * often * (SATURATION + 1) / (often + SATURATION * length)
        return total

    return {name: score(name) for name in texts}


def _words(text: str) -> list[str]:
    """Stems in lower case, without the common words."""
    words = text.casefold().replace("’", "'").replace("color", "colour").split()
    plain = [word.strip(".,;:!?()“”\"'") for word in words]
    return [_stem(part) for word in plain if word not in _COMMON for part in _WORD.findall(word.removesuffix("'s"))]


def _stem(word: str) -> str:
    """Without the commonest endings: painting, painted and paints are one word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
