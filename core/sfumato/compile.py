"""From an `ImagePrompt` and a model's facts to the texts that are sent, with notes on what was folded or cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfumato.prompt import ImagePrompt, field_text, unique_terms


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What a picture model does with words.

    `honours_negatives` is False for models that run without classifier-free guidance. `default_negative` is added to
    what the person rules out, and shown. `known_words` is None when the model knows open language.
    """

    honours_negatives: bool = True
    default_negative: tuple[str, ...] = ()
    token_limit: int = 77
    known_words: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CompiledPrompt:
    """The texts as applied, and one readable line for everything that is not as the person may expect."""

    positive: str
    negative: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{"positive", "negative", "notes"}`."""
        return {"positive": self.positive, "negative": self.negative, "notes": list(self.notes)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CompiledPrompt:
        """The inverse of `to_json`."""
        return cls(data["positive"], data["negative"], tuple(data.get("notes", ())))


def compile_prompt(prompt: ImagePrompt, facts: PromptFacts) -> CompiledPrompt:
    """The texts for one model. Negatives go to the negative prompt where it is honoured, else into positive words."""
    positive = ", ".join(text for name in prompt.order if (text := field_text(prompt, name)))
    negative = unique_terms(prompt.negative + facts.default_negative)
    notes = [*_contradictions(prompt), *_unknown_words(prompt, facts)]
    if negative and not facts.honours_negatives:
        notes.append(f"This model ignores negatives, so “without {', '.join(negative)}” was put into the prompt.")
        positive = ", ".join((positive, *(f"without {term}" for term in negative)))
        negative = ()
    return CompiledPrompt(positive, ", ".join(negative), tuple(notes))


def unknown_words(text: str, known_words: frozenset[str]) -> tuple[str, ...]:
    """The words of a text that a model with a closed vocabulary has never seen, in order, each once."""
    words = ("".join(letter if letter.isalnum() or letter in "-'" else " " for letter in text.casefold())).split()
    parts = (part for word in words for part in ((word,) if word in known_words else word.split("-")))
    return tuple(dict.fromkeys(part for part in parts if part not in known_words and not part.isdigit()))


def _unknown_words(prompt: ImagePrompt, facts: PromptFacts) -> list[str]:
    if facts.known_words is None:
        return []
    spoken = " ".join(field_text(prompt, name) for name in prompt.order)
    unknown = unknown_words(spoken, facts.known_words)
    if not unknown:
        return []
    shown = ", ".join(f"“{word}”" for word in unknown[:8]) + (" and more" if len(unknown) > 8 else "")
    return [f"This model has not learned {shown}: expect it to be ignored or guessed."]


def _contradictions(prompt: ImagePrompt) -> list[str]:
    spoken = f" {' '.join(field_text(prompt, name) for name in prompt.order).casefold()} "
    both = [term for term in prompt.negative if f" {term.casefold()} " in spoken.replace(",", " ")]
    return [f"“{term}” is both asked for and ruled out." for term in both]
