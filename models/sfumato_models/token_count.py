"""Counts tokens as the picture model's own tokenizer does, without its engine: light enough for the window's process."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sfumato.errors import SfumatoError, caught
from sfumato_models.bundled_parts import BUNDLES, PACKED
from sfumato_models.checkpoints import CLIP_WORDS
from sfumato_models.families import FAMILIES
from sfumato_models.file_headers import broken
from sfumato_models.installed import InstalledModel

MARKS = 2  # tokens of a text encoder's limit that are its own: begin and end
MAX_PIECES = 4  # of a long prompt, where a family reads it in pieces
# CLIP's own splitting into words (Radford et al. 2021, `simple_tokenizer.py`)
_CLIP_WORDS = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""

T = TypeVar("T")
Tokens = tuple[int, ...]


class TokenCounter:
    """Loads in a few milliseconds after an import of 40; counting a long prompt takes well under one."""

    def __init__(self, folder: Path) -> None:
        """Read a tokenizer: `tokenizer.json`, that packed by gzip, or CLIP's `vocab.json` and `merges.txt`.

        Raises:
            SfumatoError: naming the file that is missing or damaged.
        """
        file, packed = folder / "tokenizer.json", folder / PACKED
        is_older = not file.exists() and (folder / "vocab.json").exists()
        self._tokenizer = _older_clip(folder) if is_older else _tokenizer(packed if packed.exists() else file)
        self._tokenizer.no_truncation()
        self._commas = frozenset(self._tokenizer.encode(",", add_special_tokens=False).ids)

    def count(self, text: str) -> int:
        """Tokens of a text, without the encoder's marks."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def left_out(self, text: str, room: int, pieces: int) -> str:
        """The end of a text that is not read in so many pieces of `room` tokens, as it was typed; empty if all is."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        commas = self._commas if pieces > 1 else frozenset()
        read = sum(map(len, split_tokens(tuple(encoding.ids), room, commas)[:pieces]))
        return text[encoding.offsets[read][0] :].strip(" ,") if read < len(encoding.ids) else ""


def token_counter(model: InstalledModel) -> TokenCounter:
    """The counter of a picture model. Raises SfumatoError if its tokenizer cannot be read."""
    if model.spec.picture is None:
        raise SfumatoError(f"“{model.spec.title}” does not paint.", "Choose a picture model.")
    if folder := model.folder:
        encoding = FAMILIES[model.spec.picture.pipeline].encoding if model.spec.picture.pipeline in FAMILIES else None
        name = encoding.tokenizer if encoding else "tokenizer"
        if model.components:  # they read with the app's own vocabularies
            return TokenCounter(folder.parent / BUNDLES[model.spec.picture.pipeline].vocabularies[name])
        return TokenCounter(folder / name)
    return TokenCounter((model.configs or model.path) / CLIP_WORDS)


def split_tokens(tokens: Tokens, room: int, commas: frozenset[int]) -> list[Tokens]:
    """Pieces of at most `room` tokens, at least one piece; broken after a comma that stands in a piece's last third."""
    pieces: list[Tokens] = []
    while len(tokens) > room:
        late = (place for place in range(room, room * 2 // 3, -1) if tokens[place - 1] in commas)
        end = next(late, room)
        pieces.append(tokens[:end])
        tokens = tokens[end:]
    return [*pieces, tokens]


def _read(file: Path, made_of: Callable[[str], T]) -> T:
    """What is made of a file's text; whatever goes wrong (tokenizers raises bare exceptions) is told of this file."""

    def read() -> T:
        data = file.read_bytes()
        return made_of((gzip.decompress(data) if file.name == PACKED else data).decode())

    found = caught(read)
    if isinstance(found, Exception):
        raise broken(file, "is missing" if isinstance(found, OSError) else "is damaged", repr(found)) from found
    return found


def _tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer

    return _read(file, Tokenizer.from_str)


def _older_clip(folder: Path) -> Any:
    """CLIP's tokenizer of the files that the first models came with."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = _read(folder / "vocab.json", json.loads)

    def pieces(text: str) -> Any:
        lines = text.splitlines()
        merges = [(first, second) for first, _, second in (line.partition(" ") for line in lines) if second]
        merges = merges[1:] if lines and lines[0].startswith("#") else merges
        return models.BPE(vocabulary, merges, end_of_word_suffix="</w>", unk_token="<|endoftext|>")

    tokenizer = Tokenizer(_read(folder / "merges.txt", pieces))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    words = pre_tokenizers.Split(Regex(_CLIP_WORDS), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return tokenizer
