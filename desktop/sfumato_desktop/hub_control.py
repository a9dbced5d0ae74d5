"""How the hub is reached: its address, a proxy, the token, and the ledger of connections that were opened."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from sfumato.errors import SfumatoError
from sfumato.paths import Paths
from sfumato.secrets import Secrets
from sfumato_desktop.background import Background
from sfumato_desktop.connections_dialog import ConnectionsDialog
from sfumato_desktop.errands import Errands
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import Network
from sfumato_models.downloads import find_network


class HubControl(QObject):
    """Lives in the window's thread; `network` and `secrets` may be asked from others."""

    def __init__(self, paths: Paths, background: Background, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._paths = paths
        self._background = background
        self._errands = errands
        self._dialog: ConnectionsDialog | None = None
        self.secrets = Secrets()

    def network(self) -> Network:
        """The hub or its mirror, and the proxy. Raises SfumatoError if an address cannot be used."""
        settings = self._background.settings
        return find_network(settings.hub_address, settings.proxy)

    def show_connections(self, parent: QWidget) -> None:
        """The ledger of connections, and how the hub is reached."""
        settings = self._background.settings

        def show(entries: Any) -> None:
            self._dialog = dialog = ConnectionsDialog(parent, entries, settings.hub_address, settings.proxy)
            dialog.saved.connect(self._save)
            dialog.forget_token.connect(self._forget_token)
            dialog.open()

        self._errands.run(Ledger(self._paths.connections_file).read, show)

    def _save(self, address: str, proxy: str) -> None:
        try:
            find_network(address, proxy)
        except SfumatoError as error:
            self._tell(str(error))
            return
        self._background.set(hub_address=address, proxy=proxy)
        if self._dialog:
            self._dialog.accept()

    def _forget_token(self) -> None:
        self._errands.run(self.secrets.forget, lambda _: self._tell(self.tr("The token is forgotten.")))

    def _tell(self, text: str) -> None:
        if self._dialog:
            self._dialog.show_trouble(text)
