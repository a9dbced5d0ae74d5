"""From an `ImagePrompt` and a model's facts to the texts that are sent, with notes on what was folded or left out.

What the person rules out goes to the negative prompt of a model that reads one, together with the model's own defaults;
otherwise it is said in positive words. Nothing is applied that is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sfumato.opposites import OPPOSITES
from sfumato.prompt import ImagePrompt, field_text, unique_terms
from sfumato.words import is_mistyped, position, words

MAX_NEGATIVES = 40
MAX_FOLDED = 8  # every word in the prompt takes weight from the others
MAX_SHOWN = 6
_NEGATIONS = frozenset({"no", "not", "without", "never", "free"})


@dataclass(frozen=True, slots=True)
class Usual:
    """What a model is told for a field of which nothing was said, unless a phrase of `instead` is said anywhere."""

    field: str
    text: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What a picture model does with words.

    `honours_negatives` is False for models that run without classifier-free guidance. `default_negative` is added to
    what the person rules out, `usual` to what was left unsaid, and both are shown. `known_words` is None when the model
    knows open language.
    """

    honours_negatives: bool = True
    default_negative: tuple[str, ...] = ()
    token_limit: int = 77
    known_words: frozenset[str] | None = None
    usual: tuple[Usual, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledPrompt:
    """The texts as applied, and one readable line for everything that is not as the person may expect.

    `defaults` are the terms of the negative text that are the model's own, not the person's.
    """

    positive: str
    negative: str
    notes: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{"positive", "negative", "notes"}`, and `"defaults"` where there are any."""
        plain: dict[str, Any] = {"positive": self.positive, "negative": self.negative, "notes": list(self.notes)}
        return plain | ({"defaults": list(self.defaults)} if self.defaults else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CompiledPrompt:
        """The inverse of `to_json`."""
        return cls(data["positive"], data["negative"], tuple(data.get("notes", ())), tuple(data.get("defaults", ())))


def compile_prompt(prompt: ImagePrompt, facts: PromptFacts) -> CompiledPrompt:
    """The texts for one model. Negatives go to the negative prompt where it is honoured, else into positive words."""
    usual = _usual(prompt, facts)
    positive = ", ".join(text for name in prompt.order if (text := usual.get(name) or field_text(prompt, name)))
    defaults, default_notes = _defaults(prompt, facts)
    notes = (*_contradictions(prompt), *_usual_notes(usual), *default_notes, *_unknown_words(prompt, facts))
    if facts.honours_negatives:
        own, left_out = _bounded(prompt.negative, MAX_NEGATIVES)
        negative = ", ".join(own + defaults)
        return CompiledPrompt(positive, negative, (*notes, *left_out), defaults)
    ruled_out, left_out = _bounded(prompt.negative + defaults, MAX_FOLDED)
    folded = _folded(ruled_out, positive)
    text = ", ".join(filter(None, (positive, *folded.values())))
    return CompiledPrompt(text, "", (*notes, *_folding_notes(folded, defaults), *left_out))


def sent_texts(prompt: ImagePrompt, facts: PromptFacts) -> tuple[str, str]:
    """The positive and the negative text, without the search for what unknown words may have meant: quick enough for every key."""
    compiled = compile_prompt(prompt, replace(facts, known_words=None))
    return compiled.positive, compiled.negative


def unknown_words(text: str, known_words: frozenset[str]) -> tuple[str, ...]:
    """The words of a text that a model with a closed vocabulary has never seen, in order, each once.

    `known_words` may hold phrases, whose words need not be known by themselves; a hyphen is as good as a space.
    """
    known = {phrase.replace("-", " ") for phrase in known_words}
    longest = max((len(phrase.split()) for phrase in known), default=1)
    spoken, unknown, place = _spoken(text), [], 0
    while place < len(spoken):
        lengths = range(longest, 0, -1)
        learned = next((length for length in lengths if " ".join(spoken[place : place + length]) in known), 0)
        if not learned and not spoken[place].isdigit():
            unknown.append(spoken[place])
        place += learned or 1
    return tuple(dict.fromkeys(unknown))


def _usual(prompt: ImagePrompt, facts: PromptFacts) -> dict[str, str]:
    """The texts for fields that are empty, where nothing that is said elsewhere stands in for them."""
    said = words(" ".join(field_text(prompt, name) for name in prompt.order))
    return {
        usual.field: usual.text
        for usual in facts.usual
        if said
        and not field_text(prompt, usual.field)
        and all(position(words(phrase), said) is None for phrase in usual.instead)
        and all(words(usual.text) != words(term) for term in prompt.negative)
    }


def _usual_notes(usual: dict[str, str]) -> list[str]:
    return [f"Left unsaid, so this model is told its usual: {', '.join(usual.values())}."] if usual else []


def _unknown_words(prompt: ImagePrompt, facts: PromptFacts) -> list[str]:
    if facts.known_words is None:
        return []
    spoken = ", ".join(field_text(prompt, name) for name in prompt.order)
    unknown = unknown_words(spoken, facts.known_words)
    ruled_out = unknown_words(", ".join(prompt.negative), facts.known_words)
    joined = {"".join(pair): pair[1] for pair in pairwise(_spoken(spoken))}
    learned = sorted(facts.known_words) if unknown else []
    meant = [
        known
        for word in unknown
        for known in learned
        if is_mistyped(word, known) or joined.get(known) == word  # “snow-man”
    ]
    notes = []
    if unknown:
        perhaps = f" Perhaps you meant {_listed(dict.fromkeys(meant))}." if meant else ""
        notes.append(f"This model has not learned {_listed(unknown)}: expect it to be ignored or guessed.{perhaps}")
    if ruled_out:
        what = "it" if len(ruled_out) == 1 else "that"
        notes.append(f"This model has not learned {_listed(ruled_out)}, so ruling {what} out may change nothing.")
    return notes


def _contradictions(prompt: ImagePrompt) -> list[str]:
    both = {term: name for term in prompt.negative if (name := _asked_for(prompt, term))}
    if not both:
        return []
    told = ", ".join(f"“{term}” ({name})" for term, name in list(both.items())[:MAX_SHOWN])
    more = " and more" if len(both) > MAX_SHOWN else ""
    return [f"Both asked for and ruled out: {told}{more}. Drop one of the two."]


def _asked_for(prompt: ImagePrompt, term: str) -> str | None:
    """The field that asks for a term, in any number; “without birds” does not ask for birds."""
    wanted = words(term)
    for name in prompt.order:
        said = words(field_text(prompt, name))
        place = position(wanted, said)
        if place is not None and not _NEGATIONS & set(said[max(0, place - 2) : place]):
            return name
    return None


def _defaults(prompt: ImagePrompt, facts: PromptFacts) -> tuple[tuple[str, ...], list[str]]:
    """The model's own negatives that apply: not those that the person rules out already, nor those asked for."""
    ruled_out = {words(term) for term in prompt.negative}
    new = [term for term in unique_terms(facts.default_negative) if words(term) not in ruled_out]
    asked = [term for term in new if _asked_for(prompt, term)]
    applied = tuple(term for term in new if term not in asked)
    notes = []
    if asked:
        notes.append(f"The model rules out {_listed(asked)} by itself; left out, because you asked for it.")
    if applied and facts.honours_negatives:
        notes.append(f"The model's own negatives are sent too: {', '.join(applied)}.")
    return applied, notes


def _bounded(terms: tuple[str, ...], limit: int) -> tuple[tuple[str, ...], list[str]]:
    """The terms said last, at most `limit` of them: what was just asked for must not be the one that is ignored."""
    if len(terms) <= limit:
        return terms, []
    left_out = terms[:-limit]
    return terms[-limit:], [
        f"{len(terms)} things are ruled out; the model is told the last {limit}. Left out: {_listed(left_out)}."
    ]


def _folded(ruled_out: Iterable[str], positive: str) -> dict[str, str]:
    """For every term the words that say it positively; terms that lead to the same words, or words said, once."""
    said = words(positive)
    folded: dict[str, str] = {}
    for term in ruled_out:
        positively = OPPOSITES.get(" ".join(words(term)), f"without {term}")
        if positively not in folded.values() and position(words(positively), said) is None:
            folded[term] = positively
    return folded


def _folding_notes(folded: dict[str, str], defaults: tuple[str, ...]) -> list[str]:
    if not folded:
        return []
    told = ", ".join(
        f"“{positively}”" + (f" for no {term}" if not positively.startswith("without ") else "")
        + (" (the model's own)" if term in defaults else "")
        for term, positively in folded.items()
    )  # fmt: skip
    return [f"This model reads no negatives, so the prompt says it in other words: {told}."]


def _spoken(text: str) -> list[str]:
    """The words of a text in lower case, those with a hyphen as two."""
    plain = text.casefold().replace("’", "'")
    return "".join(letter if letter.isalnum() or letter == "'" else " " for letter in plain).split()


def _listed(terms: Iterable[str]) -> str:
    shown = list(terms)
    return ", ".join(f"“{term}”" for term in shown[:8]) + (" and more" if len(shown) > 8 else "")
