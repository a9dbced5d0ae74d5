"""How much of what the picture model reads at once a text takes; shown only when a text gets long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from sfumato.prompt import ImagePrompt

MAX_SHOWN = 120  # characters of what is left out


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """`count` gives a text's tokens at once; the model reads `room` of them at a time, in at most `pieces` pieces.

    `sent` gives the text that is sent of a prompt, `left_out` the end of a text that is not read.
    """

    count: Callable[[str], int]
    room: int
    pieces: int = 1
    sent: Callable[[ImagePrompt], str] = lambda prompt: prompt.subject
    left_out: Callable[[str], str] = lambda text: ""


class TokenMeter(QLabel):
    """A small line beside a text or a prompt that is being written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("quiet")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._limit: TokenLimit | None = None
        self._text = ""
        self.hide()

    def set_limit(self, limit: TokenLimit | None) -> None:
        """The limit of the picture model; None as long as it is not known."""
        self._limit = limit
        self.show_text(self._text)

    def show_prompt(self, prompt: ImagePrompt) -> None:
        """Count what is sent of this prompt."""
        self.show_text(self._limit.sent(prompt) if self._limit else "")

    def show_text(self, text: str) -> None:
        """Count this text."""
        self._text = text
        limit = self._limit
        count = limit.count(text) if limit else 0
        if limit is None or count <= limit.room // 2:
            self.hide()
            return
        is_too_long = count > limit.room * limit.pieces
        if is_too_long:
            shown = self.tr("{0} of {1} tokens: the end is left out").format(count, limit.room * limit.pieces)
            if left_out := limit.left_out(text)[:MAX_SHOWN]:
                shown += f" (“{left_out}”)"
        elif count > limit.room:
            shown = self.tr("{0} tokens, read in {1} pieces").format(count, -(-count // limit.room))
        else:
            shown = self.tr("{0} of {1} tokens").format(count, limit.room)
        self.setText(shown)
        self.setToolTip(
            self.tr("The picture model reads {0} tokens at a time. A token is a word or a part of one.").format(
                limit.room
            )
        )
        self.setObjectName("warning" if is_too_long else "quiet")
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
