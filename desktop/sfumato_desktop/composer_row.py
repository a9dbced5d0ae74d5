"""The row under the message: what the next picture is painted with, and Send. Where it is narrow, signs stand for words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.seed_controls import GLYPH, GLYPH_BUTTON, draw_glyph
from sfumato_desktop.theme import SMALL_GAP


class WordOrSign(QToolButton):
    """A button with a word, or with a drawn sign where a word has no room; its text, name, key and tip stay the same."""

    def __init__(self, word: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_sign = False
        self.setText(word)
        self.setAccessibleName(word)

    def set_sign(self, is_sign: bool) -> None:
        """The sign, or the word."""
        self.is_sign = is_sign
        self.updateGeometry()
        self.update()

    def word_width(self) -> int:
        """The pixels across that it takes with its word."""
        return super().sizeHint().width()

    def sizeHint(self) -> QSize:  # noqa: N802
        """The sign's button is a small square."""
        return GLYPH_BUTTON if self.is_sign else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The button, and on it the word or the sign."""
        if not self.is_sign:
            super().paintEvent(event)
            return
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        draw_glyph(self, self.draw)

    def draw(self, painter: QPainter) -> None:
        """Draw the sign in a square of `GLYPH` pixels."""


class AttachButton(WordOrSign):
    """A paper clip."""

    def draw(self, painter: QPainter) -> None:
        """Two bends of wire."""
        painter.translate(GLYPH / 2, GLYPH / 2)
        painter.rotate(40)
        painter.translate(-GLYPH / 2, -GLYPH / 2)
        painter.drawArc(QRectF(3.5, 0, 7, 7), 0, 180 * 16)
        painter.drawLine(QPointF(3.5, 3.5), QPointF(3.5, 11))
        painter.drawArc(QRectF(3.5, 9, 5, 5), 180 * 16, 180 * 16)
        painter.drawLine(QPointF(8.5, 11.5), QPointF(8.5, 5))
        painter.drawLine(QPointF(10.5, 3.5), QPointF(10.5, 9.5))


class ReviewButton(WordOrSign):
    """An eye."""

    def __init__(self, word: str, parent: QWidget) -> None:
        super().__init__(word, parent)
        self.setCheckable(True)

    def draw(self, painter: QPainter) -> None:
        """Two lids and a pupil."""
        painter.drawArc(QRectF(0, 2.5, 14, 14), 28 * 16, 124 * 16)
        painter.drawArc(QRectF(0, -2.5, 14, 14), -28 * 16, -124 * 16)
        painter.drawEllipse(QPointF(7, 7), 1.8, 1.8)


class ComposerRow(QWidget):
    """`controls` from the left, going on in a further line where they must, and `buttons`, always whole, at the right.

    Args:
        spare: those of the controls that another one offers too; they are left out where it is narrow.
    """

    def __init__(
        self,
        controls: Sequence[QWidget],
        spare: Sequence[QWidget],
        buttons: Sequence[QPushButton],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._all = controls
        self._spare = spare
        self._buttons = buttons
        self._is_narrow = False
        self._controls = QWidget(self)
        self._flow = FlowLayout(self._controls, SMALL_GAP)
        for control in controls:
            self._flow.addWidget(control)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(self._controls, 1)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)

    @property
    def is_narrow(self) -> bool:
        """True while signs stand for words."""
        return self._is_narrow

    def fit(self) -> None:
        """Words where they fit into one line, signs where they do not; to be called when a control's text changed."""
        shown = [button for button in self._buttons if not button.isHidden()]
        room = self.width() - sum(button.sizeHint().width() + SMALL_GAP for button in shown)
        widths = [_width(control) for control in self._all if control in self._spare or not control.isHidden()]
        self._is_narrow = sum(widths) + SMALL_GAP * (len(widths) - 1) > room
        for control in self._all:
            if isinstance(control, WordOrSign):
                control.set_sign(self._is_narrow)
        for control in self._spare:
            control.setVisible(not self._is_narrow)
        self._flow.invalidate()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width may have room for other things."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


def _width(control: QWidget) -> int:
    return control.word_width() if isinstance(control, WordOrSign) else control.sizeHint().width()
