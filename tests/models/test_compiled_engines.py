"""Compiled blocks are an engine of its own: built apart, repeatable, named in the recipe, and done without where they fail."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sfumato.engine import CancelToken, Painting
from sfumato.errors import Retryable, SfumatoError
from sfumato.recipe import BLOCKS, ENGINE
from sfumato_models.compile_job import build_compiled
from sfumato_models.compiled_engines import (
    BuildStep,
    Built,
    Tried,
    compiled_models,
    find_compiler,
    forget_tried,
    keep_tried,
    missing_for_compiling,
    tried_models,
    use_compiled,
)
from sfumato_models.installed import InstalledModel
from sfumato_models.memory import Placement
from sfumato_models.painter import DiffusersPainter
from sfumato_models.painter_engine import build
from sfumato_models.supervisor import EngineProcess, RemotePainter
from sfumato_models.worker import EngineSpec
from tests.models.test_families import paint, wish
from tests.models.tiny_families import tiny_family


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """A family with one kind of block."""
    return tiny_family("Krea2Pipeline", tmp_path_factory.mktemp("compiled") / "model")


@pytest.mark.skipif(find_compiler() is None, reason="there is no C++ compiler")
def test_compiled_blocks_repeat_bit_for_bit_and_stand_in_the_recipe(
    model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "1")
    plain = DiffusersPainter(model, 1)
    usual = paint(plain, wish(model))
    steps: list[BuildStep] = []
    built = build(plain, steps.append, CancelToken())
    assert built.repeats
    assert [step.phase for step in steps] == ["usual", "building", *["comparing"] * 3]
    torch._dynamo.reset()
    compiled = DiffusersPainter(model, 1, compiled=True)
    first = paint(compiled, wish(model))
    other_size = paint(compiled, wish(model, width=48, height=80))
    assert paint(compiled, first.recipe.as_draft()).pixels == first.pixels  # whatever sizes were between them
    assert paint(compiled, other_size.recipe.as_draft()).pixels == other_size.pixels
    assert (first.recipe.fingerprint["compiled"], usual.recipe.fingerprint["compiled"]) == ("blocks", "no")
    again = paint(compiled, usual.recipe.as_draft())  # of another conversation, or painted again
    assert (again.pixels, again.recipe.fingerprint) == (usual.pixels, usual.recipe.fingerprint)
    difference = [abs(a - b) for a, b in zip(first.pixels.bgrx, usual.pixels.bgrx, strict=True)]
    assert max(difference) <= 2  # of 255
    assert compiled.report().is_compiled


def test_without_a_compiler_nothing_is_built_and_that_is_said(
    model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.compiled_engines.shutil.which", lambda name: None)
    with pytest.raises(SfumatoError, match="need a C\\+\\+ compiler") as error:
        build_compiled(EngineSpec("painter", model, 1), CancelToken())
    assert "apt install g++" in error.value.hint
    painter = DiffusersPainter(model, 1, compiled=True)
    done = paint(painter, wish(model))
    assert done.recipe.fingerprint["compiled"] == "no"
    assert any("without compiled blocks" in note for note in done.notes)
    plain = DiffusersPainter(model, 1)
    assert paint(plain, wish(model)).pixels == done.pixels
    once_compiled = paint(plain, replace(wish(model), fingerprint={ENGINE: BLOCKS}))
    assert any("without compiled blocks, which are not in use" in note for note in once_compiled.notes)


def test_a_picture_that_makes_parts_move_says_so_and_not_that_blocks_cannot_be_built(
    model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.compiled_engines.shutil.which", lambda name: None)
    painter = DiffusersPainter(model, 1, compiled=True)
    monkeypatch.setattr(painter.loaded, "require_room", lambda *_: painter.loaded.setup.fit)
    setup = painter.loaded.setup
    painter.loaded.setup = replace(setup, fit=replace(setup.fit, placement=Placement.PART_BY_PART))
    done = paint(painter, wish(model))
    assert any("parts had to make room" in note for note in done.notes)
    assert done.recipe.fingerprint["compiled"] == "no room"
    again = paint(painter, done.recipe.as_draft())
    assert (again.pixels, again.recipe.fingerprint, again.notes) == (done.pixels, done.recipe.fingerprint, ())


@pytest.mark.skipif(find_compiler() is None, reason="there is no C++ compiler")
def test_blocks_that_cannot_be_compiled_any_more_are_a_sentence_and_the_next_picture_comes(
    model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch._dynamo.reset()
    painter = DiffusersPainter(model, 1, compiled=True)
    with monkeypatch.context() as patch:
        patch.setattr("torch._inductor.config.force_disable_caches", True)
        patch.setattr("torch._inductor.config.cpp.cxx", ("no-such-compiler",))
        with pytest.raises(Retryable, match="do not work any more") as error:
            paint(painter, wish(model))
    assert "painted without them" in error.value.hint
    assert paint(painter, wish(model)).recipe.fingerprint["compiled"] == "no"


@pytest.mark.skipif(find_compiler() is None, reason="there is no C++ compiler")
def test_where_both_do_not_fit_the_painter_rests_and_a_picture_ends_the_building(
    model: InstalledModel, tmp_path: Path
) -> None:
    spec = EngineSpec("painter", model, 1, tmp_path / "painter.log", notes=tmp_path / "notes")
    beside = EngineProcess(spec)
    painted: list[Painting] = []
    painting = threading.Thread(
        target=lambda: painted.append(RemotePainter(beside).paint(wish(model), None, lambda _: None, CancelToken()))
    )

    def paint_then(step: BuildStep) -> None:
        assert not beside.is_loaded
        if step.phase == "building":
            painting.start()

    try:
        beside.call("load", cancel=CancelToken())
        with pytest.raises(SfumatoError, match="A picture needed the memory"):
            build_compiled(spec, CancelToken(), paint_then, beside, available=lambda: 0)
        painting.join(60)
        assert painted[0].pixels
        paint_again = RemotePainter(beside).paint(wish(model), None, lambda _: None, CancelToken())
        assert paint_again.pixels == painted[0].pixels
    finally:
        beside.close()


def test_what_was_found_is_remembered_by_model_and_used_or_not(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    faster, slower = Built(60, 1.2, 0.8, True), Built(60, 1.0, 0.97, True)
    assert not compiled_models(notes)
    keep_tried(notes, "one", faster)
    keep_tried(notes, "two", slower)
    assert compiled_models(notes) == {"one"}
    use_compiled(notes, "one", False)
    use_compiled(notes, "never tried", True)
    assert not compiled_models(notes)
    assert dict(tried_models(notes)) == {"one": Tried(faster, False), "two": Tried(slower, False)}
    use_compiled(notes, "one", True)
    assert compiled_models(notes) == {"one"}
    forget_tried(notes, {"two"})
    assert dict(tried_models(notes)) == {"two": Tried(slower, False)}
    (notes / "compiled.json").write_text('["one"]')
    assert not compiled_models(notes)


def test_what_is_missing_is_named_with_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfumato_models.compiled_engines.find_compiler", lambda: "/usr/bin/g++")
    monkeypatch.setattr("sfumato_models.compiled_engines.importlib.util.find_spec", lambda name: None)
    assert "Triton" in str(missing_for_compiling(True, tmp_path))
    (tmp_path / "triton").mkdir()
    (tmp_path / "Python.h").touch()
    monkeypatch.setattr("sfumato_models.compiled_engines.sysconfig.get_path", lambda name: str(tmp_path))
    assert missing_for_compiling(True, tmp_path) is None
    assert missing_for_compiling(False) is None
    (tmp_path / "Python.h").unlink()
    assert "python3-dev" in str(missing_for_compiling(False))
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert "packaged app" in str(missing_for_compiling(False))


@pytest.mark.parametrize(
    ("built", "is_worthwhile"),
    [(Built(60, 1.0, 0.8, True), True), (Built(60, 1.0, 0.97, True), False), (Built(60, 1.0, 0.5, False), False)],
)
def test_only_what_is_clearly_faster_and_repeats_is_used(built: Built, is_worthwhile: bool) -> None:
    assert built.is_worthwhile is is_worthwhile
