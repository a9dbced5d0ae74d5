"""Durations as people say them, no more exact than they are known."""

from __future__ import annotations


def rounded_time(seconds: float) -> str:
    """A number and its unit: “3 s”, “40 s”, “90 s”, “3 min”, “2 h”."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 55:
        return f"{5 * round(seconds / 5)} s"
    minutes = seconds / 60
    if 1.25 <= minutes < 1.75:
        return "90 s"
    if minutes < 10:
        return f"{max(1, round(minutes))} min"
    return f"{5 * round(minutes / 5)} min" if minutes < 100 else f"{round(minutes / 60)} h"
