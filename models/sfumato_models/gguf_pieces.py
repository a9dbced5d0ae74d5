"""GGUF models that are split over several files (`NAME-00001-of-00003.gguf`, as llama.cpp names them): one model, many pieces.

llama.cpp is given the first and finds the others beside it. Standard library only.
"""

from __future__ import annotations

import re
from pathlib import Path

from sfumato.errors import SfumatoError

_PIECE = re.compile(r"(?P<name>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf$", re.IGNORECASE | re.DOTALL)
_MOST = 1000


def piece_names(name: str) -> tuple[str, ...]:
    """All files of the model that a file belongs to, the first piece first; a file that stands alone is all of its model."""
    found = _PIECE.match(name)
    if not found or not 1 <= int(found["number"]) <= int(found["count"]) <= _MOST:
        return (name,)
    count = found["count"]
    return tuple(f"{found['name']}-{number:05}-of-{count}{name[-5:]}" for number in range(1, int(count) + 1))


def whole_name(name: str) -> str:
    """What a model is called without the number of a piece or `.gguf`: `NAME`."""
    found = _PIECE.match(name) if len(piece_names(name)) > 1 else None
    return found["name"] if found else Path(name).stem


def pieces(file: Path) -> tuple[Path, ...]:
    """The files of the model that `file` is a piece of, the first piece first.

    Raises:
        SfumatoError: naming the pieces that are missing.
    """
    files = tuple(file.with_name(name) for name in piece_names(file.name))
    missing = [piece.name for piece in files if not piece.exists()]
    if missing and len(files) > 1:
        left = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise SfumatoError(
            f"{whole_name(file.name)} is a model in {len(files)} files, and {missing[0]}{left} is missing.",
            "Get the missing file and put it beside the others.",
        )
    return files
