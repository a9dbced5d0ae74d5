from __future__ import annotations

import pytest

from sfumato_models.installed import InstalledModel
from tests.models.tiny import tiny_painter, tiny_writer


@pytest.fixture(scope="session")
def painter_model(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return tiny_painter(tmp_path_factory.mktemp("models") / "painter")


@pytest.fixture(scope="session")
def writer_model(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return tiny_writer(tmp_path_factory.mktemp("models") / "writer.gguf")
