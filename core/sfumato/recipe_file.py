"""A recipe as a text: inside one of our pictures, or in a file of its own that people give each other without the picture.

A file from outside is data: it is small or refused, and its values are looked at before they are used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.other_metadata import PictureMetadata, metadata_of_recipe
from sfumato.paths import file_trouble, replace_file
from sfumato.recipe import Recipe, Route

SUFFIX = ".sfumato"
CHUNK_FORMAT = 1
MAX_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class SharedRecipe:
    """The recipe in a file of its own; `name` is the file's."""

    name: str
    recipe: Recipe

    @property
    def metadata(self) -> PictureMetadata:
        """What it says, in the form of a picture's texts."""
        return metadata_of_recipe(self.recipe)


def is_recipe_file(path: Path) -> bool:
    """True for a file that is called like one."""
    return path.suffix.casefold() == SUFFIX


def recipe_text(recipe: Recipe, app_version: str = "", indent: int | None = None) -> str:
    """The recipe as it stands in a picture, or, indented, as people can read it. ASCII only."""
    separators = (",", ":") if indent is None else None
    ours = {"format": CHUNK_FORMAT, "app_version": app_version, "recipe": recipe.to_json()}
    return json.dumps(ours, ensure_ascii=True, separators=separators, indent=indent)


def recipe_from_text(text: str | bytes) -> Recipe:
    """The inverse of `recipe_text`. Raises SfumatoError if it is damaged or of a newer Sfumato."""
    try:
        data = json.loads(text)
        is_newer = int(data["format"]) > CHUNK_FORMAT
        recipe = data["recipe"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SfumatoError("This recipe is damaged.", "Use another copy of it.", repr(error)) from error
    if is_newer:
        raise SfumatoError("This recipe was written by a newer Sfumato.", "Update Sfumato to read it.")
    return Recipe.from_json(recipe)


def read_recipe_file(path: Path) -> SharedRecipe:
    """The recipe in a file of its own.

    Raises:
        SfumatoError: if the file cannot be read, is no recipe or too big, or a newer Sfumato wrote it.
    """
    try:
        if path.exists() and not path.is_file():  # a folder; or a pipe, which would be waited for without end
            raise SfumatoError(f"{path.name} is not a recipe.", "Choose the file itself.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SfumatoError(
            f"There is no file {path}.", "It was moved or removed: choose another one.", repr(error)
        ) from error
    except OSError as error:
        raise SfumatoError(f"Sfumato may not read {path}.", "Allow it, or choose another file.", repr(error)) from error
    if len(data) > MAX_BYTES:
        raise SfumatoError(f"{path.name} is too big for a recipe.", f"Recipes have up to {MAX_BYTES // 2**20} MB.")
    return SharedRecipe(path.name, recipe_from_text(data))


def write_recipe_file(path: Path, recipe: Recipe, app_version: str = "") -> None:
    """Write a recipe where a person wants it, in the place of an older file if there is one.

    Raises:
        SfumatoError: if there is nothing to paint in it (an attached picture's), or it cannot be written.
    """
    if recipe.route is Route.ATTACHED:
        raise SfumatoError("This picture was attached, not painted here.", "There is no recipe to share.")
    try:
        replace_file(path, recipe_text(recipe, app_version, indent=1).encode())
    except OSError as error:
        raise file_trouble(path, error) from error
