"""The prompt, field by field: as it is written, what it changed with an undo for each change, and edited in place.

A card that was painted turns an edit into a new picture at once. One that was not yet painted, because it waits for an
OK or was stopped, collects edits until Paint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sfumato.conversation import PromptPart
from sfumato.prompt import DEFAULT_ORDER, FIELDS, SPOKEN, FieldChange, ImagePrompt, field_text, said_first
from sfumato.prompt_words import with_typed
from sfumato.selection import Area, edited_area
from sfumato_desktop.cards import plain_label
from sfumato_desktop.change_lines import ChangeLines, keep_place
from sfumato_desktop.field_row import ENTER, FieldRow
from sfumato_desktop.order_row import OrderRow, can_be_ordered, fill_order_menu
from sfumato_desktop.theme import GAP, SMALL_GAP
from sfumato_desktop.token_meter import TokenMeter

REVEAL_EVERY_MS = 70


@dataclass(frozen=True, slots=True)
class PromptWish:
    """What the person wants of a card: paint it as edited, undo one field, paint it as reviewed, or not at all.

    `prompt` is the prompt as it stands in the card; `painted` are the versions that were painted from it.
    """

    kind: Literal["edit", "undo", "paint", "discard"]
    part: PromptPart
    painted: tuple[int, ...]
    prompt: ImagePrompt
    field: str = ""


class PromptCard(QFrame):
    """`wished` carries a PromptWish; `settled` says that no field is being edited any more."""

    wished = Signal(object)
    settled = Signal()

    def __init__(self, part: PromptPart, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.part = part
        self.painted: tuple[int, ...] = ()
        self._area: Area | None = None  # what is painted of the picture, if not all of it
        self._prompt = part.prompt
        self._is_change = False
        self._is_editable = self._is_waiting = False
        self._rows: dict[str, FieldRow] = {}
        self._order: OrderRow | None = None
        self._changes = ChangeLines(self)
        self._changes.undo_wanted.connect(self._undo)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SMALL_GAP)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        widest = max(self.fontMetrics().horizontalAdvance(self.tr(name)) for name in FIELDS)
        self._grid.setColumnMinimumWidth(0, widest + 4)  # whichever fields there are, texts stand in one line
        self._notes = QVBoxLayout()
        self._notes.setSpacing(2)
        self.meter = TokenMeter(self)
        self.meter.setWordWrap(True)
        self._buttons = QWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP + 2, GAP, GAP + 2, GAP)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(self._changes)
        layout.addLayout(self._grid)
        layout.addLayout(self._notes)
        layout.addWidget(self.meter)
        layout.addWidget(self._buttons)
        self._fill_buttons()
        self.show_part(part)

    # --- what it shows -----------------------------------------------------------------------------------------------

    def show_fields(self, prompt: ImagePrompt, changes: tuple[FieldChange, ...], is_change: bool) -> None:
        """The prompt as far as it is written; fields that are new fade in, one after the other."""
        self._is_change = is_change
        self._prompt = prompt
        before = {name for name, row in self._rows.items() if not row.value.isHidden()}
        self._show_rows({change.field for change in changes})
        if is_change:  # the line has its place before its words are known, so that nothing moves when they come
            self._changes.show_changes(changes, self.tr("…"), ())
        new = [row for name, row in self._rows.items() if name not in before and not row.value.isHidden()]
        for index, row in enumerate(new):
            row.reveal(index * REVEAL_EVERY_MS)

    def show_part(self, part: PromptPart) -> None:
        """The prompt that was decided."""
        self.part, self._prompt = part, part.prompt
        self._is_change = bool(part.changes) or (not part.is_new and (part.seed_kept or part.parent is not None))
        self._show()
        while (item := self._notes.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for note in part.notes:
            self._notes.addWidget(plain_label(note, "note", self))

    def show_area(self, area: Area | None) -> None:
        """What is painted of the picture; None for all of it."""
        self._area = area
        self._changes.is_area = area is not None
        self._show()

    def add_painted(self, number: int, area: Area | None = None) -> None:
        """A version was painted from it, or only this area of one."""
        self.show_area(area)
        if number not in self.painted:
            self.painted = (*self.painted, number)
        self._is_waiting = False
        self._show()

    def set_editable(self, is_editable: bool, is_waiting: bool = False) -> None:
        """Whether it can be edited, and whether it waits for an OK."""
        if self._is_editable and not is_editable and not self.painted:  # what was edited stays as it was left
            self._prompt = self.left
        if self._is_waiting and not is_editable:
            self.part = replace(self.part, changes=self._all_changes(), prompt=self._prompt)
        self._is_editable, self._is_waiting = is_editable, is_editable and is_waiting
        if not is_editable and self.painted:
            self._prompt = self.part.prompt
        for row in self._rows.values():
            row.set_editable(is_editable)
        if self._order:
            self._order.set_editable(is_editable)
        self._show()
        if self._is_waiting:
            self.paint.setFocus()

    @property
    def is_editable(self) -> bool:
        """Whether it can be edited."""
        return self._is_editable

    @property
    def is_being_edited(self) -> bool:
        """Whether an editor is open in it."""
        return any(row.editor for row in self._rows.values())

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for an OK."""
        return self._is_waiting

    @property
    def left(self) -> ImagePrompt:
        """The prompt as the person left it, what stands in open editors included."""
        typed = self._typed()
        return self._prompt if typed.is_empty else typed

    def labels(self) -> list[QLabel]:
        """All its lines."""
        return self.findChildren(QLabel)

    def row(self, name: str) -> FieldRow:
        """The row of a field, made when it is first needed; rows stand in the order of the fields."""
        if name not in self._rows:
            row = FieldRow(name, FIELDS.index(name), self._grid, self)
            row.set_editable(self._is_editable)
            row.applied.connect(self._apply)
            row.changed.connect(self._show_edited)
            row.first_wanted.connect(lambda: self._say_first(name))
            self._rows[name] = row
        return self._rows[name]

    @property
    def order(self) -> OrderRow:
        """The row of the order, below those of the fields."""
        if self._order is None:
            self._order = OrderRow(len(FIELDS), self._grid, self)
            self._order.set_editable(self._is_editable)
            self._order.chosen.connect(self._say_first)
        return self._order

    # --- what the person does ----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Esc discards a prompt that waits, instead of meaning Stop."""
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and self._is_waiting and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter presses the button it stands on; Esc discards."""
        focus = self.focusWidget()
        if event.key() in ENTER and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() == Qt.Key.Key_Escape and self._is_waiting:
            self._wish("discard")
        else:
            super().keyPressEvent(event)

    def _say_first(self, name: str) -> None:
        """Put a field before the others (empty: the usual order)."""
        typed = self._typed()
        self._take(said_first(typed, name) if name else replace(typed, order=DEFAULT_ORDER))

    def _apply(self) -> None:
        self._take(self._typed())

    def _take(self, prompt: ImagePrompt) -> None:
        """Paint the prompt, or show it where it is to be painted later."""
        if self.painted:
            if prompt == self.part.prompt:
                self._close_editors()
            else:
                self._wish("edit", prompt)
        elif not prompt.is_empty:
            self._prompt = prompt
            self._close_editors()
            self._show()
            self.paint.setFocus()

    def _typed(self) -> ImagePrompt:
        prompt = self._prompt
        for name, row in self._rows.items():
            if (text := row.typed()) is not None:
                prompt = with_typed(prompt, name, text)
        return prompt

    def _undo(self, name: str) -> None:
        if self.painted:
            self._wish("undo", field=name)
            return
        before = next(change.before for change in self._all_changes() if change.field == name)
        self._prompt = with_typed(self._prompt, name, before)
        self._show()

    def _wish(
        self, kind: Literal["edit", "undo", "paint", "discard"], prompt: ImagePrompt | None = None, field: str = ""
    ) -> None:
        self.wished.emit(PromptWish(kind, self.part, self.painted, prompt or self._typed(), field))

    def _close_editors(self) -> None:
        for row in self._rows.values():
            row.close_editor()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        changes = self._all_changes()
        self._show_rows({change.field for change in changes})
        can_undo = changes if self.painted or self._is_editable else ()
        self._changes.show_changes(changes, self._kept(changes), tuple(c.field for c in can_undo))
        self._show_buttons()

    def _show_rows(self, changed: set[str]) -> None:
        for name in FIELDS:
            text = field_text(self._prompt, name)
            if text or name in changed or name in self._rows:
                row = self.row(name)
                row.show_text(text, name in changed)
                row.set_shown(bool(text) or name in changed or row.editor is not None)
                row.can_lead = name in SPOKEN and bool(text) and name != self._prompt.order[0]
        if self._order or "order" in changed or self._prompt.order != DEFAULT_ORDER:
            self.order.show_order(self._prompt, "order" in changed)

    def _all_changes(self) -> tuple[FieldChange, ...]:
        """What the decision changed, and what was edited in this card since."""
        if self._prompt == self.part.prompt:
            return self.part.changes
        told = {change.field: change.before for change in self.part.changes}
        pairs = (
            (name, told.get(name, field_text(self.part.prompt, name)), field_text(self._prompt, name))
            for name in (*FIELDS, "order")
        )
        return tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])

    def _kept(self, changes: tuple[FieldChange, ...]) -> str:
        if not self._is_change:
            return self.tr("edited by hand") if changes else ""
        kept = self.tr("{0} fields").format(len(FIELDS) - sum(change.field in FIELDS for change in changes))
        seed = self.tr(" and seed {0}").format(self.part.seed) if self.part.seed_kept else ""
        return self.tr("{0}{1} kept").format(kept, seed)

    def _fill_buttons(self) -> None:
        self.add = QToolButton(self)
        self.add.setText(self.tr("Add…"))
        self.add.setObjectName("small")
        self.add.setAccessibleName(self.tr("Add a field to the prompt"))
        self.add.setToolTip(self.tr("Fields that say nothing yet"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(QMenu(self.add))
        self.add.menu().aboutToShow.connect(self._fill_menu)
        keep_place(self.add)
        self._grid.addWidget(self.add, 0, 2, Qt.AlignmentFlag.AlignTop)  # and then beside the first row that is shown
        self.paint = QPushButton(self.tr("Paint"), self._buttons)
        self.paint.setObjectName("primary")
        self.paint.setToolTip(self.tr("Paint this prompt (Enter)"))
        self.paint.clicked.connect(lambda: self._wish("paint"))
        self.discard = QPushButton(self.tr("Discard"), self._buttons)
        self.discard.setToolTip(self.tr("Paint nothing (Esc)"))
        self.discard.clicked.connect(lambda: self._wish("discard"))
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL_GAP)
        row.addWidget(self.paint)
        row.addWidget(self.discard)
        row.addStretch(1)

    def _fill_menu(self) -> None:
        menu = self.add.menu()
        menu.clear()
        for name in self._missing():
            menu.addAction(self.tr(name), self.row(name).edit)
        if can_be_ordered(self._prompt):
            fill_order_menu(menu.addMenu(self.tr("order")), self._prompt, self._say_first)

    def _missing(self) -> list[str]:
        open_editors = {name for name, row in self._rows.items() if row.editor}
        return [name for name in FIELDS if not field_text(self._prompt, name) and name not in open_editors]

    def _show_edited(self) -> None:
        self._show_buttons()
        if self._is_editable and not self.is_being_edited:
            self.settled.emit()

    def _show_buttons(self) -> None:
        is_unpainted = self._is_editable and not self.painted
        self.paint.setVisible(is_unpainted)
        typed = self._typed()
        self.paint.setEnabled(not typed.is_empty or typed == self.part.prompt)
        self.discard.setVisible(self._is_waiting)
        self.add.setVisible(self._is_editable and (bool(self._missing()) or can_be_ordered(self._prompt)))
        first = min((FIELDS.index(name) for name, row in self._rows.items() if row.is_shown), default=0)
        self._grid.removeWidget(self.add)
        self._grid.addWidget(self.add, first, 2, Qt.AlignmentFlag.AlignTop)
        self._buttons.setVisible(is_unpainted)
        is_written = is_unpainted or self.is_being_edited
        self.meter.show_prompt(self._sent(typed) if is_written else None)

    def _sent(self, typed: ImagePrompt) -> ImagePrompt:
        """What would be sent of the prompt as it is typed: of an area only its own words."""
        if self._area is None:
            return typed
        if not self.painted:
            return self._area.edited(self.part.prompt.subject, typed.subject).sent(typed)
        area = self._area if typed == self.part.prompt else edited_area(self._area, self.part.prompt, typed)
        return area.sent(typed) if area else typed
