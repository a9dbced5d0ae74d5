"""What a picture shows, put together part by part, so that a part can be exchanged: number, properties, colour, noun, extras."""

from __future__ import annotations

from dataclasses import dataclass

from sfumato_training import vocabulary
from sfumato_training.lexicon import Lexicon, article, plural

COUNTED = (
    "two",
    "three",
    "four",
    "five",
    "2",
    "3",
    "some",
    "many",
    "a few",
    "several",
    "a pair of",
    "six",
    "lots of",
    "4",
    "5",
    "seven",
    "twelve",
)
_ARTICLES = ("a", "a", "a", "a", "a", "a", "a", "a", "", "the", "my")


@dataclass(frozen=True, slots=True)
class Thing:
    """`before` is "a" (or "an", as it sounds), another word such as "three" or "the", or nothing; `rest` is what follows
    the noun, with its space: " with birds", " riding a red bicycle".
    """

    noun: str
    before: str = "a"
    properties: tuple[str, ...] = ()
    colour: str = ""
    rest: str = ""

    @property
    def is_plural(self) -> bool:
        """Of several things the noun stands in the plural."""
        return self.before in COUNTED

    @property
    def name(self) -> str:
        """The noun as it stands in the text."""
        return plural(self.noun) if self.is_plural else self.noun

    @property
    def core(self) -> str:
        """The text without what follows the noun."""
        words = " ".join(word for word in (*self.properties, self.colour, self.name) if word)
        return article(words) if self.before == "a" else f"{self.before} {words}".strip()

    @property
    def text(self) -> str:
        """As it stands in the prompt."""
        return self.core + self.rest


def make_thing(words: Lexicon, plain: bool = False) -> Thing:
    """Any thing; a `plain` one has nothing after its noun."""
    rng = words.rng
    share = rng.random()
    before = rng.choice(COUNTED) if share < 0.17 else rng.choice(_ARTICLES)
    properties = tuple(dict.fromkeys(words.adjective() for _ in range(rng.choice((0, 0, 0, 1, 1, 2)))))
    colour = words.colour() if rng.random() < 0.45 else ""
    return Thing(words.noun(), before, properties, colour, "" if plain or rng.random() < 0.5 else make_rest(words))


def make_rest(words: Lexicon) -> str:
    """What follows a noun: a deed, a relation to another thing, or something it has; sometimes two of these."""
    rng = words.rng
    share = rng.random()
    if share < 0.14:
        return f" {words.pick(vocabulary.DOINGS)}"
    if share < 0.4:
        return f" {rng.choice(vocabulary.DOING_TO)} {_other(words)}"
    if share < 0.52:
        return f" wearing {_described(words, words.rng.choice(vocabulary.WORN))}"
    if share < 0.62:
        return f" on {_described(words, words.rng.choice(vocabulary.CARRIERS))}"
    if share < 0.8:
        return f" {rng.choice(vocabulary.BESIDE)} {_other(words)}"
    first = f" with {words.extra()}"
    return first + (f" and {words.extra()}" if rng.random() < 0.25 else "")


def _other(words: Lexicon) -> str:
    """Another thing, with its article or number."""
    share = words.rng.random()
    if share < 0.1:
        return f"{words.rng.choice(COUNTED)} {plural(words.other_noun())}"
    return _described(words, words.other_noun())


def _described(words: Lexicon, noun: str) -> str:
    share = words.rng.random()
    told = f"{words.colour()} {noun}" if share < 0.35 else f"{words.adjective()} {noun}" if share < 0.5 else noun
    return article(told) if words.rng.random() < 0.9 else told
