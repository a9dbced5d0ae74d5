"""A picture as it emerges from noise and afterwards, with its seed and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QBrush,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from sfumato.conversation import Version
from sfumato.lora import lora_words
from sfumato_desktop.cards import plain_label
from sfumato_desktop.flow import FlowLayout
from sfumato_desktop.seed_controls import SeedBox
from sfumato_desktop.theme import RADIUS, SMALL_GAP
from sfumato_desktop.time_left import TimeLeft

SCALE = 1.5  # small models' pictures are shown larger than they are
LARGEST = 560  # pixels
NARROWEST = 160  # pixels


class PictureView(QWidget):
    """A picture with round corners; keeps the bytes alive that the image reads.

    Once `can_enlarge` is set, a click, Enter or Space emits `clicked`.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._size = QSize(384, 384)
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def expect(self, width: int, height: int) -> None:
        """Take the room a picture of this many pixels will need, so that nothing jumps when it comes."""
        scale = min(SCALE if max(width, height) <= 384 else 1.0, LARGEST / max(width, height, 1))
        self._size = QSize(round(width * scale), round(height * scale))
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as it is shown where there is room."""
        return self._size

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """In a narrow column it is shown smaller."""
        return QSize(min(NARROWEST, self._size.width()), 0)

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The picture keeps its shape."""
        return round(min(width, self._size.width()) * self._size.height() / self._size.width())

    def show_pixels(self, bgrx: bytes, width: int, height: int) -> None:
        """Show `width * height * 4` bytes in the order B, G, R, unused."""
        image = QImage(bgrx, width, height, width * 4, QImage.Format.Format_RGB32)
        ratio = self.devicePixelRatioF()
        size = QSize(round(self._size.width() * ratio), round(self._size.height() * ratio))
        smooth = Qt.TransformationMode.SmoothTransformation
        self._pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        self._pixmap.setDevicePixelRatio(ratio)
        self.update()

    def set_can_enlarge(self) -> None:
        """It is finished: it can be opened with the mouse and by key."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Open it large"))

    def thumbnail(self, side: int) -> QPixmap:
        """The middle of the picture as a square of `side` pixels on the screen; null before anything is shown."""
        if self._pixmap.isNull():
            return QPixmap()
        ratio = self.devicePixelRatioF()
        return square_thumbnail(self._pixmap, round(side * ratio), ratio)

    @property
    def has_picture(self) -> bool:
        """True once anything is shown."""
        return not self._pixmap.isNull()

    def show_file(self, file: str) -> bool:
        """Show a picture file; False if it cannot be read."""
        image = QImage(file)
        if image.isNull():
            return False
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        self.expect(image.width(), image.height())
        self.show_pixels(bytes(image.constBits()), image.width(), image.height())
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, or the place it will have."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._pixmap.isNull():
            painter.setBrush(self.palette().alternateBase())
        else:
            scale = self.width() / self._size.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            brush = QBrush(self._pixmap)
            brush.setTransform(QTransform.fromScale(scale, scale))
            painter.setBrush(brush)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click opens it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._click()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter or Space opens it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def _click(self) -> None:
        if self.focusPolicy() != Qt.FocusPolicy.NoFocus:
            self.clicked.emit()


def square_thumbnail(pixmap: QPixmap, side: int, ratio: float = 1.0) -> QPixmap:
    """The middle of a picture as a square of `side` pixels, for a screen of that pixel ratio."""
    wide = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = pixmap.scaled(side, side, wide, Qt.TransformationMode.SmoothTransformation)
    square = scaled.copy((scaled.width() - side) // 2, (scaled.height() - side) // 2, side, side)
    square.setDevicePixelRatio(ratio)
    return square


class PictureCard(QWidget):
    """A picture while it is painted and afterwards. All signals carry the number of its version, or its seed."""

    seed_kept = Signal(object)  # a seed has up to 64 bits, more than a signal's int
    seed_chosen = Signal(int, object)
    seed_refused = Signal(str)
    again = Signal(int)
    continued = Signal(int)
    enlarged = Signal(int)
    compare_wanted = Signal(int)
    area_wanted = Signal(int)
    save_wanted = Signal(int)
    recipe_wanted = Signal(int)
    copy_wanted = Signal(int)
    delete_wanted = Signal(int)
    restore_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.version: Version | None = None
        self.view = PictureView(self)
        self.progress = plain_label("", "quiet", self)
        self.bar = QWidget(self)
        self.details = plain_label("", "quiet", self)
        self.details.hide()
        self._deleted: QWidget | None = None
        self._left = TimeLeft()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SMALL_GAP)
        for widget in (self.view, self.progress, self.bar, self.details):
            self._column.addWidget(widget)
        self.bar.hide()

    def expect(self, width: int, height: int) -> None:
        """Before the first step."""
        self.view.expect(width, height)
        self.progress.setText(self.tr("Getting ready…"))

    def show_step(self, step: int, steps: int) -> None:
        """How far it is, and how long the rest takes."""
        text = self.tr("Step {0} of {1}").format(step, steps)
        if left := self._left.after(step, steps):
            text = self.tr("{0} · about {1} left").format(text, left)
        self.progress.setText(text)

    def show_unfinished(self) -> None:
        """It was stopped: what is shown stays and says so."""
        self.progress.setText(self.tr("Stopped: this picture is unfinished."))

    def show_version(self, version: Version) -> None:
        """It is painted: the seed, and what can be done."""
        self.version = version
        self.view.setAccessibleName(
            self.tr("Picture {0}: {1}").format(version.number, version.recipe.compiled.positive)
        )
        self.progress.hide()
        if self.bar.layout() is None:
            self.view.set_can_enlarge()
            self.view.clicked.connect(lambda: self.enlarged.emit(version.number))
            self._fill_bar(version)
        if version.is_deleted or self._deleted is not None:
            self.show_deleted(version.is_deleted, can_restore=bool(version.file))
        self.bar.setVisible(not version.is_deleted)

    def show_current(self, is_current: bool) -> None:
        """Whether the next message changes this picture."""
        if self.version is None or self.bar.layout() is None:
            return
        self._name.setText(
            self.tr("Picture {0} · current").format(self.version.number)
            if is_current
            else self.tr("Picture {0}").format(self.version.number)
        )
        if self._name.objectName() != (name := "changed" if is_current else "quiet"):
            self._name.setObjectName(name)
            self._name.style().polish(self._name)
        self._go_on.setVisible(not is_current)

    def show_deleted(self, is_deleted: bool, can_restore: bool = True) -> None:
        """Put a line in the place of a picture that is in the bin (or gone), or show the picture again."""
        if self._deleted is not None:
            self._deleted.deleteLater()
            self._deleted = None
        for widget in (self.view, self.bar):
            widget.setVisible(not is_deleted)
        self._sent.setChecked(False)
        if is_deleted:
            self._deleted = self._deleted_line(can_restore)
            self._column.addWidget(self._deleted)

    def _deleted_line(self, can_restore: bool) -> QWidget:
        number = self.version.number if self.version else 0
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        text = self.tr("Picture {0} is in the bin.") if can_restore else self.tr("Picture {0} was deleted.")
        label = plain_label(text.format(number), "note", line)
        label.setWordWrap(False)
        row.addWidget(label)
        restore = QPushButton(self.tr("Restore"), line)
        restore.setAccessibleName(self.tr("Restore picture {0}").format(number))
        restore.clicked.connect(lambda: self.restore_wanted.emit(number))
        restore.setVisible(can_restore)
        row.addWidget(restore)
        row.addStretch(1)
        return line

    def _fill_bar(self, version: Version) -> None:
        number = version.number
        row = FlowLayout(self.bar, SMALL_GAP)
        self._name = QLabel(self.tr("Picture {0}").format(number), self.bar)
        self._name.setObjectName("quiet")
        row.addWidget(self._name)
        if version.is_attached:  # it has no seed, and nothing was sent for it
            self.view.setAccessibleName(self.tr("Picture {0}, attached").format(number))
            row.addWidget(plain_label(self.tr("attached"), "quiet", self.bar))
        else:
            self.seed = SeedBox(number, version.recipe.seed, self.bar)
            self.seed.chosen.connect(lambda seed: self.seed_chosen.emit(number, seed))
            self.seed.refused.connect(self.seed_refused)
            again = self._button(self.tr("New seed"), self.tr("Paint the same prompt again from a new seed"))
            again.setAccessibleName(self.tr("Paint picture {0} again from a new seed").format(number))
            again.clicked.connect(lambda: self.again.emit(number))
            row.addWidget(self.seed)
            row.addWidget(again)
        self._go_on = self._button(self.tr("Go on from here"), self.tr("The next message changes this picture"))
        self._go_on.setAccessibleName(self.tr("Go on from picture {0}").format(number))
        self._go_on.clicked.connect(lambda: self.continued.emit(number))
        row.addWidget(self._go_on)
        row.addWidget(self._more(number, version.seed))

    def _more(self, number: int, seed: int | None) -> QToolButton:
        """The button of everything that is wished for less often."""
        more = QToolButton(self.bar)
        more.setObjectName("more")
        more.setText("…")
        more.setToolTip(self.tr("More"))
        more.setAccessibleName(self.tr("More for picture {0}").format(number))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(more)
        if seed is not None:
            self.menu.addAction(self.tr("Paint the next picture from this seed"), lambda: self.seed_kept.emit(seed))
        self.menu.addAction(self.tr("Compare with…"), lambda: self.compare_wanted.emit(number))
        self.menu.addAction(self.tr("Change an area…"), lambda: self.area_wanted.emit(number))
        self.menu.addAction(self.tr("Open large"), lambda: self.enlarged.emit(number))
        self._sent: QAction = self.menu.addAction(self.tr("Show what was sent to the model"))
        self._sent.setCheckable(True)
        self._sent.toggled.connect(self._toggle_details)
        self._sent.setVisible(seed is not None)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Save picture…"), lambda: self.save_wanted.emit(number))
        if seed is not None:
            self.menu.addAction(self.tr("Share recipe…"), lambda: self.recipe_wanted.emit(number))
        self.menu.addAction(self.tr("Copy picture"), lambda: self.copy_wanted.emit(number))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Delete picture"), lambda: self.delete_wanted.emit(number))
        more.setMenu(self.menu)
        return more

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self.bar)
        button.setToolTip(tip)
        return button

    def _toggle_details(self, is_shown: bool) -> None:
        if self.version:
            recipe, settings = self.version.recipe, self.version.recipe.settings
            lines = [
                self.tr("Prompt: {0}").format(recipe.compiled.positive),
                self.tr("Negative prompt: {0}").format(recipe.compiled.negative or "–")
                + (
                    self.tr(" (the model's own: {0})").format(", ".join(recipe.compiled.defaults))
                    if recipe.compiled.defaults
                    else ""
                ),
                self.tr("{0}×{1} pixels, {2} steps, guidance {3:g}, {4}").format(
                    settings.width, settings.height, settings.steps, settings.guidance_scale, settings.scheduler
                ),
                self.tr("Model {0}, {1}").format(settings.model_id, recipe.route)
                + (self.tr(", strength {0:g}").format(settings.strength) if settings.strength is not None else ""),
            ]
            if recipe.loras:
                lines.append(self.tr("LoRA: {0}").format(lora_words(recipe.loras)))
            lines += [
                self.tr("Then an area: {0} (seed {1})").format(area.compiled.positive, area.seed)
                for area in recipe.then
            ]
            self.details.setText("\n".join(lines))
        self.details.setVisible(is_shown)
