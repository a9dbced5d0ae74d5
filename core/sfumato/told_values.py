"""Numbers and texts that strangers wrote into pictures: taken for what they should be, bounded, or left out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from sfumato.emphasis import visible

MAX_SETTINGS = 200
MAX_SETTING_CHARACTERS = 500


def json_object(text: str) -> dict[str, Any] | None:
    """The object that a text is in JSON; None if it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def items(value: object) -> list[Any]:
    """A list, or a text of items between commas, as a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, list) else []


def joined(*texts: object) -> str:
    """Texts between commas, each once, without what is no text."""
    return ", ".join(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))


def integer(value: object, low: int, high: int) -> int | None:
    """A whole number, also as a text, from `low` to `high`; None otherwise."""
    is_digits = isinstance(value, str) and re.fullmatch(r"\s{0,9}\d{1,20}\s{0,9}", value)
    if is_digits or (isinstance(value, float) and value.is_integer()):
        value = int(value)  # type: ignore[call-overload]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and low <= value <= high else None  # type: ignore[operator,return-value]


def real(value: object) -> float | None:
    """A number of a sensible size, also as a text; None otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1000 else None


def text_of(value: object) -> str:
    """A text, or an empty one for anything else."""
    return value if isinstance(value, str) else ""


def line_of(value: object) -> str:
    """Anything as one bounded line of visible characters."""
    plain = "" if value is None else str(value)[: 2 * MAX_SETTING_CHARACTERS]
    return " ".join(visible(plain).split())[:MAX_SETTING_CHARACTERS]


def lines_of(settings: Mapping[str, object]) -> dict[str, str]:
    """Settings as bounded lines."""
    told = {name: value for name, value in settings.items() if isinstance(value, str | int | float)}
    return {line_of(name): line_of(value) for name, value in list(told.items())[:MAX_SETTINGS]}
