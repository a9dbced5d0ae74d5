"""Two pictures against each other: side by side or under a slider, and the words and settings that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from sfumato.comparison import differences
from sfumato.conversation import Version
from sfumato.dialogue import version_words
from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP, SMALL_GAP

POSITIONS = 1000  # steps of the slider
MAX_WORDS_HEIGHT = 190  # pixels; more can be scrolled to


class CompareView(QWidget):
    """Paints two pictures; with the slider the first at its left and the second at its right, in the same place."""

    dragged = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pictures = (QPixmap(), QPixmap())
        self.has_slider = False
        self.position = 0.5
        self.setMinimumSize(360, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pictures(self, first: QPixmap, second: QPixmap) -> None:
        """Show these two."""
        self.pictures = (first, second)
        self.update()

    def set_slider(self, has_slider: bool) -> None:
        """Slider or side by side."""
        self.has_slider = has_slider
        self.setCursor(Qt.CursorShape.SplitHCursor if has_slider else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_position(self, position: float) -> None:
        """Where the slider is, 0 (left) to 1."""
        self.position = min(1.0, max(0.0, position))
        self.update()

    def frames(self) -> tuple[QRectF, QRectF]:
        """Where the two pictures are painted."""
        whole = QRectF(self.rect())
        if self.has_slider:
            return _fit(self.pictures[0].size(), whole), _fit(self.pictures[1].size(), whole)
        half = (whole.width() - GAP) / 2
        left, right = QRectF(whole), QRectF(whole)
        left.setWidth(half)
        right.setLeft(half + GAP)
        return _fit(self.pictures[0].size(), left), _fit(self.pictures[1].size(), right)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Both pictures, and the slider's line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, second = self.frames()
        if not self.has_slider:
            for picture, frame in zip(self.pictures, (first, second), strict=True):
                painter.drawPixmap(frame, picture, QRectF(picture.rect()))
            return
        both = first.united(second)
        x = both.left() + both.width() * self.position
        painter.setClipRect(QRectF(0, 0, x, self.height()))
        painter.drawPixmap(first, self.pictures[0], QRectF(self.pictures[0].rect()))
        painter.setClipRect(QRectF(x, 0, self.width() - x, self.height()))
        painter.drawPixmap(second, self.pictures[1], QRectF(self.pictures[1].rect()))
        painter.setClipping(False)
        self._paint_handle(painter, x, both)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the slider."""
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)

    def _paint_handle(self, painter: QPainter, x: float, both: QRectF) -> None:
        painter.setPen(QPen(self.palette().base().color(), 4))
        painter.drawLine(round(x), round(both.top()), round(x), round(both.bottom()))
        painter.setPen(QPen(self.palette().highlight().color(), 2))
        painter.drawLine(round(x), round(both.top()), round(x), round(both.bottom()))
        painter.setBrush(self.palette().base())
        painter.drawEllipse(QRectF(x - 9, both.center().y() - 9, 18, 18))

    def _drag(self, event: QMouseEvent) -> None:
        if self.has_slider:
            first, second = self.frames()
            both = first.united(second)
            self.dragged.emit((event.position().x() - both.left()) / max(both.width(), 1.0))


class CompareDialog(QDialog):
    """Compare any two versions of a conversation. Esc closes it."""

    def __init__(
        self,
        versions: Sequence[Version],
        first: int,
        second: int,
        picture_file: Callable[[Version], Path],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare two pictures"))
        self.resize(QSize(980, 760).boundedTo(parent.size()))
        self._versions = {version.number: version for version in versions}
        self._picture_file = picture_file
        self.view = CompareView(self)
        self.first = self._choice(self.tr("First picture"), first)
        self.second = self._choice(self.tr("Second picture"), second)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, POSITIONS)
        self.slider.setAccessibleName(self.tr("How much of the first picture is shown"))
        self.slider.valueChanged.connect(lambda value: self.view.set_position(value / POSITIONS))
        self.view.dragged.connect(lambda position: self.slider.setValue(round(position * POSITIONS)))
        self.words = QScrollArea(self)
        self.words.setFrameShape(QFrame.Shape.NoFrame)
        self.words.setWidgetResizable(True)
        self.words.setAccessibleName(self.tr("What differs"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(SMALL_GAP + 2)
        choices = QHBoxLayout()
        choices.setSpacing(GAP)
        for choice in (self.first, self.second):
            choices.addWidget(choice, 1)
        layout.addLayout(choices)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.slider)
        layout.addLayout(self._modes())
        layout.addWidget(self.words)
        self.slider.setValue(POSITIONS // 2)
        self.slider.hide()
        self._show()

    def _choice(self, name: str, number: int) -> QComboBox:
        choice = QComboBox(self)
        choice.setAccessibleName(name)
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for version in self._versions.values():
            words = version_words(version.prompt)
            choice.addItem(self.tr("Picture {0}").format(version.number) + (f": {words}" if words else ""), version)
        choice.setCurrentIndex(list(self._versions).index(number))
        choice.currentIndexChanged.connect(self._show)
        return choice

    def _modes(self) -> QHBoxLayout:
        row = QHBoxLayout()
        group = QButtonGroup(self)
        self.side_by_side = DialogButton(self.tr("Side by side"), self)
        self.wipe = DialogButton(self.tr("Slider"), self)
        row.addStretch(1)
        for button in (self.side_by_side, self.wipe):
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
        swap = DialogButton(self.tr("Swap"), self)
        swap.clicked.connect(self._swap)
        row.addWidget(swap)
        row.addStretch(1)
        self.side_by_side.setChecked(True)
        self.wipe.toggled.connect(self._set_slider)
        return row

    def _set_slider(self, has_slider: bool) -> None:
        self.view.set_slider(has_slider)
        self.slider.setVisible(has_slider)

    def _swap(self) -> None:
        first, second = self.first.currentIndex(), self.second.currentIndex()
        self.first.setCurrentIndex(second)
        self.second.setCurrentIndex(first)

    def _pictures(self) -> dict[str, str]:
        """What the pictures of this conversation are called, by their hashes; of equal ones the first counts."""
        name = self.tr("picture {0}")
        return {v.recipe.sha256_rgb: name.format(v.number) for v in reversed(self._versions.values())}

    def _show(self) -> None:
        first: Version = self.first.currentData()
        second: Version = self.second.currentData()
        self.view.show_pictures(*(QPixmap(str(self._picture_file(version))) for version in (first, second)))
        self.view.setAccessibleName(self.tr("Pictures {0} and {1}").format(first.number, second.number))
        page = QWidget(self.words)
        page.setObjectName("page")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        changes = differences(first.recipe, second.recipe, self._pictures())
        if not changes:
            grid.addWidget(plain_label(self.tr("Words, seed and settings are the same."), "quiet", page), 0, 0, 1, 3)
        for row, change in enumerate(changes):
            heading = plain_label(self.tr(change.field), "field", page)
            heading.setWordWrap(False)
            grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
            for column, text in enumerate((change.before, change.after), start=1):
                value = plain_label(text or "–", "changed" if column == 2 else "value", page)
                value.setAccessibleName(f"{change.field}: {text or '–'}")
                grid.addWidget(value, row, column, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(grid.rowCount(), 1)
        self.words.setWidget(page)
        self.words.setFixedHeight(min(page.sizeHint().height() + SMALL_GAP, MAX_WORDS_HEIGHT))


def _fit(size: QSize, into: QRectF) -> QRectF:
    """The largest frame of a picture's shape in the middle of a place."""
    if size.isEmpty():
        return QRectF(into)
    scale = min(into.width() / size.width(), into.height() / size.height())
    frame = QRectF(0, 0, size.width() * scale, size.height() * scale)
    frame.moveCenter(into.center())
    return frame
