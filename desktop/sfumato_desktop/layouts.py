"""How cards and dialogs are laid out: one above the other, with rows whose last widgets stand at the right end."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from sfumato_desktop.theme import GAP, SMALL_GAP


def row_of(widgets: Iterable[QWidget], at_the_end: Iterable[QWidget] = (), spacing: int = SMALL_GAP) -> QHBoxLayout:
    """Widgets side by side, as wide as they are; the room is between them and those at the end."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    for widget in at_the_end:
        layout.addWidget(widget)
    return layout


def lay_out_card(card: QWidget, parts: Iterable[QWidget | QLayout]) -> None:
    """The parts of a card, one above the other."""
    layout = QVBoxLayout(card)
    layout.setContentsMargins(GAP, GAP, GAP, GAP)
    layout.setSpacing(SMALL_GAP)
    _stack(layout, parts)


def lay_out_dialog(dialog: QWidget, parts: Iterable[QWidget | QLayout], buttons: QLayout) -> None:
    """The parts of a dialog, one above the other, and its buttons at the bottom."""
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP)
    layout.setSpacing(GAP)
    _stack(layout, parts)
    layout.addStretch(1)
    layout.addLayout(buttons)


def _stack(layout: QVBoxLayout, parts: Iterable[QWidget | QLayout]) -> None:
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)
