"""Scriptable stand-ins for the engines and the library, for tests of our own logic only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sfumato.answers import Answer, Question
from sfumato.compile import CompiledPrompt
from sfumato.conversation import Conversation, Message, PromptPart, Version
from sfumato.decision import Decision, PatchAnswer
from sfumato.dialogue import Reading
from sfumato.draft import Draft, OnDraft, no_draft
from sfumato.edits import undo
from sfumato.engine import CancelToken, Event, Painting, Pixels, Preview
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.planned import Plan
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, RenderSettings, sha256_rgb
from sfumato.request import Engines, Overrides, TurnRequest
from sfumato.standing_wishes import StandingWish
from sfumato.turn import paint_reviewed, run_turn

SPEC = ModelSpec(
    id="fake-painter",
    title="Fake painter",
    purpose="paints grey",
    licence="none",
    path="fake",
    picture=PictureFacts(
        pipeline="StableDiffusionPipeline",
        steps=4,
        guidance_scale=3.0,
        scheduler="DDIMScheduler",
        width=64,
        height=64,
        portrait=(48, 80),
        landscape=(80, 48),
        min_side=32,
        max_side=128,
        size_multiple=16,
        routes=("text-to-image", "image-to-image", "inpaint"),
        honours_negatives=True,
    ),
)


def decision(action: str = "draw", reply: str = "Yes.", **more: object) -> Decision:
    patch = more.pop("patch", {})
    return Decision(action=action, patch=PatchAnswer(**patch), reply=reply, **more)  # type: ignore[arg-type]


@dataclass
class FakeWriter:
    """Answers with what it was given, in turn; an exception among the answers is raised."""

    answers: list[Decision | Exception]
    asked: list[Reading] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    before_the_end: Callable[[], object] = lambda: None  # after the drafts, before the answer

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        self.asked.append(reading)
        answer = self.answers.pop(0)
        for draft in self.drafts:
            on_draft(draft)
        self.before_the_end()
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakePainter:
    """Paints one grey per seed; `fails` is raised once; `on_step` is called at every step; `engine` is what was chosen."""

    painted: list[Recipe] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    on_step: Callable[[int], None] = lambda step: None
    engine: dict[str, str] = field(default_factory=dict)

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        self.painted.append(recipe)
        if self.fails:
            raise self.fails.pop(0)
        for step in range(1, recipe.settings.steps + 1):
            self.on_step(step)
            cancel.raise_if_cancelled()
            on_preview(Preview(step, recipe.settings.steps))
        return painting(replace(recipe, fingerprint=recipe.engine or self.engine))


def painting(recipe: Recipe) -> Painting:
    grey = recipe.seed % 256
    pixels = Pixels(
        recipe.settings.width,
        recipe.settings.height,
        bytes((grey, grey, grey, 255)) * (recipe.settings.width * recipe.settings.height),
    )
    digest = sha256_rgb(repr(recipe.as_draft()).encode())  # as if every recipe gave another picture
    return Painting(pixels, replace(recipe, sha256_rgb=digest), {"denoise": 0.1})


@dataclass
class MemoryKeeper:
    """Keeps a conversation in memory."""

    conversation: Conversation = field(default_factory=lambda: Conversation(1, ""))
    fails: list[Exception] = field(default_factory=list)

    def say(self, message: Message) -> None:
        self.conversation = replace(self.conversation, messages=(*self.conversation.messages, message))

    def save(self, parent: int | None, painting: Painting) -> Version:
        if self.fails:
            raise self.fails.pop(0)
        version = Version(len(self.conversation.versions) + 1, parent, painting.recipe)
        self.conversation = replace(
            self.conversation, versions=(*self.conversation.versions, version), current=version.number
        )
        return version

    def go_to(self, number: int) -> None:
        self.conversation = replace(self.conversation, current=number)

    def wish(self, wishes: tuple[StandingWish, ...]) -> None:
        self.conversation = replace(self.conversation, wishes=wishes)

    def pixels(self, version: Version) -> Pixels:
        return painting(version.recipe).pixels


@dataclass
class Talk:
    """A conversation played with the fakes."""

    writer: FakeWriter
    painter: FakePainter = field(default_factory=FakePainter)
    keeper: MemoryKeeper = field(default_factory=MemoryKeeper)
    spec: ModelSpec = SPEC
    cancel: CancelToken = field(default_factory=CancelToken)
    copies: bool = False

    def say(self, message: str, overrides: Overrides = Overrides()) -> list[Event]:
        return self.run(TurnRequest(message, self.keeper.conversation, overrides=overrides))

    @property
    def engines(self) -> Engines:
        def explain(question: Question) -> Answer:
            return Answer(f"page {question.topic}", question.topic)

        return Engines(self.writer, self.painter, self.spec, explain, copies=self.copies)

    def run(self, request: TurnRequest) -> list[Event]:
        events: list[Event] = []
        run_turn(request, self.engines, self.keeper, events.append, self.cancel)
        return events

    @property
    def cards(self) -> list[PromptPart]:
        """The prompts that were decided, in order."""
        parts = (part for message in self.keeper.conversation.messages for part in message.parts)
        return [part for part in parts if isinstance(part, PromptPart)]

    def undo(self, card: PromptPart, painted: tuple[int, ...], name: str) -> None:
        """Undo one change of a card, which has to be painted."""
        request = undo(self.keeper.conversation, card, painted, name)
        assert isinstance(request, TurnRequest)
        self.run(request)

    def review(self, request: TurnRequest) -> Plan:
        plan = run_turn(request, self.engines, self.keeper, lambda event: None, self.cancel)
        assert plan
        return plan

    def paint_reviewed(self, plan: Plan, prompt: ImagePrompt) -> None:
        paint_reviewed(plan, prompt, self.engines, self.keeper, lambda event: None, self.cancel)


def recipe(seed: int = 7, subject: str = "a red ball", **more: object) -> Recipe:
    settings = RenderSettings(64, 64, 4, 3.0, "DDIMScheduler", "fake-painter")
    prompt = ImagePrompt(subject=subject)
    return Recipe(prompt, CompiledPrompt(subject, ""), settings, seed, **more)  # type: ignore[arg-type]
