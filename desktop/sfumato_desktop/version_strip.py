"""The tree of versions as a compact strip of thumbnails: one column per picture, one lane per branch, the current one marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QWidget

from sfumato.conversation import Version
from sfumato.version_tree import Place, lay_out
from sfumato_desktop.theme import SMALL_GAP

SIDE = 42  # pixels of a thumbnail
STEP = SIDE + 10  # from one column or lane to the next
MARGIN = 4
MAX_LANES = 3  # more can be scrolled to
CORNER = 6
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class VersionNode(QAbstractButton):
    """One version: its thumbnail and number. Arrow keys ask for a neighbour."""

    moved = Signal(int, int)

    def __init__(self, version: Version, parent: QWidget) -> None:
        super().__init__(parent)
        self.version = version
        self.thumbnail = QPixmap()
        self.is_current = False
        self.setFixedSize(SIDE, SIDE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A square."""
        return QSize(SIDE, SIDE)

    def show_state(self, version: Version, is_current: bool) -> None:
        """What it stands for now."""
        from sfumato.dialogue import version_words  # not before there are versions: it brings pydantic along

        self.version, self.is_current = version, is_current
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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.version.is_deleted:
            painter.fillRect(box, self.palette().window())
            painter.setPen(QPen(self.palette().placeholderText().color(), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(box, CORNER, CORNER)
        else:
            clip = QPainterPath()
            clip.addRoundedRect(box, CORNER, CORNER)
            painter.setClipPath(clip)
            painter.fillRect(box, self.palette().alternateBase())
            if not self.thumbnail.isNull():
                painter.drawPixmap(box, self.thumbnail)
            painter.setClipping(False)
        self._paint_number(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.is_current:
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), CORNER + 1, CORNER + 1)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().text().color(), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(self.rect().adjusted(4, 4, -5, -5), CORNER - 2, CORNER - 2)

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
        font.setPixelSize(11)
        font.setBold(True)
        painter.setFont(font)
        text = str(self.version.number)
        width = painter.fontMetrics().horizontalAdvance(text) + 8
        badge = QRect(self.width() - width - 3, self.height() - 18, width, 15)
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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The lines; the nodes paint themselves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.5))
        for number, node in self.nodes.items():
            parent = self.places.get(node.version.parent) if node.version.parent is not None else None
            if parent is not None:
                painter.drawPath(_line(parent, self.places[number]))


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
            node.move(_corner(places[version.number]))
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
            (abs(place.column - here.column) + (4 * abs(place.lane - here.lane) if right else 0), other)
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
            self.ensureWidgetVisible(self.nodes[self._current], STEP, 0)

    def _fit(self) -> None:
        places = self._tree.places.values()
        lanes = max((place.lane for place in places), default=0) + 1
        columns = max((place.column for place in places), default=0) + 1
        self._tree.setFixedSize(columns * STEP - (STEP - SIDE) + 2 * MARGIN, lanes * STEP - (STEP - SIDE) + 2 * MARGIN)
        shown = min(lanes, MAX_LANES)
        is_high = lanes > MAX_LANES
        always_off, as_needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(as_needed if is_high else always_off)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(shown * STEP - (STEP - SIDE) + 2 * MARGIN + (bar if self._is_wide() else 0))
        self._tree.update()

    def _is_wide(self) -> bool:
        return self._tree.width() > self.width() > SMALL_GAP


def _corner(place: Place) -> QPoint:
    return QPoint(MARGIN + place.column * STEP, MARGIN + place.lane * STEP)


def _line(parent: Place, child: Place) -> QPainterPath:
    """From a parent to its child: straight in one lane, else along the child's lane after a round corner."""
    begin = _corner(parent) + QPoint(SIDE // 2, SIDE // 2)
    end = _corner(child) + QPoint(0, SIDE // 2)
    path = QPainterPath(begin)
    if parent.lane != child.lane:
        turn = 10 if end.y() > begin.y() else -10
        path.lineTo(begin.x(), end.y() - turn)
        path.quadTo(begin.x(), end.y(), begin.x() + 10, end.y())
    path.lineTo(end)
    return path
