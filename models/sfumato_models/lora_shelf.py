"""The folder of LoRA files: what is put there, under which name, and whether it is the one a recipe means.

Reads headers and hashes; imports no engine library.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from sfumato.errors import Retryable, SfumatoError
from sfumato.lora import KEY, Lora
from sfumato.paths import file_trouble
from sfumato_models.file_headers import read_header
from sfumato_models.hash_book import HashBook

_MARKS = (".lora_down.", ".lora_up.", ".lora_a.", ".lora_b.", ".lora.down.", ".lora.up.", "lora_unet_", "lora_te")


class LoraShelf:
    """The LoRA files under one folder, which need not be there yet."""

    def __init__(self, folder: Path, book: HashBook | None = None) -> None:
        """`book` remembers hashes."""
        self._folder = folder
        self._sha256 = (book or HashBook()).sha256

    def add(self, file: Path, strength: float = 1.0) -> Lora:
        """Take a file in (by a link where the disk can, else as a copy) and choose it. Already there, it is only chosen.

        Raises:
            SfumatoError: if it cannot be read, is no LoRA, or another file has its name.
        """
        check_lora(file)
        place = self._folder / file.name
        if place.exists() and not place.samefile(file) and self._sha256(place) != self._sha256(file):
            raise SfumatoError(f"There is another LoRA called {file.name} already.", "Rename one of the two.")
        if not place.exists():
            self._take_in(file, place)
        return Lora(file.name, self._sha256(place), strength)

    def named(self, name: str, strength: float = 1.0) -> Lora:
        """Choose a file that is here. Raises SfumatoError if there is none of that name."""
        place = self._folder / Path(name).name
        if not place.is_file():
            known = ", ".join(file.name for file in self.files()) or "none yet"
            raise SfumatoError(f"There is no LoRA called “{name[:80]}”.", f"Name a file, or one of these: {known}.")
        return Lora(place.name, self._sha256(place), strength)

    def file(self, lora: Lora) -> Path:
        """The file that a recipe means. Raises SfumatoError if it is missing or another one."""
        place = self._folder / Path(lora.name).name
        if not place.is_file():
            raise Retryable(f"The LoRA {lora.name} is missing here.", "Add it, or paint without it.")
        if self._sha256(place) != lora.sha256:
            raise Retryable(f"The LoRA {lora.name} is another file here.", "Add the one this picture was painted with.")
        return place

    def files(self) -> tuple[Path, ...]:
        """All of them, by name."""
        return tuple(sorted(self._folder.glob("*.safetensors")))

    def hashes(self, wanted: Iterable[Lora]) -> dict[str, str]:
        """sha256 of those that are here, by the name they have among a recipe's files."""
        places = (self._folder / Path(lora.name).name for lora in wanted)
        return {KEY + place.name: self._sha256(place) for place in places if place.is_file()}

    def _take_in(self, file: Path, place: Path) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, place)
            except OSError:
                unfinished = place.with_name(f".{place.name}.part")
                shutil.copyfile(file, unfinished)
                os.replace(unfinished, place)
        except OSError as error:
            raise file_trouble(place, error) from error


def check_lora(file: Path) -> None:
    """Raises SfumatoError if a file is no LoRA, or cannot be read."""
    header = read_header(file)
    named = [name.lower() for name in header.shapes]
    if header.kind != "safetensors" or not any(mark in name for name in named for mark in _MARKS):
        raise SfumatoError(f"{file.name} is no LoRA.", "A LoRA is a small .safetensors file that adds to a model.")
