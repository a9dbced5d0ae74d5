"""The bin: deleted conversations and pictures, out of sight with a way back, until it is emptied for good."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.library_file import forget_in_copies
from sfumato.library_recovery import set_aside_before
from sfumato.library_rows import now, saving


@dataclass(frozen=True, slots=True)
class Binned:
    """Something in the bin: a conversation, or (with a `number`) a single picture of a conversation outside it.

    `title` is the conversation's; `pictures` says how many files emptying the bin would remove.
    """

    conversation_id: int
    number: int | None
    title: str
    binned_at: str
    pictures: int


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many picture files were removed, and which damaged libraries, set aside, may still hold the words."""

    pictures: int
    out_of_reach: tuple[Path, ...] = ()


def delete_version(db: sqlite3.Connection, conversation_id: int, number: int) -> None:
    """Move one picture to the bin; where it was current, the nearest other picture becomes it."""
    db.execute(
        "UPDATE version SET binned_at = ? WHERE conversation_id = ? AND number = ? AND binned_at IS NULL",
        (now(), conversation_id, number),
    )
    _leave_deleted(db, conversation_id)


def restore_version(db: sqlite3.Connection, conversation_id: int, number: int) -> None:
    """Take a picture out of the bin. Raises SfumatoError if its file is gone for good."""
    file = db.execute(
        "SELECT file FROM version WHERE conversation_id = ? AND number = ?", (conversation_id, number)
    ).fetchone()
    if file is None or not file[0]:
        raise SfumatoError(
            f"Picture {number} is gone: the bin was emptied.",
            "Its words are still there: edit the prompt and paint it.",
        )
    db.execute(
        "UPDATE version SET binned_at = NULL WHERE conversation_id = ? AND number = ?", (conversation_id, number)
    )
    db.execute("UPDATE conversation SET current = ? WHERE id = ? AND current IS NULL", (number, conversation_id))


def in_bin(db: sqlite3.Connection) -> tuple[Binned, ...]:
    """What is in the bin, the newest first."""
    rows = db.execute(
        """
        SELECT id, NULL, title, binned_at,
            (SELECT count(*) FROM version WHERE conversation_id = conversation.id AND file != '')
        FROM conversation WHERE binned_at IS NOT NULL
        UNION ALL
        SELECT conversation_id, number, title, version.binned_at, 1
        FROM version JOIN conversation ON conversation.id = conversation_id
        WHERE version.binned_at IS NOT NULL AND file != '' AND conversation.binned_at IS NULL
        ORDER BY 4 DESC, 1, 2
        """
    )
    return tuple(Binned(*row) for row in rows)


def empty_bin(db: sqlite3.Connection, library: Path, pictures: Path) -> Emptied:
    """Remove for good what is in the bin of the library file, its words too.

    Files and copies go first, so that a failure leaves things in the bin and nothing behind that no row names.

    Raises:
        SfumatoError: if a file cannot be removed or a copy cannot be changed; what is left stays in the bin.
    """
    files = db.execute(
        """
        SELECT file FROM version JOIN conversation ON conversation.id = conversation_id
        WHERE file != '' AND (version.binned_at IS NOT NULL OR conversation.binned_at IS NOT NULL)
        """
    ).fetchall()
    gone = db.execute("SELECT id, created_at FROM conversation WHERE binned_at IS NOT NULL").fetchall()
    for (name,) in files:
        _remove_picture(pictures, name)
    if gone:
        forget_in_copies(library, gone)
    with saving(db):
        db.execute("DELETE FROM conversation WHERE binned_at IS NOT NULL")
        db.execute("UPDATE version SET file = '' WHERE binned_at IS NOT NULL")
        db.execute("INSERT INTO search (search) VALUES ('rebuild')")  # else it keeps the words of what is gone
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Emptied(len(files), set_aside_before(library) if gone else ())


def _remove_picture(pictures: Path, name: str) -> None:
    file = pictures / name
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise SfumatoError(
            f"{file} could not be removed.", "Close the programs that use it and empty the bin again.", repr(error)
        ) from error
    if file.parent != pictures and file.parent.is_dir() and not any(file.parent.iterdir()):
        file.parent.rmdir()


def _leave_deleted(db: sqlite3.Connection, conversation_id: int) -> None:
    """Where the current version is in the bin: its nearest ancestor outside it, else the newest version outside it."""
    db.execute(
        """
        WITH RECURSIVE line (number, parent, binned_at, depth) AS (
            SELECT number, parent, version.binned_at, 0 FROM version JOIN conversation
                ON conversation.id = version.conversation_id AND conversation.current = version.number
            WHERE conversation.id = :id
            UNION ALL
            SELECT version.number, version.parent, version.binned_at, depth + 1 FROM version JOIN line
                ON version.number = line.parent WHERE version.conversation_id = :id
        )
        UPDATE conversation SET current = coalesce(
            (SELECT number FROM line WHERE binned_at IS NULL ORDER BY depth LIMIT 1),
            (SELECT max(number) FROM version WHERE conversation_id = :id AND binned_at IS NULL)
        ) WHERE id = :id
        """,
        {"id": conversation_id},
    )
