"""How people rule out and allow again, empty and order the fields, and ask for a step in some direction; every seventh phrasing of a list is kept for the evaluation."""

from __future__ import annotations

NEGATIVE_TAILS = [
    "no {term}", "without {term}", "without any {term}", "but no {term}", "no {term} please", "and no {term}", "not a sign of {term}",
    "leave out {term}", "no {term} in it", "with no {term}", "free of {term}",
    "please no {term}", "but without {term}", "there should be no {term}", "and without any {term}", "i don't want {term}", "don't show {term}", "avoid {term}", "no {term} at all", "exclude {term}", "{term} not allowed", "not {term}",
    "and please no {term}", "minus {term}", "never {term}",
]  # fmt: skip
# A step in some direction: the field and its new text (added to the light that is there), or a term to rule out.
NUDGES: list[tuple[tuple[str, ...], str, str]] = [
    (("darker", "a bit darker", "make it darker", "too bright", "it is too bright", "less light", "dim the light", "could it be darker?"), "lighting", "dim light"),
    (("brighter", "a bit brighter", "make it brighter", "too dark", "it is too dark", "more light", "lighten it up", "can you brighten it?"), "lighting", "bright light"),
    (("moodier", "make it moody", "more mood", "more atmosphere", "more atmospheric", "give it more mood", "a moodier light"), "lighting", "moody light"),
    (("more dramatic", "make it more dramatic", "add drama", "more drama", "a more dramatic light", "it should be more dramatic"), "lighting", "dramatic light"),
    (("softer", "make it softer", "softer light", "a softer light please", "too harsh", "it is too harsh"), "lighting", "soft light"),
    (("warmer", "make it warmer", "warmer colours", "too cold", "a bit warmer", "it feels cold, make it warmer"), "colour", "warm colours"),
    (("colder", "cooler", "make it cooler", "cooler colours", "too warm", "a bit colder"), "colour", "cool colours"),
    (("more colourful", "more colour", "make it more colourful", "brighter colours", "stronger colours", "it looks pale, more colour", "more vivid"), "colour", "vivid colours"),
    (("less colourful", "less colour", "more muted", "tone down the colours", "too colourful", "calmer colours", "mute the colours"), "colour", "muted colours"),
    (("black and white", "in black and white", "make it black and white", "no colour at all", "without colours", "monochrome please"), "colour", "black and white"),
    (("from above", "seen from above", "look down on it", "show it from above", "a view from the top", "top view"), "camera", "from above"),
    (("from below", "look up at it", "show it from below", "a view from the ground"), "camera", "low angle"),
    (("closer", "come closer", "zoom in", "get closer", "nearer", "bigger in the picture", "i want to see it closer", "a bit closer please"), "camera", "close-up"),
    (("further away", "zoom out", "step back", "farther away", "from further away", "show more of the scene", "more distance"), "camera", "wide angle"),
    (("from the side", "show it from the side", "a side view", "side view please"), "camera", "from the side"),
    (("from behind", "show it from behind", "from the back", "a view from behind"), "camera", "from behind"),
    (("less busy", "simpler", "make it simpler", "too busy", "less clutter", "it is too busy", "calmer", "tidy it up", "less stuff", "too much going on"), "negative", "clutter"),
]  # fmt: skip
KEEPING = [
    "keep the seed but ", "same seed but ", "keep the composition but ", "same composition, ", "same seed, ", "keep everything else, ", "without changing anything else, ", "keep the rest, but ", "leave the rest as it is, ",
    "only this: ", "everything else stays, ",
    "same picture, just ", "i like it, only ", "keep it all but ", "nothing else, only ", "leave everything else, ", "same thing, ", "the same again but ", "don't change the rest, ", "exactly the same, only ", "love it! just ",
]  # fmt: skip
RULE_OUT = [
    "no {term}", "without {term}", "remove the {term}", "remove {term}", "no {term} please", "take away the {term}", "i don't want {term}", "leave out the {term}",
    "get rid of the {term}", "drop the {term}", "there should be no {term}", "without any {term}", "lose the {term}", "no more {term}", "same but no {term}",
    "same without {term}", "avoid {term}", "don't show {term}", "hide the {term}", "but no {term}", "delete the {term}", "i see {term}, remove them",
    "never show {term}", "skip the {term}", "exclude {term}", "free of {term}", "make it without {term}", "please no {term}",
    "and no {term}", "and no {term} in the background", "no {term} in the background", "no {term} anywhere", "i see {term}, no {term} please", "kick out the {term}", "without {term} as well", "without {term} too", "wihtout {term}", "leave {term} out",
    "take {term} out", "take the {term} out", "take out the {term}", "erase the {term}", "there are {term}, i don't want them", "too many {term}, remove them", "could you remove the {term}?", "can you leave out {term}?", "don't want {term}",
    "do not show {term}", "{term} must go", "the {term} should go", "stop painting {term}", "clear away the {term}", "ditch the {term}", "lose the {term}, it looks odd", "remove the {term} again", "i hate {term}", "i said no {term}", "just no {term}",
    "from now on no {term}", "never any {term} from now on", "always without {term}", "never again {term}", "no {term} in any picture", "i never want to see {term}", "not any {term}", "no more {term} please", "keep {term} out of it", "keep it free of {term}", "make sure there are no {term}", "forget the {term}", "rule out {term}", "forbid {term}",
]  # fmt: skip
ALLOW = [
    "allow {term} again", "{term} are fine", "{term} may be there again", "{term} are ok", "you can show {term} again", "bring back {term}", "i do want {term} after all",
    "{term} are allowed", "let {term} appear again", "stop ruling out {term}", "{term} again please", "don't forbid {term}",
    "{term} are ok after all", "{term} are fine after all", "{term} is ok again", "{term} is fine", "i changed my mind, {term} are ok", "{term} can come back", "let the {term} back in", "you may paint {term} again", "i don't mind {term}", "{term} would be ok",
    "actually {term} are fine", "{term} welcome again", "remove {term} from the negatives", "take {term} off the list", "drop the ban on {term}", "with {term} again", "put {term} back in", "{term} are allowed again", "no longer avoid {term}", "ok, {term} may appear",
    "don't exclude {term} any more", "let there be {term} again", "it's ok to have {term}", "permit {term}", "unban {term}", "{term} after all", "the {term} can stay", "i like {term} now",
]  # fmt: skip
QUALITY = [
    ("more detail", "high detail"), ("sharper", "sharp focus"), ("make it sharper", "sharp focus"), ("with more details", "high detail"), ("more detailed", "high detail"),
    ("it is too blurry", "sharp focus"), ("better quality", "high quality"), ("make it crisp", "sharp focus"), ("add more detail", "high detail"),
    ("higher quality please", "high quality"), ("it should be sharper", "sharp focus"), ("i want more details", "high detail"), ("less blurry", "sharp focus"),
    ("more detailed please", "high detail"), ("sharper please", "sharp focus"), ("a bit sharper", "sharp focus"), ("make it more detailed", "high detail"), ("i want it sharper", "sharp focus"), ("can it be sharper?", "sharp focus"),
    ("could you add more detail?", "high detail"), ("better quality please", "high quality"), ("make it better quality", "high quality"), ("in high quality", "high quality"), ("finer details", "high detail"), ("with sharp focus", "sharp focus"),
    ("crisper", "sharp focus"), ("the edges should be crisp", "sharp focus"), ("it looks soft, make it sharp", "sharp focus"), ("it lacks detail", "high detail"), ("not detailed enough", "high detail"), ("not sharp enough", "sharp focus"),
    ("give it more detail", "high detail"), ("raise the quality", "high quality"), ("improve the quality", "high quality"), ("sharpen it", "sharp focus"), ("in focus please", "sharp focus"), ("put more work into the details", "high detail"),
    ("show more detail", "high detail"), ("details!", "high detail"), ("a sharper picture", "sharp focus"), ("more focus", "sharp focus"), ("the quality could be higher", "high quality"),
]  # fmt: skip
CLEAR = [
    "remove the {field}", "no particular {field}", "forget the {field}", "clear the {field}", "drop the {field}", "without the {field}", "reset the {field}", "leave the {field} open", "forget {text}", "drop {text}", "no {text} any more",
    "delete the {field}", "the {field} does not matter", "any {field} is fine", "forget about the {field}", "i don't care about the {field}", "take the {field} away", "lose the {field}", "the {field} is up to you", "no special {field}",
    "forget the {text}", "not {text} any more", "any {field} will do", "whatever {field} you like", "choose the {field} yourself", "empty the {field}", "throw out the {field}", "{field} doesn't matter", "skip the {field}", "stop with the {text}",
    "the {text} can go", "remove {text}", "the {field} can be anything", "get rid of the {field}", "leave out the {field}", "undo the {field}", "free choice of {field}", "no {field} please", "drop the {text} thing", "without {text} again",
]  # fmt: skip
ORDER = [
    "put the {field} first", "{field} first", "the {field} should come first", "the {field} is most important", "say the {field} first", "start with the {field}", "move the {field} to the front", "{field} to the front", "the {field} goes first",
    "give the {field} more weight", "begin with the {field}", "the {field} matters most", "let the {field} lead", "mention the {field} first", "the {field} before everything else", "{field} should come before the rest", "name the {field} first",
    "the {field} is what counts", "put {field} at the start", "put {field} at the beginning", "i want the {field} first", "the prompt should begin with the {field}", "bring the {field} to the top", "{field} is the most important thing",
    "first of all the {field}", "make the {field} the first thing", "order: {field} first", "can the {field} come first?", "change the order, {field} first", "emphasise the {field}", "stress the {field}", "{field} up front", "lead with the {field}",
    "more emphasis on the {field}", "the {field} weighs most", "pull the {field} forward", "i care most about the {field}", "reorder so that the {field} is first", "{field} at the top please", "let the {field} come first",
]  # fmt: skip
# What a field is called by people.
FIELD_NAMES = {
    "style": ("style", "style", "look", "art style", "technique"), "lighting": ("lighting", "light", "lighting", "weather", "time of day"), "setting": ("setting", "place", "background", "setting", "location", "surroundings"),
    "camera": ("camera", "angle", "view", "perspective", "camera", "viewpoint"), "colour": ("colour", "palette", "colours", "colour scheme", "palette"), "quality": ("quality", "quality words"), "subject": ("subject", "thing"),
}  # fmt: skip
TURNS_OF_MIND = [
    ", no wait, ",
    ", no, ",
    ", or no, ",
    ", or rather ",
    ", i mean ",
    ", sorry, ",
    ". or no, ",
    ", actually ",
    " no wait ",
    ". no, ",
    ", hmm no, ",
    ", oops, i meant ",
    ", scratch that, ",
    ", no, make that ",
]
# Steps as one word or two, and how they are asked for.
NUDGE_WORDS = {
    "dim light": ("darker", "dimmer", "less bright", "gloomier"), "bright light": ("brighter", "lighter", "less dark", "better lit"), "moody light": ("moodier", "more atmospheric", "more moody"),
    "dramatic light": ("more dramatic", "more theatrical", "more intense"), "soft light": ("softer", "gentler", "less harsh"), "warm colours": ("warmer", "less cold", "cosier"), "cool colours": ("cooler", "colder", "less warm"),
    "vivid colours": ("more colourful", "more vivid", "less pale", "less grey", "bolder"), "muted colours": ("less colourful", "more muted", "paler", "less saturated", "less gaudy"), "close-up": ("closer", "nearer", "more zoomed in", "closer up"),
    "wide angle": ("further away", "farther away", "more distant", "more zoomed out"), "clutter": ("less busy", "simpler", "less cluttered", "tidier", "emptier", "less crowded"),
}  # fmt: skip
NUDGE_FRAMES = [
    "{0}", "{0}", "make it {0}", "a bit {0}", "a little {0}", "much {0}", "{0} please", "could it be {0}?", "can you make it {0}?", "it should be {0}", "i want it {0}", "slightly {0}", "maybe a bit {0}", "even {0}", "let's go {0}",
    "make everything {0}", "make the picture {0}", "same but {0}", "now {0}", "it could be {0}", "a lot {0}", "a tad {0}", "can we have it {0}?", "it needs to be {0}", "i'd like it {0}", "i think it should be {0}", "try it {0}", "{0} still",
    "make this {0}", "would you make it {0}?", "the whole thing {0}", "just {0}", "way {0}", "it must be {0}", "let it be {0}", "turn it {0}", "somewhat {0}", "{0} if possible", "not quite, {0}", "make it a bit {0}", "a touch {0}",
]  # fmt: skip
