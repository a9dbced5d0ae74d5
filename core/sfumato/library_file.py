"""Opening the library's file: checked, brought to today's format after a backup, or read only when a newer app wrote it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.migrations import MIGRATIONS, library_format, migrate
from sfumato.paths import UNFINISHED_PREFIX, UNFINISHED_SUFFIX

READ_ONLY = (
    "A newer Sfumato wrote this library, so it can be looked at but not changed here: nothing new is kept. "
    "Update Sfumato to go on."
)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The database, what a person should know about how it was opened, and whether it can be changed."""

    db: sqlite3.Connection
    notes: tuple[str, ...] = ()
    is_read_only: bool = False


def open_library_file(file: Path) -> OpenedFile:
    """Open the file, or make it; an older one is backed up beside it before its format is changed.

    Raises:
        sqlite3.DatabaseError: if it is damaged, or (OperationalError) in use or not to be written.
    """
    if _format_of(file) > len(MIGRATIONS):
        db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        return OpenedFile(db, (READ_ONLY,), is_read_only=True)
    with ExitStack() as undo:
        db = sqlite3.connect(file, isolation_level=None)
        undo.callback(db.close)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten
        problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)
        if 0 < library_format(db) < len(MIGRATIONS):
            back_up(db, file)
        migrate(db)
        undo.pop_all()
        return OpenedFile(db)


def backup_file(file: Path, format_number: int) -> Path:
    """Where a library of an older format is kept."""
    return file.with_name(f"{file.stem}.format-{format_number}{file.suffix}")


def back_up(db: sqlite3.Connection, file: Path) -> None:
    """Copy the library whole; an earlier backup of the same format is replaced by the newer state.

    Raises:
        SfumatoError: if it cannot be written; the library itself is as it was.
    """
    unfinished = file.with_name(f"{UNFINISHED_PREFIX}backup{UNFINISHED_SUFFIX}")
    unfinished.unlink(missing_ok=True)
    try:
        db.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.replace(backup_file(file, library_format(db)))
    except (sqlite3.Error, OSError) as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise SfumatoError(
            "The library must be brought to a new format, and the copy to be kept of it could not be written.",
            f"Free some space on the disk of {file.parent}; until then nothing is changed.",
            repr(error),
        ) from error


def forget_in_copies(file: Path, conversations: Sequence[tuple[int, str]]) -> None:
    """Remove conversations, given as (id, created_at), from every copy that was kept in an older format.

    A copy can hold another library's conversation of that id, once a damaged one was begun anew: hence the time.

    Raises:
        SfumatoError: if a copy cannot be changed.
    """
    for number in range(1, len(MIGRATIONS)):
        copy = backup_file(file, number)
        if not copy.is_file():
            continue
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")
                db.execute("BEGIN IMMEDIATE")
                db.executemany("DELETE FROM conversation WHERE id = ? AND created_at = ?", conversations)
                if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone():
                    db.execute("INSERT INTO search (search) VALUES ('rebuild')")
                db.execute("COMMIT")
        except sqlite3.Error as error:
            raise SfumatoError(
                f"{copy}, a copy of the library in an older format, could not be changed.",
                "Remove it if you do not need it any more, then empty the bin again.",
                repr(error),
            ) from error


def _format_of(file: Path) -> int:
    """Read from the file's header alone, so that nothing of a newer library is touched; 0 if there is none."""
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return library_format(db)
