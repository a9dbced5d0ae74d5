"""The yardstick: conversations as people write them, what each turn should lead to, and the judgement of a plan.

The data stands in `tests/data/conversations/*.toml`, in words of its own. Half of it (`training = "never"`) must never
inform the training of a model. A turn lists what a careful reader of the message would expect; where more than one reading
is fair, all of them are accepted. After each turn the conversation goes on from the expected state, whatever the writer
made of it, so that one mistake does not spoil the turns that follow and every writer reads the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sfumato.compile import CompiledPrompt
from sfumato.conversation import Conversation, Version
from sfumato.decision import Action, Decision, PatchAnswer, RouteWish, Shape
from sfumato.model_catalog import PictureFacts
from sfumato.planned import Plan
from sfumato.prompt import FIELDS, SPOKEN, TEXT_FIELDS, ImagePrompt, PromptPatch, apply
from sfumato.recipe import Recipe, RenderSettings

FOLDER = Path(__file__).parent / "data" / "conversations"
CATEGORIES = ("action", "fields", "untouched", "seed", "form", "route", "target", "topic", "copied")
TOPICS = frozenset(
    [
        "guidance",
        "models",
        "negatives",
        "noise-and-steps",
        "parts-of-a-prompt",
        "privacy",
        "seeds",
        "small-changes",
        "words-and-pictures",
    ]
)
FIRST_SEED = 1000

TextField = Literal["subject", "setting", "style", "lighting", "camera", "colour"]
AnyField = Literal["subject", "setting", "style", "lighting", "camera", "colour", "quality", "negative"]
Half = Literal["may", "never"]
_FREE_PREPOSITION = ("lighting", "style", "colour")  # "at night" and "night" say the same there
_LEADING = re.compile(r"^(?:(?:at|in|as|with|under|during|by|of)\s+)+")
_DROPPED = frozenset(["a", "an", "the"])


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Accepted(_Data):
    """The texts that a field may have: the first of `texts` is the one the conversation goes on with.

    Case, articles, punctuation and the spelling of colour do not count. A text is accepted too if it holds all of `words`
    ("sea|ocean": either) and none of `without`, and is at most twice as long as the first text and four words more.
    """

    texts: tuple[str, ...] = Field(min_length=1)
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: object) -> object:
        """A string, or a list of strings, stands for its texts."""
        if isinstance(data, str):
            return {"texts": (data,)}
        return {"texts": tuple(data)} if isinstance(data, list) else data

    def fits(self, field: str, text: str) -> bool:
        """True if a reader would take this text for right."""
        found = normal(field, text)
        if any(found == normal(field, accepted) for accepted in self.texts):
            return True
        present, longest = found.split(), 2 * len(normal(field, self.texts[0]).split()) + 4
        has = all(any(word in present for word in words.split("|")) for words in self.words)
        return bool(self.words) and has and len(present) <= longest and not set(self.without) & set(present)


class Outcome(_Data):
    """What a message should lead to. Fields that are neither set nor in `may` must be as before (empty on a drawing).

    A term such as "people|persons" accepts either. Absent `seed`: kept on a refinement, new on a drawing and a reroll.
    Absent `route`: it does not matter. Absent `target`: the current version.
    """

    action: Action = "refine"
    set: dict[TextField, Accepted] = Field(default_factory=dict)
    add_quality: tuple[str, ...] = ()
    drop_quality: tuple[str, ...] = ()
    add_negative: tuple[str, ...] = ()
    drop_negative: tuple[str, ...] = ()
    order: tuple[TextField, ...] = ()
    may: tuple[AnyField, ...] = ()
    seed: Literal["keep", "new", "any"] | int | None = None
    count: int = 1
    shape: Shape | None = None
    size: tuple[int, int] | None = None
    route: RouteWish | None = None
    target: int | None = None
    topic: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        paints = self.action in ("draw", "refine", "reroll")
        if not paints and (self.patch() != PromptPatch() or self.seed is not None or self.shape or self.size):
            raise ValueError(f"{self.action} changes nothing")
        if (self.action == "answer") != bool(self.topic):
            raise ValueError("an answer, and only an answer, names its pages")
        if unknown := set(self.topic) - TOPICS:
            raise ValueError(f"no such page: {unknown}")
        if self.action == "go_back" and self.target is None:
            raise ValueError("going back needs a target")
        return self

    def patch(self) -> PromptPatch:
        """The patch of which this is the judgement, in its first words."""
        return PromptPatch(
            set={name: accepted.texts[0] for name, accepted in self.set.items()},
            add_quality=_first_words(self.add_quality),
            drop_quality=_first_words(self.drop_quality),
            add_negative=_first_words(self.add_negative),
            drop_negative=_first_words(self.drop_negative),
            order=self.order,
        )

    def seed_rule(self) -> str | int:
        """`keep`, `new`, `any` or a number."""
        if self.seed is not None:
            return self.seed
        return "keep" if self.action == "refine" else "new"

    def decision(self) -> Decision:
        """The decision a perfect writer would give."""
        plain = self.patch().to_json()
        seed = self.seed_rule()
        return Decision(
            action=self.action,
            patch=PatchAnswer.model_validate(plain),
            seed=None if seed == "any" or (self.action in ("answer", "go_back", "draw") and seed == "new") else seed,  # type: ignore[arg-type]
            count=self.count,
            shape=self.shape,
            size=self.size,
            route=self.route,
            target=self.target,
            topic=self.topic[0] if self.topic else None,
            reply="Yes.",
        )


class Turn(Outcome):
    """One message and what it should lead to. `alternatives` are other fair readings; `copied` are words that no
    starter model has learned, which must stand in the prompt all the same."""

    says: str
    copied: tuple[str, ...] = ()
    alternatives: tuple[Outcome, ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All fair readings, the usual one first."""
        return (self, *self.alternatives)


class Talk(_Data):
    """One conversation."""

    id: str = Field(pattern=r"^\d{3}$")
    about: str
    turns: tuple[Turn, ...] = Field(min_length=3, max_length=8)


class TalkFile(_Data):
    """A file of conversations of one half."""

    training: Half
    conversation: tuple[Talk, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`right` says of each category that applies whether it is; `why` names what is wrong, one line each."""

    right: dict[str, bool]
    why: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """The whole turn."""
        return all(self.right.values())


def load_conversations(folder: Path = FOLDER) -> dict[Half, tuple[Talk, ...]]:
    """All conversations by half. Raises pydantic.ValidationError if one is not of the schema."""
    found: dict[Half, tuple[Talk, ...]] = {"may": (), "never": ()}
    for file in sorted(folder.glob("*.toml")):
        data = TalkFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        found[data.training] += data.conversation
    return found


def normal(field: str, text: str) -> str:
    """A text without what a reader would not mind: case, articles, punctuation, spelling of colour, free prepositions."""
    plain = re.sub(r"[^\w']+", " ", text.casefold()).replace("color", "colour").replace("gray", "grey")
    words = " ".join(word for word in plain.split() if word not in _DROPPED)
    return _LEADING.sub("", words) if field in _FREE_PREPOSITION else words


def before_turn(conversation: Conversation, outcome: Outcome) -> tuple[Version | None, ImagePrompt]:
    """The version that an outcome changes, and the prompt it starts from."""
    if outcome.action == "draw":
        return None, ImagePrompt()
    number = outcome.target if outcome.target is not None else conversation.current
    version = conversation.version(number)
    return version, version.prompt if version else ImagePrompt()


def after_turn(conversation: Conversation, outcome: Outcome, facts: PictureFacts, model_id: str) -> Conversation:
    """The conversation as it is once the expected picture is painted (nothing is painted)."""
    if outcome.action == "answer":
        return conversation
    parent, before = before_turn(conversation, outcome)
    if outcome.action == "go_back":
        return replace(conversation, current=outcome.target) if parent else conversation
    rule = outcome.seed_rule()
    first = parent.recipe.seed if parent and rule == "keep" else fresh_seed(conversation)
    width, height = expected_size(outcome, parent, facts)
    settings = RenderSettings(width, height, facts.steps, facts.guidance_scale, facts.scheduler, model_id)
    prompt = apply(before, outcome.patch())
    compiled = CompiledPrompt(prompt.subject, "")
    versions = conversation.versions
    for index in range(outcome.count):
        seed = (rule if isinstance(rule, int) else first) + index
        recipe = Recipe(prompt, compiled, settings, seed, sha256_rgb=f"{len(versions):064x}")
        versions += (Version(len(versions) + 1, parent.number if parent else None, recipe),)
    return replace(conversation, versions=versions, current=len(versions))


def fresh_seed(conversation: Conversation) -> int:
    """The seed that a new drawing at this point gets: the same in every run."""
    return FIRST_SEED + 10 * len(conversation.versions)


def expected_size(outcome: Outcome, parent: Version | None, facts: PictureFacts) -> tuple[int, int]:
    """Width and height in pixels of the expected picture."""
    shapes = {"square": (facts.width, facts.height), "portrait": facts.portrait, "landscape": facts.landscape}
    kept = (parent.recipe.settings.width, parent.recipe.settings.height) if parent else (facts.width, facts.height)
    return outcome.size or (shapes[outcome.shape] if outcome.shape else kept)


def judge(
    turn: Turn,
    conversation: Conversation,
    decision: Decision | None,
    plan: Plan | None,
    facts: PictureFacts,
    page_shown: Callable[[Decision], str | None],
) -> Verdict:
    """Judge what a writer made of a message by the reading that it fits best.

    `decision` is None if the writer's answer could not be used, `plan` if nothing could be made of the decision.
    `page_shown` says which page of the guide the person gets to see.
    """
    verdicts = [_judge(turn, outcome, conversation, decision, plan, facts, page_shown) for outcome in turn.outcomes]
    return max(verdicts, key=lambda verdict: (verdict.is_right, sum(verdict.right.values()) / len(verdict.right)))


def _judge(
    turn: Turn,
    outcome: Outcome,
    conversation: Conversation,
    decision: Decision | None,
    plan: Plan | None,
    facts: PictureFacts,
    page_shown: Callable[[Decision], str | None],
) -> Verdict:
    parent, before = before_turn(conversation, outcome)
    right: dict[str, bool] = {}
    why: list[str] = []

    def check(category: str, is_right: bool, problem: str) -> None:
        right[category] = right.get(category, True) and is_right
        if not is_right:
            why.append(f"{category}: {problem}")

    is_action = decision is not None and decision.action == outcome.action
    check("action", is_action, f"{decision.action if decision else 'unusable'}, not {outcome.action}")
    prompt = plan.prompt if plan and is_action else None
    if outcome.action in ("draw", "refine", "reroll"):
        for name, is_right, problem in _fields(outcome, before, prompt):
            check(name, is_right, problem)
        check("seed", _seed_fits(outcome, conversation, parent, plan), f"not {outcome.seed_rule()}")
        made = [(r.settings.width, r.settings.height) for r in plan.recipes] if plan else []
        wanted = [expected_size(outcome, parent, facts)] * outcome.count
        check("form", made == wanted, f"{made}, not {wanted}")
        if outcome.route:
            made_route = str(plan.recipes[0].route) if plan and plan.recipes else "none"
            check("route", made_route == outcome.route, f"{made_route}, not {outcome.route}")
    if outcome.action == "go_back" or (outcome.action in ("refine", "reroll") and outcome.target):
        number = plan.parent.number if plan and plan.parent else (decision.target if decision else None)
        check("target", is_action and number == outcome.target, f"{number}, not {outcome.target}")
    if outcome.topic:
        shown = page_shown(decision) if decision and is_action else None
        check("topic", shown in outcome.topic, f"{shown}, not {' or '.join(outcome.topic)}")
    if turn.copied:
        words = _all_words(prompt) if prompt else frozenset()
        missing = [word for word in turn.copied if word not in words]
        check("copied", not missing, f"lost {', '.join(missing)}")
    return Verdict(right, tuple(why))


def _fields(outcome: Outcome, before: ImagePrompt, after: ImagePrompt | None) -> list[tuple[str, bool, str]]:
    """(category, is it right, what is wrong) of each field of a prompt."""
    if after is None:
        changes = outcome.patch() != PromptPatch()
        return [("untouched", False, "no prompt"), *([("fields", False, "no prompt")] if changes else [])]
    found: list[tuple[str, bool, str]] = []
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if name in outcome.set:
            accepted = outcome.set[name]  # type: ignore[index]
            found.append(("fields", accepted.fits(name, new), f"{name} is “{new}”, not “{accepted.texts[0]}”"))
        elif name not in TEXT_FIELDS and (wanted := _wanted_terms(outcome, name, old)) is not None:
            found.append(("fields", _terms_fit(new, wanted), f"{name} is {list(new)}, not {wanted}"))
        elif name not in outcome.may:
            found.append(("untouched", new == old, f"{name} became “{new}”"))
    first = after.order[: len(outcome.order)] == outcome.order if outcome.order else after.order == before.order
    found.append(("fields" if outcome.order else "untouched", first, f"order is {', '.join(after.order)}"))
    return found


def _wanted_terms(outcome: Outcome, name: str, before: tuple[str, ...]) -> list[str] | None:
    add, drop = (
        (outcome.add_quality, outcome.drop_quality)
        if name == "quality"
        else (outcome.add_negative, outcome.drop_negative)
    )
    if not add and not drop:
        return None
    dropped = {normal(name, word) for term in drop for word in term.split("|")}
    return [term for term in before if normal(name, term) not in dropped] + list(add)


def _terms_fit(found: tuple[str, ...], wanted: list[str]) -> bool:
    """True if each wanted term is there in one of its words, and nothing else."""
    rest = [normal("negative", term) for term in found]
    for term in wanted:
        match = next((text for text in rest if text in [normal("negative", word) for word in term.split("|")]), None)
        if match is None:
            return False
        rest.remove(match)
    return not rest


def _seed_fits(outcome: Outcome, conversation: Conversation, parent: Version | None, plan: Plan | None) -> bool:
    if plan is None or not plan.recipes:
        return False
    rule, seed = outcome.seed_rule(), plan.recipes[0].seed
    if rule == "any":
        return True
    if rule == "keep" and parent:
        return seed == parent.recipe.seed
    return seed == (rule if isinstance(rule, int) else fresh_seed(conversation))


def _all_words(prompt: ImagePrompt) -> frozenset[str]:
    spoken = [getattr(prompt, name) for name in SPOKEN]
    texts = [text if isinstance(text, str) else " ".join(text) for text in spoken]
    return frozenset(re.findall(r"[\w'-]+", " ".join(texts).casefold()))


def _first_words(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(term.split("|")[0] for term in terms)
