"""Counts tokens as the picture model's own tokenizer does, without its engine: light enough for the window's process."""

from __future__ import annotations

from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import broken
from sfumato_models.installed import InstalledModel

MARKS = 2  # tokens of a text encoder's limit that are its own: begin and end
MAX_PIECES = 4  # of a long prompt, where a family reads it in pieces


class TokenCounter:
    """Loads in a few milliseconds after an import of 40; counting a long prompt takes well under one."""

    def __init__(self, file: Path) -> None:
        """Read a `tokenizer.json`. Raises SfumatoError if it is damaged."""
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_str(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise broken(file, "is missing", repr(error)) from error
        except Exception as error:  # tokenizers raises nothing narrower
            raise broken(file, "is damaged", repr(error)) from error
        self._tokenizer.no_truncation()

    def count(self, text: str) -> int:
        """Tokens of a text, without the encoder's marks."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def token_counter(model: InstalledModel) -> TokenCounter:
    """The counter of a picture model. Raises SfumatoError if its tokenizer cannot be read."""
    if model.spec.picture is None:
        raise SfumatoError(f"“{model.spec.title}” does not paint.", "Choose a picture model.")
    return TokenCounter(model.path / "tokenizer" / "tokenizer.json")
