"""Compiled blocks on the engines page: what they are for, how far trying them is, what it found, using them or not."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QTimer, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.layouts import lay_out_card, row_of
from sfumato_models.compiled_engines import BuildStep, Built, Tried

_SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class CompiledRow:
    """The picture model's title, what trying its compiled blocks found (None: never tried), and how far that is now.

    `missing` says what they need and is not here any more, where they are to be used all the same.
    """

    title: str
    tried: Tried | None = None
    step: BuildStep | None = None
    missing: str = ""


class CompiledCard(QFrame):
    """Shows a `CompiledRow`, and nothing while there is none. `wished` says: try, cancel, use or plain."""

    wished = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._row: CompiledRow | None = None
        self._since = QElapsedTimer()
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._show_step)
        self.title = plain_label("", "model-title", self)
        told = plain_label(
            self.tr(
                "Some models paint faster once their parts that repeat (their “blocks”) are compiled for this very machine. Trying"
                " it takes a minute or some in the background; new pictures then differ a little from earlier ones, and the first"
                " one of every size takes longer."
            ),
            "quiet",
            self,
        )
        self.found = plain_label("", "value", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("How far trying compiled blocks is"))
        self.progress = plain_label("", "quiet", self)
        names = (("try", self.tr("Try it")), ("use", self.tr("Use them")), ("plain", self.tr("Paint without")),
                 ("cancel", self.tr("Cancel")))  # fmt: skip
        self.buttons = {name: self._button(name, text) for name, text in names}
        lay_out_card(self, (self.title, told, self.found, self.bar, self.progress, row_of(self.buttons.values())))
        self.hide()

    def show_row(self, row: CompiledRow | None) -> None:
        """Show it; None where blocks cannot be compiled."""
        was_building = self._row is not None and self._row.step is not None
        self._row = row
        self.setVisible(row is not None)
        is_building = row is not None and row.step is not None
        if is_building and not was_building:
            self._since.start()
            self._clock.start()
        if not is_building:
            self._clock.stop()
        if row is None:
            return
        self.title.setText(self.tr("“{0}”, compiled for this machine").format(row.title))
        self.found.setText(self._found(row.tried, row.missing))
        self.found.setVisible(row.tried is not None and not is_building)
        self.bar.setVisible(is_building)
        self.progress.setVisible(is_building)
        self._show_step()
        is_used = row.tried is not None and row.tried.is_used
        is_good = row.tried is not None and row.tried.built.is_worthwhile
        shown = {"try": not is_building and not is_used, "use": not is_building and is_good and not is_used,
                 "plain": not is_building and is_used, "cancel": is_building}  # fmt: skip
        for name, is_shown in shown.items():
            self.buttons[name].setVisible(is_shown)
        self.buttons["try"].setText(self.tr("Try again") if row.tried else self.tr("Try it"))

    def _found(self, tried: Tried | None, missing: str) -> str:
        if tried is None:
            return ""
        if missing:
            return self.tr("Chosen, but not possible now. {0}").format(missing)
        if tried.is_used:
            return self.tr(
                "In use, {0} as fast here. New conversations are painted with them; those that began without go on without."
            ).format(self._times(tried.built))
        if not tried.built.repeats:
            return self.tr("Tried here: the same picture did not come out twice, so they are not used.")
        if not tried.built.is_worthwhile:
            return self.tr("Tried here: {0} as fast, which is not worth it, so they are not used.").format(
                self._times(tried.built)
            )
        return self.tr("Tried here: {0} as fast. Not in use.").format(self._times(tried.built))

    def _times(self, built: Built) -> str:
        return self.tr("{0} times").format(f"{built.times:.2f}")

    def _show_step(self) -> None:
        if self._row is None or self._row.step is None:
            return
        step = self._row.step
        phases = {
            "loading": self.tr("Loading the model a second time…"),
            "usual": self.tr("Painting without them…"),
            "building": self.tr("Building them: the longest part, often a minute or more…"),
            "comparing": self.tr("Comparing: picture {0} of {1}…").format(step.done + 1, step.total),
        }
        self.bar.setRange(0, step.total)  # of nothing that is counted: a bar that moves
        self.bar.setValue(step.done)
        minutes, seconds = divmod(self._since.elapsed() // _SECOND_MS, 60)
        self.progress.setText(f"{phases[step.phase]} {minutes}:{seconds:02}")

    def _button(self, name: str, text: str) -> DialogButton:
        button = DialogButton(text, self)
        button.setAccessibleName(self.tr("{0}: compiled blocks").format(text))
        button.clicked.connect(lambda: self.wished.emit(name))
        return button
