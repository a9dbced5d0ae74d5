from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from sfumato_training.grader_views import UNASKED, VIEW, graders_scene, load_views, make_views, moved
from sfumato_training.parts import PARTS
from sfumato_training.world import SUBJECTS

COUNT, SEED = 12, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views")
    make_views(folder, COUNT, SEED)
    return folder


def test_of_a_scene_of_two_each_thing_is_seen_by_itself_and_named(folder: Path) -> None:
    views = load_views(folder)
    subject, number = list(PARTS).index("subject"), list(PARTS).index("number")
    row = 0
    for index in range(COUNT):
        scene = graders_scene(SEED, index)[0]
        named = [scene.subject, *((scene.subject, scene.second.subject) if scene.second else ())]
        for offset, name in enumerate(named):
            assert list(SUBJECTS)[views.parts[row + offset, subject]] == name
            assert (views.parts[row + offset, number] == UNASKED) == (offset > 0)
            assert (views.extras[row + offset] == UNASKED).all() == (offset > 0)
            assert views.seen[row + offset].shape == (3, VIEW, VIEW)
            assert views.seen[row + offset].float().std() > 4  # something was drawn into it
        row += len(named)
    assert row == len(views.seen)


def test_views_that_are_there_are_not_drawn_again(folder: Path) -> None:
    before = (folder / "views.rgb").stat().st_mtime_ns
    make_views(folder, COUNT, SEED)
    assert (folder / "views.rgb").stat().st_mtime_ns == before


def test_a_square_that_was_moved_lies_in_the_picture_and_still_holds_the_middle_of_the_thing() -> None:
    rng = random.Random(1)
    for _ in range(200):
        left, top = rng.randrange(0, 150), rng.randrange(0, 150)
        side = rng.randrange(30, 100)
        x0, y0, x1, y1 = moved((left, top, left + side, top + side), 256, 256, rng)
        assert 0 <= x0 < left + side / 2 < x1 <= 256
        assert 0 <= y0 < top + side / 2 < y1 <= 256


def test_the_shipped_pair_ranks_the_caption_of_a_drawn_scene_first() -> None:
    from sfumato_training.judge import load_judge, share_ranked_first

    folder = Path(__file__).resolve().parents[2] / "resources" / "sfumato_resources" / "starter" / "painter"
    torch.manual_seed(0)
    assert share_ranked_first(load_judge(folder), set(), 48) > 0.6  # measured: 0.73
