"""What all exercises share: the two sides of the split, how light is spoken of, and the state of a conversation."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sfumato.dialogue import Reading, VersionLine, version_words
from sfumato.prompt import ImagePrompt, changes
from sfumato_training import vocabulary
from sfumato_training.lexicon import Lexicon, article
from sfumato_training.phrasings_steer import SHAPE_LIKE, SHAPES
from sfumato_training.phrasings_terms import NEGATIVE_PAIRS, NEGATIVE_TAILS
from sfumato_training.things import Thing, make_thing

T = TypeVar("T")
NUMBERS = {
    2: ("two", "2", "a couple of", "a pair of"),
    3: ("three", "3"),
    4: ("four", "4"),
    5: ("five", "5"),
    6: ("six", "6"),
    7: ("seven", "7"),
    8: ("eight", "8"),
}
SHAPE_NAMES = ("portrait", "landscape", "square")
_TIMES = frozenset(
    "noon midday night midnight sunset sunrise dusk dawn twilight sundown moonrise daybreak nightfall".split()
) | {"golden hour", "blue hour", "magic hour", "first light"}
_UNCOUNTED = frozenset(("pixel art", "embroidery", "graffiti", "patchwork"))
_ADJECTIVES = frozenset((*vocabulary.LIGHT_ADJECTIVES, *vocabulary.WEATHERS))


class Exercises:
    """Draws words, phrasings and conversation states. `new_phrasings` uses only those that training never sees."""

    def __init__(self, rng: random.Random, words: Lexicon, new_phrasings: bool) -> None:
        self.rng, self.words, self.new_phrasings = rng, words, new_phrasings

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.rng.random() < share

    def one_of(self, phrases: Sequence[T], fits: Callable[[T], bool] | None = None) -> T:
        """A phrasing of our side of the split, every seventh being kept for the evaluation: one that fits, if any does."""
        ours = [phrase for index, phrase in enumerate(phrases) if (index % 7 == 3) == self.new_phrasings]
        ours = ours or list(phrases)
        return self.rng.choice([phrase for phrase in ours if fits is None or fits(phrase)] or ours)

    def seed_number(self) -> int:
        """A seed as people name them: mostly short."""
        digits = self.rng.choice((1, 2, 2, 3, 4, 4, 5, 7, 10))
        return self.rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)

    def side(self) -> int:
        """Width or height in pixels."""
        return self.rng.choice((32, 64)) * self.rng.randint(3, 20) if self.chance(0.8) else self.rng.randint(90, 2000)

    def light_phrase(self, light: str) -> str:
        """A light with what may stand before it; `light` is what belongs into the field."""
        if light.startswith(("from", "with", "in ")):
            return light
        if light in _ADJECTIVES or light.startswith("sunny"):
            return self.rng.choice((light, light, f"when it is {light}", f"while it's {light}"))
        if light in _TIMES:
            return f"{self.rng.choice(('at', 'at', 'at', 'around', 'before', 'just after'))} {light}"
        if light.endswith(("night", "morning", "evening", "afternoon", "day")) and " " in light:
            return f"{self.rng.choice(('on a', 'on a', 'in the', 'during a'))} {light}"
        preposition = self.rng.choice(("in", "in", "under", "during", "with", "by"))
        return f"{preposition} {self.rng.choice(('', '', 'the ', 'a '))}{light}"

    def negative_phrase(self, terms: tuple[str, ...]) -> str:
        """Terms ruled out at the end of a message."""
        if len(terms) == 1:
            return self.one_of(NEGATIVE_TAILS).format(term=terms[0])
        said = self.one_of(NEGATIVE_PAIRS).format(*terms)
        return said + "".join(f"{self.rng.choice((', no ', ' and no '))}{term}" for term in terms[2:])

    def unwanted_terms(self) -> tuple[str, ...]:
        """One to three terms to rule out."""
        return tuple(dict.fromkeys(self.words.unwanted() for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3)))))

    def style_phrase(self, style: str) -> str:
        """A style as one of several wishes."""
        return (
            style
            if style.startswith("in the")
            else self.rng.choice((f"as {self.a_style(style)}", style, f"in {style} style"))
        )

    def shape_phrase(self, frames: list[str], shape: str) -> str:
        """A shape by one of its names, or now and then by what it is like; "tall" alone would be said of a thing."""
        if self.chance(0.12):
            return self.one_of(SHAPE_LIKE[shape])
        frame = self.one_of(frames)
        is_plain = any(word in frame for word in ("format", "picture", "image", "canvas", "orientation", "aspect"))
        names = [name for name in SHAPES[shape] if is_plain or name not in vocabulary.ADJECTIVES]
        return frame.format(shape=self.rng.choice(names))

    def a_style(self, style: str) -> str:
        """A style as it is named in a sentence: "a poster", but "cubism"; not everybody minds."""
        is_one = style in vocabulary.STYLE_NOUNS or style.endswith(
            ("painting", "drawing", "sketch", "print", "illustration")
        )
        return article(style) if (is_one and style not in _UNCOUNTED) or self.chance(0.15) else style

    # --- the state of a conversation -------------------------------------------------------------------------

    def prompt(self, thing: Thing | None = None) -> ImagePrompt:
        """A prompt as it stands in the middle of a conversation."""
        words = self.words
        return ImagePrompt(
            subject=(thing or make_thing(words)).text,
            setting=words.place() if self.chance(0.65) else "",
            style=words.style() if self.chance(0.4) else "",
            lighting=words.light() if self.chance(0.6) else "",
            camera=words.camera() if self.chance(0.2) else "",
            colour=words.palette() if self.chance(0.15) else "",
            quality=tuple(dict.fromkeys(words.quality() for _ in range(self.rng.choice((1, 1, 2))))) if self.chance(0.15) else (),
            negative=self.unwanted_terms() if self.chance(0.3) else (),
        )  # fmt: skip

    def state(self, prompt: ImagePrompt | None = None) -> Reading:
        """A conversation in which a picture is there, with versions before it and its last change."""
        prompt = prompt or self.prompt()
        count = self.rng.choice((1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6))
        others = [self._earlier(prompt) for _ in range(count - 1)]
        before = others[-1] if others and self.chance(0.7) else None
        numbers = self._numbers(count)
        lines = tuple(
            VersionLine(number, version_words(shown)) for number, shown in zip(numbers, [*others, prompt], strict=True)
        )
        wishes = tuple(dict.fromkeys(f"no {self.words.unwanted()}" for _ in range(self.rng.choice((1, 1, 2)))))
        return Reading(
            "", prompt, changes(before, prompt) if before else (), wishes if self.chance(0.06) else (), lines
        )

    def _earlier(self, prompt: ImagePrompt) -> ImagePrompt:
        """A version before: the same picture with a thing or two different, or another picture."""
        other = self.prompt()
        if self.chance(0.35):
            return other
        names = self.rng.sample(
            ("lighting", "style", "setting", "subject", "colour", "camera", "negative"), self.rng.choice((1, 1, 2))
        )
        return replace(prompt, **{name: getattr(other, name) for name in names})  # type: ignore[arg-type]

    def _numbers(self, count: int) -> list[int]:
        """The versions that are told of: all of a short conversation, of a long one the newest and some older ones."""
        if count < 2 or self.chance(0.75):
            return list(range(1, count + 1))
        newest = self.rng.randint(count + 1, 60)
        recent = range(max(1, newest - min(4, count) + 1), newest + 1)
        older = self.rng.sample(range(1, recent[0]), count - len(recent)) if recent[0] > count - len(recent) else []
        numbers = [*sorted(older), *recent]
        return numbers[-count:] if len(numbers) >= count else list(range(1, count + 1))
