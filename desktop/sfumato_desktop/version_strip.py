"""The tree of versions as a compact strip of thumbnails: one column per step, one lane per branch, the current one marked.

Thumbnails are smaller once the tree would not fit otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QWidget

from sfumato.conversation import Version
from sfumato.version_tree import Place, lay_out
from sfumato_desktop.theme import SMALL_GAP

SIDE = 42  # pixels of a thumbnail
SMALL_SIDE = 28
BETWEEN = 10  # pixels from one thumbnail to the next
MARGIN = 4
MAX_HEIGHT = 3 * (SIDE + BETWEEN) - BETWEEN + 2 * MARGIN  # pixels; what is lower can be scrolled to
CORNER = 6
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class VersionNode(QAbstractButton):
    """One version: its thumbnail and number. Tab reaches the current one; from there arrow keys ask for a neighbour."""

    moved = Signal(int, int)

    def __init__(self, version: Version, parent: QWidget) -> None:
        super().__init__(parent)
        self.version = version
        self.thumbnail = QPixmap()
        self.is_current = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A square."""
        return QSize(SIDE, SIDE)

    @property
    def _corner(self) -> float:
        return CORNER * self.width() / SIDE

    def show_state(self, version: Version, is_current: bool) -> None:
        """What it stands for now."""
        from sfumato.dialogue import version_words  # not before there are versions: it brings pydantic along

        self.version, self.is_current = version, is_current
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_current else Qt.FocusPolicy.ClickFocus)
        self.setEnabled(not version.is_deleted)
        words = version_words(version.prompt)
        told = [self.tr("Picture {0}").format(version.number) + (f": {words}" if words else "")]
        if version.parent is not None:
            told.append(self.tr("after picture {0}").format(version.parent))
        if is_current:
            told.append(self.tr("current"))
        if version.is_deleted:
            told.append(self.tr("deleted"))
        self.setAccessibleName(", ".join(told))
        self.setToolTip("\n".join(told) if not version.is_deleted else ", ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The thumbnail with round corners, a ring for the current one, and the number."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = self.rect().adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.version.is_deleted:
            painter.fillRect(box, self.palette().window())
            painter.setPen(QPen(self.palette().placeholderText().color(), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(box, self._corner, self._corner)
        else:
            clip = QPainterPath()
            clip.addRoundedRect(box, self._corner, self._corner)
            painter.setClipPath(clip)
            painter.fillRect(box, self.palette().alternateBase())
            if not self.thumbnail.isNull():
                painter.drawPixmap(box, self.thumbnail)
            painter.setClipping(False)
        self._paint_number(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.is_current:
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), self._corner + 1, self._corner + 1)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().text().color(), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(self.rect().adjusted(4, 4, -5, -5), self._corner - 2, self._corner - 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows move the focus; Enter is a click, as Space is."""
        if event.key() in _ARROWS:
            self.moved.emit(*_ARROWS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _paint_number(self, painter: QPainter) -> None:
        font = painter.font()
        is_small = self.width() < SIDE
        font.setPixelSize(9 if is_small else 11)
        font.setBold(True)
        painter.setFont(font)
        text = str(self.version.number)
        width = painter.fontMetrics().horizontalAdvance(text) + (4 if is_small else 8)
        height = 11 if is_small else 15
        badge = QRect(self.width() - width - 3, self.height() - height - 3, width, height)
        if not self.version.is_deleted:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().highlight() if self.is_current else QColor(0, 0, 0, 150))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(self.palette().highlightedText().color() if self.is_current else QColor("white"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


class _Tree(QWidget):
    """The nodes on lines from parents to children."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.nodes: dict[int, VersionNode] = {}
        self.places: dict[int, Place] = {}
        self.side = SIDE

    @property
    def columns(self) -> int:
        """How many there are side by side."""
        return max((place.column for place in self.places.values()), default=0) + 1

    @property
    def lanes(self) -> int:
        """How many there are one below the other."""
        return max((place.lane for place in self.places.values()), default=0) + 1

    def arrange(self, side: int) -> None:
        """Put the nodes into their places, as thumbnails of `side` pixels."""
        self.side = side
        self.setFixedSize(extent(self.columns, side), extent(self.lanes, side))
        for number, node in self.nodes.items():
            node.setFixedSize(side, side)
            node.move(self._corner(self.places[number]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The lines; the nodes paint themselves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.5))
        for number, node in self.nodes.items():
            parent = self.places.get(node.version.parent) if node.version.parent is not None else None
            if parent is not None:
                painter.drawPath(self._line(parent, self.places[number]))

    def _corner(self, place: Place) -> QPoint:
        step = self.side + BETWEEN
        return QPoint(MARGIN + place.column * step, MARGIN + place.lane * step)

    def _line(self, parent: Place, child: Place) -> QPainterPath:
        """From a parent to its child: straight in one lane, else down between their columns, with round corners."""
        begin = self._corner(parent) + QPoint(self.side, self.side // 2)
        end = self._corner(child) + QPoint(0, self.side // 2)
        path = QPainterPath(begin)
        if parent.lane != child.lane:
            middle, turn = (begin.x() + end.x()) // 2, BETWEEN // 2
            path.lineTo(middle - turn, begin.y())
            path.quadTo(middle, begin.y(), middle, begin.y() + turn)
            path.lineTo(middle, end.y() - turn)
            path.quadTo(middle, end.y(), middle + turn, end.y())
        path.lineTo(end)
        return path


class VersionStrip(QScrollArea):
    """Shown when there are two versions or more. `chosen` carries the number of the version to go to."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._current: int | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Versions"))
        self._tree = _Tree(self)
        self._tree.setAccessibleName(self.tr("Versions, as a tree"))
        self.setWidget(self._tree)
        self.hide()

    @property
    def nodes(self) -> dict[int, VersionNode]:
        """The nodes by number of version."""
        return self._tree.nodes

    def show_versions(
        self, versions: Sequence[Version], current: int | None, thumbnail: Callable[[Version], QPixmap]
    ) -> None:
        """Show this tree. `thumbnail` gives a square picture of `SIDE` pixels, null where there is none."""
        places = lay_out(versions)
        for number in set(self.nodes) - set(places):
            self.nodes.pop(number).deleteLater()
        self._tree.places = places
        for version in versions:
            node = self.nodes.get(version.number) or self._new_node(version)
            if node.thumbnail.isNull() and not version.is_deleted:
                node.thumbnail = thumbnail(version)
            node.show_state(version, version.number == current)
            node.show()
        self._fit()
        self.setVisible(len(versions) > 1)
        self._current = current
        self._show_current()

    def clear(self) -> None:
        """No conversation, no versions."""
        self.show_versions((), None, lambda version: QPixmap())

    def _new_node(self, version: Version) -> VersionNode:
        node = self.nodes[version.number] = VersionNode(version, self._tree)
        node.clicked.connect(lambda: self.chosen.emit(version.number))
        node.moved.connect(lambda right, down: self._move(version.number, right, down))
        return node

    def _move(self, number: int, right: int, down: int) -> None:
        """Put the focus on the nearest node in a direction."""
        here = self._tree.places[number]
        ahead = [
            (_distance(place, here, along_lane=bool(right)), other)
            for other, place in self._tree.places.items()
            if self.nodes[other].isEnabled()
            and ((place.column - here.column) * right > 0 if right else (place.lane - here.lane) * down > 0)
        ]
        if ahead:
            self.nodes[min(ahead)[1]].setFocus()
            self.ensureWidgetVisible(self.nodes[min(ahead)[1]])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A narrow window needs room for a scroll bar."""
        super().resizeEvent(event)
        self._fit()
        self._show_current()

    def _show_current(self) -> None:
        if self._current is not None and self._current in self.nodes:
            self.ensureWidgetVisible(self.nodes[self._current], self._tree.side, 0)

    def _fit(self) -> None:
        tree = self._tree
        room = self.width() if self.width() > SMALL_GAP else extent(tree.columns, SIDE)  # before it is laid out
        does_fit = extent(tree.columns, SIDE) <= room and extent(tree.lanes, SIDE) <= MAX_HEIGHT
        tree.arrange(SIDE if does_fit else SMALL_SIDE)
        is_high, is_wide = tree.height() > MAX_HEIGHT, tree.width() > room
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        self.setVerticalScrollBarPolicy(on if is_high else off)
        self.setHorizontalScrollBarPolicy(on if is_wide else off)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(min(tree.height(), MAX_HEIGHT) + (bar if is_wide else 0))


def _distance(one: Place, other: Place, along_lane: bool) -> int:
    """How far it is for an arrow key, which goes aside only where it must."""
    columns, lanes = abs(one.column - other.column), abs(one.lane - other.lane)
    return columns + 4 * lanes if along_lane else 4 * columns + lanes


def extent(count: int, side: int) -> int:
    """Pixels that so many thumbnails of a side take in a row or a column."""
    return count * (side + BETWEEN) - BETWEEN + 2 * MARGIN
