"""The LoRA files for the next pictures: a button beside the seed, with a strength for each. Hidden when none fits."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from sfumato.lora import MAX_STRENGTH, MIN_STRENGTH, Lora

STRENGTHS = (0.4, 0.6, 0.8, 1.0, 1.2)
MAX_TEXT = 24  # letters


class LoraChip(QToolButton):
    """Until something is chosen, the next picture has those of the picture that it changes; `chosen` is then None.

    `changed` tells that the button shows something else, or is shown or hidden.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fitting: tuple[Lora, ...] = ()
        self._current: tuple[Lora, ...] = ()
        self._chosen: tuple[Lora, ...] | None = None
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(self.tr("Small files that add a style or a thing to the picture model, each with a strength"))
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self.fill_menu)
        self._show()

    @property
    def chosen(self) -> tuple[Lora, ...] | None:
        """What the next pictures are painted with; None leaves it as it was."""
        return self._chosen

    @property
    def fitting(self) -> tuple[Lora, ...]:
        """Those that fit the picture model that is used now."""
        return self._fitting

    def show_fitting(self, loras: tuple[Lora, ...]) -> None:
        """Those that fit the picture model that is used now; a choice of others is dropped."""
        self._fitting = loras
        if self._chosen is not None:
            names = {(lora.name, lora.sha256) for lora in loras}
            self._chosen = tuple(lora for lora in self._chosen if (lora.name, lora.sha256) in names) or None
        self._show()

    def set_current(self, loras: tuple[Lora, ...]) -> None:
        """Those of the picture that the next message refers to."""
        self._current = loras
        self._show()

    def choose(self, lora: Lora, strength: float | None) -> None:
        """Add one with a strength, or leave it out (None)."""
        others = tuple(other for other in self._shown() if other.name != lora.name)
        self._chosen = others if strength is None else (*others, replace(lora, strength=strength))
        self._show()

    def fill_menu(self) -> None:
        """One menu for each LoRA."""
        menu = self.menu()
        menu.clear()
        for lora in self._fitting:
            used = next((other.strength for other in self._shown() if other.name == lora.name), None)
            title = lora.title if used is None else f"{lora.title} · {used:g}"
            strengths = menu.addMenu(title.replace("&", "&&"))
            self._add(strengths, self.tr("Without it"), lora, None, used is None)
            for strength in STRENGTHS:
                self._add(strengths, f"{strength:g}", lora, strength, used == strength)
            strengths.addAction(self.tr("Another strength…"), partial(self._ask, lora))
        if self._chosen is not None:
            menu.addSeparator()
            menu.addAction(self.tr("As in the picture before"), self._forget)

    def _add(self, menu: QMenu, text: str, lora: Lora, strength: float | None, is_used: bool) -> None:
        action = QAction(text, menu)
        action.setCheckable(True)
        action.setChecked(is_used)
        action.triggered.connect(lambda: self.choose(lora, strength))
        menu.addAction(action)

    def _ask(self, lora: Lora) -> None:
        asked = self.tr("1 is as it was made, below 0 is away from it:")
        strength, is_given = QInputDialog.getDouble(
            self, self.tr("Strength of {0}").format(lora.title), asked, 1.0, MIN_STRENGTH, MAX_STRENGTH, 2
        )
        if is_given:
            self.choose(lora, strength)

    def _forget(self) -> None:
        self._chosen = None
        self._show()

    def _shown(self) -> tuple[Lora, ...]:
        return self._current if self._chosen is None else self._chosen

    def _show(self) -> None:
        shown = self._shown()
        text = self.tr("none")
        if len(shown) == 1:
            text = f"{shown[0].title[:MAX_TEXT]} {shown[0].strength:g}"
        elif shown:
            text = str(len(shown))
        self.setText(self.tr("LoRA: {0}").format(text).replace("&", "&&"))
        told = ", ".join(f"{lora.title} {lora.strength:g}" for lora in shown) or self.tr("none")
        self.setAccessibleName(self.tr("LoRA for the next picture: {0}").format(told))
        self.setVisible(bool(self._fitting))
        self.changed.emit()
