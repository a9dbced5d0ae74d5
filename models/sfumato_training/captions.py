"""What is said about a scene: the text that the app compiles, prompt-style lists, plain sentences, and single terms."""

from __future__ import annotations

import random

from sfumato_training.world import (
    CAMERAS,
    COLOURS,
    DAMAGES,
    EXTRAS,
    LIGHTINGS,
    NUMBERS,
    QUALITY,
    RELATIONS,
    SETTINGS,
    STYLES,
    SUBJECTS,
    Scene,
    Words,
    plural,
)

DROP = {"setting": 0.1, "style": 0.07, "lighting": 0.07, "camera": 0.15, "colour": 0.08}
USUAL = {"style": "flat", "lighting": "noon"}  # what is meant when nothing is said, and so often left unsaid
DROP_USUAL = 0.4
DROP_EXTRA = 0.25  # so that ruling out has something to do
EMPTY = 0.1
TERMS = 0.1  # only a term or two, as a negative prompt is


def caption(scene: Scene, rng: random.Random, empty: float = EMPTY) -> str:
    """One of the ways to say the scene; parts may be missing, and sometimes nothing is said (for guidance)."""
    if rng.random() < empty:
        return ""
    if rng.random() < TERMS:
        return _terms(scene, rng)
    said = {name: rng.random() >= _drop(scene, name) for name in DROP}
    extras = [_word(EXTRAS, name, rng) for name in scene.extras if rng.random() >= DROP_EXTRA]
    rng.shuffle(extras)
    listed = rng.random() < 0.25  # extras as parts of their own instead of “with clouds”
    subject = _things(scene, rng, with_colour=said["colour"])
    if extras and not listed:
        subject = f"{subject} with {' and '.join(extras)}"
    setting = _word(SETTINGS, scene.setting, rng) if said["setting"] else ""
    style = _word(STYLES, scene.style, rng) if said["style"] else ""
    lighting = _word(LIGHTINGS, scene.lighting, rng) if said["lighting"] else ""
    camera = _word(CAMERAS, scene.camera, rng) if scene.camera and said["camera"] else ""
    quality = _quality(scene, rng)
    rest = extras if listed else []
    form = rng.random()
    if form < 0.6:  # as `compile.py` makes it, fields in their usual order
        parts = [subject, *rest, setting, style, lighting, camera, quality]
    elif form < 0.8:  # a list in any order
        parts = [subject, *rest, setting, style, lighting, camera, quality]
        rng.shuffle(parts)
    else:
        told = _sentence(subject, setting, style, lighting, camera, rng)
        parts = [told, *rest, quality] if rng.random() < 0.5 else [quality, told, *rest]
    return ", ".join(part for part in parts if part)


def full_caption(scene: Scene) -> str:
    """The scene in its usual words and order, everything said."""
    subject = _counted(scene.number, scene.colour, SUBJECTS[scene.subject][0], NUMBERS.get(scene.number, ("a",))[0])
    if scene.second:
        second = _counted(1, scene.second.colour, SUBJECTS[scene.second.subject][0], "a")
        subject = f"{subject} {RELATIONS[scene.second.relation][0]} {second}"
    if scene.extras:
        subject += f" with {' and '.join(EXTRAS[name][0] for name in scene.extras)}"
    parts = [subject, SETTINGS[scene.setting][0], STYLES[scene.style][0], LIGHTINGS[scene.lighting][0]]
    return ", ".join(parts + ([CAMERAS[scene.camera][0]] if scene.camera else []))


def _drop(scene: Scene, name: str) -> float:
    return DROP_USUAL if getattr(scene, name) == USUAL.get(name) else DROP[name]


def _terms(scene: Scene, rng: random.Random) -> str:
    """What stands out, or any one part: a negative prompt says no more than that."""
    terms = [_word(DAMAGES, scene.damage, rng)] if scene.damage else []
    terms += [_word(EXTRAS, name, rng) for name in scene.extras if rng.random() < 0.6]
    if not terms or rng.random() < 0.2:
        terms.append(
            rng.choice(
                (
                    _word(SUBJECTS, scene.subject, rng),
                    _word(COLOURS, scene.colour, rng),
                    _word(SETTINGS, scene.setting, rng),
                    _word(STYLES, scene.style, rng),
                    _word(LIGHTINGS, scene.lighting, rng),
                )
            )
        )
    rng.shuffle(terms)
    return ", ".join(terms[:3])


def _quality(scene: Scene, rng: random.Random) -> str:
    """What is wrong with a damaged picture; words of praise for half of the others."""
    if scene.damage:
        words = DAMAGES[scene.damage]
        return ", ".join(rng.sample(words, 2)) if rng.random() < 0.25 else _word(DAMAGES, scene.damage, rng)
    return ", ".join(rng.sample(QUALITY, rng.randint(1, 2))) if rng.random() < 0.5 else ""


def _things(scene: Scene, rng: random.Random, with_colour: bool) -> str:
    """The thing, or how many, or the two and how they stand to each other."""
    number = rng.choice(NUMBERS[scene.number]) if scene.number > 1 else _one(rng)
    colour = _word(COLOURS, scene.colour, rng) if with_colour else ""
    first = _counted(scene.number, colour, _word(SUBJECTS, scene.subject, rng), number)
    if scene.second is None:
        return first
    colour = _word(COLOURS, scene.second.colour, rng) if with_colour else ""
    second = _counted(1, colour, _word(SUBJECTS, scene.second.subject, rng), _one(rng))
    return f"{first} {_word(RELATIONS, scene.second.relation, rng)} {second}"


def _one(rng: random.Random) -> str:
    return rng.choice(("a", "a", "a", "a", "a", "one", "the", ""))


def _counted(number: int, colour: str, thing: str, said: str) -> str:
    text = " ".join(part for part in (colour, plural(thing) if number > 1 else thing) if part)
    if said == "a":
        said = _article(text)
    return f"{said} {text}" if said else text


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
