"""The English the starter writer practises on: things, places, lights, styles, and words made up so that it learns to copy."""

from __future__ import annotations

import random
import zlib

from sfumato_training import world

THINGS = """fox dragon horse robot owl rabbit bicycle piano teapot violin guitar whale dolphin turtle snail frog bear wolf deer
lion tiger elephant giraffe zebra monkey panda penguin swan duck goose rooster peacock parrot eagle crow bat bee ant spider crab
octopus shark goldfish seahorse snake lizard dinosaur unicorn mermaid witch wizard knight pirate astronaut ballerina clown king
queen princess fairy giant dwarf ghost vampire samurai ninja cowboy sailor farmer baker chef doctor nurse teacher student child
girl boy woman man grandmother grandfather baby couple family crowd musician painter dancer runner skier surfer fisherman
train tram bus truck tractor motorcycle scooter skateboard helicopter airplane submarine canoe kayak ferry yacht zeppelin
bridge tower windmill barn church temple pagoda pyramid statue fountain bench lantern lamp candle clock watch compass map
book letter key lock crown sword shield bow arrow hat scarf coat dress shoe boot glove ring necklace mirror chair table sofa
bed desk shelf vase bowl plate cup mug kettle spoon fork knife bottle glass jar basket box barrel ladder rope wheel kite
drum trumpet flute harp accordion camera telescope microscope radio television telephone computer laptop typewriter
apple pear cherry strawberry lemon pumpkin tomato carrot cake cookie pie sandwich pizza burger noodle sushi pancake
rose tulip sunflower lily orchid cactus fern ivy oak pine willow palm bonsai bush hedge leaf acorn pinecone feather shell
snowman scarecrow puppet doll teddy marble dice chess-piece balloon-animal treasure chest crystal diamond planet comet
satellite ufo volcano iceberg waterfall cloud-castle treehouse tent igloo caravan phone-booth mailbox streetlamp hydrant
elf goblin troll phoenix griffin centaur yeti sphinx gargoyle hedgehog squirrel otter beaver badger raccoon skunk moose camel llama
alpaca sheep goat cow pig donkey pony hen chick hamster mouse rat ferret koala kangaroo platypus sloth flamingo pelican heron
stork seagull hummingbird woodpecker dragonfly ladybug caterpillar beetle moth firefly jellyfish starfish lobster squid""".split()

ADJECTIVES = """small big tiny huge old young happy sad sleepy angry shiny rusty wooden golden silver crystal glass stone
fluffy furry scaly feathered striped spotted round tall thin fat elegant lonely brave curious ancient modern broken abandoned
haunted magical glowing floating flying running sleeping dancing smiling laughing crying singing cute scary beautiful ugly
majestic humble colourful transparent metallic soft sharp dusty muddy wet frozen burning melting giant miniature steampunk
cyberpunk victorian medieval futuristic rainbow pink brown grey turquoise cream beige maroon navy lime teal coral""".split()

IN_PLACES = """cave castle cathedral library kitchen garden park valley canyon jungle swamp village town market harbour museum
theatre classroom workshop laboratory spaceship bathroom bedroom attic cellar tunnel greenhouse vineyard orchard cornfield
rice-field bamboo-grove lavender-field alley courtyard palace ballroom train-station subway airport stadium arena gym café
restaurant bakery bookshop toyshop office hospital prison cemetery ruin temple monastery desert-town oasis rainforest tundra
lagoon bay cove fjord aquarium bottle snow-globe dream nebula galaxy""".split()

ON_PLACES = """mountain hill cliff island bridge rooftop balcony terrace beach pier lake river road highway hillside glacier
farm stage moon planet mountaintop meadow-path snowfield racetrack riverbank windowsill""".split()

OTHER_PLACES = (
    "under water", "under the sea", "in space", "in outer space", "in the mountains", "in the sky", "above the clouds",
    "at the north pole", "at home", "in the countryside", "in the rain forest", "in paris", "in tokyo", "in venice",
    "in new york", "on mars", "under a bridge", "behind a waterfall", "between two houses", "at a lake", "at the river",
    "on the moon", "in a small room", "in an old library", "on a snowy mountain", "at a bus stop", "near a volcano",
)  # fmt: skip

LIGHTS = """dusk dawn twilight sundown moonrise daybreak afternoon morning evening candlelight lamplight firelight starlight
sunlight torchlight snowfall drizzle hail blizzard thunder lightning""".split()
LIGHT_PHRASES = (
    "blue hour", "neon light", "studio light", "soft light", "harsh light", "warm light", "cold light", "backlight",
    "rim light", "full moon", "overcast sky", "early morning", "late afternoon", "bright sunshine", "northern lights",
    "dramatic lighting", "volumetric light", "heavy rain", "light rain", "morning mist", "thick fog", "candle light",
    "red sunset", "purple dusk", "summer light", "winter light", "storm clouds", "moonlit night",
)  # fmt: skip

PAINT_STYLES = """gouache impressionism cubism surrealism expressionism pointillism minimalism anime manga ukiyo-e fresco
mosaic charcoal pastel graffiti collage origami claymation lowpoly voxel vaporwave photorealism baroque""".split()
STYLE_NOUNS = (
    "woodcut", "linocut", "photograph", "photo", "comic", "cartoon", "mosaic", "ink drawing", "charcoal drawing",
    "pastel drawing", "3d render", "stained glass window", "paper cut", "children's book illustration", "poster",
    "line drawing", "crayon drawing", "acrylic painting", "tapestry", "movie still", "blueprint", "fresco", "engraving",
)  # fmt: skip

CAMERA_WORDS = (
    "bird's-eye view", "aerial view", "from above", "side view", "front view", "from behind", "portrait shot", "full body",
    "macro", "telephoto", "fisheye", "panorama", "long shot", "over the shoulder", "eye level", "dutch angle", "centred",
    "extreme close-up", "medium shot", "top-down view",
)  # fmt: skip

PALETTES = (
    "warm colours", "cold colours", "cool colours", "pastel colours", "bright colours", "muted colours", "earth tones",
    "black and white", "sepia", "monochrome", "neon colours", "autumn colours", "soft colours", "vivid colours",
    "shades of blue", "shades of red", "blue and gold", "pink and teal", "dark colours", "pale colours",
)  # fmt: skip

QUALITIES = (
    "high detail",
    "sharp focus",
    "highly detailed",
    "intricate",
    "high quality",
    "4k",
    "masterpiece",
    "crisp lines",
)

UNWANTED = """people text watermark birds clouds trees flowers cars buildings animals stars rain snow grass shadows frame
border signature fog hands faces houses fences wires leaves rocks mountains boats sun moon blur noise""".split()

EXTRA_THINGS = (
    "birds", "clouds", "flowers", "stars", "trees", "mountains", "butterflies", "balloons", "fireworks", "snowflakes",
    "bubbles", "lanterns", "a rainbow", "a moon", "a small house", "a fence", "a river", "a cat", "a dog", "mushrooms",
    "leaves", "sparks", "smoke", "a flag", "a lighthouse", "sheep", "a kite", "a bench", "a flock of birds", "wildflowers",
)  # fmt: skip

_ONSETS = "b br ch d dr f fl g gl gr h j k kl kr l m n p pl qu r s sh sk sl sn st str t th tr v w y z".split()
_VOWELS = "a e i o u ai au ea ee ia oo ou".split()
_CODAS = [
    "",
    "",
    "b",
    "ck",
    "d",
    "ff",
    "g",
    "k",
    "l",
    "ll",
    "m",
    "mp",
    "n",
    "nd",
    "ng",
    "nk",
    "p",
    "r",
    "rn",
    "s",
    "sh",
    "sk",
    "st",
    "t",
    "th",
    "x",
    "zz",
]
HELD_OUT_SHARE = 8
_REAL = frozenset((*THINGS, *ADJECTIVES, *IN_PLACES, *ON_PLACES, *LIGHTS))


def is_held_out(word: str) -> bool:
    """True for about one word in eight: never seen in training, used to test that new words are copied."""
    return zlib.crc32(word.encode()) % HELD_OUT_SHARE == 0


def invented_word(rng: random.Random) -> str:
    """A pronounceable word that is none of ours: a short one may happen to be a real one."""
    while True:
        syllables = range(rng.choice((1, 2, 2, 3)))
        word = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in syllables)
        if word not in _REAL:
            return word


class Lexicon:
    """Draws words: those of training, or (`held_out`) those kept for the evaluation."""

    def __init__(self, rng: random.Random, held_out: bool = False) -> None:
        self.rng = rng
        self.held_out = held_out

    def pick(self, words: tuple[str, ...] | list[str]) -> str:
        """One of the words of our side of the split."""
        for _ in range(40):
            word = self.rng.choice(words)
            if is_held_out(word) == self.held_out:
                return word
        return word

    def known(self, group: world.Words) -> str:
        """A word of the picture model's world."""
        return self.rng.choice(self.rng.choice(list(group.values())))

    def thing(self) -> str:
        """A noun: a known one, a real one, or an invented one, which can only be copied."""
        share = self.rng.random()
        if share < 0.3 and not self.held_out:
            return self.known(world.SUBJECTS)
        return self.pick(THINGS).replace("-", " ") if share < 0.7 else invented_word(self.rng)

    def adjective(self) -> str:
        """A colour, a property, or now and then an invented one."""
        share = self.rng.random()
        if share < 0.5:
            return self.known(world.COLOURS)
        return self.pick(ADJECTIVES) if share < 0.82 else invented_word(self.rng)

    def place(self) -> str:
        """A place with its preposition."""
        share = self.rng.random()
        if share < 0.45 and not self.held_out:
            return self.known(world.SETTINGS)
        if share < 0.6:
            return self.pick(OTHER_PLACES)
        preposition, words = self.rng.choice((("in", IN_PLACES), ("on", ON_PLACES)))
        place = self.pick(words).replace("-", " ") if share < 0.85 else invented_word(self.rng)
        article = self.rng.choice(("a", "a", "the", "an old", "a small", "a dark"))
        return f"{preposition} {'an' if article == 'a' and place[0] in 'aeiou' else article} {place}"

    def light(self) -> str:
        """A time of day, weather or light, without preposition or article."""
        share = self.rng.random()
        if share < 0.6 and not self.held_out:
            return self.known(world.LIGHTINGS)
        if share < 0.94:
            return self.pick(LIGHTS) if share < 0.8 else self.pick(LIGHT_PHRASES)
        return f"{invented_word(self.rng)} light"

    def style(self) -> str:
        """A style that can follow "in" or a comma."""
        share = self.rng.random()
        if share < 0.6 and not self.held_out:
            return self.known(world.STYLES)
        if share < 0.75:
            return self.pick(STYLE_NOUNS)
        if share < 0.93:
            return self.pick(PAINT_STYLES)
        return f"in the style of {invented_word(self.rng).capitalize()}"

    def camera(self) -> str:
        """A place or lens of the camera."""
        return self.known(world.CAMERAS) if self.rng.random() < 0.6 and not self.held_out else self.pick(CAMERA_WORDS)

    def unwanted(self) -> str:
        """Something that is not wished for."""
        return self.pick(UNWANTED) if self.rng.random() < 0.7 else self.thing() + "s"


def article(text: str) -> str:
    """The text with "a" or "an" before it."""
    return f"{'an' if text[:1].lower() in 'aeiou' else 'a'} {text}"
