"""A picture as it emerges from noise and afterwards, with its seed and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sfumato.conversation import Version
from sfumato_desktop.cards import plain_label
from sfumato_desktop.seed_controls import SeedBox
from sfumato_desktop.theme import RADIUS, SMALL_GAP

SCALE = 1.5  # small models' pictures are shown larger than they are
LARGEST = 560  # pixels


class PictureView(QWidget):
    """A picture with round corners; keeps the bytes alive that the image reads."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._size = QSize(384, 384)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def expect(self, width: int, height: int) -> None:
        """Take the room a picture of this many pixels will need, so that nothing jumps when it comes."""
        scale = min(SCALE if max(width, height) <= 384 else 1.0, LARGEST / max(width, height, 1))
        self._size = QSize(round(width * scale), round(height * scale))
        self.setFixedSize(self._size)

    def show_pixels(self, bgrx: bytes, width: int, height: int) -> None:
        """Show `width * height * 4` bytes in the order B, G, R, unused."""
        image = QImage(bgrx, width, height, width * 4, QImage.Format.Format_RGB32)
        ratio = self.devicePixelRatioF()
        size = QSize(round(self._size.width() * ratio), round(self._size.height() * ratio))
        smooth = Qt.TransformationMode.SmoothTransformation
        self._pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        self._pixmap.setDevicePixelRatio(ratio)
        self.update()

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
            painter.setBrush(self._pixmap)
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)


class PictureCard(QWidget):
    """A picture while it is painted and afterwards, with its seed and what can be done with it."""

    seed_kept = Signal(object)  # a seed has up to 64 bits, more than a signal's int
    seed_chosen = Signal(int, object)
    seed_refused = Signal(str)
    again = Signal(int)
    continued = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.version: Version | None = None
        self.view = PictureView(self)
        self.progress = plain_label("", "quiet", self)
        self.bar = QWidget(self)
        self.details = plain_label("", "quiet", self)
        self.details.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL_GAP)
        for widget in (self.view, self.progress, self.bar, self.details):
            layout.addWidget(widget)
        self.bar.hide()

    def expect(self, width: int, height: int) -> None:
        """Before the first step."""
        self.view.expect(width, height)
        self.progress.setText(self.tr("Getting ready…"))

    def show_step(self, step: int, steps: int) -> None:
        """How far it is."""
        self.progress.setText(self.tr("Step {0} of {1}").format(step, steps))

    def show_unfinished(self) -> None:
        """It was stopped: what is shown stays and says so."""
        self.progress.setText(self.tr("Stopped: this picture is unfinished."))

    def show_version(self, version: Version) -> None:
        """It is painted: the seed, and what can be done."""
        self.version = version
        recipe, number = version.recipe, version.number
        self.view.setAccessibleName(self.tr("Picture {0}: {1}").format(number, recipe.compiled.positive))
        self.progress.hide()
        if self.bar.layout() is not None:
            return
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL_GAP)
        row.addWidget(plain_label(self.tr("Picture {0}").format(number), "quiet", self.bar))
        if version.is_attached:
            self._show_attached(row, number)
            return
        self.seed = SeedBox(number, recipe.seed, self.bar)
        self.seed.chosen.connect(lambda seed: self.seed_chosen.emit(number, seed))
        self.seed.refused.connect(self.seed_refused)
        keep = self._button(self.tr("Keep seed"), self.tr("Paint the next picture from this seed"))
        keep.clicked.connect(lambda: self.seed_kept.emit(recipe.seed))
        again = self._button(self.tr("New seed"), self.tr("Paint the same prompt again from a new seed"))
        again.clicked.connect(lambda: self.again.emit(number))
        go_on = self._button(self.tr("Go on from here"), self.tr("The next message changes this picture"))
        go_on.clicked.connect(lambda: self.continued.emit(number))
        sent = self._button(self.tr("Sent"), self.tr("What was sent to the model"))
        sent.setCheckable(True)
        sent.toggled.connect(self._toggle_details)
        for button in (self.seed, keep, again, go_on, sent):
            row.addWidget(button)
        row.addStretch(1)
        self.bar.show()

    def _show_attached(self, row: QHBoxLayout, number: int) -> None:
        """A picture that was brought along has no seed, and nothing was sent for it."""
        self.view.setAccessibleName(self.tr("Picture {0}, attached").format(number))
        row.addWidget(plain_label(self.tr("attached"), "quiet", self.bar))
        go_on = self._button(self.tr("Go on from here"), self.tr("The next message changes this picture"))
        go_on.clicked.connect(lambda: self.continued.emit(number))
        row.addWidget(go_on)
        row.addStretch(1)
        self.bar.show()

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
            self.details.setText("\n".join(lines))
        self.details.setVisible(is_shown)
