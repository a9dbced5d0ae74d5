"""Exercises about one part of what a picture shows: one of two things, an extra, the place it is in."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato_training import vocabulary
from sfumato_training.exercise_base import Exercises
from sfumato_training.exercise_refine import Change, Refining
from sfumato_training.exercise_subject import Scene
from sfumato_training.lexicon import Lexicon, article, plural
from sfumato_training.phrasings_parts import (
    BIGGER,
    EXCHANGE,
    LEAVE_PLACE,
    LESS,
    LIKE_FRAMES,
    LIKE_PAINTED,
    NOT_THERE,
    ONE_OF_TWO_COLOUR,
    ONE_OF_TWO_DOING,
    ONLY,
    PLACE_OF_THING,
    REMOVE_AND_ADD,
    ZOOM,
)
from sfumato_training.things import Thing


class Parts(Exercises):
    """Makes them."""

    def __init__(self, rng: random.Random, words: Lexicon, new_phrasings: bool, refining: Refining) -> None:
        super().__init__(rng, words, new_phrasings)
        self._refining = refining
        self._makers: dict[str, Callable[[Scene], Change]] = {
            "only": self._only, "one of two": self._one_of_two, "less": self._less, "leave place": self._leave_place, "not there": self._not_there, "place of thing": self._place_of_thing, "zoom": self._zoom,
            "exchange": self._exchange, "bigger": self._bigger, "like painted": self._like_painted,
        }  # fmt: skip

    def part(self) -> tuple[Reading, Decision]:
        """One change of a part."""
        scene = self._refining.scene()
        change = self.rng.choice(list(self._makers.values()))(scene)
        return replace(self.state(scene.prompt), message=change.said), self._refining.decision([change])

    def _only(self, scene: Scene) -> Change:
        """Of two things only one stays."""
        first, other = self._two(scene)
        kept = self.rng.choice((first, other))
        text = replace(kept, rest="").text
        return Change(self.one_of(ONLY).format(noun=kept.name), fields={"subject": text})

    def _one_of_two(self, scene: Scene) -> Change:
        """A colour, a property or a deed of one of two things."""
        first, other = self._two(scene)
        changed = self.rng.choice((first, other))
        if self.chance(0.4):
            doing = self.words.pick(vocabulary.DOINGS)
            said = self.one_of(ONE_OF_TWO_DOING).format(noun=changed.name, new=doing)
            after = replace(changed, rest=f" {doing}{changed.rest}")
        else:
            while (new := self.words.colour()) == changed.colour:
                pass
            after = replace(changed, colour=new)
            said = self.one_of(ONE_OF_TWO_COLOUR).format(noun=changed.name, new=new)
        text = after.text if changed is first else f"{first.core} and {after.text}"
        return Change(said, fields={"subject": text})

    def _two(self, scene: Scene) -> tuple[Thing, Thing]:
        """Put two things into the scene; the first one's rest names the second."""
        other = Thing(self.words.other_noun(), colour=self.words.colour() if self.chance(0.4) else "")
        first = replace(scene.thing, rest=f" and {other.text}")
        if first.noun == other.noun:
            return self._two(scene)
        scene.show(first)
        return first, other

    def _less(self, scene: Scene) -> Change:
        """Less of something, or too much of it: it is ruled out."""
        term = plural(self.words.noun()) if self.chance(0.5) else self.words.pick(vocabulary.UNWANTED).replace("-", " ")
        scene.prompt = replace(scene.prompt, negative=tuple(old for old in scene.prompt.negative if old != term))
        return Change(self.one_of(LESS).format(term=term), lists={"add_negative": (term,)})

    def _leave_place(self, scene: Scene) -> Change:
        """The place is named to be left: it is open again, and ruled out."""
        bare = self.words.bare_place()
        scene.prompt = replace(scene.prompt, setting=f"in {article(bare)}", negative=())
        said = self.one_of(LEAVE_PLACE).format(place=bare)
        return Change(said, fields={"setting": ""}, lists={"add_negative": (bare,)})

    def _not_there(self, scene: Scene) -> Change:
        """Another place, with the old one named."""
        old, new = self.words.bare_place(), self.words.bare_place()
        if old == new:
            return self._not_there(scene)
        scene.prompt = replace(scene.prompt, setting=f"{self.rng.choice(('in', 'on', 'at', 'by'))} {article(old)}")
        named = article(new) if self.chance(0.7) else f"the {new}"
        said = self.one_of(NOT_THERE).format(old=f"the {old}", new=named)
        return Change(said, fields={"setting": f"in {named}"})

    def _place_of_thing(self, scene: Scene) -> Change:
        """The thing is put somewhere."""
        while (place := self.words.place()) == scene.prompt.setting:
            pass
        said = self.one_of(PLACE_OF_THING).format(noun=scene.thing.name, place=place)
        return Change(said, fields={"setting": place})

    def _zoom(self, scene: Scene) -> Change:
        said = self.one_of(ZOOM).format(noun=scene.thing.name)
        return Change(said, fields={"camera": "close-up"})

    def _exchange(self, scene: Scene) -> Change:
        """An extra makes room for another one."""
        old, new = plural(self.words.noun()), self.words.extra()
        if old == new:
            return self._exchange(scene)
        bare = replace(scene.thing, rest="")
        scene.show(replace(bare, rest=f" with {old}"))
        text = {"subject": f"{bare.text} with {new}"}
        if self.chance(0.5):
            return Change(self.one_of(EXCHANGE).format(old=old, new=new), fields=text)
        scene.prompt = replace(scene.prompt, negative=tuple(term for term in scene.prompt.negative if term != old))
        return Change(self.one_of(REMOVE_AND_ADD).format(old=old, new=new), fields=text, lists={"add_negative": (old,)})

    def _bigger(self, scene: Scene) -> Change:
        """More of an extra that is there, or is put there so."""
        extra, more = plural(self.words.noun()), self.rng.choice(vocabulary.COMPARATIVES)
        bare = replace(scene.thing, rest="")
        scene.show(replace(bare, rest=f" with {extra}"))
        said = self.one_of(BIGGER).format(more=more, extra=extra)
        return Change(said, fields={"subject": f"{bare.text} with {more} {extra}"})

    def _like_painted(self, scene: Scene) -> Change:
        noun = self.words.other_noun()
        style = self.one_of(LIKE_PAINTED).format(a=article(noun), noun=noun)
        frame = self.one_of(LIKE_FRAMES)
        return Change(frame.format(style), fields={"style": style})
