"""Prompts as other tools write them, with weights, tags and BREAK, as plain words; what was taken out is said.

Every tool has its dialect. Sources: the syntax pages of AUTOMATIC1111's web UI, ComfyUI, compel (InvokeAI) and SwarmUI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MAX_PROMPT_CHARACTERS = 20_000
MAX_NAME_CHARACTERS = 200

WEIGHTS_DROPPED = "Emphasis weights were dropped."
BREAK_DROPPED = "BREAK was read as a comma."
EDITING_DROPPED = "Words that change while painting were read as what they end as."
SECTIONS_DROPPED = "Prompts for parts of the picture were left out."

_TAG = re.compile(r"<(\w{1,20})(?:\[[^\[\]<>]{0,200}\])?(?::([^<>]{0,300}))?>")
_LORA_TAGS = frozenset({"lora", "lyco", "hypernet"})
_SECTION_TAGS = frozenset({"base", "refiner", "segment", "object", "region", "clear", "extend", "video", "edit"})
_BREAK = re.compile(r"[\s,]*\bBREAK\b[\s,]*")
_PIECE = re.compile(r"\\[()\[\]\\]|:\s{0,4}[-+]?\d{0,4}\.?\d{1,6}\s{0,4}\)|[()\[\]]|[^()\[\]\\:]+|.", re.DOTALL)
_COMPEL_PIECE = re.compile(r"\\[()]|\)\s?(?:\++|-+|\d{1,3}(?:\.\d{1,6})?)|[()]|[^()\\]+|.", re.DOTALL)
_COMPEL_WORD = re.compile(r"(?<=\w)(?:\+{1,9}|-{1,9})(?=[\s,.;)]|$)")
_EDITING = re.compile(r"^(?P<first>[^:]*):(?:(?P<second>[^:]*):)?\s*\d*\.?\d+\s*$", re.DOTALL)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class Dialect(Enum):
    """How emphasis is written."""

    A1111 = "(a:1.2), [a], [a:b:0.5], BREAK, <lora:a:1>"
    COMFYUI = "(a:1.2), <lora:a:1>"
    SWARMUI = "(a:1.2), <lora:a:1>, <segment:a> ..."
    COMPEL = "a++, (a)1.2"


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA a picture was painted with; `weight` is None where it is not told."""

    name: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class PlainWords:
    """A prompt without its tool's syntax; `notes` name what was taken out."""

    text: str
    loras: tuple[Lora, ...] = ()
    notes: tuple[str, ...] = ()


def plain_words(text: str, dialect: Dialect) -> PlainWords:
    """The words of a prompt; escaped brackets become brackets. Never longer than 20,000 characters."""
    notes: dict[str, None] = {}
    told = visible(text)
    if len(told) > MAX_PROMPT_CHARACTERS:
        notes[f"Only the first {MAX_PROMPT_CHARACTERS:,} characters of the prompt were read."] = None
        told = told[:MAX_PROMPT_CHARACTERS]
    told, loras = _without_tags(told, dialect, notes)
    told = _without_compel(told, notes) if dialect is Dialect.COMPEL else _without_weights(told, dialect, notes)
    if dialect is Dialect.A1111 and _BREAK.search(told):
        notes[BREAK_DROPPED] = None
        told = _BREAK.sub(", ", told)
    return PlainWords(_tidy(told), loras, tuple(notes))


def visible(text: str) -> str:
    """Text without control characters and without marks that reorder or hide what is shown; newlines stay."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def name_of(text: str) -> str:
    """A model's name as a file name without folders and ending, on one line, bounded."""
    name = " ".join(visible(text).replace("\\", "/").rpartition("/")[2].split())
    return re.sub(r"\.(safetensors|ckpt|pt|pth|bin|gguf|sft)$", "", name, flags=re.IGNORECASE)[:MAX_NAME_CHARACTERS]


def _without_tags(text: str, dialect: Dialect, notes: dict[str, None]) -> tuple[str, tuple[Lora, ...]]:
    loras: dict[str, Lora] = {}
    parts: list[str] = []
    at = 0
    for tag in _TAG.finditer(text):
        kind, value = tag[1].casefold(), tag[2] or ""
        is_section = dialect is Dialect.SWARMUI and kind in _SECTION_TAGS
        if kind in _LORA_TAGS and value:
            name, _, weight = value.partition(":")
            loras.setdefault(name, Lora(name_of(name), _weight(weight)))
        elif dialect is Dialect.SWARMUI and kind == "break":
            notes[BREAK_DROPPED] = None
        elif not is_section:
            continue
        parts.append(text[at : tag.start()])
        at = tag.end()
        if is_section:
            notes[SECTIONS_DROPPED] = None
            return ", ".join(parts), tuple(loras.values())
        if kind == "break":
            parts.append(",")
    return "".join((*parts, text[at:])), tuple(loras.values())


def _without_weights(text: str, dialect: Dialect, notes: dict[str, None]) -> str:
    """Brackets that weigh are dropped; one that nothing opened is a letter like any other."""
    has_squares = dialect is Dialect.A1111
    done: list[str] = []
    opened: list[tuple[str, int]] = []
    for piece in _PIECE.findall(text):
        top = opened[-1][0] if opened else ""
        if piece[0] == "\\" and len(piece) == 2:
            done.append(piece[1])
        elif piece == "(" or (piece == "[" and has_squares):
            opened.append((piece, len(done)))
        elif piece[-1] == ")" and top == "(":
            opened.pop()
            notes[WEIGHTS_DROPPED] = None
        elif piece == "]" and top == "[":
            start = opened.pop()[1]
            done[start:] = [_ending("".join(done[start:]), notes)]
        else:
            done.append(piece)
    if opened:
        notes[WEIGHTS_DROPPED] = None
    return "".join(done)


def _ending(inner: str, notes: dict[str, None]) -> str:
    """What stood in square brackets: fewer weight, `from:to:when`, or alternatives."""
    if edited := _EDITING.match(inner):
        notes[EDITING_DROPPED] = None
        return (edited["first"] if edited["second"] is None else edited["second"]).strip()
    if "|" in inner:
        notes[EDITING_DROPPED] = None
        return inner.rpartition("|")[2].strip()
    notes[WEIGHTS_DROPPED] = None
    return inner


def _without_compel(text: str, notes: dict[str, None]) -> str:
    plain = _COMPEL_WORD.sub("", text)
    done: list[str] = []
    opened = 0
    weighed = plain != text
    for piece in _COMPEL_PIECE.findall(plain):
        if piece[0] == "\\" and len(piece) == 2:
            done.append(piece[1])
        elif piece == "(":
            opened += 1
        elif piece[0] == ")" and opened:
            opened -= 1
            weighed = weighed or len(piece) > 1
        else:
            done.append(piece)
    if weighed:
        notes[WEIGHTS_DROPPED] = None
    return "".join(done)


def _weight(text: str) -> float | None:
    """The first number of `0.8`, `0.8:0.6` or `te=0.8:unet=0.6`."""
    found = re.search(r"[-+]?\d{0,4}\.?\d{1,6}", text)
    return float(found[0]) if found else None


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" ?(?:,\s*){2,}", ", ", text)
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line).strip(" ,\n")
