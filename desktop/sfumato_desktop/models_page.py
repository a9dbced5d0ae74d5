"""The models page: what is here, what is coming, and what this machine could have, the best first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sfumato.machine import Fit
from sfumato.model_catalog import ModelSpec
from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.file_dialogs import FileDialogs, Place
from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.incoming import incoming_models
from sfumato_desktop.model_card import ModelCard, ModelRow
from sfumato_desktop.theme import GAP, SMALL_GAP
from sfumato_models.download_messages import DownloadState
from sfumato_models.file_headers import PICKLES


class ModelsPage(QDialog):
    """Shows rows and emits what is wished: see `ModelCard`. `add_wanted` carries `owner/name` or a file's path.

    `dropped` carries the paths of models to add.
    """

    wished = Signal(str, str)
    token_entered = Signal(str, str)
    add_wanted = Signal(str)
    connections_wanted = Signal()
    look_wanted = Signal()
    engines_wanted = Signal()
    dropped = Signal(object)

    def __init__(self, parent: QWidget, files: FileDialogs) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.resize(QSize(860, 720))
        self.cards: dict[str, ModelCard] = {}
        self.rows: tuple[ModelRow, ...] = ()
        self._wanted = ""
        self._files = files
        self.machine = plain_label("", "quiet", self)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(self.tr("Which models"))
        for text, kind in (
            (self.tr("All models"), ""),
            (self.tr("That paint"), "painter"),
            (self.tr("That write"), "writer"),
        ):
            self.kind.addItem(text, kind)
        self.kind.currentIndexChanged.connect(lambda _: self._build())
        self.new = QLineEdit(self)
        self.new.setPlaceholderText(self.tr("Another one: owner/name on the hub"))
        self.new.setAccessibleName(self.tr("A repository to add"))
        self.new.setMaxLength(300)
        self.new.returnPressed.connect(self._add)
        self.add = self._button(self.tr("Add"), self._add)
        self.add_file = self._button(self.tr("From a file…"), self._add_file)
        self.look = self._button(self.tr("Look for models…"), self.look_wanted.emit)
        self.connections = self._button(self.tr("Connections…"), self.connections_wanted.emit)
        self.engines = self._button(self.tr("Engine libraries…"), self.engines_wanted.emit)
        self.engines.setToolTip(self.tr("Paint on a graphics card, or compiled for this machine"))
        self.note = plain_label("", "warning", self)
        self.note.hide()
        self.told = plain_label("", "changed", self)
        self.told.hide()
        self.setAcceptDrops(True)
        self._holder = QWidget(self)
        self._holder.setObjectName("page")
        self._list = QVBoxLayout(self._holder)
        self._list.setContentsMargins(0, 0, SMALL_GAP, 0)
        self._list.setSpacing(GAP)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self._holder)
        self._lay_out()
        self.new.setFocus()

    def show_rows(self, rows: Sequence[ModelRow], machine: str, notes: Sequence[str] = ()) -> None:
        """Show these models, and what this machine has."""
        self.rows = tuple(rows)
        self.machine.setText(machine)
        self.show_trouble("\n".join(notes))
        self._build()

    def bring(self, model_id: str) -> None:
        """Scroll to a model that was just added, its first button ready for Enter; now, or when it is shown."""
        self._wanted = model_id
        self._bring_wanted()

    def show_state(self, state: DownloadState) -> None:
        """How far one download is."""
        if card := self.cards.get(state.model_id):
            card.show_state(state)

    def show_trouble(self, text: str) -> None:
        """What went wrong beside a download; empty to take it away."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_told(self, text: str) -> None:
        """What was added."""
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def show_adding(self, is_adding: bool) -> None:
        """A repository is being looked up; what was typed stays until `show_added`."""
        self.add.setEnabled(not is_adding)
        self.new.setReadOnly(is_adding)  # it keeps the keys
        self.add.setText(self.tr("Looking…") if is_adding else self.tr("Add"))

    def show_added(self) -> None:
        """What was typed is among the models."""
        self.show_adding(False)
        self.new.clear()

    def ask_licence(self, spec: ModelSpec) -> bool:
        """Whether the person agrees to a licence."""
        asked = self._question(
            self.tr("“{0}” has the licence {1}.").format(spec.title, spec.licence),
            self.tr("It may forbid some uses, such as commercial ones. Read it on the page of {0} on the hub.").format(
                spec.source.repository if spec.source else ""
            ),
        )
        agree = asked.addButton(self.tr("I agree to it"), QMessageBox.ButtonRole.AcceptRole)
        asked.addButton(QMessageBox.StandardButton.Cancel)
        asked.exec()
        return asked.clickedButton() is agree

    def ask_token(self, why: str) -> str | None:
        """A token for the hub, typed unseen; None if the person gave up."""
        asked = self.tr("{0}\n\nToken of your account on the hub:").format(why)
        text, is_given = QInputDialog.getText(self, self.tr("Token"), asked, QLineEdit.EchoMode.Password)
        return text.strip() or None if is_given else None

    def ask_removal(self, spec: ModelSpec, size: str, needed_by: Sequence[ModelSpec]) -> bool:
        """Whether a downloaded model should really go."""
        return self._ask_to_part(
            self.tr("Remove “{0}” from this machine?").format(spec.title),
            self.tr("{0} are free again. Pictures stay; painting one of them again needs the model.").format(size),
            self.tr("Remove"),
            needed_by,
        )

    def ask_forgetting(self, spec: ModelSpec, needed_by: Sequence[ModelSpec]) -> bool:
        """Whether an entry should go that other models need."""
        return self._ask_to_part(
            self.tr("Forget “{0}”?").format(spec.title),
            self.tr("Its files stay where they are."),
            self.tr("Forget"),
            needed_by,
        )

    # --- inside ------------------------------------------------------------------------------------------------------

    def _ask_to_part(self, question: str, result: str, deed: str, needed_by: Sequence[ModelSpec]) -> bool:
        """A question about taking a model away; which others stop painting comes first."""
        stopping = [
            self.tr("“{0}” paints with parts of it and stops painting.").format(other.title) for other in needed_by
        ]
        asked = self._question(question, "\n".join((*stopping, result)))
        remove = asked.addButton(deed, QMessageBox.ButtonRole.DestructiveRole)
        asked.setDefaultButton(asked.addButton(QMessageBox.StandardButton.Cancel))
        asked.exec()
        return asked.clickedButton() is remove

    def _build(self) -> None:
        """All cards anew, where the list was scrolled to; a card that has the keys is followed to its new place."""
        place = self.area.verticalScrollBar().value()
        focus = self.focusWidget()
        followed = (name for name, card in self.cards.items() if focus and card.isAncestorOf(focus))
        self._wanted = self._wanted or next(followed, "")
        self.cards.clear()
        while (item := self._list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        kind = self.kind.currentData()
        rows = [row for row in self.rows if not kind or row.spec.kind == kind]
        self._section(self.tr("On their way"), [row for row in rows if row.state and not row.is_here])
        self._section(self.tr("On this machine"), [row for row in rows if row.is_here])
        self._section(self.tr("Gone from where they were"), [row for row in rows if row.is_gone])
        offered = [row for row in rows if not row.is_here and not row.state and not row.is_gone]
        self._section(self.tr("Added by you"), [row for row in offered if row.is_own])
        offered = [row for row in offered if not row.is_own]
        self._section(self.tr("For this machine"), [row for row in offered if _fits(row)])
        self._section(self.tr("Too big for this machine"), [row for row in offered if not _fits(row)])
        self._list.addStretch(1)
        self._list.activate()
        self.area.verticalScrollBar().setValue(place)
        QTimer.singleShot(0, self._bring_wanted)  # when every card has its place

    def _bring_wanted(self) -> None:
        if card := self.cards.get(self._wanted):
            self._wanted = ""
            self.area.ensureWidgetVisible(card)
            card.focus_first()

    def _section(self, title: str, rows: Sequence[ModelRow]) -> None:
        if not rows:
            return
        label = QLabel(title, self._holder)
        label.setObjectName("section")
        self._list.addWidget(label)
        for row in rows:
            card = ModelCard(row, self._holder)
            card.wished.connect(self.wished)
            card.token_entered.connect(self.token_entered)
            self.cards[row.spec.id] = card
            self._list.addWidget(card)

    def _add(self) -> None:
        if (text := self.new.text().strip()) and self.add.isEnabled():
            self.add_wanted.emit(text)

    def _add_file(self) -> None:
        known = " ".join(f"*{suffix}" for suffix in (".safetensors", ".gguf", ".toml", *sorted(PICKLES)))
        kinds = f"{self.tr('Models and catalogue entries')} ({known})"  # pickles are refused with a reason
        if file := self._files.open_file(self.tr("Add models"), kinds, self, Place.DownloadLocation):
            self.add_wanted.emit(str(file))

    def _question(self, text: str, more: str) -> QMessageBox:
        asked = QMessageBox(self)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setWindowTitle(self.tr("Models"))
        asked.setText(text)
        asked.setInformativeText(more)
        return asked

    def _button(self, text: str, pressed: object) -> DialogButton:
        button = DialogButton(text, self)
        button.clicked.connect(lambda: pressed())  # type: ignore[operator]
        return button

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Models"), self)
        title.setObjectName("title")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.kind)
        adding = QHBoxLayout()
        adding.setSpacing(SMALL_GAP)
        adding.addWidget(self.new, 1)
        adding.addWidget(self.add)
        ways = QWidget(self)
        flow = FlowLayout(ways, SMALL_GAP)
        for button in (self.add_file, self.look, self.engines, self.connections):
            flow.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP)
        layout.setSpacing(GAP)
        layout.addLayout(head)
        layout.addWidget(self.machine)
        layout.addLayout(adding)
        layout.addWidget(ways)
        layout.addWidget(self.note)
        layout.addWidget(self.told)
        layout.addWidget(self.area, 1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Model files and folders may be dropped here."""
        if incoming_models(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """They are added where they stand."""
        if models := incoming_models(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(models)


def _fits(row: ModelRow) -> bool:
    return row.advice is None or row.advice.fit is not Fit.NO
