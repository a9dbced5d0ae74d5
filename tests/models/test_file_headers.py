"""Headers of model files: what is whole is read, what is cut or lies is named, what is a pickle is not opened."""

from __future__ import annotations

import contextlib
import json
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from sfumato.errors import SfumatoError
from sfumato_models.file_headers import FileHeader, read_header
from sfumato_models.installed import InstalledModel


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_file({"a.weight": torch.zeros(3, 4), "b": torch.zeros(5, dtype=torch.bfloat16)}, file, {"format": "pt"})
    return file


def test_a_whole_file_says_what_it_holds(weights: Path, writer_model: InstalledModel) -> None:
    header = read_header(weights)
    assert header.shapes == {"a.weight": (3, 4), "b": (5,)}
    assert (header.kind, header.parameters, header.metadata) == ("safetensors", 17, {"format": "pt"})
    writer = read_header(writer_model.path)
    assert (writer.kind, writer.metadata["general.architecture"]) == ("gguf", "llama")
    assert writer.shapes["token_embd.weight"] == (512, 64)
    assert read_header(writer_model.path, quick=True).metadata["general.architecture"] == "llama"


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", ["safetensors", "gguf"])
def test_a_file_cut_at_any_quarter_is_named(
    weights: Path, writer_model: InstalledModel, tmp_path: Path, kind: str, quarter: int
) -> None:
    whole = (weights if kind == "safetensors" else writer_model.path).read_bytes()
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole[: len(whole) * quarter // 4])
    with pytest.raises(SfumatoError, match=f"cut.{kind}") as error:
        read_header(cut)
    assert error.value.hint


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 2**60]}},
        {"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F33", "shape": [2], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": "two", "data_offsets": [0, 8]}},
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}},
        {"a": 7},
        [],
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: object) -> None:
    text = json.dumps(header).encode()
    file = tmp_path / "liar.safetensors"
    file.write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    with pytest.raises(SfumatoError, match=r"liar\.safetensors"):
        read_header(file)


def test_a_length_beyond_the_file_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "liar.safetensors"
    file.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(SfumatoError, match="cut short"):
        read_header(file)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=120), st.integers(0, 400))
def test_no_bytes_whatever_lead_to_anything_but_a_sentence(tmp_path: Path, noise: bytes, place: int) -> None:
    file = tmp_path / "noise.gguf"
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, 2)
    file.write_bytes((head + noise)[:place] + noise)
    with contextlib.suppress(SfumatoError):  # anything else is a bug
        assert isinstance(read_header(file), FileHeader)


@pytest.mark.parametrize("name", ["model.ckpt", "model.PT", "pytorch_model.bin", "embedding.pth"])
def test_a_pickle_is_refused_without_being_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(SfumatoError, match="pickle") as error:
        read_header(tmp_path / "not even there" / name)
    assert ".safetensors" in error.value.hint
