"""What a person wants of every picture of a conversation: “from now on always as a watercolour”, “never show people”.

A wish is heard in the person's own words. What is ruled out is known from them; which field of the prompt a wish fills is
learned from the writer's next patch that uses its words. It is applied to new drawings where they say nothing else, and
the card says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sfumato.prompt import TEXT_FIELDS, ImagePrompt, PromptPatch, apply, field_text, unique_terms
from sfumato.words import content_words, position, words

MAX_WISHES = 8  # as many as a writer is told of
MAX_WISH_CHARACTERS = 120
_LEARNED = tuple(name for name in TEXT_FIELDS if name != "subject")  # a thing is wanted in one picture, not in all
_BEGIN = r"(?:^|(?<=[,.;!?–—])|\band\b|\bbut\b)\s*(?:please\s+)?"
_DO = "show|paint|draw|make|put|use|include|add|have|do|render"
# “from now on” and “in all pictures” say it by themselves; “always” and “never” only before what is done
_FOR_ALL = re.compile(
    rf"{_BEGIN}(?:(?:from (?:now|here) on(?:wards)?|in (?:the )?future|as a rule|"
    r"(?:in|for|on) (?:all|every|each)(?: of)?(?: (?:the|my))?(?: (?:next|following|future|other|new|further))? pictures?)"
    r"[\s,:]+(?:please\s+)?(?:i want\s+)?(?P<never>never\b)?(?:always\b)?"
    rf"|(?:(?P<no>never|don'?t ever)|always)\b(?=\s+(?:{_DO}|in|as|with|without|no)\b))\s*",
    re.IGNORECASE,
)
_DOING = re.compile(rf"^(?:(?:{_DO})\b\s*)?(?:(?:it|them|everything|all)\b\s*)?", re.I)
_WITHOUT = re.compile(
    r"^(?:no|without|not|never|don'?t (?:show|paint|draw|use|include|add))\s+(?:any\s+)?", re.IGNORECASE
)
_ENDS = re.compile(r"[.;:!?\n]|,\s*(?:and|but)\b")
_TERMS = re.compile(r"\s*(?:,|\bor\b|\band\b|\bnor\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StandingWish:
    """A wish as it is shown and told to a writer, and what it does: terms ruled out, fields filled."""

    text: str
    negative: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{"text", "negative", "fields"}`."""
        return {"text": self.text, "negative": list(self.negative), "fields": dict(self.fields)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> StandingWish:
        """The inverse of `to_json`. Raises KeyError, TypeError, ValueError or AttributeError if it is damaged."""
        fields = tuple((str(name), str(text)) for name, text in data["fields"].items() if name in _LEARNED)
        return cls(str(data["text"])[:MAX_WISH_CHARACTERS], tuple(map(str, data["negative"])), fields)

    @property
    def is_learned(self) -> bool:
        """True once it is known what it does to a prompt."""
        return bool(self.negative or self.fields)


@dataclass(frozen=True, slots=True)
class Heard:
    """A wish in a message, and the message as it is about this picture. `is_all`: the message says nothing else."""

    wish: StandingWish
    message: str
    is_all: bool


def hear_wish(message: str) -> Heard | None:
    """The standing wish in a message, or None: “always” and “never” count only where a clause begins."""
    text = " ".join(message.replace("’", "'").split())
    found = _FOR_ALL.search(text)
    if found is None:
        return None
    rest = text[found.end() :]
    end = _ENDS.search(rest)
    said, after = (rest[: end.start()], rest[end.end() :]) if end else (rest, "")
    said = _DOING.sub("", said.strip(" ,"), count=1)
    is_against = bool(found.group("never") or found.group("no"))
    if without := _WITHOUT.match(said):
        said, is_against = said[without.end() :], True
    said = said.strip(" ,.!")[:MAX_WISH_CHARACTERS]
    if not content_words(said):
        return None
    negative = unique_terms(_TERMS.split(re.sub(r"^any\s+", "", said))) if is_against else ()
    wish = StandingWish(f"no {' or '.join(negative)}" if is_against else said, negative)
    around = [text[: found.start()].strip(" ,.;"), wish.text, after.strip(" ,.;")]
    return Heard(wish, ", ".join(filter(None, around)), is_all=not (around[0] or around[2]))


def learned(wish: StandingWish, patch: PromptPatch) -> StandingWish:
    """The wish with the fields of a patch that say nothing but its words."""
    if wish.is_learned:
        return wish
    said = set(content_words(wish.text))
    fields = tuple(
        (name, text) for name, text in patch.set.items() if name in _LEARNED and set(content_words(text)) <= said
    )
    return replace(wish, fields=fields)


def with_wish(wishes: Sequence[StandingWish], new: StandingWish) -> tuple[StandingWish, ...]:
    """The wishes with one more, the newest last: it replaces one that fills the same field, and the oldest of too many."""
    own = {name for name, _ in new.fields}
    kept = [
        wish for wish in wishes if wish.text.casefold() != new.text.casefold() and not own & {n for n, _ in wish.fields}
    ]
    return (*kept, new)[-MAX_WISHES:]


def apply_wishes(prompt: ImagePrompt, wishes: Sequence[StandingWish]) -> tuple[ImagePrompt, tuple[str, ...]]:
    """A new drawing's prompt with the wishes, where it says nothing else, and a note on what was added."""
    added = []
    for wish in wishes:
        fields = {name: text for name, text in wish.fields if not field_text(prompt, name)}
        negative = tuple(term for term in wish.negative if not _is_asked_for(term, prompt))
        after = apply(prompt, PromptPatch(set=fields, add_negative=negative))
        if after != prompt:
            added.append(f"“{wish.text}”")
        prompt = after
    what = "wish" if len(added) == 1 else "wishes"
    return prompt, (f"By your standing {what}: {', '.join(added)}.",) if added else ()


def _is_asked_for(term: str, prompt: ImagePrompt) -> bool:
    said = words(" ".join(field_text(prompt, name) for name in TEXT_FIELDS))
    return position(words(term), said) is not None
