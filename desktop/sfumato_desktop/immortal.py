"""Keeps None, True and False alive under Python 3.11, whatever a C extension does to their reference counts."""

from __future__ import annotations

import ctypes
import sys

_MANY = 1 << 40


def make_constants_immortal() -> None:
    """Give the constants more references than can ever be lost; nothing to do from Python 3.12 on, where they cannot die.

    PySide 6.12 loses a reference to None with every call that returns nothing, as if None were immortal (PEP 683), so
    under Python 3.11 the interpreter aborts with "deallocating None" after some ten thousand calls. Call it once.
    """
    if sys.version_info < (3, 12):
        for constant in (None, True, False):
            ctypes.c_ssize_t.from_address(id(constant)).value += _MANY
