from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sfumato.attachment import attach_pixels, attached_painting
from sfumato.conversation import ErrorPart, Message, PicturePart, PromptPart, TextPart
from sfumato.engine import Pixels
from sfumato.errors import SfumatoError
from sfumato.image_file import read_recipe
from sfumato.library import Library
from sfumato.library_file import backup_file
from sfumato.library_thread import LibraryThread
from sfumato.migrations import MIGRATIONS, library_format, migrate
from sfumato.paths import Paths
from sfumato.prompt import FieldChange, ImagePrompt
from tests.fakes import painting, recipe


@pytest.fixture
def library(paths: Paths) -> Library:
    return Library(paths.library_file, paths.pictures)


def test_a_conversation_comes_back_as_it_was(library: Library, paths: Paths) -> None:
    number = library.new_conversation()
    card = PromptPart(ImagePrompt("a ball"), (FieldChange("lighting", "noon", "night"),), 7, True, ("a note",))
    said = [
        Message("person", (TextPart("a red ball <b>"),)),
        Message("sfumato", (TextPart("Yes."), card)),
        Message("sfumato", (PicturePart(1),)),
        Message("person", (PicturePart(1, name="photo.jpg"), TextPart("at night"))),
        Message("sfumato", (ErrorPart("Trouble.", "Try again."),)),
    ]
    for message in said:
        library.add_message(number, message)
    version = library.add_version(number, None, painting(recipe(2**64 - 1)))
    library.close()
    again = Library(paths.library_file, paths.pictures)
    found = again.load(number)
    assert found.messages == tuple(said)
    assert found.versions == (version,)
    assert (found.title, found.current) == ("a red ball <b>", 1)
    assert read_recipe(again.picture_file(version)).seed == 2**64 - 1


def test_an_attached_picture_is_kept_as_a_root_and_found_again_in_a_damaged_library(
    library: Library, paths: Paths
) -> None:
    number = library.new_conversation()
    attached = attach_pixels("photo.jpg", Pixels(4, 2, bytes(range(32))))
    root = library.add_version(number, None, attached_painting(attached))
    library.add_version(number, root.number, painting(recipe(5)))
    assert library.pixels(root).bgrx[:3] == attached.pixels.bgrx[:3]
    assert library.load(number).versions[0].is_attached
    library.close()
    paths.library_file.write_bytes(b"this is no database" * 500)
    again = Library(paths.library_file, paths.pictures)
    (row,) = again.conversations()
    assert [version.is_attached for version in again.load(row.id).versions] == [True, False]


def test_conversations_are_found_by_words_of_messages_and_prompts(library: Library) -> None:
    first, second = library.new_conversation(), library.new_conversation()
    library.add_message(first, Message("person", (TextPart("a lighthouse by the sea"),)))
    library.add_version(second, None, painting(recipe(subject="a purple castle")))
    assert [row.id for row in library.search("lightho")] == [first]
    assert [row.id for row in library.search("castle")] == [second]
    assert library.search('"( nothing* OR') == ()


def test_renaming_deleting_and_restoring(library: Library) -> None:
    number = library.new_conversation("old")
    library.rename(number, "  new   name ")
    assert [row.title for row in library.conversations()] == ["new name"]
    library.delete(number)
    assert library.conversations() == ()
    library.restore(number)
    assert [row.id for row in library.conversations()] == [number]


def test_a_damaged_library_is_set_aside_and_its_pictures_are_found_again(library: Library, paths: Paths) -> None:
    number = library.new_conversation()
    library.add_version(number, None, painting(recipe(5, "a fox")))
    library.close()
    paths.library_file.write_bytes(b"this is no database" * 500)
    again = Library(paths.library_file, paths.pictures)
    assert "damaged" in again.notes[0]
    (row,) = again.conversations()
    assert again.load(row.id).versions[0].prompt.subject == "a fox"
    assert list(paths.data.glob("library.sqlite3.damaged-*"))


def test_a_library_cut_short_is_noticed(library: Library, paths: Paths) -> None:
    number = library.new_conversation()
    for index in range(30):
        library.add_message(number, Message("person", (TextPart(f"message {index} " * 200),)))
    library.close()
    data = paths.library_file.read_bytes()
    paths.library_file.write_bytes(data[: len(data) // 2])
    assert Library(paths.library_file, paths.pictures).notes


def test_a_library_of_a_newer_sfumato_can_be_read_and_is_left_alone(library: Library, paths: Paths) -> None:
    number = library.new_conversation("from the future")
    version = library.add_version(number, None, painting(recipe(1)))
    library.close()
    db = sqlite3.connect(paths.library_file)
    db.execute("ALTER TABLE version ADD COLUMN unknown TEXT")
    db.execute("PRAGMA user_version = 999")
    db.close()
    before = paths.library_file.read_bytes()
    newer = Library(paths.library_file, paths.pictures)
    assert "newer" in newer.notes[0]
    assert newer.load(number).versions == (version,)
    with pytest.raises(SfumatoError, match="newer"):
        newer.rename(number, "another title")
    with pytest.raises(SfumatoError, match="newer"):
        newer.add_version(number, 1, painting(recipe(2)))
    newer.close()
    assert paths.library_file.read_bytes() == before
    assert len(list(paths.pictures.rglob("*.png"))) == 1


def test_an_older_library_is_backed_up_before_its_format_changes(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    db = sqlite3.connect(paths.library_file, isolation_level=None)
    migrate(db, MIGRATIONS[:2])
    db.execute("INSERT INTO conversation (title, created_at, changed_at) VALUES ('old', '', '')")
    db.close()
    library = Library(paths.library_file, paths.pictures)
    assert [row.title for row in library.conversations()] == ["old"]
    library.close()
    kept = sqlite3.connect(backup_file(paths.library_file, 2))
    assert library_format(kept) == 2
    assert kept.execute("SELECT title FROM conversation").fetchall() == [("old",)]
    kept.close()


def test_without_room_for_the_backup_the_format_stays(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    db = sqlite3.connect(paths.library_file, isolation_level=None)
    migrate(db, MIGRATIONS[:2])
    backup_file(paths.library_file, 2).mkdir()
    with pytest.raises(SfumatoError, match="format"):
        Library(paths.library_file, paths.pictures)
    assert library_format(db) == 2
    db.close()
    assert not list(paths.data.glob(".sfumato-*"))


def test_a_full_disk_keeps_nothing_of_the_picture_and_the_library_goes_on(library: Library) -> None:
    number = library.new_conversation()
    library.add_version(number, None, painting(recipe(1)))
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
        with pytest.raises(SfumatoError, match="full") as error:
            library.add_version(number, 1, painting(recipe(2)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert error.value.hint
    assert len(library.load(number).versions) == 1
    assert library.add_version(number, 1, painting(recipe(3))).number == 2


def test_nothing_acknowledged_is_lost_when_the_app_is_killed(paths: Paths) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from sfumato.library import Library
        from tests.fakes import painting, recipe
        library = Library(Path(sys.argv[1]), Path(sys.argv[2]))
        number = library.new_conversation("killed")
        for seed in range(10_000):
            library.add_version(number, None, painting(recipe(seed)))
            print(seed, flush=True)
        """
    )
    command = [sys.executable, "-c", script, str(paths.library_file), str(paths.pictures)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for kill_after in (1, 7, 23):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout
            acknowledged = [int(process.stdout.readline()) for _ in range(kill_after)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout.read().split()]
        library = Library(paths.library_file, paths.pictures)
        versions = library.load(library.conversations()[0].id).versions
        assert not library.notes
        assert {version.recipe.seed for version in versions} >= set(acknowledged)
        assert all(read_recipe(library.picture_file(version)) == version.recipe for version in versions)
        library.close()


def test_the_library_thread_hands_on_what_opening_raised(tmp_path: Path) -> None:
    def refuse() -> Library:
        raise SfumatoError("The library cannot be written.")

    thread = LibraryThread(refuse)
    with pytest.raises(SfumatoError, match="cannot be written"):
        thread.run(Library.conversations)
    thread.close()
