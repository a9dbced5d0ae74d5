from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfumato.paths import find_paths
from sfumato_desktop.studio import Studio, open_studio


@pytest.fixture
def studio() -> Iterator[Studio]:
    """The real engines on the starter models, in processes of their own."""
    opened = open_studio(find_paths())
    yield opened
    opened.close()
