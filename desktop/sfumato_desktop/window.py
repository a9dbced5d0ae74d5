"""The window: conversations at the left, the timeline, the composer. Shows what it is told and emits what is wished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from sfumato.conversation import Conversation, Version
from sfumato_desktop.composer import Composer
from sfumato_desktop.conversation_cards import ConversationCards
from sfumato_desktop.conversation_list import ConversationList
from sfumato_desktop.file_dialogs import FileDialogs
from sfumato_desktop.incoming import IncomingPicture, incoming_models, incoming_picture
from sfumato_desktop.plurals import counted
from sfumato_desktop.theme import GAP, SMALL_GAP, TEXT_WIDTH, apply_theme, centred
from sfumato_desktop.timeline import Timeline
from sfumato_desktop.toast import Toast
from sfumato_desktop.token_meter import TokenLimit
from sfumato_desktop.unsent import UnsentStrip
from sfumato_desktop.version_views import VersionViews
from sfumato_desktop.wish_strip import WishStrip

if TYPE_CHECKING:  # it brings Pillow along, which the first paint does not wait for
    from sfumato.attachment import AttachedPicture


_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Window(QMainWindow):
    """All signals carry plain values; the controller listens."""

    said = Signal(str, object)
    stopped = Signal()
    pictured = Signal(object)
    models_dropped = Signal(object)
    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Sfumato")
        self.resize(1100, 780)
        self.setMinimumSize(560, 420)
        self.conversations = ConversationList(self)
        self.timeline = Timeline(self)
        self.composer = Composer(self)
        self.files = FileDialogs(self)
        self.versions = VersionViews(self, self.files)
        self.wishes = WishStrip(self)
        self.unsent = UnsentStrip(self)
        self.cards = ConversationCards(self.timeline, self.versions, self)
        right = QWidget(self)
        right.setObjectName("page")
        right.setMinimumWidth(400)  # of the least window the list takes what is left
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, GAP)
        layout.addWidget(self.timeline, 1)
        self.versions.strip.setMaximumWidth(TEXT_WIDTH)
        strip = centred(self.versions.strip)
        strip.setContentsMargins(GAP * 2, 0, GAP * 2, SMALL_GAP)
        layout.addLayout(strip)
        for widget in (self.wishes, self.unsent, self.composer):
            widget.setMaximumWidth(TEXT_WIDTH)
            row = centred(widget)
            row.setContentsMargins(GAP * 2, 0, GAP * 2, 0)
            layout.addLayout(row)
        splitter = QSplitter(self)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.conversations)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([250, 850])
        self.setCentralWidget(splitter)
        self._toast = Toast(self, (self.versions.strip, self.wishes, self.unsent, self.composer))
        self.composer.said.connect(self.said)
        self.composer.stopped.connect(self.stopped)
        self.composer.pictured.connect(self.pictured)
        self.composer.attach.clicked.connect(self._choose_picture)
        self.composer.models_dropped.connect(self.models_dropped)
        self.setAcceptDrops(True)
        self.timeline.example_chosen.connect(lambda text: self.said.emit(text, None))
        QShortcut(QKeySequence("Esc"), self, self.stopped.emit)
        QShortcut(QKeySequence.StandardKey.Quit, self, self.close)
        self.versions.chosen.connect(self.versions.continued)
        self.cards.seed_kept.connect(self._keep_seed)
        self.cards.seed_refused.connect(self.show_toast)
        self.timeline.show_welcome()
        self.composer.box.setFocus()

    def show_conversations(self, rows: Sequence[tuple[int, str]], current: int | None) -> None:
        """The list at the left."""
        self.conversations.show_conversations(rows, current)

    def show_conversation(self, conversation: Conversation | None, picture_file: Callable[[Version], Path]) -> None:
        """A whole conversation, or the empty state."""
        current = conversation.version(conversation.current) if conversation else None
        self.cards.show_conversation(conversation, picture_file)
        self.composer.open_lock()  # it was closed for a picture of another conversation
        self.composer.set_current(current)
        self.wishes.show_wishes(conversation.wishes if conversation else ())
        self._order_tabs()

    def show_person(
        self,
        text: str,
        is_first: bool,
        about: int | None = None,
        attached: AttachedPicture | None = None,
        is_deed: bool = False,
    ) -> None:
        """What was just said about a version (or done by hand) and attached, and that it is being thought about."""
        self.cards.show_person(text, is_first, about, attached, is_deed)
        self.show_busy()

    def show_busy(self) -> None:
        """A turn begins."""
        self.cards.turn_begins()
        self._toast.end_telling()
        self.composer.set_busy(True)
        self._speak()

    def turn_ended(self) -> None:
        """The person may speak again, unless they are typing at the left: a title, or what to find."""
        self.cards.turn_ended()
        self.composer.set_busy(False)
        self._order_tabs()
        self._speak()

    def set_token_limit(self, limit: TokenLimit) -> None:
        """How much the picture model reads, for the meters beside what is written."""
        self.composer.meter.set_limit(limit)
        self.versions.token_limit = limit
        self.cards.set_token_limit(limit)

    def show_toast(self, text: str, action: str = "", on_action: Callable[[], None] | None = None) -> None:
        """A line that goes away by itself, with one thing to do."""
        self._toast.show_text(text, action, on_action)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _order_tabs(self) -> None:
        """Tab goes from the list through the cards to the strip and the message; by itself it would go by age."""
        last = self.previousInFocusChain() or self.timeline
        for widget in (*self.versions.strip.nodes.values(), *self.composer.in_tab_order()):
            self.setTabOrder(last, widget)
            last = widget

    def _speak(self) -> None:
        """The keys go to the message: what had them may be gone, and the next widget is a button."""
        if not self.conversations.is_typing:
            self.composer.box.setFocus()

    def _keep_seed(self, seed: int) -> None:
        from sfumato.seeds import exactly

        self.composer.set_rule(exactly(seed))
        self.composer.box.setFocus()

    def _choose_picture(self) -> None:
        kinds = self.tr("Pictures and recipes") + " (*.png *.jpg *.jpeg *.webp *.sfumato)"
        if file := self.files.open_file(self.tr("Attach a picture"), kinds):
            self.pictured.emit(IncomingPicture(file))

    def _may_lose_unsent(self) -> bool:
        asked = QMessageBox(self)
        asked.setIcon(QMessageBox.Icon.Question)
        one, several = self.tr("A message was not sent yet."), self.tr("{0} messages were not sent yet.")
        asked.setText(counted(self.unsent.count_anywhere, one, several))
        asked.setInformativeText(self.tr("What was not sent is not kept when Sfumato is closed."))
        stay = asked.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        asked.addButton(self.tr("Close"), QMessageBox.ButtonRole.DestructiveRole)
        asked.setDefaultButton(stay)
        asked.setEscapeButton(stay)
        asked.exec()
        return asked.clickedButton() is not stay

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the system when it goes dark or light."""
        app = QApplication.instance()
        if event.type() == QEvent.Type.ThemeChange and isinstance(app, QApplication):
            apply_theme(app)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the toast at its place."""
        super().resizeEvent(event)
        self._toast.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """What is pasted or written where nothing takes it, on a picture or in the strip, goes to the message."""
        letters = event.text()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.composer.box.paste()
        elif letters.strip() and letters.isprintable() and not event.modifiers() & _COMMANDS:
            self.composer.box.setFocus()
            self.composer.box.insertPlainText(letters)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """What could be a picture or a model may be dropped anywhere in the window."""
        if incoming_picture(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A dropped picture is attached to the next message, a model is added."""
        if models := incoming_models(event.mimeData()):
            event.acceptProposedAction()
            self.models_dropped.emit(models)
            return
        incoming = incoming_picture(event.mimeData())
        if incoming is not None:
            event.acceptProposedAction()
            self.pictured.emit(incoming)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask about messages that would be lost, and tell the controller."""
        if self.unsent.count_anywhere and not self._may_lose_unsent():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)
