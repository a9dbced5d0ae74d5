"""Whether the answer of a small writer that copies can be meant: what no message asks for, whatever it says.

Such a writer chooses one wrong word and has to go on from there. What comes out has marks of its own: it says a word twice that
was said once, ends in the middle, or repeats the picture that is there. An answer of which that is true is worth writing again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sfumato.decision import Decision
from sfumato.dialogue import Reading, one_line
from sfumato.prompt import ImagePrompt, apply, field_text
from sfumato.unheard import unheard
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
    return next(_doubts(decision, reading), "")


def _doubts(decision: Decision, reading: Reading) -> Iterator[str]:
    message, texts = one_line(reading.message), decision.patch.set
    sides = {side for found in _SIZE.finditer(message) for side in found.groups()}
    for name, text in texts.items():
        last = words(text)[-1:]
        if _DANGLING.intersection(last):
            yield f"{name} ends with “{last[0]}”"
        if name in _OF_SAID_WORDS and (repeated := _said_again(text, message, field_text(reading.prompt, name))):
            yield f"{name} says “{repeated}” twice"
        if sides & set(_NUMBER.findall(text)):
            yield f"{name} holds the picture's size"
    subject, setting = texts.get("subject", ""), texts.get("setting", "")
    is_there = decision.action == "refine" and subject == reading.prompt.subject
    if is_there and not set(content_words(subject)) <= set(words(message)):
        yield "the subject stays as it is"
    if _times_within(setting, subject) and _times_within(setting, message) < 2:
        yield "the setting is in the subject too"
    for term in decision.patch.add_negative:
        said = words(term)
        if decision.action == "refine" and _times_within(term, subject or reading.prompt.subject):
            yield f"“{term}” is ruled out and shown"
        if not said or _NO_THING.intersection((said[0], said[-1])):
            yield f"“{term}” is no thing"
    yield from _passed_over(decision, reading)


def _passed_over(decision: Decision, reading: Reading) -> Iterator[str]:
    if not decision.paints or decision.action == "reroll":
        return
    is_new = decision.action == "draw"
    prompt = apply(ImagePrompt() if is_new else reading.prompt, decision.prompt_patch())
    for phrase in unheard(reading.message, prompt, and_places=is_new):
        yield f"“{phrase}” is passed over"


def _times_within(part: str, text: str) -> int:
    """How often the words of a part stand in a text, one after the other."""
    wanted, said = words(part), words(text)
    return sum(said[at : at + len(wanted)] == wanted for at in range(len(said))) if wanted else 0


def _said_again(text: str, message: str, there: str) -> str:
    """A word that a text has more often than the message and the text before it together; empty if there is none."""
    heard = Counter((*words(message), *words(there)))
    said = Counter(content_words(text))
    return next((word for word, count in said.items() if count > 1 and count > heard[word]), "")
