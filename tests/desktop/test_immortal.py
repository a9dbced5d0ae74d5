from __future__ import annotations

import subprocess
import sys

CODE = """
from PySide6.QtCore import QObject
from sfumato_desktop.immortal import make_constants_immortal
make_constants_immortal()
thing = QObject()
for _ in range(300_000):
    thing.setObjectName("x")
print("alive")
"""


def test_many_calls_into_qt_do_not_end_the_interpreter() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=100)
    assert done.stdout.strip() == "alive", done.stderr
    assert done.returncode == 0
