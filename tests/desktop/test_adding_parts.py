"""Text encoders and autoencoders that are files of their own, dropped on the window or found on the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sfumato.paths import Paths
from sfumato_desktop.adding import find_on_disk
from sfumato_desktop.collection import open_collection
from sfumato_desktop.found_dialog import FoundDialog
from sfumato_desktop.window import Window
from tests.desktop.test_adding_models import PATIENCE_MS, drop, toast, window  # noqa: F401  # a fixture
from tests.models.tiny_lone import lone_files, tiny_whole


def test_a_transformer_and_its_parts_dropped_together_can_paint(
    qtbot: QtBot,
    window: Window,  # noqa: F811
    paths: Paths,
    tmp_path: Path,
) -> None:
    files = lone_files(tiny_whole("ZImagePipeline", tmp_path / "made"), tmp_path)
    for folder in "abc":
        (tmp_path / folder).mkdir()
    places = [file.rename(tmp_path / folder / file.name) for folder, file in zip("abc", files.values(), strict=True)]
    drop(window, *places)  # the transformer first, which lacks the others
    qtbot.waitUntil(lambda: "“z-image-F32” is among your models, used where it" in toast(window), timeout=PATIENCE_MS)
    assert "ae.safetensors is the autoencoder of FLUX.1 and Z-Image." in toast(window)
    model = open_collection(paths).get("own-z-image-f32")
    assert set(model.components.values()) == set(places[1:])


def test_parts_are_found_and_told_as_parts(
    qtbot: QtBot,
    window: Window,  # noqa: F811
    paths: Paths,
    tmp_path: Path,
) -> None:
    files = lone_files(tiny_whole("ZImagePipeline", tmp_path / "made"), tmp_path / "models")
    files["transformer"].unlink()
    dialog = FoundDialog(window, window.files)
    qtbot.addWidget(dialog)
    found = find_on_disk(paths, open_collection(paths), (tmp_path / "models",))
    dialog.show_found(found, frozenset())
    assert {it.kind for it in found} == {"part"}
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    assert "ae · a part: the autoencoder of FLUX.1 and Z-Image" in labels
    assert set(dialog.buttons) == {files["text_encoder"], files["vae"]}
