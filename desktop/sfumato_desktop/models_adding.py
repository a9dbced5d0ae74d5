"""Adding models, for the models page and for what is dropped on the window: from this disk, or by a repository's name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, attempt
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato_desktop.adding import (
    Added,
    add_from_disk,
    copied_bytes,
    copy_in,
    files_to_hash,
    find_on_disk,
    hash_files,
    is_copy,
)
from sfumato_desktop.collection import open_collection
from sfumato_desktop.errands import Errands
from sfumato_desktop.found_dialog import FoundDialog
from sfumato_desktop.hub_control import HubControl
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.window import Window
from sfumato_models.download_messages import LookedUp
from sfumato_models.downloads import Downloads
from sfumato_models.family_facts import family_facts
from sfumato_models.local_files import Found
from sfumato_models.own_entries import is_repository, keep_entry
from sfumato_models.part_search import PartShelf

log = logging.getLogger(__name__)


class ModelsAdding(QObject):
    """Lives in the window's thread. `use_wanted` carries the ModelSpec that is to paint or write, `show_wanted` the id of

    one that is to be shown on the page.
    """

    changed = Signal()
    lora_added = Signal()
    use_wanted = Signal(object)
    show_wanted = Signal(str)

    def __init__(
        self,
        window: Window,
        paths: Paths,
        downloads: Callable[[], Downloads],
        hub: HubControl,
        errands: Errands,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._paths = paths
        self._downloads = downloads
        self._hub = hub
        self._errands = errands
        self._found: FoundDialog | None = None
        self._with_token: set[str] = set()  # repositories that were looked up with a token
        self.page: ModelsPage | None = None

    @Slot(str)
    def add(self, text: str) -> None:
        """What was typed or chosen: a file, or `owner/name`."""
        if self.page is None:
            return
        file = Path(text).expanduser()
        if file.suffix.casefold() == ".toml" or (file.is_absolute() and file.exists()):
            self.add_files((file,))
        elif is_repository(text):
            self.page.show_adding(True)
            self.page.show_trouble("")
            self._with_token.discard(text)
            self._look_up(text, None)
        else:
            self.page.show_trouble(self.tr("A repository is written owner/name."))

    def add_files(self, files: tuple[Path, ...], is_copied: bool = False) -> None:
        """Models on this disk, used where they stand or copied; each is told of, also when it is refused."""

        def add(file: Path, cancel: CancelToken) -> Added | SfumatoError:  # one refusal costs the other files nothing
            def count(_: int) -> None:
                cancel.raise_if_cancelled()

            return attempt(
                lambda: add_from_disk(file, self._paths, open_collection(self._paths), is_copied, lambda _: count)
            )

        def add_all(cancel: CancelToken) -> tuple[list[tuple[Path, Added | SfumatoError]], dict[str, str]]:
            results = [(file, add(file, cancel)) for file in files]
            if any(isinstance(it, Added) and it.part for _, it in results):  # they may be what others lacked
                results = [(file, add(file, cancel) if isinstance(it, SfumatoError) else it) for file, it in results]
            return results, {it.spec.id: it.lack for it in open_collection(self._paths).waiting}

        self._errands.begin(f"add {files}", add_all, lambda told: self._show_added(*told))

    def copy_in(self, spec: ModelSpec, is_used: bool) -> None:
        """Copy a model that is used where it stands, once; how far that is stands on its card."""

        def show_far(done: int, total: int) -> None:
            if self.page and spec.id in self.page.cards:
                self.page.cards[spec.id].show_copying(done, total)

        def copy(cancel: CancelToken) -> ModelSpec:
            came = self._errands.steps(copied_bytes(spec), show_far, cancel)
            return copy_in(spec, self._paths, came)

        def show(copied: ModelSpec) -> None:
            if is_used:
                self.use_wanted.emit(copied)
            self._window.show_toast(self.tr("“{0}” is copied; the original is not needed any more.").format(spec.title))
            self.changed.emit()
            self._hash((copied.id,))

        if self._errands.begin(f"copy {spec.id}", copy, show, self.changed.emit):
            show_far(0, 0)

    def stop_copying(self, model_id: str) -> bool:
        """Give a copy up, without a trace; False if none is being made."""
        return self._errands.stop(f"copy {model_id}")

    def show_found(self) -> None:
        """Look on this disk, and show what is there."""
        if self._found is None:
            self._found = FoundDialog(self.page or self._window, self._window.files)
            self._found.add_wanted.connect(lambda file, is_copied: self.add_files((file,), is_copied))
            self._found.look_wanted.connect(self._look)
        self._found.open()
        self._look(None)

    def hear(self, told: LookedUp) -> None:
        """What the hub says of a repository."""
        if told.spec:
            self._keep_found(told.spec)
        elif told.error and self.page:
            if told.refused == "token":
                self._look_up_again(told.repository, told.error)
                return
            self.page.show_adding(False)
            self.page.show_trouble(str(told.error))

    # --- from this disk ----------------------------------------------------------------------------------------------

    def _show_added(self, results: list[tuple[Path, Added | SfumatoError]], waiting: dict[str, str]) -> None:
        """`waiting` are the models that lack other parts, and which. Told in the window, where it can be used at once, and on the page and the list of what was found."""
        lines, refused = [], []
        for file, added in results:
            if isinstance(added, SfumatoError):
                log.warning("adding %s: %s | %s", file.name, added, added.detail)
                refused.append(str(added))
                if self._found:
                    self._found.show_refused(file)
                continue
            lines.append(self._added_text(added, waiting))
            if self._found:
                self._found.show_added(file)
            if added.lora:
                self.lora_added.emit()
        specs = [spec for _, it in results if isinstance(it, Added) for spec in (*it.specs, *it.completed)]
        self._show_toast((*lines, *refused), specs[0] if len(specs) == len(results) == 1 else None, waiting)
        if self.page:
            if lines:
                self.page.show_added()
            self.page.show_told("\n".join(lines))
            self.page.show_trouble("\n".join(refused))
            self.changed.emit()
            if specs:
                self.page.bring(specs[0].id)
        self._hash(spec.id for spec in specs if not spec.source)

    def _show_toast(self, lines: Iterable[str], only: ModelSpec | None, waiting: dict[str, str]) -> None:
        """With what to do next about the `only` model that was added."""
        text = "\n".join(lines)
        if only is None or only.source:
            self._window.show_toast(text)
        elif only.id in waiting:
            self._window.show_toast(text, self.tr("Get its other parts"), lambda: self.show_wanted.emit(only.id))
        else:
            use = self.tr("Paint with it") if only.picture else self.tr("Write with it")
            self._window.show_toast(text, use, lambda: self.use_wanted.emit(only))

    def _hash(self, model_ids: Iterable[str]) -> None:
        """Once, ahead of the first picture, whose recipe names the files by their hashes."""
        ids = tuple(model_ids)
        self._errands.run(lambda: hash_files(files_to_hash(ids, self._paths), self._paths), lambda _: None)

    def _added_text(self, added: Added, waiting: dict[str, str]) -> str:
        if added.part:
            return added.part
        if added.lora:
            return self.tr("The LoRA “{0}” is here; picture models that it fits offer it beside the message.").format(
                added.lora.name
            )
        titles = ", ".join(spec.title for spec in added.specs)
        if any(spec.source for spec in added.specs):
            return self.tr("“{0}” can be downloaded under Models.").format(titles)
        if lacks := [waiting[spec.id] for spec in added.specs if spec.id in waiting]:
            return self.tr("“{0}” is among your models, and lacks {1}.").format(titles, lacks[0])
        if any(is_copy(spec, self._paths) for spec in added.specs):
            return self.tr("“{0}” is among your models, as a copy in Sfumato's folder.").format(titles)
        return self.tr("“{0}” is among your models, used where it stands.").format(titles)

    def _look(self, folder: Path | None) -> None:
        def look() -> tuple[tuple[Found, ...], frozenset[Path]]:
            collection = open_collection(self._paths)
            added = PartShelf(self._paths.part_files).files()
            here = frozenset((*(Path(spec.path) for spec in collection.catalogue.models if spec.path), *added))
            return find_on_disk(self._paths, collection, (folder,) if folder else ()), here

        if self._found:
            self._found.show_looking()
            self._errands.run(look, lambda found: self._found.show_found(*found) if self._found else None)

    # --- from the hub ------------------------------------------------------------------------------------------------

    def _look_up(self, repository: str, token: str | None) -> None:
        def ask() -> ModelSpec | None:
            collection = open_collection(self._paths)
            known = collection.of_repository(repository)
            if known is None:
                families = family_facts(collection.catalogue)
                self._downloads().look_up(repository, families, self._hub.network(), token)
            return known

        self._errands.run(ask, lambda known: self._kept(known.id) if known else None)

    def _look_up_again(self, repository: str, error: SfumatoError) -> None:
        """The hub wants a token: the one that is known or in the vault, else one that the person enters."""
        secrets = self._hub.secrets
        has_tried = repository in self._with_token
        self._with_token.add(repository)

        def go_on(token: str | None) -> None:
            if token is None and self.page:
                token = self.page.ask_token(f"{error.message}\n{error.hint}")
                if token is None:
                    self.page.show_adding(False)
                    self.page.show_trouble(str(error))
                    return
                entered = token
                self._errands.run(lambda: secrets.keep(entered), self._show_note)
            self._look_up(repository, token)

        self._errands.run(lambda: None if has_tried else secrets.token(), go_on)

    def _keep_found(self, spec: ModelSpec) -> None:
        def keep() -> None:
            collection = open_collection(self._paths)
            if spec.id in collection.own_ids or spec.id not in {known.id for known in collection.catalogue.models}:
                keep_entry(spec, self._paths.own_entries)

        self._errands.run(keep, lambda _: self._kept(spec.id))

    def _kept(self, model_id: str) -> None:
        if self.page:
            self.page.show_added()
            self.changed.emit()
            self.page.bring(model_id)

    def _show_note(self, note: str) -> None:
        if note and self.page:
            self.page.show_trouble(note)
