"""Between the card of compiled blocks and the parts that know: they are tried in the background, used, and left again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths
from sfumato_desktop.background import Background
from sfumato_desktop.compiled_card import CompiledCard, CompiledRow
from sfumato_desktop.errands import Errands
from sfumato_desktop.studio import Studio
from sfumato_models.compile_job import build_compiled, what_is_missing
from sfumato_models.compiled_engines import BuildStep, Built, keep_tried, tried_models, use_compiled

_TRYING = "compiled blocks"  # the name of that work


class CompiledControl(QObject):
    """Lives in the window's thread. `said` carries what was done or what went wrong: (done, trouble)."""

    said = Signal(str, str)

    def __init__(self, card: CompiledCard, paths: Paths, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._card = card
        self._paths = paths
        self._background = background
        self._errands = Errands(self._show_failure, self)
        self._step: BuildStep | None = None
        card.wished.connect(self._do)

    def reload(self) -> None:
        """Show what is known of the picture model that is chosen; while one is tried that one stays."""
        if self._step is not None:
            return
        studio = self._background.studio
        if studio is None:
            self._card.show_row(None)
            return
        spec, missing = studio.engines.painter_spec, what_is_missing(studio.painter_process.spec, studio.graphics_gib)
        tried = tried_models(self._paths.engine_notes).get(spec.id)
        is_shown = missing is None or (tried is not None and tried.is_used)  # what is used can always be left
        row = CompiledRow(spec.title, tried, missing="" if missing is None else str(missing))
        self._card.show_row(row if is_shown else None)

    def models_changed(self) -> None:
        """Other models or libraries are loaded now: what is being tried is stopped."""
        if not self._errands.stop(_TRYING):
            self.reload()

    def close(self) -> None:
        """Stop trying."""
        self._errands.close()

    def _do(self, wish: str) -> None:
        studio = self._background.studio
        if wish == "cancel":
            self._errands.stop(_TRYING)
        elif studio is None:
            self.reload()
        elif wish == "try":
            self._try(studio)
        else:
            self._use(studio, wish == "use")

    def _try(self, studio: Studio) -> None:
        spec = studio.engines.painter_spec

        def build(cancel: CancelToken) -> Built:
            built = build_compiled(
                studio.painter_process.spec,
                cancel,
                lambda step: self._errands.say(lambda: self._show_step(spec.title, step)),
                studio.painter_process,
                studio.writer_process,
                studio.graphics_gib,
            )
            keep_tried(self._paths.engine_notes, spec.id, built)
            return built

        if self._errands.begin(
            _TRYING, build, lambda built: self._show_built(spec.id, built), lambda: self._show_stopped(spec)
        ):
            self.said.emit("", "")
            self._show_step(spec.title, BuildStep("loading"))

    def _show_built(self, model_id: str, built: Built) -> None:
        self._step = None
        if built.is_worthwhile and self._is_painter(model_id):
            self._background.change_models()  # the painter starts again, able to
        self.reload()

    def _show_stopped(self, spec: ModelSpec) -> None:
        self._step = None
        self.reload()
        as_before = self.tr("Stopped. “{0}” paints as before.").format(spec.title)
        is_painter = self._is_painter(spec.id)
        self.said.emit(as_before if is_painter else self.tr("Stopped, as another model was chosen."), "")

    def _is_painter(self, model_id: str) -> bool:
        studio = self._background.studio
        return studio is not None and studio.engines.painter_spec.id == model_id

    def _use(self, studio: Studio, is_used: bool) -> None:
        spec = studio.engines.painter_spec
        plain = self.tr("“{0}” paints without compiled blocks again.").format(spec.title)

        def show(_: None) -> None:
            self._background.change_models()
            self.reload()
            self.said.emit("" if is_used else plain, "")

        self._errands.run(lambda: use_compiled(self._paths.engine_notes, spec.id, is_used), show)

    def _show_step(self, title: str, step: BuildStep) -> None:
        self._step = step
        self._card.show_row(CompiledRow(title, None, step))

    def _show_failure(self, error: SfumatoError) -> None:
        self._step = None
        self.reload()
        self.said.emit("", str(error))
