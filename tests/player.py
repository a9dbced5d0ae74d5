"""Plays conversations of the yardstick with a writer, through the code the app uses; nothing is painted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sfumato.answers import Answer, Question
from sfumato.conversation import Conversation
from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import OnDraft, no_draft
from sfumato.engine import CancelToken, Painting, Pixels, Preview, Writer
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.model_catalog import ModelSpec, Vocabulary
from sfumato.plan import make_plan
from sfumato.planned import Plan
from sfumato.recipe import Recipe
from sfumato.request import Engines, TurnRequest
from tests.conversations import CATEGORIES, Talk, Turn, Verdict, after_turn, fresh_seed, judge

Explain = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Played:
    """One turn as it went: `answer` is the writer's decision as text, or why there is none."""

    talk: str
    number: int
    says: str
    answer: str
    verdict: Verdict


@dataclass
class Listener:
    """A writer that passes everything on and keeps what was read and decided last."""

    writer: Writer
    reading: Reading | None = None
    decision: Decision | None = None
    trouble: str = ""

    def forget(self) -> None:
        """Another turn begins, which may be decided without a writer."""
        self.reading, self.decision, self.trouble = None, None, ""

    def decide(self, reading: Reading, cancel: CancelToken, on_draft: OnDraft = no_draft) -> Decision:
        self.forget()
        self.reading = reading
        try:
            self.decision = self.writer.decide(reading, cancel)
        except UnusableAnswer as error:
            self.trouble = f"unusable: {error.detail}"
            raise
        return self.decision


class NoPainter:
    """Stands where a painter would; a plan asks nothing of it."""

    def paint(
        self, recipe: Recipe, parent: Pixels | None, on_preview: Callable[[Preview], None], cancel: CancelToken
    ) -> Painting:
        raise AssertionError("the yardstick paints nothing")


@dataclass
class Player:
    """A writer, the facts of the picture model it writes for, and the guide."""

    writer: Writer
    painter_spec: ModelSpec
    explain: Explain
    vocabulary: Vocabulary | None = None
    listener: Listener = field(init=False)
    engines: Engines = field(init=False)

    def __post_init__(self) -> None:
        self.listener = Listener(self.writer)
        self.engines = Engines(self.listener, NoPainter(), self.painter_spec, self.explain, self.vocabulary)

    def play(self, talk: Talk) -> list[Played]:
        """All turns of a conversation. It goes on from the expected state after each."""
        conversation, played = Conversation(0, talk.about), []
        for number, turn in enumerate(talk.turns, start=1):
            played.append(self.play_turn(talk.id, number, turn, conversation))
            conversation = after_turn(conversation, turn, self.engines.facts, self.painter_spec.id)
        return played

    def play_turn(self, talk: str, number: int, turn: Turn, conversation: Conversation) -> Played:
        """One message, said in this conversation."""
        plan: Plan | None = None
        trouble = ""
        request = TurnRequest(turn.says, conversation, fresh_seed=fresh_seed(conversation))
        self.listener.forget()
        try:
            plan = make_plan(request, self.engines, CancelToken())
        except SfumatoError as error:
            trouble = f"  ! {error}"
        decision = self.listener.decision or (plan.decision if plan and not self.listener.trouble else None)

        def page_shown(decided: Decision) -> str | None:
            current = conversation.version(conversation.current)
            return self.explain(Question(turn.says, decided.topic, current.recipe if current else None)).topic

        verdict = judge(turn, conversation, decision, plan if decision else None, self.engines.facts, page_shown)
        answer = decision.to_text() if decision else self.listener.trouble
        return Played(talk, number, turn.says, answer + trouble, verdict)


def score(played: Iterable[Played]) -> dict[str, tuple[int, int]]:
    """(right, of how many) for every category that came up, and for the `turn` as a whole."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for one in played:
        marks = one.verdict.right | {"turn": one.verdict.is_right}
        total.update(marks.keys())
        right.update(name for name, is_right in marks.items() if is_right)
    return {name: (right[name], total[name]) for name in (*CATEGORIES, "turn") if total[name]}
