from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.conversation import Conversation, ErrorPart, Message, PicturePart, PromptPart, TextPart
from sfumato.errors import SfumatoError
from sfumato.export import PAGE, export_conversation, safe_name, save_picture
from sfumato.image_file import read_recipe
from sfumato.library import Library
from sfumato.paths import Paths
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Recipe, Route
from tests.fakes import painting, recipe

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)> \u202egnp.exe \x00\x1b &amp; ]]> javascript:'


class Page(HTMLParser):
    """Notes every element and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(folder: Path) -> Page:
    page = Page()
    page.feed((folder / PAGE).read_text("utf-8"))
    return page


@pytest.fixture
def library(paths: Paths) -> Library:
    return Library(paths.library_file, paths.pictures)


def a_conversation(library: Library, title: str = "A ball", words: str = "a red ball") -> Conversation:
    number = library.new_conversation(title)
    card = PromptPart(ImagePrompt(words, lighting=words), (FieldChange("lighting", "", words),), 7, True, (words,))
    library.add_message(number, Message("person", (TextPart(words),)))
    library.add_message(number, Message("sfumato", (TextPart(words), card)))
    for seed, parent in ((1, None), (2, 1), (3, 2)):
        library.add_version(number, parent, painting(recipe(seed, words)))
        library.add_message(number, Message("sfumato", (PicturePart(seed),)))
    library.add_message(number, Message("sfumato", (ErrorPart(words, words),)))
    return library.load(number)


def test_the_folder_holds_pictures_recipes_and_a_page(library: Library, tmp_path: Path) -> None:
    conversation = a_conversation(library)
    folder = export_conversation(conversation, library.picture_file, tmp_path)
    assert folder == tmp_path / "A ball"
    assert [file.name for file in sorted((folder / "pictures").iterdir())] == ["001.png", "002.png", "003.png"]
    assert read_recipe(folder / "pictures" / "002.png") == conversation.versions[1].recipe
    stored = json.loads((folder / "recipes" / "003.json").read_text("utf-8"))
    assert Recipe.from_json(stored) == conversation.versions[2].recipe
    page = read_page(folder)
    images = [attributes["src"] for tag, attributes in page.elements if tag == "img"]
    assert images == ["pictures/001.png", "pictures/002.png", "pictures/003.png"]
    assert "a red ball" in page.text
    assert "Seed 2" in page.text
    assert "as usual" not in page.text  # the order of the words is told where it is another
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_page_says_all_that_the_window_says(library: Library, tmp_path: Path) -> None:
    number = library.new_conversation("A cat")
    cat = painting(replace(recipe(1, "a cat"), route=Route.ATTACHED))
    library.add_version(number, None, cat)
    library.add_message(number, Message("person", (PicturePart(1, "cat.jpg"), TextPart("at night")), 1))
    moved = ImagePrompt("a cat", lighting="night", order=("lighting",))
    card = PromptPart(moved, (FieldChange("order", "", "lighting first"),))
    library.add_version(number, 1, painting(recipe(2, "a cat")))
    library.add_message(number, Message("sfumato", (card, PicturePart(2, notes=("The last 3 words were cut.",)))))
    library.add_message(number, Message("person", (TextPart("in the snow"),), 2))
    library.add_version(number, 2, painting(recipe(3, "a cat")))
    library.add_message(number, Message("sfumato", (PicturePart(3),)))
    library.add_message(number, Message("person", (TextPart("by day"),), 1))
    library.add_message(number, Message("person", (TextPart("a dog"),)))
    text = read_page(export_conversation(library.load(number), library.picture_file, tmp_path)).text
    assert "attached as cat.jpg" in text
    assert "orderlighting first (changed)" in text
    assert "The last 3 words were cut." in text
    assert text.count("About picture") == 1
    assert text.index("in the snow") < text.index("About picture 1") < text.index("by day")
    assert text.index("by day") < text.index("From the beginning") < text.index("a dog")


def test_hostile_words_and_titles_are_text(library: Library, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    folder = export_conversation(a_conversation(library, "../../" + HOSTILE, HOSTILE), library.picture_file, place)
    assert folder.parent == place
    page = read_page(folder)
    assert "<script>alert(1)</script>" in page.text
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "iframe", "object", "link", "a", "base", "form"})
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert str(attributes["src"]).startswith("pictures/")
    assert "\x00" not in page.text
    assert "\x1b" not in page.text


def test_nothing_that_exists_is_overwritten(library: Library, tmp_path: Path) -> None:
    conversation = a_conversation(library)
    (tmp_path / "A ball").mkdir()
    first = export_conversation(conversation, library.picture_file, tmp_path)
    second = export_conversation(conversation, library.picture_file, tmp_path)
    assert (first.name, second.name) == ("A ball 2", "A ball 3")
    assert not any((tmp_path / "A ball").iterdir())


def test_pictures_that_are_deleted_or_gone_are_named(library: Library, tmp_path: Path) -> None:
    conversation = a_conversation(library)
    library.delete_version(conversation.id, 1)
    library.picture_file(conversation.versions[1]).unlink()
    folder = export_conversation(library.load(conversation.id), library.picture_file, tmp_path)
    text = read_page(folder).text
    assert "Picture 1 was deleted." in text
    assert "Its file is gone" in text
    assert [file.name for file in (folder / "pictures").iterdir()] == ["003.png"]


def test_a_place_that_cannot_be_written_is_said_and_leaves_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = a_conversation(library)
    with pytest.raises(SfumatoError):
        export_conversation(conversation, library.picture_file, tmp_path / "not there")

    def full(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "out"
    place.mkdir()
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(SfumatoError, match="disk is full"):
        export_conversation(conversation, library.picture_file, place)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "Conversation"),
        ("...", "Conversation"),
        ("../../etc/passwd", "etc passwd"),
        ("con", "con conversation"),
        ("NUL.png", "NUL.png conversation"),
        ("a\nb\x00c\u202ed", "a b c d"),
        ("كرة 😀", "كرة 😀"),
    ],
)
def test_titles_become_names_that_every_system_takes(title: str, name: str) -> None:
    assert safe_name(title) == name


@given(st.text())
def test_no_title_leads_out_of_the_folder(title: str) -> None:
    name = safe_name(title)
    assert name
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert name not in (".", "..")
    assert name == name.strip(". ")
    assert len(name.encode()) <= 160


def test_a_saved_picture_carries_its_recipe(library: Library, tmp_path: Path) -> None:
    version = a_conversation(library).versions[0]
    save_picture(library.picture_file(version), tmp_path / "mine.png")
    assert read_recipe(tmp_path / "mine.png") == version.recipe
    library.picture_file(version).unlink()
    with pytest.raises(SfumatoError, match="gone"):
        save_picture(library.picture_file(version), tmp_path / "again.png")
    with pytest.raises(SfumatoError):
        save_picture(tmp_path / "mine.png", tmp_path / "mine.png" / "x.png")
