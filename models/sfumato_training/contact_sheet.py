"""Two sheets to judge a painter by eye: styles by things from one seed, and pairs in which one word of light was changed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from sfumato_training.captions import full_caption
from sfumato_training.grader import held_out_scenes
from sfumato_training.painter_evaluate import load_pipeline, paint
from sfumato_training.pictures import combinations_of
from sfumato_training.world import LIGHTINGS, STYLES, TRAINED_ON, Scene, Second

SEED = 7
SHOWN = (
    Scene("ball", "red", "meadow", "flat", "golden"),
    Scene("owl", "brown", "forest", "flat", "candle"),
    Scene("boat", "white", "sea", "flat", "noon"),
    Scene("fish", "orange", "underwater", "flat", "noon"),
    Scene("castle", "purple", "mountains", "flat", "aurora"),
    Scene("cat", "black", "room", "flat", "noon", second=Second("ball", "yellow", "beside")),
    Scene("rabbit", "pink", "snow", "flat", "noon", number=3),
    Scene("robot", "green", "city", "flat", "night"),
)
PAIRS, PAIRS_ACROSS = 20, 4
_SIZE, _GAP = 128, 2  # pixels


def make_contact_sheet(painter: Path, file: Path) -> None:
    """Paint the sheet with a finished painter and write it as `file`."""
    torch.set_num_threads(2)
    pipeline = load_pipeline(painter)
    step = _SIZE + _GAP
    sheet = Image.new("RGB", (len(SHOWN) * step - _GAP, len(STYLES) * step - _GAP), "white")
    for row, style in enumerate(STYLES):
        for column, scene in enumerate(SHOWN):
            picture = paint(pipeline, [full_caption(replace(scene, style=style))], [""], SEED)[0]
            small = Image.fromarray(picture).resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)
            sheet.paste(small, (column * step, row * step))
    sheet.save(file)


def relit_scenes() -> list[tuple[Scene, Scene]]:
    """Scenes that the painter never saw, each in two lights."""
    rng, trained_on = random.Random(f"relit-{SEED}"), combinations_of(*TRAINED_ON)
    scenes = held_out_scenes(PAIRS, trained_on, SEED + 3)
    others = [[replace(scene, lighting=light) for light in LIGHTINGS if light != scene.lighting] for scene in scenes]
    relit = [rng.choice([scene for scene in choice if scene not in trained_on]) for choice in others]
    return list(zip(scenes, relit, strict=True))


def make_relit_sheet(painter: Path, file: Path) -> None:
    """Paint both pictures of each pair from the same seed, side by side, and write the sheet as `file`."""
    torch.set_num_threads(2)
    pipeline = load_pipeline(painter)
    step = _SIZE + _GAP
    sheet = Image.new("RGB", (PAIRS_ACROSS * (2 * step + 4 * _GAP), PAIRS // PAIRS_ACROSS * step), "white")
    sides = [
        paint(pipeline, [full_caption(scene) for scene in side], [""] * PAIRS, SEED)
        for side in zip(*relit_scenes(), strict=True)
    ]
    for number, pair in enumerate(zip(*sides, strict=True)):
        left = number % PAIRS_ACROSS * (2 * step + 4 * _GAP)
        for column, picture in enumerate(pair):
            small = Image.fromarray(picture).resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)
            sheet.paste(small, (left + column * step, number // PAIRS_ACROSS * step))
    sheet.save(file)
