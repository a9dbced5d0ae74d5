"""Painting an area from near: the part of the picture around it is painted as large as a whole picture, then put back.

A small area gets all of the model's detail, and a model that puts things in the middle of its pictures puts them in the
middle of the area. Lives in an engine process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from sfumato.engine import Pixels, Preview
from sfumato.errors import SfumatoError
from sfumato.masks import hard_mask
from sfumato.recipe import Recipe
from sfumato.selection import SCALE, Selection, Shape
from sfumato_models.inpainting import into_area
from sfumato_models.previews import from_image, to_image

AROUND = 1.25  # how much larger than the area the part is that is painted
SMALLEST = 0.25  # of the picture's side: nearer than this a model sees no picture any more
WHOLE = 0.8  # a part larger than this is better painted with all of the picture


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A part of a picture, `box` in its pixels (left, top, right, bottom), in the shape of the whole."""

    parent: Pixels
    selection: Selection
    box: tuple[int, int, int, int]

    @classmethod
    def of(cls, parent: Pixels, selection: Selection, width: int, height: int) -> CloseUp:
        """The part around an area of a picture that is painted in `width` x `height` pixels.

        Raises:
            SfumatoError: if the picture has another size, or the area is too small to be seen.
        """
        if (parent.width, parent.height) != (width, height):
            raise SfumatoError(
                "This picture has another size than the model paints.", "Select an area of a picture painted here."
            )
        found = hard_mask(selection, width, height).getbbox()
        if found is None:
            raise SfumatoError("The selected area is too small.", "Select a larger part of the picture.")
        left, top, right, bottom = found
        scale = max((right - left) / width, (bottom - top) / height) * AROUND
        scale = 1.0 if scale > WHOLE else max(scale, SMALLEST)
        wide, high = round(width * scale), round(height * scale)
        x = min(max((left + right - wide) // 2, 0), width - wide)
        y = min(max((top + bottom - high) // 2, 0), height - high)
        return cls(parent, selection, (x, y, x + wide, y + high))

    @property
    def picture(self) -> Pixels:
        """The part as it is now, as large as the whole picture."""
        size = (self.parent.width, self.parent.height)
        return from_image(to_image(self.parent).resize(size, Image.Resampling.LANCZOS, self.box))

    def seen(self, recipe: Recipe) -> Recipe:
        """The recipe with the area where it lies in the part."""
        if recipe.area is None:
            return recipe
        shapes = tuple(self._seen(shape) for shape in self.selection.shapes)
        return replace(recipe, area=replace(recipe.area, selection=Selection(shapes)))

    def put_back(self, painted: Pixels) -> Pixels:
        """The whole picture with the painted part (of any size) in the area; all else is the picture's own."""
        left, top, right, bottom = self.box
        whole = to_image(self.parent)
        whole.paste(to_image(painted).resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
        return into_area(from_image(whole), self.parent, self.selection)

    def showing(self, on_preview: Callable[[Preview], None]) -> Callable[[Preview], None]:
        """Shows previews of the part where they belong in the whole picture."""

        def show(preview: Preview) -> None:
            on_preview(replace(preview, pixels=self.put_back(preview.pixels)) if preview.pixels else preview)

        return show

    def _seen(self, shape: Shape) -> Shape:
        """A shape in thousandths of the part; it may reach beyond it."""
        left, top, right, bottom = self.box
        across, down = self.parent.width / (right - left), self.parent.height / (bottom - top)
        x, y = left / self.parent.width * SCALE, top / self.parent.height * SCALE
        points = tuple((round((px - x) * across), round((py - y) * down)) for px, py in shape.points)
        return replace(shape, points=points, radius=round(shape.radius * max(across, down)))
