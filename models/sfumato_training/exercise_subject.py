"""Changes of the thing itself: its colour, a property, its number, another thing in its place, something added or removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sfumato.prompt import ImagePrompt
from sfumato_training import vocabulary
from sfumato_training.exercise_base import Exercises
from sfumato_training.lexicon import article, plural
from sfumato_training.phrasings_subject import (
    ADD,
    DOING_FRAMES,
    GIVE_FRAMES,
    NUMBER_FRAMES,
    ONE_FRAMES,
    RECOLOUR,
    RECOLOUR_FROM,
    SWAP,
    SWAP_MANY,
    THEM_FRAMES,
)
from sfumato_training.phrasings_terms import RULE_OUT
from sfumato_training.things import Thing, make_thing

Made = tuple[str, str, str, tuple[str, ...]]  # said alone, said beside others, the new subject, what is ruled out
_NUMBERS = (("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six",), ("seven",))


@dataclass
class Scene:
    """The thing of the current picture and its whole prompt."""

    thing: Thing
    prompt: ImagePrompt

    def show(self, thing: Thing) -> None:
        """Put another thing into the picture."""
        self.thing, self.prompt = thing, replace(self.prompt, subject=thing.text)


class SubjectChanges(Exercises):
    """Makes them."""

    def thing(self) -> Thing:
        """Any thing."""
        return make_thing(self.words)

    def makers(self) -> dict[str, Callable[[Scene], Made]]:
        """By kind."""
        return {
            "recolour": self._recolour, "swap": self._swap, "add": self._add, "remove": self._remove, "number": self._number, "other colour": self._recolour_other,
        }  # fmt: skip

    def _recolour(self, scene: Scene) -> Made:
        """Another colour or property for the thing: the subject changes, the palette does not."""
        thing = scene.thing
        if self.chance(0.2):
            new = self.words.adjective() if self.chance(0.75) else self.rng.choice(vocabulary.COMPARATIVES)
            after = replace(thing, properties=tuple(dict.fromkeys((*thing.properties, new))))
        else:
            new = self.words.colour()
            while new == thing.colour:
                new = self.words.colour()
            after = replace(thing, colour=new)
        frames = RECOLOUR
        if after.colour == new and thing.colour and self.chance(0.3):
            frames = RECOLOUR_FROM
        elif thing.is_plural and self.chance(0.7):
            frames = THEM_FRAMES
        said = self.one_of(frames).format(colour=new, noun=thing.name, old=thing.colour)
        return (
            said,
            self.rng.choice((new, f"make the {thing.name} {new}", f"the {thing.name} {new}", f"a {new} {thing.noun}")),
            after.text,
            (),
        )

    def _recolour_other(self, scene: Scene) -> Made:
        """Another colour for the second thing of the picture."""
        noun, old, new = self.words.noun(), self.words.colour(), self.words.colour()
        if new == old:
            return self._recolour_other(scene)
        joint = self.rng.choice((*vocabulary.BESIDE, *vocabulary.DOING_TO, "with"))
        before = article(f"{old} {noun}") if self.chance(0.75) else article(noun)
        scene.show(replace(scene.thing, rest=f" {joint} {before}"))
        after = replace(scene.thing, rest=f" {joint} {article(f'{new} {noun}')}")
        while "{noun}" not in (frame := self.one_of(RECOLOUR)):
            pass
        return frame.format(colour=new, noun=noun), f"the {noun} {new}", after.text, ()

    def _number(self, scene: Scene) -> Made:
        old, new = (self.rng.choice(names) for names in self.rng.sample(_NUMBERS, 2))
        scene.show(replace(scene.thing, before=old if self.chance(0.8) else "a"))
        if scene.thing.is_plural and self.chance(0.12):
            one = replace(scene.thing, before="one")
            return (
                self.one_of(ONE_FRAMES, lambda frame: "one" in frame).format(scene.thing.noun, old),
                f"only one {scene.thing.noun}",
                one.text,
                (),
            )
        said_old = scene.thing.before if scene.thing.is_plural else "one"
        after = replace(scene.thing, before=new)
        if not after.is_plural:  # numbers beyond those things are counted with
            after = replace(after, before="three")
        frame = self.one_of(NUMBER_FRAMES, lambda frame: "{nouns}" in frame or scene.thing.is_plural)
        said = frame.format(new=after.before, old=said_old, nouns=plural(scene.thing.noun))
        if after.text == scene.thing.text:
            return self._number(scene)
        return said, f"{after.before} {after.name}", after.text, ()

    def _swap(self, scene: Scene) -> Made:
        """Another thing in the same picture: with the properties that are named, or else with those of the old one."""
        thing, new = scene.thing, self.words.noun()
        while new == thing.noun:
            new = self.words.noun()
        if thing.is_plural and self.chance(0.5):
            said = self.one_of(SWAP_MANY).format(new=plural(new), old=thing.name)
            return said, f"{plural(new)} instead of {thing.name}", replace(thing, noun=new).text, ()
        named, text = self.another(scene, new)
        said = self.one_of(SWAP).format(new=named, old=thing.noun)
        frames = ("with {0} instead of the {1}", "{0} instead of the {1}", "make the {1} {0}")
        return said, self.rng.choice(frames).format(named, thing.noun), text, ()

    def another(self, scene: Scene, noun: str) -> tuple[str, str]:
        """Another thing in the place of the one that is there: as it is said, and the new subject."""
        thing = scene.thing
        if thing.is_plural:
            scene.show(thing := replace(thing, before="a"))
        if self.chance(0.4):
            named = self._described(noun)
            return named.core, replace(named, rest=thing.rest).text
        return Thing(noun).core, replace(thing, noun=noun, before="a").text

    def _described(self, noun: str) -> Thing:
        """A thing with a colour or properties, so that a bare one can mean: as the old one was."""
        thing = replace(make_thing(self.words, plain=True), noun=noun, before="a")
        return thing if thing.colour or thing.properties else replace(thing, colour=self.words.colour())

    def _add(self, scene: Scene) -> Made:
        thing = scene.thing
        if not thing.rest and self.chance(0.3):
            doing = self.words.pick(vocabulary.DOINGS)
            if self.chance(0.6):
                doing = f"{self.rng.choice(vocabulary.DOING_TO)} {article(self.words.other_noun())}"
            said = self.one_of(DOING_FRAMES).format(noun=thing.name, doing=doing)
            return said, doing, f"{thing.text} {doing}", ()
        extra = self.words.extra()
        joint = " and " if " with " in thing.rest else " with "
        said = self.one_of(ADD).format(extra=extra)
        if self.chance(0.25):
            extra = self._worn() if self.chance(0.5) else extra
            said = self.one_of(GIVE_FRAMES).format(noun=thing.name, extra=extra)
        elif self.chance(0.12):
            relation = self.rng.choice(
                (
                    "next to it",
                    "beside it",
                    "behind it",
                    "in front of it",
                    "on top of it",
                    "above it",
                    "around it",
                    "next to the " + thing.name,
                )
            )
            extra = f"{extra} {relation}"
            said = self.one_of(ADD).format(extra=extra)
        return said, self.rng.choice((f"with {extra}", f"add {extra}")), f"{thing.text}{joint}{extra}", ()

    def _worn(self) -> str:
        return article(f"{self.words.colour()} {self.rng.choice(vocabulary.WORN)}")

    def _remove(self, scene: Scene) -> Made:
        """Something that the picture has is taken out, and ruled out."""
        share = self.rng.random()
        term, joint = self.words.noun(), " with "
        if share < 0.35:
            term = plural(term)
            said_extra = term
        elif share < 0.55:
            term = self.rng.choice(vocabulary.WORN)
            said_extra, joint = article(f"{self.words.colour()} {term}"), self.rng.choice((" with ", " wearing "))
        else:
            said_extra = article(term if self.chance(0.6) else f"{self.words.colour()} {term}")
            joint = self.rng.choice((" with ", " with ", " next to ", " beside ", " and ", " holding ", " behind "))
        kept = scene.thing.rest if self.chance(0.3) and " with " not in scene.thing.rest else ""
        bare = replace(scene.thing, rest=kept)
        scene.show(replace(bare, rest=f"{kept}{joint}{said_extra}"))
        scene.prompt = replace(scene.prompt, negative=tuple(other for other in scene.prompt.negative if other != term))
        return self.one_of(RULE_OUT).format(term=term), "", bare.text, (term,)
