"""The prompt, field by field, with what changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from sfumato.conversation import PromptPart
from sfumato.prompt import FIELDS, field_text
from sfumato_desktop.cards import plain_label
from sfumato_desktop.theme import GAP


class PromptCard(QFrame):
    """The prompt, field by field, with what changed marked and said in one line."""

    def __init__(self, part: PromptPart, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        layout = QGridLayout(self)
        layout.setContentsMargins(GAP + 2, GAP, GAP + 2, GAP)
        layout.setHorizontalSpacing(GAP)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(1, 1)
        changed = {change.field for change in part.changes}
        row = 0
        if line := self._summary(part):
            layout.addWidget(plain_label(line, "changed" if part.changes else "quiet", self), row, 0, 1, 2)
            row += 1
        for name in FIELDS:
            text = field_text(part.prompt, name)
            if not text and name not in changed:
                continue
            heading = plain_label(self.tr(name), "field", self)
            heading.setWordWrap(False)
            value = plain_label(text or "–", "changed" if name in changed else "value", self)
            value.setAccessibleName(f"{name}: {text}")
            layout.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(value, row, 1)
            row += 1
        for note in part.notes:
            layout.addWidget(plain_label(note, "note", self), row, 0, 1, 2)
            row += 1

    def labels(self) -> list[QLabel]:
        """All its lines."""
        return self.findChildren(QLabel)

    def _summary(self, part: PromptPart) -> str:
        if not part.changes and not part.seed_kept:
            return ""
        told = [f"{c.field}: {c.before or '–'} → {c.after or '–'}" for c in part.changes] or [
            self.tr("nothing changed")
        ]
        kept = len(FIELDS) - sum(change.field in FIELDS for change in part.changes)
        seed = self.tr(" and seed {0}").format(part.seed) if part.seed_kept else ""
        return f"{', '.join(told)} · " + self.tr("{0} fields{1} kept").format(kept, seed)
