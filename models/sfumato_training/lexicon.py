"""Draws the words of exercises: those of the picture model's world, real English, and words made up so that it learns to copy.

One word in eight of the vocabulary is held out: no exercise of the training says it, alone or inside a phrase.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable
from functools import cache

from sfumato.words import article_of
from sfumato_training import (
    phrasings_draw,
    phrasings_fields,
    phrasings_steer,
    phrasings_subject,
    phrasings_talk,
    phrasings_terms,
    questions,
    vocabulary,
    world,
)
from sfumato_training.vocabulary import ADJECTIVES, IN_PLACES, LIGHTS, NAMED_PLACES, ON_PLACES, THINGS

HELD_OUT_SHARE = 8
_ONSETS = "b br ch d dr f fl g gl gr h j k kl kr l m n p pl qu r s sh sk sl sn st str t th tr v w y z cr cl bl sp sw tw wh".split()
_VOWELS = "a e i o u ai au ea ee ia oo ou y ie oa".split()
_CODAS = "- - - b ck d ff g k l ll m mp n nd ng nk p r rn s sh sk st t th x zz rd lt nt ft sp".replace("-", "").split(
    " "
)
_PHRASINGS = (
    phrasings_draw, phrasings_fields, phrasings_steer, phrasings_subject, phrasings_talk, phrasings_terms, questions,
)  # fmt: skip
_ENDINGS = ("", "", "", "", "er", "el", "o", "a", "ing", "ish", "y", "ish", "ian", "ling", "ette", "ix", "um")


def _all_words(found: object) -> Iterable[str]:
    """Every word of texts in nested lists and dictionaries."""
    if isinstance(found, str):
        yield from found.lower().replace("-", " ").replace("{", " ").replace("}", " ").split()
    elif isinstance(found, dict):
        yield from _all_words([*found, *found.values()])
    elif isinstance(found, (list, tuple)):
        for item in found:
            yield from _all_words(item)


@cache
def held_out_words() -> frozenset[str]:
    """The words that training never says: none of the picture model's, none that phrasings are made of."""
    said = {
        word.strip(".,!?:;'")
        for module in _PHRASINGS
        for name, value in vars(module).items()
        if name.isupper()
        for word in _all_words(value)
    }
    closed = [
        vocabulary.PLACE_PREPOSITIONS, vocabulary.DOING_TO, vocabulary.BESIDE, vocabulary.LIGHT_ADJECTIVES, vocabulary.LIGHT_TIMES,
        vocabulary.WORN, vocabulary.MORE_COLOURS, vocabulary.COMPARATIVES, vocabulary.CARRIERS, vocabulary.AT_PLACES, vocabulary.QUALITIES, world.known_words(),
    ]  # fmt: skip
    common = said | set(_all_words(closed))
    return frozenset(
        word
        for word in (*THINGS, *ADJECTIVES, *IN_PLACES, *ON_PLACES, *LIGHTS, *NAMED_PLACES)
        if zlib.crc32(word.encode()) % HELD_OUT_SHARE == 0 and not common & set(word.split("-")) and len(word) > 2
    )


def is_held_out(text: str) -> bool:
    """True if the text has a word that is never seen in training, used to test that new words are copied."""
    unseen = held_out_words()
    return text in unseen or any(word in unseen for word in text.lower().replace(",", " ").replace("-", " ").split())


_sides: dict[tuple[int, bool], tuple[object, tuple[str, ...]]] = {}


def _side(words: tuple[str, ...] | list[str], held_out: bool) -> tuple[str, ...]:
    """The words of one side of the split (of the training's, if the other has none); worked out once for each list."""
    known = _sides.get((id(words), held_out))
    if known and known[0] is words:
        return known[1]
    ours = tuple(word for word in words if is_held_out(word) == held_out)
    ours = ours or tuple(word for word in words if not is_held_out(word))
    _sides[id(words), held_out] = (words, ours)
    return ours


_REAL = frozenset((*THINGS, *ADJECTIVES, *IN_PLACES, *ON_PLACES, *LIGHTS, *NAMED_PLACES))


# A place that is no thing besides: "near a valley" is where the picture is, "near a lamp" is what it shows.
_ONLY_PLACES = tuple(
    word
    for word in dict.fromkeys((*IN_PLACES, *ON_PLACES))
    if word not in THINGS and not any(word in texts for texts in world.SUBJECTS.values())
)


_COLOURS = frozenset((*vocabulary.MORE_COLOURS, *(word for texts in world.COLOURS.values() for word in texts)))
# "make it steampunk" is a style, "make it sharp" a quality, "make it flying" a deed: none of them is a property here.
_NO_PROPERTIES = _COLOURS | frozenset(
    (
        *vocabulary.PAINT_STYLES, *vocabulary.STYLE_NOUNS, *vocabulary.QUALITIES, *vocabulary.DOINGS, *vocabulary.LIGHT_ADJECTIVES,
        *(word for group in (world.STYLES, world.LIGHTINGS) for texts in group.values() for word in texts),
    )
)  # fmt: skip
_PROPERTIES = tuple(
    word
    for word in ADJECTIVES
    if word not in _NO_PROPERTIES and not word.endswith(("-red", "-yellow", "-green", "-blue", "-coloured"))
)


def invented_word(rng: random.Random) -> str:
    """A pronounceable word that is none of ours: a short one may happen to be a real one."""
    while True:
        syllables = range(rng.choice((1, 1, 2, 2, 2, 3)))
        word = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in syllables)
        word += rng.choice(_ENDINGS) if len(syllables) < 3 else ""
        if len(word) > 2 and word not in _REAL:
            return word


class Lexicon:
    """Draws words: those of training, or (`held_out`) those kept for the evaluation."""

    def __init__(self, rng: random.Random, held_out: bool = False) -> None:
        self.rng = rng
        self.held_out = held_out

    def pick(self, words: tuple[str, ...] | list[str]) -> str:
        """One of the words of our side of the split."""
        return self.rng.choice(_side(words, self.held_out))

    def known(self, group: world.Words) -> str:
        """A word of the picture model's world."""
        return self.rng.choice(self.rng.choice(list(group.values())))

    def noun(self) -> str:
        """A noun: a known one, a real one, or an invented one, which can only be copied."""
        share = self.rng.random()
        if share < 0.3 and not self.held_out:
            return self.known(world.SUBJECTS)
        if share < 0.38:
            return f"{self.pick(THINGS)} {self.pick(THINGS)}".replace("-", " ")  # a wizard hat, a cake shop
        return self.pick(THINGS).replace("-", " ") if share < 0.72 or self.held_out else invented_word(self.rng)

    def other_noun(self) -> str:
        """A noun that is no place."""
        while (found := self.noun()) in _ONLY_PLACES or found in IN_PLACES:
            pass
        return found

    def colour(self) -> str:
        """A colour: mostly a known one."""
        share = self.rng.random()
        if share < 0.8:
            return self.known(world.COLOURS)
        return self.rng.choice(vocabulary.MORE_COLOURS)

    def adjective(self) -> str:
        """A property, or now and then an invented one."""
        return self.pick(_PROPERTIES) if self.rng.random() < 0.8 or self.held_out else invented_word(self.rng)

    def place(self) -> str:
        """A place with its preposition."""
        share = self.rng.random()
        if share < 0.36 and not self.held_out:
            return self.known(world.SETTINGS)
        if share < 0.5 and not self.held_out:
            return self.pick(vocabulary.OTHER_PLACES)
        if share < 0.58:
            return f"in {self.place_name()}"
        preposition, words = self.rng.choice(
            (("in", IN_PLACES), ("in", IN_PLACES), ("on", ON_PLACES), ("at", vocabulary.AT_PLACES))
        )
        if self.rng.random() < 0.22:
            place = self.pick(_ONLY_PLACES).replace("-", " ")
            preposition = self.rng.choice(vocabulary.PLACE_PREPOSITIONS)
        elif self.rng.random() < 0.75 or self.held_out:
            place = self.pick(words).replace("-", " ")
        else:
            place = invented_word(self.rng)
        described = f"{self.adjective()} {place}" if self.rng.random() < 0.25 else place
        return f"{preposition} {article(described) if self.rng.random() < 0.62 else f'the {described}'}"

    def place_name(self) -> str:
        """A town or country, real or invented."""
        name = self.pick(NAMED_PLACES) if self.rng.random() < 0.6 else invented_word(self.rng)
        return name.capitalize() if self.rng.random() < 0.5 else name

    def bare_place(self) -> str:
        """A place as one word, as in a list of words."""
        return self.pick(IN_PLACES).replace("-", " ") if self.rng.random() < 0.8 else invented_word(self.rng)

    def light(self) -> str:
        """A time of day, weather or light, without preposition or article."""
        share = self.rng.random()
        if share < 0.45 and not self.held_out:
            return self.known(world.LIGHTINGS)
        if share < 0.62 or self.held_out:
            return self.pick(LIGHTS)
        if share < 0.76:
            return self.pick(vocabulary.LIGHT_PHRASES).removeprefix("a ").removeprefix("the ")
        if share < 0.81:
            return self.pick(vocabulary.WEATHERS)
        if share < 0.94:
            return f"{self.pick(vocabulary.LIGHT_ADJECTIVES)} {self.pick(vocabulary.LIGHT_TIMES)}"
        return f"{invented_word(self.rng)} {self.rng.choice(('light', 'light', 'weather', 'night', 'glow'))}"

    def style(self) -> str:
        """A style that can follow "in" or a comma."""
        share = self.rng.random()
        if share < 0.5:
            return self.known(world.STYLES)
        if share < 0.72:
            return self.pick(vocabulary.STYLE_NOUNS)
        if share < 0.86:
            return self.pick(vocabulary.PAINT_STYLES)
        name = self.pick(vocabulary.ARTISTS) if self.rng.random() < 0.4 else invented_word(self.rng)
        if share < 0.93:
            return f"in the style of {name.capitalize() if self.rng.random() < 0.6 else name}"
        return f"{name} {self.rng.choice(('painting', 'drawing', 'print', 'art', 'illustration'))}"

    def camera(self) -> str:
        """A place or lens of the camera."""
        return self.known(world.CAMERAS) if self.rng.random() < 0.4 else self.pick(vocabulary.CAMERA_WORDS)

    def palette(self) -> str:
        """The colours of a whole picture."""
        share = self.rng.random()
        if share < 0.75:
            return self.pick(vocabulary.PALETTES)
        if share < 0.88:
            return f"{self.colour()} and {self.colour()} {self.rng.choice(('tones', 'colours'))}"
        return f"{self.adjective()} {self.rng.choice(('colours', 'tones', 'hues'))}"

    def quality(self) -> str:
        """A word of praise that models understand."""
        return self.pick(world.QUALITY) if self.rng.random() < 0.5 else self.pick(vocabulary.QUALITIES)

    def unwanted(self) -> str:
        """Something that is not wished for."""
        share = self.rng.random()
        if share < 0.12:
            return self.known(world.DAMAGES)
        if share < 0.2:
            return self.pick(vocabulary.UNWANTED_PHRASES)
        return self.pick(vocabulary.UNWANTED).replace("-", " ") if share < 0.7 else plural(self.noun())

    def extra(self) -> str:
        """Something to add to a thing: often a known extra, sometimes any thing."""
        share = self.rng.random()
        if share < 0.2 and not self.held_out:
            return self.known(world.EXTRAS)
        if share < 0.6 and not self.held_out:
            return self.pick(vocabulary.EXTRA_THINGS)
        words = " ".join(([self.colour()] if self.rng.random() < 0.4 else []) + [self.noun()])
        return article(words) if share < 0.85 else plural(words)


def article(text: str) -> str:
    """The text with "a" or "an" before it."""
    return f"{article_of(text)} {text}"


_PLURALS = {
    "fish": "fish", "goldfish": "goldfish", "sheep": "sheep", "deer": "deer", "squid": "squid", "mouse": "mice", "goose": "geese", "child": "children", "leaf": "leaves", "knife": "knives", "wolf": "wolves",
    "shelf": "shelves", "scarf": "scarves", "cactus": "cacti", "elf": "elves", "dwarf": "dwarves", "calf": "calves", "loaf": "loaves", "bison": "bison", "salmon": "salmon", "trout": "trout",
}  # fmt: skip


def plural(text: str) -> str:
    """The text with its last word in the plural."""
    *before, last = text.split(" ")
    if last in _PLURALS:
        return " ".join((*before, _PLURALS[last]))
    if last.endswith("man"):
        return f"{text[:-3]}men"
    if text.endswith(("s", "x", "ch", "sh", "zz")):
        return f"{text}es"
    if text.endswith("y") and text[-2:-1] not in "aeiou":
        return f"{text[:-1]}ies"
    return f"{text}s"
