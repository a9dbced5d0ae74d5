"""How often the starter writer is right on phrasings and words that its training never saw, by kind of request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sfumato.decision import Decision
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato.model_catalog import WriterFacts, load_catalogue
from sfumato_models.writer import LlamaWriter
from sfumato_training.lexicon import held_out_words
from sfumato_training.writer_data import Writer

CATALOGUE = Path(__file__).resolve().parents[2] / "resources" / "sfumato_resources" / "catalogue" / "starter.toml"
SEED = 90_001


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind of request: valid decisions, right actions, right patches, and everything right but the reply.

    `copied` of `words` held-out words that belong into the patch stand in it; `only` of `refined` refinements touch no
    field but those that were asked for.
    """

    count: int
    valid: int
    action: int
    patch: int
    all_right: int
    words: int
    copied: int
    refined: int
    only: int

    def __str__(self) -> str:
        shares = (self.valid, self.action, self.patch, self.all_right)
        return " ".join(f"{share / self.count:7.1%}" for share in shares) + f"   of {self.count}"


def starter_facts() -> WriterFacts:
    """What the catalogue says of the starter writer: it is judged as it is used."""
    facts = load_catalogue([CATALOGUE]).get("starter-writer").writer
    assert facts
    return facts


def evaluate_writer(file: Path, count: int, new_phrasings: bool = True, new_words: bool = False) -> dict[str, Score]:
    """Score `count` exercises whose phrasings or words (or both) training never saw; the key "all" sums up."""
    writer, practice = LlamaWriter(file, starter_facts(), 1), Writer(SEED, new_phrasings, new_words)
    counts: Counter[tuple[str, str]] = Counter()
    unseen = held_out_words()
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
            if wanted.action == "refine":
                touched, asked = (set(_fields(decision)) for decision in (answer, wanted))
                found |= {"only"} if answer.action == "refine" and touched <= asked else set()
            rest = answer.model_copy(update={"reply": wanted.reply})
            found |= {"action"} if is_action else set()
            found |= {"patch"} if is_patch else set()
            found |= {"all_right"} if rest.to_json() == wanted.to_json() else set()
        if wanted.action == "refine":
            found.add("refined")
        words = [word for word in _words(wanted) if word in unseen]
        given = set(_words(answer)) if answer else set()
        for kind in (exercise.kind, "all"):
            counts.update((kind, name) for name in found)
            counts[kind, "words"] += len(words)
            counts[kind, "copied"] += sum(word in given for word in words)
    kinds = sorted({kind for kind, _ in counts})
    names = ("count", "valid", "action", "patch", "all_right", "words", "copied", "refined", "only")
    return {kind: Score(*(counts[kind, name] for name in names)) for kind in kinds}


def print_scores(file: Path, count: int) -> None:
    """Two tables, one line a kind: phrasings that are new, and words that are new."""
    for told, new_words in (("new phrasings", False), ("new words", True)):
        print(f"{told:14} {'valid':>7} {'action':>7} {'patch':>7} {'all':>7}")
        scores = evaluate_writer(file, count, new_phrasings=not new_words, new_words=new_words)
        for kind, score in scores.items():
            print(f"{kind:14} {score}")
        print(f"{scores['all'].copied} of {scores['all'].words} unseen words copied")


def _fields(decision: Decision) -> list[str]:
    """The fields that a decision's patch names."""
    patch = decision.prompt_patch().to_json()
    lists = [name.split("_", 1)[1] for name in patch if "_" in name]
    return [*patch.get("set", {}), *lists, *(["order"] if "order" in patch else [])]


def _words(decision: Decision) -> list[str]:
    """Every word of the texts of a decision's patch."""
    patch = decision.prompt_patch()
    texts = [*patch.set.values(), *patch.add_negative, *patch.add_quality]
    return " ".join(texts).casefold().replace(",", " ").split()
