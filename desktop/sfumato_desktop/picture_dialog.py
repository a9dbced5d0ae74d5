"""One picture, large. Left and Right show the others, Esc closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QDialog, QSizePolicy, QVBoxLayout, QWidget

from sfumato.conversation import Version
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP, SMALL_GAP


class LargePicture(QWidget):
    """A picture as large as there is room for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pixmap = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Scaled to fit, in the middle."""
        if self.pixmap.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(self.width() / self.pixmap.width(), self.height() / self.pixmap.height())
        frame = QRectF(0, 0, self.pixmap.width() * scale, self.pixmap.height() * scale)
        frame.moveCenter(QRectF(self.rect()).center())
        painter.drawPixmap(frame, self.pixmap, QRectF(self.pixmap.rect()))


class PictureDialog(QDialog):
    """Shows one of the versions of a conversation; a click closes it."""

    def __init__(
        self, versions: Sequence[Version], number: int, picture_file: Callable[[Version], Path], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._versions = list(versions)
        self._index = next(i for i, version in enumerate(versions) if version.number == number)
        self._picture_file = picture_file
        self.picture = LargePicture(self)
        self.caption = plain_label("", "quiet", self)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.caption)
        self.resize(parent.size())
        self._show()

    @property
    def version(self) -> Version:
        """The version that is shown."""
        return self._versions[self._index]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and Right; Esc is QDialog's."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self._index + step < len(self._versions):
            self._index += step
            self._show()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click closes it."""
        self.accept()

    def _show(self) -> None:
        recipe, settings = self.version.recipe, self.version.recipe.settings
        self.picture.pixmap = QPixmap(str(self._picture_file(self.version)))
        name = self.tr("Picture {0}").format(self.version.number)
        self.setWindowTitle(name)
        self.picture.setAccessibleName(f"{name}: {recipe.compiled.positive}")
        gone = self.tr("The file of this picture is gone.")
        size = f"{settings.width}×{settings.height}"
        seed = "" if self.version.seed is None else self.tr("seed {0}").format(self.version.seed)
        told = " · ".join(filter(None, (name, seed, size, recipe.compiled.positive)))
        self.caption.setText(gone if self.picture.pixmap.isNull() else told)
        self.picture.update()
