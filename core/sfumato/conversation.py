"""Conversations as plain values: messages with typed parts, and the tree of versions. Storage is `library.py`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Recipe


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words, exactly as said."""

    text: str


@dataclass(frozen=True, slots=True)
class PromptPart:
    """The prompt a turn led to and what it changed; `notes` say what was folded, cut or unknown."""

    prompt: ImagePrompt
    changes: tuple[FieldChange, ...] = ()
    seed: int | None = None
    seed_kept: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PicturePart:
    """A picture, by the number of its version in the conversation."""

    version: int


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """Trouble that was shown: the sentence and what to do."""

    message: str
    hint: str = ""


Part = TextPart | PromptPart | PicturePart | ErrorPart
Role = Literal["person", "sfumato"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `refers_to` is the version that was current when a person said it."""

    role: Role
    parts: tuple[Part, ...]
    refers_to: int | None = None

    @property
    def text(self) -> str:
        """All words of the message."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class Version:
    """A picture in the tree: its number within the conversation, its parent's, its recipe and its file's name.

    `file` is relative to the library's picture folder; empty for a picture that was not saved there. A deleted version
    keeps its place in the tree, so that its children keep their parent; its file stays until the bin is emptied.
    """

    number: int
    parent: int | None
    recipe: Recipe
    file: str = ""
    is_deleted: bool = False

    @property
    def prompt(self) -> ImagePrompt:
        """The prompt it was painted from."""
        return self.recipe.prompt


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as stored. `current` is the number of the version that the next message refers to."""

    id: int
    title: str
    messages: tuple[Message, ...] = ()
    versions: tuple[Version, ...] = ()
    current: int | None = None

    def version(self, number: int | None) -> Version | None:
        """The version of that number, or None."""
        return next((version for version in self.versions if version.number == number), None)

    @property
    def available(self) -> tuple[Version, ...]:
        """The versions that are not deleted."""
        return tuple(version for version in self.versions if not version.is_deleted)
