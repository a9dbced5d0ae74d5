"""The standing wishes of the conversation, above the composer: what every new picture gets, each forgotten with a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from sfumato.standing_wishes import StandingWish
from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.theme import SMALL_GAP


class WishStrip(QWidget):
    """Hidden while there are none. `forgotten` carries the StandingWish."""

    forgotten = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chips: list[QPushButton] = []
        self._shown: tuple[StandingWish, ...] = ()
        self._row = FlowLayout(self, SMALL_GAP)
        heading = QLabel(self.tr("From now on:"), self)
        heading.setObjectName("quiet")
        self._row.addWidget(heading)
        self.hide()

    def show_wishes(self, wishes: Sequence[StandingWish]) -> None:
        """Show exactly these."""
        if tuple(wishes) == self._shown:
            return
        self._shown = tuple(wishes)
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(wish) for wish in wishes]
        self.setVisible(bool(wishes))

    def _chip(self, wish: StandingWish) -> QPushButton:
        chip = QPushButton(f"{wish.text}  ✕", self)
        chip.setObjectName("small")
        chip.setAccessibleName(self.tr("Forget the standing wish “{0}”").format(wish.text))
        chip.setToolTip(
            self.tr("New pictures get this. Click to forget it; pictures already painted stay as they are.")
        )
        chip.clicked.connect(lambda: self.forgotten.emit(wish))
        self._row.addWidget(chip)
        chip.show()
        return chip
