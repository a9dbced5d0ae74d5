"""Exercises in which one message has two or three wishes: joined, as a list, or in one breath ("make it a fish under water")."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato_training.exercise_base import Exercises
from sfumato_training.exercise_refine import Change, Refining
from sfumato_training.exercise_subject import Scene
from sfumato_training.lexicon import Lexicon
from sfumato_training.phrasings_steer import KEEP_SEED, NEW_SEED_TAILS, PAINT_OVER, SIZE_TAILS
from sfumato_training.phrasings_talk import IN_ONE_BREATH, JOINTS, LIST_OPENINGS, REFINE_OPENINGS

_SUBJECT = ("recolour", "swap", "add", "number", "remove", "other colour")
_COMBINED = (
    *_SUBJECT, "recolour", "swap", "add", "remove", "lighting", "lighting", "lighting", "style", "style", "setting", "setting", "camera", "colour", "rule out", "rule out", "allow again", "quality", "clear", "order", "seed", "shape",
    "nudge", "nudge", "size", "keep seed", "new seed", "paint over",
)  # fmt: skip
_STATES = ("lighting", "style", "setting", "camera", "colour")  # may stand after "make it"
_JOINT_BEFORE = re.compile(r"^(and|but|also|plus) ")


class Several(Exercises):
    """Makes them from single changes."""

    def __init__(self, rng: random.Random, words: Lexicon, new_phrasings: bool, refining: Refining) -> None:
        super().__init__(rng, words, new_phrasings)
        self._refining = refining

    def several(self) -> tuple[Reading, Decision]:
        """Two or three changes of different kinds."""
        scene = self._refining.scene()
        said, chosen = self._in_one_breath(scene) if self.chance(0.25) else self._joined(scene)
        return replace(self._refining.state(scene.prompt), message=said), self._refining.decision(chosen)

    def _joined(self, scene: Scene) -> tuple[str, list[Change]]:
        chosen: list[Change] = []
        taken: set[str] = set()
        first, count = "", 3 if self.chance(0.25) else 2
        while len(chosen) < count:
            before = replace(scene)
            kind = self.rng.choice(_COMBINED)
            change = self._change(kind, scene)
            touched = {
                name.removeprefix("add_").removeprefix("drop_")
                for name in (*change.fields, *change.lists, *change.extra)
            }
            if not change.short or touched & taken:
                scene.thing, scene.prompt = before.thing, before.prompt
                continue
            taken |= touched
            first = first or kind
            chosen.append(change)
            if "subject" in change.fields and len(chosen) < count and self.chance(0.4):
                chosen.append(self._grown(change))
        shorts = [_JOINT_BEFORE.sub("", change.short.rstrip("?.!")) for change in chosen]
        if self.chance(0.12):
            mark = self.rng.choice(("{}. ", "{}) ", "{}: "))
            between = self.rng.choice((" ", "\n", ", "))
            listed = between.join(mark.format(number) + short for number, short in enumerate(shorts, 1))
            return self.one_of(LIST_OPENINGS) + listed, chosen
        is_state = first in _STATES
        opening = self.one_of(
            REFINE_OPENINGS, lambda opening: is_state or not opening or opening.endswith((": ", ", "))
        )
        return opening + shorts[0] + "".join(self.one_of(JOINTS) + short for short in shorts[1:]), chosen

    def _change(self, kind: str, scene: Scene) -> Change:
        """A change of this kind, with words for it beside others."""
        if kind == "size":
            size = (self.side(), self.side())
            return Change("", self.one_of(SIZE_TAILS).format(w=size[0], h=size[1]), extra={"size": size})
        if kind == "keep seed":
            return Change("", self.one_of(KEEP_SEED), extra={"seed": "keep"}, reply="The same seed again.")
        if kind == "new seed":
            return Change("", self.one_of(NEW_SEED_TAILS), extra={"seed": "new"}, reply="With a new seed.")
        if kind == "paint over":
            return Change(
                "", self.one_of(PAINT_OVER), extra={"route": "image-to-image"}, reply="Painting over the picture."
            )
        change = self._refining.makers[kind](scene)
        if change.lists and "subject" in change.fields:
            term = change.lists["add_negative"][0]
            frames = ("no {0}", "remove the {0}", "without the {0}", "take away the {0}", "lose the {0}", "take the {0} out", "drop the {0}", "get rid of the {0}")  # fmt: skip
            return replace(change, short=self.one_of(frames).format(term))
        return change if change.short else replace(change, short=change.said)

    def _grown(self, change: Change) -> Change:
        """Something added to the subject as the change before leaves it; the subject stands with that change."""
        extra, text = self.words.extra(), change.fields["subject"]
        change.fields["subject"] = f"{text}{' and ' if ' with ' in text else ' with '}{extra}"
        frames = ("add {0}", "with {0}", "give it {0}", "put in {0}", "also {0}", "{0} too", "add {0} as well", "let it have {0}", "and {0}")  # fmt: skip
        return Change("", self.one_of(frames).format(extra))

    def _in_one_breath(self, scene: Scene) -> tuple[str, list[Change]]:
        """A thing, a style or a place and what else changes with it, with nothing between."""
        changes = self._refining.makers
        chosen: list[Change] = []
        first = self.rng.choice(("swap", "swap", "swap", "style", "setting", "number", "none"))
        if first == "swap":
            noun = self.words.other_noun()
            while noun == scene.thing.noun:
                noun = self.words.other_noun()
            named, text = self._refining.subjects.another(scene, noun)
            chosen.append(Change("", named, {"subject": text}))
        elif first == "style":
            while (style := self.words.style()) == scene.prompt.style or style.startswith("in the style"):
                pass
            chosen.append(Change("", self.a_style(style), {"style": style}))
        elif first != "none":
            chosen.append(changes[first](scene))
        names = ("setting", "lighting") if first != "setting" else ("lighting",)
        if first in ("swap", "style", "number") and self.chance(0.6):
            names = (self.rng.choice(names),)
        chosen += [changes[name](scene) for name in names]
        if self.chance(0.1) and first == "swap":
            chosen.append(changes["style"](scene))
        return self.one_of(IN_ONE_BREATH).format(" ".join(change.short for change in chosen)), chosen
