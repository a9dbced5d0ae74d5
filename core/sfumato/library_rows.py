"""Rows of the library that several of its parts write, each in one transaction with readable trouble."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sfumato.conversation import Version
from sfumato.errors import Retryable, SfumatoError


@contextmanager
def saving(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One transaction. Raises SfumatoError, and leaves everything as it was, if it cannot be made."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield db
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise trouble(error) from error
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def insert_version(db: sqlite3.Connection, conversation_id: int, version: Version) -> None:
    """Keep a version as the current one, and its words for the search."""
    recipe = json.dumps(version.recipe.to_json(), ensure_ascii=True)
    db.execute(
        "INSERT INTO version (conversation_id, number, parent, recipe, file, painted_at) VALUES (?, ?, ?, ?, ?, ?)",
        (conversation_id, version.number, version.parent, recipe, version.file, now()),
    )
    db.execute("UPDATE conversation SET current = ? WHERE id = ?", (version.number, conversation_id))
    make_searchable(db, conversation_id, "prompt", version.recipe.compiled.positive)


def make_searchable(db: sqlite3.Connection, conversation_id: int, kind: str, text: str) -> None:
    """Words that the search finds; `kind` is title, message or prompt."""
    db.execute("INSERT INTO searchable (conversation_id, kind, text) VALUES (?, ?, ?)", (conversation_id, kind, text))


def touch(db: sqlite3.Connection, conversation_id: int) -> None:
    """The conversation was changed just now."""
    db.execute("UPDATE conversation SET changed_at = ? WHERE id = ?", (now(), conversation_id))


def now() -> str:
    """The time as the library writes it: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def trouble(error: sqlite3.Error) -> SfumatoError:
    """What SQLite says, for a person."""
    text = str(error)
    if "full" in text:
        return Retryable("The disk is full, so this could not be saved.", "Free some space and try again.", text)
    if "locked" in text:
        return Retryable("The library is in use by another Sfumato.", "Close the other window and try again.", text)
    if "readonly" in text or "unable to open" in text:
        return Retryable("The library cannot be written.", "Check the rights of its folder and try again.", text)
    return SfumatoError("The library could not be saved.", "Start Sfumato again.", text)
