"""Qwen-Image Edit and PRX as other people's folders hold them; what all families have in common is in `test_families.py`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.painter import DiffusersPainter
from tests.models.test_families import paint, wish, with_texts
from tests.models.test_lora import make_lora
from tests.models.tiny_families import tiny_family


@pytest.fixture(scope="module")
def prx(tmp_path_factory: pytest.TempPathFactory) -> tuple[InstalledModel, DiffusersPainter]:
    model = tiny_family("PRXPipeline", tmp_path_factory.mktemp("prx") / "model")
    return model, DiffusersPainter(model, 1)


def test_a_text_encoder_whose_settings_are_those_of_the_whole_paints_the_same(
    prx: tuple[InstalledModel, DiffusersPainter],
) -> None:
    model, painter = prx
    expected = paint(painter, wish(model)).pixels
    config = model.path / "text_encoder" / "config.json"
    half = json.loads(config.read_text())
    config.write_text(json.dumps({"model_type": "t5gemma", "encoder": half, "decoder": half}))
    index = model.path / "model_index.json"
    index.write_text(index.read_text().replace('"transformers",\n    "T5Gemma', '"prx",\n    "T5Gemma'))
    assert '"prx"' in index.read_text()
    check_whole(model)
    assert paint(DiffusersPainter(model, 1), wish(model)).pixels == expected


def test_guidance_below_the_least_is_none(prx: tuple[InstalledModel, DiffusersPainter]) -> None:
    model, painter = prx
    assert (
        paint(painter, wish(model, guidance_scale=0.0)).pixels == paint(painter, wish(model, guidance_scale=1.0)).pixels
    )


def test_every_word_is_read_as_it_was_written(prx: tuple[InstalledModel, DiffusersPainter]) -> None:
    model, painter = prx  # the pipeline's own rules would leave out all that differs here
    texts = ["a boat", "a click boat", "a Boat", "a 船 boat"]
    pictures = {paint(painter, with_texts(wish(model), positive=text)).recipe.sha256_rgb for text in texts}
    assert len(pictures) == len(texts)


def test_a_lora_for_prx_is_refused_and_the_next_picture_comes(
    prx: tuple[InstalledModel, DiffusersPainter], tmp_path: Path
) -> None:
    model, _ = prx
    painter = DiffusersPainter(model, 1, tmp_path / "shelf")
    other = DiffusersPainter(tiny_family("ZImagePipeline", tmp_path / "z"), 1)
    lora = LoraShelf(tmp_path / "shelf").add(make_lora(other, tmp_path / "style.safetensors"))
    expected = paint(painter, wish(model)).pixels
    with pytest.raises(SfumatoError, match="LoRA"):
        paint(painter, replace(wish(model), loras=(lora,)))
    assert paint(painter, wish(model)).pixels == expected
