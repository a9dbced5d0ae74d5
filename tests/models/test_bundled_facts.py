"""What the app itself says of a family: a wrong word, number or notice would paint another picture and fail nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfumato_models.bundled_parts import BUNDLES
from sfumato_models.part_loading import load_tokenizer
from sfumato_models.transformer_files import KINDS
from tests.models.tiny_lone import CONFIGS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("folder", "text", "ids"),
    [
        ("t5_tokenizer", "Hello world", [8774, 296, 1]),
        ("qwen_tokenizer", "Hello world", [9707, 1879]),
        ("clip_tokenizer", "Hello world", [49406, 3306, 1002, 49407]),
    ],
)
def test_a_sentence_is_read_as_the_makers_read_it(folder: str, text: str, ids: list[int]) -> None:
    assert load_tokenizer(CONFIGS / folder)(text).input_ids == ids


@pytest.mark.parametrize(
    ("pipeline", "facts"),
    [
        ("ZImagePipeline", {"shift": 3.0, "use_dynamic_shifting": False}),
        ("FluxPipeline", {"shift": 1.0, "use_dynamic_shifting": False}),
        (
            "Flux2KleinPipeline",
            {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 1.15, "time_shift_type": "exponential"},
        ),
        (
            "QwenImagePipeline",
            {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 0.9, "max_image_seq_len": 8192, "shift_terminal": 0.02},
        ),
        (
            "QwenImageEditPlusPipeline",
            {"use_dynamic_shifting": True, "base_shift": 0.5, "max_shift": 0.9, "max_image_seq_len": 8192, "shift_terminal": 0.02},
        ),
    ],
)  # fmt: skip
def test_the_noise_schedule_has_the_makers_numbers(pipeline: str, facts: dict[str, float]) -> None:
    told = json.loads((CONFIGS / BUNDLES[pipeline].config / "scheduler" / "scheduler_config.json").read_text())
    assert {name: told.get(name) for name in facts} == facts


def test_what_is_guided_has_another_schedule() -> None:
    assert BUNDLES["ZImagePipeline"].guided == {"shift": 6.0}
    flux = next(kind for kind in KINDS if kind.pipeline == "FluxPipeline")
    assert flux.schedules == (
        {"shift": 1.0, "use_dynamic_shifting": False},
        {"shift": 3.0, "use_dynamic_shifting": True},
    )
    edit = json.loads((CONFIGS / "qwen-image-edit" / "transformer" / "config.json").read_text())
    assert edit["zero_cond_t"] is False  # 2511 says so itself


def test_every_vocabulary_has_its_notice() -> None:
    notice = (ROOT / "packaging" / "linux" / "copyright").read_text()
    for folder in CONFIGS.glob("*_tokenizer"):
        assert f"sfumato_resources/checkpoints/{folder.name}/*" in notice
    mit = (CONFIGS / "clip_tokenizer" / "LICENSE").read_text()
    assert "Permission is hereby granted, free of charge" in mit
    for holder in ("OpenAI", "Gabriel Ilharco"):
        assert holder in mit
        assert holder in notice
