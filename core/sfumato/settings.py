"""The person's settings, each declared once with type, default and description, and the file they live in.

What a newer Sfumato wrote is kept untouched; what cannot be read falls back to its default and says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.errors import SfumatoError
from sfumato.paths import file_trouble, replace_file


class Settings(BaseModel):
    """All settings. Keys of newer versions ride along in `model_extra` and are written back."""

    model_config = ConfigDict(extra="allow", frozen=True, str_max_length=4096)

    theme: Literal["system", "light", "dark"] = Field(
        default="system", description="The look of the window; “system” follows the desktop."
    )
    review_before_painting: bool = Field(
        default=False, description="Show the prompt and wait for an OK before a picture is painted."
    )
    painter_id: str = Field(default="", description="The picture model; empty means the starter model.")
    writer_id: str = Field(default="", description="The language model; empty means the starter writer.")
    hub_address: str = Field(
        default="", description="The model hub or a mirror of it, https://…; empty means huggingface.co."
    )
    proxy: str = Field(
        default="", description="The proxy that downloads go through, http://host:port; empty means the system's."
    )
    site_address: str = Field(
        default="",
        description="Where new versions and engine packs are asked for, https://…; empty means the project's own site.",
    )
    last_conversation: int | None = Field(
        default=None, description="The conversation that was open last; it is opened again on the next start."
    )
    last_folder: str = Field(default="", description="The folder that was saved to or attached from last.")
    show_previews: bool = Field(default=True, description="Show the picture while it emerges from the noise.")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings, and one readable line for everything that was not as it should be."""

    settings: Settings
    notes: tuple[str, ...] = ()


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; without a file, the defaults. A file that is no JSON object is set aside, never deleted.

    Raises:
        SfumatoError: if the file is there and the operating system does not let it be read or set aside.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except (ValueError, RecursionError):
        return _set_aside(path)
    except OSError as error:
        raise SfumatoError(f"The settings in {path} cannot be read.", "", repr(error)) from error
    return _from_data(data) if isinstance(data, dict) else _set_aside(path)


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings; after a crash the file holds the old or the new ones.

    Raises:
        SfumatoError: if they could not be written; the old ones stay.
    """
    text = json.dumps(settings.model_dump(mode="json"), ensure_ascii=True, indent=2) + "\n"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise file_trouble(path, error) from error


def _from_data(data: Mapping[str, Any]) -> LoadedSettings:
    """Keep every setting that is valid; one wrong value does not cost the others."""
    wrong: tuple[str, ...] = ()
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        wrong = tuple(sorted({str(problem["loc"][0]) for problem in error.errors()}))
        settings = Settings.model_validate({key: value for key, value in data.items() if key not in wrong})
    notes = tuple(f"The setting “{name}” had a value that cannot be used; it is back to its default." for name in wrong)
    later = ", ".join(sorted(settings.model_extra or {}))
    return LoadedSettings(
        settings,
        (*notes, f"Settings of another version of Sfumato were left as they are: {later}.") if later else notes,
    )


def _set_aside(path: Path) -> LoadedSettings:
    aside = _free_name(path.with_name(path.name + ".damaged"))
    try:
        path.rename(aside)
    except OSError as error:
        raise file_trouble(path, error) from error
    note = f"The settings file was damaged and is now called {aside.name}; Sfumato starts with its defaults."
    return LoadedSettings(Settings(), (note,))


def _free_name(path: Path) -> Path:
    return path.with_name(f"{path.name}-{datetime.now():%Y%m%d-%H%M%S-%f}") if path.exists() else path
