"""Exercises about seeds, counts, shapes, sizes, earlier versions and questions: what changes no word of the prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading
from sfumato_training.exercise_base import NUMBERS, SHAPE_NAMES, Exercises
from sfumato_training.phrasings_steer import (
    BRANCH,
    GO_BACK,
    GO_BACK_NOUN,
    KEEP_SEED,
    LIKED,
    PAINT_OVER,
    REROLL,
    REROLL_MANY,
    SEED,
    SHAPE,
    SIZES,
    UNDO,
)
from sfumato_training.questions import CHAT_BEFORE, QUESTION_FRAMES, QUESTIONS, TERMS

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Steering(Exercises):
    """Makes them."""

    def makers(self) -> dict[str, Callable[[], tuple[Reading, Decision]]]:
        """By kind."""
        return {
            "reroll": self._reroll, "seed": self._seed, "keep seed": self._keep_seed, "size": self._size, "go back": self._go_back, "branch": self._branch, "shape": self._shape,
            "paint over": self._paint_over, "question": self._question,
        }  # fmt: skip

    def _said(self, message: str, reply: str, **keys: Any) -> tuple[Reading, Decision]:
        return replace(self.state(), message=message), Decision(reply=reply, **keys)

    def _reroll(self) -> tuple[Reading, Decision]:
        if self.chance(0.42):
            count = self.rng.choice(list(NUMBERS))
            message = self.one_of(REROLL_MANY).format(count=self.rng.choice(NUMBERS[count]))
            return self._said(message, f"Painting {count}, with new seeds.", action="reroll", seed="new", count=count)
        return self._said(self.one_of(REROLL), "Another one, with a new seed.", action="reroll", seed="new")

    def _seed(self) -> tuple[Reading, Decision]:
        number = self.seed_number()
        return self._said(self.one_of(SEED).format(seed=number), f"Using seed {number}.", action="reroll", seed=number)

    def _keep_seed(self) -> tuple[Reading, Decision]:
        return self._said(self.one_of(KEEP_SEED), "The same seed again.", action="refine", seed="keep")

    def _size(self) -> tuple[Reading, Decision]:
        width, height = self.side(), self.side()
        said = self.one_of(SIZES).format(w=width, h=height)
        return self._said(said, f"Painting {width}x{height}.", action="refine", seed="keep", size=(width, height))

    def _shape(self) -> tuple[Reading, Decision]:
        shape = self.rng.choice(SHAPE_NAMES)
        said = self.shape_phrase(SHAPE, shape)
        return self._said(said, f"The same in {shape} format.", action="refine", seed="keep", shape=shape)

    def _paint_over(self) -> tuple[Reading, Decision]:
        keys: dict[str, Any] = {"action": "refine", "seed": "keep", "route": "image-to-image"}
        return self._said(self.one_of(PAINT_OVER), "Painting over the picture.", **keys)

    def _go_back(self) -> tuple[Reading, Decision]:
        if self.chance(0.33):
            return self._said(self.one_of(UNDO), "One step back.", action="go_back")
        state = self.state()
        number, noun = self._meant(state), ""
        said = [(line.number, line.words.split(",")[0].split()) for line in state.versions]
        every = " ".join(line.words for line in state.versions).split()
        told = [(line, word) for line, words in said for word in words[1:] if len(word) > 3 and every.count(word) == 1]
        if told and self.chance(0.35):
            number, noun = self.rng.choice(told)
        keys: dict[str, Any] = {"ordinal": ordinal(number), "number": number, "word": number_word(number)}
        if noun and self.chance(0.7):
            message = self.one_of(GO_BACK_NOUN).format(noun=noun)
        else:
            message = self.one_of(GO_BACK).format(**keys)
            if noun or self.chance(0.15):
                message = (
                    self.one_of(LIKED, lambda frame: bool(noun) or "{noun}" not in frame).format(noun=noun) + message
                )
        decision = Decision(action="go_back", target=number, reply=f"Back to picture {number}.")
        return replace(state, message=message), decision

    def _branch(self) -> tuple[Reading, Decision]:
        state = self.state()
        number = self._meant(state)
        name = self.rng.choice(("lighting", "lighting", "setting", "style"))
        text = {"lighting": self.words.light, "setting": self.words.place, "style": self.words.style}[name]()
        short = self.light_phrase(text) if name == "lighting" else self.style_phrase(text) if name == "style" else text
        said = self.one_of(BRANCH).format(ordinal=ordinal(number), number=number)
        patch = PatchAnswer(set={name: text})  # type: ignore[dict-item]
        decision = Decision(action="refine", patch=patch, seed="keep", target=number, reply=f"Changing the {name}.")
        return replace(state, message=f"{said} {short}"), decision

    def _meant(self, state: Reading) -> int:
        """The number of a picture that is told of, or now and then of one that is not there."""
        if self.chance(0.1):
            return self.rng.randint(1, 60)
        return self.rng.choice([line.number for line in state.versions] or [1])

    def _question(self) -> tuple[Reading, Decision]:
        topic = self.rng.choice(list(QUESTIONS))
        if self.chance(0.42):
            term = self.rng.choice(TERMS[topic])
            bare = term.removeprefix("the ").removeprefix("a ").removeprefix("an ")
            message = self.one_of(QUESTION_FRAMES).format(term=self.rng.choice((term, term, bare)))
        else:
            message = self.one_of(QUESTIONS[topic])
        message = self.one_of(CHAT_BEFORE) + message
        state = self.state() if self.chance(0.6) else Reading("")
        decision = Decision(action="answer", topic=topic, reply="The guide has a page about this.")
        return replace(state, message=message), decision


def ordinal(number: int) -> str:
    """As people say it: in a word up to ten, else in digits."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else endings.get(number % 10, 'th')}"


def number_word(number: int) -> str:
    """In a word up to ten, else in digits."""
    return WORD_NUMBERS[number - 1] if number <= len(WORD_NUMBERS) else str(number)
