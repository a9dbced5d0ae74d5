"""One field of a prompt: its name, its text, and the text being edited in the same place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPlainTextEdit, QSizePolicy, QWidget

from sfumato.prompt import TERM_FIELDS
from sfumato_desktop.cards import plain_label
from sfumato_desktop.motion import fade_in

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FieldValue(QLabel):
    """A field's text; a click without a selection, or Enter, asks to edit it. `menu_wanted` says where on the screen."""

    edit_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setIndent(0)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._is_editable = False

    def set_editable(self, is_editable: bool) -> None:
        """Take part in the tab order, and look as if it can be clicked."""
        if is_editable == self._is_editable:
            return
        self._is_editable = is_editable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_editable else Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor if is_editable else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.tr("Click or press Enter to edit; the right button has more") if is_editable else "")
        self.setProperty("editable", is_editable)
        self.style().polish(self)

    def look(self, name: str) -> None:
        """`changed` or `value`."""
        if name != self.objectName():
            self.setObjectName(name)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click edits; marking text to copy it does not."""
        super().mouseReleaseEvent(event)
        if self._is_editable and event.button() == Qt.MouseButton.LeftButton and not self.hasSelectedText():
            self.edit_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, Space and F2 edit."""
        if self._is_editable and event.key() in (*ENTER, Qt.Key.Key_Space, Qt.Key.Key_F2):
            self.edit_wanted.emit()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """A menu of its own, also by the menu key."""
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_wanted.emit(self.mapToGlobal(QPoint(0, self.height())) if is_by_key else event.globalPos())


class FieldEditor(QPlainTextEdit):
    """Where a field is edited: Enter applies, Esc leaves it as it was; as high as its text."""

    applied = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("editor")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = max(1, min(8, int(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width is another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """One line is enough."""
        return QSize(80, self.height())

    def event(self, event: QEvent) -> bool:
        """Keep Esc from meaning Stop while a field is edited."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter and Esc; everything else is text."""
        if event.key() in ENTER:
            self.applied.emit()
        elif _is_escape(event):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Coming by key marks the text, as in a line edit."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason):
            self.selectAll()


def _is_escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape


class FieldRow(QObject):
    """The row of one field in a card's grid. `applied` says that Enter was pressed in it, `first_wanted` that it is to be
    said before the others.
    """

    applied = Signal()
    changed = Signal()
    first_wanted = Signal()

    def __init__(self, name: str, row: int, grid: QGridLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.editor: FieldEditor | None = None
        self.can_lead = False
        self._is_editable = False
        self._text = ""
        self._grid, self._row, self._card = grid, row, parent
        self._heading = plain_label(parent.tr(name), "field", parent)
        self._heading.setWordWrap(False)
        self._heading.setIndent(0)
        self.value = FieldValue(parent)
        self.value.edit_wanted.connect(self.edit)
        self.value.menu_wanted.connect(self._show_menu)
        grid.addWidget(self._heading, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.value, row, 1)
        self.set_shown(False)

    def show_text(self, text: str, is_changed: bool) -> None:
        """The field's text, marked if it changed."""
        self._text = text
        self.value.setText(text or "–")
        self.value.look("changed" if is_changed else "value")
        self._name_value()

    def set_editable(self, is_editable: bool) -> None:
        """Whether it can be edited; an editor that is open is closed without applying it."""
        self._is_editable = is_editable
        self.value.set_editable(is_editable)
        self._name_value()
        if not is_editable:
            self.close_editor()

    def set_shown(self, is_shown: bool) -> None:
        """Show or hide the row."""
        self._heading.setVisible(is_shown)
        self.value.setVisible(is_shown and self.editor is None)

    @property
    def is_shown(self) -> bool:
        """True unless the row is hidden."""
        return not self._heading.isHidden()

    def reveal(self, delay_ms: int) -> None:
        """Fade in, in the place it has already."""
        fade_in(self._heading, delay_ms)
        fade_in(self.value, delay_ms)

    def edit(self) -> None:
        """Put an editor in the place of the text."""
        if not self._is_editable:
            return
        if self.editor is None:
            self.set_shown(True)
            self.editor = FieldEditor(self._card)
            self.editor.setPlainText(self._text)
            self.editor.setAccessibleName(self._card.tr("Edit {0}. Enter applies, Escape leaves.").format(self.name))
            if self.name in TERM_FIELDS:
                self.editor.setPlaceholderText(self._card.tr("separated by commas"))
            self.editor.applied.connect(self.applied)
            self.editor.left.connect(self._leave)
            self.editor.textChanged.connect(self.changed)
            self._grid.addWidget(self.editor, self._row, 1)
            QWidget.setTabOrder(self.value, self.editor)
            self.value.hide()
            self.editor.show()
            self.changed.emit()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def menu(self) -> QMenu:
        """What can be done with it."""
        menu = QMenu(self._card)
        if self._is_editable:
            menu.addAction(self._card.tr("Edit"), self.edit)
        if self._is_editable and self.can_lead:
            menu.addAction(self._card.tr("Say this first"), self.first_wanted.emit)
        text = self.value.selectedText() or self._text
        menu.addAction(self._card.tr("Copy"), lambda: QGuiApplication.clipboard().setText(text))
        return menu

    def typed(self) -> str | None:
        """What stands in the open editor, or None."""
        return self.editor.toPlainText() if self.editor else None

    def close_editor(self) -> None:
        """Show the text again."""
        if self.editor is None:
            return
        had_focus = self.editor.hasFocus()
        self.editor.hide()
        self.editor.deleteLater()
        self.editor = None
        self.value.show()
        if had_focus and self._is_editable:
            self.value.setFocus()
        self.changed.emit()

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _leave(self) -> None:
        self.close_editor()
        if not self._text:
            self.set_shown(False)

    def _name_value(self) -> None:
        name = f"{self.name}: {self._text or self._card.tr('empty')}"
        self.value.setAccessibleName(f"{name}. {self._card.tr('Enter edits')}" if self._is_editable else name)
