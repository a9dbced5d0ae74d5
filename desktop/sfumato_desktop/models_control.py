"""Between the models page and the parts that know: what the person wishes is done in the background, then shown.

The page is made when it is first asked for, so a window with two hundred models opens as fast as one with none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato_desktop.adding import forget_model
from sfumato_desktop.background import Background
from sfumato_desktop.collection import open_collection
from sfumato_desktop.errands import Errands
from sfumato_desktop.hub_control import HubControl
from sfumato_desktop.model_card import ModelRow, size_text
from sfumato_desktop.model_rows import Known, machine_text, read_known, rows_of
from sfumato_desktop.models_adding import ModelsAdding
from sfumato_desktop.models_page import ModelsPage
from sfumato_desktop.verifying import Verified, verify
from sfumato_desktop.window import Window
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, LookedUp, Setup
from sfumato_models.downloads import Downloads


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
        self._vault_asked: set[str] = set()
        self._errands = Errands(self._show_failure, self)
        self._hub = HubControl(paths, background, self._errands, self)
        self._adding = ModelsAdding(window, paths, lambda: self.downloads, self._hub, self._errands, self)
        self._adding.changed.connect(self.reload_quietly)
        self._adding.lora_added.connect(self.lora_added)
        self._adding.use_wanted.connect(self._use)
        self._adding.show_wanted.connect(self._show_model)
        self.told.connect(self._hear)
        self.downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), self.told.emit)

    def show(self) -> None:
        """Open the page."""
        if self._page is None:
            self._page = self._adding.page = page = ModelsPage(self._window, self._window.files)
            page.wished.connect(self._do)
            page.token_entered.connect(self._keep_token)
            page.add_wanted.connect(self._adding.add)
            page.connections_wanted.connect(self.show_connections)
            page.engines_wanted.connect(self.engines_wanted)
            page.look_wanted.connect(self._adding.show_found)
            page.dropped.connect(self.add_files)
        self._page.show_told("")
        self.reload()
        self._page.show()
        self._page.raise_()

    def add_files(self, files: tuple[Path, ...]) -> None:
        """Models on this disk, used where they stand."""
        self._adding.add_files(files)

    def _show_model(self, model_id: str) -> None:
        self.show()
        if self._page:
            self._page.bring(model_id)

    def show_connections(self) -> None:
        """The ledger of connections, and how the hub is reached."""
        self._hub.show_connections(self._page or self._window)

    def reload(self) -> None:
        """Read again what is here, and show it."""
        self._errands.run(self._read, self._show_known)

    def reload_if_shown(self) -> None:
        """More is known of this machine now."""
        if self._page and self._page.isVisible():
            self.reload_quietly()

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
            case "parts" if row.parts and self._page:
                self._begin(row.parts)
                self._page.bring(row.parts.id)
            case "copy":
                self._adding.copy_in(row.spec, row.is_used)
            case "repair":
                self._fetch(row.spec)
            case "pause":
                self.downloads.pause(model_id)
            case "cancel" if self._adding.stop_copying(model_id) or self._errands.stop(_verifying(model_id)):
                pass
            case "cancel":
                self._errands.run(lambda: self.downloads.cancel(model_id), lambda _: self.reload())
            case "verify":
                self._verify(model_id)
            case "remove":
                self._remove(row)
            case "forget":
                self._forget(row)
            case "page" if state := self.downloads.states().get(model_id):
                QDesktopServices.openUrl(QUrl(state.page))

    def _begin(self, spec: ModelSpec) -> None:
        is_begun = spec.id in self.downloads.states()
        must_agree = spec.source is not None and spec.source.must_accept and not is_begun
        if self._page and (not must_agree or self._page.ask_licence(spec)):
            self._page.show_trouble("")
            self._fetch(spec)

    def _fetch(self, spec: ModelSpec) -> None:
        """Begin, with the token where the hub is known to want one: who gets a public model is nobody's business."""
        if spec.source is not None and spec.source.is_gated:
            self._vault_asked.add(spec.id)
        wants_token = spec.id in self._vault_asked

        def begin() -> None:
            token = self._hub.secrets.token() if wants_token else None
            self.downloads.begin(spec, self._hub.network(), token)

        if self._page:
            self._page.show_state(DownloadState(spec.id, spec.title, "asking"))  # a vault may take its time
        self._errands.run(begin, lambda _: self.reload_quietly())

    def _try_with_token(self, spec: ModelSpec) -> None:
        """The hub wants a token: there may be one in the vault that was not needed for this model before."""
        self._vault_asked.add(spec.id)

        def go_on(token: str | None) -> None:
            if token is not None:
                self._fetch(spec)

        self._errands.run(self._hub.secrets.token, go_on)

    @Slot(str, str)
    def _keep_token(self, model_id: str, token: str) -> None:
        row = self._row(model_id)
        if row is None:
            return
        self._vault_asked.add(model_id)

        def kept(note: str) -> None:
            if self._page:
                self._page.show_trouble(note)
            self._fetch(row.spec)

        self._errands.run(lambda: self._hub.secrets.keep(token), kept)

    def _verify(self, model_id: str) -> None:
        """Every byte is read; how far that is stands on the card, where it can be cancelled."""

        def show_far(done: int, total: int) -> None:
            if self._page and model_id in self._page.cards:
                self._page.cards[model_id].show_checking(done, total)

        def check(cancel: CancelToken) -> Verified:
            collection = open_collection(self._paths)
            return verify(collection, model_id, self._paths, lambda size: self._errands.steps(size, show_far, cancel))

        def show(found: Verified) -> None:
            if self._page and model_id in self._page.cards:
                self._page.cards[model_id].show_checked(found)

        if self._errands.begin(_verifying(model_id), check, show, self.reload_quietly):
            show_far(0, 0)

    def _remove(self, row: ModelRow) -> None:
        if self._page and self._page.ask_removal(row.spec, size_text(row.size_bytes), row.needed_by):
            remove = self._forget_it if row.is_copied else lambda spec: self.downloads.shelf.remove(spec.id)
            self._take_away(row, lambda: remove(row.spec))

    def _forget(self, row: ModelRow) -> None:
        """Of a model used where it stands only the entry goes."""
        if not row.needed_by or (self._page and self._page.ask_forgetting(row.spec, row.needed_by)):
            self._take_away(row, lambda: self._forget_it(row.spec))

    def _forget_it(self, spec: ModelSpec) -> None:
        forget_model(spec, self._paths)

    def _take_away(self, row: ModelRow, take: Callable[[], None]) -> None:
        """The starter takes over first where the model is in use, or one that paints with parts of it."""
        settings = self._background.settings
        self._adding.stop_copying(row.spec.id)
        self._errands.stop(_verifying(row.spec.id))
        stopping = {row.spec.id, *(spec.id for spec in row.needed_by)}
        used = {name: "" for name in ("painter_id", "writer_id") if getattr(settings, name) in stopping}
        if used:
            self._background.change_models(**used)
            self._background.do(lambda: self._errands.say(lambda: self._errands.run(take, lambda _: self.reload())))
        else:
            self._errands.run(take, lambda _: self.reload())

    def _use(self, spec: ModelSpec) -> None:
        self._background.change_models(**{"painter_id" if spec.picture else "writer_id": spec.id})
        self._background.do(lambda: self._errands.say(self.reload))

    # --- what happened (window's thread) ----------------------------------------------------------------------------

    def _hear(self, event: object) -> None:
        match event:
            case LookedUp():
                self._adding.hear(event)
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
        if self._page:
            told = machine_text(known.collection.machine(), self._paths.graphics_file.exists())
            self._page.show_rows(rows_of(known, self._background.settings), told, known.collection.notes)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _read(self) -> Known:
        return read_known(self._paths, self.downloads.states())

    def _row(self, model_id: str) -> ModelRow | None:
        card = self._page.cards.get(model_id) if self._page else None
        return card.row if card else None


def _verifying(model_id: str) -> str:
    """The name of that work."""
    return f"verify {model_id}"
