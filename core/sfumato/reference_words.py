"""What a person's words say about the version they mean: a number, steps back, or a description of the picture.

Deterministic and independent of any writer; it knows no conversation. `version_reference.py` looks it up in one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sfumato.decision import Action

_NAMES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ORDINAL_NAMES = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_NUMBERS = {name: number for number, name in enumerate(_NAMES, start=1)}
_ORDINALS = {name: number for number, name in enumerate(_ORDINAL_NAMES, start=1)} | {"original": 1}
_LAST = frozenset({"last", "latest", "newest"})
_PICTURES = frozenset({"one", "ones", "picture", "pictures", "version", "versions", "image", "images", "drawing"})
_NUMBER_WORDS = frozenset({"number", "nr", "picture", "version", "image"})
_WITHOUT = frozenset({"without", "not"})
_FORWARD = re.compile(r"\b(redo|undo (the|my|that|your) undo|forwards?( again)?|undo the going back)\b")
_UNDO = re.compile(r"\b(undo|revert|previous|before|back)\b")
_STEPS = re.compile(r"\b(\w+) (?:steps?|pictures?|versions?) (?:back|ago|before)\b|\bback (\w+) (?:steps?|times)\b")
# What people say around a reference; what is left describes the picture.
_FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "it",
        "its",
        "is",
        "was",
        "were",
        "be",
        "and",
        "or",
        "but",
        "of",
        "with",
        "in",
        "on",
        "at",
        "by",
        "to",
        "from",
        "for",
        "as",
        "so",
        "please",
        "hm",
        "hmm",
        "hmmm",
        "mm",
        "uh",
        "um",
        "er",
        "ah",
        "aw",
        "argh",
        "nope",
        "nah",
        "yeah",
        "wait",
        "well",
        "sorry",
        "honestly",
        "maybe",
        "think",
        "guess",
        "cool",
        "thanks",
        "thank",
        "pick",
        "somehow",
        "still",
        "even",
        "though",
        "hold",
        "ugh",
        "oops",
        "whoops",
        "anyway",
        "anyhow",
        "hello",
        "hi",
        "listen",
        "look",
        "see",
        "just",
        "only",
        "me",
        "my",
        "i",
        "i'd",
        "i'll",
        "we",
        "us",
        "you",
        "your",
        "let",
        "let's",
        "lets",
        "go",
        "going",
        "get",
        "take",
        "took",
        "use",
        "using",
        "used",
        "show",
        "give",
        "bring",
        "return",
        "back",
        "again",
        "revert",
        "undo",
        "restore",
        "reopen",
        "put",
        "switch",
        "continue",
        "jump",
        "move",
        "keep",
        "want",
        "wanted",
        "need",
        "like",
        "liked",
        "love",
        "loved",
        "prefer",
        "preferred",
        "better",
        "best",
        "nicer",
        "nice",
        "pretty",
        "favourite",
        "good",
        "great",
        "more",
        "most",
        "really",
        "very",
        "much",
        "one",
        "ones",
        "picture",
        "pictures",
        "version",
        "versions",
        "image",
        "images",
        "drawing",
        "number",
        "no",
        "nr",
        "which",
        "where",
        "had",
        "has",
        "have",
        "there",
        "here",
        "can",
        "could",
        "would",
        "should",
        "now",
        "then",
        "ok",
        "okay",
        "yes",
        "hey",
        "oh",
        "no,",
        "actually",
        "rather",
        "instead",
        "before",
        "previous",
        "earlier",
        "old",
        "older",
        "first",
        "last",
        "latest",
        "newest",
        "original",
        "step",
        "steps",
        "did",
        "do",
        "does",
        "painted",
        "drew",
        "made",
        "make",
        "made",
        "said",
        "called",
        "shows",
        "showing",
        "showed",
        "containing",
        "contains",
        "thing",
        "after",
        "all",
        "lets",
        "s",
        "d",
        "ll",
    ]
)
# A change may stand beside the reference: “the boat one but at night”, “like the second one, only darker”.
_CHANGE_BEGINS = re.compile(r"\b(?:but|only|except|and make|and with|and paint|then)\b")
_CLAUSE_ENDS = re.compile(r"\s*[,;:.!?]+(?:\s+|$)")
# On a change a reference must stand where one stands in English; “make the second one blue” is about what is painted.
_LEAD = r"(?:^|\b(?:to|from|take|use|like|try|reopen|restore|of|vary|repeat|continue with|go on with|work with)\s+)"
_CHANGE_REFERENCE = re.compile(
    _LEAD + r"((?:the\s+one\s+(?:with|without|of|in|at|on|by|where|showing)\s+.+)"
    r"|(?:the\s+(?:[\w'-]+\s+){1,4}?(?:one|picture|version|image)\b(?!\s+(?:from|on|at|to) the (?:left|right|top|bottom)))"
    r"|(?:(?:the\s+)?(?:picture|version|image|number|#)\s*[\w-]+))"
)
_HEDGE = (
    r"(?:(?:ok(?:ay)?|no+|hm+|oh|well|wait|now|so|and|actually|please|sorry|let's|lets|let us|let me|we|you|"
    r"(?:can|could) (?:we|you|i|it)|i(?:'d| would| want)?(?: like| rather)?(?: to)?|just)[\s,.!]+)*"
)
_BACK_TO = re.compile(
    rf"{_HEDGE}(?:(?:(?:go|jump|switch|get|come|take (?:me|us|it)|bring (?:me|us|it)) )?back to|return to|revert to|"
    r"bring back|restore|reopen) (?:the|that|our|my) .+"
)
_BROUGHT_BACK = re.compile(rf"{_HEDGE}(?:bring back|restore) ")
_PICTURE_NOUN = re.compile(r"\b(?:one|picture|version|image|drawing|painting|sketch)\b")


@dataclass(frozen=True, slots=True)
class VersionReference:
    """What a person's words say about the version they mean.

    `number` counts versions where nothing is described, else it counts the pictures that fit; -1 is the last one.
    `steps` goes to the parent that many times; a negative one goes forward to the newest child.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    number: int | None = None
    steps: int | None = None

    @property
    def describes(self) -> bool:
        """True when it says something about the picture itself."""
        return bool(self.wanted or self.unwanted)


def read_reference(message: str, action: Action = "go_back") -> VersionReference | None:
    """What the words refer to, or None if they refer to no version."""
    words = _CHANGE_BEGINS.split(_plain(message))[0]
    if action != "go_back":
        found = _CHANGE_REFERENCE.search(words)
        words = found.group(1) if found else ""
    read = [_read(clause) for clause in _CLAUSE_ENDS.split(words)]
    numbered = (reference for reference in read if reference.number is not None)
    saying = (reference for reference in read if reference != VersionReference())
    return next(numbered, None) or next(saying, None)


def says_back_to(message: str) -> bool:
    """True for words that say nothing but to go back to something (“go back to the ink drawing”)."""
    said = _plain(message)
    saying = [clause for clause in _CLAUSE_ENDS.split(said) if _read(clause) != VersionReference()]
    return _BACK_TO.fullmatch(said) is not None and _CHANGE_BEGINS.search(said) is None and len(saying) == 1


def says_bring_back(message: str) -> bool:
    """True where a thing may be wanted in this picture again (“bring back the moon”), rather than another picture."""
    return _BROUGHT_BACK.match(_plain(message)) is not None


def names_picture(message: str) -> bool:
    """True where a picture is named as one (“the one with the moon”), not only what it shows."""
    return _PICTURE_NOUN.search(_plain(message)) is not None


def stem(word: str) -> str:
    """Spelling and number aside: “boats” is “boat”, “color” is “colour”."""
    word = word.removesuffix("'s").replace("color", "colour").replace("gray", "grey")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def _plain(message: str) -> str:
    return " ".join(message.casefold().replace("’", "'").split())


def _read(words: str) -> VersionReference:
    tokens = re.findall(r"#?\w+(?:['-]\w+)*", words)
    if _FORWARD.search(words):
        return VersionReference(steps=-1)
    if steps := _steps(words):
        return VersionReference(steps=steps)
    number, used = _number(tokens)
    content = [(index, word) for index, word in enumerate(tokens) if index not in used]
    unwanted_from = next((index for index, word in content if word in _WITHOUT), len(tokens))
    wanted = tuple(stem(word) for index, word in content if index < unwanted_from and word not in _FILLERS)
    unwanted = tuple(stem(word) for index, word in content if index > unwanted_from and word not in _FILLERS)
    if not wanted and not unwanted and number is None and _UNDO.search(words):
        return VersionReference(steps=1)
    return VersionReference(wanted, unwanted, number)


def _steps(words: str) -> int | None:
    found = _STEPS.search(words)
    said = next((word for word in found.groups() if word), "") if found else ""
    return _as_number(said)


def _number(tokens: Sequence[str]) -> tuple[int | None, frozenset[int]]:
    """The number that names a version, and which words said it."""
    for index, word in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        if word.startswith("#") and word[1:].isdigit():
            return int(word[1:]), frozenset({index})
        if before in _NUMBER_WORDS and (number := _as_number(word)) is not None:
            return number, frozenset({index - 1, index})
        if (ordinal := _as_ordinal(word)) is not None:
            return ordinal, frozenset({index})
        if word in _LAST:
            return -1, frozenset({index})
    if tokens and tokens[-1] not in _PICTURES and (number := _as_number(tokens[-1])) is not None:
        is_bare = len(tokens) == 1 or tokens[-2] in ("to", "back")
        return (number, frozenset({len(tokens) - 1})) if is_bare else (None, frozenset())
    return None, frozenset()


def _as_number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 7 else _NUMBERS.get(word)


def _as_ordinal(word: str) -> int | None:
    found = re.fullmatch(r"(\d{1,6})(st|nd|rd|th)", word)
    return int(found.group(1)) if found else _ORDINALS.get(word)
