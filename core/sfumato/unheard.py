"""Things that a message names and the prompt does not: what a small writer passed over is told, not lost in silence.

English, and careful: only “with …” and “and …” with an article or a number before the thing, and only where none of the
phrase's words stands in any field.
"""

from __future__ import annotations

import re

from sfumato.prompt import FIELDS, ImagePrompt, field_text
from sfumato.words import content_words, words

MAX_TOLD = 3
_COUNTS = "a|an|some|several|two|three|four|five|six|seven|eight|nine|ten"
_NAMED = (
    rf" ((?:{_COUNTS}) (?:[\w'-]+ ){{0,3}}?[\w'-]+)"
    r"(?=[,.;:!?]|$| (?:on|in|at|by|and|with|under|near|beside|behind|as|but|from|please|instead|too|would)\b)"
)
_THING = re.compile(rf"\b(?:with|and){_NAMED}")
_THING_OR_PLACE = re.compile(rf"\b(?:with|and|in|on|at|by|under|near|beside|behind|inside){_NAMED}")
# not things of a picture: what it is made with, and how it is asked for
_MAKING = frozenset(
    ("seed", "format", "orientation", "size", "width", "height", "resolution", "ratio", "picture", "image", "version",
     "variation", "style", "feel", "camera", "light", "lighting", "background", "weather", "look", "mood", "time", "one",
     "more", "try", "shot", "view", "angle", "bit", "lot", "different", "way", "copy", "canvas",
     "frame", "drawing", "painting", "tone", "touch", "effect")
)  # fmt: skip


def unheard(message: str, prompt: ImagePrompt, and_places: bool = False) -> tuple[str, ...]:
    """The phrases of a message of which no word stands in the prompt, as they were said.

    With places ("on a cliff") more is found that is no part of a picture ("in a hurry"): enough for a doubt, not for a note.
    """
    phrases = _THING_OR_PLACE if and_places else _THING
    known = {word for name in FIELDS for word in words(field_text(prompt, name))}
    said = (found[1] for found in phrases.finditer(" ".join(message.replace("’", "'").casefold().split())))
    return tuple(dict.fromkeys(thing for thing in said if _is_passed_over(thing, known)))[:MAX_TOLD]


def _is_passed_over(thing: str, known: set[str]) -> bool:
    named = set(content_words(thing)) - set(_COUNTS.split("|"))
    return bool(named) and not named & (known | _MAKING)
