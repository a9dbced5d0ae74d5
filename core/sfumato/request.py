"""What is asked for: one message with what the person set by hand, and the engines that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sfumato.answers import Answer, Question
from sfumato.attachment import AttachedPicture
from sfumato.compile import PromptFacts
from sfumato.conversation import NOT_PAINTED, Conversation, Origin, Version
from sfumato.engine import CancelToken, Painter, Writer
from sfumato.errors import SfumatoError
from sfumato.lora import Lora
from sfumato.model_catalog import ModelSpec, PictureFacts, Vocabulary, prompt_facts
from sfumato.planned import Plan
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, Route
from sfumato.seeds import SeedRule, draw_seed
from sfumato.selection import Area
from sfumato.standing_wishes import StandingWish, hear_wish, with_wish

Compose = Callable[[Question, Callable[[str], None], CancelToken], Answer]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the person set by hand; it wins over what the writer decides. None means: not set.

    `prompt` paints exactly this prompt and asks no writer, as a drawing without a parent if `is_new`, and `origin` says
    how it came about; `rewrite=False` takes the words as the subject. With an `area` only that part of the parent picture is
    painted; no writer is asked. A change keeps the LoRAs of its parent unless `loras` are set. Settings are those of a
    `shared` recipe where the model is the same; `notes` tell what else is otherwise than what was brought along says. A
    model that edits by instruction is told the `instructions`, if there are any, instead of those so far and this message.
    """

    seed: SeedRule | None = None
    count: int | None = None
    size: tuple[int, int] | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    strength: float | None = None
    route: Route | None = None
    negative: tuple[str, ...] = ()
    prompt: ImagePrompt | None = None
    origin: Origin = "writer"
    is_new: bool = False
    rewrite: bool = True
    area: Area | None = None
    loras: tuple[Lora, ...] | None = None
    shared: Recipe | None = None
    instructions: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One message and the conversation it was said in. `parent` is the version it refers to (None: the current one).

    An `attached` picture is kept first and becomes the version that the message refers to.
    With `review` nothing is painted before the person's OK. `waiting` is a plan that waits for one, with the prompt
    `left` as the person edited it (None: as it was decided): the message refers to it instead of a picture's. Where none
    waits, `left` is the newest prompt that was not painted. `wish` is the standing wish that was heard in the message
    (`listen`). `meant` is the version that the person chose where the words fitted several. `is_again` says that a
    picture came of the message before, so that another one is wanted: from a new seed, unless one is named. `is_deed`
    says that the message tells what the person did by hand, `goes_on` that it is about the newest prompt where there is
    no picture yet.
    """

    message: str
    conversation: Conversation
    parent: int | None = None
    overrides: Overrides = Overrides()
    attached: AttachedPicture | None = None
    review: bool = False
    waiting: Plan | None = None
    left: ImagePrompt | None = None
    wish: StandingWish | None = None
    meant: int | None = None
    is_again: bool = False
    is_deed: bool = False
    goes_on: bool = False
    fresh_seed: int = field(default_factory=draw_seed)


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a turn, the facts of the picture model, and the guide that answers questions.

    `explain` answers a question with a passage; `compose` does in the writer's own sentences, which it tells as far as
    they are written, and is None for a writer that cannot. `vocabulary` is None for models of open language. A writer that
    `copies` has no words but those that were said.
    """

    writer: Writer
    painter: Painter
    painter_spec: ModelSpec
    explain: Callable[[Question], Answer]
    vocabulary: Vocabulary | None = None
    compose: Compose | None = None
    copies: bool = False

    @property
    def facts(self) -> PictureFacts:
        """The picture model's facts."""
        if self.painter_spec.picture is None:
            raise SfumatoError(f"“{self.painter_spec.title}” does not paint.", "Choose a picture model.")
        return self.painter_spec.picture

    @property
    def prompt_facts(self) -> PromptFacts:
        """What compiling a prompt needs to know."""
        return prompt_facts(self.facts, self.vocabulary)


def listen(request: TurnRequest) -> tuple[TurnRequest, str]:
    """The request with the standing wish of its message among those of the conversation, and what the person is told.

    The message that goes on is about this picture; it is empty where nothing but the wish was said and there is no
    picture that it could change. The text is empty where no wish was heard.
    """
    by_hand = request.overrides
    asks = by_hand.prompt is None and by_hand.area is None and by_hand.rewrite
    heard = hear_wish(request.message) if asks else None
    if heard is None:
        return request, ""
    conversation = replace(request.conversation, wishes=with_wish(request.conversation.wishes, heard.wish))
    message = "" if heard.is_all and referred_version(request) is None else heard.message
    told = f"From now on in this conversation: {heard.wish.text}."
    return replace(request, message=message, conversation=conversation, wish=heard.wish), told


def referred_version(request: TurnRequest) -> Version | None:
    """What the message refers to: a version, or a plan that waits for its OK as if it had been painted."""
    if request.waiting:
        parent = request.waiting.parent
        return Version(NOT_PAINTED, parent.number if parent else None, request.waiting.recipes[0])
    return request.conversation.version(referred_number(request))


def referred_number(request: TurnRequest) -> int | None:
    """The number of the version that the message refers to; None at the beginning of a conversation."""
    if request.meant is not None:
        return request.meant
    return request.parent if request.parent is not None else request.conversation.current
