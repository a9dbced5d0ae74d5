"""Words as the rules of prompts compare them: whole, in any case, singular or plural. English, and data where it can be."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "leaves": "leaf",
    "wolves": "wolf",
    "knives": "knife",
    "shelves": "shelf",
    "canvas": "canvas",
    "lowres": "lowres",
    "gray": "grey",
    "color": "colour",
    "colors": "colour",
}
_ENDS_IN_S = ("ss", "us", "is", "ous")
_FUNCTION_WORDS = frozenset(
    ("a", "an", "the", "in", "on", "at", "by", "of", "to", "with", "and", "or", "its", "his", "her", "their", "some",
     "into", "onto", "over", "under", "near", "beside")
)  # fmt: skip
COLOURS = frozenset(
    ("red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "brown", "black", "white", "grey", "gold",
     "golden", "silver", "beige", "turquoise", "cyan", "magenta", "teal", "dark", "light", "bright", "pale")
)  # fmt: skip

# Begin with a vowel but sound like "you" or "won", and the other way round.
_SOUND = re.compile(
    r"(?!(?:uni(?!n|mp|d)|use|usual|utensil|ukulele|ufo|eu|ewe|one\b|once))[aeiou]|hour|heir|honest|honou?r",
    re.IGNORECASE,
)


def article_of(word: str) -> str:
    """The indefinite article that an English word takes: "an" before what sounds like a vowel."""
    return "an" if _SOUND.match(word) else "a"


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, in lower case and singular."""
    return tuple(singular(word) for word in _WORD.findall(text.casefold()))


def content_words(text: str) -> tuple[str, ...]:
    """The words that carry meaning, in order."""
    return tuple(word for word in words(text) if word not in _FUNCTION_WORDS)


def singular(word: str) -> str:
    """An English word in lower case without its plural ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_ENDS_IN_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def is_mistyped(typed: str, meant: str) -> bool:
    """True where two neighbouring letters changed places, or one within the word is missing or too many.

    Words of fewer than five letters and wrong letters do not count: a goat is no mistyped boat, a planet no plane.
    """
    if min(len(typed), len(meant)) < 4 or max(len(typed), len(meant)) < 5 or typed[:1] != meant[:1]:
        return False
    same = next((place for place, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return False
    left, right = typed[same:], meant[same:]
    if len(left) == len(right):
        return len(left) > 1 and right == left[1] + left[0] + left[2:]
    shorter, longer = sorted((left, right), key=len)
    return longer[1:] == shorter


def position(term: tuple[str, ...], text: tuple[str, ...]) -> int | None:
    """Where the words of a term stand together in a text, or None."""
    places = range(len(text) - len(term) + 1) if term else ()
    return next((place for place in places if text[place : place + len(term)] == term), None)
