"""Between the models page and the parts that know: what the person wishes is done in the background, then shown.

The page is made when it is first asked for, so a window with two hundred models opens as fast as one with none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from sfumato.errors import SfumatoError, attempt
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato.secrets import Secrets
from sfumato_desktop.adding import Added, add_from_disk, find_on_disk
from sfumato_desktop.background import Background
from sfumato_desktop.collection import open_collection
from sfumato_desktop.connections_dialog import ConnectionsDialog
from sfumato_desktop.errands import Errands
from sfumato_desktop.found_dialog import FoundDialog
from sfumato_desktop.model_card import ModelRow, size_text
from sfumato_desktop.model_rows import Known, read_known, rows_of
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.window import Window
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Network, Setup
from sfumato_models.downloads import Downloads, find_network
from sfumato_models.local_files import Found
from sfumato_models.model_folder import damaged_files, read_manifest
from sfumato_models.own_entries import family_facts, forget_entry, is_repository, keep_entry

log = logging.getLogger(__name__)


class ModelsControl(QObject):
    """Lives in the window's thread."""

    told = Signal(object)
    lora_added = Signal()
    engines_wanted = Signal()

    def __init__(self, window: Window, paths: Paths, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._paths = paths
        self._background = background
        self._page: ModelsPage | None = None
        self._connections: ConnectionsDialog | None = None
        self._found: FoundDialog | None = None
        self._known: Known | None = None
        self._secrets = Secrets()
        self._vault_asked: set[str] = set()
        self._errands = Errands(self._show_failure, self)
        self.told.connect(self._hear)
        self.downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), self.told.emit)

    def show(self) -> None:
        """Open the page."""
        if self._page is None:
            self._page = page = ModelsPage(self._window)
            page.wished.connect(self._do)
            page.token_entered.connect(self._keep_token)
            page.add_wanted.connect(self._add)
            page.connections_wanted.connect(self.show_connections)
            page.engines_wanted.connect(self.engines_wanted)
            page.look_wanted.connect(self._show_found)
            page.dropped.connect(self.add_files)
        self.reload()
        self._page.show()
        self._page.raise_()

    def reload(self) -> None:
        """Read again what is here, and show it."""
        self._errands.run(self._read, self._show_known)

    def add_files(self, files: tuple[Path, ...]) -> None:
        """Models on this disk, used where they stand; each is told of, also when it is refused."""

        def add(file: Path) -> Added | SfumatoError:  # one refusal costs the other files nothing
            return attempt(lambda: add_from_disk(file, self._paths, open_collection(self._paths)))

        self._errands.run(lambda: [(file, add(file)) for file in files], self._show_added)

    def close(self) -> None:
        """End the download process; what has come is kept."""
        self.downloads.close()
        self._errands.close()

    # --- wishes (window's thread) ------------------------------------------------------------------------------------

    @Slot(str, str)
    def _do(self, model_id: str, wish: str) -> None:
        row = self._row(model_id)
        if row is None:
            return
        match wish:
            case "use":
                self._use(row.spec)
            case "download":
                self._begin(row.spec)
            case "repair":
                self._fetch(row.spec)
            case "pause":
                self.downloads.pause(model_id)
            case "cancel":
                self._errands.run(lambda: self.downloads.cancel(model_id), lambda _: self.reload())
            case "verify":
                self._verify(model_id)
            case "remove":
                self._remove(row)
            case "forget":
                self._errands.run(lambda: forget_entry(model_id, self._paths.own_entries), lambda _: self.reload())
            case "page" if state := self.downloads.states().get(model_id):
                QDesktopServices.openUrl(QUrl(state.page))

    def _begin(self, spec: ModelSpec) -> None:
        is_begun = spec.id in self.downloads.states()
        must_agree = spec.source is not None and spec.source.must_accept and not is_begun
        if self._page and (not must_agree or self._page.ask_licence(spec)):
            self._fetch(spec)

    def _fetch(self, spec: ModelSpec, ask_vault: bool = False) -> None:
        """Begin, with the token where one is known or the hub is known to want one."""
        if spec.source is not None and spec.source.is_gated:
            ask_vault = True
        if ask_vault:
            self._vault_asked.add(spec.id)

        def begin() -> None:
            token = self._secrets.token() if ask_vault else self._secrets.known()
            self.downloads.begin(spec, self._network(), token)

        self._errands.run(begin, lambda _: self.reload())

    def _try_with_token(self, spec: ModelSpec) -> None:
        """The hub wants a token: there may be one in the vault that was not needed before in this run."""
        self._vault_asked.add(spec.id)

        def go_on(token: str | None) -> None:
            if token is not None:
                self._fetch(spec)

        self._errands.run(self._secrets.token, go_on)

    @Slot(str, str)
    def _keep_token(self, model_id: str, token: str) -> None:
        row = self._row(model_id)
        if row is None:
            return

        def kept(note: str) -> None:
            self._show_note(note)
            self._fetch(row.spec)

        self._errands.run(lambda: self._secrets.keep(token), kept)

    def _verify(self, model_id: str) -> None:
        if self._page:
            self._page.cards[model_id].show_checking()

        def check() -> tuple[str, ...]:
            place = self.downloads.shelf.place(model_id)
            try:
                manifest = read_manifest(place)
            except FileNotFoundError as error:
                raise SfumatoError("The folder of this model has vanished.", "Get it again.", repr(error)) from error
            return tuple(file.path for file in damaged_files(place, manifest, self._stop_when_closing))

        def show(damaged: tuple[str, ...]) -> None:
            if self._page and model_id in self._page.cards:
                self._page.cards[model_id].show_checked(damaged)

        self._errands.run(check, show)

    def _remove(self, row: ModelRow) -> None:
        if self._page is None or not self._page.ask_removal(row.spec, size_text(row.size_bytes)):
            return
        model_id = row.spec.id
        name = "painter_id" if row.spec.picture else "writer_id"

        def remove() -> None:
            self.downloads.shelf.remove(model_id)

        if row.is_used:  # the starter takes over before the files go
            self._background.change_models(**{name: ""})
            self._background.do(lambda: self._errands.say(lambda: self._errands.run(remove, lambda _: self.reload())))
        else:
            self._errands.run(remove, lambda _: self.reload())

    @Slot(str)
    def _add(self, text: str) -> None:
        known = self._known
        if known is None or self._page is None:
            return
        file = Path(text).expanduser()
        if file.suffix.casefold() == ".toml" or (file.is_absolute() and file.exists()):
            self.add_files((file,))
        elif is_repository(text):
            self._page.show_adding(True)
            self._look_up(text, self._secrets.known)
        else:
            self._page.show_trouble(self.tr("A repository is written owner/name."))

    def _show_added(self, results: list[tuple[Path, Added | SfumatoError]]) -> None:
        """Told in the window, where it can be used at once, and on the page and the list of what was found."""
        lines, refused = [], []
        for file, added in results:
            if isinstance(added, SfumatoError):
                log.warning("adding %s: %s | %s", file.name, added, added.detail)
                refused.append(str(added))
                continue
            lines.append(self._added_text(added))
            if self._found:
                self._found.show_added(file)
            if added.lora:
                self.lora_added.emit()
        specs = [spec for _, added in results if isinstance(added, Added) for spec in added.specs]
        usable = specs[0] if len(specs) == len(results) == 1 and not specs[0].source else None
        self._window.show_toast(
            "\n".join((*lines, *refused)),
            (self.tr("Paint with it") if usable.picture else self.tr("Write with it")) if usable else "",
            lambda: self._use(usable) if usable else None,
        )
        if self._page:
            self._page.show_adding(False)
            self._page.show_told("\n".join(lines))
            self._page.show_trouble("\n".join(refused))
            self.reload_quietly()

    def _added_text(self, added: Added) -> str:
        if added.lora:
            return self.tr("The LoRA “{0}” is here; picture models that it fits offer it beside the message.").format(
                added.lora.name
            )
        titles = ", ".join(spec.title for spec in added.specs)
        if any(spec.source for spec in added.specs):
            return self.tr("“{0}” can be downloaded under Models.").format(titles)
        return self.tr("“{0}” is among your models, used where it stands.").format(titles)

    def _use(self, spec: ModelSpec) -> None:
        self._background.change_models(**{"painter_id" if spec.picture else "writer_id": spec.id})
        self._background.do(lambda: self._errands.say(self.reload))

    def _show_found(self) -> None:
        """Look on this disk, and show what is there."""
        if self._found is None:
            self._found = FoundDialog(self._page or self._window)
            self._found.add_wanted.connect(lambda file: self.add_files((file,)))
            self._found.look_wanted.connect(self._look)
        self._found.open()
        self._look(None)

    def _look(self, folder: Path | None) -> None:
        def look() -> tuple[tuple[Found, ...], frozenset[Path]]:
            collection = open_collection(self._paths)
            here = frozenset(Path(spec.path) for spec in collection.catalogue.models if spec.path)
            return find_on_disk(self._paths, collection, (folder,) if folder else ()), here

        if self._found:
            self._found.show_looking()
            self._errands.run(look, lambda found: self._found.show_found(*found) if self._found else None)

    def _look_up(self, repository: str, token: Callable[[], str | None]) -> None:
        known = self._known
        if known:
            families = family_facts(known.collection.catalogue)
            self._errands.run(
                lambda: self.downloads.look_up(repository, families, self._network(), token()), lambda _: None
            )

    def _look_up_again(self, repository: str, error: SfumatoError) -> None:
        """The hub wants a token: the one in the vault, else one that the person enters."""
        has_tried = self._secrets.known() is not None

        def go_on(token: str | None) -> None:
            if token is None and self._page:
                token = self._page.ask_token(str(error))
                if token is None:
                    self._page.show_adding(False)
                    self._page.show_trouble(str(error))
                    return
                entered = token
                self._errands.run(lambda: self._secrets.keep(entered), self._show_note)
            self._look_up(repository, lambda: token)

        self._errands.run(lambda: None if has_tried else self._secrets.token(), go_on)

    def _show_note(self, note: str) -> None:
        if note and self._page:
            self._page.show_trouble(note)

    def show_connections(self) -> None:
        """The ledger of connections, and how the hub is reached."""
        settings = self._background.settings

        def show(entries: Any) -> None:
            self._connections = dialog = ConnectionsDialog(
                self._page or self._window, entries, settings.hub_address, settings.proxy
            )
            dialog.saved.connect(self._save_network)
            dialog.forget_token.connect(self._forget_token)
            dialog.open()

        self._errands.run(Ledger(self._paths.connections_file).read, show)

    def _save_network(self, address: str, proxy: str) -> None:
        try:
            find_network(address, proxy)
        except SfumatoError as error:
            if self._connections:
                self._connections.show_trouble(str(error))
            return
        self._background.set(hub_address=address, proxy=proxy)
        if self._connections:
            self._connections.accept()

    def _forget_token(self) -> None:
        def told(_: Any) -> None:
            if self._connections:
                self._connections.show_trouble(self.tr("The token is forgotten."))

        self._errands.run(self._secrets.forget, told)

    # --- what happened (window's thread) ----------------------------------------------------------------------------

    def _hear(self, event: object) -> None:
        match event:
            case LookedUp(error=SfumatoError() as error, refused="token") if self._page:
                self._look_up_again(event.repository, error)
            case LookedUp(error=SfumatoError() as error) if self._page:
                self._page.show_adding(False)
                self._page.show_trouble(str(error))
            case LookedUp(spec=ModelSpec() as spec):
                self._keep_found(spec)
            case DownloadState():
                self._show_state(event)

    def _show_failure(self, error: SfumatoError) -> None:
        if self._page:
            self._page.show_adding(False)
            self._page.show_trouble(str(error))
            self.reload_quietly()

    def reload_quietly(self) -> None:
        """As `reload`, without taking away what is said."""
        note = self._page.note.text() if self._page else ""

        def show(known: Known) -> None:
            self._show_known(known)
            if note and self._page:
                self._page.show_trouble(note)

        self._errands.run(self._read, show)

    def _keep_found(self, spec: ModelSpec) -> None:
        known = self._known
        if (
            known
            and spec.id not in known.collection.own_ids
            and any(spec.id == other.id for other in known.collection.catalogue.models)
        ):
            self._added(())
            return
        self._errands.run(lambda: keep_entry(spec, self._paths.own_entries), self._added)

    def _added(self, _: Any) -> None:
        if self._page:
            self._page.show_adding(False)
            self._page.show_trouble("")
        self.reload()

    def _show_state(self, state: DownloadState) -> None:
        if self._page is None:
            return
        row = self._row(state.model_id)
        if state.refused == "token" and row and state.model_id not in self._vault_asked:
            self._try_with_token(row.spec)
        if state.phase == "done" and not self._page.isVisible():
            self._window.show_toast(self.tr("“{0}” is on this machine.").format(state.title))
        card = self._page.cards.get(state.model_id)
        is_end = state.phase in ("done", "cancelled")
        if is_end or card is None:
            self.reload()
        else:
            card.show_state(state)

    def _show_known(self, known: Known) -> None:
        self._known = known
        if self._page is None:
            return
        machine = known.collection.machine()
        told = self.tr("This machine has {0:.0f} GB of memory and {1:.0f} GB free on the disk for models.").format(
            machine.memory_gib, machine.disk_free_gib
        )
        self._page.show_rows(rows_of(known, self._background.settings), told, known.collection.notes)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _read(self) -> Known:
        return read_known(self._paths, self.downloads.states())

    def _row(self, model_id: str) -> ModelRow | None:
        card = self._page.cards.get(model_id) if self._page else None
        return card.row if card else None

    def _network(self) -> Network:
        settings = self._background.settings
        return find_network(settings.hub_address, settings.proxy)

    def _stop_when_closing(self, _: int) -> None:
        if self._errands.is_closing:
            raise SfumatoError("Sfumato is closing.")
