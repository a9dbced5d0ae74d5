"""Answers to questions: a passage of the guide, and what the recipe at hand says about the picture that was asked about.

A writer that cannot put sentences together, as the starter, has the passage itself shown and its page named. One that can
answers from the passages it is given (`composed`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sfumato.engine import CancelToken, Composer
from sfumato.errors import SfumatoError
from sfumato.guide import Guide, Page
from sfumato.lora import lora_words
from sfumato.prompt import FIELDS, changes, field_text
from sfumato.recipe import Recipe, Route

log = logging.getLogger(__name__)
NO_PAGE = "The guide has no page about this. Ask about seeds, steps, guidance, negatives, prompts, models or privacy."
NOT_COMPOSED = "The writer did not finish an answer of its own; this is what the guide says."
PASSAGES_FOR_A_WRITER = 3
# A question about this very picture rather than about pictures: its facts come before the passage.
_POINTED = re.compile(r"\b(?:was|were|did|used|this|that|these|those|last|current|now|my picture)\b|^\W*seed\W*$")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, the page the writer thinks of, and the picture at hand with the one it came from."""

    text: str
    topic: str | None = None
    recipe: Recipe | None = None
    parent: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The text to show; it names the page. `topic` and `title` are the page's, None and empty if there is none."""

    text: str
    topic: str | None = None
    title: str = ""


def answer(guide: Guide, question: Question) -> Answer:
    """The answer of a writer that cannot write: facts of the picture at hand and the best passage, with its page."""
    found = guide.passages(question.text, question.topic)
    if not found:
        return Answer(NO_PAGE)
    page = found[0].page
    facts = facts_of_picture(page.topic, question)
    parts = [found[0].text, facts]
    if is_about_the_picture(question.text):
        parts.reverse()
    named = f"Guide: “{page.title}”"
    return Answer("\n\n".join(filter(None, (*parts, named))), page.topic, page.title)


def composed(
    guide: Guide, writer: Composer, question: Question, on_text: Callable[[str], None], cancel: CancelToken
) -> Answer:
    """The answer in the sentences of a writer that was given the best passages; it names the page it used.

    `on_text` hears the answer as far as it is written. If the writer fails, the passage is shown and that is said.

    Raises:
        TurnCancelled: after a stop.
    """
    found = guide.passages(question.text, question.topic, PASSAGES_FOR_A_WRITER)
    if not found:
        return Answer(NO_PAGE)
    try:
        text = writer.compose(answer_request(guide, question), cancel, on_text)
    except SfumatoError as error:
        log.warning("composing: %s | %s", error, error.detail)
        plain = answer(guide, question)
        return Answer(f"{NOT_COMPOSED}\n\n{plain.text}", plain.topic, plain.title)
    pages = tuple(passage.page for passage in found)
    named = _named_page(text, pages)
    page = named or pages[0]
    told = text.strip().removesuffix(f"[{named.title}]").rstrip() if named else text.strip()
    return Answer(f"{told}\n\nGuide: “{page.title}”", page.topic, page.title)


def answer_request(guide: Guide, question: Question) -> str:
    """What a writer that can write is asked: to answer from these passages only, and to name the page."""
    found = guide.passages(question.text, question.topic, PASSAGES_FOR_A_WRITER)
    facts = facts_of_picture(found[0].page.topic, question) if found else ""
    passages = "".join(f"\n[{passage.page.title}] {passage.text}\n" for passage in found)
    return (
        "Answer the question in at most three plain sentences, only from the passages and facts below; if they do not say, "
        f"say so. End with the page's title in brackets.\n{passages}\n"
        f"Facts: {facts or 'none'}\nQuestion: {' '.join(question.text.split())}\n"
    )


def _named_page(text: str, pages: Sequence[Page]) -> Page | None:
    """The page whose title the answer ends with, in brackets."""
    return next((page for page in pages if text.strip().endswith(f"[{page.title}]")), None)


def is_about_the_picture(text: str) -> bool:
    """True for “which seed was that?”, False for “what is a seed?”."""
    return bool(_POINTED.search(text.casefold()))


def facts_of_picture(topic: str, question: Question) -> str:
    """What the recipe at hand says about a topic, in a sentence or two; empty without a picture."""
    recipe = question.recipe
    if recipe is None:
        return ""
    settings = recipe.settings
    match topic:
        case "seeds" | "noise-and-steps" | "guidance":
            return f"This picture used {settings.steps} steps, guidance {settings.guidance_scale:g} and seed {recipe.seed}."
        case "models":
            added = f" with the LoRAs {lora_words(recipe.loras)}" if recipe.loras else ""
            return (
                f"This picture was painted by {settings.model_id}{added}, {settings.width} × {settings.height} pixels."
            )
        case "negatives":
            return f"Ruled out in this picture: {', '.join(recipe.prompt.negative) or 'nothing'}."
        case "words-and-pictures":
            negative = f" Negative: “{recipe.compiled.negative}”." if recipe.compiled.negative else ""
            return f"Sent to the model for this picture: “{recipe.compiled.positive}”.{negative}"
        case "parts-of-a-prompt":
            said = [f"{name} “{text}”" for name in FIELDS if (text := field_text(recipe.prompt, name))]
            return f"This picture's prompt: {', '.join(said)}."
        case "small-changes":
            return difference(question.parent, recipe) if question.parent else ""
    return ""


def difference(before: Recipe, after: Recipe) -> str:
    """What two recipes do not share, as a person reads it, and what was kept."""
    changed = [
        f"{change.field} {change.before or '-'} → {change.after or '-'}"
        for change in changes(before.prompt, after.prompt)
    ]
    if before.prompt.order != after.prompt.order:
        changed.append(f"first in the prompt {before.prompt.order[0]} → {after.prompt.order[0]}")
    kept = "all words were kept" if not changed else "the other words were kept"
    same_seed = f"seed {after.seed} and " if before.seed == after.seed else ""
    if not same_seed:
        changed.append(f"seed {before.seed} → {after.seed}")
    changed += _settings_that_differ(before, after)
    told = "; ".join(changed) or "nothing"
    sentences = [f"From the picture before to this one: {told}.", f"{same_seed}{kept}.".capitalize()]
    if after.route is Route.IMAGE_TO_IMAGE and after.settings.strength is not None:
        sentences.append(f"It was painted over the picture before, with strength {after.settings.strength:g}.")
    return " ".join(sentences)


def _settings_that_differ(before: Recipe, after: Recipe) -> Sequence[str]:
    pairs = (
        ("steps", before.settings.steps, after.settings.steps),
        ("guidance", f"{before.settings.guidance_scale:g}", f"{after.settings.guidance_scale:g}"),
        ("scheduler", before.settings.scheduler, after.settings.scheduler),
        (
            "size",
            f"{before.settings.width} × {before.settings.height}",
            f"{after.settings.width} × {after.settings.height}",
        ),
        ("model", before.settings.model_id, after.settings.model_id),
        ("LoRAs", lora_words(before.loras) or "none", lora_words(after.loras) or "none"),
    )
    return [f"{name} {old} → {new}" for name, old, new in pairs if old != new]
