"""How the library's tables came to be: named steps, only ever appended. The database's `user_version` counts those done.

Each step is one transaction together with its count, so a crash leaves a library before or after it, never between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

APPLICATION_ID = 0x5346554D  # "SFUM"

Migration = Callable[[sqlite3.Connection], None]


def m001_conversations(db: sqlite3.Connection) -> None:
    """Conversations, their messages, and the tree of versions."""
    db.execute(
        """
        CREATE TABLE conversation (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL DEFAULT '',
            current INTEGER,
            created_at TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            binned_at TEXT,
            FOREIGN KEY (id, current) REFERENCES version (conversation_id, number) DEFERRABLE INITIALLY DEFERRED
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            parts TEXT NOT NULL,
            said_at TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX message_of_conversation ON message (conversation_id, id)")
    db.execute(
        """
        CREATE TABLE version (
            conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            parent INTEGER,
            recipe TEXT NOT NULL,
            file TEXT NOT NULL,
            painted_at TEXT NOT NULL,
            PRIMARY KEY (conversation_id, number),
            FOREIGN KEY (conversation_id, parent) REFERENCES version (conversation_id, number)
                DEFERRABLE INITIALLY DEFERRED
        ) STRICT
        """
    )
    db.execute("CREATE INDEX conversation_by_change ON conversation (changed_at)")


def m002_search(db: sqlite3.Connection) -> None:
    """Full-text search over titles, messages and prompts, kept up by triggers."""
    db.execute(
        """
        CREATE TABLE searchable (
            id INTEGER PRIMARY KEY,
            conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('title', 'message', 'prompt')),
            text TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX searchable_of_conversation ON searchable (conversation_id, kind)")
    db.execute(
        """
        CREATE VIRTUAL TABLE search USING fts5 (
            text, content = 'searchable', content_rowid = 'id',
            tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
        )
        """
    )
    for name, when, forget, learn in (
        ("searchable_added", "INSERT", False, True),
        ("searchable_removed", "DELETE", True, False),
        ("searchable_changed", "UPDATE", True, True),
    ):
        steps = _FORGET * forget + _LEARN * learn
        db.execute(f"CREATE TRIGGER {name} AFTER {when} ON searchable BEGIN {steps} END")
    _fill_search(db)


def m003_version_bin(db: sqlite3.Connection) -> None:
    """A picture can be in the bin by itself; a message knows which version it was said about."""
    db.execute("ALTER TABLE version ADD COLUMN binned_at TEXT")
    db.execute("ALTER TABLE message ADD COLUMN refers_to INTEGER")
    db.execute(
        """
        UPDATE message SET refers_to = (
            SELECT json_extract(part.value, '$.version')
            FROM message AS earlier,
                json_each(CASE WHEN json_valid(earlier.parts) THEN earlier.parts ELSE '{}' END, '$.parts') AS part
            WHERE earlier.conversation_id = message.conversation_id AND earlier.id < message.id
                AND json_extract(part.value, '$.type') = 'picture'
            ORDER BY earlier.id DESC, part.key DESC LIMIT 1
        )
        WHERE role = 'person'
        """
    )


def m004_wishes(db: sqlite3.Connection) -> None:
    """What a person wants of every picture of a conversation, as a JSON array."""
    db.execute("ALTER TABLE conversation ADD COLUMN wishes TEXT NOT NULL DEFAULT '[]'")


MIGRATIONS: tuple[Migration, ...] = (m001_conversations, m002_search, m003_version_bin, m004_wishes)


def library_format(db: sqlite3.Connection) -> int:
    """How many steps this database has behind it; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Run what is missing. The connection must be in autocommit mode (`isolation_level=None`).

    Raises:
        sqlite3.Error: the step that failed left nothing behind.
    """
    for number, migration in enumerate(migrations, start=1):
        if number <= library_format(db):
            continue
        db.execute("BEGIN IMMEDIATE")
        try:
            migration(db)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


_FORGET = "INSERT INTO search (search, rowid, text) VALUES ('delete', old.id, old.text);"
_LEARN = "INSERT INTO search (rowid, text) VALUES (new.id, new.text);"


def _fill_search(db: sqlite3.Connection) -> None:
    """The searchable texts of a library that had no search yet."""
    db.execute("INSERT INTO searchable (conversation_id, kind, text) SELECT id, 'title', title FROM conversation")
    db.execute(
        """
        INSERT INTO searchable (conversation_id, kind, text)
        SELECT message.conversation_id, 'message', coalesce(json_extract(part.value, '$.text'), '')
        FROM message, json_each(message.parts, '$.parts') AS part
        WHERE json_extract(part.value, '$.type') = 'text'
        """
    )
    db.execute(
        """
        INSERT INTO searchable (conversation_id, kind, text)
        SELECT conversation_id, 'prompt', coalesce(json_extract(recipe, '$.compiled.positive'), '') FROM version
        """
    )
