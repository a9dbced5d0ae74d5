"""The ledger of connections: every one that Sfumato opened, and what for. A person can read it in the app.

Addresses are kept without their query, which may hold a signature; tokens never come near it.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sfumato.paths import replace_file

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Connection:
    """One request: when (ISO 8601, UTC), to which address, what for, what came of it, and how many bytes came."""

    at: str
    address: str
    purpose: str
    outcome: str
    received_bytes: int = 0
    through: str = ""


def connection(address: str, purpose: str, outcome: str, received_bytes: int = 0, through: str = "") -> Connection:
    """A connection that ended just now; `through` is the proxy, if one was used."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Connection(
        now, bare_address(address), purpose, outcome, received_bytes, bare_address(through) if through else ""
    )


def bare_address(address: str) -> str:
    """An address without name, password, query and fragment."""
    parts = urllib.parse.urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Ledger:
    """The connections as lines of JSON in one file, the oldest dropped when there are too many."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, entry: Connection) -> None:
        """Write one down. Raises OSError as the operating system says."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(entry)) + "\n")
        lines = self._lines()
        if len(lines) > 2 * KEPT:
            replace_file(self._file, "".join(f"{line}\n" for line in lines[-KEPT:]).encode())

    def read(self) -> tuple[Connection, ...]:
        """All that are kept, the newest first; a line that a crash cut short is left out."""
        return tuple(reversed(tuple(_parsed(self._lines()))))

    def _lines(self) -> list[str]:
        try:
            return self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []


def _parsed(lines: Iterable[str]) -> Iterable[Connection]:
    for line in lines:
        try:
            yield Connection(**json.loads(line))
        except (ValueError, TypeError):
            continue
