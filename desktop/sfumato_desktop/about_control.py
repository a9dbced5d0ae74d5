"""Between the About dialog and the download process, the only one that may ask the site."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sfumato import __version__
from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato.release import Release
from sfumato.settings import Settings
from sfumato_desktop.about_dialog import AboutDialog
from sfumato_desktop.site import find_site, why_no_site
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import Setup, VersionTold
from sfumato_models.downloads import Downloads

log = logging.getLogger(__name__)


class AboutControl(QObject):
    """Lives in the window's thread. `settings` gives those of now."""

    connections_wanted = Signal()
    told = Signal(object)

    def __init__(self, window: QWidget, paths: Paths, settings: Callable[[], Settings], parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._page = ""
        self.dialog = AboutDialog(window, __version__)
        self.dialog.look_wanted.connect(self._look)
        self.dialog.connections_wanted.connect(self.connections_wanted)
        self.told.connect(self._hear)
        self._downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), self.told.emit)

    def show(self) -> None:
        """Open the dialog."""
        self.dialog.show_site(why_no_site(self._settings()))
        self.dialog.open()

    def close(self) -> None:
        """End what is being asked."""
        self._downloads.close()

    def _look(self) -> None:
        try:
            site = find_site(self._settings())
        except SfumatoError as error:
            self.dialog.show_found(error)
            return
        self._page = site.address
        self.dialog.show_looking()
        self._downloads.ask_version(site)

    def _hear(self, told: object) -> None:
        if isinstance(told, VersionTold):
            if told.error:
                log.warning("looking for a new version: %s | %s", told.error, told.error.detail)
            self.dialog.show_found(told.error or Release(__version__, told.newest, self._page))
