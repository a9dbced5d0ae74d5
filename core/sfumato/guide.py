"""The help pages and the search over them: questions in the chat are answered from here, by page or by words.

A page is a small Markdown file: the first line is its title, the first paragraph after it answers most questions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError

_WORD = re.compile(r"[a-z0-9']+")
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "so",
        "that",
        "the",
        "this",
        "to",
        "what",
        "when",
        "which",
        "why",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `topic` is its file's name, `summary` its first paragraph, `text` all of it in Markdown."""

    topic: str
    title: str
    summary: str
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
            pages = tuple(_page(file.stem, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.md")))
        except (OSError, ValueError) as error:
            raise SfumatoError("The guide cannot be read.", "Install Sfumato again.", repr(error)) from error
        if not pages:
            raise SfumatoError("The guide is missing.", "Install Sfumato again.", str(folder))
        return cls(pages)

    def page(self, topic: str | None) -> Page | None:
        """The page of that name, or None."""
        return next((page for page in self.pages if page.topic == topic), None)

    def search(self, question: str) -> tuple[Page, ...]:
        """Pages that share words with a question, the best first (words that are rare in the guide count most)."""
        asked = _words(question)
        counts = {page.topic: Counter(_words(f"{page.title} {page.title} {page.text}")) for page in self.pages}
        rarity = {
            word: math.log(1 + len(self.pages) / (1 + sum(word in count for count in counts.values())))
            for word in asked
        }
        scores = {
            page.topic: sum(
                rarity[word] * (1 + math.log(counts[page.topic][word])) for word in asked if counts[page.topic][word]
            )
            for page in self.pages
        }
        found = sorted((page for page in self.pages if scores[page.topic] > 0), key=lambda page: -scores[page.topic])
        return tuple(found)

    def answer(self, topic: str | None, question: str) -> str:
        """The text that answers a question: the page the writer named, else the best one found; empty if none fits."""
        page = self.page(topic) or next(iter(self.search(question)), None)
        return page.summary if page else ""


def _page(topic: str, text: str) -> Page:
    paragraphs = [paragraph.strip() for paragraph in text.strip().split("\n\n")]
    title = paragraphs[0].lstrip("# ").strip()
    summary = " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""
    return Page(topic, title, summary, text.strip())


def _words(text: str) -> Iterable[str]:
    """Words in lower case, without the common ones, singular and plural as one."""
    found = (word.rstrip("s") if len(word) > 3 else word for word in _WORD.findall(text.casefold()))
    return [word for word in found if word not in _COMMON]
