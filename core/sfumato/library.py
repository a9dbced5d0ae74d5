"""The person's conversations and pictures: SQLite for the words and the tree, PNG files for the pictures.

A picture's file is written and synced before its row, so what the library names is there, also after a power loss.
One connection, used from one thread: that of `library_thread.py`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sfumato.conversation import Conversation, Message, Version
from sfumato.conversation_json import parts_from_text, parts_to_text
from sfumato.engine import Painting, Pixels
from sfumato.errors import SfumatoError
from sfumato.image_file import load_pixels, write_png
from sfumato.library_bin import Binned, Emptied, delete_version, empty_bin, in_bin, restore_version
from sfumato.library_file import READ_ONLY, open_library_file
from sfumato.library_recovery import gather_pictures, set_aside
from sfumato.library_rows import insert_version, make_searchable, now, saving, touch, trouble
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
        self._file = file
        self.notes: tuple[str, ...] = ()
        self._is_read_only = False
        try:
            opened = open_library_file(file)
            self._db, self.notes, self._is_read_only = opened.db, opened.notes, opened.is_read_only
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise trouble(error) from error
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
        """Make an empty conversation; returns its id. Without a title the first words said in it become that."""
        title = _as_title(title)
        with self._saving() as db:
            begun = now()
            row = db.execute(
                "INSERT INTO conversation (title, created_at, changed_at) VALUES (?, ?, ?)", (title, begun, begun)
            )
            conversation_id = int(row.lastrowid or 0)
            if title:
                make_searchable(db, conversation_id, "title", title)
            return conversation_id

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        title = _as_title(title)
        with self._saving() as db:
            db.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, conversation_id))
            db.execute("DELETE FROM searchable WHERE conversation_id = ? AND kind = 'title'", (conversation_id,))
            make_searchable(db, conversation_id, "title", title)

    def delete(self, conversation_id: int) -> None:
        """Move a conversation to the bin; its pictures stay."""
        with self._saving() as db:
            db.execute("UPDATE conversation SET binned_at = ? WHERE id = ?", (now(), conversation_id))

    def restore(self, conversation_id: int) -> None:
        """Take a conversation out of the bin."""
        with self._saving() as db:
            db.execute("UPDATE conversation SET binned_at = NULL WHERE id = ?", (conversation_id,))

    def delete_version(self, conversation_id: int, number: int) -> None:
        """Move one picture to the bin. Its children keep their parent; the nearest other picture becomes current."""
        with self._saving() as db:
            delete_version(db, conversation_id, number)

    def restore_version(self, conversation_id: int, number: int) -> None:
        """Take a picture out of the bin. Raises SfumatoError if its file is gone for good."""
        with self._saving() as db:
            restore_version(db, conversation_id, number)

    def bin(self) -> tuple[Binned, ...]:
        """What is in the bin, the newest first."""
        return in_bin(self._db)

    def empty_bin(self) -> Emptied:
        """Remove for good what is in the bin, its words too, also from copies of the library in older formats.

        Raises:
            SfumatoError: if a file cannot be removed or a copy cannot be changed; what is left stays in the bin.
        """
        if self._is_read_only:
            raise SfumatoError(READ_ONLY)
        return empty_bin(self._db, self._file, self.pictures)

    def load(self, conversation_id: int) -> Conversation:
        """The whole conversation.

        Raises:
            SfumatoError: if it does not exist or a row of it is damaged.
        """
        row = self._db.execute(
            "SELECT title, current, wishes FROM conversation WHERE id = ?", (conversation_id,)
        ).fetchone()
        if row is None:
            raise SfumatoError("This conversation is not there any more.", "Begin a new one.")
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
                (conversation_id, message.role, parts_to_text(message), now(), message.refers_to),
            )
            make_searchable(db, conversation_id, "message", message.text)
            title = _as_title(message.text)
            if message.role == "person" and title:
                named = db.execute(
                    "UPDATE conversation SET title = ? WHERE id = ? AND title = ''", (title, conversation_id)
                )
                if named.rowcount:
                    make_searchable(db, conversation_id, "title", title)
            touch(db, conversation_id)

    def add_version(self, conversation_id: int, parent: int | None, painting: Painting) -> Version:
        """Keep a picture and make it the current version. Nothing is kept if any part of it cannot be."""
        count = "SELECT coalesce(max(number), 0) + 1 FROM version WHERE conversation_id = ?"
        number = int(self._db.execute(count, (conversation_id,)).fetchone()[0])
        file = self._write_picture(conversation_id, number, painting)
        version = Version(number, parent, painting.recipe, file.relative_to(self.pictures).as_posix())
        try:
            with self._saving() as db:
                insert_version(db, conversation_id, version)
                touch(db, conversation_id)
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
        if not self.picture_file(version).exists():
            raise SfumatoError(
                f"The file of picture {version.number} is gone.",
                "Go on from another picture, or paint it anew with “New seed”.",
                str(self.picture_file(version)),
            )
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

    def _saving(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction; trouble becomes readable and leaves everything as it was."""
        if self._is_read_only:
            raise SfumatoError(READ_ONLY)
        return saving(self._db)

    def _start_again(self, file: Path) -> sqlite3.Connection:
        """Set the damaged file aside, and gather the pictures, which carry their recipes, into conversations again."""
        aside = set_aside(file)
        db = open_library_file(file).db
        pictures = gather_pictures(db, self.pictures)
        self.notes = (
            f"The library file was damaged and is now called {aside.name}. "
            f"{pictures} pictures were found again with their prompts and seeds; what was said around them is lost.",
        )
        return db


def _as_title(text: str) -> str:
    return " ".join(text.split())[:TITLE_CHARACTERS]
