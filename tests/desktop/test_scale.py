"""At twice the size everything that is drawn from pixels has twice the pixels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from sfumato_desktop.attachment_chip import Thumbnail
from sfumato_desktop.picture_card import PictureView
from sfumato_desktop.version_strip import SIDE
from sfumato_desktop.window import Window
from sfumato.conversation import Version
from tests.fakes import recipe
from PySide6.QtGui import QImage

app = QApplication([])
window = Window()
window.show()
file = Path(sys.argv[1])
versions = [Version(1, None, recipe(1), file.name), Version(2, 1, recipe(2), file.name)]
window.versions.begin(lambda version: file)
window.versions.show_versions(versions, 2, ())
strip = window.versions.strip.nodes[1].thumbnail
view = PictureView(window)
assert view.show_file(str(file))
chip = Thumbnail(56, window)
chip.show_image(QImage(str(file)))
for pixmap, side in ((strip, SIDE), (view._pixmap, 384), (chip._pixmap, 56)):
    print(pixmap.devicePixelRatio(), pixmap.width() // side)
"""


def test_pictures_and_thumbnails_are_sharp_at_twice_the_size(tmp_path: Path) -> None:
    Image.effect_noise((256, 256), 90).convert("RGB").save(tmp_path / "x.png")
    root = str(Path(__file__).parents[2])
    environment = os.environ | {
        "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join([root, *sys.path]),
    }  # fmt: skip
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "x.png")]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=root)
    assert told.stdout.split("\n")[:3] == ["2.0 2"] * 3
