"""In which order the fields of a prompt are spoken: a row of the card where it is not the usual one, and its menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from sfumato.prompt import DEFAULT_ORDER, SPOKEN, ImagePrompt, field_text
from sfumato_desktop.field_row import FieldRow


def can_be_ordered(prompt: ImagePrompt) -> bool:
    """True where another order would say something else: two fields that are spoken, or an order that is not the usual one."""
    return len(_said(prompt)) > 1 or prompt.order != DEFAULT_ORDER


def fill_order_menu(menu: QMenu, prompt: ImagePrompt, choose: Callable[[str], None]) -> None:
    """What can be said first of a prompt. `choose` is told the field, or an empty text for the usual order."""
    said = _said(prompt)
    choices = [(name, menu.tr("{0} first").format(menu.tr(name))) for name in said]
    group = QActionGroup(menu)
    for name, text in [*choices, ("", menu.tr("as usual"))]:
        action = QAction(text, group)
        action.setCheckable(True)
        action.setChecked(prompt.order == DEFAULT_ORDER if not name else _leads(prompt, name))
        action.triggered.connect(lambda _=False, name=name: choose(name))
        menu.addAction(action)


class OrderRow(FieldRow):
    """The row of the order; it is edited by a menu. `chosen` carries the field to be said first, empty for the usual order."""

    chosen = Signal(str)

    def __init__(self, row: int, grid: QGridLayout, parent: QWidget) -> None:
        super().__init__("order", row, grid, parent)
        self._prompt = ImagePrompt()

    def show_order(self, prompt: ImagePrompt, is_changed: bool) -> None:
        """What is said first."""
        self._prompt = prompt
        self.show_text(field_text(prompt, "order"), is_changed)
        self.set_shown(is_changed or prompt.order != DEFAULT_ORDER)

    def edit(self) -> None:
        """Offer the orders there can be."""
        if self._is_editable:
            self._show_menu(self.value.mapToGlobal(QPoint(0, self.value.height())))

    def menu(self) -> QMenu:
        """The orders there can be."""
        if not self._is_editable:
            return super().menu()
        menu = QMenu(self._card)
        fill_order_menu(menu, self._prompt, self.chosen.emit)
        return menu


def _said(prompt: ImagePrompt) -> list[str]:
    return [name for name in SPOKEN if field_text(prompt, name)]


def _leads(prompt: ImagePrompt, name: str) -> bool:
    """True if an order that is not the usual one begins with this field, those that say nothing aside."""
    first = next((other for other in prompt.order if field_text(prompt, other)), "")
    return prompt.order != DEFAULT_ORDER and first == name
