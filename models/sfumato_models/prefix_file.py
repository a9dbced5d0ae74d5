"""A writer's evaluated prefix as a file, so that the rules are not read again after a restart.

Kept in a folder of what engines remember; a file is for exactly one model file, prefix, context and version of llama.cpp. One that
is missing, cut short or of something else is as good as none. Lives in an engine process.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from pathlib import Path
from typing import Any

import llama_cpp

KEPT = 3  # files; those of a large writer take a hundred megabytes
SHORTEST = 64  # tokens; fewer are read sooner than a file
_SUFFIX = ".prefix"


class PrefixFile:
    """The file for one model and prefix."""

    def __init__(self, folder: Path, model: Path, context_tokens: int, prefix: list[int]) -> None:
        stat = model.stat()
        facts = (model.absolute(), stat.st_size, stat.st_mtime_ns, context_tokens, llama_cpp.__version__, prefix)
        self._file = folder / (hashlib.sha256(repr(facts).encode()).hexdigest()[:32] + _SUFFIX)
        self._prefix = prefix

    def load(self, context: Any) -> bool:
        """Bring an empty context (`llama_context`) to the prefix; False if the file does not hold it."""
        if not self._file.is_file():
            return False
        room = len(self._prefix)
        tokens, count = (llama_cpp.llama_token * room)(), ctypes.c_size_t()
        size = llama_cpp.llama_state_seq_load_file(
            context, str(self._file).encode(), 0, tokens, room, ctypes.byref(count)
        )
        return bool(size) and list(tokens[: count.value]) == self._prefix

    def save(self, context: Any) -> None:
        """Keep what the context holds, which is the prefix; the oldest files beyond `KEPT` go. Raises OSError."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".part")
        tokens = (llama_cpp.llama_token * len(self._prefix))(*self._prefix)
        size = llama_cpp.llama_state_seq_save_file(context, str(unfinished).encode(), 0, tokens, len(self._prefix))
        if not size:
            raise OSError("llama.cpp could not write the file")
        os.replace(unfinished, self._file)
        files = sorted(self._file.parent.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime_ns)
        for old in files[:-KEPT]:
            old.unlink(missing_ok=True)
