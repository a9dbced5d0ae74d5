"""Which way a change is painted, what the person is told about it, and how it is flipped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sfumato.conversation import Conversation, HowPart, Message, Version
from sfumato.conversation_json import parts_from_text, parts_to_text
from sfumato.edits import paint_request
from sfumato.engine import DecisionReady, Event, Failed
from sfumato.errors import EngineDied
from sfumato.flips import other_seed
from sfumato.model_catalog import load_catalogue
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Route
from sfumato.request import Overrides, TurnRequest
from sfumato.routes import extent
from sfumato.seeds import KEEP, NEW, exactly
from tests.fakes import SPEC, FakeWriter, Talk, decision
from tests.fakes import recipe as fake_recipe

START = decision("draw", patch={"set": {"subject": "an orange cat", "setting": "in a meadow", "lighting": "noon"}})
FACTS = SPEC.picture
assert FACTS
PAINTS_OVER = FACTS.model_copy(update={"small_changes": "image-to-image", "strength": 0.5})
EDITS = FACTS.model_copy(update={"routes": ("text-to-image", "image-to-image", "instruction-edit")})


def talk(*answers: object, facts: object = FACTS) -> Talk:
    return Talk(FakeWriter([START, *answers]), spec=SPEC.model_copy(update={"picture": facts}))  # type: ignore[arg-type]


def refined(**patch: object) -> object:
    return decision("refine", seed="keep", patch=patch)


def how(events: list[Event]) -> HowPart:
    (found,) = [event.how for event in events if isinstance(event, DecisionReady)]
    assert found
    return found


@pytest.mark.parametrize(
    ("patch", "route", "words"),
    [
        ({"set": {"lighting": "night"}}, Route.TEXT_TO_IMAGE, "only the lighting changed"),
        ({"set": {"style": "watercolour", "colour": "pastel"}}, Route.TEXT_TO_IMAGE, "style and colour"),
        ({"add_quality": ["detailed"]}, Route.TEXT_TO_IMAGE, "only the quality"),
        ({"add_negative": ["people"]}, Route.TEXT_TO_IMAGE, "only what is ruled out"),
        ({"set": {"subject": "an orange cat with birds"}}, Route.IMAGE_TO_IMAGE, "strength 0.5: only the subject"),
        ({"set": {"subject": "a dog"}}, Route.IMAGE_TO_IMAGE, "strength 0.7: only the subject"),
        ({"set": {"setting": "in a meadow with flowers"}}, Route.IMAGE_TO_IMAGE, "strength 0.7: only the setting"),
        ({"set": {"setting": "by the sea"}}, Route.TEXT_TO_IMAGE, "would keep the old place"),
        ({"set": {"subject": "a dog", "setting": "by the sea"}}, Route.TEXT_TO_IMAGE, "old place"),
        ({"set": {"subject": "a blue cat"}}, Route.TEXT_TO_IMAGE, "would keep the old colour"),
        ({"set": {"subject": "a cat"}}, Route.TEXT_TO_IMAGE, "old colour"),
    ],
)
def test_the_route_follows_from_what_should_stay_and_says_so_in_one_line(
    patch: dict[str, object], route: Route, words: str
) -> None:
    it = talk(refined(**patch), facts=PAINTS_OVER)
    it.say("a cat")
    told = how(it.say("change it"))
    assert told.route is route
    assert words in told.reason
    assert "\n" not in told.reason
    assert len(told.reason) < 150
    recipe = it.painter.painted[-1]
    assert recipe.route is route
    assert recipe.seed == it.painter.painted[0].seed


def test_what_should_go_is_not_painted_over() -> None:
    it = talk(refined(set={"subject": "an orange cat with birds"}), refined(set={"subject": "an orange cat"}))
    it.spec = SPEC.model_copy(update={"picture": PAINTS_OVER})
    it.say("a cat")
    it.say("with birds", Overrides(route=Route.TEXT_TO_IMAGE))
    told = how(it.say("no birds"))
    assert (told.route, "what should go" in told.reason) == (Route.TEXT_TO_IMAGE, True)


def test_a_model_whose_painting_over_is_weak_paints_again_from_the_same_seed() -> None:
    it = talk(refined(set={"subject": "a cat with birds"}))
    it.say("a cat")
    told = how(it.say("add birds"))
    assert told.route is Route.TEXT_TO_IMAGE
    assert told.other_route is Route.IMAGE_TO_IMAGE


def test_the_starter_painter_is_such_a_model() -> None:
    import sfumato_resources

    folder = Path(sfumato_resources.__file__).parent / "catalogue"
    facts = load_catalogue([folder / "starter.toml"]).get("starter-painter").picture
    assert facts
    assert facts.small_changes == "text-to-image"


def test_the_persons_hand_wins_and_a_wish_in_words_comes_next() -> None:
    it = talk(
        decision("refine", route="image-to-image", patch={"set": {"lighting": "night"}}),
        decision("refine", route="image-to-image", patch={"set": {"lighting": "dusk"}}),
    )
    it.say("a cat")
    assert "as you asked" in how(it.say("paint over it, at night")).reason
    told = how(it.say("at dusk", Overrides(route=Route.TEXT_TO_IMAGE)))
    assert (told.route, "as you chose" in told.reason) == (Route.TEXT_TO_IMAGE, True)


def test_a_wish_that_the_model_cannot_fulfil_is_painted_again_and_said_and_a_chosen_route_is_refused() -> None:
    only_words = FACTS.model_copy(update={"routes": ("text-to-image",)})
    it = talk(decision("refine", route="image-to-image", patch={"set": {"lighting": "night"}}), facts=only_words)
    it.say("a cat")
    told = how(it.say("paint over it"))
    assert (told.route, told.other_route) == (Route.TEXT_TO_IMAGE, None)
    assert "no image-to-image" in told.reason
    events = it.say("at night", Overrides(route=Route.IMAGE_TO_IMAGE, prompt=ImagePrompt("a cat")))
    assert isinstance(events[-1], Failed)


def test_a_chain_is_painted_over_its_first_picture_with_all_changes() -> None:
    it = talk(
        refined(set={"subject": "an orange cat with birds"}),
        refined(set={"lighting": "night"}),
        decision("reroll", seed="new"),
        facts=PAINTS_OVER,
    )
    it.say("a cat")
    it.say("add birds")
    told = how(it.say("at night"))
    assert (told.route, told.start, told.parent) == (Route.IMAGE_TO_IMAGE, 1, 2)
    assert "All changes are applied to picture 1" in told.reason
    another = how(it.say("another one"))
    assert (another.route, another.start, another.parent) == (Route.IMAGE_TO_IMAGE, 1, 3)
    first, *over = it.keeper.conversation.versions
    assert {version.recipe.parent_sha256 for version in over} == {first.recipe.sha256_rgb}
    assert "birds" in over[1].recipe.compiled.positive
    assert "night" in over[1].recipe.compiled.positive


def test_a_picture_that_has_no_words_is_painted_over() -> None:
    picture = replace(fake_recipe(sha256_rgb="ab"), prompt=ImagePrompt())
    it = Talk(FakeWriter([refined(set={"lighting": "night"})]))  # type: ignore[list-item]
    it.keeper.conversation = Conversation(1, "", (), (Version(1, None, picture),), 1)
    assert how(it.say("at night")).route is Route.IMAGE_TO_IMAGE


def test_a_model_that_edits_is_told_every_instruction_from_the_first_picture_on() -> None:
    it = talk(
        refined(set={"subject": "an orange cat with a hat"}),
        refined(set={"subject": "an orange cat with a red hat"}),
        facts=EDITS,
    )
    it.say("a cat")
    it.say("give it a hat")
    told = how(it.say("make the hat red"))
    recipe = it.painter.painted[-1]
    assert (told.route, told.start) == (Route.INSTRUCTION_EDIT, 1)
    assert recipe.compiled.positive == "give it a hat; make the hat red"
    assert recipe.parent_sha256 == it.keeper.conversation.versions[0].recipe.sha256_rgb


def test_undoing_an_instruction_leaves_it_out_and_keeps_those_before_and_after() -> None:
    it = talk(
        refined(set={"lighting": "dusk"}), refined(set={"setting": "in the snow"}), refined(set={"style": "ink"}),
        facts=EDITS,
    )  # fmt: skip
    for message in ("a cat", "at dusk", "in the snow", "as an ink drawing"):
        it.say(message, Overrides(route=None if message == "a cat" else Route.INSTRUCTION_EDIT))

    def undo(number: int, field: str) -> str:
        it.undo(it.cards[number - 1], (number,), field)
        assert it.painter.painted[-1].route is Route.INSTRUCTION_EDIT
        return it.painter.painted[-1].compiled.positive

    assert undo(3, "setting") == "at dusk; as an ink drawing"
    it.keeper.go_to(4)
    assert undo(2, "lighting") == "in the snow; as an ink drawing"


def test_undoing_one_of_two_changes_of_an_instruction_is_told_after_it() -> None:
    it = talk(refined(set={"subject": "an orange cat with a hat", "lighting": "dusk"}), facts=EDITS)
    it.say("a cat")
    it.say("a hat and dusk")
    card = it.cards[-1]
    it.undo(card, (2,), "lighting")
    assert it.painter.painted[-1].compiled.positive == "a hat and dusk; lighting: noon"


def test_another_seed_and_a_second_try_of_an_edit_are_told_the_same_words() -> None:
    it = talk(refined(set={"subject": "an orange cat with a hat"}), refined(set={"lighting": "dusk"}), facts=EDITS)
    it.say("a cat")
    told = how(it.say("give it a hat"))
    it.run(TurnRequest("another seed", it.keeper.conversation, told.parent, other_seed(told)))
    assert it.painter.painted[-1].compiled.positive == "give it a hat"
    it.painter.fails.append(EngineDied("It ended.", "Try again."))
    it.say("let dusk fall", Overrides(route=Route.INSTRUCTION_EDIT))
    card = it.cards[-1]
    stored = parts_from_text(parts_to_text(Message("sfumato", (card, told))))
    assert stored == (card, told)
    it.run(paint_request(it.keeper.conversation, card, card.prompt))
    recipe = it.painter.painted[-1]
    assert (recipe.route, recipe.compiled.positive) == (Route.INSTRUCTION_EDIT, "give it a hat; let dusk fall")


def test_one_click_paints_the_other_way_as_a_sibling_of_the_same_prompt_and_seed() -> None:
    it = talk(refined(set={"lighting": "night"}))
    it.say("a cat")
    told = how(it.say("at night"))
    assert told.other_route is Route.IMAGE_TO_IMAGE
    flip = Overrides(prompt=told.prompt, route=told.other_route, seed=exactly(told.seeds[0]), size=told.size)
    request = TurnRequest("the other way", it.keeper.conversation, told.parent, flip)
    back = how(it.run(request))
    second, third = it.keeper.conversation.versions[1:]
    assert second.parent == third.parent == 1
    assert second.prompt == third.prompt
    assert second.recipe.seed == third.recipe.seed
    assert (second.recipe.route, third.recipe.route) == (Route.TEXT_TO_IMAGE, Route.IMAGE_TO_IMAGE)
    assert third.recipe.settings.strength == 0.8
    assert back.other_route is Route.TEXT_TO_IMAGE


@pytest.mark.parametrize(
    ("answer", "rule", "words", "other"),
    [
        (refined(set={"lighting": "night"}), None, "seed 11 kept", NEW),
        (decision("reroll", seed="new"), None, "new seed 500", exactly(11)),
        (decision("reroll", seed="new", count=3), None, "seeds 500, 501, 502", exactly(11)),
        (decision("reroll", seed="new", count=8), None, "seeds 500 to 507", exactly(11)),
        (decision("refine", seed=42), None, "seed 42, as named", exactly(11)),
        (decision("refine", count=2), KEEP, "seeds 11, 12; 11 kept for the first", NEW),
    ],
)
def test_the_seed_rule_is_told_in_words_with_what_a_click_does_instead(
    answer: object, rule: object, words: str, other: object
) -> None:
    it = talk(answer)
    it.say("a cat", Overrides(seed=exactly(11)))
    request = TurnRequest("go on", it.keeper.conversation, overrides=Overrides(seed=rule), fresh_seed=500)  # type: ignore[arg-type]
    told = how(it.run(request))
    assert (told.seed_words, told.other_seed) == (words, other)


def test_a_first_drawing_has_nothing_to_flip() -> None:
    told = how(talk().say("a cat", Overrides(seed=exactly(11))))
    assert (told.reason, told.other_route, told.other_seed) == ("", None, None)


def test_a_seed_flip_of_a_new_drawing_is_a_new_drawing() -> None:
    it = talk(START)
    it.say("a cat", Overrides(seed=exactly(11)))
    told = how(it.say("a cat again", Overrides(seed=NEW)))
    assert told.other_seed == exactly(11)
    flip = Overrides(prompt=told.prompt, seed=told.other_seed, is_new=True)
    it.run(TurnRequest("seed 11 instead", it.keeper.conversation, overrides=flip))
    assert [version.parent for version in it.keeper.conversation.versions] == [None, None, None]
    assert it.painter.painted[-1].seed == 11


def test_a_model_whose_pictures_hardly_change_with_the_seed_says_so_on_a_reroll_only() -> None:
    low = FACTS.model_copy(update={"seed_diversity": "low"})
    it = talk(decision("reroll", seed="new"), refined(set={"lighting": "night"}), facts=low)
    it.say("a cat")
    told = [ready(it.say(message)).notes for message in ("another one", "at night")]
    assert "hardly change with the seed" in told[0][0]
    assert told[1] == ()


def test_a_patch_that_empties_the_subject_keeps_it_and_says_so() -> None:
    it = talk(refined(set={"subject": "", "lighting": "night"}))
    it.say("a cat")
    told = ready(it.say("without it"))
    assert (told.prompt.subject, told.prompt.lighting) == ("an orange cat", "night")
    assert "“an orange cat” stays" in told.notes[0]


def test_putting_the_lighting_first_is_said_first_and_shown() -> None:
    it = talk(refined(order=["lighting"]))
    it.say("a cat")
    told = ready(it.say("put the lighting first"))
    assert it.painter.painted[-1].compiled.positive.startswith("noon, an orange cat")
    assert [(change.field, change.after) for change in told.changes] == [("order", "lighting first")]


def test_how_it_was_painted_survives_storage() -> None:
    it = talk(decision("reroll", seed="new"))
    it.say("a cat")
    it.say("another one")
    for message in it.keeper.conversation.messages:
        assert parts_from_text(parts_to_text(message)) == message.parts
    old = '{"parts": [{"type": "picture", "version": 1}]}'
    assert parts_to_text(Message("sfumato", parts_from_text(old)))


def test_what_the_painter_notices_is_kept_with_the_picture() -> None:
    it = talk()
    paint = it.painter.paint
    it.painter.paint = lambda *given: replace(paint(*given), notes=("left out: “zebra”",))  # type: ignore[method-assign]
    it.say("a cat")
    part = it.keeper.conversation.messages[-1].parts[0]
    assert parts_from_text(parts_to_text(it.keeper.conversation.messages[-1])) == (part,)
    assert "zebra" in str(part)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("a cat", "a cat", "none"),
        ("a cat", "the cats", "none"),
        ("a cat", "a cat with a hat", "added"),
        ("a cat with a hat", "a cat", "removed"),
        ("a red ball", "a blue ball", "recoloured"),
        ("a cat on a chair", "a dog on a chair", "part"),
        ("a cat", "a dog", "whole"),
        ("", "a dog", "added"),
    ],
)
def test_how_far_a_field_changed(before: str, after: str, found: str) -> None:
    assert extent(before, after) == found


def ready(events: list[Event]) -> DecisionReady:
    (found,) = [event for event in events if isinstance(event, DecisionReady)]
    return found
