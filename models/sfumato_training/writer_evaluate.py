"""How often the starter writer is right on phrasings and words that its training never saw, by kind of request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato.model_catalog import WriterFacts
from sfumato_models.writer import LlamaWriter
from sfumato_training.writer_data import Writer

FACTS = WriterFacts(wrapping="starter", context_tokens=1024, answer_tokens=200)
SEED = 90_001


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind of request: valid decisions, right actions, right patches, and everything right but the reply."""

    count: int
    valid: int
    action: int
    patch: int
    all_right: int

    def __str__(self) -> str:
        shares = (self.valid, self.action, self.patch, self.all_right)
        return " ".join(f"{share / self.count:7.1%}" for share in shares) + f"   of {self.count}"


def evaluate_writer(file: Path, count: int) -> dict[str, Score]:
    """Score `count` exercises made of held-out phrasings and words; the key "all" sums up."""
    writer, practice = LlamaWriter(file, FACTS, 1), Writer(SEED, held_out=True)
    counts: Counter[tuple[str, str]] = Counter()
    for _ in range(count):
        exercise = practice.make()
        wanted = exercise.decision
        found = {"count"}
        try:
            answer = writer.decide(exercise.reading, CancelToken())
        except UnusableAnswer:
            answer = None
        if answer:
            found.add("valid")
            is_action, is_patch = answer.action == wanted.action, answer.prompt_patch() == wanted.prompt_patch()
            rest = answer.model_copy(update={"reply": wanted.reply})
            found |= {"action"} if is_action else set()
            found |= {"patch"} if is_patch else set()
            found |= {"all_right"} if rest.to_json() == wanted.to_json() else set()
        for name in found:
            counts[exercise.kind, name] += 1
            counts["all", name] += 1
    kinds = sorted({kind for kind, _ in counts})
    names = ("count", "valid", "action", "patch", "all_right")
    return {kind: Score(*(counts[kind, name] for name in names)) for kind in kinds}


def print_scores(file: Path, count: int) -> None:
    """The table, one line a kind."""
    print(f"{'kind':14} {'valid':>7} {'action':>7} {'patch':>7} {'all':>7}")
    for kind, score in evaluate_writer(file, count).items():
        print(f"{kind:14} {score}")
