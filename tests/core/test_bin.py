"""The bin: nothing is removed before it is emptied, and then all of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfumato.conversation import Message, PicturePart, TextPart
from sfumato.conversation_json import parts_to_text
from sfumato.errors import SfumatoError
from sfumato.library import Library
from sfumato.library_bin import Emptied
from sfumato.library_file import backup_file
from sfumato.migrations import m001_conversations, m002_search, migrate
from sfumato.paths import Paths
from sfumato.standing_wishes import StandingWish
from tests.fakes import painting, recipe


@pytest.fixture
def library(paths: Paths) -> Library:
    return Library(paths.library_file, paths.pictures)


def painted(library: Library, *parents: int | None) -> int:
    conversation_id = library.new_conversation("pictures")
    for seed, parent in enumerate(parents):
        library.add_version(conversation_id, parent, painting(recipe(seed)))
    return conversation_id


def files(paths: Paths) -> list[Path]:
    return sorted(paths.pictures.rglob("*.png"))


def test_a_deleted_picture_keeps_its_file_its_place_and_its_children(library: Library, paths: Paths) -> None:
    number = painted(library, None, 1, 2)
    library.delete_version(number, 2)
    found = library.load(number)
    assert [version.is_deleted for version in found.versions] == [False, True, False]
    assert [version.parent for version in found.versions] == [None, 1, 2]
    assert len(files(paths)) == 3
    library.restore_version(number, 2)
    assert not any(version.is_deleted for version in library.load(number).versions)


@pytest.mark.parametrize(("deleted", "current"), [((3,), 2), ((2, 3), 1), ((1, 2, 3), 4), ((4, 3, 2, 1), None)])
def test_deleting_the_current_picture_goes_to_the_nearest_one_left(
    library: Library, deleted: tuple[int, ...], current: int | None
) -> None:
    number = painted(library, None, 1, 2, None)
    library.go_to(number, 3)
    for version in deleted:
        library.delete_version(number, version)
    assert library.load(number).current == current


def test_a_number_is_never_given_twice(library: Library) -> None:
    number = painted(library, None, 1)
    library.delete_version(number, 2)
    library.empty_bin()
    assert library.add_version(number, 1, painting(recipe(9))).number == 3


def test_the_bin_lists_conversations_and_pictures_and_emptying_removes_only_their_files(
    library: Library, paths: Paths
) -> None:
    kept, gone = painted(library, None, 1, 2), painted(library, None)
    library.add_message(gone, Message("person", (TextPart("a secret lighthouse"),)))
    library.delete_version(kept, 2)
    library.delete(gone)
    strangers = paths.pictures / f"conversation-{gone}" / "my notes.txt"
    strangers.write_text("mine")
    assert {(item.conversation_id, item.number, item.pictures) for item in library.bin()} == {
        (kept, 2, 1),
        (gone, None, 1),
    }
    assert library.empty_bin() == Emptied(2)
    assert library.bin() == ()
    assert [file.name for file in files(paths)] == ["001.png", "003.png"]
    assert strangers.read_text() == "mine"
    found = library.load(kept)
    assert [version.file != "" for version in found.versions] == [True, False, True]
    with pytest.raises(SfumatoError, match="emptied"):
        library.restore_version(kept, 2)
    with pytest.raises(SfumatoError, match="not there any more"):
        library.load(gone)
    assert library.search("secret") == ()


def test_a_file_that_cannot_be_removed_leaves_the_rest_in_the_bin(
    library: Library, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = painted(library, None, 1)
    library.delete(number)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(SfumatoError, match="could not be removed"):
            library.empty_bin()
    assert len(library.bin()) == 1
    library.restore(number)
    assert len(library.load(number).versions) == 2


def old_library(paths: Paths) -> Library:
    """One of the second format with two conversations, brought to today's format: a copy of the old one is kept."""
    paths.data.mkdir(parents=True)
    db = sqlite3.connect(paths.library_file, isolation_level=None)
    migrate(db, (m001_conversations, m002_search))
    for words in ("a secret lighthouse", "a red ball"):
        db.execute("INSERT INTO conversation (title, created_at, changed_at) VALUES (?, ?, '')", (words, words[2:5]))
        where = db.execute("SELECT max(id) FROM conversation").fetchone()[0]
        text = parts_to_text(Message("person", (TextPart(words),)))
        db.execute(
            "INSERT INTO message (conversation_id, role, parts, said_at) VALUES (?, 'person', ?, '')", (where, text)
        )
        db.execute("INSERT INTO searchable (conversation_id, kind, text) VALUES (?, 'title', ?)", (where, words))
    db.close()
    return Library(paths.library_file, paths.pictures)


def test_emptying_the_bin_reaches_the_copy_in_an_older_format(paths: Paths) -> None:
    library = old_library(paths)
    copy = backup_file(paths.library_file, 2)
    assert b"lighthouse" in copy.read_bytes()
    library.delete(1)
    library.empty_bin()
    assert b"lighthouse" not in copy.read_bytes()
    assert b"lighthouse" not in paths.library_file.read_bytes()
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT title FROM conversation").fetchall() == [("a red ball",)]
        assert kept.execute("SELECT count(*) FROM search WHERE search MATCH 'red'").fetchone() == (1,)


def test_the_copy_of_another_library_keeps_its_conversation_of_that_number(paths: Paths) -> None:
    library = old_library(paths)
    with closing(sqlite3.connect(backup_file(paths.library_file, 2))) as copy:
        copy.execute("UPDATE conversation SET created_at = 'another day' WHERE id = 1")
        copy.commit()
    library.delete(1)
    library.empty_bin()
    with closing(sqlite3.connect(backup_file(paths.library_file, 2))) as copy:
        assert copy.execute("SELECT count(*) FROM conversation").fetchone() == (2,)


def test_a_copy_that_cannot_be_changed_is_named_and_the_bin_stays_full(paths: Paths) -> None:
    library = old_library(paths)
    copy = backup_file(paths.library_file, 2)
    copy.write_bytes(b"no library at all" * 100)
    library.delete(1)
    with pytest.raises(SfumatoError, match="format-2") as error:
        library.empty_bin()
    assert "Remove it" in error.value.hint
    assert len(library.bin()) == 1


def test_a_damaged_library_that_was_set_aside_is_told_of(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    paths.library_file.write_bytes(b"SQLite format 3\0" + bytes(4000))
    library = Library(paths.library_file, paths.pictures)
    library.delete(painted(library, None))
    (aside,) = library.empty_bin().out_of_reach
    assert aside.name.startswith(f"{paths.library_file.name}.damaged-")
    assert library.empty_bin() == Emptied(0)


def test_a_picture_whose_file_is_already_gone_does_not_keep_the_bin_full(library: Library, paths: Paths) -> None:
    number = painted(library, None)
    library.delete(number)
    files(paths)[0].unlink()
    library.empty_bin()
    assert library.bin() == ()


def test_a_library_of_the_first_format_learns_what_its_messages_were_about(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    db = sqlite3.connect(paths.library_file, isolation_level=None)
    migrate(db, (m001_conversations, m002_search))
    now = "2026-01-01T00:00:00.000+00:00"
    db.execute("INSERT INTO conversation (title, created_at, changed_at) VALUES ('old', ?, ?)", (now, now))
    said = [
        ("person", "a ball", None),
        ("sfumato", "", 1),
        ("person", "at night", None),
        ("sfumato", "", 2),
        ("person", "again", None),
    ]
    for role, text, picture in said:
        parts = (PicturePart(picture),) if picture else (TextPart(text),)
        stored = parts_to_text(Message(role, parts))  # type: ignore[arg-type]
        db.execute(
            "INSERT INTO message (conversation_id, role, parts, said_at) VALUES (1, ?, ?, ?)", (role, stored, now)
        )
    for number, parent in ((1, None), (2, 1)):
        db.execute(
            "INSERT INTO version VALUES (1, ?, ?, ?, 'f.png', ?)",
            (number, parent, json.dumps(recipe(number).to_json()), now),
        )
    db.execute("UPDATE conversation SET current = 2")
    db.close()
    found = Library(paths.library_file, paths.pictures).load(1)
    assert [message.refers_to for message in found.messages if message.role == "person"] == [None, 1, 2]
    assert [version.is_deleted for version in found.versions] == [False, False]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["paint", "delete", "restore", "go", "empty"]), st.integers(1, 6)), max_size=14)
)
def test_whatever_is_done_the_tree_stays_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    home = tmp_path_factory.mktemp("tree")
    library = Library(home / "library.sqlite3", home / "pictures")
    number = painted(library, None)
    painted_files = {1: (home / "pictures" / library.load(number).versions[0].file).read_bytes()}
    for what, which in steps:
        found = library.load(number)
        version = found.version(which)
        if what == "paint" and len(found.versions) < 6:
            new = library.add_version(number, found.current, painting(recipe(which)))
            painted_files[new.number] = (home / "pictures" / new.file).read_bytes()
        elif what == "empty":
            library.empty_bin()
        elif version is not None and what == "delete":
            library.delete_version(number, which)
        elif version is not None and what == "restore" and version.file:
            library.restore_version(number, which)
        elif version is not None and what == "go" and not version.is_deleted:
            library.go_to(number, which)
    found = library.load(number)
    assert [version.number for version in found.versions] == list(range(1, len(found.versions) + 1))
    current = found.version(found.current)
    assert (current in found.available) if found.available else current is None
    for version in found.versions:
        if version.file:
            assert (home / "pictures" / version.file).read_bytes() == painted_files[version.number]
        else:
            assert version.is_deleted
    library.close()


def test_nothing_said_in_an_emptied_conversation_can_be_found_in_the_file(library: Library, paths: Paths) -> None:
    kept, gone = library.new_conversation("kept"), library.new_conversation("zebracorn title")
    library.add_message(kept, Message("person", (TextPart("a walrusling"),)))
    library.add_message(gone, Message("person", (TextPart("a zebracorn in the snow"),)))
    library.wish(gone, (StandingWish("no zebracorns", ("zebracorns",)),))
    library.delete(gone)
    library.empty_bin()

    def bytes_on_disk() -> bytes:
        folder = paths.library_file.parent
        return b"".join(file.read_bytes() for file in folder.glob(f"{paths.library_file.name}*"))

    assert b"walrusling" in bytes_on_disk()
    assert b"zebracorn" not in bytes_on_disk()
    assert [row.id for row in library.search("walrus")] == [kept]
