"""Seeds by hand: the lock and the die beside the composer, and the field on a picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from sfumato.errors import SfumatoError
from sfumato.seeds import parse_seed
from sfumato_desktop.theme import SMALL_GAP

GLYPH = 14  # pixels
GLYPH_BUTTON = QSize(32, 30)
DIGITS = 10  # of a drawn seed


def draw_glyph(button: QToolButton, draw: Callable[[QPainter], None]) -> None:
    """Draw a sign in the middle of a button, in the theme's colours for its state."""
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    group = QPalette.ColorGroup.Active if button.isEnabled() else QPalette.ColorGroup.Disabled
    role = QPalette.ColorRole.Accent if button.isChecked() else QPalette.ColorRole.ButtonText
    pen = QPen(button.palette().color(group, role), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.translate((button.width() - GLYPH) / 2, (button.height() - GLYPH) / 2)
    if not button.isEnabled():
        painter.setOpacity(0.45)
    draw(painter)


class GlyphButton(QToolButton):
    """A small button, mostly one that stays down, with a drawn sign in the theme's colours."""

    def __init__(self, name: str, parent: QWidget, is_checkable: bool = True) -> None:
        super().__init__(parent)
        self.setCheckable(is_checkable)
        self.setAccessibleName(name)
        self.setFixedSize(GLYPH_BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The button, and its sign on it."""
        super().paintEvent(event)
        draw_glyph(self, self.draw)

    def draw(self, painter: QPainter) -> None:
        """Draw the sign in a square of `GLYPH` pixels."""


class LockButton(GlyphButton):
    """A padlock, open or closed."""

    def draw(self, painter: QPainter) -> None:
        """The shackle stands open unless the button is down."""
        painter.drawRoundedRect(QRectF(2, 6.5, 10, 7), 1.5, 1.5)
        painter.drawArc(QRectF(4, 1, 6, 8), 0, 180 * 16)
        painter.drawLine(QPointF(4, 5), QPointF(4, 6.5))
        if self.isChecked():
            painter.drawLine(QPointF(10, 5), QPointF(10, 6.5))


class DieButton(GlyphButton):
    """The five of a die."""

    def draw(self, painter: QPainter) -> None:
        """A square with five pips."""
        painter.drawRoundedRect(QRectF(1, 1, 12, 12), 2.5, 2.5)
        painter.setBrush(painter.pen().color())
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y in ((4, 4), (10, 4), (7, 7), (4, 10), (10, 10)):
            painter.drawEllipse(QPointF(x, y), 1.1, 1.1)


class CopyButton(GlyphButton):
    """Two sheets, one over the other; a tick once it was pressed."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, parent, is_checkable=False)
        self.is_done = False

    def draw(self, painter: QPainter) -> None:
        """The sheets, or the tick."""
        if self.is_done:
            painter.drawPolyline([QPointF(2, 7.5), QPointF(5.5, 11), QPointF(12, 3)])
            return
        painter.drawRoundedRect(QRectF(4.5, 4.5, 8, 8.5), 1.5, 1.5)
        painter.drawPolyline([QPointF(2, 9.5), QPointF(1.5, 9.5), QPointF(1.5, 1.5), QPointF(9, 1.5), QPointF(9, 2)])


class SeedBox(QWidget):
    """The seed of a picture with its name, to change and to copy. Signals as `SeedField`."""

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self, number: int, seed: int, parent: QWidget) -> None:
        super().__init__(parent)
        label = QLabel(self.tr("Seed"), self)
        label.setObjectName("quiet")
        self.field = SeedField(seed, self.tr("Seed of picture {0}").format(number), self)
        self.field.chosen.connect(self.chosen)
        self.field.refused.connect(self.refused)
        self.copy = CopyButton(self.tr("Copy the seed of picture {0}").format(number), self)
        self.copy.setToolTip(self.tr("Copy the seed"))
        self.copy.clicked.connect(lambda: self._copy(seed))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL_GAP)
        for widget in (label, self.field, self.copy):
            row.addWidget(widget)

    def _copy(self, seed: int) -> None:
        QGuiApplication.clipboard().setText(str(seed))
        self.copy.is_done = True
        self.copy.setToolTip(self.tr("Copied {0}").format(seed))
        self.copy.update()


class SeedField(QLineEdit):
    """The seed of a picture. Another number and Enter paint that: `chosen`; what is no seed is told by `refused`."""

    chosen = Signal(object)  # a seed has up to 64 bits, more than a signal's int
    refused = Signal(str)

    def __init__(self, seed: int, name: str, parent: QWidget) -> None:
        super().__init__(str(seed), parent)
        self._seed = seed
        self.setAccessibleName(name)
        self.setToolTip(self.tr("The seed of this picture. Type another number and press Enter to paint from it."))
        digits = max(DIGITS, len(str(seed)))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0" * (digits + 1)) + 20)
        self.returnPressed.connect(self._choose)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """What was typed and not entered is dropped: the field shows the seed of its picture."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setText(str(self._seed))

    def _choose(self) -> None:
        try:
            seed = parse_seed(self.text())
        except SfumatoError as error:
            self.refused.emit(str(error))
            self.selectAll()
            return
        self.setText(str(self._seed))
        if seed != self._seed:
            self.chosen.emit(seed)
