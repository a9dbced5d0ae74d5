"""What is on this machine, and whether its files are whole. Reads headers only and imports no engine."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfumato.errors import SfumatoError
from sfumato.model_catalog import Catalogue, ModelSpec

_MAX_HEADER_BYTES = 100 * 2**20
_GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A catalogue entry with the place of its files (a folder for a painter, a file for a writer)."""

    spec: ModelSpec
    path: Path

    @property
    def size_bytes(self) -> int:
        """Size on disk."""
        files = [self.path] if self.path.is_file() else self.path.rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())


def find_installed(catalogue: Catalogue, folder: Path) -> tuple[InstalledModel, ...]:
    """The catalogue's models that have a path and whose files stand there, under `folder`; nothing is opened."""
    found = (InstalledModel(spec, folder / spec.path) for spec in catalogue.models if spec.path)
    return tuple(model for model in found if model.path.exists())


def check_whole(model: InstalledModel) -> None:
    """Raises SfumatoError, naming the file, if one is missing or cut short."""
    if model.spec.writer:
        _check_gguf(model.path)
    else:
        _check_pipeline(model.path)


def file_hashes(path: Path) -> dict[str, str]:
    """sha256 of every weight file, by its path inside the model; one file gives one entry."""
    files = [path] if path.is_file() else sorted(path.rglob("*.safetensors"))
    root = path.parent if path.is_file() else path
    return {file.relative_to(root).as_posix(): _sha256(file) for file in files}


def known_words(model: InstalledModel) -> frozenset[str] | None:
    """The words a model with a closed vocabulary has learned, or None if its vocabulary is open.

    Raises:
        SfumatoError: if the list should be there and cannot be read.
    """
    if not (model.spec.picture and model.spec.picture.closed_vocabulary):
        return None
    file = model.path / "known_words.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        texts = [text for texts in data.values() for text in texts]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error
    return frozenset(word for text in texts for word in text.casefold().replace(",", " ").split())


def broken(file: Path, what: str, detail: str = "") -> SfumatoError:
    """The error for a model file that cannot be used."""
    return SfumatoError(f"The model file {file.parent.name}/{file.name} {what}.", "Install this model again.", detail)


def _check_pipeline(folder: Path) -> None:
    index_file = folder / "model_index.json"
    index = _read_json(index_file)
    parts = [name for name, value in index.items() if isinstance(value, list) and value[0] is not None]
    for name in parts:
        if not (folder / name).is_dir():
            raise broken(folder / name, "is missing")
        if name in ("unet", "vae", "text_encoder", "text_encoder_2", "transformer"):
            _check_part(folder / name)


def _check_part(folder: Path) -> None:
    _read_json(folder / "config.json")
    expected = {folder / "model.safetensors", folder / "diffusion_pytorch_model.safetensors"}
    for index_file in folder.glob("*.safetensors.index.json"):
        expected = {folder / name for name in _read_json(index_file)["weight_map"].values()}
        for file in expected:
            _check_safetensors(file)
        return
    found = next((file for file in sorted(expected) if file.exists()), None)
    if found is None:
        raise broken(folder / "diffusion_pytorch_model.safetensors", "is missing")
    _check_safetensors(found)


def _check_safetensors(file: Path) -> None:
    """The header's own figures must add up to the file's size (safetensors format: length, JSON, bytes)."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > min(size, _MAX_HEADER_BYTES):
                raise broken(file, "is cut short or damaged", f"header of {length} bytes")
            header = json.loads(stream.read(length))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    except (OSError, struct.error) as error:
        raise broken(file, "is missing or cut short", repr(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken(file, "is damaged", repr(error)) from error
    if 8 + length + max(ends, default=0) != size:
        raise broken(file, "is cut short", f"{size} bytes")


def _check_gguf(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            head = stream.read(24)
    except OSError as error:
        raise broken(file, "is missing", repr(error)) from error
    if head[:4] != _GGUF_MAGIC or len(head) < 24:
        raise broken(file, "is not a GGUF model, or is cut short")


def _read_json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error
    if not isinstance(data, dict):
        raise broken(file, "is damaged")
    return data


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
