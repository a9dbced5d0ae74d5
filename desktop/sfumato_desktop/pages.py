"""The pages beside the conversation: models, engine libraries, connections, About. Each is made when it is first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sfumato.paths import Paths
from sfumato_desktop.background import Background
from sfumato_desktop.window import Window

if TYPE_CHECKING:  # neither the first paint nor the start waits for these
    from sfumato_desktop.about_control import AboutControl
    from sfumato_desktop.engines_control import EnginesControl
    from sfumato_desktop.models_control import ModelsControl


class Pages(QObject):
    """Lives in the window's thread."""

    def __init__(self, window: Window, paths: Paths, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._paths = paths
        self._background = background
        self._models: ModelsControl | None = None
        self._engines: EnginesControl | None = None
        self._about: AboutControl | None = None
        window.models_dropped.connect(self.add_models)
        window.conversations.models_wanted.connect(self.show_models)
        window.conversations.about_wanted.connect(self.show_about)

    def show_models(self) -> None:
        """The models page."""
        self._models_control().show()

    def add_models(self, files: tuple[Path, ...]) -> None:
        """Models that were dropped on the window."""
        self._models_control().add_files(files)

    def show_engines(self) -> None:
        """Engine libraries for a graphics card."""
        from sfumato_desktop.engines_control import EnginesControl

        if self._engines is None:
            self._engines = EnginesControl(self._window, self._paths, self._background, self)
        self._engines.show()

    def models_changed(self) -> None:
        """Other models or libraries are loaded now."""
        if self._engines:
            self._engines.compiled.models_changed()

    def painter_loaded(self) -> None:
        """Where the picture model is, and which card there is, is known now."""
        if self._engines:
            self._engines.show_placed()
        if self._models:
            self._models.reload_if_shown()

    def show_connections(self) -> None:
        """Every connection that was opened."""
        self._models_control().show_connections()

    def show_about(self) -> None:
        """The version, and a look for a newer one."""
        from sfumato_desktop.about_control import AboutControl

        if self._about is None:
            self._about = AboutControl(self._window, self._paths, lambda: self._background.settings, self)
            self._about.connections_wanted.connect(self.show_connections)
        self._about.show()

    def close(self) -> None:
        """End what they began."""
        for control in (self._models, self._engines, self._about):
            if control:
                control.close()

    def _models_control(self) -> ModelsControl:
        from sfumato_desktop.models_control import ModelsControl

        if self._models is None:
            self._models = ModelsControl(self._window, self._paths, self._background, self)
            self._models.engines_wanted.connect(self.show_engines)
            self._models.lora_added.connect(self._background.look_for_loras)
        return self._models
