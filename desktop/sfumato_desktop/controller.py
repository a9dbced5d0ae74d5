"""Between the window and the core: wishes become work in the background, events become what the window shows.

One thread runs turns, one after the other, and drives the engines; the window's thread never waits for either.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from sfumato import __version__
from sfumato.attachment import AttachedPicture, offered_prompt
from sfumato.conversation import Conversation, ErrorPart, HowPart, Message, TextPart, Version
from sfumato.edits import edit_request, paint_request, undo_request
from sfumato.engine import (
    Answered,
    Cancelled,
    CancelToken,
    DecisionReady,
    Event,
    Failed,
    FieldsReady,
    PreviewReady,
    Replied,
    StepDone,
    VersionReady,
)
from sfumato.errors import SfumatoError, TurnCancelled, unforeseen
from sfumato.flips import other_route, other_seed
from sfumato.library import ConversationKeeper, Library, LibraryThread, Summary
from sfumato.paths import Paths
from sfumato.plan import Overrides, Plan, TurnRequest
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Route
from sfumato.seeds import NEW, SeedRule, exactly
from sfumato.selection import Selection
from sfumato.settings import Settings, load_settings, save_settings
from sfumato.turn import paint_reviewed, run_turn
from sfumato.version_reference import nearest_available, step_from
from sfumato_desktop.incoming import IncomingPicture, PictureReader
from sfumato_desktop.keeping import Keeping
from sfumato_desktop.prompt_card import PromptWish
from sfumato_desktop.studio import Studio, open_studio
from sfumato_desktop.token_meter import TokenLimit
from sfumato_desktop.window import Window
from sfumato_models.token_count import MARKS, MAX_PIECES, token_counter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """A turn is over; this is the conversation as it is stored now, and the list (None: as before).

    `waiting` is the plan that waits for an OK.
    """

    conversation: Conversation
    rows: tuple[Summary, ...] | None = None
    waiting: Plan | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation to show (None: a new one), and the list."""

    conversation: Conversation | None
    rows: tuple[Summary, ...]
    notes: tuple[str, ...] = ()
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of conversations; what is shown of one stays as it is."""

    rows: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class TokensKnown:
    """How tokens are counted for the picture model that is used."""

    limit: TokenLimit


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something outside a turn went wrong."""

    error: SfumatoError


def token_limit(studio: Studio) -> TokenLimit:
    """How the picture model's text encoder counts. Raises SfumatoError if its tokenizer cannot be read."""
    facts = studio.engines.facts
    counter = token_counter(studio.painter_process.spec.model)
    pieces = MAX_PIECES if facts.long_prompts == "chunked" else 1
    return TokenLimit(counter.count, facts.token_limit - MARKS, pieces)


class Controller(QObject):
    """Lives in the window's thread. `happened` brings what other threads have to tell."""

    happened = Signal(object)

    def __init__(self, window: Window, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._paths = paths
        self._settings = Settings()
        self._conversation: Conversation | None = None
        self._find = ""
        self._cancel = CancelToken()
        self._request: TurnRequest | None = None
        self._is_busy = False
        self._reviews = False
        self._waiting: Plan | None = None
        self._reviewed: tuple[Plan, ImagePrompt] | None = None
        self._studio: Studio | None = None
        self._library = LibraryThread(lambda: Library(paths.library_file, paths.pictures, __version__))
        self._work: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="engines", daemon=True)
        self._reader = PictureReader(self)
        self.happened.connect(self._fold)
        self.keeping = Keeping(window, self._library, paths.pictures, self, self)
        window.said.connect(self.say)
        window.stopped.connect(self.stop)
        window.retried.connect(self.retry)
        window.again.connect(self.paint_again)
        window.seed_chosen.connect(self.paint_from_seed)
        window.route_flipped.connect(self.flip_route)
        window.seed_flipped.connect(self.flip_seed)
        window.continued.connect(self.go_on_from)
        window.said_again.connect(self.say_again)
        window.stepped.connect(self.step)
        window.area_painted.connect(self.paint_area)
        window.pictured.connect(self.attach)
        window.composer.chip.removed.connect(self._reader.forget)
        window.prompt_wished.connect(self.change_prompt)
        window.composer.review_wished.connect(self.review_first)
        window.closing.connect(self.close)
        window.conversations.opened.connect(self.open)
        window.conversations.new_wanted.connect(self.new)
        window.conversations.renamed.connect(self.rename)
        window.conversations.delete_wanted.connect(self.delete)
        window.conversations.searched.connect(self.search)

    def start(self) -> None:
        """Open the library and warm the engines, all in the background."""
        self._thread.start()
        self._work.put(self._open_last)
        self._work.put(self._warm_up)

    # --- wishes of the person (window's thread) --------------------------------------------------------------------

    def say(self, text: str, rule: SeedRule | None) -> None:
        """A message: one turn."""
        if self._is_busy:
            return
        overrides = Overrides(seed=rule)
        attached, uses_recipe = self._window.composer.take_attached()
        self._reader.forget()
        if attached and uses_recipe:
            prompt = offered_prompt(attached.metadata, text)
            overrides = replace(overrides, prompt=prompt, route=Route.TEXT_TO_IMAGE)
        waiting, self._waiting = self._waiting, None
        request = TurnRequest(
            text,
            self._current(),
            overrides=overrides,
            attached=attached,
            review=self._reviews,
            waiting=None if attached else waiting,
        )
        self._take_turn(request, text)

    def attach(self, incoming: IncomingPicture) -> None:
        """Read a picture for the next message; it is shown when it is read, or why it cannot be."""
        if incoming.left_out:
            self._window.show_toast(self.tr("One picture goes with a message; the first one is attached."))
        self._window.composer.chip.show_reading(incoming.file.name if incoming.file else "")
        self._reader.read(incoming, self._show_attached)

    def say_again(self, text: str, about: int | None) -> None:
        """A message once more, or changed: from the version it was said about, as a branch of its own."""
        if self._is_busy:
            self._window.show_toast(self.tr("Not while a picture is being painted. Press Esc to stop it."))
            return
        self._take_turn(TurnRequest(text, self._starting_at(about)), text)

    def paint_again(self, number: int) -> None:
        """The same prompt from a new seed."""
        version = self._current().version(number)
        if version is None or self._is_busy:
            return
        text = self.tr("Picture {0} again, with a new seed").format(number)
        request = TurnRequest(text, self._current(), number, Overrides(seed=NEW, prompt=version.prompt))
        self._take_turn(request, text)

    def paint_area(self, number: int, selection: Selection, words: str) -> None:
        """What should be in an area of a picture; the rest of it stays."""
        if not self._is_busy:
            overrides = Overrides(selection=selection)
            self._take_turn(TurnRequest(words, self._current(), number, overrides), words)

    def change_prompt(self, wish: PromptWish) -> None:
        """An edit, an undo, or the OK for a prompt that waits."""
        if self._is_busy:
            self._window.show_toast(self.tr("A picture is being painted: stop it or wait for it first."))
            return
        waiting, self._waiting = self._waiting, None
        try:
            match wish.kind:
                case "discard" if waiting:
                    self._discard()
                case "paint" if waiting:
                    self._take_reviewed(waiting, wish.prompt)
                case "paint":
                    self._take_by_hand(paint_request(self._current(), wish.part, wish.prompt))
                case "edit":
                    self._take_by_hand(edit_request(self._current(), wish.part, wish.painted, wish.prompt))
                case "undo":
                    self._take_by_hand(undo_request(self._current(), wish.part, wish.painted, wish.field))
        except SfumatoError as error:
            self._waiting = waiting
            self._window.show_toast(str(error))

    def review_first(self, is_wanted: bool) -> None:
        """Whether prompts wait for an OK from now on; remembered."""
        self._reviews = is_wanted
        self._work.put(lambda: self._set(review_before_painting=is_wanted))

    def paint_from_seed(self, number: int, seed: int) -> None:
        """The same prompt from a seed that was typed."""
        version = self._current().version(number)
        if version is None or self._is_busy:
            return
        text = self.tr("Picture {0} again, with seed {1}").format(number, seed)
        overrides = Overrides(seed=exactly(seed), prompt=version.prompt)
        self._take_turn(TurnRequest(text, self._current(), number, overrides), text)

    def flip_route(self, how: HowPart) -> None:
        """The same prompt and seeds, painted the other way, as a sibling."""
        text = self.tr("The same, painted from the seed")
        if how.other_route is not Route.TEXT_TO_IMAGE:
            text = self.tr("The same, painted over picture {0}").format(how.parent)
        self._flip(how, other_route(how), text)

    def flip_seed(self, how: HowPart) -> None:
        """The same prompt from the seed that was not taken, as a sibling."""
        number = how.other_seed.number if how.other_seed else None
        text = self.tr("The same, with a new seed")
        if number is not None:
            text = self.tr("The same, with seed {0}").format(number)
        self._flip(how, other_seed(how), text)

    def _flip(self, how: HowPart, overrides: Overrides, text: str) -> None:
        if not self._is_busy:
            self._take_turn(TurnRequest(text, self._current(), how.parent, overrides), text)

    def retry(self) -> None:
        """The same request once more: it paints the same picture."""
        if self._reviewed and not self._is_busy:
            self._take_reviewed(*self._reviewed)
        elif self._request and not self._is_busy:
            before = self._request.conversation
            conversation = self._starting_at(before.current) if self._conversation else before
            self._take_turn(replace(self._request, conversation=conversation), self._request.message)

    def stop(self) -> None:
        """Stop the turn that runs, or discard the prompt that waits."""
        if self._waiting and not self._is_busy:
            self._discard()
        self._stop_turn()

    def go_on_from(self, number: int) -> None:
        """Make an earlier picture the one that the next message changes."""
        if self._conversation is None or self._is_busy:
            return
        conversation_id, before = self._conversation.id, self._conversation.current
        if number == before:
            return
        self.show_changed(replace(self._conversation, current=number))
        has_way_back = self._conversation.version(before) is not None
        self._window.show_toast(
            self.tr("The next message changes picture {0}.").format(number),
            self.tr("Undo") if has_way_back else "",
            lambda: self.go_on_from(before) if before is not None else None,
        )
        self.keeping.do(lambda library: library.go_to(conversation_id, number))

    def step(self, steps: int) -> None:
        """To the parent of the current picture (1), or to its newest child (-1)."""
        conversation = self._current()
        try:
            found = step_from(conversation, conversation.version(conversation.current), steps)
        except SfumatoError as error:
            self._window.show_toast(str(error))
        else:
            self.go_on_from(found.number)

    # --- what other parts of the window's thread may know and change ------------------------------------------------

    @property
    def shown(self) -> Conversation | None:
        """The conversation that is shown; None while it is empty."""
        return self._conversation

    @property
    def is_busy(self) -> bool:
        """True while a turn runs."""
        return self._is_busy

    def show_changed(self, conversation: Conversation) -> None:
        """The shown conversation with other versions or another current one."""
        self._conversation = conversation
        version = conversation.version(conversation.current)
        self._window.composer.set_current_seed(version.seed if version else None)
        self._window.show_versions(conversation.versions, conversation.current)

    def refresh(self) -> None:
        """Read the list of conversations again."""
        self._work.put(self._refresh)

    def open(self, conversation_id: int) -> None:
        """Show a conversation; a turn that runs is stopped first."""
        self._stop_turn()
        self._work.put(lambda: self._open(conversation_id))

    def new(self) -> None:
        """An empty conversation; it is stored with its first message."""
        self._stop_turn()
        self._work.put(lambda: self._open(None))

    def rename(self, conversation_id: int, title: str) -> None:
        """Another title."""
        self._in_background(lambda library: library.rename(conversation_id, title))

    def delete(self, conversation_id: int) -> None:
        """Into the bin, with a way back."""
        is_shown = self._conversation is not None and self._conversation.id == conversation_id
        if is_shown:
            self._stop_turn()
        self._in_background(lambda library: library.delete(conversation_id))
        self._work.put(lambda: self._open(None) if is_shown else self._refresh())
        self._window.show_toast(
            self.tr("The conversation is in the bin."), self.tr("Undo"), lambda: self._restore(conversation_id)
        )

    def search(self, words: str) -> None:
        """Show only conversations with these words."""
        self._find = words
        self._work.put(self._refresh)

    def close(self) -> None:
        """End everything, quickly: the window is going away."""
        self._cancel.cancel()
        self._reader.close()
        self._work.put(None)
        if self._studio:
            self._studio.close()
        self._thread.join(5)
        self._library.close()

    # --- what happened (window's thread) ---------------------------------------------------------------------------

    def _stop_turn(self) -> None:
        if self._is_busy:
            self._cancel.cancel()

    def _fold(self, event: Any) -> None:
        match event:
            case FieldsReady():
                self._window.show_fields(event.prompt, event.changes, event.is_change)
            case DecisionReady():
                self._show_decision(event)
            case Replied():
                self._window.show_reply(event.text)
            case StepDone():
                self._window.show_step(event.index, event.step, event.steps)
            case PreviewReady():
                self._window.show_step(event.index, event.step, event.steps)
                self._window.show_preview(event.index, event.pixels.bgrx, event.pixels.width, event.pixels.height)
            case VersionReady():
                pixels = event.pixels
                self._window.show_version(
                    event.index, event.version, pixels.bgrx, pixels.width, pixels.height, event.notes
                )
                self._add_version(event.version)
            case Answered():
                self._window.show_answer(event.text)
            case Failed():
                self._window.show_error(ErrorPart(event.error.message, event.error.hint), can_retry=True)
            case Cancelled():
                self._window.show_stopped()
            case TurnEnded():
                self._is_busy = False
                self.show_changed(event.conversation)
                if event.rows is not None:
                    self._show_rows(event.rows)
                self._window.turn_ended()
                self._waiting = event.waiting
                if event.waiting:
                    self._window.show_review()
            case Opened():
                self._show_opened(event)
            case Listed():
                self._show_rows(event.rows)
            case TokensKnown():
                self._window.composer.meter.set_limit(event.limit)
            case Trouble():
                self._window.show_toast(str(event.error))

    def _add_version(self, version: Version) -> None:
        """Show it in the tree at once; what is stored is read when the turn ends."""
        shown = self._current()
        versions = shown.versions if version in shown.versions else (*shown.versions, version)
        self.show_changed(replace(shown, versions=versions, current=version.number))

    def _show_attached(self, found: AttachedPicture | SfumatoError) -> None:
        if isinstance(found, SfumatoError):
            log.warning("attaching: %s | %s", found, found.detail)
            self._window.composer.chip.show_trouble(found)
        else:
            self._window.composer.show_attached(found)

    def _show_decision(self, event: DecisionReady) -> None:
        if event.part:
            is_review = self._request is not None and self._request.review and self._reviewed is None
            sizes = [] if is_review else [event.size] * len(event.seeds)
            self._window.show_prompt(event.part, sizes, event.how, event.has_sentence)

    def _show_opened(self, event: Opened) -> None:
        for note in event.notes:
            self._window.show_toast(note)
        if event.is_start:
            self._reviews = self._settings.review_before_painting
            self._window.composer.set_review(self._reviews)
        if event.is_start and self._request:  # the person was faster than the library
            self._show_rows(event.rows)
            return
        self._conversation = event.conversation
        self._is_busy = False
        self._waiting = None
        self._window.turn_ended()
        self._window.show_conversation(event.conversation, lambda version: self._paths.pictures / version.file)
        self._show_rows(event.rows)

    def _show_rows(self, rows: tuple[Summary, ...]) -> None:
        current = self._conversation.id if self._conversation else None
        self._window.show_conversations([(row.id, row.title) for row in rows], current)

    # --- work (engine thread) ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except SfumatoError as error:
                self.happened.emit(Trouble(error))
            except Exception as error:  # noqa: BLE001  # the last resort: without it no turn would ever run again
                self.happened.emit(Trouble(unforeseen(error)))

    def _open_last(self) -> None:
        loaded = load_settings(self._paths.settings_file)
        self._settings = loaded.settings
        notes = loaded.notes + self._library.run(lambda library: library.notes)
        rows = self._library.run(Library.conversations)
        last = self._settings.last_conversation
        conversation = None
        if any(row.id == last for row in rows):
            conversation = self._library.run(lambda library: library.load(last))  # type: ignore[arg-type]
        self.happened.emit(Opened(conversation, rows, notes, is_start=True))

    def _warm_up(self) -> None:
        self._studio = open_studio(self._paths)
        self.happened.emit(TokensKnown(token_limit(self._studio)))
        threading.Thread(target=self._load_engines, args=(self._studio,), name="warm-up", daemon=True).start()

    def _load_engines(self, studio: Studio) -> None:
        try:
            studio.warm_up(self._cancel)
        except SfumatoError as error:
            log.warning("warm-up: %s | %s", error, error.detail)
        except TurnCancelled:
            return

    def _take_turn(self, request: TurnRequest, shown: str) -> None:
        is_first = self._conversation is None or not self._conversation.messages
        self._is_busy = True
        self._request, self._reviewed = request, None
        self._cancel = cancel = CancelToken()
        about = request.parent if request.parent is not None else request.conversation.current
        self._window.show_person(shown, is_first, about, request.attached)
        self._work.put(lambda: self._turn(request, cancel))

    def _take_by_hand(self, request: TurnRequest) -> None:
        self._take_turn(request, request.message)

    def _take_reviewed(self, plan: Plan, prompt: ImagePrompt) -> None:
        self._is_busy = True
        self._reviewed = (plan, prompt)
        self._cancel = cancel = CancelToken()
        self._window.show_busy()
        if prompt == plan.prompt:  # else the edited prompt is announced first
            settings = plan.recipes[0].settings
            self._window.expect_pictures([(settings.width, settings.height)] * len(plan.recipes))
        conversation = self._current()
        self._work.put(lambda: self._paint_reviewed(plan, prompt, conversation, cancel))

    def _discard(self) -> None:
        self._waiting = None
        text = self.tr("Discarded: nothing was painted.")
        self._window.show_note(text)
        self._window.turn_ended()
        conversation_id = self._current().id
        self._in_background(lambda library: library.add_message(conversation_id, Message("sfumato", (TextPart(text),))))

    def _paint_reviewed(self, plan: Plan, prompt: ImagePrompt, conversation: Conversation, cancel: CancelToken) -> None:
        try:
            if self._studio is None:
                self._studio = open_studio(self._paths)
            keeper = ConversationKeeper(self._library, conversation.id)
            paint_reviewed(plan, prompt, self._studio.engines, keeper, self._emit, cancel)
            stored = self._library.run(lambda library: library.load(conversation.id))
            self.happened.emit(TurnEnded(stored, self._rows()))
        except SfumatoError as error:
            self.happened.emit(Failed(error))
            self.happened.emit(TurnEnded(conversation))

    def _turn(self, request: TurnRequest, cancel: CancelToken) -> None:
        conversation_id = request.conversation.id
        try:
            if self._studio is None:
                self._studio = open_studio(self._paths)
            if not conversation_id:
                conversation_id = self._library.run(lambda library: library.new_conversation())
                self._remember(conversation_id)
            keeper = ConversationKeeper(self._library, conversation_id)
            waiting = run_turn(request, self._studio.engines, keeper, self._emit, cancel)
            stored = self._library.run(lambda library: library.load(conversation_id))
            self.happened.emit(TurnEnded(stored, self._rows(), waiting))
        except SfumatoError as error:
            self.happened.emit(Failed(error))
            self.happened.emit(TurnEnded(replace(request.conversation, id=conversation_id)))

    def _emit(self, event: Event) -> None:
        self.happened.emit(event)

    def _open(self, conversation_id: int | None) -> None:
        conversation = None
        if conversation_id is not None:
            conversation = self._library.run(lambda library: library.load(conversation_id))
            self._remember(conversation_id)
        self.happened.emit(Opened(conversation, self._rows()))

    def _refresh(self) -> None:
        self.happened.emit(Listed(self._rows()))

    def _restore(self, conversation_id: int) -> None:
        self._in_background(lambda library: library.restore(conversation_id))
        self._work.put(lambda: self._open(conversation_id))

    def _rows(self) -> tuple[Summary, ...]:
        words = self._find
        return self._library.run(lambda library: library.search(words))

    def _remember(self, conversation_id: int) -> None:
        self._set(last_conversation=conversation_id)

    def _set(self, **settings: object) -> None:
        self._settings = self._settings.model_copy(update=settings)
        save_settings(self._paths.settings_file, self._settings)

    def _in_background(self, work: Callable[[Library], object]) -> None:
        self._work.put(lambda: self._do(work))

    def _do(self, work: Callable[[Library], object]) -> None:
        self._library.run(work)

    def _starting_at(self, number: int | None) -> Conversation:
        """The conversation as it was when that version was current; None is its beginning."""
        conversation = self._current()
        version = conversation.version(number)
        start = nearest_available(conversation, version) if version else None
        return replace(conversation, current=start.number if start else None)

    def _current(self) -> Conversation:
        return self._conversation or Conversation(0, "")
