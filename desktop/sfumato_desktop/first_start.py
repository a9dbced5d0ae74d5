"""What is looked at before the window opens: that the app is whole, that there is a screen, that its folders can be used.

Each check costs a few milliseconds and raises an `SfumatoError` that says what to do; Qt itself would end the process
with a message for programmers, or the window would open and nothing in it work.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from sfumato.errors import SfumatoError
from sfumato.paths import Paths, ensure_folder

IS_MACOS = sys.platform == "darwin"
MANIFEST = "Resources/sfumato-files.txt" if IS_MACOS else "_internal/sfumato-files.txt"
ROOM_BYTES = 50 * 2**20
INSTALL_AGAIN = "Install Sfumato again."
# What numpy and torch are built for; processors have had these since 2009.
NEEDED_OF_PROCESSOR = frozenset({"sse4_1", "sse4_2", "ssse3", "popcnt", "cx16"})
FONTS_HINT = "Install fonts-dejavu-core, or another package of fonts, and start again."
# Debian's packages for what the bundle takes from the system, where its name does not tell.
PACKAGES = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libfontconfig.so.1": "libfontconfig1"}


def check_program() -> None:
    """Look at the processor and, when frozen, at the files. Raises SfumatoError."""
    check_processor()
    if getattr(sys, "frozen", False):
        check_whole(Path(sys.executable).parents[1 if IS_MACOS else 0])


def check_processor(cpu_info: Path = Path("/proc/cpuinfo")) -> None:
    """Raise SfumatoError on a processor on which the engines would end with an illegal instruction (Linux, x86)."""
    try:
        text = cpu_info.read_text(errors="replace")
    except OSError:
        return
    flags = next((set(line.split()) for line in text.splitlines() if line.startswith("flags")), None)
    lacking = NEEDED_OF_PROCESSOR - flags if flags is not None else frozenset()
    if lacking:
        raise SfumatoError(
            "This processor is too old for Sfumato.",
            f"It needs one with SSE4.2, from about 2009 (lacking: {', '.join(sorted(lacking))}).",
        )


def check_whole(folder: Path) -> None:
    """Compare the installed files with the list that was made when they were packed. Raises SfumatoError."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SfumatoError("Sfumato is not whole: the list of its files is missing.", INSTALL_AGAIN) from error
    for line in lines:
        size, _, name = line.partition(" ")
        try:
            found = (folder / name).stat().st_size
        except OSError:
            raise SfumatoError(f"Sfumato is not whole: {folder / name} is missing.", INSTALL_AGAIN) from None
        if str(found) != size:
            raise SfumatoError(f"Sfumato is not whole: {folder / name} is cut short or changed.", INSTALL_AGAIN)


def check_screen(environ: Mapping[str, str] = os.environ) -> None:
    """Raise SfumatoError where no window can be shown: no display, or a library that Qt needs is missing (Linux)."""
    if not sys.platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return
    if not (environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY")):
        raise SfumatoError(
            "There is no screen to open a window on.", "Start it in a desktop session, or use “sfumato draw TEXT”."
        )
    import_qt()
    if not (_answers_wayland(environ) or _answers_x11(environ.get("DISPLAY", ""))):
        display = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
        raise SfumatoError(
            f"The screen {display} does not answer.", "Start Sfumato in a desktop session of the same person."
        )


def import_qt() -> None:
    """Load Qt and the library it shows windows with. Raises SfumatoError naming what the system lacks."""
    try:
        import PySide6.QtWidgets

        plugins = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
        if os.environ.get("DISPLAY"):
            ctypes.CDLL(str(plugins / "libqxcb.so"))
    except (ImportError, OSError) as error:
        check_program()
        library = str(error).partition(":")[0]
        package = PACKAGES.get(library, library)
        raise SfumatoError(
            f"Sfumato cannot open a window: {library} is missing.", f"Install {package} and start again.", str(error)
        ) from error


def check_places(paths: Paths) -> None:
    """Raise SfumatoError if nothing can be kept: folders that cannot be written to, or a full disk."""
    for folder in (paths.data, paths.pictures, paths.logs):
        ensure_folder(folder)
        if shutil.disk_usage(folder).free < ROOM_BYTES:
            raise SfumatoError(
                "The disk is full: nothing that is painted could be kept.", f"Free some space on the disk of {folder}."
            )


def check_fonts() -> None:
    """Raise SfumatoError if the system has no font at all: every letter would be an empty box. Needs the application."""
    from PySide6.QtGui import QFont, QRawFont

    if not QRawFont.fromFont(
        QFont()
    ).familyName():  # Qt has names such as “Sans Serif” even where nothing is behind them
        raise SfumatoError("This system has no fonts to write with.", FONTS_HINT)


def _answers_x11(display: str) -> bool:
    """True if an X server takes a connection; what cannot be tried here (another machine's) is left to Qt."""
    host, _, rest = display.rpartition(":")
    if not display or (host and host != "unix"):
        return bool(display)
    number = rest.partition(".")[0]
    return _answers(f"/tmp/.X11-unix/X{number}") or _answers(f"\0/tmp/.X11-unix/X{number}")


def _answers_wayland(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and _answers(os.path.join(environ.get("XDG_RUNTIME_DIR", ""), name))


def _answers(address: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as screen:
        try:
            screen.connect(address)
        except OSError:
            return False
        return True
