"""Work at the edge of a thread: what it gives, known trouble, a bug in words, and a stop that is no trouble."""

from __future__ import annotations

import pytest

from sfumato.errors import Retryable, SfumatoError, TurnCancelled, attempt


def raising(error: Exception) -> None:
    raise error


def test_known_trouble_is_given_back_and_a_bug_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    trouble = SfumatoError("The file is not there.")
    assert attempt(lambda: 7) == 7
    assert attempt(lambda: raising(trouble)) is trouble
    bug = attempt(lambda: raising(ZeroDivisionError("by zero")))
    assert isinstance(bug, Retryable)
    assert "did not foresee" in str(bug)
    assert "ZeroDivisionError" in caplog.text


def test_a_stop_is_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TurnCancelled):
        attempt(lambda: raising(TurnCancelled()))
    assert not caplog.text
