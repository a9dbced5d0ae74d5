"""Fields and changes of a prompt as a person types and reads them."""

from __future__ import annotations

from sfumato.prompt import TERM_FIELDS, FieldChange, ImagePrompt, unique_terms, with_field_text

SHORT_CHARACTERS = 48
NOTHING = "–"


def with_typed(prompt: ImagePrompt, name: str, text: str) -> ImagePrompt:
    """The prompt with one field as the person typed it: on one line, terms separated by commas."""
    return with_field_text(prompt, name, " ".join(text.split()))


def change_words(change: FieldChange) -> str:
    """A change as a person reads it: `golden hour → moonlight`, or `+ birds, − people` for terms."""
    if change.field not in TERM_FIELDS:
        return f"{change.before or NOTHING} → {change.after or NOTHING}"
    before, after = unique_terms(change.before.split(",")), unique_terms(change.after.split(","))
    told = [f"+ {term}" for term in after if term not in before]
    told += [f"− {term}" for term in before if term not in after]
    return ", ".join(told) or f"{change.before} → {change.after}"


def shortened(text: str, characters: int = SHORT_CHARACTERS) -> str:
    """The text, cut at a word with an ellipsis if it is longer than so many characters."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


def short_change(change: FieldChange) -> FieldChange:
    """The change with long texts shortened; lists of terms stay whole, because only their difference is told."""
    if change.field in TERM_FIELDS:
        return change
    return FieldChange(change.field, shortened(change.before), shortened(change.after))
