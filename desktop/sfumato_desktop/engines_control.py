"""Between the engines page and the parts that know: packs are got, tried out, used and removed in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.machine import this_machine
from sfumato.paths import Paths
from sfumato_desktop.background import Background
from sfumato_desktop.compiled_control import CompiledControl
from sfumato_desktop.engine_libraries import (
    add_downloaded,
    add_pack,
    begun_bytes,
    card_sentence,
    known_packs,
    suits,
)
from sfumato_desktop.engines_page import EnginesPage, PackRow
from sfumato_desktop.errands import Errands
from sfumato_desktop.site import find_site, why_no_site
from sfumato_desktop.window import Window
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import DownloadState, Setup
from sfumato_models.downloads import Downloads
from sfumato_models.engine_pack import PackLock, active_pack, remove_pack
from sfumato_models.known_graphics import graphics_gib
from sfumato_models.painting_times import known_paces, time_sentence

Trial = Callable[[CancelToken], tuple[PackLock, dict[str, str]]]


class EnginesControl(QObject):
    """Lives in the window's thread."""

    told = Signal(object)

    def __init__(self, window: Window, paths: Paths, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._paths = paths
        self._background = background
        self._errands = Errands(self._show_failure, self)
        self._waiting: list[Trial] = []  # packs that came while another was tried out
        self.page = EnginesPage(window, window.files)
        self.page.wished.connect(self._do)
        self.page.add_wanted.connect(self.add)
        self.told.connect(self._hear)
        self.compiled = CompiledControl(self.page.compiled, paths, background, self)
        self.compiled.said.connect(self.page.say)
        self.downloads = Downloads(Setup(paths.engine_downloads), Ledger(paths.connections_file), self.told.emit)

    def show(self) -> None:
        """Open the page."""
        self.page.say()
        self.reload()
        self.page.show()
        self.page.raise_()

    def reload(self) -> None:
        """Read again what there is, and show it."""
        self.compiled.reload()
        try:
            packs = known_packs()
        except SfumatoError as error:
            self.page.say(trouble=str(error))
            return
        used = active_pack(self._paths.engine_packs)
        states = self.downloads.states()
        unavailable = str(why_no_site(self._background.settings) or "")
        rows = [
            PackRow(
                lock,
                used is not None and used.id == lock.id,
                suits(lock),
                states.get(lock.id) or self._begun(lock),
                unavailable,
            )
            for lock in packs
        ]
        name = used.title if used else self.tr("Sfumato's own libraries, on the processor")
        self.page.show_packs(rows, name, card_sentence())
        self.show_placed()

    def show_placed(self) -> None:
        """Where the picture model is, as it is known now."""
        self.page.show_placed(self._placed())

    def add(self, source: Path) -> None:
        """A pack in a folder or an archive."""
        self._try_out(lambda cancel: add_pack(source, self._paths, cancel))

    def close(self) -> None:
        """End what is on its way; what has come is kept."""
        self.downloads.close()
        self.compiled.close()
        self._errands.close()

    def _do(self, pack_id: str, wish: str) -> None:
        lock = self.page.cards[pack_id].row.lock
        match wish:
            case "download":
                self._download(lock)
            case "pause":
                self.downloads.pause(pack_id)
            case "cancel":
                self._cancel_download(pack_id)
            case "remove":
                self.page.show_busy(self.tr("Removing…"))
                self._errands.run(lambda: remove_pack(self._paths.engine_packs), self._show_removed)

    def _download(self, lock: PackLock) -> None:
        self.page.say()
        try:
            self.downloads.begin_pack(lock, find_site(self._background.settings))
        except SfumatoError as error:
            self.page.say(trouble=str(error))
        else:
            self.reload()

    def _cancel_download(self, pack_id: str) -> None:
        self._errands.run(lambda: self.downloads.cancel(pack_id), lambda _: self.reload())

    def _try_out(self, work: Trial) -> None:
        if self._errands.begin("pack", work, self._show_added):
            self.page.show_busy(self.tr("Checking every byte and trying it out; this can take a few minutes…"))
        else:
            self._waiting.append(work)
            self.page.say(done=self.tr("Another pack is being tried out; this one comes next."))

    def _try_next(self) -> None:
        """The next pack that waits, unless one is being tried out."""
        if self._waiting and not self._errands.is_running("pack"):
            self._try_out(self._waiting.pop(0))

    def _show_added(self, added: tuple[PackLock, dict[str, str]]) -> None:
        lock, told = added
        self.page.show_busy("")
        self._background.change_models()  # the painter starts again, with these libraries
        self.reload()
        self._try_next()
        self.page.say(done=self.tr("In use: {0}, on {1}.").format(lock.title, told["device"]))

    def _show_removed(self, _: None) -> None:
        self.page.show_busy("")
        self._background.change_models()
        self.reload()
        self.page.say(done=self.tr("Removed. Sfumato paints with its own libraries again, on the processor."))

    def _placed(self) -> str:
        """Where the picture model is, what of it stays loaded and how long a picture takes; nothing before it was loaded."""
        report, studio = self._background.report, self._background.studio
        if report is None or studio is None:
            return ""
        where = self.tr("the processor") if report.device.kind == "cpu" else report.device.title
        paints = self.tr("{0} paints on {1}.").format(report.title, where)
        machine = this_machine(self._paths.engine_packs, graphics_gib(report))
        takes = time_sentence(studio.engines.painter_spec, machine, known_paces(self._paths.engine_notes))
        return "\n".join((f"{paints} {takes}".strip(), report.sentence, *report.left_out, *report.advice))

    def _begun(self, lock: PackLock) -> DownloadState | None:
        """A download that an earlier run began."""
        there = begun_bytes(lock, self._paths)
        return DownloadState(lock.id, lock.title, "paused", there, lock.size_bytes) if there else None

    def _hear(self, event: object) -> None:
        if isinstance(event, DownloadState):
            self._show_state(event)

    def _show_failure(self, error: SfumatoError) -> None:
        if not self._errands.is_running("pack"):
            self.page.show_busy("")
        self.reload()
        self._try_next()
        self.page.say(trouble=str(error))

    def _show_state(self, state: DownloadState) -> None:
        card = self.page.cards.get(state.model_id)
        if state.phase == "done" and card:
            lock = card.row.lock
            card.show_state(None)
            self._try_out(lambda cancel: add_downloaded(lock, self._paths, cancel))
        elif card and state.is_active:
            card.show_state(state)
        else:
            self.reload()
            self.page.say(trouble=str(state.error) if state.error else "")
