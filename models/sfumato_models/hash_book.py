"""sha256 of model files, computed once and remembered for as long as a file has the same size and time of change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
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
        try:
            stat = path.stat()
            stamp = [stat.st_size, stat.st_mtime_ns]
            key = str(path.absolute())
            known = self._read().get(key)
            if isinstance(known, list) and known[:2] == stamp and len(known) == 3:
                return str(known[2])
            digest = hashlib.sha256()
            with path.open("rb") as stream:
                while piece := stream.read(_PIECE_BYTES):
                    digest.update(piece)
                    on_bytes(len(piece))
        except OSError as error:
            raise broken(path, "cannot be read", repr(error)) from error
        self._remember(key, [*stamp, digest.hexdigest()])
        return digest.hexdigest()

    def _read(self) -> dict[str, Any]:
        """What is remembered; a book that cannot be read is as good as an empty one."""
        if self._file is None:
            return {}
        try:
            book = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return book if isinstance(book, dict) else {}

    def _remember(self, key: str, entry: list[Any]) -> None:
        """Read again just before writing, because the app and the painter keep the same book."""
        if self._file is None:
            return
        book = self._read()
        book.pop(key, None)
        book[key] = entry
        kept = dict(list(book.items())[-_KEPT:])
        replace_file(self._file, json.dumps(kept).encode())
