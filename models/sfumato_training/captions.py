"""What is said about a scene: the text that the app compiles, prompt-style lists and plain sentences."""

from __future__ import annotations

import random

from sfumato_training.world import (
    CAMERAS,
    COLOURS,
    DAMAGES,
    EXTRAS,
    LIGHTINGS,
    QUALITY,
    SETTINGS,
    STYLES,
    SUBJECTS,
    Scene,
    Words,
)

DROP = {"setting": 0.1, "style": 0.07, "lighting": 0.07, "camera": 0.15, "colour": 0.08}
USUAL = {"style": "flat", "lighting": "noon"}  # what is meant when nothing is said, and so often left unsaid
DROP_USUAL = 0.4
EMPTY = 0.1


def caption(scene: Scene, rng: random.Random, empty: float = EMPTY) -> str:
    """One of the ways to say the scene; parts may be missing, and sometimes nothing is said (for guidance)."""
    if rng.random() < empty:
        return ""
    said = {name: rng.random() >= _drop(scene, name) for name in DROP}
    subject = _subject(scene, rng, with_colour=said["colour"])
    setting = _word(SETTINGS, scene.setting, rng) if said["setting"] else ""
    style = _word(STYLES, scene.style, rng) if said["style"] else ""
    lighting = _word(LIGHTINGS, scene.lighting, rng) if said["lighting"] else ""
    camera = _word(CAMERAS, scene.camera, rng) if scene.camera and said["camera"] else ""
    quality = _quality(scene, rng)
    form = rng.random()
    if form < 0.6:  # as `compile.py` makes it, fields in their usual order
        parts = [subject, setting, style, lighting, camera, quality]
    elif form < 0.8:  # a list in any order
        parts = [subject, setting, style, lighting, camera, quality]
        rng.shuffle(parts)
    else:
        told = _sentence(subject, setting, style, lighting, camera, rng)
        parts = [told, quality] if rng.random() < 0.5 else [quality, told]
    return ", ".join(part for part in parts if part)


def full_caption(scene: Scene) -> str:
    """The scene in its usual words and order, everything said."""
    subject = f"{_article(scene.colour)} {scene.colour} {SUBJECTS[scene.subject][0]}"
    parts = [subject, SETTINGS[scene.setting][0], STYLES[scene.style][0], LIGHTINGS[scene.lighting][0]]
    return ", ".join(parts + ([CAMERAS[scene.camera][0]] if scene.camera else []))


def _drop(scene: Scene, name: str) -> float:
    return DROP_USUAL if getattr(scene, name) == USUAL.get(name) else DROP[name]


def _quality(scene: Scene, rng: random.Random) -> str:
    """What is wrong with a damaged picture; words of praise for half of the others."""
    if scene.damage:
        return _word(DAMAGES, scene.damage, rng)
    return ", ".join(rng.sample(QUALITY, rng.randint(1, 2))) if rng.random() < 0.5 else ""


def _subject(scene: Scene, rng: random.Random, with_colour: bool) -> str:
    words = [_word(COLOURS, scene.colour, rng)] if with_colour else []
    words.append(_word(SUBJECTS, scene.subject, rng))
    text = " ".join(words)
    if rng.random() < 0.85:
        text = f"{_article(text)} {text}"
    extras = [_word(EXTRAS, name, rng) for name in scene.extras if rng.random() < 0.85]
    return f"{text} with {' and '.join(extras)}" if extras else text


def _sentence(subject: str, setting: str, style: str, lighting: str, camera: str, rng: random.Random) -> str:
    told = " ".join(part for part in (subject, setting) if part)
    told += f" {rng.choice(['at', 'in', 'during'])} {lighting}" if lighting else ""
    told = f"{_article(style)} {style} of {told}" if style and rng.random() < 0.6 else told + f", {style}" * bool(style)
    return told + f", {camera}" * bool(camera)


def _word(words: Words, name: str, rng: random.Random) -> str:
    """The usual word half the time, else any of them."""
    return words[name][0] if rng.random() < 0.5 else rng.choice(words[name])


def _article(text: str) -> str:
    return "an" if text[:1] in "aeiou" else "a"
