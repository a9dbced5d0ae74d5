"""Exercises in which a new picture is asked for: sentences, lists of words, several sentences, second thoughts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading
from sfumato_training.exercise_base import NUMBERS, SHAPE_NAMES, Exercises
from sfumato_training.phrasings_draw import (
    CHAT_AFTER_DRAWING,
    CHAT_BEFORE_DRAWING,
    DRAW_OPENINGS,
    STYLE_TAILS,
)
from sfumato_training.phrasings_steer import SEED_TAILS, SHAPE_TAILS, SIZE_TAILS
from sfumato_training.phrasings_terms import TURNS_OF_MIND
from sfumato_training.things import Thing, make_thing

# Openings with one of these are no beginning of "a poster of a dog".
_ARE_PICTURES = (
    "picture", "image", "drawing", "painting", "pic of", "photo", "scene", "artwork", " of ", "there is", "with ", "you see", "can see", "shows",
    "about ", "subject", "motif", "depict", "portray", "illustrate", "sketch",
)  # fmt: skip
_JOINED = ("in ", "as ", "without ", "with ", "at ", "on ", "but ", "and ")


@dataclass
class Wish:
    """A picture as it is asked for: its fields, terms, the other keys, and what is said after the sentence itself."""

    thing: Thing
    fields: dict[str, str]
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)


class Drawing(Exercises):
    """Makes them."""

    def draw(self) -> tuple[Reading, Decision]:
        """One drawing, before any picture or after some."""
        state = Reading("") if self.chance(0.55) else self.state()
        thing = make_thing(self.words)
        if self.chance(0.05):  # as people write whose own language has no articles
            thing = replace(
                thing,
                before="" if thing.before == "a" else thing.before,
                rest=thing.rest.replace(" a ", " ").replace(" an ", " "),
            )
        wish = Wish(thing, {"subject": thing.text})
        if self.chance(0.55):
            wish.fields["setting"] = self.words.place()
        if self.chance(0.52):
            wish.fields["lighting"] = self.words.light()
        if self.chance(0.35):
            wish.fields["style"] = self.words.style()
        form = self.rng.random()
        opening, body = self._list(wish) if form < 0.16 else self._sentence(wish, bool(state.versions))
        self._add_tail(wish)
        if self.chance(0.06):
            wish.extra["count"] = count = self.rng.choice(list(NUMBERS))
            of = self.rng.choice(("pictures of", "images of", "versions of", "variations of", "times"))
            number = self.rng.choice(NUMBERS[count])
            opening = f"{self.rng.choice(('', 'show me ', 'paint ', 'make ', 'i want ', 'give me '))}{number if of != 'times' else count} {of} "
        if state.wishes:
            ruled_out = (*(wish.removeprefix("no ") for wish in state.wishes), *wish.lists.get("add_negative", ()))
            wish.lists["add_negative"] = tuple(dict.fromkeys(ruled_out))
        message = self._with_chat(opening + body + self._tail(wish.tail))
        order = ("subject", "setting", "style", "lighting", "camera", "colour")
        fields = {name: wish.fields[name] for name in order if name in wish.fields}
        patch = PatchAnswer(set=fields, **wish.lists)  # type: ignore[arg-type]
        return replace(state, message=message), Decision(
            action="draw", patch=patch, reply="Here it comes.", **wish.extra
        )

    def _sentence(self, wish: Wish, is_later: bool) -> tuple[str, str]:
        """Opening and body; a style may stand before the thing."""
        opening = self.one_of(DRAW_OPENINGS)
        if is_later and not opening and not {"setting", "lighting"} & set(wish.fields):
            opening = self.one_of(
                ("now ", "draw ", "a new one: ", "paint ", "show me ", "next, ", "now draw ", "instead of all that, ")
            )
        body = self._said_thing(wish)
        style = wish.fields.get("style", "")
        if style and not style.startswith("in the") and self.chance(0.35):
            said = self.a_style(style) if self.chance(0.8) else style
            body = f"{said} of {body}"
            if any(word in opening for word in _ARE_PICTURES):
                opening = self.one_of(("", "", "paint ", "make ", "give me ", "draw ", "i want "))
        elif style:
            frame = "{style}" if style.startswith("in the") else self.one_of(STYLE_TAILS)
            wish.tail.append(frame.format(style=style, a_style=self.a_style(style)))
        parts = []
        if setting := wish.fields.get("setting"):
            parts.append(setting)
        if light := wish.fields.get("lighting"):
            said = self.light_phrase(light)
            if self.chance(0.18):
                said = f"{self.rng.choice(('its', 'it is', 'it', 'and its', 'the weather is', 'lighting:', 'light:', 'and it is'))} {light}".replace(
                    "it " + light, f"it's {light}"
                )
                wish.tail.append(said)
            elif self.chance(0.65):
                parts.insert(self.rng.choice((0, len(parts), len(parts))), said)
            else:
                wish.tail.append(self.rng.choice((said, light, light)))
        if parts and self.chance(0.05):  # the place first
            return opening, f"{' '.join(parts)}, {body}"
        return opening, " ".join((body, *parts))

    def _said_thing(self, wish: Wish) -> str:
        """The thing, now and then said wrongly first, or with an extra told afterwards."""
        thing = wish.thing
        if self.chance(0.05):
            wrong = (
                replace(thing, colour=self.words.colour(), rest="")
                if self.chance(0.6)
                else make_thing(self.words, plain=True)
            )
            if wrong.core != thing.core:
                return f"{wrong.core}{self.one_of(TURNS_OF_MIND)}{thing.text}"
        if not thing.rest and self.chance(0.06):
            extra = self.words.extra()
            wish.fields["subject"] = f"{thing.text} with {extra}"
            there = self.rng.choice(
                ("and theres", "and there is", "and there are", "theres", "there are also", "it has")
            )
            wish.tail.insert(0, f"{there} {extra}")
        return thing.text

    def _list(self, wish: Wish) -> tuple[str, str]:
        """Words with commas between, as in prompts."""
        thing = (
            replace(wish.thing, before="")
            if wish.thing.before in ("a", "the", "my") and self.chance(0.6)
            else wish.thing
        )
        wish.fields["subject"] = thing.text
        if "setting" in wish.fields and self.chance(0.35):
            wish.fields["setting"] = self.words.bare_place()
        rest = [wish.fields[name] for name in ("setting", "lighting", "style") if name in wish.fields]
        if self.chance(0.5):
            self.rng.shuffle(rest)
        parts = [thing.text, *rest]
        if len(parts) > 1 and self.chance(0.12):
            parts[0], parts[1] = parts[1], parts[0]
        return "", self.rng.choice((", ", ", ", ", ", " - ", ". ", "; ", " / ")).join(parts)

    def _add_tail(self, wish: Wish) -> None:
        words = self.words
        if self.chance(0.16):
            wish.fields["camera"] = camera = words.camera()
            wish.tail.append(self.rng.choice((camera, camera, camera, f"as a {camera}", f"camera: {camera}")))
        if self.chance(0.12):
            wish.fields["colour"] = colour = words.palette()
            wish.tail.append(self.rng.choice((colour, f"in {colour}", f"with {colour}", f"all in {colour}")))
        if self.chance(0.1):
            wish.lists["add_quality"] = qualities = tuple(
                dict.fromkeys(words.quality() for _ in range(self.rng.choice((1, 2))))
            )
            wish.tail.extend(qualities)
        if self.chance(0.17):
            wish.lists["add_negative"] = terms = self.unwanted_terms()
            wish.tail.append(self.negative_phrase(terms))
        if self.chance(0.06):
            wish.extra["shape"] = shape = self.rng.choice(SHAPE_NAMES)
            wish.tail.append(self.shape_phrase(SHAPE_TAILS, shape))
        elif self.chance(0.05):
            wish.extra["size"] = size = (self.side(), self.side())
            wish.tail.append(self.one_of(SIZE_TAILS).format(w=size[0], h=size[1]))
        if self.chance(0.07):
            wish.extra["seed"] = seed = self.seed_number()
            wish.tail.append(self.one_of(SEED_TAILS).format(seed=seed))
        if len(wish.tail) > 1 and self.chance(0.4):
            self.rng.shuffle(wish.tail)
            if qualities := wish.lists.get("add_quality"):  # in the order in which they are said
                wish.lists["add_quality"] = tuple(sorted(qualities, key=wish.tail.index))

    def _tail(self, parts: list[str]) -> str:
        return "".join(
            (
                " "
                if part.startswith(_JOINED) and self.chance(0.5)
                else self.rng.choice((", ", ", ", ", ", ". ", " ", ", and "))
            )
            + part
            for part in parts
        )

    def _with_chat(self, message: str) -> str:
        if self.chance(0.06):
            message = self.one_of(CHAT_BEFORE_DRAWING) + message
        if self.chance(0.07):
            message = f"{message}{self.rng.choice((', ', ' ', '. '))}{self.one_of(CHAT_AFTER_DRAWING)}"
        return message
