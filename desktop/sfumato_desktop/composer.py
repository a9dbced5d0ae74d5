"""Where the person writes: a box that grows, the seed rule for the next picture, and Send, which is Stop while painting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QInputDialog,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sfumato.errors import SfumatoError
from sfumato.seeds import NEW, SeedRule, exactly, locked, parse_seed
from sfumato_desktop.attachment_chip import AttachmentChip
from sfumato_desktop.composer_row import AttachButton, ComposerRow, ReviewButton
from sfumato_desktop.incoming import Incoming, incoming_models, incoming_picture
from sfumato_desktop.lora_chip import LoraChip
from sfumato_desktop.seed_controls import DieButton, LockButton
from sfumato_desktop.theme import SMALL_GAP
from sfumato_desktop.token_meter import TokenMeter

if TYPE_CHECKING:
    from sfumato.attachment import AttachedPicture
    from sfumato.conversation import Version
    from sfumato.recipe_file import SharedRecipe
    from sfumato_desktop.unsent import Unsent

MAX_LINES = 8


class MessageBox(QPlainTextEdit):
    """A text box: Enter sends, Shift+Enter makes a line, the height follows the text; pictures and models are passed on."""

    sent = Signal()
    pictured = Signal(object)
    models_dropped = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("box")
        self.setAccessibleName(self.tr("Message"))
        self.setPlaceholderText(self.tr("Describe a picture, or a change to it"))
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = max(1, min(MAX_LINES, int(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 4)
        too_long = self.document().size().height() > MAX_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if too_long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter sends unless Shift is held or an input method is composing."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Text, and what could be a picture."""
        return incoming_picture(source) is not None or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """A pasted or dropped picture is attached, a model is added; text is inserted."""
        if models := incoming_models(source):
            self.models_dropped.emit(models)
            return
        incoming = incoming_picture(source)
        if incoming is None:
            super().insertFromMimeData(source)
        else:
            self.pictured.emit(incoming)


class Composer(QFrame):
    """`said` carries the words and the seed rule set by hand (or None); `stopped` asks for a stop.

    `pictured` carries an `IncomingPicture` to attach; what is attached stands in `chip` until the message is sent.
    `models_dropped` carries the paths of models to add. `review_wished` says whether prompts are to be shown and wait for an OK before they are painted.
    """

    said = Signal(str, object)
    stopped = Signal()
    pictured = Signal(object)
    review_wished = Signal(bool)
    models_dropped = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._rule: SeedRule | None = None  # for one message
        self._locked: int | None = None  # the seed of every message without a rule of its own
        self._current_seed: int | None = None
        self._is_busy = False
        self._sends_when_read = False
        self._before: tuple[str, SeedRule | None] = (
            "",
            None,
        )  # words and seed rule, while a recipe's stand in their place
        self.box = MessageBox(self)
        self.box.pictured.connect(self.pictured)
        self.box.models_dropped.connect(self.models_dropped)
        self.chip = AttachmentChip(self)
        self.chip.changed.connect(self._show)
        self.chip.removed.connect(self.drop_attached)
        self.chip.recipe_wanted.connect(self._use_recipe)
        self.attach = AttachButton(self.tr("Attach…"), self)
        self.attach.setShortcut(QKeySequence.StandardKey.Open)
        self.attach.setAccessibleName(self.tr("Attach a picture"))
        self.attach.setToolTip(self.tr("Start from a picture (Ctrl+O); it can also be dropped or pasted"))
        self.seed = QToolButton(self)
        self.seed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.seed.setToolTip(self.tr("Which seed the next picture is painted from"))
        self.seed.setMenu(QMenu(self.seed))
        self.seed.menu().aboutToShow.connect(self._fill_menu)
        self.loras = LoraChip(self)
        self.review = ReviewButton(self.tr("Review first"), self)
        self.review.setToolTip(self.tr("Show the prompt and wait for an OK before painting"))
        self.review.toggled.connect(self.review_wished)
        self.lock = LockButton(self.tr("Keep the seed"), self)
        self.lock.clicked.connect(lambda is_down: self.close_lock() if is_down else self.open_lock())
        self.die = DieButton(self.tr("A new seed"), self)
        self.die.setToolTip(self.tr("The next picture begins from a new seed"))
        self.die.clicked.connect(lambda is_down: self.set_rule(NEW if is_down else None))
        self.meter = TokenMeter(self)
        self.button = QPushButton(self)
        self.button.setObjectName("primary")
        self.button.setMinimumSize(QSize(84, 32))
        self.button.clicked.connect(self._press)
        self.later = QPushButton(self.tr("Send next"), self)
        self.later.setToolTip(self.tr("Send this when the picture is done (Enter)"))
        self.later.setMinimumHeight(32)
        self.later.clicked.connect(self.send)
        self.later.hide()
        self.box.sent.connect(self.send)
        self.box.textChanged.connect(self._written)
        controls = (self.attach, self.review, self.lock, self.die, self.seed, self.loras)
        self.row = ComposerRow(controls, (self.lock, self.die), (self.later, self.button), self)
        self.loras.changed.connect(self.row.fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 10, 10)
        layout.setSpacing(SMALL_GAP)
        layout.addWidget(self.chip)
        layout.addWidget(self.box)
        layout.addWidget(self.meter)
        layout.addWidget(self.row)
        self._show()

    def in_tab_order(self) -> tuple[QWidget, ...]:
        """What can be reached by key, as one sees it."""
        chip = (self.chip.recipe, self.chip.remove)
        return (
            *chip,
            self.box,
            self.attach,
            self.review,
            self.lock,
            self.die,
            self.seed,
            self.loras,
            self.later,
            self.button,
        )

    def set_busy(self, is_busy: bool) -> None:
        """While a picture is painted, Send is Stop, and what is written can wait for its end."""
        self._is_busy = is_busy
        self._show()

    def set_current_seed(self, seed: int | None) -> None:
        """The seed of the picture the next message refers to; without one there is nothing to keep but what is locked."""
        self._current_seed = seed
        self._show()

    def set_current(self, version: Version | None) -> None:
        """The picture the next message refers to: its seed and its LoRAs may be kept."""
        self.loras.set_current(version.recipe.loras if version else ())
        self.set_current_seed(version.seed if version else None)

    def set_rule(self, rule: SeedRule | None) -> None:
        """The seed rule for the next message; None leaves it to the lock, or else to the words."""
        self._rule = rule
        self._show()

    @property
    def lock_rule(self) -> SeedRule | None:
        """The rule of the closed lock; None while it is open."""
        return None if self._locked is None else locked(self._locked)

    def close_lock(self) -> None:
        """The present seed is kept until the lock is opened, whichever picture is the current one then."""
        self._locked = self._current_seed
        self.set_rule(None)

    def open_lock(self) -> None:
        """The seed is not kept any more by the lock."""
        self._locked = None
        self._show()

    def show_incoming(self, found: Incoming) -> None:
        """What goes with the next message, or why it cannot. Words and seed of a shared recipe stand here, to be changed."""
        from sfumato.recipe_file import SharedRecipe  # with Pillow, which the first paint does not wait for

        match found:
            case SfumatoError():
                self._sends_when_read = False
                self.chip.show_trouble(found)
                return
            case SharedRecipe():
                self.chip.show_recipe(found)
            case _:
                self.chip.show_attached(found)
        self.box.setFocus()
        if self._sends_when_read:
            self.send()

    def restore(self, message: Unsent) -> None:
        """A message that was not sent, as it was: its words stand before what was written since."""
        since, self._sends_when_read = self.box.toPlainText(), False
        if message.brought is not None:  # its own words may come along: those of the message take their place
            self.show_incoming(message.brought)
            self.chip.recipe.setChecked(message.uses_recipe)
        self.box.setPlainText("\n".join(filter(None, (message.text, since))))
        self.box.moveCursor(QTextCursor.MoveOperation.End)
        is_of_lock = message.rule is not None and message.rule.kind == "keep"  # which may be open by now
        if not is_of_lock and (message.rule is not None or message.uses_recipe):
            self.set_rule(message.rule)
        self.box.setFocus()

    def take_attached(self) -> tuple[AttachedPicture | SharedRecipe | None, bool]:
        """What goes with the message just sent, and whether its own prompt is wanted; then nothing is attached."""
        taken = self.chip.attached, self.chip.uses_recipe
        self._forget_attached()
        return taken

    def drop_attached(self) -> None:
        """Nothing goes with the next message any more; what was written before its prompt comes back."""
        if self.chip.uses_recipe:
            self.chip.recipe.setChecked(False)
        self._forget_attached()

    def _forget_attached(self) -> None:
        self._sends_when_read = False
        self.chip.clear()
        self.box.setFocus()

    def set_review(self, is_wanted: bool) -> None:
        """Show whether prompts wait for an OK, without wishing it anew."""
        self.review.blockSignals(True)
        self.review.setChecked(is_wanted)
        self.review.blockSignals(False)

    def send(self) -> None:
        """Send what is written; what is attached is read to its end first. Nothing happens while nothing is written."""
        text = self.box.toPlainText()
        self._sends_when_read = self.chip.is_reading
        if self.chip.is_reading or not text.strip():
            return
        rule, self._rule = self._rule or self.lock_rule, None
        self.box.clear()
        self.said.emit(text, rule)

    def _written(self) -> None:
        self._sends_when_read = False
        self._show()

    def _use_recipe(self, is_wanted: bool) -> None:
        """Put the picture's own words and seed where they can be seen and changed, or take them out again."""
        if self.chip.attached is None:
            return
        metadata = self.chip.attached.metadata
        if is_wanted:
            self._before = (self.box.toPlainText(), self._rule)
            self.box.setPlainText(" ".join(metadata.prompt.split()))
            self.set_rule(None if metadata.seed is None else exactly(metadata.seed))
        else:
            words, rule = self._before
            self.box.setPlainText(words)
            self.set_rule(rule)
        self.box.setFocus()

    def _press(self) -> None:
        if self._is_busy:
            self.stopped.emit()
        else:
            self.send()

    def _fill_menu(self) -> None:
        menu = self.seed.menu()
        menu.clear()
        rule = self._rule or self.lock_rule
        choices = [
            (self.tr("Automatic: a change keeps it, “another one” draws a new one"), rule is None, self._leave_to_words)
        ]
        if self._current_seed is not None:
            is_kept = rule == locked(self._current_seed)
            choices.append(
                (self.tr("Keep {0} until this is changed").format(self._current_seed), is_kept, self.close_lock)
            )
        choices.append((self.tr("A new one"), rule == NEW, lambda: self.set_rule(NEW)))
        for text, is_chosen, choose in choices:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(is_chosen)
            action.triggered.connect(choose)
            menu.addAction(action)
        menu.addAction(self.tr("Set a number…"), self._ask_number)

    def _leave_to_words(self) -> None:
        self._rule = None
        self.open_lock()

    def _ask_number(self) -> None:
        text, ok = QInputDialog.getText(self, self.tr("Seed"), self.tr("A whole number, such as 42:"))
        if not ok:
            return
        try:
            self.set_rule(exactly(parse_seed(text)))
        except SfumatoError as error:
            self.seed.setText(str(error))

    def _lock_tip(self) -> str:
        if self._locked is not None:
            return self.tr("What you say is painted from seed {0} until the lock is opened").format(self._locked)
        if self._current_seed is None:
            return self.tr("Describe a picture first: then its seed can be kept")
        return self.tr("Paint what you say from seed {0} until the lock is opened").format(self._current_seed)

    def _placeholder(self) -> str:
        if self._is_busy:
            return self.tr("Say what comes next: it is sent when this picture is done")
        if self.chip.attached:
            return self.tr("Say what should become of this picture")
        return self.tr("Describe a picture, or a change to it")

    def _show(self) -> None:
        shown = self.tr("automatic") if self._rule is None else str(self._rule)
        if self._rule is None and self._locked is not None:
            shown = self.tr("keep {0}").format(self._locked)
        self.lock.setChecked(self._locked is not None)
        self.lock.setEnabled(self._current_seed is not None or self._locked is not None)
        self.lock.setToolTip(self._lock_tip())
        self.die.setChecked(self._rule == NEW)
        self.seed.setText(self.tr("Seed: {0}").format(shown))
        self.seed.setAccessibleName(self.tr("Seed for the next picture: {0}").format(shown))
        self.box.setPlaceholderText(self._placeholder())
        self.box.viewport().update()  # Qt draws the new text only where the old one was hidden
        has_words = bool(self.box.toPlainText().strip())
        self.later.setVisible(self._is_busy and has_words)
        self.row.fit()
        self.button.setText(self.tr("Stop") if self._is_busy else self.tr("Send"))
        self.button.setAccessibleName(self.button.text())
        self.button.setEnabled(self._is_busy or (has_words and not self.chip.is_reading))
        # words that are used as they stand are what the picture model reads; others go through the writer first
        self.meter.show_text(self.box.toPlainText() if self.chip.uses_recipe else "")
