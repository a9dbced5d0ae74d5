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
    "fish": ("fish", "goldfish"),
    "rabbit": ("rabbit", "bunny", "hare"),
    "owl": ("owl",),
    "duck": ("duck", "duckling"),
    "train": ("train", "steam train", "locomotive"),
    "plane": ("plane", "airplane", "aeroplane"),
    "snowman": ("snowman",),
    "windmill": ("windmill", "mill"),
    "cactus": ("cactus",),
    "pumpkin": ("pumpkin",),
    "teapot": ("teapot", "kettle"),
    "robot": ("robot", "android"),
}
FLYING = ("bird", "balloon", "rocket", "butterfly", "plane", "fish")

COLOURS: Words = {
    "red": ("red", "scarlet", "crimson"),
    "orange": ("orange",),
    "yellow": ("yellow", "golden"),
    "green": ("green", "emerald"),
    "blue": ("blue", "azure"),
    "purple": ("purple", "violet"),
    "white": ("white",),
    "black": ("black",),
    "pink": ("pink", "rose-coloured"),
    "brown": ("brown", "chestnut"),
}

SETTINGS: Words = {
    "meadow": ("in a meadow", "in a field", "on the grass", "on a green hill"),
    "sea": ("by the sea", "on the beach", "at the seaside", "by the ocean"),
    "desert": ("in the desert", "among sand dunes", "on a dune"),
    "snow": ("in the snow", "in a snowy landscape", "on a snowy field", "in winter"),
    "city": ("in a city", "in a street", "in the city", "in front of a skyline"),
    "forest": ("in a forest", "in the woods", "among trees", "in the forest"),
    "mountains": ("in the mountains", "on a mountain", "in the alps"),
    "room": ("in a room", "indoors", "in the living room"),
    "underwater": ("under water", "underwater", "under the sea", "at the bottom of the sea"),
}

STYLES: Words = {
    "flat": ("flat illustration", "illustration", "vector art"),
    "watercolour": ("watercolour", "watercolor", "watercolour painting"),
    "oil": ("oil painting", "oil on canvas", "painted in oil"),
    "pencil": ("pencil sketch", "pencil drawing", "sketch"),
    "pixel": ("pixel art", "8-bit pixel art", "pixelated"),
    "ink": ("ink drawing", "ink", "pen and ink"),
    "neon": ("neon art", "neon", "glowing neon lines"),
    "paper": ("paper cut", "papercut", "cut paper"),
}
COLOURLESS = ("pencil", "ink")  # styles in which a thing's colour cannot be seen

LIGHTINGS: Words = {
    "noon": ("noon", "midday", "bright daylight", "sunny"),
    "golden": ("golden hour", "sunset", "sunrise", "evening light"),
    "night": ("night", "moonlight", "starry night", "midnight"),
    "fog": ("fog", "mist", "foggy morning", "haze"),
    "storm": ("storm", "rain", "stormy weather", "thunderstorm"),
    "studio": ("studio light", "spotlight", "studio lighting"),
    "candle": ("candlelight", "candle light", "firelight"),
    "aurora": ("northern lights", "aurora", "polar lights"),
}

CAMERAS: Words = {
    "close": ("close-up", "close up", "macro shot"),
    "wide": ("wide angle", "wide shot", "from far away"),
    "low": ("low angle", "seen from below", "worm's-eye view"),
    "aerial": ("aerial view", "bird's-eye view", "from above"),
}

EXTRAS: Words = {
    "clouds": ("clouds",),
    "birds": ("birds", "a flock of birds"),
    "flowers": ("flowers", "wildflowers"),
    "trees": ("trees", "a row of trees"),
    "people": ("people", "a few people"),
    "rainbow": ("a rainbow", "rainbow"),
    "frame": ("a frame", "a border"),
}
# How often each is there. Some are left unsaid, so that ruling them out has something to do.
EXTRA_SHARES = {
    "clouds": 0.28, "birds": 0.18, "flowers": 0.18, "trees": 0.14, "people": 0.14, "rainbow": 0.1, "frame": 0.1,
}  # fmt: skip

# How a second thing stands to the first, which is named first: left of it, over it, or nearer and lower.
RELATIONS: Words = {
    "beside": ("beside", "next to", "and"),
    "above": ("above", "over"),
    "front": ("in front of", "before"),
}
NUMBERS: dict[int, tuple[str, ...]] = {2: ("two", "a pair of", "2"), 3: ("three", "3")}
TWO_THINGS, SEVERAL = 0.22, 0.14  # of the pictures

# What can be wrong with a picture. A damaged picture is captioned so; what a person rules out steers away from it.
DAMAGES: Words = {
    "blurry": ("blurry", "blurred", "out of focus"),
    "noisy": ("noisy", "grainy"),
    "washed": ("washed out", "low contrast", "faded"),
    "watermark": ("watermark", "watermarked"),
    "distorted": ("distorted", "deformed", "warped"),
    "cropped": ("badly cropped", "cut off", "out of frame"),
}
DAMAGED = 0.2  # of the pictures
PLAIN = 0.15  # of the pictures are in the plain style, beyond its even share: shapes are learned there first
QUALITY = ("high detail", "sharp focus", "highly detailed", "high quality", "best quality")

# Words that carry no picture of their own but belong to the language the model was taught.
GLUE = ("a an the one of with and at in on by during under light weather time scene picture painting drawing style",)

WORLD: dict[str, Words] = {
    "subject": SUBJECTS,
    "colour": COLOURS,
    "setting": SETTINGS,
    "style": STYLES,
    "lighting": LIGHTINGS,
    "camera": CAMERAS,
    "extra": EXTRAS,
    "relation": RELATIONS,
    "number": {str(number): words for number, words in NUMBERS.items()},
    "damage": DAMAGES,
    "quality": {"good": QUALITY},
}
TRAINED_ON = (7, 198_000)  # seed and number of the scenes that the shipped painter was trained on
# Inside, outside and between the known shapes nothing else is painted: width, height in pixels.
SHAPES = ((256, 256), (224, 288), (288, 224))


@dataclass(frozen=True, slots=True)
class Second:
    """Another thing in the picture, and how the first stands to it (a key of `RELATIONS`)."""

    subject: str
    colour: str
    relation: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture's content, by names; `camera` is empty for an ordinary view, `damage` for a good picture.

    `number` is how many of the first thing there are; with more than one there is no second thing.
    """

    subject: str
    colour: str
    setting: str
    style: str
    lighting: str
    camera: str = ""
    extras: tuple[str, ...] = ()
    damage: str = ""
    number: int = 1
    second: Second | None = None


def random_scene(rng: random.Random) -> Scene:
    """Any combination of the world; about half the pictures are seen from an ordinary place."""
    subject, colour = rng.choice(list(SUBJECTS)), rng.choice(list(COLOURS))
    share = rng.random()
    second = random_second(subject, colour, rng) if share < TWO_THINGS else None
    number = rng.choice(list(NUMBERS)) if TWO_THINGS <= share < TWO_THINGS + SEVERAL else 1
    cameras = ["", "", "", *CAMERAS] if second is None and number == 1 else ["", "", "wide"]
    return Scene(
        subject=subject,
        colour=colour,
        setting=rng.choice(list(SETTINGS)),
        style="flat" if rng.random() < PLAIN else rng.choice(list(STYLES)),
        lighting=rng.choice(list(LIGHTINGS)),
        camera=rng.choice(cameras),
        extras=tuple(name for name, chance in EXTRA_SHARES.items() if rng.random() < chance),
        damage=rng.choice(["blurry", *DAMAGES]) if rng.random() < DAMAGED else "",
        number=number,
        second=second,
    )


def random_second(subject: str, colour: str, rng: random.Random) -> Second:
    """A second thing of another kind and colour than the first."""
    others = [name for name in SUBJECTS if name != subject]
    colours = [name for name in COLOURS if name != colour]
    return Second(rng.choice(others), rng.choice(colours), rng.choice(list(RELATIONS)))


def plural(word: str) -> str:
    """The word for several of a thing."""
    for ending, plurals in (("man", "men"), ("y", "ies")):
        if word.endswith(ending):
            return word.removesuffix(ending) + plurals
    if word in ("fish", "goldfish"):
        return word
    return "cacti" if word == "cactus" else word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def known_words() -> dict[str, list[str]]:
    """Everything the model was taught to read, by kind; shipped beside the model as data."""
    words = {kind: [text for texts in group.values() for text in texts] for kind, group in WORLD.items()}
    words["several"] = [plural(text) for texts in SUBJECTS.values() for text in texts]
    return words | {"glue": [word for line in GLUE for word in line.split()]}
