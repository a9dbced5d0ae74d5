"""How a turn's pictures are painted, under its prompt: the reason in one line, the seed, and one click for the other way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from sfumato.conversation import HowPart
from sfumato.recipe import Route
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP


class HowCard(QWidget):
    """Says the route and the seed; `route_flipped` and `seed_flipped` carry the part, to be painted the other way."""

    route_flipped = Signal(object)
    seed_flipped = Signal(object)

    def __init__(self, part: HowPart, parent: QWidget) -> None:
        super().__init__(parent)
        self._part = part
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(GAP + 2, 0, GAP + 2, 0)
        self._layout.setHorizontalSpacing(GAP)
        self._layout.setVerticalSpacing(2)
        self._layout.setColumnStretch(0, 1)
        self.route: QPushButton | None = None
        self.seed: QPushButton | None = None
        if part.reason:
            self.route = self._line(part.reason, self._other_route())
        if part.seed_words:
            self.seed = self._line(part.seed_words[0].upper() + part.seed_words[1:] + ".", self._other_seed())
        if self.route:
            self.route.clicked.connect(lambda: self.route_flipped.emit(part))
        if self.seed:
            self.seed.clicked.connect(lambda: self.seed_flipped.emit(part))

    def _line(self, text: str, other: str) -> QPushButton | None:
        row = self._layout.rowCount()
        self._layout.addWidget(plain_label(text, "quiet", self), row, 0)
        if not other:
            return None
        button = QPushButton(other, self)
        button.setObjectName("link")
        button.setToolTip(self.tr("Paints it beside this one; nothing is lost"))
        self._layout.addWidget(button, row, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        return button

    def _other_route(self) -> str:
        match self._part.other_route:
            case Route.TEXT_TO_IMAGE:
                return self.tr("Paint from the seed instead")
            case Route.IMAGE_TO_IMAGE:
                return self.tr("Paint over picture {0} instead").format(self._part.parent)
            case Route.INSTRUCTION_EDIT:
                return self.tr("Edit picture {0} instead").format(self._part.parent)
        return ""

    def _other_seed(self) -> str:
        rule = self._part.other_seed
        if rule is None:
            return ""
        if rule.number is None:
            return self.tr("New seed instead")
        return self.tr("Seed {0} instead").format(rule.number)
