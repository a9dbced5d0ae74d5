"""Where the parts of a transformer that stands alone are looked for: the files that a person added, and the folders beside it.

Other programs keep text encoders and autoencoders in folders of their own, next to that of the transformers. Reads names only,
and a small file of the paths that were added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from sfumato.paths import file_trouble, replace_file
from sfumato_models.file_headers import MODELS
from sfumato_models.part_files import PART_KINDS

_BESIDE = ("text_encoders", "text_encoder", "clip", "vae")  # ComfyUI's folders, and those of programs after it
_UP = 3  # folders above the transformer's in which those are looked for
_USUAL = frozenset(name for kind in PART_KINDS for _, name in kind.known.values())
_MOST = 500


class PartShelf:
    """The paths of the part files that a person added, in a small file that need not be there yet."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def files(self) -> tuple[Path, ...]:
        """Those that are still there, the last added first; none if the list cannot be read."""
        return tuple(path for path in self._paths() if path.is_file())

    def add(self, path: Path) -> None:
        """Remember one. Raises SfumatoError if the list cannot be written."""
        kept = [known for known in self._paths() if known != path]
        self._keep([path, *kept[: _MOST - 1]])

    def forget(self, path: Path) -> None:
        """Forget one, if it was there. Raises SfumatoError if the list cannot be written."""
        if self._file.exists():
            self._keep([known for known in self._paths() if known != path])

    def _keep(self, paths: list[Path]) -> None:
        try:
            replace_file(self._file, json.dumps([str(path) for path in paths]).encode())
        except OSError as error:
            raise file_trouble(self._file, error) from error

    def _paths(self) -> list[Path]:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [Path(path) for path in told if isinstance(path, str)] if isinstance(told, list) else []


def files_beside(file: Path) -> Iterator[Path]:
    """Model files in a transformer's own folder and in those beside it that are for parts, usual names first."""
    yield from _sorted(other for other in _entries(file.parent) if other != file)
    for above in file.parents[: _UP + 1]:
        for name in _BESIDE:
            folder = above / name
            yield from _sorted(_entries(folder))
            for inner in sorted(_folders(folder)):
                yield from _sorted(_entries(inner))


def usual_first(files: Iterable[Path]) -> list[Path]:
    """In the same order, but those by whose names such files are passed around before all others."""
    return sorted(files, key=lambda file: file.name.casefold() not in _USUAL)


def _sorted(files: Iterable[Path]) -> list[Path]:
    models = (file for file in files if file.suffix.casefold() in MODELS)
    return usual_first(sorted(models, key=lambda file: file.name))


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder; nothing where it is none or cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _folders(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.is_dir()]
