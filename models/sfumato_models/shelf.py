"""The folder of downloaded models: what is whole, what is unfinished, taking one away. Reads manifests only.

A model stands in `ID/` once every byte is right, and in `.unfinished/ID/` before; one is renamed into the other.
"""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.paths import file_trouble
from sfumato_models.installed import InstalledModel
from sfumato_models.model_folder import Manifest, read_manifest

_UNFINISHED = ".unfinished"
_REMOVED = ".removed-"


class Shelf:
    """The models under one folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, model_id: str) -> Path:
        """Where a whole model stands."""
        return self.folder / model_id

    def unfinished_place(self, model_id: str) -> Path:
        """Where a model stands while it is fetched or repaired."""
        return self.folder / _UNFINISHED / model_id

    def installed(self) -> tuple[InstalledModel, ...]:
        """The whole models. A folder whose manifest cannot be read is left out."""
        return tuple(
            InstalledModel(manifest.spec, model_path(self.place(manifest.spec.id), manifest))
            for manifest in self._manifests(self.folder)
        )

    def unfinished(self) -> tuple[Manifest, ...]:
        """What was begun and is not there yet."""
        return tuple(self._manifests(self.folder / _UNFINISHED))

    def manifest(self, model_id: str) -> Manifest:
        """The manifest of a whole model. Raises SfumatoError if it was not downloaded or its folder is gone."""
        try:
            return read_manifest(self.place(model_id))
        except FileNotFoundError as error:
            raise SfumatoError(
                f"The model “{model_id}” is not among the downloaded ones.", "See “sfumato models list”.", repr(error)
            ) from error

    def size_bytes(self, model_id: str) -> int:
        """What a whole model takes on the disk, by its manifest."""
        return self.manifest(model_id).size_bytes

    def remove(self, model_id: str) -> None:
        """Take a whole model away: it is gone at once, even if deleting its files is interrupted.

        Raises:
            SfumatoError: if it was not downloaded, or the operating system refuses.
        """
        self.manifest(model_id)
        _delete(self.place(model_id))

    def discard_unfinished(self, model_id: str) -> None:
        """Delete what has come of a model so far. Raises SfumatoError if the operating system refuses."""
        if self.unfinished_place(model_id).exists():
            _delete(self.unfinished_place(model_id))

    def sweep(self) -> None:
        """Delete what an interrupted removal left."""
        for left in (*self.folder.glob(f"{_REMOVED}*"), *(self.folder / _UNFINISHED).glob(f"{_REMOVED}*")):
            shutil.rmtree(left, ignore_errors=True)

    def _manifests(self, folder: Path) -> list[Manifest]:
        found = []
        for place in sorted(folder.iterdir()) if folder.is_dir() else ():
            try:
                manifest = read_manifest(place)
            except (SfumatoError, OSError):
                continue
            if manifest.spec.id == place.name:
                found.append(manifest)
        return found


def model_path(folder: Path, manifest: Manifest) -> Path:
    """What an engine is given: the folder of a painter, the one file of a writer."""
    return folder if manifest.spec.picture else folder / manifest.files[0].path


def _delete(place: Path) -> None:
    aside = place.with_name(f"{_REMOVED}{uuid.uuid4().hex}")
    try:
        os.rename(place, aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise file_trouble(place, error) from error
