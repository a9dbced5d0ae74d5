"""One model on the models page: what it is good for, whether it suits this machine, how far it is, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QProgressBar, QWidget

from sfumato.durations import rounded_time
from sfumato.machine import Advice, Fit
from sfumato.model_catalog import ModelSpec
from sfumato_desktop.buttons import DialogButton
from sfumato_desktop.cards import plain_label
from sfumato_desktop.layouts import lay_out_card, row_of
from sfumato_desktop.theme import GAP
from sfumato_desktop.verifying import Verified
from sfumato_models.download_messages import DownloadState

_PROGRESS_PARTS = 1000


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What is known of a model: `size_bytes` on the disk if it is here, else as announced.

    `can_change` is False for what comes with the app; `advice` is None for what is here. `needed_by` are models that
    paint with parts of this one. One that `lacks` parts cannot paint yet; `parts` is the entry that brings them, and
    `parts_coming` is True once they are on their way. An own model stands where it was, or `is_copied`, or `is_gone`.
    `takes` says how long a picture takes here.
    """

    spec: ModelSpec
    size_bytes: int
    is_here: bool
    is_used: bool = False
    can_change: bool = True
    is_own: bool = False
    advice: Advice | None = None
    state: DownloadState | None = None
    needed_by: tuple[ModelSpec, ...] = ()
    lacks: str = ""
    parts: ModelSpec | None = None
    parts_coming: bool = False
    is_copied: bool = False
    is_gone: bool = False
    takes: str = ""

    @property
    def is_in_place(self) -> bool:
        """True for a person's own model that is used where it stands."""
        return self.is_own and self.is_here and self.spec.source is None and not self.is_copied


class ModelCard(QFrame):
    """Shows a `ModelRow`. `wished` carries the model's id and what is wished:

    use, parts (get those that it lacks), download, pause, cancel, verify, repair, copy (into Sfumato's folder), remove,
    forget (an own entry), page. `token_entered` carries the id and a token.
    """

    wished = Signal(str, str)
    token_entered = Signal(str, str)

    def __init__(self, row: ModelRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.row = row
        spec = row.spec
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setText(spec.title)
        self.title.setObjectName("model-title")
        self.kind = plain_label(self._kind(), "quiet", self)
        self.kind.setWordWrap(False)
        self.used = plain_label(self.tr("in use"), "changed", self)
        self.used.setWordWrap(False)
        self.purpose = plain_label(spec.purpose, "value", self)
        self.facts = plain_label(" · ".join(self._facts()), "quiet", self)
        self.reason = plain_label("", "quiet", self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _PROGRESS_PARTS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("How far “{0}” is").format(spec.title))
        self.progress = plain_label("", "quiet", self)
        self.trouble = plain_label("", "warning", self)
        self.token = QLineEdit(self)
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(self.tr("Token of your account on the hub"))
        self.token.setAccessibleName(self.tr("Token"))
        self.token.setMaxLength(1000)
        self.token.returnPressed.connect(self._enter_token)
        self.buttons = {
            name: self._button(name, text)
            for name, text in (
                ("use", self.tr("Paint with this") if spec.picture else self.tr("Write with this")),
                ("parts", self.tr("Get its other parts")),
                ("download", self.tr("Get this model")),
                ("enter", self.tr("Use this token")),
                ("page", self.tr("Open its page")),
                ("pause", self.tr("Pause")),
                ("cancel", self.tr("Cancel")),
                ("verify", self.tr("Verify")),
                ("repair", self.tr("Repair")),
                ("copy", self.tr("Copy into Sfumato's folder")),
                ("remove", self.tr("Remove…")),
                ("forget", self.tr("Forget this entry")),
            )
        }
        self._lay_out()
        self.show_state(row.state)

    def show_state(self, state: DownloadState | None) -> None:
        """How far its download is; None if there is none."""
        phase = state.phase if state else ""
        refused = state.refused if state else ""
        is_active = state is not None and state.is_active
        is_begun = is_active or phase in ("paused", "failed")
        can_get = not self.row.is_here and not is_active and not self.row.is_gone
        self.buttons["download"].setText(
            self.tr("Try again")
            if phase == "failed"
            else self.tr("Resume")
            if phase == "paused"
            else self.tr("Get this model")
        )
        shown = {
            "use": self.row.is_here and not self.row.is_used and not self.row.lacks and not self.row.spec.is_parts,
            "parts": self.row.parts is not None and not self.row.parts_coming,
            "download": (can_get or phase == "failed") and refused != "token",
            "enter": refused == "token",
            "page": bool(refused),
            "pause": is_active,
            "cancel": is_begun and not self.row.is_here,
            "verify": self.row.is_here and (self.row.can_change or self.row.is_own) and not is_active,
            "repair": False,
            "copy": self.row.is_in_place,
            "remove": self.row.is_here and (self.row.can_change or self.row.is_copied) and not is_active,
            "forget": self.row.is_own
            and not is_begun
            and not (self.row.is_here and (self.row.can_change or self.row.is_copied)),
        }
        for name, is_shown in shown.items():
            self.buttons[name].setVisible(is_shown)
        self.used.setVisible(self.row.is_used)
        self.token.setVisible(shown["enter"])
        self.bar.setVisible(is_begun and bool(state and state.total_bytes))
        if state and state.total_bytes:
            self.bar.setValue(_PROGRESS_PARTS * state.done_bytes // state.total_bytes)
        self._say(self.progress, progress_text(state) if state and is_begun else "")
        self._say(self.trouble, str(state.error) if state and state.error else "")
        self._say(self.reason, "" if is_begun else self._reason())

    def show_checked(self, found: Verified) -> None:
        """What a verification found."""
        self.show_state(self.row.state)
        right = (
            self.tr("Whole. Its hashes were not known before and are remembered now.")
            if found.new
            else self.tr("Every file is as it should be.")
        )
        trouble = self.tr("Damaged: {0}.").format(", ".join(found.damaged))
        if not self.row.can_change:
            trouble += " " + self.tr(
                "Put the right file back; if you changed it yourself, forget this and add it again."
            )
        self._say(self.progress, "" if found.damaged else right)
        self._say(self.trouble, trouble if found.damaged else "")
        self.buttons["repair"].setVisible(bool(found.damaged) and self.row.can_change)

    def show_checking(self, done_bytes: int, total_bytes: int) -> None:
        """A verification is running, and how far it is."""
        self.buttons["verify"].hide()
        self.buttons["cancel"].show()
        self._show_far(self.tr("Checking every byte… {0}"), done_bytes, total_bytes)

    def show_copying(self, done_bytes: int, total_bytes: int) -> None:
        """It is being copied, and how far that is."""
        self.buttons["copy"].hide()
        self.buttons["cancel"].show()
        self._show_far(self.tr("Copying… {0}"), done_bytes, total_bytes)

    def focus_first(self) -> None:
        """The first button that is shown gets the keys."""
        for button in self.buttons.values():
            if not button.isHidden():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def show_note(self, text: str) -> None:
        """A quiet line."""
        self._say(self.progress, text)

    def _show_far(self, text: str, done_bytes: int, total_bytes: int) -> None:
        self.bar.setVisible(bool(total_bytes))
        self.bar.setValue(_PROGRESS_PARTS * done_bytes // total_bytes if total_bytes else 0)
        amount = self.tr("{0} of {1}").format(size_text(done_bytes), size_text(total_bytes)) if total_bytes else ""
        self._say(self.progress, text.format(amount).strip())

    def _kind(self) -> str:
        if self.row.spec.is_parts:
            return self.tr("for files of your own")
        return self.tr("paints") if self.row.spec.picture else self.tr("writes")

    def _reason(self) -> str:
        """Whether it suits this machine and how long a picture takes, or what it lacks; and who paints with it."""
        if self.row.is_gone:
            return self.tr("{0} is not there. Put it back, or forget this entry.").format(self.row.spec.path)
        if self.row.parts_coming:
            return self.tr("Its other parts are on their way.")
        if self.row.parts and self.row.parts.source:
            source = self.row.parts.source
            text = self.tr("Lacks {0}. Add these files if you have them; else about {1} come from {2}, licence {3}.")
            account = " " + self.tr("They need an account on the hub.") if source.is_gated else ""
            size = size_text(source.size_bytes)
            return text.format(self.row.lacks, size, source.repository, self.row.parts.licence) + account
        if self.row.lacks:
            return self.tr("Lacks {0}. Add these files, or the model that it was made from.").format(self.row.lacks)
        if self.row.spec.is_parts and self.row.needed_by:
            titles = ", ".join(f"“{spec.title}”" for spec in self.row.needed_by)
            return self.tr("{0} cannot paint without them.").format(titles)
        return " ".join(filter(None, (self.row.advice.reason if self.row.advice else "", self.row.takes)))

    def _facts(self) -> list[str]:
        spec = self.row.spec
        unsure = spec.source.unsure if spec.source and not self.row.is_here else ()
        about = self.tr("about ") if "size_bytes" in unsure else ""
        size = [] if self.row.is_gone else [about + size_text(self.row.size_bytes)]
        facts = [*size, spec.licence + ("?" if "licence" in unsure else "")]
        if spec.source and spec.source.is_gated:
            facts.append(self.tr("needs an account on the hub"))
        if spec.picture and not spec.is_parts:
            steps = spec.picture.steps
            facts.append(self.tr("1 step") if steps == 1 else self.tr("{0} steps").format(steps))
            facts.append(f"{spec.picture.width}×{spec.picture.height}")
            facts.append(self.tr("obeys “no …”") if spec.picture.honours_negatives else self.tr("ignores negatives"))
            if spec.picture.seed_diversity == "low":
                facts.append(self.tr("seeds change little"))
            if "image-to-image" in spec.picture.routes:
                facts.append(self.tr("paints over pictures"))
            if "instruction-edit" in spec.picture.routes:
                facts.append(self.tr("edits on instruction"))
        if spec.source:
            facts.append(spec.source.repository)
        return facts

    def _enter_token(self) -> None:
        """The field is emptied at once: the token is nobody's to read again."""
        token = self.token.text()
        self.token.clear()
        if token.strip():
            self.token_entered.emit(self.row.spec.id, token)

    def _button(self, name: str, text: str) -> DialogButton:
        button = DialogButton(text, self)
        button.setAccessibleName(f"{text}: {self.row.spec.title}")
        if name == "enter":
            button.clicked.connect(self._enter_token)
        else:
            button.clicked.connect(lambda: self.wished.emit(self.row.spec.id, name))
        if name in ("use", "parts") or (name == "download" and self.row.advice and self.row.advice.fit is Fit.GOOD):
            button.setObjectName("primary")
        return button

    @staticmethod
    def _say(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _lay_out(self) -> None:
        head = row_of((self.title, self.kind, self.used), spacing=GAP)
        told = (self.purpose, self.facts, self.reason, self.bar, self.progress, self.trouble, self.token)
        lay_out_card(self, (head, *told, row_of(self.buttons.values())))


def progress_text(state: DownloadState) -> str:
    """How far a download is, as a line beside its bar."""
    tr = partial(QCoreApplication.translate, "ModelCard")
    if state.phase == "asking":
        return state.note or tr("Asking the hub…")
    amount = (
        tr("{0} of {1}").format(size_text(state.done_bytes), size_text(state.total_bytes)) if state.total_bytes else ""
    )
    if state.phase == "checking":
        return tr("Checking… {0}").format(amount)
    if state.phase == "paused":
        return tr("Paused at {0}").format(amount)
    if state.phase == "waiting":
        return f"{state.note} {amount}"
    if state.phase == "downloading" and state.bytes_s and state.seconds_left is not None:
        speed = tr("{0} a second").format(size_text(state.bytes_s))
        return tr("{0} · {1} · {2} left").format(amount, speed, rounded_time(state.seconds_left))
    return amount


def size_text(count: float) -> str:
    """Bytes as people read them."""
    return (
        f"{count / 1e9:.1f} GB"
        if count >= 1e9
        else f"{count / 1e6:.0f} MB"
        if count >= 1e6
        else f"{count / 1e3:.0f} kB"
    )
