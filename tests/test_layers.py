"""The walls between the layers, seen from a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = {"torch", "diffusers", "transformers", "llama_cpp"}


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("sfumato.turn, sfumato.library, sfumato.guide, sfumato.replay, sfumato.settings", ENGINES | {"PySide6"}),
        ("sfumato_desktop.app, sfumato_desktop.controller, sfumato_desktop.commands", ENGINES),
        ("sfumato_desktop.cli, sfumato_desktop.commands", ENGINES | {"PySide6"}),
        ("sfumato_models.supervisor, sfumato_models.installed", ENGINES | {"PySide6"}),
        (
            "sfumato_desktop.cli, sfumato_models.downloads",
            ENGINES | {"PySide6", "httpx2", "huggingface_hub", "keyring"},
        ),
        ("sfumato_desktop.cli, sfumato_desktop.app, sfumato_desktop.window", {"pydantic", "sqlite3", "PIL"}),
    ],
)
def test_importing_does_not_bring_what_belongs_elsewhere(modules: str, absent: set[str]) -> None:
    code = f"import sys, {modules}; print(','.join(sorted(set(sys.modules) & {absent!r})))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
