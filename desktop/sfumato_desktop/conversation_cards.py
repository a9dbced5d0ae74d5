"""A conversation as cards in the timeline: as it was stored, and a turn as it happens. Knows no composer and no window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from sfumato.conversation import Conversation, ErrorPart, HowPart, Message, PicturePart, PromptPart, TextPart, Version
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato_desktop.attachment_chip import AttachedCard
from sfumato_desktop.cards import ErrorCard, TextCard
from sfumato_desktop.how_card import HowCard
from sfumato_desktop.person_card import PersonCard
from sfumato_desktop.picture_card import PictureCard
from sfumato_desktop.prompt_cards import PromptCards
from sfumato_desktop.theme import GAP
from sfumato_desktop.timeline import Timeline
from sfumato_desktop.token_meter import TokenLimit
from sfumato_desktop.version_views import VersionViews

if TYPE_CHECKING:  # it brings Pillow along, which the first paint does not wait for
    from sfumato.attachment import AttachedPicture


class ConversationCards(QObject):
    """Signals are the cards' own; `seed_refused` carries why a typed seed is none, `picture_meant` the number of a picture
    and the message that goes on with it (empty: it only led back to it).
    """

    retried = Signal()
    offer_taken = Signal(object)
    picture_meant = Signal(int, str)
    again = Signal(int)
    seed_chosen = Signal(int, object)
    seed_kept = Signal(object)
    seed_refused = Signal(str)
    route_flipped = Signal(object)
    seed_flipped = Signal(object)
    said_again = Signal(str, object)
    prompt_wished = Signal(object)

    def __init__(self, timeline: Timeline, versions: VersionViews, parent: QObject) -> None:
        super().__init__(parent)
        self.timeline = timeline
        self._versions = versions
        self._last_shown: int | None = None
        self._said = ""  # by the person, most recently
        self._question: tuple[ErrorCard, ErrorPart] | None = None  # the last card, where it asks which picture is meant
        self._pictures: dict[int, PictureCard] = {}  # of the turn that runs, by index
        self._shown: dict[int, PictureCard] = {}  # the first card of every version
        self._waiting: TextCard | None = None
        self._growing: TextCard | None = None  # an answer that is still being written
        self._prompts = PromptCards(timeline, self._add_above_what_waits, self)
        self._prompts.wished.connect(self.prompt_wished)
        versions.chosen.connect(self.show_picture)

    # --- a conversation ----------------------------------------------------------------------------------------------

    def show_conversation(self, conversation: Conversation | None, picture_file: Callable[[Version], Path]) -> None:
        """A whole conversation, or the empty state."""
        self._pictures.clear()
        self._shown.clear()
        self._waiting = self._growing = self._question = None
        self._last_shown = None
        self._prompts.begin()
        self._versions.begin(picture_file)
        if conversation is None or not conversation.messages:
            self.timeline.show_welcome()
            return
        self.timeline.clear()
        for message in conversation.messages:
            self._show_message(conversation, message, picture_file)
        self.show_versions(conversation.versions, conversation.current)
        self._offer_pictures()
        self.timeline.go_to_end()

    def show_versions(self, versions: Sequence[Version], current: int | None) -> None:
        """The tree, which picture is current, and which are deleted."""
        self._versions.show_versions(versions, current, self.timeline.findChildren(PictureCard))
        self._prompts.show_current(current)

    def show_person(
        self,
        text: str,
        is_first: bool,
        about: int | None = None,
        attached: AttachedPicture | None = None,
        is_deed: bool = False,
    ) -> None:
        """What was just said about a version (or done by hand) and attached, and that it is being thought about."""
        if is_first:
            self.timeline.clear()
            self._shown.clear()
            self._last_shown = None
            self._prompts.begin()
        for card in self.timeline.findChildren(PersonCard):
            card.end_edit()
        if attached:
            self._add(AttachedCard(attached.pixels, attached.name, self.timeline.holder))
            about = self._last_shown  # it is about what is attached
        self._add_person(text, about, is_deed)
        self._prompts.end_proposal()
        self._wait(self.tr("Reading…"))

    def show_picture(self, number: int) -> None:
        """Show where a version stands in the conversation."""
        if card := self._shown.get(number):
            self.timeline.ensureWidgetVisible(card, 0, GAP)

    def set_token_limit(self, limit: TokenLimit) -> None:
        """How much the picture model reads, for the meter of the prompt that is edited."""
        self._prompts.set_limit(limit)

    # --- a turn as it happens ----------------------------------------------------------------------------------------

    def turn_begins(self) -> None:
        """What was shown before cannot be edited meanwhile."""
        self._pictures.clear()
        self._prompts.turn_begins()
        for trouble in self.timeline.findChildren(ErrorCard):
            trouble.outdate()
        self.timeline.go_to_end()

    def turn_ended(self) -> None:
        """It can be edited again."""
        self._stop_waiting()
        self._growing = None
        self._prompts.turn_ended()

    def show_fields(self, prompt: ImagePrompt, changes: tuple[FieldChange, ...], is_change: bool) -> None:
        """The prompt as far as it is written."""
        self._prompts.show_fields(prompt, changes, is_change)

    def show_prompt(
        self, part: PromptPart, sizes: Sequence[tuple[int, int]], how: HowPart | None, has_sentence: bool
    ) -> None:
        """The decision: the prompt, how it is painted, a line for a sentence to come, and a place for every picture."""
        self._prompts.show(part)
        if how:
            self._prompts.show_how(how)
            self._add_above_what_waits(self._how_card(how))
        if self._waiting and has_sentence:
            self._waiting.label.setText("…")
        else:
            self._stop_waiting()
        self.expect_pictures(sizes)

    def show_reply(self, text: str) -> None:
        """The writer's sentence, in the line that waited for it."""
        self._add_above_what_waits(TextCard(text, self.timeline.holder))
        self._stop_waiting()

    def expect_pictures(self, sizes: Sequence[tuple[int, int]]) -> None:
        """A place for every picture."""
        for index, (width, height) in enumerate(sizes):
            card = self._picture_card()
            card.expect(width, height)
            self._pictures[index] = card
            self._add(card)

    def show_review(self) -> None:
        """The prompt waits for an OK."""
        self._prompts.review()
        self.timeline.go_to_end()

    @property
    def left_prompt(self) -> ImagePrompt | None:
        """The newest prompt as the person left it, if it was never painted."""
        return self._prompts.left

    def show_note(self, text: str) -> None:
        """A quiet line; before the one that waits."""
        self._add_above_what_waits(TextCard(text, self.timeline.holder, "note"))

    def show_step(self, index: int, step: int, steps: int) -> None:
        """One more step is done."""
        if index in self._pictures:
            self._pictures[index].show_step(step, steps)

    def show_preview(self, index: int, bgrx: bytes, width: int, height: int) -> None:
        """The picture as far as it can be seen."""
        if index in self._pictures:
            self._pictures[index].view.show_pixels(bgrx, width, height)

    def show_version(
        self, index: int, version: Version, bgrx: bytes, width: int, height: int, notes: Sequence[str]
    ) -> None:
        """A finished picture."""
        card = self._pictures.get(index)
        if card is None:
            self._show_again(version)
            card = self._pictures[index] = self._picture_card()
            card.expect(width, height)
            self._add(card)
        card.view.show_pixels(bgrx, width, height)
        self._show_on(card, version)
        self._last_shown = version.number
        self._prompts.add_painted(version)
        for note in notes:
            self._add(TextCard(note, self.timeline.holder, "note"))

    def show_answer_so_far(self, text: str) -> None:
        """Words in reply, as far as they are written."""
        self._stop_waiting()
        if self._growing is None:
            self._growing = TextCard(text, self.timeline.holder)
            self._add(self._growing)
        self._growing.label.setText(text)

    def show_answer(self, text: str) -> None:
        """Words in reply."""
        self.show_answer_so_far(text)
        self._growing = None

    def show_error(self, part: ErrorPart, can_retry: bool, offer: tuple[int, int] | None = None) -> None:
        """Trouble, and a button to try again where that can help, or to paint the size on offer."""
        self._stop_waiting()
        self._drop_unstarted()
        self._prompts.drop_open()
        self._add_error(part, can_retry, offer)
        self._offer_pictures()

    def show_stopped(self) -> None:
        """The turn was stopped; what is shown stays."""
        self._stop_waiting()
        self._prompts.drop_open()
        unfinished = [card for card in self._pictures.values() if card.version is None]
        for card in unfinished:
            card.show_unfinished()
        if not unfinished:
            self._add(TextCard(self.tr("Stopped."), self.timeline.holder, "note"))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _show_message(
        self, conversation: Conversation, message: Message, picture_file: Callable[[Version], Path]
    ) -> None:
        for part in message.parts:
            match part:
                case TextPart() if message.role == "person":
                    self._prompts.end_proposal()
                    self._add_person(part.text, message.refers_to, part.is_deed)
                case TextPart():
                    self._add(TextCard(part.text, self.timeline.holder))
                case PromptPart():
                    self._prompts.show(part)
                    self._prompts.propose()
                case PicturePart() if message.role == "person":
                    attached = conversation.version(part.version)
                    image = QImage(str(picture_file(attached))) if attached else QImage()
                    self._last_shown = part.version
                    self._add(AttachedCard(image, part.name, self.timeline.holder))
                case HowPart():
                    self._prompts.show_how(part)
                    self._add(self._how_card(part))
                case PicturePart():
                    self._show_saved(conversation.version(part.version), picture_file)
                    for note in part.notes:
                        self._add(TextCard(note, self.timeline.holder, "note"))
                case ErrorPart():
                    self._add_error(part, False)

    def _show_saved(self, version: Version | None, picture_file: Callable[[Version], Path]) -> None:
        if version is None:
            return
        self._show_again(version)
        card = self._picture_card()
        card.expect(version.recipe.settings.width, version.recipe.settings.height)
        self._last_shown = version.number
        if version.file and not card.view.show_file(str(picture_file(version))):
            self._add(TextCard(self.tr("The file of picture {0} is gone.").format(version.number), card, "note"))
        self._show_on(card, version)
        self._add(card)
        self._prompts.add_painted(version)

    def _show_again(self, version: Version) -> None:
        """A picture that was gone back to comes with its prompt."""
        if version.number in self._shown:
            self._prompts.show_again(version)

    def _show_on(self, card: PictureCard, version: Version) -> None:
        card.show_version(version)
        self._shown.setdefault(version.number, card)

    def _picture_card(self) -> PictureCard:
        card = PictureCard(self.timeline.holder)
        card.seed_kept.connect(self.seed_kept)
        card.seed_chosen.connect(self.seed_chosen)
        card.seed_refused.connect(self.seed_refused)
        card.again.connect(self.again)
        self._versions.listen_to(card)
        return card

    def _add_person(self, text: str, about: int | None, is_deed: bool) -> None:
        """A caption says what the words are about where that is not the picture above them."""
        self._said, self._question = text, None
        caption = ""
        if about != self._last_shown:
            caption = self.tr("About picture {0}").format(about) if about else self.tr("From the beginning")
        card = PersonCard(text, self.timeline.holder, about, caption, is_deed)
        card.said_again.connect(self.said_again)
        self._add(card)

    def _add_error(self, part: ErrorPart, can_retry: bool, offer: tuple[int, int] | None = None) -> None:
        card = ErrorCard(part, can_retry, self.timeline.holder, offer)
        card.retried.connect(self.retried)
        card.offer_taken.connect(self.offer_taken)
        message = self._said if part.goes_on else ""
        card.chosen.connect(lambda number: self.picture_meant.emit(number, message))
        self._question = (card, part)
        self._add(card)

    def _offer_pictures(self) -> None:
        """Let the person click on the picture that is meant, where the conversation ends with that question."""
        card, part = self._question or (None, ErrorPart(""))
        nodes = self._versions.strip.nodes
        for number in part.choices:
            if card and number in nodes and nodes[number].isEnabled():
                card.offer_picture(number, nodes[number].toolTip(), nodes[number].thumbnail)

    def _how_card(self, part: HowPart) -> HowCard:
        card = HowCard(part, self.timeline.holder)
        card.route_flipped.connect(self.route_flipped)
        card.seed_flipped.connect(self.seed_flipped)
        return card

    def _drop_unstarted(self) -> None:
        for card in self._pictures.values():
            if card.version is None:
                card.show_unfinished() if card.view.has_picture else card.hide()

    def _wait(self, text: str) -> None:
        self._waiting = TextCard(text, self.timeline.holder, "note")
        self._add(self._waiting)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.hide()
            self._waiting.deleteLater()
            self._waiting = None

    def _add(self, card: QWidget) -> None:
        self.timeline.add(card)

    def _add_above_what_waits(self, card: QWidget) -> None:
        """At the end, but before the line that stands for what is to come."""
        if self._waiting:
            self.timeline.put_before(card, self._waiting)
        else:
            self._add(card)
