"""The small world the starter models know: its things, their words, and what one scene of it is. Draws nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass

Words = dict[str, tuple[str, ...]]

# Every thing has a name (the key) and the words people use for it; the first word is the usual one.
SUBJECTS: Words = {
    "ball": ("ball", "beach ball"),
    "house": ("house", "cottage", "cabin"),
    "boat": ("boat", "sailboat", "ship"),
    "cat": ("cat", "kitten", "kitty"),
    "dog": ("dog", "puppy"),
    "tree": ("tree", "apple tree"),
    "flower": ("flower", "blossom", "daisy"),
    "bird": ("bird", "sparrow"),
    "car": ("car", "automobile"),
    "balloon": ("hot-air balloon", "balloon"),
    "mushroom": ("mushroom", "toadstool"),
    "umbrella": ("umbrella", "parasol"),
    "lighthouse": ("lighthouse", "beacon"),
    "rocket": ("rocket", "spaceship"),
    "butterfly": ("butterfly", "moth"),
    "castle": ("castle", "fortress"),
}
FLYING = ("bird", "balloon", "rocket", "butterfly")

COLOURS: Words = {
    "red": ("red", "scarlet", "crimson"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green", "emerald"),
    "blue": ("blue", "azure"),
    "purple": ("purple", "violet"),
    "white": ("white",),
    "black": ("black",),
}

SETTINGS: Words = {
    "meadow": ("in a meadow", "in a field", "on the grass", "on a green hill"),
    "sea": ("by the sea", "on the beach", "at the seaside", "by the ocean"),
    "desert": ("in the desert", "among sand dunes", "on a dune"),
    "snow": ("in the snow", "in a snowy landscape", "on a snowy field", "in winter"),
    "city": ("in a city", "in a street", "in the city", "in front of a skyline"),
    "forest": ("in a forest", "in the woods", "among trees", "in the forest"),
}

STYLES: Words = {
    "flat": ("flat illustration", "illustration", "vector art"),
    "watercolour": ("watercolour", "watercolor", "watercolour painting"),
    "oil": ("oil painting", "oil on canvas", "painted in oil"),
    "pencil": ("pencil sketch", "pencil drawing", "sketch"),
    "pixel": ("pixel art", "8-bit pixel art", "pixelated"),
}

LIGHTINGS: Words = {
    "noon": ("noon", "midday", "bright daylight", "sunny"),
    "golden": ("golden hour", "sunset", "sunrise", "evening light"),
    "night": ("night", "moonlight", "starry night", "midnight"),
    "fog": ("fog", "mist", "foggy morning", "haze"),
    "storm": ("storm", "rain", "stormy weather", "thunderstorm"),
}

CAMERAS: Words = {
    "close": ("close-up", "close up", "macro shot"),
    "wide": ("wide angle", "wide shot", "from far away"),
    "low": ("low angle", "seen from below", "worm's-eye view"),
}

EXTRAS: Words = {
    "clouds": ("clouds",),
    "birds": ("birds", "a flock of birds"),
    "flowers": ("flowers", "wildflowers"),
}

# What can be wrong with a picture. A damaged picture is captioned so; what a person rules out steers away from it.
DAMAGES: Words = {
    "blurry": ("blurry", "blurred", "out of focus"),
    "noisy": ("noisy", "grainy"),
    "washed": ("washed out", "low contrast", "faded"),
    "watermark": ("watermark", "watermarked"),
    "distorted": ("distorted", "deformed", "warped"),
    "cropped": ("badly cropped", "cut off", "out of frame"),
}
DAMAGED = 0.08  # of the pictures
PLAIN = 0.25  # of the pictures are in the plain style, beyond its even share: shapes are learned there first
QUALITY = ("high detail", "sharp focus", "highly detailed", "high quality", "best quality")

# Words that carry no picture of their own but belong to the language the model was taught.
GLUE = ("a an the of with and at in on by during under light weather time scene picture painting drawing style",)

WORLD: dict[str, Words] = {
    "subject": SUBJECTS,
    "colour": COLOURS,
    "setting": SETTINGS,
    "style": STYLES,
    "lighting": LIGHTINGS,
    "camera": CAMERAS,
    "extra": EXTRAS,
    "damage": DAMAGES,
    "quality": {"good": QUALITY},
}
TRAINED_ON = (7, 20000)  # seed and number of the scenes that the shipped painter was trained on
# Inside, outside and between the known shapes nothing else is painted: width, height in pixels.
SHAPES = ((256, 256), (224, 288), (288, 224))


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture's content, by names; `camera` is empty for an ordinary view, `damage` for a good picture."""

    subject: str
    colour: str
    setting: str
    style: str
    lighting: str
    camera: str = ""
    extras: tuple[str, ...] = ()
    damage: str = ""


def random_scene(rng: random.Random) -> Scene:
    """Any combination of the world; about half the pictures are seen from an ordinary place."""
    setting = rng.choice(list(SETTINGS))
    extras = {"clouds": 0.25, "birds": 0.12, "flowers": 0.2}
    return Scene(
        subject=rng.choice(list(SUBJECTS)),
        colour=rng.choice(list(COLOURS)),
        setting=setting,
        style="flat" if rng.random() < PLAIN else rng.choice(list(STYLES)),
        lighting=rng.choice(list(LIGHTINGS)),
        camera=rng.choice(["", "", "", *CAMERAS]),
        extras=tuple(name for name, chance in extras.items() if rng.random() < chance),
        damage=rng.choice(list(DAMAGES)) if rng.random() < DAMAGED else "",
    )


def known_words() -> dict[str, list[str]]:
    """Everything the model was taught to read, by kind; shipped beside the model as data."""
    words = {kind: [text for texts in group.values() for text in texts] for kind, group in WORLD.items()}
    return words | {"glue": [word for line in GLUE for word in line.split()]}
