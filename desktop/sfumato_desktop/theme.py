"""Colours, spacing and the style sheet, light and dark; follows the system unless the person chose."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

GAP = 12
SMALL_GAP = 6
RADIUS = 10
TEXT_WIDTH = 760  # the widest a column of reading gets, in pixels


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme, as hexadecimal text."""

    window: str
    side: str
    card: str
    bubble: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    warning: str


LIGHT = Colours(
    "#faf8f5", "#f1ede7", "#ffffff", "#e9e2d8", "#ddd5ca", "#26221e", "#665f57", "#8a4b2c", "#ffffff", "#9c2f22"
)
DARK = Colours(
    "#1d1b1a", "#171514", "#282523", "#38322d", "#433d38", "#f1ece6", "#b0a79d", "#e0a070", "#221a14", "#f08b7b"
)


def centred(widget: QWidget) -> QHBoxLayout:
    """A row that keeps a widget in the middle and lets it be as wide as its maximum."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return row


def apply_theme(app: QApplication, wish: str = "system") -> Colours:
    """Give the whole app its colours; returns them."""
    is_dark = wish == "dark" or (wish == "system" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    colours = DARK if is_dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(colours))
    app.setStyleSheet(_sheet(colours))
    return colours


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, text in (
        (roles.Window, colours.window),
        (roles.Base, colours.card),
        (roles.AlternateBase, colours.side),
        (roles.Button, colours.card),
        (roles.ToolTipBase, colours.card),
        (roles.WindowText, colours.text),
        (roles.Text, colours.text),
        (roles.ButtonText, colours.text),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.quiet),
        (roles.Highlight, colours.accent),
        (roles.HighlightedText, colours.on_accent),
        (roles.Accent, colours.accent),
        (roles.Link, colours.accent),
    ):
        palette.setColor(role, QColor(text))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.ButtonText, QColor(colours.quiet))
    return palette


def _sheet(c: Colours) -> str:
    return f"""
    #side {{ background: {c.side}; border-right: 1px solid {c.line}; }}
    #side QListWidget {{ background: transparent; border: none; outline: none; }}
    #side QListWidget::item {{ padding: 8px 10px; border-radius: 6px; color: {c.text}; }}
    #side QListWidget::item:selected {{ background: {c.bubble}; color: {c.text}; }}
    #side QListWidget::item:hover {{ background: {c.bubble}; }}
    QLineEdit {{ padding: 6px 8px; border: 1px solid {c.line}; border-radius: 6px; background: {c.card}; }}
    QLineEdit:focus {{ border: 1px solid {c.accent}; }}
    QScrollArea, #page {{ background: {c.window}; border: none; }}
    #bubble {{ background: {c.bubble}; border-radius: {RADIUS}px; padding: 9px 13px; }}
    #card {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {RADIUS}px; }}
    #quiet {{ color: {c.quiet}; }}
    #field {{ color: {c.quiet}; }}
    #changed {{ color: {c.accent}; font-weight: 600; }}
    FieldValue {{ border: 1px solid transparent; border-radius: 5px; padding: 1px 4px; }}
    FieldValue[editable="true"]:hover {{ background: {c.side}; }}
    FieldValue[editable="true"]:focus {{ border: 1px solid {c.accent}; }}
    PromptCard #field {{ padding: 2px 0; }}
    #editor {{ background: {c.card}; border: 1px solid {c.accent}; border-radius: 5px; }}
    #small {{ border: none; background: transparent; color: {c.quiet}; padding: 0 6px; }}
    #small:hover, #small:focus {{ background: {c.bubble}; color: {c.text}; }}
    #note {{ color: {c.quiet}; font-style: italic; }}
    #warning {{ color: {c.warning}; font-weight: 600; }}
    #section {{ color: {c.quiet}; font-weight: 600; padding-top: 6px; }}
    #model-title {{ font-size: 15px; font-weight: 600; }}
    QProgressBar {{ border: none; border-radius: 3px; background: {c.line}; }}
    QProgressBar::chunk {{ border-radius: 3px; background: {c.accent}; }}
    QComboBox {{ border: 1px solid {c.line}; border-radius: 6px; padding: 4px 8px; background: {c.card}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ width: 0; height: 0; border-left: 4px solid {c.card}; border-right: 4px solid {c.card};
        border-top: 5px solid {c.quiet}; }}
    QComboBox:focus {{ border: 1px solid {c.accent}; }}
    QComboBox QAbstractItemView {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line}; outline: none;
        selection-background-color: {c.bubble}; selection-color: {c.text}; }}
    #title {{ font-size: 24px; font-weight: 600; }}
    QPushButton, QToolButton {{ border: 1px solid {c.line}; border-radius: 6px; padding: 5px 11px; background: {c.card}; }}
    QPushButton:hover, QToolButton:hover {{ background: {c.bubble}; }}
    QPushButton:focus, QToolButton:focus {{ border: 1px solid {c.accent}; }}
    QPushButton:checked, QToolButton:checked {{ background: {c.bubble}; border: 1px solid {c.accent}; }}
    QPushButton:disabled {{ color: {c.quiet}; }}
    QPushButton:checked {{ background: {c.bubble}; border: 1px solid {c.accent}; }}
    #quiet-button {{ border: 1px solid transparent; background: transparent; color: {c.quiet}; padding: 3px 6px; }}
    #quiet-button:hover {{ color: {c.text}; background: {c.bubble}; }}
    #quiet-button:focus {{ border: 1px solid {c.accent}; color: {c.text}; }}
    QDialog {{ background: {c.window}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QDialog QListWidget {{ background: {c.card}; border: 1px solid {c.line}; border-radius: 6px; }}
    QDialog QListWidget::item {{ padding: 6px 8px; }}
    #more {{ padding: 4px 8px; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton:checked {{ background: {c.bubble}; border: 1px solid {c.accent}; }}
    #link {{ border: none; background: transparent; color: {c.accent}; padding: 0 3px; }}
    #link:hover, #link:focus {{ text-decoration: underline; border: none; }}
    #primary {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; font-weight: 600; }}
    #primary:disabled {{ background: {c.line}; border-color: {c.line}; color: {c.quiet}; }}
    #example {{ text-align: left; padding: 11px 14px; border-radius: {RADIUS}px; }}
    #composer {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {RADIUS + 2}px; }}
    #chip {{ background: {c.window}; border: 1px solid {c.line}; border-radius: {RADIUS - 2}px; }}
    #chip-name {{ font-weight: 600; }}
    #box {{ background: transparent; border: none; font-size: 15px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {c.line}; border-radius: 5px; min-height: 32px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.quiet}; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {c.line}; border-radius: 5px; min-width: 32px; }}
    QScrollBar::handle:horizontal:hover {{ background: {c.quiet}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    #toast {{ background: {c.text}; color: {c.window}; border-radius: 8px; padding: 4px 8px; }}
    #toast QLabel {{ color: {c.window}; }}
    """
