"""Which version a person means: “the second one”, “undo that”, “the one with the boat”, “the last watercolour”.

Deterministic and independent of any writer. A number or a description in the person's own words is looked up in the
conversation; where nothing fits, or more than one picture does, a sentence says so and names the candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sfumato.conversation import Conversation, PicturePart, Version
from sfumato.decision import Action
from sfumato.dialogue import version_words
from sfumato.errors import SfumatoError, WhichPicture
from sfumato.prompt import SPOKEN, ImagePrompt, field_text
from sfumato.reference_words import VersionReference, names_picture, read_reference, says_back_to, says_bring_back, stem
from sfumato.words import COLOURS

_REDO = re.compile(
    r"(?:please )?(?:redo(?: (?:the|that|my) (?:step|change))?|undo (?:the|that|my) undo)(?: please)?[.! ]*"
)
MAX_NAMED = 6
MAX_WORDS_CHARACTERS = 60


def find_version(
    message: str, conversation: Conversation, current: Version | None, target: int | None, action: Action
) -> Version | None:
    """The version a message is about; None means that a change names none, so it is about the current one.

    A number that the person said themselves outranks the writer's `target`, which outranks a description unless that
    fits another picture and not this one; where it fits several that could be meant, the writer's target is a guess.

    Raises:
        SfumatoError: if there is no such version, or several fit; nothing must be painted then.
    """
    reference = read_reference(message, action)
    if action == "go_back" and reference and reference.number is not None and not reference.describes:
        return _by_number(conversation, reference.number, current)
    if reference and reference.describes and reference.number is None:
        fitting = [version for version in conversation.available if _fits(version.prompt, reference)]
        others = [version for version in fitting if version != current]
        is_here = action != "go_back" and current in fitting  # a change may be about the current picture
        if len(others) > 1 and not is_here:
            raise _several(others, action)
    named = conversation.version(target)
    if named is not None and not named.is_deleted and not _is_contradicted(named, reference, conversation):
        return named
    if reference is not None and (reference.describes or reference.number is not None):
        return _described(reference, conversation, current, action)
    if target is not None:
        raise _no_such_version(conversation, target)
    if action != "go_back":
        return None
    return step_from(conversation, current, reference.steps if reference and reference.steps else 1)


def is_redo(message: str, conversation: Conversation, current: Version | None) -> bool:
    """True for a bare “redo” where a step was undone, so that there is one to do again."""
    is_said = _REDO.fullmatch(" ".join(message.casefold().split())) is not None
    return is_said and any(current and other.parent == current.number for other in conversation.available)


def is_going_back(message: str, conversation: Conversation, current: Version | None) -> bool:
    """True where the words say nothing but to go back to a picture that is there, by what it shows or how it is done.

    “Back to the ink drawing” is then no change of style. “Back to the snow” is left to the writer: it may mean the place.
    So is “bring back the moon”, which wants the moon again and the rest as it is.
    """
    reference = read_reference(message) if says_back_to(message) else None
    if reference is None or not reference.wanted:
        return False
    others = [other.prompt for other in conversation.available if other != current and _fits(other.prompt, reference)]
    if names_picture(message):
        return bool(others)
    wanted = _wanted(reference) - COLOURS
    fields = ("style",) if says_bring_back(message) else ("subject", "style")
    return any(wanted & _said(prompt, fields) for prompt in others)


def unmatched(message: str, conversation: Conversation, parent: Version, action: Action) -> tuple[str, ...]:
    """A note where a change describes a picture that is not there, so that another one is changed."""
    reference = read_reference(message, action)
    if action == "go_back" or reference is None or not reference.describes:
        return ()
    if any(_fits(version.prompt, reference) for version in conversation.available):
        return ()
    return (f"No picture here fits “{_described_words(reference)}”, so picture {parent.number} is changed.",)


def nearest_available(conversation: Conversation, version: Version | None) -> Version | None:
    """This version, or its nearest ancestor that is not deleted, or else the newest that is not."""
    seen = version
    while seen is not None and seen.is_deleted:
        seen = conversation.version(seen.parent)
    return seen or (conversation.available[-1] if conversation.available else None)


def starting_at(conversation: Conversation, number: int | None) -> Conversation:
    """The conversation as it was when that version was current; None is its beginning."""
    version = conversation.version(number)
    start = nearest_available(conversation, version) if version else None
    return replace(conversation, current=start.number if start else None)


def step_from(conversation: Conversation, current: Version | None, steps: int) -> Version:
    """That many parents up the tree, past deleted ones; with negative `steps` the newest child.

    Before the first picture of a tree comes the one that was current when it was described.

    Raises:
        SfumatoError: if there is none.
    """
    if current is None:
        raise _no_such_version(conversation, None)
    if steps < 0:
        return _newest_child(conversation, current)
    found = current
    for _ in range(steps):
        parent = _before(conversation, found)
        while parent is not None and parent.is_deleted:
            parent = _before(conversation, parent)
        if parent is None:
            raise SfumatoError(
                "This is the first picture: there is nothing before it."
                if found == current
                else f"There are not {steps} pictures before this one.",
                "Say what should change instead.",
            )
        found = parent
    return found


def named_versions(versions: Sequence[Version]) -> str:
    """Versions by number and in a few words, for a sentence: “1 (a red boat), 3 (a blue boat, night)”."""
    shown = [f"{version.number} ({_short(version.prompt)})" for version in versions[-MAX_NAMED:]]
    more = len(versions) - len(shown)
    return ", ".join(shown) + (f" and {more} earlier" if more else "")


def _by_number(conversation: Conversation, number: int, current: Version | None) -> Version:
    if number == -1 and conversation.available:
        newest = conversation.available[-1]
        return step_from(conversation, current, 1) if newest == current else newest
    found = conversation.version(number)
    if found is None or found.is_deleted:
        raise _no_such_version(conversation, number)
    return found


def _described(
    reference: VersionReference, conversation: Conversation, current: Version | None, action: Action
) -> Version | None:
    if not reference.describes:
        return _by_number(conversation, reference.number or -1, current)
    fitting = [version for version in conversation.available if _fits(version.prompt, reference)]
    if reference.number is not None and fitting:
        position = reference.number - 1 if reference.number > 0 else -1
        if position >= len(fitting):
            raise SfumatoError(
                f"There are not that many pictures of this kind: {named_versions(fitting)}.",
                "Say the number of the one.",
            )
        return fitting[position]
    if action != "go_back" and (not fitting or current in fitting):
        return None  # “the blue one” may be a thing in the current picture
    others = [version for version in fitting if version != current]
    if len(others) == 1 or (not others and fitting):
        return (others or fitting)[0]
    raise _several(others, action) if others else _nothing_fits(reference, conversation)


def _is_contradicted(named: Version, reference: VersionReference | None, conversation: Conversation) -> bool:
    """True if the person described another picture than the writer took them to mean."""
    if reference is None or not reference.describes or _fits(named.prompt, reference):
        return False
    return any(_fits(version.prompt, reference) for version in conversation.available)


def _fits(prompt: ImagePrompt, reference: VersionReference) -> bool:
    said = _said(prompt, SPOKEN)
    return _wanted(reference) <= said and said.isdisjoint(reference.unwanted)


def _said(prompt: ImagePrompt, names: Iterable[str]) -> set[str]:
    """The stems of the words in some fields of a prompt."""
    said = " ".join(field_text(prompt, name) for name in names).casefold().replace("’", "'")
    return {stem(word) for word in re.findall(r"\w+(?:'\w+)*", said)}


def _wanted(reference: VersionReference) -> set[str]:
    return {part for word in reference.wanted for part in word.split("-")}


def _before(conversation: Conversation, version: Version) -> Version | None:
    """A version's parent; for one that has none what its words were said about, else the one painted before it."""
    if version.parent is not None:
        return conversation.version(version.parent)
    said: int | None = None
    for message in conversation.messages:
        if message.role == "person":
            said = message.refers_to
        if any(isinstance(part, PicturePart) and part.version == version.number for part in message.parts):
            break
    else:
        said = None
    if said is not None and said < version.number:
        return conversation.version(said)
    return next((other for other in reversed(conversation.versions) if other.number < version.number), None)


def _newest_child(conversation: Conversation, current: Version) -> Version:
    children = [version for version in conversation.available if version.parent == current.number]
    if not children:
        raise SfumatoError(f"Nothing was painted from picture {current.number} yet.", "Say what should change.")
    return children[-1]


def _no_such_version(conversation: Conversation, number: int | None) -> SfumatoError:
    if not conversation.available:
        return SfumatoError("There is no picture to go back to yet.", "Describe one first.")
    deleted = conversation.version(number)
    if deleted is not None:
        where = "It is in the bin: restore it to go on from it." if deleted.file else "It cannot be brought back."
        return SfumatoError(f"Picture {number} was deleted.", where)
    numbers = ", ".join(str(version.number) for version in conversation.available[-12:])
    return SfumatoError(f"There is no version {number} in this conversation.", f"There are: {numbers}.")


def _several(fitting: Sequence[Version], action: Action) -> SfumatoError:
    return WhichPicture(
        f"{len(fitting)} pictures fit that: {named_versions(fitting)}.",
        "Which one is meant? Say its number.",
        numbers=_named(fitting),
        goes_on=action != "go_back",
    )


def _nothing_fits(reference: VersionReference, conversation: Conversation) -> SfumatoError:
    if not conversation.available:
        return SfumatoError("There is no picture to go back to yet.", "Describe one first.")
    return WhichPicture(
        f"No picture here fits “{_described_words(reference)}”.",
        f"There are: {named_versions(conversation.available)}.",
        numbers=_named(conversation.available),
    )


def _named(versions: Sequence[Version]) -> tuple[int, ...]:
    """The numbers of those that `named_versions` names."""
    return tuple(version.number for version in versions[-MAX_NAMED:])


def _described_words(reference: VersionReference) -> str:
    described = " ".join((*reference.wanted, *(f"without {word}" for word in reference.unwanted)))
    return described[:MAX_WORDS_CHARACTERS]


def _short(prompt: ImagePrompt) -> str:
    words = version_words(prompt) or "nothing described"
    return words if len(words) <= MAX_WORDS_CHARACTERS else f"{words[: MAX_WORDS_CHARACTERS - 1]}…"
