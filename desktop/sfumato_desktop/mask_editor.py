"""Select an area of a picture with a rectangle or a brush, and say what should be there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from sfumato.conversation import Version
from sfumato.masks import hard_mask
from sfumato.selection import SCALE, Area, Point, Selection, Shape
from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP, SMALL_GAP
from sfumato_desktop.token_meter import TokenLimit, TokenMeter

STEP = 5  # thousandths the brush moves before it leaves another point
NUDGE = 20  # thousandths an arrow key moves a rectangle's edge
MASK_SIDE = 512  # pixels of the longer side of the shown mask
START_BOX: tuple[Point, Point] = ((300, 300), (700, 700))
_ARROWS = {
    Qt.Key.Key_Left: (-NUDGE, 0),
    Qt.Key.Key_Right: (NUDGE, 0),
    Qt.Key.Key_Up: (0, -NUDGE),
    Qt.Key.Key_Down: (0, NUDGE),
}

_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class MaskView(QWidget):
    """The picture under a veil that is lifted where it is selected. `changed` tells of another selection.

    By key: Space places a rectangle, arrows move it, Shift with arrows makes it larger or smaller. Letters are no keys of
    its own: `typed` hands them on.
    """

    changed = Signal()
    typed = Signal(str)

    def __init__(self, picture: QPixmap, parent: QWidget) -> None:
        super().__init__(parent)
        self.picture = picture
        self.shapes: list[Shape] = []
        self.tool = "rectangle"
        self.radius = 60
        self._veil = QImage()
        self.setMinimumSize(QSize(320, 240))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(
            self.tr("Select an area: Space places a rectangle, arrow keys move it, Shift with arrow keys resizes it")
        )

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return Selection(tuple(self.shapes))

    def set_shapes(self, shapes: list[Shape]) -> None:
        """Select these."""
        self.shapes = shapes
        self._veil = QImage()
        self.update()
        self.changed.emit()

    def frame(self) -> QRectF:
        """Where the picture is shown."""
        size = self.picture.size()
        scale = min(self.width() / max(size.width(), 1), self.height() / max(size.height(), 1))
        frame = QRectF(0, 0, size.width() * scale, size.height() * scale)
        frame.moveCenter(QRectF(self.rect()).center())
        return frame

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture, and the veil over what stays."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.frame(), self.picture, QRectF(self.picture.rect()))
        if self.shapes:
            if self._veil.isNull():
                self._veil = self._make_veil()
            painter.drawImage(self.frame(), self._veil, QRectF(self._veil.rect()))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.frame().adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a shape."""
        if event.button() == Qt.MouseButton.LeftButton and not self.selection.is_full:
            place = self._place(event.position())
            new = Shape("rectangle", (place, place)) if self.tool == "rectangle" else self._stroke((place,))
            self.set_shapes([*self.shapes, new])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on with it."""
        if not event.buttons() & Qt.MouseButton.LeftButton or not self.shapes or self.selection.is_full:
            return
        last, place = self.shapes[-1], self._place(event.position())
        if last.kind == "rectangle":
            self.set_shapes([*self.shapes[:-1], Shape("rectangle", (last.points[0], place))])
        elif max(abs(place[0] - last.points[-1][0]), abs(place[1] - last.points[-1][1])) >= STEP:
            self.set_shapes([*self.shapes[:-1], self._stroke((*last.points, place))])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click with the rectangle that selected nothing leaves nothing."""
        if self.shapes and self.shapes[-1].kind == "rectangle":
            (x0, y0), (x1, y1) = self.shapes[-1].points
            if abs(x1 - x0) < STEP or abs(y1 - y0) < STEP:
                self.set_shapes(self.shapes[:-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A rectangle by key."""
        move = _ARROWS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space and not self.selection.is_full:
            self.set_shapes([*self.shapes, Shape("rectangle", START_BOX)])
        elif move and self.shapes and self.shapes[-1].kind == "rectangle":
            (x0, y0), (x1, y1) = self.shapes[-1].points
            is_resized = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            begin = (x0, y0) if is_resized else (_within(x0 + move[0]), _within(y0 + move[1]))
            end = (_within(x1 + move[0]), _within(y1 + move[1]))
            self.set_shapes([*self.shapes[:-1], Shape("rectangle", (begin, end))])
        elif event.text().strip().isprintable() and event.text().strip() and not event.modifiers() & _COMMANDS:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _stroke(self, points: tuple[Point, ...]) -> Shape:
        return Shape("stroke", points, self.radius)

    def _place(self, position: QPointF) -> Point:
        frame = self.frame()
        x = (position.x() - frame.left()) / max(frame.width(), 1) * SCALE
        y = (position.y() - frame.top()) / max(frame.height(), 1) * SCALE
        return _within(round(x)), _within(round(y))

    def _make_veil(self) -> QImage:
        """Dark where the picture stays as it is."""
        size = self.picture.size().scaled(MASK_SIDE, MASK_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
        width, height = max(size.width(), 1), max(size.height(), 1)
        mask = hard_mask(self.selection, width, height).point([150] + [0] * 255).tobytes()
        return QImage(mask, width, height, width, QImage.Format.Format_Alpha8).copy()


class MaskEditor(QDialog):
    """`painted` carries the number of the version, the selection and the words."""

    painted = Signal(int, object, str)

    def __init__(self, version: Version, picture_file: Path, parent: QWidget, limit: TokenLimit | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Change an area of picture {0}").format(version.number))
        self.resize(QSize(760, 760).boundedTo(parent.size()))
        self._version = version
        self.view = MaskView(QPixmap(str(picture_file)), self)
        self.view.changed.connect(self._show)
        self.view.typed.connect(self._write)
        self.words = QLineEdit(self)
        self.words.setPlaceholderText(self.tr("What should be there?"))
        self.words.setAccessibleName(self.tr("What should be in the selected area"))
        self.words.textChanged.connect(self._show)
        self.words.textChanged.connect(self._count)
        self.words.returnPressed.connect(self._paint)
        self.meter = TokenMeter(self)
        self.meter.set_limit(limit)
        self.paint = DialogButton(self.tr("Paint"), self)
        self.paint.setObjectName("primary")
        self.paint.clicked.connect(self._paint)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.paint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(SMALL_GAP + 2)
        layout.addLayout(self._tools())
        layout.addWidget(self.view, 1)
        layout.addWidget(
            plain_label(self.tr("Everything outside the selected area stays exactly as it is."), "quiet", self)
        )
        layout.addLayout(row)
        layout.addWidget(self.meter)
        self.view.setFocus()
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Z takes back what was selected last; in the words it takes back words."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self._undo()
        else:
            super().keyPressEvent(event)

    def _undo(self) -> None:
        self.view.set_shapes(self.view.shapes[:-1])

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SMALL_GAP)
        tools = QButtonGroup(self)
        self.rectangle = DialogButton(self.tr("Rectangle"), self)
        self.brush = DialogButton(self.tr("Brush"), self)
        for button, name in ((self.rectangle, "rectangle"), (self.brush, "brush")):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self._choose(name))
            tools.addButton(button)
            row.addWidget(button)
        self.rectangle.setChecked(True)
        self.size_label = QLabel(self.tr("Size"), self)
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.size_slider.setRange(25, 150)
        self.size_slider.setValue(self.view.radius)
        self.size_slider.setMaximumWidth(160)
        self.size_slider.setAccessibleName(self.tr("Size of the brush"))
        self.size_slider.valueChanged.connect(self._set_radius)
        self.undo = DialogButton(self.tr("Undo"), self)
        self.undo.setToolTip(self.tr("Take back what was selected last (Ctrl+Z)"))
        self.undo.clicked.connect(self._undo)
        self.clear = DialogButton(self.tr("Clear"), self)
        self.clear.clicked.connect(lambda: self.view.set_shapes([]))
        row.addWidget(self.size_label)
        row.addWidget(self.size_slider)
        row.addStretch(1)
        row.addWidget(self.undo)
        row.addWidget(self.clear)
        self._choose("rectangle")
        return row

    def _choose(self, tool: str) -> None:
        self.view.tool = tool
        self.size_label.setVisible(tool == "brush")
        self.size_slider.setVisible(tool == "brush")

    def _set_radius(self, radius: int) -> None:
        self.view.radius = radius

    def _show(self) -> None:
        words = self.words.text().strip()
        self.paint.setEnabled(bool(self.view.shapes) and bool(words))
        for button in (self.undo, self.clear):
            button.setEnabled(bool(self.view.shapes))

    def _count(self) -> None:
        words = self.words.text().strip()
        self.meter.show_prompt(Area(Selection(), words).sent(self._version.prompt) if words else None)

    def _write(self, letters: str) -> None:
        self.words.setFocus(Qt.FocusReason.MouseFocusReason)
        self.words.insert(letters)

    def _paint(self) -> None:
        if self.paint.isEnabled():
            self.painted.emit(self._version.number, self.view.selection, self.words.text())
            self.accept()


def _within(place: int) -> int:
    return min(SCALE, max(0, place))
