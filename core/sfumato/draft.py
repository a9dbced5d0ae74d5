"""A writer's answer while it is being written: which of its values are complete, and whether only the sentence is missing.

Reads text as it comes, whatever the pieces; knows the answer's shape from `decision.py` and nothing of any writer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sfumato.decision import Decision

_CLOSERS = {"{": "}", "[": "]"}
_SENTENCE_KEY = "reply"


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision as far as it is written; every value in it is complete. `has_facts`: only the sentence is missing."""

    decision: Decision
    has_facts: bool = False


OnDraft = Callable[[Draft], None]


def no_draft(draft: Draft) -> None:
    """For those who wait for the whole answer."""


class DraftReader:
    """Reads one answer piece by piece; `read` gives a draft whenever one more value is complete.

    It never refuses anything: what is no decision gives no drafts, and judging the whole answer is `parse_decision`'s.
    """

    def __init__(self) -> None:
        self._text = ""
        self._open: list[str] = []  # the brackets that are open
        self._string_start: int | None = None
        self._is_escaped = False
        self._awaits_key = False
        self._complete = ""  # the text up to the last complete value, and the brackets that would close it
        self._has_facts = False

    def read(self, piece: str) -> Draft | None:
        """The draft after one more piece of text, or None if no further value is complete."""
        before = (self._complete, self._has_facts)
        for letter in piece:
            self._text += letter
            if self._string_start is not None:
                self._read_in_string(letter)
            else:
                self._read_between(letter)
        return self._draft() if (self._complete, self._has_facts) != before else None

    def _read_in_string(self, letter: str) -> None:
        if self._is_escaped:
            self._is_escaped = False
        elif letter == "\\":
            self._is_escaped = True
        elif letter == '"':
            said, self._string_start = self._text[self._string_start :], None
            if not self._awaits_key:
                self._mark()
            elif len(self._open) == 1 and said == f'"{_SENTENCE_KEY}"':
                self._has_facts = True

    def _read_between(self, letter: str) -> None:
        match letter:
            case '"':
                self._string_start = len(self._text) - 1
            case "{" | "[":
                self._open.append(letter)
                self._awaits_key = letter == "{"
            case ":":
                self._awaits_key = False
            case "," | "}" | "]":  # ends a number too, which has no end of its own
                self._mark(without_last=True)
                if letter == ",":
                    self._awaits_key = bool(self._open) and self._open[-1] == "{"
                elif self._open:
                    self._open.pop()
                    self._awaits_key = False
                    self._mark()

    def _mark(self, without_last: bool = False) -> None:
        text = self._text[:-1] if without_last else self._text
        self._complete = text + "".join(_CLOSERS[bracket] for bracket in reversed(self._open))

    def _draft(self) -> Draft | None:
        try:
            found: Any = json.loads(self._complete)
            return Draft(Decision.model_validate(found), self._has_facts)
        except (ValueError, ValidationError):  # no decision (yet): the whole answer will tell
            return None
