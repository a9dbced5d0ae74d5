"""Between the window and the core: wishes become requests for the background, its news becomes what the window shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from sfumato.conversation import Conversation, ErrorPart, Version
from sfumato.engine import (
    Answered,
    AnswerGrows,
    Cancelled,
    CancelToken,
    DecisionReady,
    Failed,
    FieldsReady,
    PreviewReady,
    Replied,
    StepDone,
    VersionReady,
    WishesChanged,
)
from sfumato.errors import NoMemory, SfumatoError
from sfumato.library import Summary
from sfumato.paths import Paths
from sfumato.recipe_file import SharedRecipe
from sfumato.request import Overrides, TurnRequest, referred_number
from sfumato.seeds import SeedRule
from sfumato.shared_recipe import by_recipe
from sfumato.version_reference import starting_at, step_from
from sfumato_desktop.background import Background
from sfumato_desktop.background_news import Begun, Listed, Loaded, LorasKnown, Opened, TokensKnown, Trouble, TurnEnded
from sfumato_desktop.incoming import IncomingPicture, PictureReader
from sfumato_desktop.keeping import Keeping
from sfumato_desktop.pages import Pages
from sfumato_desktop.pictures_by_hand import PicturesByHand
from sfumato_desktop.prompts_by_hand import PromptsByHand
from sfumato_desktop.unsent import MAX_UNSENT, Hold, Unsent
from sfumato_desktop.window import Window
from sfumato_desktop.wishes_control import WishesControl


class Controller(QObject):
    """Lives in the window's thread. `happened` brings what other threads have to tell."""

    happened = Signal(object)

    def __init__(self, window: Window, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._paths = paths
        self._conversation: Conversation | None = None
        self._cancel = CancelToken()
        self._request: TurnRequest | None = None
        self._is_busy = False
        self._reader = PictureReader(self)
        self.happened.connect(self._fold)
        self.background = Background(paths, self.happened.emit)
        self.keeping = Keeping(window, self.background.library, paths.pictures, self, self)
        self._wishes = WishesControl(window, self.keeping, self, self)
        self._pages = Pages(window, paths, self.background, self)
        self.prompts = PromptsByHand(window, self.background, self, self)
        self.pictures = PicturesByHand(window, self, self.prompts, self)
        window.said.connect(self.say)
        window.stopped.connect(self.stop)
        window.cards.retried.connect(self.retry)
        window.cards.offer_taken.connect(self.retry)
        window.cards.said_again.connect(self.say_again)
        window.pictured.connect(self.attach)
        window.closing.connect(self.close)
        window.versions.continued.connect(self.go_on_from)
        window.versions.stepped.connect(self.step)
        window.unsent.due.connect(self._send)
        window.unsent.edit_wanted.connect(self._edit_unsent)
        window.composer.chip.removed.connect(self._reader.forget)
        window.conversations.opened.connect(self.open)
        window.conversations.new_wanted.connect(self.new)
        window.conversations.renamed.connect(self.rename)
        window.conversations.delete_wanted.connect(self.delete)
        window.conversations.searched.connect(self.background.search)
        window.files.folder_used.connect(lambda folder: self.background.set(last_folder=folder))

    def start(self) -> None:
        """Open the library and warm the engines, all in the background."""
        self.background.start()

    # --- wishes that paint -------------------------------------------------------------------------------------------

    def say(self, text: str, rule: SeedRule | None) -> None:
        """A message: one turn, at once or when the one that runs is done."""
        loras = self._window.composer.loras
        overrides = Overrides(seed=rule, loras=loras.chosen)
        brought, uses_recipe = self._window.composer.take_attached()
        self._reader.forget()
        if brought and uses_recipe:
            overrides = by_recipe(overrides, brought, text, loras.fitting)
        attached = None if isinstance(brought, SharedRecipe) else brought
        message = Unsent(
            text,
            rule,
            brought,
            TurnRequest(text, self.conversation(), overrides=overrides, attached=attached),
            bool(brought and uses_recipe),
        )
        if not self._is_busy:
            self._send(message)
        elif self._window.unsent.is_full:
            self._window.show_toast(self.tr("{0} messages wait already.").format(MAX_UNSENT))
            self._edit_unsent(message)
        else:
            self._window.unsent.add(message)

    def _send(self, message: Unsent) -> None:
        left, waiting = self._window.cards.left_prompt, self.prompts.take_waiting()
        request = replace(
            message.request,
            conversation=self.conversation(),
            review=self.prompts.reviews,
            waiting=None if message.request.attached else waiting,
            left=left,
            goes_on=True,
        )
        self.take_turn(request, message.text)

    def _edit_unsent(self, message: Unsent) -> None:
        self._window.composer.restore(message)

    def attach(self, incoming: IncomingPicture) -> None:
        """Read a picture for the next message; it is shown when it is read, or why it cannot be."""
        if incoming.left_out:
            self._window.show_toast(self.tr("One picture goes with a message; the first one is attached."))
        self._window.composer.chip.show_reading(incoming.file.name if incoming.file else "")
        self._reader.read(incoming, self._window.composer.show_incoming)

    def say_again(self, text: str, about: int | None) -> None:
        """A message once more (for another picture), or changed: from the version it was said about, as a branch of its own."""
        if not self.keeping.is_free():
            return
        conversation, by_hand = starting_at(self.conversation(), about), Overrides(self._window.composer.lock_rule)
        is_again, review = conversation.has_painted(text, about), self.prompts.reviews
        self.take_turn(TurnRequest(text, conversation, None, by_hand, review=review, is_again=is_again), text)

    def retry(self, size: tuple[int, int] | None = None) -> None:
        """The same request once more: it paints the same picture, or one of the `size` that was offered."""
        if self._is_busy:
            return
        if self.prompts.is_painting_reviewed:
            self.prompts.retry()
        elif self._request:
            before = self._request.conversation
            conversation = starting_at(self.conversation(), before.current) if self._conversation else before
            overrides = replace(self._request.overrides, size=size) if size else self._request.overrides
            self.take_turn(
                replace(self._request, conversation=conversation, overrides=overrides), self._request.message
            )

    def _offer(self, error: SfumatoError) -> tuple[int, int] | None:
        """A size that fits, where another one can be asked for: not within a picture, nor after an OK."""
        is_asked = self._request is not None and self._request.overrides.area is None
        is_free = is_asked and not self.prompts.is_painting_reviewed
        return error.offer if isinstance(error, NoMemory) and is_free else None

    def stop(self) -> None:
        """Stop the turn that runs, or discard the prompt that waits."""
        if self.prompts.is_waiting and not self._is_busy:
            self.prompts.discard()
        self._stop_turn()

    # --- wishes that paint nothing -----------------------------------------------------------------------------------

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
            lambda: self._go_on_in(conversation_id, before),
        )
        self.keeping.do(lambda library: library.go_to(conversation_id, number))

    def _go_on_in(self, conversation_id: int, number: int | None) -> None:
        if number is not None and self._conversation and self._conversation.id == conversation_id:
            self.go_on_from(number)

    def step(self, steps: int) -> None:
        """To the parent of the current picture (1), or to its newest child (-1)."""
        conversation = self.conversation()
        try:
            found = step_from(conversation, conversation.version(conversation.current), steps)
        except SfumatoError as error:
            self._window.show_toast(str(error))
        else:
            self.go_on_from(found.number)

    def open(self, conversation_id: int) -> None:
        """Show a conversation; a turn that runs in another one is stopped first, one in this goes on."""
        if self._is_busy and self._conversation and self._conversation.id == conversation_id:
            return
        self._stop_turn()
        self.background.open(conversation_id)

    def new(self) -> None:
        """An empty conversation; it is stored with its first message."""
        self._stop_turn()
        self.background.open(None)

    def rename(self, conversation_id: int, title: str) -> None:
        """Another title."""
        self.background.change(lambda library: library.rename(conversation_id, title))
        self.background.refresh()

    def delete(self, conversation_id: int) -> None:
        """Into the bin, with a way back."""
        is_shown = self._conversation is not None and self._conversation.id == conversation_id
        if is_shown:
            self._stop_turn()
        self.background.change(lambda library: library.delete(conversation_id))
        if is_shown:
            self.background.open(None)
        else:
            self.background.refresh()
        self._window.show_toast(
            self.tr("The conversation is in the bin."), self.tr("Undo"), lambda: self._restore(conversation_id)
        )

    def close(self) -> None:
        """End everything, quickly: the window is going away."""
        self._cancel.cancel()
        self._pages.close()
        self._reader.close()
        self.background.close()

    # --- what other parts of the window's thread may know and change ------------------------------------------------

    @property
    def shown(self) -> Conversation | None:
        """The conversation that is shown; None while it is empty."""
        return self._conversation

    @property
    def is_busy(self) -> bool:
        """True while a turn runs."""
        return self._is_busy

    @property
    def last_request(self) -> TurnRequest | None:
        """What was asked for last."""
        return self._request

    def conversation(self) -> Conversation:
        """The conversation that is shown, also an empty one."""
        return self._conversation or Conversation(0, "")

    def show_changed(self, conversation: Conversation) -> None:
        """The shown conversation with other versions or another current one."""
        self._conversation = conversation
        version = conversation.version(conversation.current)
        self._window.composer.set_current(version)
        self._window.cards.show_versions(conversation.versions, conversation.current)
        self._window.wishes.show_wishes(conversation.wishes)

    def refresh(self) -> None:
        """Read the list of conversations again."""
        self.background.refresh()

    def take_turn(self, request: TurnRequest, shown: str) -> None:
        """Run a turn; `shown` stands as the person's words."""
        is_first = self._conversation is None or not self._conversation.messages
        self._request = request
        cancel = self.begin()
        about = referred_number(request)
        self._window.show_person(shown, is_first, about, request.attached, request.is_deed)
        self.background.take_turn(request, cancel)

    def begin(self) -> CancelToken:
        """A turn begins; the token stops it."""
        self._is_busy = True
        self.prompts.forget()
        self._window.unsent.turn_begins()
        self._cancel = CancelToken()
        return self._cancel

    # --- what happened -----------------------------------------------------------------------------------------------

    def _fold(self, event: Any) -> None:
        match event:
            case Begun():
                self._conversation = replace(self.conversation(), id=event.conversation_id)
                self._show_rows(event.rows)
            case FieldsReady():
                self._window.cards.show_fields(event.prompt, event.changes, event.is_change)
            case DecisionReady():
                self._show_decision(event)
            case Replied():
                self._window.cards.show_reply(event.text)
            case StepDone():
                self._window.cards.show_step(event.index, event.step, event.steps)
            case PreviewReady():
                self._window.cards.show_step(event.index, event.step, event.steps)
                self._window.cards.show_preview(event.index, event.pixels.bgrx, event.pixels.width, event.pixels.height)
            case VersionReady():
                pixels = event.pixels
                self._window.cards.show_version(
                    event.index, event.version, pixels.bgrx, pixels.width, pixels.height, event.notes
                )
                self._add_version(event.version)
            case AnswerGrows():
                self._window.cards.show_answer_so_far(event.text)
            case Answered():
                self._window.cards.show_answer(event.text)
            case WishesChanged():
                self._wishes.hear(event)
            case Failed():
                self._window.cards.show_error(
                    ErrorPart.of(event.error), event.error.can_retry, self._offer(event.error)
                )
                self._window.unsent.hold(Hold.FAILED)
            case Cancelled():
                self._window.cards.show_stopped()
                self._window.unsent.hold(Hold.STOPPED)
            case TurnEnded():
                self._is_busy = False
                self.show_changed(event.conversation)
                if event.rows is not None:
                    self._show_rows(event.rows)
                self._window.turn_ended()
                self.prompts.wait_for(event.waiting)
                if event.waiting:
                    self._window.unsent.hold(Hold.REVIEW)
                self._window.unsent.turn_ended()
            case Opened():
                self._show_opened(event)
            case Listed():
                self._show_rows(event.rows)
            case TokensKnown():
                self._window.set_token_limit(event.limit)
                self._pages.models_changed()
            case Loaded():
                self._pages.painter_loaded()
            case LorasKnown():
                self._window.composer.loras.show_fitting(event.loras)
            case Trouble():
                self._window.show_toast(str(event.error))

    def _add_version(self, version: Version) -> None:
        """Show it in the tree at once; what is stored is read when the turn ends."""
        shown = self.conversation()
        versions = shown.versions if version in shown.versions else (*shown.versions, version)
        self.show_changed(replace(shown, versions=versions, current=version.number))

    def _show_decision(self, event: DecisionReady) -> None:
        if event.part:
            is_review = self._request is not None and self._request.review and not self.prompts.is_painting_reviewed
            sizes = [] if is_review else [event.size] * len(event.seeds)
            self._window.cards.show_prompt(event.part, sizes, event.how, event.has_sentence)

    def _show_opened(self, event: Opened) -> None:
        is_faster = event.is_start and self._request is not None  # the person was faster than the library
        if event.conversation is None or is_faster:
            for note in event.notes:
                self._window.show_toast(note)
        if event.is_start:
            self.prompts.set_reviews(self.background.settings.review_before_painting)
            self._window.files.remember(self.background.settings.last_folder)
        if is_faster:
            self._show_rows(event.rows)
            return
        self._window.unsent.switch(self.conversation().id, event.conversation.id if event.conversation else 0)
        self._conversation = event.conversation
        self._is_busy = False
        self.prompts.wait_for(None)
        self._window.turn_ended()
        self._window.show_conversation(event.conversation, self.keeping.picture_file)
        if event.conversation:  # where it stays; a toast goes by
            for note in event.notes:
                self._window.cards.show_note(note)
        self._show_rows(event.rows)

    def _show_rows(self, rows: tuple[Summary, ...]) -> None:
        current = self._conversation.id if self._conversation else None
        self._window.show_conversations([(row.id, row.title) for row in rows], current)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _stop_turn(self) -> None:
        if self._is_busy:
            self._cancel.cancel()
            self._window.unsent.hold(Hold.STOPPED)  # also where the picture is done before it hears of the stop

    def _restore(self, conversation_id: int) -> None:
        self.background.change(lambda library: library.restore(conversation_id))
        self.background.open(conversation_id)
