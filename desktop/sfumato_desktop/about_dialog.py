"""About Sfumato: its version, and a click that looks for a newer one. Nothing is looked for by itself, nothing is installed."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from sfumato.errors import SfumatoError
from sfumato.release import Release
from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.layouts import lay_out_dialog, row_of


class AboutDialog(QDialog):
    """`look_wanted` asks for a look at the site; `connections_wanted` for the list of connections."""

    look_wanted = Signal()
    connections_wanted = Signal()

    def __init__(self, parent: QWidget, version: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Sfumato"))
        self.setMinimumSize(500, 260)  # room for what will be said
        title = QLabel(self.tr("Sfumato {0}").format(version), self)
        title.setObjectName("title")
        told = plain_label(
            self.tr(
                "Describe a picture; it is painted on this computer, offline. Free software under the Apache License 2.0."
            ),
            "quiet",
            self,
        )
        self.reason = plain_label("", "quiet", self)
        self.reason.hide()
        self.answer = plain_label("", "changed", self)
        self.answer.hide()
        self.trouble = plain_label("", "warning", self)
        self.trouble.hide()
        self.page = QLabel(self)
        self.page.setTextFormat(Qt.TextFormat.RichText)
        self.page.setOpenExternalLinks(True)
        self.page.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.page.hide()
        self.look = self._button(self.tr("Look for a new version"))
        self.look.setToolTip(
            self.tr("Asks the project's site once. Sfumato never looks by itself and installs nothing.")
        )
        self.look.clicked.connect(self.look_wanted)
        self.connections = self._button(self.tr("Connections…"))
        self.connections.clicked.connect(self.connections_wanted)
        close = self._button(self.tr("Close"))
        close.clicked.connect(self.accept)
        parts = (title, told, self.reason, self.answer, self.trouble, self.page)
        lay_out_dialog(self, parts, row_of((self.look, self.connections), (close,)))

    def show_site(self, trouble: SfumatoError | None) -> None:
        """Why there is nowhere to look, before anyone clicks; None where there is a site."""
        self.look.setEnabled(trouble is None)
        self.reason.setText(str(trouble or ""))
        self.reason.setVisible(trouble is not None)

    def show_looking(self) -> None:
        """The site is being asked."""
        self._say("", "", "")
        self.look.setEnabled(False)
        self.look.setText(self.tr("Looking…"))

    def show_found(self, found: Release | SfumatoError) -> None:
        """What came of it: a sentence, and where a newer version can be had."""
        self.look.setEnabled(True)
        self.look.setText(self.tr("Look for a new version"))
        self.look.setFocus()
        if isinstance(found, SfumatoError):
            self._say("", str(found), "")
        elif found.is_newer:
            told = self.tr("Sfumato {0} is there; this is {1}.").format(found.newest, found.installed)
            self._say(told, "", found.page)
        else:
            self._say(str(found), "", "")

    def _say(self, result: str, trouble: str, page: str) -> None:
        self.answer.setText(result)
        self.answer.setVisible(bool(result))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        address = html.escape(page, quote=True)
        self.page.setText(f'<a href="{address}">{address}</a>' if page else "")
        self.page.setAccessibleName(self.tr("Where to get it: {0}").format(page))
        self.page.setVisible(bool(page))

    def _button(self, text: str) -> DialogButton:
        return DialogButton(text, self)
