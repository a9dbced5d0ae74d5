"""A conversation as a folder: the pictures with their recipes inside, the recipes as JSON, and one readable page.

The page needs no network and no scripts. What people and models said is data there as everywhere: escaped text.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from sfumato.conversation import (
    Conversation,
    ErrorPart,
    HowPart,
    Part,
    PicturePart,
    PromptPart,
    TextPart,
    Version,
)
from sfumato.errors import SfumatoError
from sfumato.lora import lora_words
from sfumato.paths import UNFINISHED_PREFIX, UNFINISHED_SUFFIX, file_trouble, replace_file
from sfumato.prompt import DEFAULT_ORDER, FIELDS, field_text

PAGE = "conversation.html"
NAME_CHARACTERS = 60
MAX_COPIES = 1000
# Names that Windows keeps for devices, with any ending.
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_FORBIDDEN = frozenset('<>:"/\\|?*')

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
.person { margin: 2rem 0 1rem 20%; padding: .6rem .9rem; border-radius: .7rem; background: #8a4b2c22; }
.about { margin: 2rem 0 -.9rem 20%; padding-left: .9rem; }
.said, .person { white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 1rem 0; } img { max-width: 100%; border-radius: .6rem; }
figcaption, .note, table { font-size: .85rem; opacity: .8; }
table { border-collapse: collapse; margin: .5rem 0; } th { text-align: left; font-weight: 500; opacity: .7; }
td, th { padding: .1rem .8rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
.trouble { border-left: .2rem solid #c0392b; padding-left: .8rem; }
"""


def export_conversation(conversation: Conversation, picture_file: Callable[[Version], Path], folder: Path) -> Path:
    """Write a conversation into a new folder below `folder`; returns the new folder.

    It is there completely or not at all, and nothing that exists is touched: a taken name gets a number. Pictures whose
    files are gone or deleted are named as such on the page.

    Raises:
        SfumatoError: if it cannot be written, such as on a full disk.
    """
    try:
        unfinished = Path(tempfile.mkdtemp(UNFINISHED_SUFFIX, UNFINISHED_PREFIX, folder))
    except OSError as error:
        raise file_trouble(folder, error) from error
    try:
        _fill(unfinished, conversation, picture_file)
        return _place(unfinished, folder, safe_name(conversation.title))
    except OSError as error:
        raise file_trouble(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def save_picture(source: Path, path: Path) -> None:
    """Copy a picture's file, with the recipe inside it, to a place the person chose (and agreed to replace).

    Raises:
        SfumatoError: if the picture's file is gone, or the place cannot be written.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise SfumatoError("The file of this picture is gone.", "Paint it again.", repr(error)) from error
    try:
        replace_file(path, data)
    except OSError as error:
        raise file_trouble(path, error) from error


def safe_name(title: str) -> str:
    """A title as the name of a file or folder on every system: no separators, control characters or device names."""
    plain = unicodedata.normalize("NFC", title)
    letters = (" " if _is_invisible(letter) or letter in _FORBIDDEN else letter for letter in plain)
    name = " ".join("".join(letters).split()).strip(". ")
    name = name.encode("utf-8")[: NAME_CHARACTERS * 2].decode("utf-8", "ignore")[:NAME_CHARACTERS].strip(". ")
    is_reserved = name.partition(".")[0].strip().casefold() in _RESERVED
    return f"{name} conversation" if is_reserved else name or "Conversation"


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _fill(folder: Path, conversation: Conversation, picture_file: Callable[[Version], Path]) -> None:
    (folder / "pictures").mkdir()
    (folder / "recipes").mkdir()
    copied = set()
    for version in conversation.available:
        recipe = json.dumps(version.recipe.to_json(), ensure_ascii=True, indent=2)
        (folder / "recipes" / f"{version.number:03d}.json").write_text(recipe, "utf-8")
        source = picture_file(version)
        if version.file and source.is_file():
            shutil.copyfile(source, folder / _picture(version))
            copied.add(version.number)
    (folder / PAGE).write_text(_page(conversation, copied), "utf-8", "backslashreplace")


def _picture(version: Version) -> str:
    return f"pictures/{version.number:03d}.png"


def _place(unfinished: Path, folder: Path, name: str) -> Path:
    """Give the finished folder its name; renaming onto a folder that is there would take its place if it were empty."""
    for copy in range(1, MAX_COPIES):
        path = folder / (name if copy == 1 else f"{name} {copy}")
        if os.path.lexists(path):
            continue
        unfinished.rename(path)
        return path
    raise SfumatoError(f"There are too many folders called “{name}”.", "Choose another place.")


def _page(conversation: Conversation, copied: set[int]) -> str:
    title = _text(conversation.title or "Conversation")
    said = "\n".join(_blocks(conversation, copied))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; frame-src 'none'">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1 dir="auto">{title}</h1>
{said}
</body>
</html>
"""


def _blocks(conversation: Conversation, copied: set[int]) -> Iterator[str]:
    """Everything in its order; words that are not about the picture above them say what they are about."""
    shown: int | None = None
    for message in conversation.messages:
        is_person = message.role == "person"
        for part in message.parts:
            if is_person and isinstance(part, TextPart) and message.refers_to != shown:
                about = f"About picture {message.refers_to}" if message.refers_to else "From the beginning"
                yield f'<div class="about note">{about}</div>'
            yield _block(part, "person" if is_person else "said", conversation, copied)
            if isinstance(part, PicturePart):
                shown = part.version


def _block(part: Part, kind: str, conversation: Conversation, copied: set[int]) -> str:
    match part:
        case TextPart():
            return f'<div class="{kind}" dir="auto">{_text(part.text)}</div>'
        case PromptPart():
            return _prompt_table(part)
        case HowPart():
            return f'<div class="note" dir="auto">{_text(" ".join(filter(None, (part.reason, part.seed_words))))}</div>'
        case PicturePart():
            return _figure(conversation.version(part.version), part, copied) + _notes(part.notes)
        case ErrorPart():
            return f'<div class="trouble" dir="auto">{_text(part.message)}<br>{_text(part.hint)}</div>'


def _prompt_table(part: PromptPart) -> str:
    changed = {change.field for change in part.changes}
    rows = "".join(
        f'<tr><th>{name}</th><td dir="auto">{_text(text)}{" (changed)" if name in changed else ""}</td></tr>'
        for name in (*FIELDS, *(("order",) if "order" in changed or part.prompt.order != DEFAULT_ORDER else ()))
        if (text := field_text(part.prompt, name)) or name in changed
    )
    return f"<table>{rows}</table>{_notes(part.notes)}"


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f'<div class="note" dir="auto">{_text(note)}</div>' for note in notes)


def _figure(version: Version | None, part: PicturePart, copied: set[int]) -> str:
    number = part.version
    if version is None or version.is_deleted:
        return f'<p class="note">Picture {number} was deleted.</p>'
    settings, recipe = version.recipe.settings, version.recipe
    after = f", after picture {version.parent}" if version.parent else ""
    loras = f", LoRA {lora_words(recipe.loras)}" if recipe.loras else ""
    told = (
        f"Picture {number}{after}. Seed {recipe.seed}, {settings.width}×{settings.height}, {settings.steps} steps, "
        f"guidance {settings.guidance_scale:g}, {settings.model_id}{loras}, {recipe.route}."
        if not version.is_attached
        else f"Picture {number}, attached{f' as {part.name}' if part.name else ''}, {settings.width}×{settings.height}."
    )
    if number not in copied:
        return f'<p class="note">{_text(told)} Its file is gone.</p>'
    shown = f'<img src="{_picture(version)}" alt="{_text(recipe.compiled.positive)}" width="{settings.width}">'
    return f"<figure>{shown}<figcaption>{_text(told)}</figcaption></figure>"


def _text(text: str) -> str:
    """Text that a page shows as it is; characters that no page may hold are left out."""
    return escape("".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc"))
