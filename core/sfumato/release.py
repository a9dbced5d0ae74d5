"""Versions of the app: what the project's site says is the newest, and the sentence a person reads about it.

The site answers `version.json` below its address with `{"version": "1.2.0"}`. The page that is linked is the site itself,
never an address from the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.errors import SfumatoError

ANSWER = "/version.json"
_PATTERN = r"^\d{1,6}(\.\d{1,6}){1,3}$"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    version: str = Field(pattern=_PATTERN)


@dataclass(frozen=True, slots=True)
class Release:
    """This version, the newest that is published, and the page where it can be had."""

    installed: str
    newest: str
    page: str

    @property
    def is_newer(self) -> bool:
        """True when there is something to get."""
        return _parts(self.newest) > _parts(self.installed)

    def __str__(self) -> str:
        if self.is_newer:
            return f"Sfumato {self.newest} is there; this is {self.installed}. Get it from {self.page}"
        if _parts(self.newest) < _parts(self.installed):
            return f"This is Sfumato {self.installed}; the newest that is published is {self.newest}."
        return f"Sfumato {self.installed} is the newest version."

    def to_json(self) -> dict[str, Any]:
        """`{"version", "newest", "is_newer", "page"}`."""
        return {"version": self.installed, "newest": self.newest, "is_newer": self.is_newer, "page": self.page}


def read_answer(answer: bytes) -> str:
    """The version that a site names. Raises SfumatoError if it names none."""
    try:
        return _Answer.model_validate_json(answer).version
    except ValidationError as error:
        raise SfumatoError(
            "The answer names no version.", "There may be a page of the network in between; try again.", str(error)
        ) from error


def _parts(version: str) -> tuple[int, ...]:
    """1.2 and 1.2.0 are the same; what is no number (an rc) does not count."""
    numbers = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4]]
    return tuple((*numbers, 0, 0, 0, 0)[:4])
