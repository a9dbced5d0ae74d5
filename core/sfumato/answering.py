"""A writer at work in a thread of its own, so that painting can begin before its sentence is written.

The turn stays in its own thread: it waits for the facts, goes on with them, and takes the sentence when it is there.
"""

from __future__ import annotations

import logging
import queue
from concurrent.futures import Future, ThreadPoolExecutor

from sfumato.decision import Decision
from sfumato.dialogue import Reading
from sfumato.draft import Draft, OnDraft
from sfumato.engine import CancelToken, Writer
from sfumato.errors import SfumatoError

log = logging.getLogger(__name__)
UNFINISHED_SENTENCE = "The writer did not finish its sentence; what it decided was complete and is what is painted."


class Sentence:
    """The sentence of an answer, which may still be being written."""

    def __init__(self, answer: Future[Decision]) -> None:
        self._answer = answer
        self._is_taken = False

    @property
    def is_coming(self) -> bool:
        """True unless it is known already that there is none."""
        return not self._answer.done() or self._answer.exception() is not None or bool(self._answer.result().reply)

    def take(self, wait: bool = False) -> str:
        """The sentence, once, when it is written (with `wait`: as soon as it is); else an empty text.

        A writer that fails only now has decided already: that is said instead of the sentence.

        Raises:
            TurnCancelled: if waiting was ended by a stop.
        """
        if self._is_taken or not (wait or self._answer.done()):
            return ""
        try:
            decision = self._answer.result()
        except SfumatoError as error:
            log.warning("the sentence was not finished: %s | %s", error, error.detail)
            self._is_taken = True
            return UNFINISHED_SENTENCE
        self._is_taken = True
        return decision.reply


def whole(decision: Decision) -> tuple[Decision, Sentence]:
    """An answer that no writer is asked for, split as `ask` splits one."""
    answer: Future[Decision] = Future()
    answer.set_result(decision)
    return decision, Sentence(answer)


def ask(writer: Writer, reading: Reading, cancel: CancelToken, on_draft: OnDraft) -> tuple[Decision, Sentence]:
    """The writer's decision as soon as its facts are complete, and its sentence to come.

    `on_draft` is called in this thread. A decision that paints nothing is waited for to its end.

    Raises:
        SfumatoError, TurnCancelled: as `Writer.decide`, if it ends before the facts are complete.
    """
    drafts: queue.SimpleQueue[Draft | None] = queue.SimpleQueue()
    thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
    answer = thread.submit(writer.decide, reading, cancel, drafts.put)
    answer.add_done_callback(lambda _: drafts.put(None))
    thread.shutdown(wait=False)
    while (draft := drafts.get()) is not None:
        on_draft(draft)
        if draft.has_facts and draft.decision.paints:
            return draft.decision, Sentence(answer)
    return answer.result(), Sentence(answer)
