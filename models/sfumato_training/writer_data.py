"""Practice for the starter writer: made-up conversations, each a `Reading` and the `Decision` it should lead to.

The text comes from `sfumato.dialogue` and `sfumato.decision`, the same code the app uses. One phrasing in seven of every
list, and one word in eight, are never used in training: with `new_phrasings` and `new_words` only those are used.
Sentences are put together from frames and words, so hardly any two are alike.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.narrowing import said_numbers
from sfumato_training.exercise_draw import Drawing
from sfumato_training.exercise_parts import Parts
from sfumato_training.exercise_refine import Refining
from sfumato_training.exercise_several import Several
from sfumato_training.exercise_steer import Steering
from sfumato_training.lexicon import Lexicon
from sfumato_training.phrasings_talk import CORRECTIONS, POLITE

_REFINEMENTS = {
    "lighting": 8.0, "style": 6, "setting": 7, "camera": 4, "colour": 3.5, "nudge": 6, "recolour": 6, "other colour": 1.5, "swap": 5, "number": 2.5, "add": 6, "remove": 3, "rule out": 5,
    "allow again": 2.5, "quality": 3, "clear": 3.5, "order": 2.5,
}  # fmt: skip
_STEERING = {
    "reroll": 5, "seed": 3.5, "keep seed": 1.5, "size": 1.5, "go back": 6, "branch": 2.5, "shape": 2.5, "paint over": 2, "question": 7,
}  # fmt: skip
_HARDER = {"part": 2.4, "two at once": 2.0, "swap": 1.8, "clear": 1.7, "order": 1.6, "recolour": 1.3, "question": 1.3}
_SLANG = {
    "you": "u", "please": "pls", "don't": "dont", "it's": "its", "i'd": "id", "i'm": "im", "what's": "whats", "that's": "thats", "want": "wanna have", "and": "&", "can't": "cant",
    "there's": "theres", "because": "cuz", "ok": "okay", "are": "r", "would": "wud", "the": "teh", "with": "wiht", "without": "wihtout", "make": "mkae", "paint": "paitn", "picture": "pic", "pictures": "pics",
    "let's": "lets", "i": "i", "instead": "insted", "different": "diffrent", "another": "anotehr", "thanks": "thx",
}  # fmt: skip
_WORD = re.compile(r"[\w'’-]+")


def _starts_anew(polite: str) -> bool:
    """True of words that can stand before a new picture: "and a dog" adds one to the picture that is there."""
    return not polite.startswith(("and ", "also "))


@dataclass(frozen=True, slots=True)
class Practice:
    """One exercise: what is read and what should be answered, with the name of its kind."""

    kind: str
    reading: Reading
    decision: Decision


class Writer:
    """Makes exercises. `new_phrasings` and `new_words` use only those that training never sees."""

    def __init__(
        self, seed: int, new_phrasings: bool = False, new_words: bool = False, is_training: bool = False
    ) -> None:
        """`is_training` makes more of the kinds that are hardest to learn; examinations ask for them as people do."""
        self.rng = random.Random(seed)
        self.words = Lexicon(self.rng, new_words)
        drawing = Drawing(self.rng, self.words, new_phrasings)
        self._refining = Refining(self.rng, self.words, new_phrasings)
        steering = Steering(self.rng, self.words, new_phrasings)
        self._one_of = drawing.one_of
        self._weights = {"draw": 32.0} | _REFINEMENTS | {"two at once": 9.0, "part": 7.0} | _STEERING
        if is_training:
            self._weights = {kind: weight * _HARDER.get(kind, 1) for kind, weight in self._weights.items()}
        self._makers: dict[str, Callable[[], tuple[Reading, Decision]]] = {
            "draw": drawing.draw,
            "two at once": Several(self.rng, self.words, new_phrasings, self._refining).several,
            "part": Parts(self.rng, self.words, new_phrasings, self._refining).part,
            **steering.makers(),
        }

    def make(self) -> Practice:
        """One exercise of a random kind."""
        kind = self.rng.choices(list(self._weights), list(self._weights.values()))[0]
        make = self._makers.get(kind)
        practice = Practice(kind, *(make() if make else self._refining.refine(kind)))
        return replace(practice, reading=replace(practice.reading, message=self._spoken(practice)))

    def _spoken(self, practice: Practice) -> str:
        """As people type: a please or a hm before it, a slip of the finger, a capital, a full stop."""
        message, chance = practice.reading.message, self.rng.random
        if practice.decision.action == "refine" and chance() < 0.06:
            message = self._one_of(CORRECTIONS) + message
        elif chance() < 0.11:
            fits = None if practice.decision.action != "draw" else _starts_anew
            message = self._one_of(POLITE, fits) + message
        if chance() < 0.08:
            message = self._mistyped(message, practice)
        if chance() < 0.1:
            message = self._slang(message, practice)
        if chance() < 0.3:
            message = message[:1].upper() + message[1:]
        if chance() < 0.16 and not message.endswith(("?", "!", ".")):
            message += self.rng.choice((".", ".", "!", " please", "...", " :)", "!!!", " pls", " thx", " ?", "!!"))
        return message.upper() if chance() < 0.008 and not practice.decision.patch.set else message

    def _able(self, message: str, practice: Practice, shortest: int) -> list[re.Match[str]]:
        """The words that need not be copied, nor counted with."""
        copied = {word.strip("'") for word in _WORD.findall(str(practice.decision.to_json()).lower())}
        copied |= {word for term in practice.reading.prompt.negative for word in term.split()}
        found = _WORD.finditer(message)
        return [
            match
            for match in found
            if len(match[0]) >= shortest and match[0].lower() not in copied and not said_numbers(match[0])
        ]

    def _mistyped(self, message: str, practice: Practice) -> str:
        """Two letters of one word changed places, or one is missing or doubled; not in a word that must be copied."""
        able = [match for match in self._able(message, practice, 4) if match[0].isalpha()]
        if not able:
            return message
        match = self.rng.choice(able)
        word, at = match[0], self.rng.randrange(1, len(match[0]) - 1)
        slip = self.rng.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )
        return message[: match.start()] + slip + message[match.end() :]

    def _slang(self, message: str, practice: Practice) -> str:
        """Words as they are typed in a hurry."""
        for match in reversed(self._able(message, practice, 1)):
            if match[0].lower() in _SLANG and self.rng.random() < 0.6:
                message = message[: match.start()] + _SLANG[match[0].lower()] + message[match.end() :]
        return message
