"""Draws the icon in all sizes and in the formats of Windows and macOS. Run by the bundle's Python: `icons.py SVG FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)
MACOS_SIZES = (16, 32, 64, 128, 256, 512)


def main(drawing: str, folder: Path) -> None:
    """Write `SIZE.png`, `sfumato.ico` and `sfumato.icns`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for size in (*SIZES, 1024):
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(drawing).render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    drawn = {
        size: Image.open(folder / f"{size}.png") for size in (*SIZES, 1024)
    }  # each size as it was drawn, none scaled
    small = [drawn[size] for size in WINDOWS_SIZES]
    small[-1].save(folder / "sfumato.ico", sizes=[image.size for image in small], append_images=small[:-1])
    drawn[1024].save(folder / "sfumato.icns", append_images=[drawn[size] for size in MACOS_SIZES])
    del app


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
