"""What the answer to one message can be, for a writer that only copies: the decision's schema, narrowed to what was said.

A writer of a few million parameters knows which words belong into which field long before it spells a word it has never
seen. All its answers are made of words of the message, of the prompt and of the wishes, and of a few words of its own (a
fact of the catalogue), so nothing else is allowed while it decodes: it can still choose the wrong words, but not invent
one, nor a seed that nobody named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sfumato.dialogue import Reading, one_line
from sfumato.prompt import FIELDS, field_text

ARTICLES = ("a", "an", "the")
_WORD = re.compile(r"[^\s,;:!?()\[\]{}<>\"“”„«»]+")
_EDGES = ".'’‘`*_~-–—…"
_NUMBER = re.compile(r"\d+")
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one first once", "two second both couple pair twice", "three third", "four fourth", "five fifth",
            "six sixth", "seven seventh", "eight eighth", "nine ninth", "ten tenth", "eleven eleventh", "twelve twelfth",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip


def narrowed(schema: dict[str, Any], reading: Reading, own_words: Sequence[str]) -> dict[str, Any]:
    """The schema of a decision with every text of the patch made of `words` (a keyword of its own, beside JSON Schema's),
    and every number one that was said or stands there. A key that nothing could be said under is left out.
    """
    words = said_words(reading, own_words)
    numbers = said_numbers(reading.message)
    versions = sorted({line.number for line in reading.versions} | {number for number in numbers if number > 0})
    patch = schema["properties"]["patch"]
    texts = {name: part | {"words": words} for name, part in patch["properties"]["set"]["properties"].items()}
    terms = {"items": patch["properties"]["add_negative"]["items"] | {"words": words}}
    narrow_patch = dict(patch["properties"])
    narrow_patch["set"] = patch["properties"]["set"] | {"properties": texts}
    for name in ("add_quality", "add_negative"):
        narrow_patch[name] = narrow_patch[name] | terms
    for name, there in (("drop_quality", reading.prompt.quality), ("drop_negative", reading.prompt.negative)):
        items = {
            "items": {"enum": [space + term for term in there for space in ("", " ")]},
            "maxItems": max(1, len(there)),
        }
        narrow_patch[name] = (narrow_patch[name] | items) if there else None
    keys = dict(schema["properties"])
    keys["patch"] = patch | {"properties": {name: part for name, part in narrow_patch.items() if part}}
    keep_or_new, number = keys["seed"]["anyOf"]
    seeds = [value for value in numbers if value <= number["maximum"]]
    keys["seed"] = {"enum": [*keep_or_new["enum"], *seeds]}
    keys["size"] = keys["size"] | {"items": {"enum": numbers}} if len(numbers) > 1 else None
    keys["target"] = {"enum": versions} if versions else None
    counts = [value for value in numbers if value <= keys["count"]["maximum"]]
    keys["count"] = {"enum": counts} if counts else None
    return schema | {"properties": {name: part for name, part in keys.items() if part}}


def said_words(reading: Reading, own_words: Sequence[str]) -> list[str]:
    """The words an answer may be made of, as they were written and in small letters, each once."""
    prompt = [field_text(reading.prompt, name) for name in FIELDS]
    found: dict[str, None] = {}
    for text in (one_line(reading.message), *prompt, *reading.wishes):
        for word in _words(text):
            found |= dict.fromkeys((word, word.lower()))
    return list(found | dict.fromkeys((*ARTICLES, *own_words)))


def said_numbers(message: str) -> list[int]:
    """The numbers that a message names in digits or in words, in order, each once."""
    found: dict[int, None] = {}
    for word in message.lower().replace("-", " ").split():
        for digits in _NUMBER.findall(word):
            found[int(digits)] = None
        named = _NUMBER_WORDS.get(word.strip(_EDGES + ",;:!?"))
        if named:
            found[named] = None
    return list(found)


def _words(text: str) -> Iterable[str]:
    """The words of a text without the marks around them; of a possessive the name too."""
    for found in _WORD.findall(text):
        word = found.strip(_EDGES)
        if word:
            yield word
            for ending in ("'s", "’s"):
                if word.endswith(ending):
                    yield word.removesuffix(ending)
