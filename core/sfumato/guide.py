"""The help pages and the full-text search over them: questions in the chat are answered from here.

A page is a small Markdown file: the first line is its title, then come paragraphs that each stand on their own, and last
a line of related words and phrases, under which people look for it. Knows nothing of pictures; `answers.py` adds the recipe at hand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.words import is_mistyped

RELATED = "Related words:"
HEADING_WEIGHT = (
    2.0  # how much the title and the related words count beside the text, where “seed” stands on every page
)
PHRASE_WEIGHT = 3.0  # how much it counts that the question says several related words just as they stand there
SATURATION, LENGTH_SHARE = 1.2, 0.6  # k1 and b of BM25 (Robertson and Zaragoza 2009)
OFTEN = 3  # a paragraph that says a word this often is about it, and counts twice
TOPIC_SHARE = 0.4  # how much of the best score the page that the writer named gets on top
_WORD = re.compile(r"[a-z0-9]+")
_COMMON_TEXT = """a about am an and any are as at be been but by can could do does exactly for from get give go goes had has
have hello here hi how i i'd i'm if in into is it it's its just like many may me might mean more most my new now of ok on one or
our please really said say should so some tell than that the their them then there these they thing this to too us use used
using want was we were what what's when where which who why will with would you your also did don't doesn't explain not
u whats hows dont doesnt cant im ive re ve ll pls please am being he she him her his me d t m s"""
_COMMON = frozenset(_COMMON_TEXT.split())
# Words that anything is asked with. They count only where the guide knows no other word of the question.
_ASKING_TEXT = """know knows known understand understood mean means meaning wonder wondering work works working describe define
definition learn read heard told word important matter matters help need needs look looks say says think useful happen happens
see care worry difference possible question info information idea point stuff sure confused"""
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

    @property
    def phrases(self) -> tuple[str, ...]:
        """The related words that are several, as `_in_a_row` makes them."""
        return tuple(_in_a_row(phrase) for phrase in self.related.split(",") if " " in phrase.strip())

    @property
    def everything(self) -> str:
        """Title, paragraphs and related words."""
        return "\n\n".join((self.title, *self.paragraphs, self.related))


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
        asked = self._asked(question)
        scores = _scores(asked, {page.topic: _words(page.text) for page in self.pages})
        headings = _scores(asked, {page.topic: _words(f"{page.title} {page.related}") for page in self.pages})
        said = _in_a_row(question)
        for page in self.pages:
            phrases = sum(phrase in said for phrase in page.phrases)
            scores[page.topic] += HEADING_WEIGHT * headings[page.topic] + PHRASE_WEIGHT * phrases
        bonus = TOPIC_SHARE * max(scores.values(), default=0.0) or 1.0
        if topic in scores:
            scores[topic] += bonus
        return tuple(
            sorted((page for page in self.pages if scores[page.topic] > 0), key=lambda page: -scores[page.topic])
        )

    def passages(self, question: str, topic: str | None = None, count: int = 1) -> tuple[Passage, ...]:
        """The best passage of each of the best pages; empty if the guide has nothing to say."""
        asked = set(self._asked(question)) - self._everywhere()
        return tuple(Passage(page, _best_paragraph(page, asked)) for page in self.search(question, topic)[:count])

    def _asked(self, question: str) -> list[str]:
        """The stems that tell what a question is about; mistyped words as the guide spells them."""
        spellings = Counter(word for page in self.pages for word in _plain_words(page.everything))
        stems = {_stem(word) for word in spellings}
        known = []
        for word in _plain_words(question):
            meant = word if _stem(word) in stems else _spelled(word, spellings)
            known += [_stem(meant)] if meant else []
        return [word for word in known if word not in _ASKING] or known

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
    return [_stem(word) for word in _plain_words(text)]


def _plain_words(text: str) -> list[str]:
    """Words in lower case, without the common ones."""
    words = text.casefold().replace("’", "'").replace("color", "colour").split()
    plain = [word.strip(".,;:!?()“”\"'") for word in words]
    parts = [part for word in plain if word not in _COMMON for part in _WORD.findall(word.removesuffix("'s"))]
    return [part for part in parts if part not in _COMMON]


def _in_a_row(text: str) -> str:
    """All words in lower case with one space around each, so that one text can be looked for in another."""
    words = _WORD.findall(text.casefold().replace("’", "").replace("'", ""))
    return f" {' '.join(words)} "


def _spelled(word: str, spellings: Counter[str]) -> str | None:
    """The commonest word of the guide that a mistyped one stands for; None if there is none or it is a common word."""
    if any(is_mistyped(word, common) for common in _COMMON):
        return None
    meant = [known for known in spellings if is_mistyped(word, known)]
    return max(meant, key=lambda known: spellings[known], default=None)


def _stem(word: str) -> str:
    """Without the commonest endings: painting, painted and paints are one word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].removesuffix("e")
    return word


_ASKING = frozenset(map(_stem, _ASKING_TEXT.split()))
