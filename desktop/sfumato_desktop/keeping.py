"""What a person does with pictures and conversations beside painting: compare, enlarge, save, delete, restore, export.

Work on files and the library happens in the library's thread; its result comes back to the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from sfumato import __version__
from sfumato.conversation import Conversation, Version
from sfumato.errors import SfumatoError
from sfumato.export import export_conversation, safe_name, save_picture
from sfumato.library import Library
from sfumato.library_bin import Binned, Emptied
from sfumato.library_thread import LibraryThread
from sfumato.recipe_file import SUFFIX, write_recipe_file
from sfumato_desktop.plurals import counted
from sfumato_desktop.window import Window

T = TypeVar("T")


class Shown(Protocol):
    """The conversation that the window shows, and those who may change what is shown."""

    @property
    def shown(self) -> Conversation | None:
        """The conversation, or None while it is empty."""
        ...

    @property
    def is_busy(self) -> bool:
        """True while a turn runs."""
        ...

    def show_changed(self, conversation: Conversation) -> None:
        """The same conversation with other versions or another current one."""
        ...

    def refresh(self) -> None:
        """Read the list of conversations again."""
        ...


class Keeping(QObject):
    """Lives in the window's thread."""

    _done = Signal(object)

    def __init__(self, window: Window, library: LibraryThread, pictures: Path, shown: Shown, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._library = library
        self._pictures = pictures
        self._shown = shown
        self._done.connect(self._finish)
        window.versions.compare_wanted.connect(self.compare)
        window.versions.enlarged.connect(self.enlarge)
        window.versions.area_wanted.connect(self.select_area)
        window.versions.save_wanted.connect(self.save)
        window.versions.recipe_wanted.connect(self.share_recipe)
        window.versions.copy_wanted.connect(self.copy)
        window.versions.delete_wanted.connect(self.delete)
        window.versions.restore_wanted.connect(self.restore)
        window.conversations.export_wanted.connect(self.export)
        window.conversations.bin_wanted.connect(self.show_bin)
        window.versions.bin.restore_wanted.connect(self.restore_binned)
        window.versions.bin.empty_wanted.connect(self.empty_bin)

    def compare(self, number: int | None) -> None:
        """A picture (None: the current one) with its parent, or with the picture before it where it has none."""
        conversation, second = self._version(number)
        if conversation is None or second is None:
            return
        others = [version for version in conversation.available if version != second]
        if not others:
            self._window.show_toast(self.tr("There is only one picture yet: nothing to compare it with."))
            return
        earlier = [version for version in others if version.number < second.number]
        first = next((version for version in others if version.number == second.parent), (earlier or others)[-1])
        self._window.versions.show_comparison(conversation.available, first.number, second.number, self.picture_file)

    def enlarge(self, number: int) -> None:
        """Show it large."""
        conversation, version = self._version(number)
        if conversation is not None and version is not None:
            self._window.versions.show_large(conversation.available, version.number, self.picture_file)

    def select_area(self, number: int) -> None:
        """Open it for selecting a part of it."""
        _, version = self._version(number)
        if version is not None and self.is_free():
            self._window.versions.show_mask_editor(version, self.picture_file(version))

    def save(self, number: int | None) -> None:
        """Write a picture (None: the current one) to a file of the person's choice."""
        conversation, version = self._version(number)
        if conversation is None or version is None:
            return
        path = self._window.versions.ask_picture_path(f"{safe_name(conversation.title)} {version.number}.png")
        if path is not None:
            source = self.picture_file(version)
            self._then(lambda _: save_picture(source, path), lambda _: self._tell_saved(path))

    def share_recipe(self, number: int) -> None:
        """Write a picture's recipe, without the picture, to a file of the person's choice."""
        conversation, version = self._version(number)
        if conversation is None or version is None:
            return
        path = self._window.versions.ask_recipe_path(f"{safe_name(conversation.title)} {version.number}{SUFFIX}")
        if path is not None:
            recipe = version.recipe
            self._then(lambda _: write_recipe_file(path, recipe, __version__), lambda _: self._tell_saved(path))

    def copy(self, number: int) -> None:
        """The pixels to the clipboard."""
        _, version = self._version(number)
        if version is not None:
            is_copied = self._window.versions.copy_picture(self.picture_file(version))
            told = self.tr("Picture {0} is copied.") if is_copied else self.tr("The file of picture {0} is gone.")
            self._window.show_toast(told.format(number))

    def delete(self, number: int) -> None:
        """One picture into the bin, with a way back."""
        conversation, version = self._version(number)
        if conversation is None or version is None or not self.is_free():
            return
        where = conversation.id

        def deleted(found: Conversation) -> None:
            self._show(found)
            self._window.show_toast(
                self.tr("Picture {0} is in the bin.").format(number),
                self.tr("Undo"),
                lambda: self._restore(where, number, was_current=conversation.current),
            )

        self._then(lambda library: _after(library, where, lambda: library.delete_version(where, number)), deleted)

    def restore(self, number: int) -> None:
        """One picture of the shown conversation out of the bin."""
        conversation = self._shown.shown
        if conversation is not None and self.is_free():
            self._restore(conversation.id, number)

    def export(self, conversation_id: int) -> None:
        """A folder with pictures, recipes and a page."""
        place = self._window.versions.ask_folder(self.tr("Where should the folder of this conversation be put?"))
        if place is None:
            return
        self._then(
            lambda library: export_conversation(library.load(conversation_id), library.picture_file, place),
            self._tell_exported,
        )

    def show_bin(self) -> None:
        """Open the bin."""
        self._then(Library.bin, self._window.versions.show_bin)

    def restore_binned(self, binned: Binned) -> None:
        """Something out of the bin, to where it was."""
        where, number = binned.conversation_id, binned.number
        if number is not None:
            self._restore(where, number)
        else:
            self._then(lambda library: library.restore(where), lambda _: self._bin_changed())

    def empty_bin(self) -> None:
        """Remove what is in the bin for good."""

        def emptied(done: Emptied) -> None:
            one, several = self.tr("1 file was removed."), self.tr("{0} files were removed.")
            told = self.tr("The bin is empty; {0}").format(counted(done.pictures, one, several))
            if done.out_of_reach:
                names = ", ".join(str(path) for path in done.out_of_reach)
                told += " " + self.tr("A damaged library that was set aside may still hold these words: {0}").format(
                    names
                )
            self._window.show_toast(told)
            self._bin_changed()

        self._then(Library.empty_bin, emptied)

    def do(self, work: Callable[[Library], object]) -> None:
        """Something with the library that tells nothing but trouble."""
        self._then(work, lambda _: None)

    def picture_file(self, version: Version) -> Path:
        """Where a version's picture stands."""
        return self._pictures / version.file

    @Slot(object)
    def _finish(self, finish: Callable[[], None]) -> None:
        """A slot of an object of the window's thread: a signal from another thread is queued for it."""
        finish()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _version(self, number: int | None) -> tuple[Conversation | None, Version | None]:
        conversation = self._shown.shown
        if conversation is None:
            return None, None
        version = conversation.version(conversation.current if number is None else number)
        return conversation, version if version is not None and not version.is_deleted else None

    def is_free(self) -> bool:
        """True if no turn runs; else the person is told."""
        if self._shown.is_busy:
            self._window.show_toast(self.tr("Not while a picture is being painted. Press Esc to stop it."))
        return not self._shown.is_busy

    def _restore(self, where: int, number: int, was_current: int | None = None) -> None:
        def work(library: Library) -> Conversation:
            library.restore_version(where, number)
            if was_current == number:
                library.go_to(where, number)
            return library.load(where)

        def restored(found: Conversation) -> None:
            self._show(found)
            self._bin_changed()

        self._then(work, restored)

    def _show(self, found: Conversation | None) -> None:
        shown = self._shown.shown
        if found is not None and shown is not None and shown.id == found.id and not self._shown.is_busy:
            self._shown.show_changed(found)

    def _bin_changed(self) -> None:
        self._shown.refresh()
        if self._window.versions.bin.isVisible():
            self.show_bin()
        shown = self._shown.shown
        if shown is not None and shown.id:
            where = shown.id
            self._then(lambda library: _load_if_there(library, where), self._show)

    def _tell_saved(self, path: Path) -> None:
        self._window.show_toast(self.tr("Saved as {0}").format(path.name))

    def _tell_exported(self, folder: Path) -> None:
        def open_folder() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

        self._window.show_toast(self.tr("Exported to “{0}”").format(folder.name), self.tr("Open"), open_folder)

    def _then(self, work: Callable[[Library], T], then: Callable[[T], object]) -> None:
        """Do `work` in the library's thread, and go on with its result in the window's thread; trouble is shown."""

        def finish(future: Future[Any]) -> None:
            error = future.exception()
            if isinstance(error, SfumatoError):
                self._window.show_toast(str(error))
            else:
                then(future.result())

        self._library.submit(work).add_done_callback(lambda future: self._done.emit(lambda: finish(future)))


def _after(library: Library, where: int, work: Callable[[], None]) -> Conversation:
    work()
    return library.load(where)


def _load_if_there(library: Library, where: int) -> Conversation | None:
    is_there = any(row.id == where for row in library.conversations())
    return library.load(where) if is_there else None
