"""Which picture models paint with compiled blocks on this machine, and what is needed to build them.

A compiled model is an engine of its own: its pictures differ a little from those before, which its fingerprint says. So it
is built apart (`compile_job.py`), and used from the next start on, never in the middle of a conversation. Imports no engine library.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sfumato.paths import replace_file

WORTHWHILE = 0.95  # compiled blocks must take at most this share of the time


@dataclass(frozen=True, slots=True)
class Built:
    """What building found: seconds for the building, for a picture without and with compiled blocks, and whether it repeats."""

    build_s: float
    usual_s: float
    compiled_s: float
    repeats: bool

    @property
    def is_worthwhile(self) -> bool:
        """True where it is clearly faster and gives the same picture twice."""
        return self.repeats and self.compiled_s <= WORTHWHILE * self.usual_s


def find_compiler() -> str | None:
    """The C++ compiler that torch would use; a frozen app lacks what it would have to include."""
    if getattr(sys, "frozen", False):
        return None
    names = (os.environ.get("CXX", ""), "g++", "clang++", "cl")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def compiled_models(notes: Path) -> frozenset[str]:
    """Ids of the models that paint with compiled blocks; none where nothing can be read."""
    try:
        return frozenset(map(str, json.loads(_book(notes).read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return frozenset()


def use_compiled(notes: Path, model_id: str, is_used: bool) -> None:
    """From the next start on. Raises OSError as the operating system says."""
    others = compiled_models(notes) - {model_id}
    notes.mkdir(parents=True, exist_ok=True)
    replace_file(_book(notes), json.dumps(sorted(others | ({model_id} if is_used else set()))).encode())


def _book(notes: Path) -> Path:
    return notes / "compiled.json"
