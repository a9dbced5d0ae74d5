"""How well the installed writer follows conversations, and what a long one costs it.

Each conversation of the yardstick is played through `turn.make_plan` with the real writer; nothing is painted. The half
that must never be trained on is the honest score, the other half is shown beside it.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

from sfumato.asking import reading
from sfumato.conversation import Conversation
from sfumato.dialogue import Reading, fixed_prefix, turn_text
from sfumato.engine import CancelToken
from sfumato.errors import UnusableAnswer
from sfumato.model_catalog import WriterFacts
from sfumato.paths import find_paths
from sfumato.request import TurnRequest
from sfumato_desktop.studio import SMALL_WRITER_BYTES, Studio, open_studio, thread_count
from sfumato_models.installed import InstalledModel
from sfumato_models.writer import LlamaWriter
from tests.bench.figure import Figure
from tests.conversations import Half, Talk, Turn, after_turn, load_conversations
from tests.player import Played, Player, score

GOAL = 0.92
EARLY, LATE = 5, 50
PAIRS = 7
# Said again and again, as a conversation goes on for an afternoon; nine, so that turns 5 and 50 say the same.
_LONG_TALK = (
    Turn(says="same but at night", set={"lighting": ["night"]}),
    Turn(says="as an oil painting", set={"style": ["oil painting"]}),
    Turn(says="put it by the sea", set={"setting": ["by the sea"]}),
    Turn(says="make it a red boat", set={"subject": ["a red boat"]}),
    Turn(says="golden hour", set={"lighting": ["golden hour"]}),
    Turn(says="now a watercolour", set={"style": ["watercolour"]}),
    Turn(says="in a meadow", set={"setting": ["in a meadow"]}),
    Turn(says="make it a blue house", set={"subject": ["a blue house"]}),
    Turn(says="seen from below", set={"camera": ["seen from below"]}),
)
_FIRST = Turn(says="a watercolour of a blue house in a meadow at noon, close-up", action="draw", set={"subject": "a blue house", "setting": "in a meadow", "lighting": "noon", "style": "watercolour", "camera": "close-up"})  # fmt: skip


def measure_conversation(verbose: bool = False) -> Iterator[Figure]:
    """All figures of the area; `verbose` lists the turns that went wrong on standard error."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["SFUMATO_HOME"] = home
        studio = open_studio(find_paths())
        try:
            yield from _scores(studio, verbose)
            yield from measure_long_conversation(studio)
        finally:
            studio.close()


def _scores(studio: Studio, verbose: bool) -> Iterator[Figure]:
    engines, writer = studio.engines, studio.writer_process.spec.model
    player = Player(engines.writer, engines.painter_spec, engines.explain, engines.vocabulary)
    halves: dict[Half, tuple[Talk, ...]] = load_conversations()
    for half, name in (("never", "held_out"), ("may", "open")):
        talks = halves[half]  # type: ignore[index]
        played = [one for talk in talks for one in player.play(talk)]
        if verbose:
            _list_failures(played)
        for category, (right, total) in reversed(score(played).items()):
            how = f"{right} of {total}, {len(talks)} conversations, {writer.spec.id}"
            yield Figure(f"{name}_{category}", right / total, GOAL, how, at_most=False)


def _list_failures(played: list[Played]) -> None:
    for one in played:
        if not one.verdict.is_right:
            print(f"{one.talk}.{one.number} “{one.says}”\n      {one.answer}", file=sys.stderr)
            print("".join(f"    - {why}\n" for why in one.verdict.why), end="", file=sys.stderr)


def long_conversation(studio: Studio, turns: int) -> tuple[Conversation, str]:
    """A conversation before its message number `turns`, and that message."""
    facts, model = studio.engines.facts, studio.engines.painter_spec.id
    said = [_FIRST, *(_LONG_TALK[index % len(_LONG_TALK)] for index in range(turns - 1))]
    conversation = Conversation(0, "")
    for turn in said[:-1]:
        conversation = after_turn(conversation, turn, facts, model)
    return conversation, said[-1].says


def measure_long_conversation(studio: Studio) -> Iterator[Figure]:
    model = studio.writer_process.spec.model
    facts = model.spec.writer
    if facts is None:
        return
    early, late = _readings(studio, EARLY), _readings(studio, LATE)
    lengths = [_characters(pair[1], facts) for pair in (early, late)]
    yield Figure(
        "prompt_turn_50_over_5",
        lengths[1] / lengths[0],
        1.2,
        f"{lengths[1]} characters on turn {LATE}, {lengths[0]} on turn {EARLY}",
    )
    times = _first_token_times(model, facts, early, late)
    ratios = [late_s / early_s for early_s, late_s in times]
    how = f"median of {PAIRS} pairs; {1000 * statistics.median(late_s for _, late_s in times):.0f} ms on turn {LATE}"
    yield Figure("first_token_turn_50_over_5", statistics.median(ratios), 1.3, how)


def _readings(studio: Studio, turn: int) -> tuple[Reading, Reading]:
    """What the writer reads on the turn before and on this turn."""
    found = []
    for number in (turn - 1, turn):
        conversation, message = long_conversation(studio, number)
        current = conversation.version(conversation.current)
        found.append(reading(TurnRequest(message, conversation), current))
    return found[0], found[1]


def _characters(said: Reading, facts: WriterFacts) -> int:
    return len(fixed_prefix(facts.wrapping)) + len(turn_text(said, facts.wrapping))


class TimedWriter(LlamaWriter):
    """Notes when the first token of the answer was there."""

    first_token_at: float | None = None

    def _piece(self, token: int) -> bytes:
        if self.first_token_at is None:
            self.first_token_at = time.perf_counter()
        return super()._piece(token)

    def seconds_to_first_token(self, said: Reading) -> float:
        """From being asked to the first token."""
        self.first_token_at, begin = None, time.perf_counter()
        with contextlib.suppress(UnusableAnswer):  # what it says is scored elsewhere
            self.decide(said, CancelToken())
        return (self.first_token_at or time.perf_counter()) - begin


def _first_token_times(
    model: InstalledModel, facts: WriterFacts, early: tuple[Reading, Reading], late: tuple[Reading, Reading]
) -> list[tuple[float, float]]:
    """Pairs of seconds, measured in turn; each turn follows the one before it, so that what can be reused is."""
    writer = TimedWriter(model.path, facts, 1 if model.size_bytes < SMALL_WRITER_BYTES else thread_count())
    writer.read_prefix(CancelToken())
    times = []
    for _ in range(PAIRS):
        pair = []
        for before, now in (early, late):
            writer.seconds_to_first_token(before)
            pair.append(writer.seconds_to_first_token(now))
        times.append((pair[0], pair[1]))
    return times
