"""An attached picture as it is seen: the chip above the text box before it is sent, the card in the timeline after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sfumato.errors import SfumatoError
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP, SMALL_GAP

if TYPE_CHECKING:
    from sfumato.attachment import AttachedPicture
    from sfumato.engine import Pixels
    from sfumato.other_metadata import PictureMetadata
    from sfumato.recipe_file import SharedRecipe

CHIP_SIDE = 56
CARD_SIDE = 168


class Thumbnail(QWidget):
    """A small picture with round corners, whole, in its proportions."""

    def __init__(self, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side
        self._pixmap = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_pixels(self, pixels: Pixels) -> None:
        """Show a picture's pixels."""
        size = QSize(pixels.width, pixels.height)
        self.show_image(QImage(pixels.bgrx, size.width(), size.height(), size.width() * 4, QImage.Format.Format_RGB32))

    def show_image(self, image: QImage) -> None:
        """Show a picture, scaled to fit; nothing of the one given is kept."""
        ratio = self.devicePixelRatioF()
        fitted = QSize(image.size()).scaled(self._side, self._side, Qt.AspectRatioMode.KeepAspectRatio)
        fitted = fitted.boundedTo(image.size()).expandedTo(QSize(16, 16))
        smooth = Qt.TransformationMode.SmoothTransformation
        self._pixmap = QPixmap.fromImage(image.scaled(fitted * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        self._pixmap.setDevicePixelRatio(ratio)
        self.setFixedSize(fitted)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._pixmap)
        painter.drawRoundedRect(self.rect(), SMALL_GAP, SMALL_GAP)


class Elided(QLabel):
    """One line of plain text that is shortened in its middle where there is no room."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def show_text(self, text: str) -> None:
        """Show a text, and tell all of it to a screen reader."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def _fit(self) -> None:
        fitted = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        self.setText(fitted)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Shorten again."""
        super().resizeEvent(event)
        self._fit()


class AttachmentChip(QFrame):
    """The picture or shared recipe that goes with the next message, with what it offers; or in one line why it cannot.

    `recipe_wanted` carries whether its prompt and seed are wanted; `changed` says that something else is attached now.
    """

    changed = Signal()
    removed = Signal()
    recipe_wanted = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.attached: AttachedPicture | SharedRecipe | None = None
        self.is_reading = False
        self.thumbnail = Thumbnail(CHIP_SIDE, self)
        self.name = Elided("chip-name", self)
        self.told = plain_label("", "quiet", self)
        self.trouble = plain_label("", "warning", self)
        self.recipe = QPushButton(self)
        self.recipe.setCheckable(True)
        self.recipe.toggled.connect(self.recipe_wanted)
        self.remove = QPushButton(self.tr("Remove"), self)
        self.remove.setAccessibleName(self.tr("Remove what is attached"))
        self.remove.clicked.connect(self.removed)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.name)
        column.addWidget(self.trouble)
        column.addWidget(self.told)
        column.addSpacing(2)
        column.addWidget(self.recipe, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(SMALL_GAP, SMALL_GAP, SMALL_GAP, SMALL_GAP)
        row.setSpacing(GAP)
        row.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def uses_recipe(self) -> bool:
        """True while its prompt and seed are wanted."""
        return self.attached is not None and self.recipe.isChecked()

    def show_reading(self, name: str) -> None:
        """A picture is being read."""
        self._show(None, name, self.tr("Reading the picture…"))
        self.is_reading = True
        self.changed.emit()

    def show_attached(self, attached: AttachedPicture) -> None:
        """A picture that was read."""
        metadata = attached.metadata
        told = [self.tr("{0} × {1} pixels").format(*attached.size)]
        if metadata.software:
            told.append(self.tr("made with {0}").format(metadata.software))
        lines = (" · ".join(told), self._lora_line(metadata), " ".join(metadata.notes))
        self._show(attached, attached.name, "\n".join(filter(None, lines)))
        self.thumbnail.show_pixels(attached.pixels)
        self.thumbnail.setAccessibleName(self.tr("Attached picture {0}").format(attached.name))
        self.thumbnail.show()
        has_seed = metadata.seed is not None
        self.recipe.setText(self.tr("Use its prompt and seed") if has_seed else self.tr("Use its prompt"))
        self.recipe.setVisible(attached.offers_prompt)

    def show_recipe(self, shared: SharedRecipe) -> None:
        """A recipe that was read: it came to be used, so it is."""
        recipe, settings = shared.recipe, shared.recipe.settings
        told = self.tr("A recipe: {0} × {1} pixels, {2} steps, seed {3}, model {4}").format(
            settings.width, settings.height, settings.steps, recipe.seed, settings.model_id
        )
        self._show(shared, shared.name, "\n".join(filter(None, (told, self._lora_line(shared.metadata)))))
        self.recipe.setText(self.tr("Use its prompt and seed"))
        self.recipe.setChecked(True)
        self.recipe.show()

    def show_trouble(self, error: SfumatoError) -> None:
        """It cannot be attached, and why."""
        self._show(None, "", error.hint, error.message)

    def clear(self) -> None:
        """Nothing is attached."""
        self._show(None, "", "")
        self.hide()

    def _lora_line(self, metadata: PictureMetadata) -> str:
        return self.tr("LoRA: {0}").format(metadata.lora_words) if metadata.loras else ""

    def _show(self, attached: AttachedPicture | SharedRecipe | None, name: str, told: str, trouble: str = "") -> None:
        self.attached = attached
        self.is_reading = False
        self.recipe.blockSignals(True)
        self.recipe.setChecked(False)
        self.recipe.blockSignals(False)
        self.recipe.hide()
        self.thumbnail.hide()
        self.name.show_text(name)
        self.name.setVisible(bool(name))
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.told.setText(told)
        self.told.setVisible(bool(told))
        self.show()
        self.changed.emit()


class AttachedCard(QWidget):
    """A picture the person brought along, at the right, as it stands in the conversation."""

    def __init__(self, image: QImage | Pixels, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.thumbnail = Thumbnail(CARD_SIDE, self)
        shown = name or self.tr("Attached picture")
        self.caption = plain_label(shown, "quiet", self)
        self.caption.setWordWrap(False)
        self.caption.setAccessibleName(shown)
        self.caption.setText(self.caption.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, 2 * CARD_SIDE))
        if not isinstance(image, QImage):
            self.thumbnail.show_pixels(image)
        elif not image.isNull():
            self.thumbnail.show_image(image)
        else:
            self.thumbnail.hide()
            self.caption.setText(
                self.tr("The file of the attached picture {0} is gone.").format(name).replace("  ", " ")
            )
        self.thumbnail.setAccessibleName(self.tr("You attached {0}").format(shown))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SMALL_GAP, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.caption, 0, Qt.AlignmentFlag.AlignRight)
