"""Do the starter models obey? The shipped files against pictures and phrasings that their training never saw.

The grader is `tests/data/grader.safetensors`, made by `python -m sfumato_training make-all --stage grader` from scenes of its own.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, machine_factor

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "resources" / "sfumato_resources" / "starter"
GRADER = ROOT / "tests" / "data" / "grader.safetensors"
PICTURES, SEVERAL, EXTRAS, WORDS, BLURRY, REQUESTS, RANKED = 600, 120, 140, 2, 24, 600, 96


def measure_starter() -> Iterator[Figure]:
    """All figures of the area."""
    yield from _writer()
    yield from _painter()
    yield from _speed()


def _painter() -> Iterator[Figure]:
    import torch

    from sfumato_training.grader import load_grader
    from sfumato_training.judge import load_judge, share_ranked_first
    from sfumato_training.painter_evaluate import (
        load_pipeline,
        measure_extras,
        measure_obedience,
        measure_several,
        measure_sharpness,
        measure_synonyms,
    )
    from sfumato_training.pictures import combinations_of
    from sfumato_training.world import TRAINED_ON

    torch.set_num_threads(2)
    grader, pipeline = load_grader(GRADER), load_pipeline(STARTER / "painter")
    trained_on = combinations_of(*TRAINED_ON)
    for share in measure_obedience(pipeline, grader, trained_on, PICTURES):
        told = f"painted {share.painted:.0%}, drawn {share.drawn:.0%} of {share.count}"
        yield Figure(share.name, share.of_the_graders_own, 0.92, told, at_most=False)
    for share in measure_several(pipeline, grader, trained_on, SEVERAL):
        told = f"painted {share.painted:.0%}, drawn {share.drawn:.0%} of {share.count}"
        if share.name == "two_things":
            told = (
                f"painted: both there, colours not swapped; the grader finds {share.drawn:.0%} of {share.count} drawn"
            )
            yield Figure(share.name, share.painted, 0.6, told, at_most=False)
        else:
            print(f"starter.{share.name}: {share.of_the_graders_own:.0%} of the grader's own; {told}")
    for share in measure_extras(pipeline, grader, trained_on, EXTRAS):
        goal = {"extra_asked": 0.8, "extra_ruled_out": 0.1}.get(share.name)
        told = f"painted, of {share.count}; the grader finds it in {share.drawn:.0%} of the drawn ones"
        if goal is None:
            print(f"starter.{share.name}: {share.painted:.0%}, for comparison")
        else:
            yield Figure(share.name, share.painted, goal, told, at_most=share.name != "extra_asked")
    words = list(measure_synonyms(pipeline, grader, trained_on, WORDS))
    painted, drawn = (sum(getattr(share, side) for share in words) for side in ("painted", "drawn"))
    weakest = ", ".join(f"“{share.name}”" for share in words if not share.painted) or "none"
    told = f"{len(words)} words that are not the usual ones, {WORDS} pictures each; never right: {weakest}"
    yield Figure("other_words", painted / drawn, 0.92, told, at_most=False)
    ranked = share_ranked_first(load_judge(STARTER / "painter"), trained_on, RANKED)
    print(
        f"starter.ranked_first: the CLIP pair picks the right one of {RANKED} captions for {ranked:.0%} of as many scenes"
    )
    sharp = measure_sharpness(pipeline, trained_on, BLURRY)
    yield Figure(
        "sharpness_without_blurry", sharp, 2, f"“blurry” ruled out over asked for, {BLURRY} prompts each", False
    )


def _writer() -> Iterator[Figure]:
    from sfumato_training.writer_evaluate import evaluate_writer

    file = STARTER / "writer" / "writer.gguf"
    total = evaluate_writer(file, REQUESTS)["all"]
    told = f"of {total.count} requests in phrasings that training never saw"
    yield Figure("writer_valid", total.valid / total.count, 1, told, at_most=False)
    right = f"everything but the reply, {told}"
    yield Figure("writer_all_right", total.all_right / total.count, 0.95, right, at_most=False)
    only = total.only / max(1, total.refined)
    yield Figure("writer_only_asked", only, 0.95, f"no other field, of {total.refined} refinements", False)
    new = evaluate_writer(file, REQUESTS // 2, new_phrasings=False, new_words=True)["all"]
    yield Figure("writer_copied", new.copied / max(1, new.words), 0.95, f"of {new.words} unseen words", False)


def _speed() -> Iterator[Figure]:
    from sfumato.conversation import Conversation
    from sfumato.engine import CancelToken
    from sfumato.paths import find_paths
    from sfumato.plan import make_plan
    from sfumato.request import TurnRequest
    from sfumato_desktop.studio import open_studio

    factor = machine_factor()
    studio = open_studio(find_paths())
    try:
        decided, painted = [], []
        for message in ("a red ball in a meadow at noon", "a blue house in the snow", "a cat in a forest at night") * 2:
            begin = time.perf_counter()
            plan = make_plan(TurnRequest(message, Conversation(0, "")), studio.engines, CancelToken())
            decided.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            studio.engines.painter.paint(plan.recipes[0], None, lambda _: None, CancelToken())
            painted.append(time.perf_counter() - begin)
    finally:
        studio.close()
    yield Figure("decision_s", statistics.median(decided[1:]) / factor, 1, f"median of 5, warm, scaled by {factor:.2f}")
    yield Figure(
        "picture_s", statistics.median(painted[1:]) / factor, 3, f"20 steps, median of 5, scaled by {factor:.2f}"
    )
