"""A picture is changed by what it is told: attached, edited twice and once more, on a real InstructPix2Pix pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from sfumato.attachment import read_attachment
from sfumato.conversation import ErrorPart, HowPart, Version
from sfumato.engine import CancelToken, Painting, Pixels
from sfumato.image_file import pixels_to_rgb
from sfumato.recipe import Route
from sfumato.replay import replay
from sfumato.request import Overrides, TurnRequest
from sfumato.seeds import exactly
from sfumato_models.painter import DiffusersPainter
from tests.fakes import FakeWriter, MemoryKeeper, Talk, decision
from tests.models.tiny_families import tiny_family

NAME = "StableDiffusionInstructPix2PixPipeline"


@dataclass
class PictureKeeper(MemoryKeeper):
    """Keeps the pixels too."""

    kept: dict[int, Pixels] = field(default_factory=dict)

    def save(self, parent: int | None, painting: Painting) -> Version:
        version = super().save(parent, painting)
        self.kept[version.number] = painting.pixels
        return version

    def pixels(self, version: Version) -> Pixels:
        return self.kept[version.number]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pix2pix")


@pytest.fixture(scope="module")
def it(folder: Path) -> Talk:
    model = tiny_family(NAME, folder / "model")
    edits = ("snow", "night", "watercolour")
    answers = [decision("draw" if not number else "refine", patch={"set": {"style": word}}) for number, word in
               enumerate(edits)]  # fmt: skip
    talk = Talk(FakeWriter([*answers, decision("reroll", seed="new")]), keeper=PictureKeeper(), spec=model.spec)
    talk.painter = DiffusersPainter(model, 1)  # type: ignore[assignment]
    Image.linear_gradient("L").resize((80, 80)).convert("RGB").save(folder / "mine.png")
    attached = read_attachment(folder / "mine.png")
    talk.run(TurnRequest("snow", talk.keeper.conversation, overrides=Overrides(seed=exactly(3)), attached=attached))
    talk.say("dusk")
    talk.say("ink")
    talk.say("another one")
    return talk


def test_every_edit_is_made_to_the_first_picture_with_all_instructions_so_far(it: Talk) -> None:
    attached, *edits = it.keeper.conversation.versions
    assert [edit.recipe.route for edit in edits] == [Route.INSTRUCTION_EDIT] * 4
    assert {edit.recipe.parent_sha256 for edit in edits} == {attached.recipe.sha256_rgb}
    assert [edit.recipe.compiled.positive for edit in edits] == [
        "snow",
        "snow; dusk",
        "snow; dusk; ink",
        "snow; dusk; ink",
    ]
    assert [edit.parent for edit in edits] == [1, 2, 3, 4]
    assert [edit.seed for edit in edits[:3]] == [3, 3, 3]
    assert len({edit.recipe.sha256_rgb for edit in edits}) == 4


def test_what_the_person_reads_says_so(it: Talk) -> None:
    hows = [part for message in it.keeper.conversation.messages for part in message.parts if isinstance(part, HowPart)]
    assert hows[0].reason.startswith("Edited picture 1")
    assert "All changes are applied to picture 1" in hows[2].reason
    assert {how.other_route for how in hows} == {None}  # it cannot paint from words


def test_any_of_them_replays_identically_from_the_root(it: Talk) -> None:
    root, *edits = it.keeper.conversation.versions
    keeper = it.keeper
    for edit in edits:
        assert isinstance(keeper, PictureKeeper)
        files = edit.recipe.model_files
        original = pixels_to_rgb(keeper.pixels(edit))
        again = replay(
            edit.recipe, original, files, it.painter, lambda _: None, CancelToken(), keeper.pixels(root), pixels_to_rgb
        )
        assert again.verdict == "identical"
        missing = replay(edit.recipe, original, files, it.painter, lambda _: None, CancelToken())
        assert missing.verdict == "impossible"


def test_a_reviewed_edit_that_is_changed_by_hand_stays_an_instruction(it: Talk) -> None:
    talk = replace(it, writer=FakeWriter([decision("refine", patch={"set": {"lighting": "dusk"}})]), keeper=PictureKeeper(
        it.keeper.conversation, kept=dict(it.keeper.kept)))  # type: ignore[attr-defined]  # fmt: skip
    talk.keeper.go_to(2)
    plan = talk.review(TurnRequest("at dusk", talk.keeper.conversation, review=True))
    talk.paint_reviewed(plan, replace(plan.prompt, lighting="dawn"))
    made = talk.keeper.conversation.versions[-1].recipe
    assert (made.route, made.compiled.positive) == (Route.INSTRUCTION_EDIT, "snow; at dusk; lighting: dawn")


def test_from_words_alone_it_says_what_it_needs(it: Talk) -> None:
    talk = replace(
        it, writer=FakeWriter([decision("draw", patch={"set": {"subject": "a ball"}})]), keeper=PictureKeeper()
    )
    talk.say("a ball")
    (part,) = talk.keeper.conversation.messages[-1].parts
    assert isinstance(part, ErrorPart)
    assert "Attach a picture" in part.hint
