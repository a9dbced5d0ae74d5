"""The contact sheet of a painter: things across, styles down, one seed; the rest of the scene changes from thing to thing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from sfumato_training.captions import full_caption
from sfumato_training.painter_evaluate import load_pipeline, paint
from sfumato_training.world import STYLES, Scene, Second

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
