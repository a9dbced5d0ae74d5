"""The thread that works while the window stays smooth: it runs turns one after the other and drives the engines.

What it does is told as news (`background_news.py`) and as the events of a turn. It knows no widget.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from sfumato import __version__
from sfumato.compile import sent_texts
from sfumato.conversation import Conversation
from sfumato.engine import CancelToken, Failed
from sfumato.errors import SfumatoError, TurnCancelled, attempt
from sfumato.library import Library, Summary
from sfumato.library_thread import ConversationKeeper, LibraryThread
from sfumato.paths import Paths
from sfumato.planned import Plan
from sfumato.prompt import ImagePrompt
from sfumato.request import TurnRequest
from sfumato.settings import Settings, load_settings, save_settings
from sfumato.turn import paint_reviewed, run_turn
from sfumato_desktop.adding import sweep_copies
from sfumato_desktop.background_news import (
    Begun,
    Listed,
    Loaded,
    LorasKnown,
    Opened,
    TokensKnown,
    Trouble,
    TurnEnded,
)
from sfumato_desktop.collection import open_collection
from sfumato_desktop.studio import Studio, open_studio
from sfumato_desktop.token_meter import TokenLimit
from sfumato_models.compiled_cache import trim_compiled
from sfumato_models.compiled_engines import forget_tried
from sfumato_models.engine_pack import libraries_in_use
from sfumato_models.hardware import PainterReport
from sfumato_models.hash_book import HashBook
from sfumato_models.known_graphics import remember_graphics
from sfumato_models.lora_fit import fitting
from sfumato_models.lora_shelf import LoraShelf
from sfumato_models.token_count import MARKS, MAX_PIECES, token_counter

log = logging.getLogger(__name__)


def token_limit(studio: Studio) -> TokenLimit:
    """How the picture model's text encoder counts. Raises SfumatoError if its tokenizer cannot be read."""
    facts = studio.engines.facts
    counter = token_counter(studio.painter_process.spec.model)
    pieces = MAX_PIECES if facts.long_prompts == "chunked" else 1
    room, known = facts.token_limit - MARKS, studio.engines.prompt_facts
    return TokenLimit(
        counter.count,
        room,
        pieces,
        sent=lambda prompt: sent_texts(prompt, known),
        left_out=lambda text: counter.left_out(text, room, pieces),
    )


class Background:
    """Every public method is called from the window's thread and returns at once; `tell` is called from others."""

    def __init__(self, paths: Paths, tell: Callable[[object], None]) -> None:
        self._paths = paths
        self._tell = tell
        self._find = ""
        self._warm_up_stop = CancelToken()
        self._work: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="engines", daemon=True)
        self.library = LibraryThread(lambda: Library(paths.library_file, paths.pictures, __version__))
        self.settings = Settings()
        self.studio: Studio | None = None
        self.report: PainterReport | None = None  # how the picture model is loaded, once it is

    def start(self) -> None:
        """Open the library and warm the engines."""
        self._thread.start()
        self.do(self._open_last)
        self.do(self._warm_up)
        self.do(self._tidy)

    def close(self) -> None:
        """End the engines, finish with the library, and stop."""
        self._warm_up_stop.cancel()
        self._work.put(None)
        if self.studio:
            self.studio.close()
        self._thread.join(5)
        self.library.close()

    def do(self, work: Callable[[], None]) -> None:
        """Some work, after what was asked for before; trouble is told."""
        self._work.put(work)

    def change(self, work: Callable[[Library], object]) -> None:
        """Something with the library, after what was asked for before."""
        self.do(lambda: self._change(work))

    def take_turn(self, request: TurnRequest, cancel: CancelToken) -> None:
        """One message, to its end or to a plan that waits."""
        self.do(lambda: self._turn(request, cancel))

    def paint_reviewed(self, plan: Plan, prompt: ImagePrompt, conversation: Conversation, cancel: CancelToken) -> None:
        """A plan that waited, with the prompt as the person left it."""
        self.do(lambda: self._paint_reviewed(plan, prompt, conversation, cancel))

    def open(self, conversation_id: int | None) -> None:
        """Read a conversation (None: begin a new one)."""
        self.do(lambda: self._open(conversation_id))

    def refresh(self) -> None:
        """Read the list of conversations again."""
        self.do(lambda: self._tell(Listed(self._rows())))

    def search(self, words: str) -> None:
        """From now on list only conversations with these words."""
        self._find = words
        self.refresh()

    def set(self, **settings: object) -> None:
        """Remember settings."""
        self.do(lambda: self._set(**settings))

    def change_models(self, **settings: object) -> None:
        """Remember which models to use (`painter_id`, `writer_id`), and load them in the place of the others."""
        self.do(lambda: self._change_models(**settings))

    def look_for_loras(self) -> None:
        """Tell which LoRA files fit the picture model."""
        self.do(self._look_for_loras)

    # --- in the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            with suppress(TurnCancelled):
                if isinstance(trouble := attempt(work), SfumatoError):
                    self._tell(Trouble(trouble))

    def _open_last(self) -> None:
        loaded = load_settings(self._paths.settings_file)
        self.settings = loaded.settings
        notes = loaded.notes + self.library.run(lambda library: library.notes)
        for note in notes:
            log.warning("%s", note)
        rows = self.library.run(Library.conversations)
        last = self.settings.last_conversation
        conversation = None
        if any(row.id == last for row in rows):
            conversation = self.library.run(lambda library: library.load(last))  # type: ignore[arg-type]
        self._tell(Opened(conversation, rows, notes, is_start=True))

    def _warm_up(self) -> None:
        studio = self._opened_studio()
        self._tell(TokensKnown(token_limit(studio)))
        threading.Thread(target=self._load_engines, args=(studio,), name="warm-up", daemon=True).start()
        self.look_for_loras()

    def _load_engines(self, studio: Studio) -> None:
        try:
            studio.warm_up(self._warm_up_stop)
            if studio.painter_process.is_loaded:  # else asking would load it, in the place of the writer
                report = studio.painter_process.call("report", cancel=self._warm_up_stop)
                self.report = report if studio is self.studio else None
                remember_graphics(report, self._paths.graphics_file)
                self._tell(Loaded())
            if studio.painter_process.notice:
                self._tell(Trouble(studio.painter_process.notice))
        except SfumatoError as error:
            log.warning("warm-up: %s | %s", error, error.detail)
        except OSError as error:  # only the note of the graphics memory is written here
            log.warning("warm-up: %s", error)
        except TurnCancelled:
            return

    def _tidy(self) -> None:
        """Compiled blocks of models and libraries that are gone go, too, and what killed copies and removals left."""
        painter_id = self.studio.engines.painter_spec.id if self.studio else ""

        def tidy() -> None:
            sweep_copies(self._paths)
            collection = open_collection(self._paths)
            collection.shelf.sweep()
            known = {model.spec.id for model in collection.installed} | {
                spec.id for spec in collection.gone
            }  # on a stick
            libraries = libraries_in_use(self._paths.engine_packs)
            trim_compiled(self._paths.engine_notes, known | {painter_id}, libraries, painter_id)
            forget_tried(self._paths.engine_notes, known | {painter_id})

        def carry_out() -> None:
            if isinstance(trouble := attempt(tidy), SfumatoError):
                log.warning("tidying: %s | %s", trouble, trouble.detail)

        threading.Thread(target=carry_out, name="tidy", daemon=True).start()

    def _look_for_loras(self) -> None:
        shelf = LoraShelf(self._paths.loras, HashBook(self._paths.hash_book))
        fit = fitting(shelf.files(), self._opened_studio().painter_process.spec.model)
        self._tell(LorasKnown(tuple(shelf.named(file.name) for file in fit)))

    def _turn(self, request: TurnRequest, cancel: CancelToken) -> None:
        conversation_id = request.conversation.id
        try:
            engines = self._opened_studio().engines
            if not conversation_id:
                conversation_id = self.library.run(lambda library: library.new_conversation(request.message))
                self._tell(Begun(conversation_id, self._rows()))
                self._set(last_conversation=conversation_id)
            keeper = ConversationKeeper(self.library, conversation_id)
            waiting = run_turn(request, engines, keeper, self._tell, cancel)
            stored = self.library.run(lambda library: library.load(conversation_id))
            self._tell(TurnEnded(stored, self._rows(), waiting))
        except SfumatoError as error:
            self._tell(Failed(error))
            self._tell(TurnEnded(replace(request.conversation, id=conversation_id)))

    def _paint_reviewed(self, plan: Plan, prompt: ImagePrompt, conversation: Conversation, cancel: CancelToken) -> None:
        try:
            keeper = ConversationKeeper(self.library, conversation.id)
            paint_reviewed(plan, prompt, self._opened_studio().engines, keeper, self._tell, cancel)
            stored = self.library.run(lambda library: library.load(conversation.id))
            self._tell(TurnEnded(stored, self._rows()))
        except SfumatoError as error:
            self._tell(Failed(error))
            self._tell(TurnEnded(conversation))

    def _opened_studio(self) -> Studio:
        if self.studio is None:
            self.studio = open_studio(self._paths)
        return self.studio

    def _change_models(self, **settings: object) -> None:
        self._set(**settings)
        if self.studio:
            self.studio.close()
            self.studio = self.report = None
        self._warm_up()

    def _open(self, conversation_id: int | None) -> None:
        conversation = None
        if conversation_id is not None:
            conversation = self.library.run(lambda library: library.load(conversation_id))
            self._set(last_conversation=conversation_id)
        self._tell(Opened(conversation, self._rows()))

    def _rows(self) -> tuple[Summary, ...]:
        words = self._find
        return self.library.run(lambda library: library.search(words))

    def _set(self, **settings: object) -> None:
        self.settings = self.settings.model_copy(update=settings)
        save_settings(self._paths.settings_file, self.settings)

    def _change(self, work: Callable[[Library], object]) -> None:
        self.library.run(work)
