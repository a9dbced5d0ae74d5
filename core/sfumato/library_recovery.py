"""What is left of a damaged library: its file is set aside, never deleted, and the pictures carry their recipes."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sfumato.conversation import Version
from sfumato.errors import SfumatoError
from sfumato.image_file import read_recipe
from sfumato.library_rows import insert_version, now, saving


def set_aside(file: Path) -> Path:
    """Give the damaged file a name that is never used again; returns it."""
    aside = file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def set_aside_before(file: Path) -> tuple[Path, ...]:
    """The damaged files of this library that were set aside and are still there."""
    found = file.parent.glob(f"{file.name}.damaged-*")
    return tuple(sorted(path for path in found if not path.name.endswith(("-wal", "-shm"))))


def gather_pictures(db: sqlite3.Connection, pictures: Path) -> int:
    """Make a conversation of every folder of pictures; returns how many pictures were found."""
    folders = [folder for folder in sorted(pictures.glob("conversation-*")) if folder.is_dir()]
    return sum(_gather(db, folder, pictures) for folder in folders)


def _gather(db: sqlite3.Connection, folder: Path, pictures: Path) -> int:
    with saving(db):
        kept = int(folder.name.rpartition("-")[2]) if folder.name.rpartition("-")[2].isdigit() else None
        row = db.execute(
            "INSERT INTO conversation (id, title, created_at, changed_at) VALUES (?, ?, ?, ?)",
            (kept, f"Recovered {folder.name}", now(), now()),
        )
        conversation_id, number = int(row.lastrowid or 0), 0
        for file in sorted(folder.glob("*.png")):
            try:
                recipe = read_recipe(file)
            except SfumatoError:
                continue
            number += 1
            version = Version(number, number - 1 or None, recipe, file.relative_to(pictures).as_posix())
            insert_version(db, conversation_id, version)
    return number
