"""Draws the icon in all sizes and in the formats of Windows and macOS. Run by the bundle's Python: `icons.py SVG FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


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
    Image.open(folder / "256.png").save(
        folder / "sfumato.ico", sizes=[(size, size) for size in (16, 24, 32, 48, 64, 256)]
    )
    Image.open(folder / "1024.png").save(folder / "sfumato.icns")
    del app


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
