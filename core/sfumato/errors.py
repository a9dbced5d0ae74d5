"""Errors that a person reads. What is known to go wrong is an `SfumatoError`; anything else is a bug."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


class SfumatoError(Exception):
    """Known trouble: a sentence a person can read, what to do next, and the detail for the log.

    Args:
        message: one plain sentence that says what happened.
        hint: what the person can do now.
        detail: technical text for the log; never shown first.

    `can_retry` says whether the very same request can succeed later; otherwise the hint says what to do instead.
    """

    can_retry: ClassVar[bool] = False

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.hint, self.detail)


class WhichPicture(SfumatoError):
    """Several pictures can be meant. `numbers` are those to choose from; `goes_on` says whether the message does more
    than lead back to one of them.
    """

    def __init__(
        self, message: str, hint: str = "", detail: str = "", numbers: tuple[int, ...] = (), goes_on: bool = False
    ) -> None:
        super().__init__(message, hint, detail)
        self.numbers = numbers
        self.goes_on = goes_on

    def __reduce__(self) -> tuple[type[SfumatoError], tuple[Any, ...]]:
        return type(self), (self.message, self.hint, self.detail, self.numbers, self.goes_on)


class Retryable(SfumatoError):
    """Trouble that may be gone when the same is tried again, by itself or after what the hint says."""

    can_retry = True


class NoMemory(Retryable):
    """There was no memory for a picture. `offer` is a size (pixels) that fits; None if no smaller one would help."""

    def __init__(self, message: str, hint: str = "", detail: str = "", offer: tuple[int, int] | None = None) -> None:
        super().__init__(message, hint, detail)
        self.offer = offer

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.hint, self.detail, self.offer)


class EngineDied(Retryable):
    """The engine process ended by itself; the next request starts a new one."""


class DeviceLost(Retryable):
    """The device failed in a way that only a new process mends; the next request starts one."""


class UnusableAnswer(SfumatoError):
    """The writer answered something that is not a decision; the person's own words are used instead."""


class TurnCancelled(Exception):
    """Stop was asked for. Not an error: nothing is reported but that it stopped."""


def unforeseen(error: BaseException) -> SfumatoError:
    """A bug in words for a person; its traceback goes to the log."""
    log.error("unforeseen", exc_info=error)
    return Retryable("Something went wrong that Sfumato did not foresee.", "Try again.", repr(error))


def caught(work: Callable[[], T]) -> T | Exception:
    """What some work gives, or whatever it raised, unlogged: for libraries that raise what they like. The caller tells."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # handed to the caller, not hidden
        return error


def attempt(work: Callable[[], T]) -> T | SfumatoError:
    """What some work gives, or what went wrong in it: for the edge of a thread, where nothing else may be raised.

    Raises:
        TurnCancelled: after a stop, which is not an error.
    """
    found = caught(work)
    if isinstance(found, TurnCancelled):
        raise found
    return unforeseen(found) if isinstance(found, Exception) and not isinstance(found, SfumatoError) else found
