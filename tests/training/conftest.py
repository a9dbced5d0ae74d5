from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import pytest

from sfumato_training import checkpoint


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Budgets see half a second go by whenever they look: trainings end after so many steps, however fast the machine."""
    ticks = count()
    monkeypatch.setattr(checkpoint, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 2))
