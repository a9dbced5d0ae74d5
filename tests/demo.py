"""`make demo`: a real conversation through the real window and the real engines, without a screen.

Leaves in build/demo/ a screenshot per turn, the pictures, and the words.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FOLDER = Path(__file__).resolve().parent.parent / "build" / "demo"
TURNS = (
    "a red ball in a meadow at golden hour",
    "same but at night",
    "another one",
    "make it a watercolour",
    "what is a seed?",
    "a white lighthouse by the sea in a storm",
    "three pink rabbits in the snow at noon",
)
PATIENCE_S = 120


def main() -> int:
    """Play it; 1 if a turn did not end as it should."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ["SFUMATO_HOME"] = str(FOLDER / "home")
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from sfumato.paths import find_paths
    from sfumato_desktop.app import make_app, start
    from sfumato_desktop.cards import ErrorCard
    from sfumato_desktop.picture_card import PictureCard
    from sfumato_desktop.window import Window

    make_app()
    window = Window()
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.grab().save(str(FOLDER / "0-start.png"))
    start(window, find_paths())
    QTest.qWait(1000)
    for number, text in enumerate(TURNS, start=1):
        QTest.keyClicks(window.composer.box, text)
        QTest.keyClick(window.composer.box, Qt.Key.Key_Return)
        begin, half_way = time.monotonic(), False
        QTest.qWait(50)
        while window.composer.button.text() != "Send":
            cards = window.timeline.findChildren(PictureCard)
            if number == 1 and not half_way and cards and cards[-1].view.has_picture:
                half_way = True
                window.grab().save(str(FOLDER / "1-emerging.png"))
            if time.monotonic() - begin > PATIENCE_S:
                print(f"“{text}” did not end within {PATIENCE_S} s", file=sys.stderr)
                return 1
            QTest.qWait(20)
        QTest.qWait(150)
        window.grab().save(str(FOLDER / f"{number}-{text.replace(' ', '-').rstrip('?')}.png"))
        print(f"{time.monotonic() - begin:5.1f} s  {text}", flush=True)
    troubles = window.timeline.findChildren(ErrorCard)
    pictures = [card for card in window.timeline.findChildren(PictureCard) if card.version]
    for file in sorted((FOLDER / "home" / "pictures").rglob("*.png")):
        shutil.copy(file, FOLDER / f"picture-{file.name}")
    window.close()
    print(f"{len(pictures)} pictures, {len(troubles)} troubles; look at {FOLDER}")
    return 0 if len(pictures) == len(TURNS) - 1 and not troubles else 1


if __name__ == "__main__":
    sys.exit(main())
