"""The exact text a writer reads, made in one place for the app and for the training of the starter writer.

Bounded: the current prompt, the last three changes, at most eight standing wishes, the twelve newest versions and the
message. Fixed rules and examples come first, so that a writer evaluates them once and reuses them. Message text is data:
it is put on one line, so it can never look like a heading of this format.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sfumato.decision import DECISION_SCHEMA, KEYS, Decision
from sfumato.prompt import DEFAULT_ORDER, FIELDS, FieldChange, ImagePrompt, field_text

Wrapping = Literal["starter", "chatml", "gemma", "llama3"]
_TERM_LISTS = ("add_quality", "drop_quality", "add_negative", "drop_negative")
MAX_CHANGES = 3
MAX_WISHES = 8
MAX_VERSIONS = 12
MAX_MESSAGE_CHARACTERS = 1200
MAX_VERSION_CHARACTERS = 80

_RULES = f"""You turn what a person says into one JSON object that steers an image generator. Keys, in this order: \
{", ".join(KEYS)}. Leave out keys that do not apply.
action: draw (a new picture), refine (change the current one), reroll (same prompt, another seed), answer (a question), \
go_back (return to an earlier version; target is its number).
patch: only what changes. set maps subject, setting, style, lighting, camera, colour to new text; add_/drop_quality and \
add_/drop_negative are lists. Things, their own colours, numbers and relations belong to subject; the place to setting; \
time of day, weather and light to lighting; the palette of the whole picture to colour. What must not appear goes to \
add_negative, without "no". Never repeat a field that stays.
seed: keep on refine, new on reroll, or the number the person names. reply: one short sentence, last.
"""

_EXAMPLES = (
    (
        "a fox in the snow at dusk, watercolour, no people",
        '{"action":"draw","patch":{"set":{"subject":"a fox","setting":"in the snow","style":"watercolour",'
        '"lighting":"dusk"},"add_negative":["people"]},"reply":"A watercolour of a fox in the snow at dusk."}',
    ),
    (
        "same but at night",
        '{"action":"refine","patch":{"set":{"lighting":"night"}},"seed":"keep","reply":"Now at night."}',
    ),
    ("another one", '{"action":"reroll","seed":"new","reply":"Another one, with a new seed."}'),
    ("what is a seed?", '{"action":"answer","topic":"seeds","reply":"The guide has a page about seeds."}'),
)

_TURN_MARKS: dict[Wrapping, tuple[str, str, str]] = {
    # (before the rules, between what is read and the answer, after an answer)
    "starter": ("", "", "\n"),
    "chatml": ("<|im_start|>system\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"),
    "gemma": ("<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>"),
    "llama3": (
        "<|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|eot_id|>",
    ),
}
_USER_MARK: dict[Wrapping, str] = {
    "starter": "",
    "chatml": "<|im_end|>\n<|im_start|>user\n",
    "gemma": "\n",
    "llama3": "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """What a writer is told of an earlier picture: its number and its prompt in a few words."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a writer reads for one message. `prompt` is empty when nothing has been drawn yet."""

    message: str
    prompt: ImagePrompt = ImagePrompt()
    changes: tuple[FieldChange, ...] = ()
    wishes: tuple[str, ...] = ()
    versions: tuple[VersionLine, ...] = ()


def fixed_prefix(wrapping: Wrapping) -> str:
    """The text that never changes: rules and examples. Empty for the starter writer, whose training holds them."""
    if wrapping == "starter":
        return ""
    examples = "".join(f"\nmessage: {message}\nanswer: {answer}\n" for message, answer in _EXAMPLES)
    return f"{_TURN_MARKS[wrapping][0]}{_RULES}{examples}{_USER_MARK[wrapping]}"


def turn_text(reading: Reading, wrapping: Wrapping) -> str:
    """What follows the fixed prefix: the state of the conversation, the message, and the cue to answer."""
    message = one_line(reading.message)
    if wrapping == "starter":  # a word is then the same token wherever it stands
        message = message.lower() if message.isupper() else message[:1].lower() + message[1:]
    return _state(reading) + f"message: {message}\n" + _cue(wrapping)


def answer_text(decision: Decision, wrapping: Wrapping) -> str:
    """The compact JSON that a writer of this wrapping is trained to answer with.

    The starter begins every text of the patch with a space, as words stand in what it reads: the same words are the same
    tokens then, and copying is all it has to learn. `PromptPatch` strips them.
    """
    plain = decision.to_json()
    patch = plain.get("patch")
    if wrapping == "starter" and patch:
        spaced: dict[str, Any] = {name: [f" {term}" for term in patch[name]] for name in patch if name in _TERM_LISTS}
        if "set" in patch:
            spaced["set"] = {name: f" {text}" for name, text in patch["set"].items()}
        plain["patch"] = patch | spaced
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def end_mark(wrapping: Wrapping) -> str:
    """What a writer of this wrapping puts after its answer."""
    return _TURN_MARKS[wrapping][2]


def is_shortened(message: str) -> bool:
    """True when a writer reads only the beginning of this message."""
    return len(" ".join(message.split())) > MAX_MESSAGE_CHARACTERS


def one_line(message: str) -> str:
    """The message as one line without control characters, cut at `MAX_MESSAGE_CHARACTERS`."""
    printable = "".join(letter if letter.isprintable() or letter.isspace() else " " for letter in message)
    return " ".join(printable.split())[:MAX_MESSAGE_CHARACTERS]


def version_words(prompt: ImagePrompt) -> str:
    """A prompt in a few words, for the numbered list of versions."""
    parts = (prompt.subject, prompt.setting, prompt.lighting, prompt.style)
    return ", ".join(part for part in parts if part)[:MAX_VERSION_CHARACTERS]


def answer_schema() -> str:
    """The decision's JSON schema as text, for a catalogue entry or a log."""
    return json.dumps(DECISION_SCHEMA)


def _state(reading: Reading) -> str:
    return "".join(
        (
            _prompt_lines(reading.prompt),
            _lines("changed", [_change_text(change) for change in reading.changes[-MAX_CHANGES:]]),
            _lines("wish", reading.wishes[-MAX_WISHES:]),
            _lines("version", [f"{line.number} {line.words}" for line in reading.versions[-MAX_VERSIONS:]]),
        )
    )


def _prompt_lines(prompt: ImagePrompt) -> str:
    said = [(name, field_text(prompt, name)) for name in FIELDS]
    lines = "".join(f"{name}: {one_line(text)}\n" for name, text in said if text)
    order = f"order: {', '.join(prompt.order)}\n" if prompt.order != DEFAULT_ORDER else ""
    return lines + order


def _change_text(change: FieldChange) -> str:
    return f"{change.field}: {one_line(change.before) or '-'} -> {one_line(change.after) or '-'}"


def _lines(heading: str, items: Sequence[str]) -> str:
    return "".join(f"{heading} {item}\n" for item in items)


def _cue(wrapping: Wrapping) -> str:
    return f"{_TURN_MARKS[wrapping][1]}answer:" if wrapping == "starter" else _TURN_MARKS[wrapping][1]
