from __future__ import annotations

import json
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


def older_files(folder: Path) -> InstalledModel:
    """The starter's tokenizer as the first CLIP models came: `vocab.json` and `merges.txt`."""
    model = json.loads((starter().path / "tokenizer" / "tokenizer.json").read_text())["model"]
    (folder / "tokenizer").mkdir()
    (folder / "tokenizer" / "vocab.json").write_text(json.dumps(model["vocab"]))
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    (folder / "tokenizer" / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]))
    return replace(starter(), path=folder)


@pytest.mark.parametrize(
    "text", ["", "a red ball", "A  ZEBRA, crossing; 42 → 😀", "isn't it 2026?", "word " * 300, "Ünïcode"]
)
def test_the_two_files_of_older_models_count_as_the_one_of_newer_ones(tmp_path: Path, text: str) -> None:
    assert token_counter(older_files(tmp_path)).count(text) == token_counter(starter()).count(text)


@pytest.mark.parametrize(
    ("name", "content"), [("merges.txt", None), ("vocab.json", "{"), ("merges.txt", "no such merge")]
)
def test_a_damaged_file_of_an_older_model_is_named(tmp_path: Path, name: str, content: str | None) -> None:
    model = older_files(tmp_path)
    file = tmp_path / "tokenizer" / name
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(SfumatoError, match=r"merges\.txt|vocab\.json"):
        token_counter(model)


def test_what_is_left_out_is_the_end_of_the_text_as_it_was_typed() -> None:
    counter = token_counter(starter())
    assert counter.left_out("a red ball", 10, 1) == ""
    text = "A red ball, a Blue boat, night"
    read = counter.count("A red ball, a")
    assert counter.left_out(text, read, 1) == "Blue boat, night"
    assert counter.left_out(text, read, 4) == ""


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
