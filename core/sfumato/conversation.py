"""Conversations as plain values: messages with typed parts, and the tree of versions. Storage is `library.py`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sfumato.errors import SfumatoError, WhichPicture
from sfumato.lora import Lora
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import ENGINE, NO_ROOM, Recipe, Route
from sfumato.seeds import SeedRule
from sfumato.selection import Area
from sfumato.standing_wishes import StandingWish

NOT_PAINTED = 0  # the number of a version that waits for an OK, as if it had been painted


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words, exactly as said; or, for a deed, a sentence that tells what the person did by hand."""

    text: str
    is_deed: bool = False


Origin = Literal["writer", "hand", "undo"]


@dataclass(frozen=True, slots=True)
class PromptPart:
    """The prompt a turn led to and what it changed; `notes` say what was folded, cut or unknown.

    `origin` says who made it: a writer, the person's own hand, or a change that was undone. `parent` is the version it
    changes, `size` what it is to be painted in and `loras` what is added to the model (None, not known, where an older version
    kept it), so that a prompt that was never painted can still be. `is_new` says that nothing was kept of the parent's
    prompt: an attached picture has none. `instructions` is what a model that edits by instruction is told.
    """

    prompt: ImagePrompt
    changes: tuple[FieldChange, ...] = ()
    seed: int | None = None
    seed_kept: bool = False
    notes: tuple[str, ...] = ()
    origin: Origin = "writer"
    parent: int | None = None
    size: tuple[int, int] | None = None
    loras: tuple[Lora, ...] | None = None
    is_new: bool = False
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class HowPart:
    """How a turn's pictures are painted and why, with all it takes to paint them the other way as siblings.

    `reason` is one sentence (empty for a new drawing), `seed_words` the seed rule that was applied; `start` the version
    that is painted over, `strength` 0..1. `other_route` and `other_seed` are what one click paints instead, or None.
    `area` is what is painted of the picture, None for all of it; `loras` and `instructions` as in `PromptPart`.
    """

    prompt: ImagePrompt
    parent: int | None
    route: Route
    seeds: tuple[int, ...]
    size: tuple[int, int]
    reason: str = ""
    seed_words: str = ""
    start: int | None = None
    strength: float | None = None
    other_route: Route | None = None
    other_seed: SeedRule | None = None
    area: Area | None = None
    loras: tuple[Lora, ...] | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class PicturePart:
    """A picture, by the number of its version; `name` is the file's where a person attached it, `notes` are the painter's."""

    version: int
    name: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """Trouble that was shown: the sentence and what to do.

    `choices` are the numbers of the versions that can be meant; with `goes_on` the message goes on with the chosen one.
    """

    message: str
    hint: str = ""
    choices: tuple[int, ...] = ()
    goes_on: bool = False

    @classmethod
    def of(cls, error: SfumatoError) -> ErrorPart:
        """What is shown of an error."""
        if isinstance(error, WhichPicture):
            return cls(error.message, error.hint, error.numbers, error.goes_on)
        return cls(error.message, error.hint)


Part = TextPart | PromptPart | HowPart | PicturePart | ErrorPart
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

    @property
    def is_attached(self) -> bool:
        """True for a picture that a person brought along: it was not painted here."""
        return self.recipe.route is Route.ATTACHED

    @property
    def seed(self) -> int | None:
        """The seed it was painted from; None for an attached picture."""
        return None if self.is_attached else self.recipe.seed


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as stored. `current` is the number of the version that the next message refers to.

    `wishes` are what the person wants of every picture of it.
    """

    id: int
    title: str
    messages: tuple[Message, ...] = ()
    versions: tuple[Version, ...] = ()
    current: int | None = None
    wishes: tuple[StandingWish, ...] = ()

    def version(self, number: int | None) -> Version | None:
        """The version of that number, or None."""
        return next((version for version in self.versions if version.number == number), None)

    def painted_over(self, version: Version) -> Version | None:
        """The picture that this one was painted over, or in whose area; None if there is none any more."""
        wanted = version.recipe.parent_sha256
        return next((v for v in self.versions if wanted and v.recipe.sha256_rgb == wanted), None)

    @property
    def available(self) -> tuple[Version, ...]:
        """The versions that are not deleted."""
        return tuple(version for version in self.versions if not version.is_deleted)

    def engine(self, model_id: str, before: Version | None = None) -> dict[str, str]:
        """As `Recipe.engine`, of the picture `before` or else the newest one of that model: a conversation keeps its engine.

        A picture that lacked the room for it is passed over.
        """
        versions = (*((before,) if before else ()), *reversed(self.versions))
        painted = (v.recipe for v in versions if not v.is_attached and v.recipe.settings.model_id == model_id)
        return next((recipe.engine for recipe in painted if recipe.engine.get(ENGINE, NO_ROOM) != NO_ROOM), {})

    def has_painted(self, said: str, about: int | None) -> bool:
        """True if a picture came of a message in these words about this version (None: a beginning)."""
        is_meant = False
        for message in self.messages:
            if message.role == "person":
                is_meant = message.text == said and message.refers_to == about
            elif is_meant and any(isinstance(part, PicturePart) for part in message.parts):
                return True
        return False
