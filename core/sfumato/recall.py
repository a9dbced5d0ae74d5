"""Which earlier pictures a writer is told of: a handful, however long the conversation is.

The newest are always told. Older ones are told only when the message points back at them, by number (“the second one”) or
by what they show (“the one with the boat”), because reading them costs time before every picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfumato.conversation import Version
from sfumato.dialogue import VersionLine, one_line, version_words

NEWEST = 4
OLDER = 2
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_POINTS_BACK = re.compile(
    r"\b(?:back|return|again|before|earlier|previous|version|picture|number|one with|ones? (?:was|were)|liked|preferred|"
    r"better|nicer|nicest|best|take|use|restore|reopen|switch|continue|from)\b|\bthe \w+ ones?\b"
)
_NUMBER = re.compile(r"\b(\d{1,6})(?:st|nd|rd|th)?\b")
_NAMED = re.compile(r"\b(?:number|version|picture|image|back to) (" + "|".join(NUMBERS) + r")\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    ["the", "and", "one", "with", "but", "back", "was", "for", "that", "this", "please", "again", "picture", "version"]
)


def recalled(versions: Sequence[Version], message: str) -> tuple[VersionLine, ...]:
    """At most `NEWEST` + `OLDER` versions, in their order: the newest, and older ones that the message points at."""
    newest = versions[-NEWEST:]
    older = versions[: len(versions) - len(newest)]
    said = one_line(message).casefold()
    told = [*_pointed_at(older, newest, said), *newest] if older and _POINTS_BACK.search(said) else newest
    return tuple(VersionLine(version.number, version_words(version.prompt)) for version in told)


def _pointed_at(older: Sequence[Version], newest: Sequence[Version], said: str) -> list[Version]:
    """The older versions that are named by number, else those that share most words with the message, newest first."""
    numbers = _numbers(said)
    told_words = {word for version in newest for word in _words(version_words(version.prompt))}
    asked = _words(said) - told_words
    shared = {version.number: len(asked & _words(version_words(version.prompt))) for version in older}
    wanted = [v for v in older if v.number in numbers or shared[v.number]]
    wanted.sort(key=lambda version: (version.number in numbers, shared[version.number], version.number))
    return sorted(wanted[-OLDER:], key=lambda version: version.number)


def _numbers(said: str) -> frozenset[int]:
    """Every number that a version could be meant by."""
    found = {int(digits) for digits in _NUMBER.findall(said)}
    found |= {index for index, word in enumerate(ORDINALS, start=1) if re.search(rf"\b{word}\b", said)}
    return frozenset(found | {NUMBERS.index(word) + 1 for word in _NAMED.findall(said)})


def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in _WORD.findall(text.casefold()) if word not in _COMMON)
