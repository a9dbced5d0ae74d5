"""How much of what the picture model reads at once a text takes: a small line beside what is being written."""

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

    `sent` gives the positive and the negative text that are sent of a prompt (no negative where the model reads none),
    `left_out` the end of a text that is not read.
    """

    count: Callable[[str], int]
    room: int
    pieces: int = 1
    sent: Callable[[ImagePrompt], tuple[str, str]] = lambda prompt: (prompt.subject, "")
    left_out: Callable[[str], str] = lambda text: ""

    @property
    def most(self) -> int:
        """Tokens that are read in all."""
        return self.room * self.pieces


class TokenMeter(QLabel):
    """Tells the tokens of what is sent, the negative text apart, and what of it is left out; hidden while nothing is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("quiet")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._limit: TokenLimit | None = None
        self._prompt: ImagePrompt | None = None
        self._text = ""
        self.hide()

    def set_limit(self, limit: TokenLimit | None) -> None:
        """The limit of the picture model; None as long as it is not known."""
        self._limit = limit
        self._show()

    def show_prompt(self, prompt: ImagePrompt | None) -> None:
        """Count what is sent of this prompt; None while none is being written."""
        self._prompt, self._text = prompt, ""
        self._show()

    def show_text(self, text: str) -> None:
        """Count this text as it stands."""
        self._prompt, self._text = None, text
        self._show()

    def _show(self) -> None:
        limit = self._limit
        if limit is None or (self._prompt is None and not self._text):
            self.hide()
            return
        positive, negative = limit.sent(self._prompt) if self._prompt else (self._text, "")
        count, ruled_out = limit.count(positive), limit.count(negative) if negative else 0
        told = [self._told(positive, count, limit)]
        if negative:
            shown = str(ruled_out) if ruled_out <= limit.room else self._told(negative, ruled_out, limit)
            told.append(self.tr("negative: {0}").format(shown))
        self.setText(" · ".join(told))
        self.setToolTip(
            self.tr("The picture model reads {0} tokens at a time. A token is a word or a part of one.").format(
                limit.room
            )
        )
        self._show_as("warning" if max(count, ruled_out) > limit.most else "quiet")
        self.show()

    def _show_as(self, name: str) -> None:
        """By its object name a label has its look."""
        if self.objectName() != name:
            self.setObjectName(name)
            self.style().unpolish(self)
            self.style().polish(self)

    def _told(self, text: str, count: int, limit: TokenLimit) -> str:
        if count > limit.most:
            left_out = limit.left_out(text)[:MAX_SHOWN]
            shown = self.tr("{0} of {1} tokens: the end is left out").format(count, limit.most)
            return shown + (f" (“{left_out}”)" if left_out else "")
        if count > limit.room:
            return self.tr("{0} tokens, read in {1} pieces").format(count, -(-count // limit.room))
        return self.tr("{0} of {1} tokens").format(count, limit.room)
