"""The masks of a selected area, as pictures."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sfumato.errors import SfumatoError
from sfumato.selection import SCALE, Selection

FEATHER = 0.016  # of the longer side: how far the new fades into the old, inwards


def hard_mask(selection: Selection, width: int, height: int) -> Image.Image:
    """255 where the area is, else 0; mode "L"."""
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for shape in selection.shapes:
        points = [(x * width / SCALE, y * height / SCALE) for x, y in shape.points]
        if shape.kind == "rectangle":
            (x0, y0), (x1, y1) = points
            draw.rectangle((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), fill=255)
            continue
        radius = max(1.0, shape.radius * max(width, height) / SCALE)
        draw.line(points, fill=255, width=round(2 * radius))
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask


def feathered_mask(selection: Selection, width: int, height: int) -> Image.Image:
    """How much of the new picture shows, 0 to 255; exactly 0 everywhere outside the area.

    Raises:
        SfumatoError: if the area is too small for anything to be seen.
    """
    hard = hard_mask(selection, width, height)
    blurred = hard.filter(ImageFilter.GaussianBlur(FEATHER * max(width, height)))
    inwards = blurred.point([max(0, min(255, (level - 127) * 2)) for level in range(256)])
    mask = ImageChops.darker(inwards, hard)
    if mask.getbbox() is None:
        raise SfumatoError("The selected area is too small.", "Select a larger part of the picture.")
    return mask
