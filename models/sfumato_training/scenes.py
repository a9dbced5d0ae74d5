"""One scene of the world as a picture: sky, place, things and light. Styles are laid over it by `styles.py`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import skia
from PIL import Image, ImageFilter

from sfumato_training import closed_places, lights, places
from sfumato_training.damages import apply_damage
from sfumato_training.extras import add_frame, draw_before, draw_behind
from sfumato_training.ink import Colour, Ink, darker, lighter, rgb
from sfumato_training.lights import LIGHTS, Light, place_tint, thing_tint
from sfumato_training.paint import GLASS, LIT, PAINT
from sfumato_training.styles import apply_style
from sfumato_training.subjects import SUBJECT_DRAWINGS, extent
from sfumato_training.world import FLYING, SETTINGS, Scene

HORIZON = {"": 0.6, "close": 0.66, "wide": 0.56, "low": 0.82, "aerial": 0.13}
HEIGHT = {"": 0.62, "close": 1.02, "wide": 0.36, "low": 0.76, "aerial": 0.46}
FOOT = {"": 0.88, "close": 1.08, "wide": 0.8, "low": 0.98, "aerial": 0.72}
FLATTENED = 0.84  # how tall a thing looks from above
LAMPS = {"house": 0.34, "castle": 0.6, "lighthouse": 0.86, "rocket": 0.1, "windmill": 0.4, "train": 0.6}

Pixels = npt.NDArray[np.uint8]
Square = tuple[int, int, int, int]
PLACES = {name: vars(closed_places).get(name) or vars(places)[name] for name in SETTINGS}


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing in the picture: its point of standing and its unit in pixels."""

    subject: str
    colour: str
    x: float
    foot: float
    size: float


def draw_scene(scene: Scene, rng: random.Random, width: int = 256, height: int = 256) -> Pixels:
    """The scene as height x width x 3 bytes of RGB. Equal arguments and state of `rng` give equal pictures."""
    plain, _ = draw_plain(scene, rng, width, height)
    return finish(scene, plain, rng)


def finish(scene: Scene, plain: Pixels, rng: random.Random) -> Pixels:
    """The plain picture in the style of the scene, framed if it has a frame, then spoiled if it is damaged."""
    styled = apply_style(scene.style, plain, rng)
    return apply_damage(scene.damage, add_frame(styled) if "frame" in scene.extras else styled, rng)


def draw_plain(
    scene: Scene, rng: random.Random, width: int = 256, height: int = 256
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The scene before its style, frame and damage (height x width x 3 bytes), and where its things are."""
    light = LIGHTS[scene.lighting]
    ink = Ink(width, height, lambda colour: colour)
    horizon = height * (HORIZON[scene.camera] + rng.uniform(-0.015, 0.015))
    things = arrange(scene, width, height, rng)
    x = sum(thing.x for thing in things) / len(things)
    foot, reach = _spot(things)
    lights.draw_sky(ink, light, (0, 0, width, horizon), height, rng)
    ink.tint = lambda colour: place_tint(colour, light)
    PLACES[scene.setting](ink, light, horizon, rng)
    if light.haze:
        ink.veil((0, horizon * 0.5, width, height), rgb(light.haze), 0.75, 0.1)
    ink.tint = lambda colour: thing_tint(colour, light)
    draw_behind(ink, scene.extras, light, horizon, rng)
    if scene.lighting == "studio":
        lights.darken_around(ink, x, height * 0.6, width * 0.72, 0.8)
        lights.draw_spotlight(ink, x, foot, reach)
    elif scene.lighting == "candle":
        lights.darken_around(ink, width * 0.4, foot - 0.1 * height, width * 0.66, 0.72)
        ink.glow(width * 0.34, foot - 0.12 * height, width * 0.55, (1.0, 0.55, 0.2), 0.45)
    is_thing = np.zeros((height, width), np.bool_)
    for thing in things:
        is_thing |= _draw_thing(ink, thing, scene, light, rng)
    ink.tint = lambda colour: thing_tint(colour, light)
    draw_before(ink, scene, rng)
    _weather(ink, scene, light, rng)
    return ink.pixels[:, :, :3], is_thing


def squares_of_two(scene: Scene, width: int = 256, height: int = 256) -> tuple[Square, Square]:
    """The squares (left, top, right, bottom in pixels) around the first and the second thing of a scene of two."""
    assert scene.second
    placed = {(thing.subject, thing.colour): thing for thing in arrange(scene, width, height, random.Random(0))}
    first, second = placed[scene.subject, scene.colour], placed[scene.second.subject, scene.second.colour]
    return _square(first, width, height), _square(second, width, height)


def _square(thing: Placed, width: int, height: int) -> Square:
    left, top, right, bottom = (thing.size * side for side in extent(thing.subject))
    half = min(1.05 * max(right - left, bottom - top), width, height) / 2
    x = min(max(thing.x + (left + right) / 2, half), width - half)
    y = min(max(thing.foot + (top + bottom) / 2, half), height - half)
    return round(x - half), round(y - half), round(x + half), round(y + half)


def arrange(scene: Scene, width: int, height: int, rng: random.Random) -> list[Placed]:
    """Where the things of the scene stand, the farthest first."""
    first, second = (scene.subject, scene.colour), scene.second
    far = 0.72 if scene.camera == "wide" else 1.0
    if second is None and scene.number == 1:
        size = height * HEIGHT[scene.camera] * min(1.0, width / 240) * rng.uniform(0.97, 1.03)
        left, _, right, _ = extent(scene.subject)
        size = min(size, (1.08 if scene.camera == "close" else 0.88) * width / (right - left))
        middle = width * (0.5 + rng.uniform(-0.03, 0.03)) - size * (left + right) / 2
        return [Placed(*first, middle, height * FOOT[scene.camera] - _lift(scene, size), size)]

    def fitted(what: tuple[str, str], across: float, foot: float, wide: float, tall: float) -> Placed:
        left, top, right, bottom = extent(what[0])
        size = min(wide * width * far / (right - left), tall * height * far / (bottom - top))
        middle = width * (0.5 + (across - 0.5) * far) - size * (left + right) / 2
        return Placed(*what, middle, height * (0.82 + (foot - 0.82) * far) - size * bottom, size)

    if second is None:
        wide = 0.45 if scene.number == 2 else 0.31
        centres = (0.26, 0.74) if scene.number == 2 else (0.175, 0.5, 0.825)
        foot = 0.8 if scene.subject in FLYING else 0.88
        return [fitted(first, across, foot, wide, 0.6) for across in centres]
    other = (second.subject, second.colour)
    if second.relation == "beside":
        return [fitted(first, 0.26, 0.88, 0.46, 0.56), fitted(other, 0.74, 0.88, 0.46, 0.56)]
    if second.relation == "above":
        return [fitted(other, 0.5, 0.94, 0.62, 0.42), fitted(first, 0.5, 0.47, 0.62, 0.42)]
    return [fitted(other, 0.69, 0.7, 0.56, 0.42), fitted(first, 0.34, 0.97, 0.62, 0.52)]


def _lift(scene: Scene, size: float) -> float:
    """How far above the ground a flying thing is, in pixels."""
    if scene.subject not in FLYING:
        return 0.0
    return size * (0.04 if scene.camera == "close" else 0.12 if scene.camera == "low" else 0.2)


def _spot(things: list[Placed]) -> tuple[float, float]:
    """The foot and half width of the ground on which all things stand, in pixels."""
    edges = [
        (thing.x + extent(thing.subject)[0] * thing.size, thing.x + extent(thing.subject)[2] * thing.size)
        for thing in things
    ]
    return max(thing.foot for thing in things), (
        max(edge[1] for edge in edges) - min(edge[0] for edge in edges)
    ) * 0.5 + 18


def _draw_thing(ink: Ink, thing: Placed, scene: Scene, light: Light, rng: random.Random) -> npt.NDArray[np.bool_]:
    """One thing with its shadow; where it is."""
    height, width = ink.pixels.shape[:2]
    size, tall = thing.size, thing.size * (FLATTENED if scene.camera == "aerial" else 1.0)
    layer = Ink(width, height, lambda colour: thing_tint(colour, light))
    glass = _through_tint(LIT, light) if light.windows_lit else GLASS
    with layer.at(thing.x, thing.foot, size):
        layer.canvas.scale(1.0, tall / size)
        SUBJECT_DRAWINGS[thing.subject](layer, _varied(rgb(PAINT[thing.colour]), rng), glass, rng)
    _round(layer, thing)
    image = layer.surface.makeImageSnapshot()
    lifted = thing.subject in FLYING or (scene.second is not None and scene.second.relation == "above")
    if scene.camera == "aerial":
        _cast_shadow(ink, image, thing, light)
    elif not lifted:
        ink.shadow(thing.x + 0.1 * size, thing.foot, size * 0.5, size * 0.07, light.shadow + 0.08)
    _set_off(ink, layer, light)
    ink.canvas.drawImage(image, 0, 0)
    if light.windows_lit and thing.subject in LAMPS:
        reach = size * (0.5 if thing.subject == "lighthouse" else 0.3)
        ink.glow(thing.x, thing.foot - LAMPS[thing.subject] * tall, reach, (1, 0.75, 0.3), 0.5)
    return np.asarray(layer.pixels[:, :, 3] > 127)


def _round(layer: Ink, thing: Placed) -> None:
    """Light from the upper left over the whole thing, shade at its lower right."""
    left, top, right, bottom = (edge * thing.size for edge in extent(thing.subject))
    ends = [skia.Point(thing.x + left, thing.foot + top), skia.Point(thing.x + right, thing.foot + bottom)]
    colours = [skia.Color(255, 255, 255, 24), skia.Color(255, 255, 255, 0), skia.Color(10, 8, 40, 74)]
    paint = skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, colours, [0.0, 0.45, 1.0]))
    paint.setBlendMode(skia.BlendMode.kSrcATop)
    layer.canvas.drawPaint(paint)


def _cast_shadow(ink: Ink, image: skia.Image, thing: Placed, light: Light) -> None:
    """The thing's own shape as a shadow on the ground, falling to the lower right as seen from above."""
    ink.canvas.save()
    ink.canvas.concat(skia.Matrix.MakeAll(1, -0.62, 0.62 * thing.foot, 0, -0.42, 1.42 * thing.foot, 0, 0, 1))
    dark = skia.Color(8, 8, 24, round(255 * min(0.6, light.shadow + 0.12)))
    paint = skia.Paint(ColorFilter=skia.ColorFilters.Blend(dark, skia.BlendMode.kSrcIn))
    ink.canvas.drawImage(image, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear), paint)
    ink.canvas.restore()


def _set_off(ink: Ink, layer: Ink, light: Light) -> None:
    """A soft rim of light around what is on the layer, or else a shade at its lower right, which lifts it off the place."""
    alpha = Image.fromarray(layer.pixels[:, :, 3])
    wide = alpha.reduce(4).filter(ImageFilter.BoxBlur(1)).resize(alpha.size, Image.Resampling.BILINEAR)
    soft = np.asarray(wide).astype(np.uint16)[:, :, None]
    pixels = ink.pixels[:, :, :3]
    if light.halo:
        rim = (np.array(rgb(light.halo)) * 200).astype(np.uint16)
        ink.pixels[:, :, :3] = pixels + ((255 - pixels) * (rim * soft >> 8) >> 8)
    else:
        ink.pixels[:, :, :3] = (pixels * (256 - (np.roll(soft, (4, 2), (0, 1)) * 3 >> 3))) >> 8


def _through_tint(colour: Colour, light: Light) -> Colour:
    """The colour that looks like `colour` once the light on the thing has tinted it."""
    thing = rgb(light.thing)
    return cast(Colour, tuple(part / max(0.3, tint) for part, tint in zip(colour, thing, strict=True)))


def _varied(colour: Colour, rng: random.Random) -> Colour:
    shift = rng.uniform(-0.05, 0.05)
    return lighter(colour, shift) if shift > 0 else darker(colour, -shift)


def _weather(ink: Ink, scene: Scene, light: Light, rng: random.Random) -> None:
    """What stands before the things: rain, fog, evening light, the candle, the dark edges of a spotlight."""
    height, width = ink.pixels.shape[:2]
    ink.tint = lambda colour: colour
    if light.name == "storm":
        if scene.setting in ("forest", "underwater"):
            lights.draw_bolt(ink, width * 0.82, height * 0.08, height * 0.4, 1.0)
        lights.draw_rain(ink, rng)
    elif light.name == "golden":
        ink.veil((0, 0, width, height), (1.0, 0.6, 0.22), 0.03, 0.1)
    elif light.name == "fog":
        for share in (0.32, 0.56, 0.8):
            y = height * (share + rng.uniform(-0.04, 0.04))
            ink.veil((0, y - height * 0.08, width, y), rgb("f0f2f2"), 0.0, 0.45)
            ink.veil((0, y, width, y + height * 0.09), rgb("f0f2f2"), 0.45, 0.0)
    elif light.name == "studio":
        lights.darken_around(ink, width / 2, height * 0.55, width * 0.66, 0.62)
    elif light.name == "candle":
        lights.darken_around(ink, width * 0.42, height * 0.7, width * 0.78, 0.62)
        lights.draw_candle(ink, width * 0.09, height * 0.98, height * 0.28)
    elif light.name == "aurora" and scene.setting == "room":
        ink.glow(width * 0.5, 0, width * 0.5, (0.2, 0.9, 0.5), 0.22)
