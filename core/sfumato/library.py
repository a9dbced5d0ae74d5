"""The person's conversations and pictures: SQLite for the words and the tree, PNG files for the pictures.

A picture's file is written and synced before its row, so what the library names is there, also after a power loss.
One connection, used from one thread: that of `library_thread.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sfumato.conversation import Conversation, Message, Version
from sfumato.conversation_json import parts_from_text, parts_to_text
from sfumato.engine import Painting, Pixels
from sfumato.errors import SfumatoError
from sfumato.image_file import load_pixels, read_recipe, write_png
from sfumato.library_file import READ_ONLY, open_library_file
from sfumato.paths import ensure_folder, remove_unfinished
from sfumato.recipe import Recipe
from sfumato.standing_wishes import StandingWish

TITLE_CHARACTERS = 60
MAX_FOUND = 200


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in the list."""

    id: int
    title: str
    changed_at: str


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


class Library:
    """Everything is saved when a method returns, and readable trouble is raised as SfumatoError when it cannot be."""

    def __init__(self, file: Path, pictures: Path, app_version: str = "") -> None:
        """Open the library, or make it. A damaged file is set aside and its pictures are gathered again.

        One that a newer Sfumato wrote can be read; `notes` says so, and whatever would change it raises SfumatoError.

        Raises:
            SfumatoError: if the folders cannot be written.
        """
        self.pictures = ensure_folder(pictures)
        ensure_folder(file.parent)
        remove_unfinished(pictures)
        self._app_version = app_version
        self.notes: tuple[str, ...] = ()
        self._is_read_only = False
        try:
            opened = open_library_file(file)
            self._db, self.notes, self._is_read_only = opened.db, opened.notes, opened.is_read_only
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise _trouble(error) from error
            self._db = self._start_again(file)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def conversations(self) -> tuple[Summary, ...]:
        """All conversations outside the bin, the one changed last first."""
        rows = self._db.execute(
            "SELECT id, title, changed_at FROM conversation WHERE binned_at IS NULL ORDER BY changed_at DESC, id DESC"
        )
        return tuple(Summary(*row) for row in rows)

    def search(self, words: str) -> tuple[Summary, ...]:
        """Conversations with words that begin with these, in their title, messages or prompts."""
        terms = " ".join(f'"{word}"*' for word in words.replace('"', " ").split())
        if not terms:
            return self.conversations()
        rows = self._db.execute(
            """
            SELECT DISTINCT conversation.id, title, changed_at FROM search
            JOIN searchable ON searchable.id = search.rowid
            JOIN conversation ON conversation.id = searchable.conversation_id
            WHERE search MATCH ? AND binned_at IS NULL ORDER BY changed_at DESC, conversation.id DESC LIMIT ?
            """,
            (terms, MAX_FOUND),
        )
        return tuple(Summary(*row) for row in rows)

    def new_conversation(self, title: str = "") -> int:
        """Make an empty conversation; returns its id."""
        with self._saving() as db:
            now = _now()
            row = db.execute(
                "INSERT INTO conversation (title, created_at, changed_at) VALUES (?, ?, ?)", (title, now, now)
            )
            return int(row.lastrowid or 0)

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        title = " ".join(title.split())[:TITLE_CHARACTERS]
        with self._saving() as db:
            db.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, conversation_id))
            db.execute("DELETE FROM searchable WHERE conversation_id = ? AND kind = 'title'", (conversation_id,))
            _make_searchable(db, conversation_id, "title", title)

    def delete(self, conversation_id: int) -> None:
        """Move a conversation to the bin; its pictures stay."""
        with self._saving() as db:
            db.execute("UPDATE conversation SET binned_at = ? WHERE id = ?", (_now(), conversation_id))

    def restore(self, conversation_id: int) -> None:
        """Take a conversation out of the bin."""
        with self._saving() as db:
            db.execute("UPDATE conversation SET binned_at = NULL WHERE id = ?", (conversation_id,))

    def delete_version(self, conversation_id: int, number: int) -> None:
        """Move one picture to the bin. Its children keep their parent; the nearest other picture becomes current."""
        with self._saving() as db:
            db.execute(
                "UPDATE version SET binned_at = ? WHERE conversation_id = ? AND number = ? AND binned_at IS NULL",
                (_now(), conversation_id, number),
            )
            _leave_deleted(db, conversation_id)

    def restore_version(self, conversation_id: int, number: int) -> None:
        """Take a picture out of the bin. Raises SfumatoError if its file is gone for good."""
        file = self._db.execute(
            "SELECT file FROM version WHERE conversation_id = ? AND number = ?", (conversation_id, number)
        ).fetchone()
        if file is None or not file[0]:
            raise SfumatoError(f"Picture {number} is gone: the bin was emptied.")
        with self._saving() as db:
            db.execute(
                "UPDATE version SET binned_at = NULL WHERE conversation_id = ? AND number = ?",
                (conversation_id, number),
            )
            db.execute(
                "UPDATE conversation SET current = ? WHERE id = ? AND current IS NULL", (number, conversation_id)
            )

    def bin(self) -> tuple[Binned, ...]:
        """What is in the bin, the newest first."""
        rows = self._db.execute(
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

    def empty_bin(self) -> int:
        """Remove for good what is in the bin, its words too; returns how many picture files were removed.

        Files go first, so that a failure leaves things in the bin and nothing behind that no row names.

        Raises:
            SfumatoError: if a file cannot be removed; what is left stays in the bin.
        """
        files = self._db.execute(
            """
            SELECT file FROM version JOIN conversation ON conversation.id = conversation_id
            WHERE file != '' AND (version.binned_at IS NOT NULL OR conversation.binned_at IS NOT NULL)
            """
        ).fetchall()
        for (file,) in files:
            self._remove_picture(file)
        with self._saving() as db:
            db.execute("DELETE FROM conversation WHERE binned_at IS NOT NULL")
            db.execute("UPDATE version SET file = '' WHERE binned_at IS NOT NULL")
            db.execute("INSERT INTO search (search) VALUES ('rebuild')")  # else it keeps the words of what is gone
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(files)

    def load(self, conversation_id: int) -> Conversation:
        """The whole conversation.

        Raises:
            SfumatoError: if it does not exist or a row of it is damaged.
        """
        row = self._db.execute(
            "SELECT title, current, wishes FROM conversation WHERE id = ?", (conversation_id,)
        ).fetchone()
        if row is None:
            raise SfumatoError("This conversation is not there any more.")
        try:
            messages = tuple(
                Message(role, parts_from_text(parts), refers_to)
                for role, parts, refers_to in self._db.execute(
                    "SELECT role, parts, refers_to FROM message WHERE conversation_id = ? ORDER BY id",
                    (conversation_id,),
                )
            )
            versions = tuple(
                Version(number, parent, Recipe.from_json(json.loads(recipe)), file, binned_at is not None)
                for number, parent, recipe, file, binned_at in self._db.execute(
                    "SELECT number, parent, recipe, file, binned_at FROM version WHERE conversation_id = ? "
                    "ORDER BY number",
                    (conversation_id,),
                )
            )
            wishes = tuple(StandingWish.from_json(wish) for wish in json.loads(row[2]))
        except (ValueError, KeyError, TypeError, AttributeError, sqlite3.DatabaseError) as error:
            raise SfumatoError(
                "A part of this conversation is damaged and cannot be shown.", "", repr(error)
            ) from error
        return Conversation(conversation_id, row[0], messages, versions, row[1], wishes)

    def add_message(self, conversation_id: int, message: Message) -> None:
        """Keep a message; the first words of a person become the title."""
        with self._saving() as db:
            db.execute(
                "INSERT INTO message (conversation_id, role, parts, said_at, refers_to) VALUES (?, ?, ?, ?, ?)",
                (conversation_id, message.role, parts_to_text(message), _now(), message.refers_to),
            )
            _make_searchable(db, conversation_id, "message", message.text)
            title = " ".join(message.text.split())[:TITLE_CHARACTERS]
            if message.role == "person" and title:
                named = db.execute(
                    "UPDATE conversation SET title = ? WHERE id = ? AND title = ''", (title, conversation_id)
                )
                if named.rowcount:
                    _make_searchable(db, conversation_id, "title", title)
            _touch(db, conversation_id)

    def add_version(self, conversation_id: int, parent: int | None, painting: Painting) -> Version:
        """Keep a picture and make it the current version. Nothing is kept if any part of it cannot be."""
        count = "SELECT coalesce(max(number), 0) + 1 FROM version WHERE conversation_id = ?"
        number = int(self._db.execute(count, (conversation_id,)).fetchone()[0])
        file = self._write_picture(conversation_id, number, painting)
        version = Version(number, parent, painting.recipe, file.relative_to(self.pictures).as_posix())
        try:
            with self._saving() as db:
                _insert_version(db, conversation_id, version)
                _touch(db, conversation_id)
        except SfumatoError:
            file.unlink(missing_ok=True)
            raise
        return version

    def go_to(self, conversation_id: int, number: int) -> None:
        """Make an earlier version the current one."""
        with self._saving() as db:
            db.execute("UPDATE conversation SET current = ? WHERE id = ?", (number, conversation_id))

    def wish(self, conversation_id: int, wishes: Sequence[StandingWish]) -> None:
        """Keep a conversation's standing wishes in place of those it had."""
        text = json.dumps([wish.to_json() for wish in wishes], ensure_ascii=True)
        with self._saving() as db:
            db.execute("UPDATE conversation SET wishes = ? WHERE id = ?", (text, conversation_id))

    def picture_file(self, version: Version) -> Path:
        """Where a version's picture stands."""
        return self.pictures / version.file

    def pixels(self, version: Version) -> Pixels:
        """The pixels of a version. Raises SfumatoError if its file is gone or damaged."""
        return load_pixels(self.picture_file(version))

    def _write_picture(self, conversation_id: int, number: int, painting: Painting) -> Path:
        """A crash may have left a picture without a row: it is kept, and the new one gets another name."""
        folder = self.pictures / f"conversation-{conversation_id}"
        for name in (f"{number:03d}.png", *(f"{number:03d}-{copy}.png" for copy in range(2, 100))):
            try:
                write_png(folder / name, painting.pixels, painting.recipe, self._app_version)
                return folder / name
            except FileExistsError:
                continue
        raise SfumatoError(f"The folder {folder} is full of pictures of this name.", "Move them elsewhere.")

    def _remove_picture(self, name: str) -> None:
        file = self.pictures / name
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise SfumatoError(
                f"{file} could not be removed.", "Close the programs that use it and empty the bin again.", repr(error)
            ) from error
        if file.parent != self.pictures and file.parent.is_dir() and not any(file.parent.iterdir()):
            file.parent.rmdir()

    @contextmanager
    def _saving(self) -> Iterator[sqlite3.Connection]:
        """One transaction; trouble becomes readable and leaves everything as it was."""
        if self._is_read_only:
            raise SfumatoError(READ_ONLY)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise _trouble(error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _start_again(self, file: Path) -> sqlite3.Connection:
        """Set the damaged file aside, and gather the pictures, which carry their recipes, into conversations again."""
        aside = file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
        for suffix in ("", "-wal", "-shm"):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        self._db = open_library_file(file).db
        folders = [folder for folder in sorted(self.pictures.glob("conversation-*")) if folder.is_dir()]
        pictures = sum(self._gather(folder) for folder in folders)
        self.notes = (
            f"The library file was damaged and is now called {aside.name}. "
            f"{pictures} pictures were found again with their prompts and seeds; what was said around them is lost.",
        )
        return self._db

    def _gather(self, folder: Path) -> int:
        with self._saving() as db:
            kept = int(folder.name.rpartition("-")[2]) if folder.name.rpartition("-")[2].isdigit() else None
            row = db.execute(
                "INSERT INTO conversation (id, title, created_at, changed_at) VALUES (?, ?, ?, ?)",
                (kept, f"Recovered {folder.name}", _now(), _now()),
            )
            conversation_id, number = int(row.lastrowid or 0), 0
            for file in sorted(folder.glob("*.png")):
                try:
                    recipe = read_recipe(file)
                except SfumatoError:
                    continue
                number += 1
                version = Version(number, number - 1 or None, recipe, file.relative_to(self.pictures).as_posix())
                _insert_version(db, conversation_id, version)
        return number


def _insert_version(db: sqlite3.Connection, conversation_id: int, version: Version) -> None:
    recipe = json.dumps(version.recipe.to_json(), ensure_ascii=True)
    db.execute(
        "INSERT INTO version (conversation_id, number, parent, recipe, file, painted_at) VALUES (?, ?, ?, ?, ?, ?)",
        (conversation_id, version.number, version.parent, recipe, version.file, _now()),
    )
    db.execute("UPDATE conversation SET current = ? WHERE id = ?", (version.number, conversation_id))
    _make_searchable(db, conversation_id, "prompt", version.recipe.compiled.positive)


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


def _make_searchable(db: sqlite3.Connection, conversation_id: int, kind: str, text: str) -> None:
    db.execute("INSERT INTO searchable (conversation_id, kind, text) VALUES (?, ?, ?)", (conversation_id, kind, text))


def _touch(db: sqlite3.Connection, conversation_id: int) -> None:
    db.execute("UPDATE conversation SET changed_at = ? WHERE id = ?", (_now(), conversation_id))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _trouble(error: sqlite3.Error) -> SfumatoError:
    text = str(error)
    if "full" in text:
        return SfumatoError("The disk is full, so this could not be saved.", "Free some space and try again.", text)
    if "locked" in text:
        return SfumatoError("The library is in use by another Sfumato.", "Close the other window and try again.", text)
    if "readonly" in text or "unable to open" in text:
        return SfumatoError("The library cannot be written.", "Check the rights of its folder.", text)
    return SfumatoError("The library could not be saved.", "Start Sfumato again.", text)
