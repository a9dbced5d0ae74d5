"""The folder of one downloaded model and the manifest in it: what every file must be, and whether it is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import replace_file

MANIFEST_NAME = "sfumato-model.json"
PIECE_BYTES = 2**20
_WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)


class ModelFile(BaseModel):
    """A file of a model: where it lies in the folder, what it must be, and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    size_bytes: int = Field(ge=0)
    sha256: str = ""
    git_sha1: str = ""
    repository: str
    commit: str
    remote_path: str

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        check_path(value)
        return value


class Manifest(BaseModel):
    """What a model folder holds, written beside the files. `spec` is the catalogue's entry when it was fetched."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    spec: ModelSpec
    repository: str
    commit: str
    licence: str
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


def check_path(path: str) -> None:
    """Raises SfumatoError if a file's name would leave its folder, or means something special to a system."""
    parts = path.split("/")
    is_odd = (
        not path
        or "\\" in path
        or PurePosixPath(path).is_absolute()
        or PureWindowsPath(path).drive != ""
        or any(part in ("", ".", "..") or part.endswith((" ", ".")) or ":" in part for part in parts)
        or any(part.split(".")[0].casefold() in _WINDOWS_NAMES for part in parts)
        or any(ord(letter) < 32 for letter in path)
        or parts[-1] == MANIFEST_NAME
    )
    if is_odd:
        raise SfumatoError(
            "The model has a file whose name would lead out of its folder.", "Choose another model.", ascii(path)[:200]
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        FileNotFoundError: if there is none.
        SfumatoError: if it cannot be read.
    """
    file = folder / MANIFEST_NAME
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise
    except (OSError, ValidationError) as error:
        raise SfumatoError(
            f"What is known of the model in “{folder.name}” cannot be read.",
            "Remove this model and get it again.",
            str(error),
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, whole or not at all. Raises OSError as the operating system says."""
    data: dict[str, Any] = manifest.model_dump(mode="json")
    replace_file(folder / MANIFEST_NAME, (json.dumps(data, indent=1) + "\n").encode())


def damaged_files(
    folder: Path, manifest: Manifest, on_bytes: Callable[[int], None] = lambda _: None
) -> tuple[ModelFile, ...]:
    """The files that are missing, cut short or changed: every byte is read. `on_bytes` hears how many, and may raise."""
    return tuple(file for file in manifest.files if not is_whole(folder / file.path, file, on_bytes))


def is_whole(path: Path, file: ModelFile, on_bytes: Callable[[int], None] = lambda _: None) -> bool:
    """True if a file has the size and the hash it must have."""
    try:
        if path.stat().st_size != file.size_bytes:
            return False
        digest = begin_digest(file)
        with path.open("rb") as stream:
            while piece := stream.read(PIECE_BYTES):
                digest.update(piece)
                on_bytes(len(piece))
    except OSError:
        return False
    return digest.hexdigest() == expected_digest(file)


def begin_digest(file: ModelFile) -> hashlib._Hash:
    """A hash to feed with the file's bytes: sha256, or git's (sha1 of a short head and the bytes) for small text files."""
    if file.sha256:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)


def expected_digest(file: ModelFile) -> str:
    """What the hash must come to."""
    return file.sha256 or file.git_sha1


def sync_file(path: Path) -> None:
    """Make a file's bytes survive a power loss. Raises OSError as the operating system says."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
