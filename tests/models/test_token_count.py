from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from transformers.models.clip.tokenization_clip import CLIPTokenizer

import sfumato_resources
from sfumato.errors import SfumatoError
from sfumato.model_catalog import load_catalogue
from sfumato_models.installed import InstalledModel, find_installed
from sfumato_models.token_count import MARKS, token_counter

RESOURCES = Path(sfumato_resources.__file__).parent


def starter() -> InstalledModel:
    catalogue = load_catalogue([RESOURCES / "catalogue" / "starter.toml"])
    return next(model for model in find_installed(catalogue, RESOURCES / "starter") if model.spec.picture)


@pytest.mark.parametrize("text", ["", "a red ball", "a zebra, crossing; 42 → 😀", "word " * 300, "Ünïcode ‮x"])
def test_the_window_counts_as_the_painter_does(text: str) -> None:
    model = starter()
    tokenizer = CLIPTokenizer.from_pretrained(model.path / "tokenizer", local_files_only=True)
    ids = tokenizer(text, truncation=False, verbose=False).input_ids
    assert token_counter(model).count(text) == len(ids) - MARKS


def test_the_catalogue_knows_the_limit_of_the_starters_text_encoder() -> None:
    model = starter()
    tokenizer = CLIPTokenizer.from_pretrained(model.path / "tokenizer", local_files_only=True)
    assert model.spec.picture
    assert model.spec.picture.token_limit == tokenizer.model_max_length


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_a_missing_or_damaged_tokenizer_is_named(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "tokenizer").mkdir()
    if content is not None:
        (tmp_path / "tokenizer" / "tokenizer.json").write_text(content)
    with pytest.raises(SfumatoError, match=r"tokenizer\.json"):
        token_counter(replace(starter(), path=tmp_path))
