"""The one thread of the app that touches the database, and a conversation's keeper that works in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sfumato.conversation import Message, Version
from sfumato.engine import Painting, Pixels
from sfumato.library import Library
from sfumato.standing_wishes import StandingWish

T = TypeVar("T")


class ConversationKeeper:
    """Keeps a turn's results in one conversation of the library (the `Keeper` of `turn.py`)."""

    def __init__(self, thread: LibraryThread, conversation_id: int) -> None:
        self._thread = thread
        self._id = conversation_id

    def say(self, message: Message) -> None:
        """Keep a message."""
        self._thread.run(lambda library: library.add_message(self._id, message))

    def save(self, parent: int | None, painting: Painting) -> Version:
        """Keep a picture."""
        return self._thread.run(lambda library: library.add_version(self._id, parent, painting))

    def go_to(self, number: int) -> None:
        """Make an earlier version the current one."""
        self._thread.run(lambda library: library.go_to(self._id, number))

    def wish(self, wishes: tuple[StandingWish, ...]) -> None:
        """Keep the standing wishes."""
        self._thread.run(lambda library: library.wish(self._id, wishes))

    def pixels(self, version: Version) -> Pixels:
        """The pixels of a kept version."""
        return self._thread.run(lambda library: library.pixels(version))


class LibraryThread:
    """The one thread that touches the database. `run` waits for the answer and raises what the work raised."""

    def __init__(self, open_library: Callable[[], Library]) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")
        self._library = self._executor.submit(open_library)

    def run(self, work: Callable[[Library], T]) -> T:
        """Do something with the library and wait for its result."""
        return self.submit(work).result()

    def submit(self, work: Callable[[Library], T]) -> Future[T]:
        """Do something with the library without waiting for it."""
        return self._executor.submit(lambda: work(self._library.result()))

    def close(self) -> None:
        """Finish what was asked for and close the library."""
        if self._library.exception() is None:
            self.run(Library.close)
        self._executor.shutdown()
