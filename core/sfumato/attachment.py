"""A picture that a person brings along: read, bounded, and kept as the root of a branch that nothing was painted for.

What is kept are its pixels, upright and scaled down where it is large, and never what else was in its file (place,
camera, owner). What it says about how it was made is offered, not applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sfumato.compile import CompiledPrompt
from sfumato.emphasis import visible
from sfumato.engine import Painting, Pixels
from sfumato.errors import SfumatoError
from sfumato.image_file import load_within, pixels_to_rgb, scale_within, show_metadata
from sfumato.other_metadata import PictureMetadata
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, RenderSettings, Route, sha256_rgb

MAX_KEPT_SIDE = 2048
MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class AttachedPicture:
    """`name` is for people, one line; `size` is that of the file (width, height), before it was scaled down."""

    name: str
    size: tuple[int, int]
    pixels: Pixels
    metadata: PictureMetadata = PictureMetadata()

    @property
    def offers_prompt(self) -> bool:
        """True when it says which words it was painted from."""
        return bool(self.metadata.prompt)

    @property
    def words(self) -> str:
        """The words it was painted from, on one line, as a person can edit them."""
        return offered_words(self.metadata)


def read_attachment(path: Path) -> AttachedPicture:
    """A picture file with what it says about itself; texts that cannot be read become a note.

    Raises:
        SfumatoError: if it is no whole picture, or too big.
    """
    try:
        metadata = show_metadata(path)
    except SfumatoError as error:
        metadata = PictureMetadata(notes=(error.message,))
    pixels, size = load_within(path, MAX_KEPT_SIDE)
    return AttachedPicture(_shown_name(path.name), size, pixels, metadata)


def attach_pixels(name: str, pixels: Pixels) -> AttachedPicture:
    """A picture that has no file, such as one from the clipboard."""
    return AttachedPicture(_shown_name(name), (pixels.width, pixels.height), scale_within(pixels, MAX_KEPT_SIDE))


def attached_painting(attached: AttachedPicture) -> Painting:
    """What is kept of it, in the form of a painting: without prompt and seed, and with the hash of its pixels.

    Settings are those of our own recipe where it carries one, so that they can be used again; the fingerprint names the
    software that painted it, where one did.
    """
    pixels, metadata = attached.pixels, attached.metadata
    settings = RenderSettings(pixels.width, pixels.height, 0, 0.0, "", "")
    if metadata.recipe and (metadata.recipe.settings.width, metadata.recipe.settings.height) == attached.size:
        settings = replace(metadata.recipe.settings, strength=None)
    recipe = Recipe(
        prompt=ImagePrompt(),
        compiled=CompiledPrompt("", ""),
        settings=settings,
        seed=0,
        route=Route.ATTACHED,
        fingerprint={"software": metadata.software} if metadata.software else {},
        sha256_rgb=sha256_rgb(pixels_to_rgb(pixels)),
    )
    return Painting(pixels, recipe, {})


def offered_words(metadata: PictureMetadata) -> str:
    """The words a picture was painted from, on one line, as a person can edit them."""
    return " ".join(metadata.prompt.split())


def offered_prompt(metadata: PictureMetadata, words: str = "") -> ImagePrompt:
    """The prompt a picture was painted from: field by field if it is ours, else its words as the subject.

    `words` are those words as the person edited them; the negative terms stay.
    """
    if metadata.recipe and words in ("", offered_words(metadata)):
        return metadata.recipe.prompt
    if metadata.recipe:
        return ImagePrompt(subject=" ".join(words.split()), negative=metadata.recipe.prompt.negative)
    negative = tuple(" ".join(term.split()) for term in metadata.negative_prompt.replace("\n", ",").split(","))
    return ImagePrompt(subject=" ".join(words.split()) or offered_words(metadata), negative=negative)


def _shown_name(name: str) -> str:
    shown = " ".join(visible(name).split()) or "picture"
    return shown if len(shown) <= MAX_NAME_CHARACTERS else f"{shown[: MAX_NAME_CHARACTERS - 9]}…{shown[-8:]}"
