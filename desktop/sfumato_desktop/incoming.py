"""Pictures and models on their way in: what a drop or the clipboard holds, and reading pictures beside the window's thread.

Nothing is fetched: an address of the web is refused, never opened.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from sfumato.errors import SfumatoError

if TYPE_CHECKING:
    from sfumato.attachment import AttachedPicture
    from sfumato.engine import Pixels
    from sfumato.recipe_file import SharedRecipe

log = logging.getLogger(__name__)
Incoming: TypeAlias = "AttachedPicture | SharedRecipe | SfumatoError"
_MODEL_FILES = frozenset({".safetensors", ".gguf", ".toml"})


@dataclass(frozen=True, slots=True)
class IncomingPicture:
    """A file (of a picture or a shared recipe), or a picture without one; `left_out` counts the other files of the same drop."""

    file: Path | None = None
    image: QImage | None = None
    left_out: int = 0


def incoming_picture(mime: QMimeData) -> IncomingPicture | None:
    """What of a drop or a clipboard could be a picture; None if it is text, or nothing that is known.

    Files come first, then text (spreadsheets bring a picture of their text along), then pictures without a file.
    """
    urls, has_text = mime.urls(), mime.hasFormat("text/plain")  # `hasText` is true of files too
    files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    if files:
        return IncomingPicture(files[0], left_out=len(urls) - 1)
    image = mime.imageData() if mime.hasImage() and not has_text else None
    if isinstance(image, QImage) and not image.isNull():
        return IncomingPicture(image=image)
    return IncomingPicture() if urls and not has_text else None


def incoming_models(mime: QMimeData) -> tuple[Path, ...]:
    """The folders and model files among what was dropped."""
    files = (Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
    from sfumato_models.file_headers import PICKLES  # they are refused with a reason; not needed for the first paint

    taken = _MODEL_FILES | PICKLES
    return tuple(file for file in files if file.suffix.casefold() in taken or file.is_dir())


class PictureReader(QObject):
    """Reads what comes in, in a thread of its own; only the last one asked for is told of."""

    is_read = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked = 0
        self._thread: threading.Thread | None = None
        self._told: Callable[[Incoming], None] | None = None
        self.is_read.connect(self._tell)

    def read(self, incoming: IncomingPicture, told: Callable[[Incoming], None]) -> None:
        """Read a picture or a shared recipe; `told` is called in the window's thread with it, or with what is wrong with it."""
        self._asked += 1
        self._told = told
        number = self._asked
        self._thread = threading.Thread(target=lambda: self.is_read.emit(number, _read(incoming)), name="attach")
        self._thread.start()

    def forget(self) -> None:
        """What is being read is not wanted any more."""
        self._asked += 1

    def close(self) -> None:
        """Wait for what is being read: bounded, since what may be read is."""
        self.forget()
        if self._thread:
            self._thread.join()

    def _tell(self, number: int, found: Incoming) -> None:
        if number == self._asked and self._told:
            self._told(found)


def _read(incoming: IncomingPicture) -> Incoming:
    from sfumato.attachment import (  # with Pillow, which the first paint does not wait for
        attach_pixels,
        read_attachment,
    )
    from sfumato.recipe_file import is_recipe_file, read_recipe_file

    try:
        if incoming.file is not None and is_recipe_file(incoming.file):
            return read_recipe_file(incoming.file)
        if incoming.file is not None:
            return read_attachment(incoming.file)
        if incoming.image is not None:
            return attach_pixels(QCoreApplication.translate("incoming", "pasted picture"), _pixels(incoming.image))
    except SfumatoError as error:
        log.warning("attaching: %s | %s", error, error.detail)
        return error
    return SfumatoError(
        QCoreApplication.translate("incoming", "Sfumato opens no addresses of the web."),
        QCoreApplication.translate("incoming", "Save the picture to a file and attach that."),
    )


def _pixels(image: QImage) -> Pixels:
    from sfumato.engine import Pixels
    from sfumato.image_file import MAX_PIXELS

    if image.width() * image.height() > MAX_PIXELS:
        raise SfumatoError(
            QCoreApplication.translate("incoming", "The picture is too big."),
            QCoreApplication.translate("incoming", "Make it smaller and try again."),
        )
    flat = image.convertToFormat(QImage.Format.Format_RGB32)
    return Pixels(flat.width(), flat.height(), bytes(flat.constBits()))
