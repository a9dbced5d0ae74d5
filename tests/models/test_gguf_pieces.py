"""Language models in several GGUF files: found as one, described as one, loaded as one; a missing piece is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.dialogue import Reading
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato_models.gguf_pieces import piece_names, whole_name
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.local_files import describe, look
from sfumato_models.supervisor import EngineProcess, RemoteWriter
from sfumato_models.worker import EngineSpec
from sfumato_models.writer import LlamaWriter
from tests.models.test_local_files import gguf
from tests.models.tiny_gguf import split_gguf


@pytest.fixture
def split_writer(writer_model: InstalledModel, tmp_path: Path) -> InstalledModel:
    first, *others = split_gguf(writer_model.path, tmp_path, 4)
    assert len(others) >= 2
    return InstalledModel(writer_model.spec, first)


def test_the_names_of_the_pieces_follow_from_any_one() -> None:
    names = tuple(f"fine.Q4-0000{number}-of-00003.gguf" for number in (1, 2, 3))
    assert piece_names("fine.Q4-00002-of-00003.gguf") == names
    assert whole_name(names[2]) == "fine.Q4"
    for whole in (
        "fine.gguf",
        "fine-00004-of-00003.gguf",
        "fine-00000-of-00003.gguf",
        "model-00001-of-00002.safetensors",
    ):
        assert piece_names(whole) == (whole,)


def test_a_split_writer_answers_as_the_whole_one_does(
    writer_model: InstalledModel, split_writer: InstalledModel, tmp_path: Path
) -> None:
    check_whole(split_writer)
    assert len(split_writer.weight_files()) >= 3
    assert split_writer.size_bytes > writer_model.size_bytes

    def answer(model: InstalledModel) -> str:
        assert model.spec.writer
        try:
            return LlamaWriter(model.path, model.spec.writer, 1).decide(Reading("a blue boat"), CancelToken()).to_text()
        except UnusableAnswer as error:
            return error.detail

    assert answer(split_writer) == answer(writer_model)
    process = EngineProcess(EngineSpec("writer", split_writer, 1, tmp_path / "writer.log"))
    try:
        RemoteWriter(process).load(CancelToken())
        split_writer.path.with_name(piece_names(split_writer.path.name)[1]).unlink()
        process.close()
        with pytest.raises(SfumatoError, match=r"is a model in \d files, and writer-00002-of-\d{5}\.gguf is missing"):
            RemoteWriter(process).load(CancelToken())
    finally:
        process.close()


def test_pieces_are_found_as_one_model_by_whichever_is_named(tmp_path: Path) -> None:
    names = piece_names("chat-Q4_K_M-00001-of-00003.gguf")
    for name in names:
        gguf(tmp_path / name, "qwen3")
    gguf(tmp_path / "alone.gguf", "qwen3")
    found = list(look((tmp_path,), {}))
    assert [(it.title, it.kind) for it in found] == [("alone", "writer"), ("chat-Q4_K_M", "writer")]
    spec = describe(tmp_path / names[2], {})
    assert (spec.id, spec.path) == ("own-chat-q4_k_m", str(tmp_path / names[0]))
    (tmp_path / names[0]).unlink()
    (broken,) = [it for it in look((tmp_path,), {}) if it.kind == "unusable"]
    assert broken.trouble.startswith(f"chat-Q4_K_M is a model in 3 files, and {names[0]} is missing.")
    (tmp_path / names[2]).unlink()
    with pytest.raises(SfumatoError, match="and 1 more is missing"):
        describe(tmp_path / names[1], {})


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_a_piece_that_is_cut_short_is_the_one_named(split_writer: InstalledModel, quarter: int) -> None:
    last = split_writer.path.with_name(piece_names(split_writer.path.name)[-1])
    data = last.read_bytes()
    last.write_bytes(data[: len(data) * quarter // 4])
    with pytest.raises(SfumatoError, match=last.name):
        check_whole(split_writer)
