"""Which picture models paint with compiled blocks on this machine, what trying them found, and what is needed to build them.

A compiled model is an engine of its own: its pictures differ a little from those before, which its fingerprint says. So it
is built apart (`compile_job.py`), and only new conversations are painted with it. Imports no engine library.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from sfumato.errors import SfumatoError
from sfumato.paths import file_trouble, replace_file

WORTHWHILE = 0.95  # compiled blocks must take at most this share of the time
_GOES_ON = "Pictures are painted all the same without."
BuildPhase = Literal["loading", "usual", "building", "comparing"]


@dataclass(frozen=True, slots=True)
class Built:
    """What building found: seconds for the building, for a picture without and with compiled blocks, and whether it repeats."""

    build_s: float
    usual_s: float
    compiled_s: float
    repeats: bool

    @property
    def times(self) -> float:
        """How many times as fast a picture is with compiled blocks."""
        return self.usual_s / self.compiled_s

    @property
    def is_worthwhile(self) -> bool:
        """True where it is clearly faster and gives the same picture twice."""
        return self.repeats and self.compiled_s <= WORTHWHILE * self.usual_s


@dataclass(frozen=True, slots=True)
class Tried:
    """What building found for a model, and whether it is used."""

    built: Built
    is_used: bool


@dataclass(frozen=True, slots=True)
class BuildStep:
    """An event: what the building is at, and how many of its pictures are painted."""

    phase: BuildPhase
    done: int = 0
    total: int = 0


def find_compiler() -> str | None:
    """The C++ compiler that torch would use; a frozen app lacks what it would have to include."""
    if getattr(sys, "frozen", False):
        return None
    names = (os.environ.get("CXX", ""), "g++", "clang++", "cl")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def missing_for_compiling(is_on_card: bool, libraries: Path | None = None) -> SfumatoError | None:
    """What is missing here, with what would help; None where blocks can be compiled.

    A model `is_on_card` where a graphics card computes it; `libraries` are those of an engine pack.
    """
    if getattr(sys, "frozen", False):
        return SfumatoError("The packaged app has nothing to compile blocks with.", _GOES_ON)
    if find_compiler() is None:
        return SfumatoError(
            "Compiled blocks need a C++ compiler, and there is none here.",
            f"Install one (on Debian or Ubuntu: apt install g++). {_GOES_ON}",
        )
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return SfumatoError(
            "Compiled blocks need the headers of Python, and they are not here.",
            f"Install them (on Debian or Ubuntu: apt install python3-dev). {_GOES_ON}",
        )
    has_triton = (libraries and (libraries / "triton").is_dir()) or importlib.util.find_spec("triton") is not None
    if is_on_card and not has_triton:
        return SfumatoError(
            "On a graphics card compiled blocks need Triton, which these engine libraries lack.", _GOES_ON
        )
    return None


def tried_models(notes: Path) -> Mapping[str, Tried]:
    """What was found, by the ids of the models; nothing where nothing can be read."""
    try:
        book = json.loads(_book(notes).read_text(encoding="utf-8"))
        return {str(name): Tried(Built(**row["built"]), bool(row["is_used"])) for name, row in book.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def compiled_models(notes: Path) -> frozenset[str]:
    """Ids of the models that paint new conversations with compiled blocks."""
    return frozenset(name for name, tried in tried_models(notes).items() if tried.is_used)


def keep_tried(notes: Path, model_id: str, built: Built) -> None:
    """From the painter's next start on they are used, if that is worth it.

    Raises:
        SfumatoError: saying why, if it cannot be written down; then everything is as before.
    """
    _keep(notes, {**tried_models(notes), model_id: Tried(built, built.is_worthwhile)})


def use_compiled(notes: Path, model_id: str, is_used: bool) -> None:
    """From the painter's next start on; of a model that was never tried nothing changes. Raises SfumatoError as `keep_tried`."""
    book = dict(tried_models(notes))
    if model_id in book:
        _keep(notes, {**book, model_id: Tried(book[model_id].built, is_used)})


def forget_tried(notes: Path, model_ids: Collection[str]) -> None:
    """Keep what was found of these models alone. Raises SfumatoError as `keep_tried`."""
    book = tried_models(notes)
    kept = {name: tried for name, tried in book.items() if name in model_ids}
    if len(kept) < len(book):
        _keep(notes, kept)


def _keep(notes: Path, book: Mapping[str, Tried]) -> None:
    data = json.dumps({name: asdict(book[name]) for name in sorted(book)}, indent=1).encode()
    try:
        replace_file(_book(notes), data)
    except OSError as error:
        raise file_trouble(_book(notes), error) from error


def _book(notes: Path) -> Path:
    return notes / "compiled.json"
