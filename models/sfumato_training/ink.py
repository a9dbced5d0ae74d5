"""A canvas that shades every shape softly and tints it by the light of the scene; the alphabet the scenes are drawn with."""

from __future__ import annotations

import colorsys
import functools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import skia

Colour = tuple[float, float, float]  # sRGB, 0 to 1
Tint = Callable[[Colour], Colour]


def rgb(text: str) -> Colour:
    """A colour from six hexadecimal digits."""
    return (int(text[0:2], 16) / 255, int(text[2:4], 16) / 255, int(text[4:6], 16) / 255)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def multiply(a: Colour, b: Colour) -> Colour:
    """The colour a under a light of colour b."""
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


def lighter(colour: Colour, share: float) -> Colour:
    """Towards white."""
    return mix(colour, (1.0, 1.0, 1.0), share)


def darker(colour: Colour, share: float) -> Colour:
    """Towards a deep version of the same hue, as a shadow is."""
    hue, saturation, value = colorsys.rgb_to_hsv(*colour)
    return colorsys.hsv_to_rgb(hue, min(1.0, saturation * (1 + 0.3 * share)), value * (1 - share))


class Ink:
    """Draws on a skia canvas. Shapes are lit from the upper left, or right when `side` is -1."""

    def __init__(self, width: int, height: int, tint: Tint, side: int = 1) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.surface = skia.Surface(self.pixels, skia.ColorType.kRGBA_8888_ColorType)
        self.canvas = self.surface.getCanvas()
        self.tint = tint
        self.side = side
        self.shading = 0.18

    @contextmanager
    def at(self, x: float, y: float, scale: float, turn: float = 0.0, flip: bool = False) -> Iterator[None]:
        """Draw in units of `scale` pixels around a point; y points down; `turn` in degrees."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        side, self.side = self.side, -self.side if flip else self.side
        yield
        self.side = side
        self.canvas.restore()

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, shade: float | None = None) -> None:
        """An ellipse around a point; round things are shaded as balls."""
        shade = self.shading if shade is None else shade
        paint = skia.Paint(AntiAlias=True)
        if shade:
            light = self._colour(lighter(colour, shade * 1.6)), self._colour(colour)
            dark = self._colour(darker(colour, shade * 2.2))
            centre = skia.Point(x - 0.35 * rx * self.side, y - 0.4 * ry)
            paint.setShader(skia.GradientShader.MakeRadial(centre, 1.5 * max(rx, ry), [*light, dark], [0.0, 0.45, 1.0]))
        else:
            paint.setColor4f(self._colour4(colour))
        self.canvas.drawOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry), paint)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, r: float = 0.0) -> None:
        """A rectangle from its upper left corner, with round corners of radius r."""
        rect = skia.Rect.MakeXYWH(x, y, w, h)
        self.canvas.drawRoundRect(rect, r, r, self._shaded(rect, colour))

    def shape(self, svg: str, colour: Colour) -> None:
        """A filled path, in the letters M L Q C Z of SVG with absolute coordinates."""
        path = _path(svg)
        self.canvas.drawPath(path, self._shaded(path.getBounds(), colour))

    def poly(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A filled polygon."""
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        self.canvas.drawPath(path, self._shaded(path.getBounds(), colour))

    def line(self, svg: str, width: float, colour: Colour) -> None:
        """A stroke with round ends along a path."""
        paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setColor4f(self._colour4(colour))
        self.canvas.drawPath(_path(svg), paint)

    def gradient(self, rect: tuple[float, float, float, float], colours: list[Colour], stops: list[float]) -> None:
        """A rectangle (left, top, right, bottom) filled from top to bottom."""
        ends = [skia.Point(0, rect[1]), skia.Point(0, rect[3])]
        shader = skia.GradientShader.MakeLinear(ends, [self._colour(colour) for colour in colours], stops)
        self.canvas.drawRect(skia.Rect.MakeLTRB(*rect), skia.Paint(Shader=shader))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light that adds to what is there; not tinted."""
        inner = skia.Color4f(*colour, strength).toColor()
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, [inner, skia.Color4f(*colour, 0).toColor()])
        self.canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float) -> None:
        """A soft shadow on the ground."""
        paint = skia.Paint(AntiAlias=True, Color4f=skia.Color4f(0.03, 0.03, 0.1, strength))
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, ry * 0.6)))
        self.canvas.drawOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry), paint)

    def beam(self, points: list[tuple[float, float]], colour: Colour, top: float, bottom: float) -> None:
        """A polygon of light that adds to what is there, its strength changing from top to bottom; not tinted."""
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        bounds = path.getBounds()
        ends = [skia.Point(0, bounds.top()), skia.Point(0, bounds.bottom())]
        colours = [skia.Color4f(*colour, top).toColor(), skia.Color4f(*colour, bottom).toColor()]
        paint = skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear(ends, colours))
        paint.setBlendMode(skia.BlendMode.kScreen)
        self.canvas.drawPath(path, paint)

    @contextmanager
    def within(self, left: float, top: float, right: float, bottom: float) -> Iterator[None]:
        """Draw nothing outside a rectangle."""
        self.canvas.save()
        self.canvas.clipRect(skia.Rect.MakeLTRB(left, top, right, bottom))
        yield
        self.canvas.restore()

    def veil(self, rect: tuple[float, float, float, float], colour: Colour, top: float, bottom: float) -> None:
        """A haze over a rectangle whose opacity changes from top to bottom; not tinted."""
        ends = [skia.Point(0, rect[1]), skia.Point(0, rect[3])]
        colours = [skia.Color4f(*colour, top).toColor(), skia.Color4f(*colour, bottom).toColor()]
        self.canvas.drawRect(
            skia.Rect.MakeLTRB(*rect), skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, colours))
        )

    def _shaded(self, rect: skia.Rect, colour: Colour) -> skia.Paint:
        paint = skia.Paint(AntiAlias=True)
        left, right = (rect.left(), rect.right()) if self.side > 0 else (rect.right(), rect.left())
        colours = [self._colour(lighter(colour, self.shading)), self._colour(darker(colour, self.shading * 1.5))]
        ends = [skia.Point(left, rect.top()), skia.Point(right, rect.bottom())]
        paint.setShader(skia.GradientShader.MakeLinear(ends, colours))
        return paint

    def _colour4(self, colour: Colour) -> skia.Color4f:
        red, green, blue = self.tint(colour)
        return skia.Color4f(min(1.0, max(0.0, red)), min(1.0, max(0.0, green)), min(1.0, max(0.0, blue)), 1.0)

    def _colour(self, colour: Colour) -> int:
        return int(self._colour4(colour).toColor())


@functools.cache
def _path(svg: str) -> skia.Path:
    path = skia.Path()
    steps = {"M": (path.moveTo, 2), "L": (path.lineTo, 2), "Q": (path.quadTo, 4), "C": (path.cubicTo, 6)}
    words = svg.replace(",", " ").split()
    index = 0
    letter = "M"
    while index < len(words):
        if words[index].isalpha():
            letter, index = words[index], index + 1
            if letter == "Z":
                path.close()
                continue
        call, count = steps[letter]
        call(*(float(word) for word in words[index : index + count]))
        index += count
    return path


def star_points(count: int, outer: float, inner: float) -> list[tuple[float, float]]:
    """The corners of a star around the origin, the first one up."""
    angles = (math.pi * step / count - math.pi / 2 for step in range(2 * count))
    return [
        (math.cos(angle) * (inner if step % 2 else outer), math.sin(angle) * (inner if step % 2 else outer))
        for step, angle in enumerate(angles)
    ]
