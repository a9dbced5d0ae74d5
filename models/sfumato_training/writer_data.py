"""Practice for the starter writer: made-up conversations, each a `Reading` and the `Decision` it should lead to.

The text comes from `sfumato.dialogue` and `sfumato.decision`, the same code the app uses. One phrasing in seven of every
list, and one word in eight, are never used in training: with `new_phrasings` and `new_words` only those are used.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading, VersionLine, version_words
from sfumato.prompt import ImagePrompt, changes
from sfumato_training import world
from sfumato_training.lexicon import ADJECTIVES, EXTRA_THINGS, PALETTES, QUALITIES, Lexicon, article
from sfumato_training.phrasings import (
    ADD,
    ALLOW,
    BRANCH,
    CLEAR,
    CORRECTIONS,
    DRAW_OPENINGS,
    FIELD_PHRASES,
    GO_BACK,
    GO_BACK_NOUN,
    KEEP_SEED,
    KEEPING,
    NEGATIVE_TAILS,
    NUDGES,
    ORDER,
    PAINT_OVER,
    POLITE,
    QUALITY,
    QUESTIONS,
    RECOLOUR,
    RECOLOUR_FROM,
    REROLL,
    REROLL_MANY,
    RULE_OUT,
    SEED,
    SEED_TAILS,
    SHAPE,
    SHAPE_TAILS,
    SIZES,
    STYLE_TAILS,
    SWAP,
    UNDO,
)

NUMBERS = {
    2: ("two", "2", "a couple of", "a pair of"),
    3: ("three", "3"),
    4: ("four", "4"),
    5: ("five", "5"),
    6: ("six", "6"),
}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
T = TypeVar("T")
WORD_NUMBERS = ("one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True)
class Practice:
    """One exercise: what is read and what should be answered, with the name of its kind."""

    kind: str
    reading: Reading
    decision: Decision


class Writer:
    """Makes exercises. `new_phrasings` and `new_words` use only those that training never sees."""

    def __init__(self, seed: int, new_phrasings: bool = False, new_words: bool = False) -> None:
        self.rng = random.Random(seed)
        self.words = Lexicon(self.rng, new_words)
        self.new_phrasings = new_phrasings

    def make(self) -> Practice:
        """One exercise of a random kind."""
        kinds: list[tuple[float, str, Callable[[], tuple[Reading, Decision]]]] = [
            (32, "draw", self._draw),
            (9, "lighting", lambda: self._set_field("lighting")),
            (7, "style", lambda: self._set_field("style")),
            (7, "setting", lambda: self._set_field("setting")),
            (4, "camera", lambda: self._set_field("camera")),
            (3, "colour", lambda: self._set_field("colour")),
            (6, "nudge", self._nudge),
            (5, "recolour", self._recolour),
            (4, "swap", self._swap),
            (5, "add", self._add),
            (5, "rule out", self._rule_out),
            (2, "allow again", self._allow),
            (2, "quality", self._quality),
            (2, "clear", self._clear),
            (1.5, "order", self._order),
            (5, "two at once", self._two_fields),
            (4, "reroll", self._reroll),
            (5, "seed", self._seed),
            (1.5, "keep seed", self._keep_seed),
            (1, "size", self._size),
            (4, "go back", self._go_back),
            (2, "branch", self._branch),
            (1.5, "shape", self._shape),
            (1.5, "paint over", self._paint_over),
            (6, "question", self._question),
        ]
        _, kind, make = self.rng.choices(kinds, [weight for weight, _, _ in kinds])[0]
        practice = Practice(kind, *make())
        return replace(practice, reading=replace(practice.reading, message=self._spoken(practice)))

    # --- the state of a conversation -------------------------------------------------------------------------

    def _prompt(self, style: bool = False) -> ImagePrompt:
        chance = self.rng.random
        return ImagePrompt(
            subject=self._subject(),
            setting=self.words.place() if chance() < 0.7 else "",
            style=self.words.style() if style or chance() < 0.4 else "",
            lighting=self.words.light() if chance() < 0.6 else "",
            camera=self.words.camera() if chance() < 0.2 else "",
            colour=self.words.pick(PALETTES) if chance() < 0.1 else "",
            quality=(self.words.pick(QUALITIES),) if chance() < 0.1 else (),
            negative=tuple(dict.fromkeys(self.words.unwanted() for _ in range(self.rng.choice((1, 1, 2)))))
            if chance() < 0.2
            else (),
        )

    def _state(self, prompt: ImagePrompt | None = None) -> Reading:
        """A conversation in which a picture is there, with versions before it and its last change."""
        prompt = prompt or self._prompt()
        count = self.rng.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 6))
        others = [self._prompt() for _ in range(count - 1)]
        before = others[-1] if others and self.rng.random() < 0.5 else None
        if before is not None:
            before = replace(prompt, lighting=before.lighting, style=before.style)
            others[-1] = before
        numbers = self._numbers(count)
        lines = tuple(
            VersionLine(number, version_words(shown)) for number, shown in zip(numbers, [*others, prompt], strict=True)
        )
        wishes = (f"no {self.words.unwanted()}",) if self.rng.random() < 0.04 else ()
        return Reading("", prompt, changes(before, prompt) if before else (), wishes, lines)

    def _numbers(self, count: int) -> list[int]:
        """The versions that are told of: all of a short conversation, of a long one the newest and some older ones."""
        if count < 2 or self.rng.random() < 0.7:
            return list(range(1, count + 1))
        newest = self.rng.randint(count + 1, 60)
        recent = range(max(1, newest - min(4, count) + 1), newest + 1)
        older = self.rng.sample(range(1, recent[0]), count - len(recent)) if recent[0] > count - len(recent) else []
        numbers = [*sorted(older), *recent]
        return numbers[-count:] if len(numbers) >= count else list(range(1, count + 1))

    def _subject(self) -> str:
        chance = self.rng.random()
        noun = self.words.thing()
        words = [self.words.adjective() for _ in range(self.rng.choice((0, 1, 1, 1)))]
        if self.rng.random() < 0.15:
            words.insert(0, self.words.pick(ADJECTIVES))
        text = " ".join((*words, noun))
        if chance < 0.08:
            text = f"{self.rng.choice(('two', 'three', 'four', 'some', 'many'))} {text}s"
        elif chance < 0.92:
            text = article(text) if self.rng.random() < 0.92 else f"the {text}"
        if self.rng.random() < 0.16:
            other = article(
                " ".join(([self.words.adjective()] if self.rng.random() < 0.5 else []) + [self.words.thing()])
            )
            text += (
                self.rng.choice(
                    (
                        " and ",
                        " next to ",
                        " beside ",
                        " holding ",
                        " riding ",
                        " on ",
                        " in front of ",
                        " chasing ",
                        " wearing ",
                        " eating ",
                    )
                )
                + other
            )
        elif self.rng.random() < 0.16:
            text += f" with {self.words.pick(EXTRA_THINGS)}"
        return text

    # --- drawing ----------------------------------------------------------------------------------------------

    def _draw(self) -> tuple[Reading, Decision]:
        chance = self.rng.random
        state = Reading("") if chance() < 0.6 else self._state()
        subject = self._subject()
        fields = {"subject": subject}
        tail: list[str] = []
        body = subject
        style = self.words.style() if chance() < 0.35 else ""
        opening = self._one_of(DRAW_OPENINGS)
        if style and not style.startswith("in the style") and chance() < 0.35:
            body = f"{article(style)} of {body}"
            opening = self._one_of(["", "", *[text for text in DRAW_OPENINGS if "of" not in text]])
        elif style:
            tail.append(
                self._one_of(STYLE_TAILS).format(style=style, a_style=article(style))
                if not style.startswith("in the")
                else style
            )
        if style:
            fields["style"] = style
        if chance() < 0.6:
            fields["setting"] = self.words.place()
            body += f" {fields['setting']}"
        if chance() < 0.55:
            fields["lighting"] = self.words.light()
            said = self._light_phrase(fields["lighting"])
            body, tail = (
                (f"{body} {said}", tail)
                if chance() < 0.6
                else (body, [*tail, self.rng.choice((said, fields["lighting"]))])
            )
        if chance() < 0.18:
            fields["camera"] = self.words.camera()
            tail.append(fields["camera"])
        if chance() < 0.1:
            fields["colour"] = self.words.pick(PALETTES)
            tail.append(self.rng.choice((fields["colour"], f"in {fields['colour']}")))
        patch = {"set": fields}
        extra: dict[str, object] = {}
        lists: dict[str, tuple[str, ...]] = {}
        if chance() < 0.08:
            lists["add_quality"] = tuple(
                dict.fromkeys(self.words.pick(QUALITIES) for _ in range(self.rng.choice((1, 2))))
            )
            tail.extend(lists["add_quality"])
        if chance() < 0.14:
            lists["add_negative"] = tuple(
                dict.fromkeys(self.words.unwanted() for _ in range(self.rng.choice((1, 1, 2))))
            )
            tail.append(self._negative_phrase(lists["add_negative"]))
        elif state.wishes:
            lists["add_negative"] = tuple(wish.removeprefix("no ") for wish in state.wishes)
        if chance() < 0.05:
            extra["shape"] = self.rng.choice(("portrait", "landscape", "square"))
            tail.append(self._one_of(SHAPE_TAILS).format(shape=extra["shape"]))
        if chance() < 0.06:
            extra["seed"] = self._seed_number()
            tail.append(self._one_of(SEED_TAILS).format(seed=extra["seed"]))
        if chance() < 0.05:
            count = self.rng.choice(list(NUMBERS))
            extra["count"] = count
            opening = f"{self.rng.choice(NUMBERS[count])} {self.rng.choice(('pictures', 'images', 'versions'))} of "
        if len(tail) > 1 and chance() < 0.4:
            self.rng.shuffle(tail)
        message = opening + body
        for part in tail:
            joint = " " if part.startswith(("in ", "as ", "without ", "with ", "at ")) and chance() < 0.5 else ", "
            message += joint + part
        decision = Decision(
            action="draw",
            patch=PatchAnswer(**patch, **lists),
            reply="Here it comes.",
            **extra,  # type: ignore[arg-type]
        )
        return replace(state, message=message), decision

    def _light_phrase(self, light: str) -> str:
        if light.startswith("from"):
            return light
        fitting = {
            "noon": "at", "midday": "at", "night": "at", "midnight": "at", "golden hour": "at", "sunset": "at",
            "sunrise": "at", "dusk": "at", "dawn": "at", "blue hour": "at", "twilight": "at", "sundown": "at",
        }  # fmt: skip
        preposition = fitting.get(light) or self.rng.choice(("in", "in", "under", "during"))
        noun = self.rng.choice(("", "", "the ", "a ")) if preposition != "at" else self.rng.choice(("", "", "", "the "))
        return f"{preposition} {noun}{light}"

    def _negative_phrase(self, terms: tuple[str, ...]) -> str:
        if len(terms) == 1:
            return self._one_of(NEGATIVE_TAILS).format(term=terms[0])
        return self.rng.choice(("no {0} and no {1}", "no {0}, no {1}", "without {0} and {1}", "no {0} or {1}")).format(
            *terms
        )

    # --- refining ---------------------------------------------------------------------------------------------

    def _new_text(self, field: str) -> str:
        return {
            "lighting": self.words.light,
            "style": self.words.style,
            "setting": self.words.place,
            "camera": self.words.camera,
            "colour": lambda: self.words.pick(PALETTES),
        }[field]()

    def _field_phrase(self, field: str, text: str) -> str:
        values = {
            "text": text,
            "a_text": article(text),
            "phrase": self._light_phrase(text) if field == "lighting" else text,
        }
        if field == "style" and text.startswith("in the style"):
            return self.rng.choice(("{text}", "make it {text}", "same but {text}", "now {text}")).format(**values)
        return self._one_of(FIELD_PHRASES[field]).format(**values)

    def _set_field(self, field: str) -> tuple[Reading, Decision]:
        state = self._state()
        text = self._new_text(field)
        return replace(state, message=self._keeping(self._field_phrase(field, text))), self._refined({field: text})

    def _nudge(self) -> tuple[Reading, Decision]:
        """A step in some direction: a light is added to the one that is there, anything else takes its place."""
        phrases, field, text = self.rng.choice(NUDGES)
        message = self._keeping(self._one_of(phrases))
        prompt = self._prompt()
        if field == "negative":
            prompt = replace(prompt, negative=tuple(term for term in prompt.negative if term != text))
            decision = self._refined({}, add_negative=(text,)).model_copy(update={"reply": f"Without {text}."})
            return replace(self._state(prompt), message=message), decision
        if field == "lighting" and prompt.lighting:
            text = f"{prompt.lighting}, {text}"
        return replace(self._state(prompt), message=message), self._refined({field: text})

    def _keeping(self, message: str) -> str:
        """Now and then it is said that the rest shall stay, which it does anyway."""
        plain = not message.lower().startswith(("same", "the same", "again", "keep", "only", "like", "do the same"))
        return self._one_of(KEEPING) + message if plain and self.rng.random() < 0.07 else message

    def _two_fields(self) -> tuple[Reading, Decision]:
        first, second = self.rng.sample(("lighting", "style", "setting"), 2)
        texts = {first: self._new_text(first), second: self._new_text(second)}
        said = [self._short_phrase(field, text) for field, text in texts.items()]
        opening = self._one_of(
            ("same but ", "now ", "make it ", "", "the same ", "please show it ", "change it: ", "try it ")
        )
        joint = self.rng.choice((" and ", ", ", " and also ", ", and "))
        return replace(self._state(), message=opening + said[0] + joint + said[1]), self._refined(texts)

    def _short_phrase(self, field: str, text: str) -> str:
        if field == "lighting":
            return self._light_phrase(text)
        return text if field == "setting" or text.startswith("in the") else f"as {article(text)}"

    def _refined(self, fields: dict[str, str], **lists: tuple[str, ...]) -> Decision:
        names = [name for name in ("subject", "setting", "style", "lighting", "camera", "colour") if name in fields]
        reply = f"Changing the {' and the '.join(names)}." if names else "Changed."
        return Decision(
            action="refine",
            patch=PatchAnswer(set=fields, **lists),
            seed="keep",
            reply=reply,  # type: ignore[arg-type]
        )

    def _recolour(self) -> tuple[Reading, Decision]:
        """Another colour for the thing: the subject changes, the palette does not."""
        noun, colour, new = self.words.thing(), self.words.known(world.COLOURS), self.words.known(world.COLOURS)
        while new == colour:
            new = self.words.known(world.COLOURS)
        rest = f" with {self.words.pick(EXTRA_THINGS)}" if self.rng.random() < 0.2 else ""
        adjective = f"{self.words.pick(['small', 'big', 'old', 'shiny', 'happy'])} " if self.rng.random() < 0.2 else ""
        coloured = self.rng.random() < 0.75
        before = article(f"{adjective}{colour} {noun}" if coloured else f"{adjective}{noun}") + rest
        after = article(f"{adjective}{new} {noun}") + rest
        state = self._state(replace(self._prompt(), subject=before))
        is_named = coloured and self.rng.random() < 0.3
        said = self._one_of(RECOLOUR_FROM if is_named else RECOLOUR)
        message = self._keeping(said.format(colour=new, noun=noun, old=colour))
        return replace(state, message=message), self._refined({"subject": after})

    def _swap(self) -> tuple[Reading, Decision]:
        """Another thing in the same picture."""
        old, new = self.words.thing(), self.words.thing()
        words = [self.words.adjective()] if self.rng.random() < 0.6 else []
        rest = f" with {self.words.pick(EXTRA_THINGS)}" if self.rng.random() < 0.2 else ""
        state = self._state(replace(self._prompt(), subject=article(" ".join([*words, old])) + rest))
        named = article(" ".join(([self.words.adjective()] if self.rng.random() < 0.4 else []) + [new]))
        message = self._one_of(SWAP).format(new=named, old=old)
        return replace(state, message=message), self._refined({"subject": named + rest})

    def _add(self) -> tuple[Reading, Decision]:
        prompt = self._prompt()
        extra = self.words.pick(EXTRA_THINGS) if self.rng.random() < 0.75 else article(self.words.thing())
        joint = " and " if " with " in prompt.subject else " with "
        state = self._state(prompt)
        message = self._one_of(ADD).format(extra=extra)
        return replace(state, message=message), self._refined({"subject": prompt.subject + joint + extra})

    def _rule_out(self) -> tuple[Reading, Decision]:
        prompt = self._prompt()
        if self.rng.random() < 0.3:
            term = self.words.pick([text for text in EXTRA_THINGS if not text.startswith("a ")])
            subject = article(f"{self.words.adjective()} {self.words.thing()}")
            state = self._state(replace(prompt, subject=f"{subject} with {term}"))
            decision = self._refined({"subject": subject}, add_negative=(term,))
            return replace(state, message=self._one_of(RULE_OUT).format(term=term)), decision
        terms = tuple(dict.fromkeys(self.words.unwanted() for _ in range(self.rng.choice((1, 1, 1, 2)))))
        message = self._one_of(RULE_OUT).format(term=terms[0]) if len(terms) == 1 else self._negative_phrase(terms)
        decision = self._refined({}, add_negative=terms).model_copy(update={"reply": f"Without {' and '.join(terms)}."})
        return replace(self._state(), message=message), decision

    def _allow(self) -> tuple[Reading, Decision]:
        term = self.words.unwanted()
        state = self._state(replace(self._prompt(), negative=(term,)))
        decision = self._refined({}, drop_negative=(term,)).model_copy(update={"reply": f"Allowing {term} again."})
        return replace(state, message=self._one_of(ALLOW).format(term=term)), decision

    def _quality(self) -> tuple[Reading, Decision]:
        message, term = self._one_of(QUALITY)
        decision = self._refined({}, add_quality=(term,)).model_copy(update={"reply": f"Asking for {term}."})
        return replace(self._state(), message=message), decision

    def _clear(self) -> tuple[Reading, Decision]:
        field = self.rng.choice(("style", "lighting", "setting", "camera", "colour"))
        message = self._one_of(CLEAR).format(field=field)
        prompt = replace(self._prompt(), **{field: self._new_text(field)})  # type: ignore[arg-type]
        return replace(self._state(prompt), message=message), self._refined({field: ""})

    def _order(self) -> tuple[Reading, Decision]:
        field = self.rng.choice(("style", "lighting", "setting", "camera", "colour"))
        decision = Decision(
            action="refine",
            patch=PatchAnswer(order=(field,)),
            seed="keep",
            reply=f"The {field} comes first now.",  # type: ignore[arg-type]
        )
        return replace(self._state(), message=self._one_of(ORDER).format(field=field)), decision

    # --- seeds, versions, shapes, questions ----------------------------------------------------------------------

    def _reroll(self) -> tuple[Reading, Decision]:
        if self.rng.random() < 0.35:
            count = self.rng.choice(list(NUMBERS))
            message = self._one_of(REROLL_MANY).format(count=self.rng.choice(NUMBERS[count]))
            decision = Decision(action="reroll", seed="new", count=count, reply=f"Painting {count}, with new seeds.")
        else:
            message = self._one_of(REROLL)
            decision = Decision(action="reroll", seed="new", reply="Another one, with a new seed.")
        return replace(self._state(), message=message), decision

    def _seed(self) -> tuple[Reading, Decision]:
        number = self._seed_number()
        decision = Decision(action="reroll", seed=number, reply=f"Using seed {number}.")
        return replace(self._state(), message=self._one_of(SEED).format(seed=number)), decision

    def _keep_seed(self) -> tuple[Reading, Decision]:
        decision = Decision(action="refine", seed="keep", reply="The same seed again.")
        return replace(self._state(), message=self._one_of(KEEP_SEED)), decision

    def _size(self) -> tuple[Reading, Decision]:
        width, height = (
            self.rng.choice((32, 64)) * self.rng.randint(3, 20)
            if self.rng.random() < 0.8
            else self.rng.randint(90, 2000)
            for _ in range(2)
        )
        decision = Decision(action="refine", seed="keep", size=(width, height), reply=f"Painting {width}x{height}.")
        return replace(self._state(), message=self._one_of(SIZES).format(w=width, h=height)), decision

    def _seed_number(self) -> int:
        digits = self.rng.choice((1, 2, 2, 3, 4, 4, 5, 7, 10))
        return self.rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)

    def _go_back(self) -> tuple[Reading, Decision]:
        state = self._state()
        if self.rng.random() < 0.3:
            return replace(state, message=self._one_of(UNDO)), Decision(action="go_back", reply="One step back.")
        number = self._meant(state)
        noun = ""
        if state.versions and self.rng.random() < 0.3:
            named = [(line.number, line.words.split(",")[0].split()) for line in state.versions[:-1]]
            nouns = [(n, words[2 if len(words) > 2 and words[0] in ("a", "an") else -1]) for n, words in named if words]
            said = " ".join(line.words for line in state.versions)
            nouns = [(n, word) for n, word in nouns if said.split().count(word) == 1]
            if nouns:
                number, noun = self.rng.choice(nouns)
        message = (
            self._one_of(GO_BACK_NOUN).format(noun=noun)
            if noun
            else self._one_of(GO_BACK).format(ordinal=_ordinal(number), number=number, word=_number_word(number))
        )
        return replace(state, message=message), Decision(
            action="go_back", target=number, reply=f"Back to picture {number}."
        )

    def _branch(self) -> tuple[Reading, Decision]:
        state = self._state()
        number = self._meant(state)
        light = self.words.light()
        said = self._one_of(BRANCH).format(ordinal=_ordinal(number), number=number)
        decision = self._refined({"lighting": light}).model_copy(update={"target": number})
        return replace(state, message=f"{said} {self._light_phrase(light)}"), decision

    def _meant(self, state: Reading) -> int:
        """The number of a picture that is told of, or now and then of one that is not there."""
        if self.rng.random() < 0.1:
            return self.rng.randint(1, 60)
        return self.rng.choice([line.number for line in state.versions] or [1])

    def _shape(self) -> tuple[Reading, Decision]:
        shape = self.rng.choice(("portrait", "landscape", "square"))
        decision = Decision(action="refine", seed="keep", shape=shape, reply=f"The same in {shape} format.")  # type: ignore[arg-type]
        word = self.rng.choice(
            {
                "portrait": ("portrait", "upright", "vertical"),
                "landscape": ("landscape", "wide", "horizontal"),
                "square": ("square",),
            }[shape]
        )
        return replace(self._state(), message=self._one_of(SHAPE).format(shape=word)), decision

    def _paint_over(self) -> tuple[Reading, Decision]:
        decision = Decision(action="refine", seed="keep", route="image-to-image", reply="Painting over the picture.")
        return replace(self._state(), message=self._one_of(PAINT_OVER)), decision

    def _question(self) -> tuple[Reading, Decision]:
        topic = self.rng.choice(list(QUESTIONS))
        state = self._state() if self.rng.random() < 0.6 else Reading("")
        reply = "The guide has a page about this."
        return replace(state, message=self._one_of(QUESTIONS[topic])), Decision(
            action="answer", topic=topic, reply=reply
        )

    # --- wording ------------------------------------------------------------------------------------------------

    def _one_of(self, phrases: list[T] | tuple[T, ...]) -> T:
        """A phrasing of our side of the split: every seventh is kept for the evaluation."""
        ours = [phrase for index, phrase in enumerate(phrases) if (index % 7 == 3) == self.new_phrasings]
        return self.rng.choice(ours or list(phrases))

    def _spoken(self, practice: Practice) -> str:
        """As people type: a please or a hm before it, a slip of the finger, a capital, a full stop."""
        message, chance = practice.reading.message, self.rng.random
        if practice.decision.action == "refine" and chance() < 0.05:
            message = self._one_of(CORRECTIONS) + message
        elif chance() < 0.08:
            message = self._one_of(POLITE) + message
        if chance() < 0.07:
            message = self._mistyped(message, practice.decision)
        if chance() < 0.3:
            message = message[:1].upper() + message[1:]
        if chance() < 0.12 and not message.endswith("?"):
            message += self.rng.choice((".", ".", "!", " please", "...", " :)"))
        return message

    def _mistyped(self, message: str, decision: Decision) -> str:
        """Two letters of one word changed places, or one is missing; not in a word that must be copied."""
        copied = set(str(decision.to_json()).replace("'", " ").replace(",", " ").split())
        words = message.split(" ")
        able = [n for n, word in enumerate(words) if len(word) > 3 and word.isalpha() and word not in copied]
        if not able:
            return message
        row = self.rng.choice(able)
        at = self.rng.randrange(1, len(words[row]) - 1)
        word = words[row]
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        words[row] = swapped if self.rng.random() < 0.5 else word[:at] + word[at + 1 :]
        return " ".join(words)


def _ordinal(number: int) -> str:
    """As people say it: in a word up to six, else in digits."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else endings.get(number % 10, 'th')}"


def _number_word(number: int) -> str:
    return WORD_NUMBERS[number - 1] if number <= len(WORD_NUMBERS) else str(number)
