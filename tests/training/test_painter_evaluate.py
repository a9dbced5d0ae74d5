from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from sfumato_training import contact_sheet, painter_evaluate
from sfumato_training.captions import full_caption
from sfumato_training.grader import Grader, load_grader
from sfumato_training.pictures import combinations_of, scene_of
from sfumato_training.world import Scene

GRADER = load_grader(Path(__file__).parents[1] / "data" / "grader.safetensors")
UNUSED = cast(StableDiffusionPipeline, None)
Measure = Callable[[Grader, Set[Scene]], Any]
MEASURES: dict[str, Measure] = {
    "parts": lambda grader, known: list(painter_evaluate.measure_obedience(UNUSED, grader, known, 10)),
    "several": lambda grader, known: list(painter_evaluate.measure_several(UNUSED, grader, known, 6)),
    "extras": lambda grader, known: list(painter_evaluate.measure_extras(UNUSED, grader, known, 7)),
    "synonyms": lambda grader, known: list(painter_evaluate.measure_synonyms(UNUSED, grader, known, 1)),
    "sharpness": lambda grader, known: painter_evaluate.measure_sharpness(UNUSED, known, 4),
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> set[Scene]:
    """All scenes that a measurement asks pictures of; the pictures are mere noise."""
    found: set[Scene] = set()

    def noted(scene: Scene) -> str:
        found.add(scene)
        return full_caption(scene)

    def noise(_: object, prompts: Sequence[str], negatives: Sequence[str]) -> list[np.ndarray]:  # type: ignore[type-arg]
        assert len(prompts) == len(negatives)
        return list(np.random.default_rng(0).integers(0, 256, (len(prompts), 256, 256, 3), np.uint8))

    monkeypatch.setattr(painter_evaluate, "MEASURED", ("setting", "lighting", "camera"))
    monkeypatch.setattr(painter_evaluate, "full_caption", noted)
    monkeypatch.setattr(painter_evaluate, "paint", noise)
    return found


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_nothing_is_measured_on_what_the_painter_was_trained_on(told: set[Scene], measure: Measure) -> None:
    measure(GRADER, set())
    trained_on = frozenset(told)
    told.clear()
    measure(GRADER, trained_on)
    assert told
    assert not told & trained_on


def test_a_scene_that_was_trained_on_with_clouds_or_blurred_is_no_new_one() -> None:
    known = combinations_of(7, 60)
    damaged = [scene for scene, _ in (scene_of(7, index) for index in range(60)) if scene.damage or scene.extras]
    assert damaged
    assert not set(damaged) & known
    assert all(not scene.damage and not scene.extras for scene in known)


def test_both_pictures_of_a_relit_pair_are_new_to_the_painter(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(trained_on: frozenset[Scene]) -> frozenset[Scene]:
        monkeypatch.setattr(contact_sheet, "combinations_of", lambda *_: trained_on)
        return frozenset(scene for pair in contact_sheet.relit_scenes() for scene in pair)

    first = shown(frozenset())
    assert len(first) == 40
    assert not first & shown(first)
