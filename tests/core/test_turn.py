from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.attachment import AttachedPicture, attach_pixels
from sfumato.conversation import ErrorPart, PicturePart
from sfumato.engine import Answered, Cancelled, DecisionReady, Failed, Pixels, StepDone, VersionReady
from sfumato.errors import EngineDied, SfumatoError, UnusableAnswer
from sfumato.lora import Lora
from sfumato.model_catalog import check_size, fitting_size
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Route
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import KEEP, exactly
from tests.fakes import SPEC, FakePainter, FakeWriter, Talk, decision, recipe

RED_BALL = decision("draw", patch={"set": {"subject": "a red ball", "lighting": "golden hour"}})
NIGHT = decision("refine", seed="keep", patch={"set": {"lighting": "night"}})


def talk(*answers: object) -> Talk:
    return Talk(FakeWriter(list(answers)))  # type: ignore[arg-type]


def test_a_refinement_changes_only_what_was_asked_and_keeps_the_seed() -> None:
    it = talk(RED_BALL, NIGHT)
    it.say("a red ball at golden hour", Overrides(seed=exactly(11)))
    ready = next(event for event in it.say("same but at night") if isinstance(event, DecisionReady))
    assert [change.field for change in ready.changes] == ["lighting"]
    assert (ready.seeds, ready.seed_kept) == ((11,), True)
    assert it.painter.painted[-1].prompt.subject == "a red ball"
    assert it.keeper.conversation.versions[1].parent == 1


def test_another_one_draws_a_new_seed_and_three_of_them_are_neighbours() -> None:
    it = talk(RED_BALL, decision("reroll", seed="new", count=3))
    it.say("a red ball", Overrides(seed=exactly(11)))
    it.say("three more")
    first, *rest = [recipe.seed for recipe in it.painter.painted]
    assert first == 11
    assert rest == [rest[0], rest[0] + 1, rest[0] + 2]
    assert rest[0] != 11


def test_a_seed_kept_by_hand_is_kept_for_a_new_drawing_too() -> None:
    it = talk(RED_BALL, decision("draw", patch={"set": {"subject": "a boat"}}))
    it.say("a red ball", Overrides(seed=exactly(11)))
    it.say("a boat", Overrides(seed=KEEP))
    assert [recipe.seed for recipe in it.painter.painted] == [11, 11]


def test_the_person_wins_over_the_writer() -> None:
    it = talk(decision("draw", seed=5, patch={"set": {"subject": "a ball"}}))
    it.say("a ball", Overrides(seed=exactly(6), size=(96, 64), steps=2, guidance_scale=1.0, negative=("people",)))
    recipe = it.painter.painted[0]
    assert (recipe.seed, recipe.settings.width, recipe.settings.steps) == (6, 96, 2)
    assert recipe.compiled.negative == "people"


def test_a_change_keeps_the_loras_of_its_parent_until_others_are_chosen() -> None:
    it = talk(RED_BALL, NIGHT, NIGHT)
    style = Lora("style.safetensors", "0" * 64, 0.8)
    it.say("a red ball", Overrides(loras=(style,)))
    it.say("same but at night")
    it.say("same but at night", Overrides(loras=()))
    assert [recipe.loras for recipe in it.painter.painted] == [(style,), (style,), ()]


def test_a_conversation_keeps_the_engine_that_painted_it_and_a_new_one_gets_the_chosen_one() -> None:
    it = talk(RED_BALL, NIGHT, RED_BALL)
    it.painter.engine = {"compiled": "no"}
    it.say("a red ball")
    it.painter.engine = {"compiled": "blocks"}  # chosen meanwhile
    it.say("same but at night")
    it.say("a red ball")  # another drawing of the same conversation
    assert [recipe.engine for recipe in it.painter.painted] == [{}, {"compiled": "no"}, {"compiled": "no"}]
    other = replace(it.keeper.conversation.versions[0], recipe=recipe(1))
    assert it.keeper.conversation.engine("another-model") == {}
    assert it.keeper.conversation.engine("fake-painter", other) == {"compiled": "no"}


def test_a_picture_that_lacked_room_for_compiled_blocks_does_not_take_them_from_the_conversation() -> None:
    it = talk(RED_BALL, NIGHT, decision("refine", seed="keep", patch={"set": {"setting": "in the snow"}}))
    for said, engine in (("a red ball", "blocks"), ("same but at night", "no room"), ("in the snow", "blocks")):
        it.painter.engine = {"compiled": engine}
        it.say(said)
    assert [recipe.engine for recipe in it.painter.painted][1:] == [{"compiled": "blocks"}] * 2


@pytest.mark.parametrize(
    ("model_id", "engine"), [("fake-painter", {"compiled": "no"}), ("another", {"compiled": "blocks"})]
)
def test_a_shared_recipe_is_painted_by_its_own_engine(model_id: str, engine: dict[str, str]) -> None:
    it = talk(RED_BALL)
    it.painter.engine = {"compiled": "blocks"}
    it.say("a red ball")
    came = recipe(7)
    settings = replace(came.settings, model_id=model_id)
    came = replace(came, settings=settings, fingerprint={"compiled": "no", "torch": "9"})
    it.say("a boat", Overrides(prompt=came.prompt, is_new=True, shared=came))
    assert it.painter.painted[-1].engine == engine
    assert set(it.painter.painted[-1].fingerprint) == {"compiled"}


def test_going_back_makes_an_earlier_picture_the_parent_of_the_next() -> None:
    it = talk(RED_BALL, NIGHT, decision("go_back", target=1), NIGHT)
    for message in ("a red ball", "at night", "go back to the first one", "at night"):
        it.say(message)
    assert [version.parent for version in it.keeper.conversation.versions] == [None, 1, 1]


def test_undo_goes_to_the_parent() -> None:
    it = talk(RED_BALL, NIGHT, decision("go_back"))
    for message in ("a red ball", "at night", "undo"):
        it.say(message)
    assert it.keeper.conversation.current == 1


def test_a_question_is_answered_from_the_guide_and_paints_nothing() -> None:
    it = talk(decision("answer", topic="seeds"))
    events = it.say("what is a seed?")
    assert [event.text for event in events if isinstance(event, Answered)] == ["page seeds"]
    assert not it.painter.painted


@pytest.mark.parametrize(
    ("answers", "message", "overrides", "words"),
    [
        ((), "   ", Overrides(), "nothing to paint"),
        ((RED_BALL,), "x", Overrides(size=(64, 63)), "63"),
        ((RED_BALL,), "x", Overrides(size=(4096, 4096)), "4096"),
        ((decision("draw", seed=2**65, patch={"set": {"subject": "x"}}),), "x", Overrides(), "out of range"),
        ((decision("reroll", seed="new"),), "again", Overrides(), "no picture"),
        ((decision("go_back", target=9),), "back to nine", Overrides(), "no picture"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(
    answers: tuple[object, ...], message: str, overrides: Overrides, words: str
) -> None:
    it = talk(*answers)
    events = it.say(message, overrides)
    assert isinstance(events[-1], Failed)
    assert words in str(events[-1].error)
    assert not it.painter.painted
    assert isinstance(it.keeper.conversation.messages[-1].parts[0], ErrorPart)


def test_an_unusable_answer_leaves_the_persons_own_words_and_says_so() -> None:
    it = talk(UnusableAnswer("no", "", "{"))
    ready = it.say("a fox in the snow")[0]
    assert isinstance(ready, DecisionReady)
    assert ready.prompt.subject == "a fox in the snow"
    assert "your own words" in ready.notes[0]


@pytest.mark.parametrize(
    "message",
    [
        "😀🎨",
        "كرة حمراء في المرج",
        "<b>bold</b><script>alert(1)</script>",
        "Ein roter Ball",
        "word " * 2000,
        "\u202eevil\x00",
    ],
)
def test_any_text_is_taken_as_text(message: str) -> None:
    it = Talk(FakeWriter([UnusableAnswer("no")]))
    events = it.say(message)
    assert isinstance(events[-1], VersionReady)
    assert it.keeper.conversation.messages[0].text == message


def test_words_beyond_a_page_are_left_out_and_said_so() -> None:
    it = Talk(FakeWriter([UnusableAnswer("no")]))
    it.say("a long road " * 100)
    assert it.painter.painted[0].prompt.subject == " ".join(["a long road"] * 100)
    it.writer.answers.append(UnusableAnswer("no"))
    events = it.say("word " * 2000)
    (notes,) = [event.notes for event in events if isinstance(event, DecisionReady)]
    assert any("first 4000 characters are used; 9999 were written" in note for note in notes)
    own = Overrides(rewrite=False)
    (notes,) = [event.notes for event in it.say("word " * 2000, own) if isinstance(event, DecisionReady)]
    assert any("9999 were written" in note for note in notes)


def test_stop_takes_effect_at_the_next_step_and_keeps_nothing() -> None:
    it = talk(RED_BALL)
    it.painter.on_step = lambda step: it.cancel.cancel() if step == 2 else None
    events = it.say("a red ball")
    assert isinstance(events[-1], Cancelled)
    assert sum(isinstance(event, StepDone) for event in events) == 1
    assert not it.keeper.conversation.versions


def test_a_retry_of_a_failed_turn_paints_the_picture_it_would_have_painted() -> None:
    it = talk(RED_BALL, RED_BALL)
    it.painter.fails = [EngineDied("The painter stopped.", "Try again.")]
    request = TurnRequest("a red ball", it.keeper.conversation)
    assert isinstance(it.run(request)[-1], Failed)
    assert isinstance(it.run(request)[-1], VersionReady)
    first, second = it.painter.painted
    assert first == second


def test_a_full_disk_is_reported_and_nothing_is_shown_as_saved() -> None:
    it = talk(RED_BALL)
    it.keeper.fails = [SfumatoError("The disk is full, so this could not be saved.", "Free some space.")]
    events = it.say("a red ball")
    assert isinstance(events[-1], Failed)
    assert not any(isinstance(event, VersionReady) for event in events)


def test_a_bug_in_an_engine_does_not_end_the_app() -> None:
    it = Talk(FakeWriter([RED_BALL]), FakePainter(fails=[ZeroDivisionError("oops")]))
    events = it.say("a red ball")
    assert isinstance(events[-1], Failed)
    assert "did not foresee" in events[-1].error.message


def test_painting_over_starts_from_the_parent_picture() -> None:
    it = talk(RED_BALL, decision("refine", seed="keep", route="image-to-image"))
    it.say("a red ball")
    it.say("paint over it")
    recipe = it.painter.painted[1]
    assert recipe.route is Route.IMAGE_TO_IMAGE
    assert recipe.parent_sha256 == it.keeper.conversation.versions[0].recipe.sha256_rgb
    assert recipe.settings.strength is not None


# --- attached pictures ------------------------------------------------------------------------------------------------


def photo(width: int = 90, height: int = 60) -> AttachedPicture:
    return attach_pixels("photo.jpg", Pixels(width, height, bytes((1, 2, 3, 255)) * (width * height)))


def say_with(it: Talk, message: str, attached: AttachedPicture, overrides: Overrides = Overrides()) -> list[object]:
    return list(it.run(TurnRequest(message, it.keeper.conversation, attached=attached, overrides=overrides)))


@pytest.mark.parametrize("answer", [NIGHT, RED_BALL, decision("reroll", seed="new")])
def test_an_attached_picture_becomes_the_parent_and_is_painted_over(answer: object) -> None:
    it = talk(answer)
    events = say_with(it, "a red ball at night", photo())
    root, painted = it.keeper.conversation.versions
    assert (root.is_attached, root.seed, root.parent, painted.parent) == (True, None, None, 1)
    recipe = it.painter.painted[0]
    assert (recipe.route, recipe.parent_sha256) == (Route.IMAGE_TO_IMAGE, root.recipe.sha256_rgb)
    assert (recipe.settings.width, recipe.settings.height) == (80, 48)  # the landscape that is nearest to 3:2
    ready = next(event for event in events if isinstance(event, DecisionReady))
    assert "photo.jpg was scaled and cropped from 90×60 to 80×48 pixels." in ready.notes
    assert ready.how
    assert "Painted over picture 1 at strength 0.6" in ready.how.reason
    assert (ready.seed_kept, ready.changes) == (False, ())
    said = it.keeper.conversation.messages[0]
    assert said.role == "person"
    assert (said.parts[0], said.text) == (PicturePart(1, name="photo.jpg"), "a red ball at night")


def test_the_same_picture_attached_again_is_the_same_version() -> None:
    it = talk(RED_BALL, NIGHT)
    say_with(it, "a red ball", photo())
    say_with(it, "at night", photo())
    assert [version.is_attached for version in it.keeper.conversation.versions] == [True, False, False]
    assert it.keeper.conversation.versions[2].parent == 1


def test_its_prompt_and_seed_are_used_word_for_word_and_the_picture_is_not_painted_over() -> None:
    it = talk()
    prompt = ImagePrompt(subject="a fox", negative=("people",))
    hand = Overrides(prompt=prompt, seed=exactly(42), route=Route.TEXT_TO_IMAGE)
    events = say_with(it, "a fox", photo(), hand)
    recipe = it.painter.painted[0]
    assert (recipe.prompt, recipe.seed, recipe.route) == (prompt, 42, Route.TEXT_TO_IMAGE)
    assert not it.writer.asked
    ready = next(event for event in events if isinstance(event, DecisionReady))
    assert any("not painted over" in note for note in ready.notes)


def test_a_model_that_cannot_paint_over_says_so_and_keeps_the_words_and_the_picture() -> None:
    facts = SPEC.picture.model_copy(update={"routes": ("text-to-image",)}) if SPEC.picture else None
    it = Talk(FakeWriter([RED_BALL]), spec=SPEC.model_copy(update={"picture": facts}))
    events = say_with(it, "a red ball", photo())
    assert isinstance(events[-1], Failed)
    assert "image-to-image" in str(events[-1].error)
    assert it.keeper.conversation.messages[0].text == "a red ball"
    assert it.keeper.conversation.versions[0].is_attached


def test_a_picture_that_cannot_be_kept_leaves_the_words() -> None:
    it = talk(RED_BALL)
    it.keeper.fails = [SfumatoError("The disk is full, so this could not be saved.", "Free some space.")]
    events = say_with(it, "a red ball", photo())
    assert isinstance(events[-1], Failed)
    assert it.keeper.conversation.messages[0].text == "a red ball"
    assert not it.painter.painted


@pytest.mark.parametrize(("size", "fits"), [((64, 64), (64, 64)), ((2000, 20), (80, 32)), ((60, 90), (48, 80))])
def test_the_size_that_fits_a_picture_is_one_the_model_can_paint(size: tuple[int, int], fits: tuple[int, int]) -> None:
    assert SPEC.picture
    found = fitting_size(SPEC.picture, *size)
    check_size(SPEC.picture, *found)
    assert (found[0] > found[1]) == (size[0] > size[1])
    assert found == fits or size == (2000, 20)
