"""Whether the answer of a small writer that copies can be meant: what no message asks for, whatever it says.

Such a writer chooses one wrong word and has to go on from there. What comes out has marks of its own: it says a word twice that
was said once, ends in the middle, or repeats the picture that is there. An answer of which that is true is worth writing again.
"""

from __future__ import annotations

import re
from collections import Counter

from sfumato.decision import Decision
from sfumato.dialogue import Reading, one_line
from sfumato.prompt import field_text
from sfumato.words import content_words, words

_DANGLING = frozenset(
    ("a", "an", "and", "are", "be", "by", "for", "from", "is", "no", "not", "of", "or", "than", "the", "to", "with", "without")
)  # fmt: skip
_NO_THING = frozenset(
    ("and", "are", "at", "be", "both", "in", "is", "no", "not", "of", "on", "or", "please", "thank", "to", "with")
)  # fmt: skip
_OF_SAID_WORDS = ("subject", "setting")  # light and camera come in words of the writer's own too
_SIZE = re.compile(r"(?<!\d)(\d{3,5})\s*(?:px|pixels?)?\s*(?:x|×|\*|by|times)\s*(\d{3,5})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def doubt(decision: Decision, reading: Reading) -> str:
    """Why an answer cannot be meant, in words for a log; empty if nothing speaks against it."""
    message = one_line(reading.message)
    sides = {side for found in _SIZE.finditer(message) for side in found.groups()}
    for name, text in decision.patch.set.items():
        said = words(text)
        if said and said[-1] in _DANGLING:
            return f"{name} ends with “{said[-1]}”"
        if name in _OF_SAID_WORDS and (repeated := _said_again(text, message, field_text(reading.prompt, name))):
            return f"{name} says “{repeated}” twice"
        if sides & set(_NUMBER.findall(text)):
            return f"{name} holds the picture's size"
    subject = decision.patch.set.get("subject", "")
    is_there = decision.action == "refine" and subject == reading.prompt.subject
    if subject and is_there and not set(content_words(subject)) <= set(words(message)):
        return "the subject stays as it is"
    for term in decision.patch.add_negative:
        said = words(term)
        if not said or said[0] in _NO_THING or said[-1] in _NO_THING:
            return f"“{term}” is no thing"
    return ""


def _said_again(text: str, message: str, there: str) -> str:
    """A word that a text has more often than the message and the text before it together; empty if there is none."""
    heard = Counter((*words(message), *words(there)))
    said = Counter(content_words(text))
    return next((word for word, count in said.items() if count > 1 and count > heard[word]), "")
