"""sha256 of model files, computed once and remembered for as long as a file has the same size and time of change.

Beside that stands the first hash that was taken of a file, which stays until the file is forgotten: checks compare with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sfumato.paths import replace_file
from sfumato_models.file_headers import broken

_KEPT = 5000
_PIECE_BYTES = 2**20


class HashBook:
    """The remembered hashes, in a JSON file that need not be there; without one nothing is remembered."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def sha256(self, path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> str:
        """The hash of a file's bytes; `on_bytes` hears how many were read, and may raise. Of a known one none are.

        Raises:
            SfumatoError: naming the file, if it cannot be read.
        """
        known = _entry(self._read(), path)
        if known and known[:2] == _stamp(path):
            return str(known[2])
        return self._hash(path, on_bytes)

    def check(self, path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> bool | None:
        """Whether a file's bytes, all of them read, are those it had first; None if none were known, and now they are.

        `on_bytes` and errors as in `sha256`.
        """
        known = _entry(self._read(), path)
        if known is None:
            self._hash(path, on_bytes)
            return None
        return str(known[3]) == _digest(path, on_bytes)

    def forget(self, places: Iterable[Path]) -> None:
        """Forget these files, and what is in these folders."""
        places = [place.absolute() for place in places]
        book = self._read()
        kept = {
            key: entry for key, entry in book.items() if not any(Path(key).is_relative_to(place) for place in places)
        }
        if self._file and len(kept) < len(book):
            replace_file(self._file, json.dumps(kept).encode())

    def _hash(self, path: Path, on_bytes: Callable[[int], None]) -> str:
        stamp, digest = _stamp(path), _digest(path, on_bytes)
        self._remember(path, [*stamp, digest])
        return digest

    def _read(self) -> dict[str, Any]:
        """What is remembered; a book that cannot be read is as good as an empty one."""
        if self._file is None:
            return {}
        try:
            book = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return book if isinstance(book, dict) else {}

    def _remember(self, path: Path, taken: list[Any]) -> None:
        """Read again just before writing, because the app and the painter keep the same book."""
        if self._file is None:
            return
        book, key = self._read(), str(path.absolute())
        known = _entry(book, path)
        book.pop(key, None)
        book[key] = [*taken, known[3] if known else taken[2]]
        kept = dict(list(book.items())[-_KEPT:])
        replace_file(self._file, json.dumps(kept).encode())


def _entry(book: dict[str, Any], path: Path) -> list[Any] | None:
    """Size, time of change, hash, and the first hash of a file."""
    known = book.get(str(path.absolute()))
    return known if isinstance(known, list) and len(known) == 4 else None


def _stamp(path: Path) -> list[int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise broken(path, "cannot be read", repr(error)) from error
    return [stat.st_size, stat.st_mtime_ns]


def _digest(path: Path, on_bytes: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE_BYTES):
                digest.update(piece)
                on_bytes(len(piece))
    except OSError as error:
        raise broken(path, "cannot be read", repr(error)) from error
    return digest.hexdigest()
