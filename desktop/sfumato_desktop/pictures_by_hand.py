"""Pictures that the person asks for by a click: the same again, from another seed, the other way, or an area of one anew."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from sfumato.conversation import HowPart
from sfumato.flips import other_route, other_seed, same_again
from sfumato.recipe import Route
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import NEW, SeedRule, exactly
from sfumato.selection import Area, Selection
from sfumato_desktop.prompts_by_hand import PromptsByHand, Turns
from sfumato_desktop.window import Window


class PicturesByHand(QObject):
    """Lives in the window's thread; every wish becomes a turn of its own; while one runs, that is said instead."""

    def __init__(self, window: Window, turns: Turns, prompts: PromptsByHand, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._turns = turns
        self._prompts = prompts
        window.cards.again.connect(self.paint_again)
        window.cards.seed_chosen.connect(self.paint_from_seed)
        window.cards.route_flipped.connect(self.flip_route)
        window.cards.seed_flipped.connect(self.flip_seed)
        window.cards.picture_meant.connect(self.choose)
        window.versions.area_painted.connect(self.paint_area)

    def paint_again(self, number: int) -> None:
        """The same prompt from a new seed."""
        text = self.tr("Picture {0} again, with a new seed").format(number)
        self._repeat(number, NEW, text)

    def paint_from_seed(self, number: int, seed: int) -> None:
        """The same prompt from a seed that was typed."""
        text = self.tr("Picture {0} again, with seed {1}").format(number, seed)
        self._repeat(number, exactly(seed), text)

    def choose(self, number: int, message: str) -> None:
        """The picture that is meant, of several that fitted: the message goes on with it, or only led back to it."""
        if not message:
            self._turns.go_on_from(number)
            self._window.cards.show_picture(number)
            return
        last = self._turns.last_request
        request = last if last and last.message == message else TurnRequest(message, self._turns.conversation())
        conversation, review = self._turns.conversation(), self._prompts.reviews
        self._take(
            replace(request, conversation=conversation, attached=None, waiting=None, meant=number, review=review)
        )

    def paint_area(self, number: int, selection: Selection, words: str) -> None:
        """What should be in an area of a picture; the rest of it stays."""
        area = Area(selection, " ".join(words.split()))
        overrides, review = Overrides(area=area), self._prompts.reviews
        text = self.tr("In the selected area: {0}").format(area.words)
        self._take(TurnRequest(text, self._turns.conversation(), number, overrides, review=review, is_deed=True))

    def flip_route(self, how: HowPart) -> None:
        """The same prompt and seeds, painted the other way, as a sibling."""
        text = self.tr("The same, painted from the seed")
        if how.other_route is not Route.TEXT_TO_IMAGE:
            text = self.tr("The same, painted over picture {0}").format(how.parent)
        self._flip(how, other_route(self._as_left(how)), text)

    def flip_seed(self, how: HowPart) -> None:
        """The same prompt from the seed that was not taken, as a sibling."""
        number = how.other_seed.number if how.other_seed else None
        text = self.tr("The same, with a new seed")
        if number is not None:
            text = self.tr("The same, with seed {0}").format(number)
        self._flip(how, other_seed(self._as_left(how)), text)

    def _repeat(self, number: int, rule: SeedRule, text: str) -> None:
        """A picture's prompt as it is, from another seed."""
        version = self._turns.conversation().version(number)
        if version is not None:
            self._take(same_again(text, self._turns.conversation(), version, rule))

    def _as_left(self, how: HowPart) -> HowPart:
        """With the prompt as it was edited while it waits."""
        return replace(how, prompt=self._prompts.left or how.prompt)

    def _flip(self, how: HowPart, overrides: Overrides, text: str) -> None:
        review = self._prompts.is_waiting  # what waits for an OK still waits, with another seed or route
        self._take(TurnRequest(text, self._turns.conversation(), how.parent, overrides, review=review, is_deed=True))

    def _take(self, request: TurnRequest) -> None:
        if self._turns.is_busy:
            self._window.show_toast(self.tr("A picture is being painted: stop it or wait for it first."))
        else:
            self._turns.take_turn(request, request.message)
