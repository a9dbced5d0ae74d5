"""The one movement of the window: something new fades in. Nothing moves for people who asked their system for that."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QPropertyAnimation, QSequentialAnimationGroup, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

FADE_MS = 180


def is_motion_wanted() -> bool:
    """False where the person asked the system for less motion."""
    hints = QGuiApplication.styleHints()  # held, or its wrapper takes the accessibility hints with it
    return hints.accessibility().motionPreference() != Qt.MotionPreference.ReducedMotion


def fade_in(widget: QWidget, delay_ms: int = 0) -> None:
    """Let a widget that has its place already become visible, after a delay."""
    if not is_motion_wanted():
        return
    effect = QGraphicsOpacityEffect(widget)
    effect.setOpacity(0)
    widget.setGraphicsEffect(effect)
    fade = QPropertyAnimation(effect, b"opacity", widget)
    fade.setDuration(FADE_MS)
    fade.setStartValue(0)
    fade.setEndValue(1)
    fade.setEasingCurve(QEasingCurve.Type.OutCubic)
    whole = QSequentialAnimationGroup(widget)
    whole.addPause(delay_ms)
    whole.addAnimation(fade)
    whole.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
    whole.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
