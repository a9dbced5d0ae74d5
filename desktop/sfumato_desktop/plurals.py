"""How many of something there are, in words."""

from __future__ import annotations


def counted(count: int, one: str, several: str) -> str:
    """`one` for a single thing, else `several` with the number in the place of its `{0}`."""
    return one if count == 1 else several.format(count)
