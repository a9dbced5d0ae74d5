"""Exercises in which one thing of the current picture changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading
from sfumato.prompt import TEXT_FIELDS, ImagePrompt
from sfumato_training import vocabulary
from sfumato_training.exercise_base import SHAPE_NAMES, Exercises
from sfumato_training.exercise_subject import Scene, SubjectChanges
from sfumato_training.lexicon import Lexicon, article
from sfumato_training.phrasings_fields import (
    BACKGROUND_FRAMES,
    FIELD_PHRASES,
    IN_THE_STYLE,
    INSTEAD_OF,
    PLACE_NAME_FRAMES,
    PRAISE,
)
from sfumato_training.phrasings_steer import SEED_TAILS, SHAPE_TAILS
from sfumato_training.phrasings_terms import (
    ALLOW,
    CLEAR,
    FIELD_NAMES,
    KEEPING,
    NUDGE_FRAMES,
    NUDGE_WORDS,
    NUDGES,
    ORDER,
    QUALITY,
    RULE_OUT,
    TURNS_OF_MIND,
)

# What a sentence about a place says; a name that nobody knows could else be anything.
_OF_PLACES = (
    "place",
    "location",
    "setting",
    "move",
    "take it",
    "go to",
    "send",
    "bring",
    "transport",
    "shift",
    "relocate",
)


_ADVERBIAL = ("from", "seen", "through", "over", "in ", "zoomed", "centred", "full body", "eye level", "ground level")


@dataclass
class Change:
    """A change as it is said alone and beside others (empty if it cannot be), and what it changes."""

    said: str
    short: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    reply: str = ""


def _takes_an_adjective(frame: str) -> bool:
    """True of frames in which "foggy" can stand."""
    if frame.startswith(("{", "now {", "maybe {", "rather {", "just {")):
        return True
    adjectives = ("{phrase}", "be {text}", "it {text}", "it's {text}", "is {text}", "was {text}", "more {text}")
    return any(before in frame for before in adjectives)


def _takes_no_article(frame: str) -> bool:
    """True of frames in which "from above" can stand."""
    return not any(before in frame for before in ("a {text}", "as {text}", "use {text}"))


class Refining(Exercises):
    """Makes them. A maker may first put into the scene what its wish needs."""

    def __init__(self, rng: random.Random, words: Lexicon, new_phrasings: bool) -> None:
        super().__init__(rng, words, new_phrasings)
        self.subjects = SubjectChanges(rng, words, new_phrasings)
        self.makers = self._makers()

    def refine(self, kind: str) -> tuple[Reading, Decision]:
        """One change of this kind."""
        scene = self.scene()
        change = self.makers[kind](scene)
        return replace(self.state(scene.prompt), message=self._keeping(change.said)), self.decision([change])

    def _makers(self) -> dict[str, Callable[[Scene], Change]]:
        def by_field(name: str) -> Callable[[Scene], Change]:
            return lambda scene: self._set_field(name, scene)

        def by_subject(make: Callable[[Scene], tuple[str, str, str, tuple[str, ...]]]) -> Callable[[Scene], Change]:
            return lambda scene: self._subject(make(scene))

        return {
            **{name: by_field(name) for name in ("lighting", "style", "setting", "camera", "colour")},
            **{name: by_subject(make) for name, make in self.subjects.makers().items()},
            "nudge": self._nudge,
            "rule out": self._rule_out,
            "allow again": self._allow,
            "quality": self._quality,
            "clear": self._clear,
            "order": self._order,
            "seed": self._seed,
            "shape": self._shape,
        }

    def scene(self) -> Scene:
        """Any thing in a prompt as it stands in the middle of a conversation."""
        scene = Scene(self.subjects.thing(), ImagePrompt())
        scene.prompt = self.prompt(scene.thing)
        return scene

    def decision(self, changes: list[Change]) -> Decision:
        """All these changes at once."""
        found = {name: text for change in changes for name, text in change.fields.items()}
        fields = {name: found[name] for name in TEXT_FIELDS if name in found}
        lists: dict[str, Any] = {name: terms for change in changes for name, terms in change.lists.items()}
        extra = {name: value for change in changes for name, value in change.extra.items()}
        reply = f"Changing the {' and the '.join(fields)}." if fields else (changes[0].reply or "Changed.")
        return Decision(
            action="refine", patch=PatchAnswer(set=fields, **lists), reply=reply, **({"seed": "keep"} | extra)
        )  # type: ignore[arg-type]

    def _keeping(self, message: str) -> str:
        """Now and then it is said that the rest shall stay, which it does anyway."""
        plain = not message.lower().startswith(("same", "the same", "again", "keep", "only", "like", "do the same"))
        return self.one_of(KEEPING) + message if plain and self.chance(0.07) else message

    def _subject(self, made: tuple[str, str, str, tuple[str, ...]]) -> Change:
        said, short, text, ruled_out = made
        return Change(said, short, {"subject": text}, {"add_negative": ruled_out} if ruled_out else {})

    # --- fields ------------------------------------------------------------------------------------------------

    def new_text(self, name: str) -> str:
        """A new text for a field."""
        words = self.words
        return {"lighting": words.light, "style": words.style, "setting": words.place, "camera": words.camera, "colour": words.palette}[name]()  # fmt: skip

    def _set_field(self, name: str, scene: Scene) -> Change:
        text = self.new_text(name)
        if name == "setting" and self.chance(0.1):
            return self._named_place()
        while text == getattr(scene.prompt, name):
            text = self.new_text(name)
        said = self._field_phrase(name, text)
        if self.chance(0.03):
            said = f"{self._short(name, self.new_text(name))}{self.one_of(TURNS_OF_MIND)}{self._short(name, text)}"
        elif self.chance(0.03) and getattr(scene.prompt, name):
            old = getattr(scene.prompt, name)
            said = self.one_of(INSTEAD_OF).format(old=old, new=text)
        return Change(said, self._short(name, text), {name: text})

    def _named_place(self) -> Change:
        """A place that is said without its preposition."""
        if self.chance(0.5):
            named = self.words.place_name()
            is_known = named.lower() in vocabulary.NAMED_PLACES
            said = self.one_of(PLACE_NAME_FRAMES, lambda frame: is_known or any(word in frame for word in _OF_PLACES))
        else:
            named = article(self.words.bare_place())
            said = self.one_of(BACKGROUND_FRAMES)
        return Change(said.format(named), f"in {named}", {"setting": f"in {named}"})

    def _field_phrase(self, name: str, text: str) -> str:
        phrase = self.light_phrase(text) if name == "lighting" else text
        if name == "style" and text.startswith("in the style"):
            return self.one_of(IN_THE_STYLE).format(text)
        fits = None
        if name == "camera" and text.startswith(_ADVERBIAL):
            fits = _takes_no_article
        if name == "lighting" and text in vocabulary.WEATHERS:
            fits = _takes_an_adjective
        return self.one_of(FIELD_PHRASES[name], fits).format(text=text, a_text=self.a_style(text), phrase=phrase)

    def _short(self, name: str, text: str) -> str:
        if name == "lighting":
            return self.light_phrase(text)
        if name == "style":
            return self.style_phrase(text)
        return self.rng.choice((text, f"in {text}", f"with {text}")) if name == "colour" else text

    def _nudge(self, scene: Scene) -> Change:
        """A step in some direction: a light is added to the one that is there, anything else takes its place."""
        phrases, name, text = self.rng.choice(NUDGES)
        said = self.one_of(phrases)
        if self.chance(0.5) and (degrees := NUDGE_WORDS.get(text)):
            said = self.one_of(NUDGE_FRAMES).format(self.rng.choice(degrees))
        if name == "negative":
            scene.prompt = replace(scene.prompt, negative=tuple(term for term in scene.prompt.negative if term != text))
            return Change(said, "", {}, {"add_negative": (text,)}, reply=f"Without {text}.")
        if name == "lighting" and scene.prompt.lighting:
            text = f"{scene.prompt.lighting}, {text}"
        return Change(said, said, {name: text})

    def _clear(self, scene: Scene) -> Change:
        name = self.rng.choice(("style", "lighting", "setting", "camera", "colour"))
        text = self.new_text(name)
        scene.prompt = replace(scene.prompt, **{name: text})  # type: ignore[arg-type]
        frame = self.one_of(CLEAR)
        while "{text}" in frame and name in ("setting", "camera"):
            frame = self.one_of(CLEAR)
        text = text.removeprefix("in the style of ")
        return Change(frame.format(field=self.rng.choice(FIELD_NAMES[name]), text=text), "", {name: ""})

    def _order(self, scene: Scene) -> Change:
        name = self.rng.choice(("style", "lighting", "setting", "camera", "colour", "quality", "subject"))
        said = self.one_of(ORDER).format(field=self.rng.choice(FIELD_NAMES[name]))
        if name == "subject":
            others = tuple(other for other in scene.prompt.order if other != "subject")
            scene.prompt = replace(scene.prompt, order=(others[0], "subject", *others[1:]))
        return Change(said, "", {}, {"order": (name,)}, reply=f"The {name} comes first now.")

    # --- terms ---------------------------------------------------------------------------------------------------

    def _rule_out(self, scene: Scene) -> Change:
        terms = tuple(term for term in self.unwanted_terms() if term not in scene.prompt.negative) or ("people",)
        scene.prompt = replace(
            scene.prompt, negative=tuple(term for term in scene.prompt.negative if term not in terms)
        )
        said = self.one_of(RULE_OUT).format(term=terms[0]) if len(terms) == 1 else self.negative_phrase(terms)
        return Change(
            said, self.negative_phrase(terms), {}, {"add_negative": terms}, reply=f"Without {' and '.join(terms)}."
        )

    def _allow(self, scene: Scene) -> Change:
        term = self.words.unwanted()
        others = [other for other in (*scene.prompt.negative, *self.unwanted_terms()) if other != term]
        others = list(dict.fromkeys(others))[: self.rng.choice((0, 1, 1, 2))]
        others.insert(self.rng.randint(0, len(others)), term)
        scene.prompt = replace(scene.prompt, negative=tuple(others))
        return Change(
            self.one_of(ALLOW).format(term=term), "", {}, {"drop_negative": (term,)}, reply=f"Allowing {term} again."
        )

    def _quality(self, scene: Scene) -> Change:
        said, term = self.one_of(QUALITY)
        terms = [term]
        if self.chance(0.2):
            more, second = self.one_of(QUALITY)
            if second != term:
                said, terms = f"{said}{self.rng.choice((' and ', ', ', ' and also '))}{more}", [term, second]
        elif self.chance(0.12):
            terms = [self.words.quality()]
            said = self.one_of(PRAISE).format(terms[0])
        scene.prompt = replace(scene.prompt, quality=tuple(old for old in scene.prompt.quality if old not in terms))
        return Change(said, said, {}, {"add_quality": tuple(terms)}, reply=f"Asking for {' and '.join(terms)}.")

    def _seed(self, scene: Scene) -> Change:
        seed = self.seed_number()
        said = self.one_of(SEED_TAILS).format(seed=seed)
        return Change(said, said, extra={"seed": seed}, reply=f"Using seed {seed}.")

    def _shape(self, scene: Scene) -> Change:
        shape = self.rng.choice(SHAPE_NAMES)
        said = self.shape_phrase(SHAPE_TAILS, shape)
        return Change(said, said, extra={"shape": shape}, reply=f"The same in {shape} format.")
