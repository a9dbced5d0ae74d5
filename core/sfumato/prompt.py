"""The image prompt: a value with named fields, and the patch that changes only some of them.

A refinement never rewrites a prompt. It is a `PromptPatch`, and every field the patch does not name is the same string
object afterwards. Knows nothing of models, text encoders or the words a writer uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TEXT_FIELDS = ("subject", "setting", "style", "lighting", "camera", "colour")
TERM_FIELDS = ("quality", "negative")
FIELDS = TEXT_FIELDS + TERM_FIELDS
SPOKEN = (*TEXT_FIELDS, "quality")
DEFAULT_ORDER = SPOKEN
USUAL_ORDER = "as usual"


@dataclass(frozen=True, slots=True)
class ImagePrompt:
    """A structured prompt. Text fields are stripped; terms are stripped, non-empty and unique regardless of case.

    `order` says in which order the spoken fields are read out (what comes first weighs most); fields it does not name
    follow in the default order.

    Raises:
        ValueError: if `order` names a field that is not spoken.
    """

    subject: str = ""
    setting: str = ""
    style: str = ""
    lighting: str = ""
    camera: str = ""
    colour: str = ""
    quality: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    order: tuple[str, ...] = DEFAULT_ORDER

    def __post_init__(self) -> None:
        for name in TEXT_FIELDS:
            object.__setattr__(self, name, getattr(self, name).strip())
        for name in TERM_FIELDS:
            object.__setattr__(self, name, unique_terms(getattr(self, name)))
        object.__setattr__(self, "order", complete_order(self.order))

    @property
    def is_empty(self) -> bool:
        """True when no spoken field says anything."""
        return not any(getattr(self, name) for name in SPOKEN)

    def to_json(self) -> dict[str, Any]:
        """All fields, and the order, as plain JSON values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in TEXT_FIELDS}
        return plain | {name: list(getattr(self, name)) for name in (*TERM_FIELDS, "order")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ImagePrompt:
        """The inverse of `to_json`; missing fields are empty, unknown ones are ignored (they may be of a newer version)."""
        fields: dict[str, Any] = {name: str(data.get(name, "")) for name in TEXT_FIELDS}
        fields |= {name: tuple(str(term) for term in data.get(name, ())) for name in TERM_FIELDS}
        return cls(**fields, order=tuple(data.get("order", DEFAULT_ORDER)))


@dataclass(frozen=True, slots=True)
class PromptPatch:
    """Only what changes. `set` maps a text field to its new text (empty text clears the field).

    Raises:
        ValueError: if `set` names something that is not a text field, or `order` a field that is not spoken.
    """

    set: Mapping[str, str] = field(default_factory=dict)
    add_quality: tuple[str, ...] = ()
    drop_quality: tuple[str, ...] = ()
    add_negative: tuple[str, ...] = ()
    drop_negative: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.set if name not in TEXT_FIELDS]
        if unknown:
            raise ValueError(f"not a text field of a prompt: {', '.join(unknown)}")
        object.__setattr__(self, "set", {name: text.strip() for name, text in self.set.items()})
        for name in ("add_quality", "drop_quality", "add_negative", "drop_negative"):
            object.__setattr__(self, name, unique_terms(getattr(self, name)))
        if self.order:
            object.__setattr__(self, "order", complete_order(self.order))

    @property
    def is_empty(self) -> bool:
        """True when applying it to any prompt gives that prompt."""
        return self == PromptPatch()

    def to_json(self) -> dict[str, Any]:
        """Only the parts that are there, in a fixed key order: the shape a writer answers in."""
        plain: dict[str, Any] = {}
        if self.set:
            plain["set"] = {name: self.set[name] for name in TEXT_FIELDS if name in self.set}
        for name in ("add_quality", "drop_quality", "add_negative", "drop_negative", "order"):
            if getattr(self, name):
                plain[name] = list(getattr(self, name))
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PromptPatch:
        """The inverse of `to_json`. Raises ValueError as the constructor does."""
        lists = {name: tuple(value) for name, value in data.items() if name != "set"}
        return cls(set=dict(data.get("set", {})), **lists)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs, as text a person reads (terms joined by commas)."""

    field: str
    before: str
    after: str


def apply(prompt: ImagePrompt, patch: PromptPatch) -> ImagePrompt:
    """The prompt with the patch's changes: drops first, then appends; unnamed fields stay identical."""
    changes: dict[str, Any] = dict(patch.set)
    for name, drop, add in (
        ("quality", patch.drop_quality, patch.add_quality),
        ("negative", patch.drop_negative, patch.add_negative),
    ):
        if drop or add:
            changes[name] = _without(getattr(prompt, name), drop) + add
    if patch.order:
        changes["order"] = patch.order
    return replace(prompt, **changes) if changes else prompt


def diff(before: ImagePrompt, after: ImagePrompt) -> PromptPatch:
    """The patch that turns one prompt into the other: `apply(before, diff(before, after)) == after`, always.

    Lists are dropped and added again from their first difference on, which keeps their order.
    """
    texts = {name: getattr(after, name) for name in TEXT_FIELDS if getattr(before, name) != getattr(after, name)}
    drop_quality, add_quality = _list_difference(before.quality, after.quality)
    drop_negative, add_negative = _list_difference(before.negative, after.negative)
    order = after.order if before.order != after.order else ()
    return PromptPatch(texts, add_quality, drop_quality, add_negative, drop_negative, order)


def changes(before: ImagePrompt, after: ImagePrompt) -> tuple[FieldChange, ...]:
    """Every field that differs, in the canonical field order."""
    return tuple(
        FieldChange(name, field_text(before, name), field_text(after, name))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    )


def order_change(before: ImagePrompt, after: ImagePrompt) -> FieldChange | None:
    """What is said first now, in words, or None if nothing was moved."""
    if before.order == after.order:
        return None
    return FieldChange("order", field_text(before, "order"), field_text(after, "order"))


def prompt_changes(before: ImagePrompt, after: ImagePrompt) -> tuple[FieldChange, ...]:
    """Every field that changed, and the order of the fields if that did."""
    moved = order_change(before, after)
    return (*changes(before, after), *((moved,) if moved else ()))


def said_first(prompt: ImagePrompt, name: str) -> ImagePrompt:
    """The prompt with one field spoken before all others, which keep their order.

    Raises:
        ValueError: if it is not a spoken field.
    """
    return replace(prompt, order=(name, *prompt.order))


def field_text(prompt: ImagePrompt, name: str) -> str:
    """One field as the text a person reads and edits; terms are joined by commas. `order` reads “lighting first”."""
    if name == "order":
        return _order_words(prompt.order)
    value = getattr(prompt, name)
    return value if isinstance(value, str) else ", ".join(value)


def with_field_text(prompt: ImagePrompt, name: str, text: str) -> ImagePrompt:
    """The prompt with one field set from the text a person typed: the inverse of `field_text`.

    Raises:
        ValueError: if an order names something that is not a spoken field.
    """
    if name == "order":
        return replace(prompt, order=_order_from_words(text))
    value = text if name in TEXT_FIELDS else tuple(text.split(","))
    return replace(prompt, **{name: value})  # type: ignore[arg-type]


def unique_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Stripped, non-empty terms, the first of each regardless of case."""
    seen: dict[str, str] = {}
    for term in terms:
        if stripped := term.strip():
            seen.setdefault(stripped.casefold(), stripped)
    return tuple(seen.values())


def complete_order(order: Iterable[str]) -> tuple[str, ...]:
    """A permutation of all spoken fields that begins with those named, each once."""
    named = tuple(dict.fromkeys(order))
    unknown = [name for name in named if name not in SPOKEN]
    if unknown:
        raise ValueError(f"not a spoken field of a prompt: {', '.join(unknown)}")
    return named + tuple(name for name in DEFAULT_ORDER if name not in named)


def _order_words(order: tuple[str, ...]) -> str:
    """“lighting, style first”: the fields that were moved before the usual order."""
    if order == DEFAULT_ORDER:
        return USUAL_ORDER
    moved = next(count for count in range(1, len(order) + 1) if complete_order(order[:count]) == order)
    return f"{', '.join(order[:moved])} first"


def _order_from_words(text: str) -> tuple[str, ...]:
    named = text.strip().casefold().removesuffix("first")
    return DEFAULT_ORDER if named in ("", USUAL_ORDER) else tuple(name.strip() for name in named.split(","))


def _without(terms: tuple[str, ...], drop: tuple[str, ...]) -> tuple[str, ...]:
    dropped = {term.casefold() for term in drop}
    return tuple(term for term in terms if term.casefold() not in dropped)


def _list_difference(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    return before[same:], after[same:]
