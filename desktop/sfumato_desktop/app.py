"""The window's composition root: the app, its theme, the window first, and everything else behind it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.paths import Paths, find_paths
from sfumato_desktop.first_start import check_fonts, check_places, check_program
from sfumato_desktop.immortal import make_constants_immortal
from sfumato_desktop.incoming import IncomingPicture
from sfumato_desktop.opened_files import OpenedFiles
from sfumato_desktop.theme import apply_theme
from sfumato_desktop.window import Window

LATEST_START_MS = 1000


def run_window(picture: Path | None = None) -> int:
    """Open the window, with `picture` attached if there is one, and run until it is closed. Returns the exit code.

    Raises:
        SfumatoError: if Sfumato cannot work here; it was shown in a dialog already.
    """
    app = make_app()
    opened = OpenedFiles(app) if sys.platform == "darwin" else None  # it sees every event of every widget
    paths = find_paths()
    try:
        check_program()
        check_places(paths)
        check_fonts()
    except SfumatoError as error:
        show_trouble(error)
        raise
    window = Window()

    def begin() -> None:
        start(window, paths, picture)
        if opened:
            opened.hand_on(lambda file: window.pictured.emit(IncomingPicture(file)))

    first_paint = FirstPaint(app, window)
    first_paint.happened.connect(begin)
    window.show()
    return app.exec()


class FirstPaint(QObject):
    """Tells once when a window has been painted, or after a second where it is not (it was started minimised)."""

    happened = Signal()

    def __init__(self, app: QApplication, window: Window) -> None:
        super().__init__(window)
        self._app = app
        app.installEventFilter(self)  # of a covered window only the parts are painted
        self._latest = QTimer(self, singleShot=True, interval=LATEST_START_MS)
        self._latest.timeout.connect(self._tell)
        self._latest.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for the first paint event; what it draws is on the screen before the timer fires."""
        if event.type() == QEvent.Type.Paint:
            self._app.removeEventFilter(self)
            self._latest.start(0)
        return False

    def _tell(self) -> None:
        self._app.removeEventFilter(self)
        self.happened.emit()


def show_trouble(error: SfumatoError) -> None:
    """What keeps Sfumato from starting, for those who see no terminal."""
    box = QMessageBox(QMessageBox.Icon.Critical, "Sfumato", error.message)
    box.setInformativeText(error.hint)
    box.exec()


def make_app() -> QApplication:
    """The application object with its name, icon and theme."""
    make_constants_immortal()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Sfumato")
    app.setDesktopFileName("app.sfumato.Sfumato")
    app.setWindowIcon(QIcon(str(Path(sfumato_resources.__file__).parent / "icons" / "sfumato.svg")))
    apply_theme(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(app))
    return app


def start(window: Window, paths: Paths, picture: Path | None = None) -> None:
    """What the first paint did not need: the library, the controller, the engines."""
    from sfumato_desktop.background_news import Trouble
    from sfumato_desktop.controller import Controller
    from sfumato_desktop.last_resort import install_hooks

    set_up_log(paths.logs / "sfumato.log")
    controller = Controller(window, paths, window)
    install_hooks(lambda error: controller.happened.emit(Trouble(error)))
    controller.start()
    if picture is not None:
        window.pictured.emit(IncomingPicture(picture))


def set_up_log(path: Path) -> None:
    """The window's own log, begun anew at each start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = "%(asctime)s %(name)s %(levelname)s %(message)s"
    # force: the command line has given the root a handler that writes nothing, and with one there this would do nothing
    logging.basicConfig(filename=path, filemode="w", level=logging.INFO, format=form, encoding="utf-8", force=True)
