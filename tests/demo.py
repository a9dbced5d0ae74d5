"""`make demo`: a real conversation through the real window and the real engines, without a screen.

Leaves in build/demo/ a screenshot per turn, the pictures, and the words. Every picture is painted once more from its
file and must come out identical.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FOLDER = Path(__file__).resolve().parent.parent / "build" / "demo"
TURNS = {  # what is said, and how many pictures come of it
    "a red ball in a meadow at golden hour": 1,
    "same but at night": 1,
    "another one": 1,
    "make it a watercolour": 1,
    "why did it change so much?": 0,
    "go back to the first one": 0,
    "put the lighting first": 1,
    "a white lighthouse by the sea in a storm": 1,
    "the second one but in the snow": 1,
    "undo that": 0,
    "no people": 1,
    "three pink rabbits in the snow at noon": 1,
}
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
    painted = 0
    for number, (text, wanted) in enumerate(TURNS.items(), start=1):
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
        files = sorted((FOLDER / "home" / "pictures").rglob("*.png"))
        if len(files) != painted + wanted:
            print(f"“{text}” led to {len(files) - painted} pictures, not {wanted}", file=sys.stderr)
            return 1
        painted = len(files)
    troubles = window.timeline.findChildren(ErrorCard)
    window.close()
    identical = [replayed(file) == "identical" for file in files]
    for file in files:
        shutil.copy(file, FOLDER / f"picture-{file.name}")
    print(f"{painted} pictures, {sum(identical)} painted again identically, {len(troubles)} troubles; look at {FOLDER}")
    return 0 if all(identical) and not troubles else 1


def replayed(file: Path) -> str:
    """What `sfumato replay` says of a picture."""
    from sfumato_desktop.cli import main as command

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        command(["replay", str(file), "--json"])
    return str(json.loads(told.getvalue())["verdict"])


if __name__ == "__main__":
    sys.exit(main())
