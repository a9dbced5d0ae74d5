"""What the answer to one message can be, for a writer that only copies: the decision's schema, narrowed to what was said.

A writer of a few million parameters knows which words belong into which field long before it spells a word it has never
seen. All its answers are made of words of the message, of the prompt and of the wishes, and of a few words of its own (a
fact of the catalogue), so nothing else is allowed while it decodes: it can still choose the wrong words, but not invent
one, nor a seed that nobody named.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sfumato.decision import Decision
from sfumato.dialogue import Reading, one_line
from sfumato.prompt import FIELDS, field_text
from sfumato.words import article_of

ARTICLES = ("a", "an", "the")
_INDEFINITE = ("a", "an")
_WORD = re.compile(r"[^\s,;:!?()\[\]{}<>\"“”„«»]+")
_EDGES = ".'’‘`*_~-–—…"
_NUMBER = re.compile(r"\d+")
_PICTURE_NUMBER = re.compile(
    r"(?<![\d.])(?<!\d[x*])(\d+)(?:st|nd|rd|th)?(?!\w|\.\d)"
)  # not of "8k", "320x256" or "2.5"
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
_RULES_OUT = re.compile(
    r"\b(?:no|not|none|nor|neither|never|nothing|without|minus|zero|less|fewer|free|out|off|away|rid|too|enough|instead|"
    r"spare|hate|unwanted|stop|quit|remove|delete|lose|drop|ditch|skip|omit|exclud\w+|avoid\w*|leave|replace|swap|rather|"
    r"dont|cannot|go|vanish|disappear|banish|forbid|forget)\b|n't\b|"
    r"\b(?:done|fed up|finished|bored|annoyed|tired|sick|had it|hell|down) with\b"
)
_COUNTS = frozenset({*_NUMBER_WORDS, "of", "them", "the"})


def narrowed(schema: dict[str, Any], reading: Reading, own_words: Sequence[str]) -> dict[str, Any]:
    """The schema of a decision with every text of the patch made of `words` (a keyword of its own, beside JSON Schema's),
    and every number one that was said or stands there. A key that nothing could be said under is left out.
    """
    numbers = said_numbers(reading.message)
    keys = dict(schema["properties"])
    keys["patch"] = keys["patch"] | {"properties": _patch(keys["patch"]["properties"], reading, own_words)}
    keep_or_new, seed = keys["seed"]["anyOf"]
    keys["seed"] = {"enum": [*keep_or_new["enum"], *_within(seed, numbers)]}
    keys["count"] = {"enum": _within(keys["count"], numbers)}
    pictures = _within(keys["target"], said_numbers(reading.message, _PICTURE_NUMBER))
    keys["target"] = {"enum": sorted({line.number for line in reading.versions} | {*pictures})}
    sides = _within(keys["size"]["items"], numbers)
    keys["size"] = keys["size"] | {"items": {"enum": sides}}
    if len(sides) < 2:
        del keys["size"]
    return schema | {"properties": {name: part for name, part in keys.items() if part.get("enum") != []}}


def _patch(parts: dict[str, Any], reading: Reading, own_words: Sequence[str]) -> dict[str, Any]:
    words = {"words": said_words(reading, own_words)}
    texts = {name: part | words for name, part in parts["set"]["properties"].items()}
    narrow = parts | {"set": parts["set"] | {"properties": texts}}
    for name in ("add_quality", "add_negative"):
        narrow[name] = parts[name] | {"items": parts[name]["items"] | words}
    for name, there in (("drop_quality", reading.prompt.quality), ("drop_negative", reading.prompt.negative)):
        terms = {"enum": [space + term for term in there for space in ("", " ")]}
        narrow[name] = parts[name] | {"items": terms, "maxItems": len(there)}
        if not there:
            del narrow[name]
    return narrow


def _within(schema: dict[str, Any], numbers: Iterable[int]) -> list[int]:
    """Those numbers that an integer schema allows."""
    return [number for number in numbers if schema["minimum"] <= number <= schema.get("maximum", number)]


def without_slips(decision: Decision, reading: Reading) -> Decision:
    """The decision without four slips of a small writer that copies, unless the message or the prompt says it so.

    It falls back now and then into what it has just copied ("a burger burger with a hat"), puts the article of the old
    word before the new one ("an boat"), rules out a count of other things ("three people" of "no people and three of
    them"), and rules out what was asked for ("with the sun going down").
    """
    prompt = [field_text(reading.prompt, name) for name in FIELDS]
    heard = [_folded(text.split()) for text in (one_line(reading.message), *prompt, *reading.wishes)]
    texts = {name: _with_articles(_once(text, heard), heard) for name, text in decision.patch.set.items()}
    unasked = (term for term in decision.patch.add_negative if not _is_asked_for(term, reading.message))
    ruled_out = tuple(filter(None, (_uncounted(term, heard) for term in unasked)))
    patch = decision.patch.model_copy(update={"set": texts, "add_negative": ruled_out})
    return decision if patch == decision.patch else decision.model_copy(update={"patch": patch})


def _is_asked_for(term: str, message: str) -> bool:
    """True for a thing that stands behind “with” in a message in which nothing is ruled out."""
    said = one_line(message).casefold().replace("’", "'")
    with_it = rf"(?<!what's )\bwith (?:(?:the|an?|some) )?{re.escape(term.strip().casefold())}\b"
    return re.search(with_it, said) is not None and not rules_out(message)


def rules_out(message: str) -> bool:
    """True where a message has a word that may rule something out ("no", "take away", "done with")."""
    return _RULES_OUT.search(one_line(message).casefold().replace("’", "'")) is not None


def _uncounted(term: str, heard: Sequence[list[str]]) -> str:
    """A term that is ruled out without the count before it, which was said of something else; empty if it is nothing more."""
    words = term.split()
    folded = _folded(words)
    counts = next((at for at, word in enumerate(folded) if word not in _COUNTS and not word.isdecimal()), len(words))
    is_said = counts < len(words) and any(_has(said, folded) for said in heard)
    return term if not counts or is_said else " ".join(words[counts:])


def _with_articles(text: str, heard: Sequence[list[str]]) -> str:
    """Each indefinite article as it was said before that word, or as the word takes it."""
    said = text.split()
    for at, (word, following) in enumerate(itertools.pairwise(said)):
        pair = _folded((word, following))
        if pair[0] in _INDEFINITE and not any(_has(words, pair) for words in heard):
            said[at] = article_of(pair[1])
    return " ".join(said)


def _once(text: str, heard: Sequence[list[str]]) -> str:
    words = text.split()
    length = 1
    while 2 * length <= len(words):
        for start in range(len(words) - 2 * length + 1):
            twice = _folded(words[start : start + 2 * length])
            if twice[:length] == twice[length:] and not any(_has(said, twice) for said in heard):
                del words[start : start + length]  # the later one, whose comma may go on
                length = 0
                break
        length += 1
    return " ".join(words)


def _folded(words: Iterable[str]) -> list[str]:
    return [word.strip(_EDGES + ",;:!?").casefold() for word in words]


def _has(words: list[str], part: list[str]) -> bool:
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))


def said_words(reading: Reading, own_words: Sequence[str]) -> list[str]:
    """The words an answer may be made of, as they were written and in small letters, each once."""
    prompt = [field_text(reading.prompt, name) for name in FIELDS]
    found: dict[str, None] = {}
    for text in (one_line(reading.message), *prompt, *reading.wishes):
        for word in _words(text):
            found |= dict.fromkeys((word, word.lower()))
    return list(found | dict.fromkeys((*ARTICLES, *own_words)))


def said_numbers(message: str, digits_of: re.Pattern[str] = _NUMBER) -> list[int]:
    """The numbers that a message names in digits (of each word what the pattern finds) or in words, in order, each once."""
    found: dict[int, None] = {}
    for word in message.lower().replace("-", " ").split():
        for digits in digits_of.findall(word):
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
