"""A writer's layers go to the card as far as there is room beside the painter, in words that say so."""

from __future__ import annotations

import pytest

from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.graphics_layers import Card, block_count, find_card, layers_for
from sfumato_models.hardware import GIB
from sfumato_models.installed import InstalledModel
from sfumato_models.writer import WriterEngine

# a model of four billion parameters in four bits: 36 layers, keys of 1024 numbers
HEADER = FileHeader("gguf", {f"blk.{index}.attn_k.weight": (2560, 1024) for index in range(36)})
SIZE = int(2.5 * GIB)


@pytest.mark.parametrize(
    ("free_gib", "spared_gib", "on_card", "said"),
    [
        (24, 12, 36, "All of its 36 layers are on the Test card"),
        (24, 23.8, 0, "It writes on the processor: 3.1 GiB would put all of it on the Test card; 0.0 GiB are free"),
        (4, 2, 17, "17 of its 36 layers are on the card"),
    ],
)
def test_layers_go_where_there_is_room_beside_the_painter(
    free_gib: float, spared_gib: float, on_card: int, said: str
) -> None:
    found = layers_for(HEADER, SIZE, 4096, Card("Test card", int(free_gib * GIB)), int(spared_gib * GIB))
    assert found.on_card == on_card
    assert said in found.sentence


def test_without_a_card_it_writes_on_the_processor(writer_model: InstalledModel) -> None:
    assert layers_for(HEADER, SIZE, 4096, None, 0).on_card == 0
    engine = WriterEngine(writer_model, 1)
    if find_card() is None:
        assert engine._layers.sentence == "It writes on the processor."


def test_layers_are_counted_from_the_files_header(writer_model: InstalledModel) -> None:
    assert block_count(read_header(writer_model.path)) == 1
    assert block_count(FileHeader("gguf", {}, {"llama.block_count": 28})) == 28  # the others are in other files
