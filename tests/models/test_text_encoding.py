"""Long prompts and kept embeddings, on a real pipeline of tiny size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import CancelToken, Painting
from sfumato.recipe import Recipe, Route
from sfumato_models.installed import InstalledModel
from sfumato_models.painter import DiffusersPainter
from sfumato_models.prompt_reading import ClipReader
from sfumato_models.text_encoding import ClipText
from sfumato_models.token_count import MAX_PIECES, split_tokens
from tests.fakes import recipe

LONG = "a red ball in the green meadow with a white zebra and one blue boat"  # 52 letters: three pieces of 22 tokens


@pytest.fixture(scope="module")
def painter(painter_model: InstalledModel) -> DiffusersPainter:
    picture = painter_model.spec.picture
    assert picture
    facts = picture.model_copy(update={"long_prompts": "chunked"})
    spec = painter_model.spec.model_copy(update={"picture": facts})
    return DiffusersPainter(replace(painter_model, spec=spec), 1)


@pytest.fixture
def encoder_calls(painter: DiffusersPainter) -> Iterator[list[int]]:
    """Grows by one entry whenever the text encoder is run."""
    calls: list[int] = []
    hook = pipeline(painter).text_encoder.register_forward_hook(lambda *_: calls.append(1))
    yield calls
    hook.remove()


def pipeline(painter: DiffusersPainter) -> Any:
    return painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)


def fresh(painter: DiffusersPainter) -> ClipText:
    """The same encoder with nothing kept."""
    pipe = pipeline(painter)
    return ClipText(pipe.tokenizer, pipe.text_encoder, "chunked")


def wish(positive: str, negative: str = "", seed: int = 7) -> Recipe:
    draft = recipe(seed)
    return replace(draft, compiled=replace(draft.compiled, positive=positive, negative=negative))


def paint(painter: DiffusersPainter, draft: Recipe) -> Painting:
    return painter.paint(draft, None, lambda _: None, CancelToken())


def test_a_short_text_is_encoded_exactly_as_diffusers_does_it(painter: DiffusersPainter) -> None:
    encoded = fresh(painter).encode("a red ball", "people")
    with torch.inference_mode():
        expected = pipeline(painter).encode_prompt("a red ball", torch.device("cpu"), 1, True, "people")
    assert torch.equal(encoded.positive.embeddings, expected[0])
    assert encoded.negative is not None
    assert torch.equal(encoded.negative.embeddings, expected[1])


def test_a_new_seed_needs_no_text_encoding_and_paints_the_same_bytes_as_without_the_memory(
    painter: DiffusersPainter, encoder_calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(painter, wish("a boat", "people", 1))
    before = len(encoder_calls)
    assert before >= 2
    remembered = paint(painter, wish("a boat", "people", 2))
    assert len(encoder_calls) == before
    monkeypatch.setattr(painter.loaded, "reader", ClipReader(fresh(painter)))
    assert paint(painter, wish("a boat", "people", 2)).pixels == remembered.pixels
    assert len(encoder_calls) > before


def test_a_long_prompt_is_read_to_its_end(painter: DiffusersPainter) -> None:
    painting = paint(painter, wish(LONG))
    assert painting.notes == ()
    assert paint(painter, wish(LONG.replace("boat", "goat"))).pixels != painting.pixels
    assert paint(painter, wish(LONG)).pixels == painting.pixels


def test_both_texts_get_equally_many_pieces(painter: DiffusersPainter) -> None:
    for positive, negative in ((LONG, ""), ("a ball", LONG), (LONG, LONG)):
        encoded = fresh(painter).encode(positive, negative)
        assert encoded.negative is not None
        assert encoded.positive.embeddings.shape == encoded.negative.embeddings.shape == (1, 72, 16)
        assert paint(painter, wish(positive, negative)).pixels.bgrx


def test_each_piece_is_read_as_if_it_stood_alone(painter: DiffusersPainter) -> None:
    text = fresh(painter)
    (first,) = text.encode("abcdefghijklmnopqrstuv", None).positive.embeddings
    both = text.encode("abcdefghijklmnopqrstuvwxyz", None).positive.embeddings[0]
    # without a space the last letter of a piece has no end-of-word mark: only what stands before it is alike
    assert torch.equal(both[:22], first[:22])
    assert both.shape == (48, 16)


def test_what_is_longer_than_all_pieces_is_named(painter: DiffusersPainter) -> None:
    encoded = fresh(painter).encode(" ".join(["abcdefghijk"] * 2 * MAX_PIECES) + " zebra", " ".join(["people"] * 20))
    assert encoded.positive.embeddings.shape[1] == MAX_PIECES * 24
    assert "zebra" in encoded.notes[0].replace(" ", "")
    assert "negative" in encoded.notes[1]


@given(st.lists(st.integers(0, 9), max_size=80).map(tuple), st.integers(2, 20))
def test_pieces_fit_and_lose_nothing(tokens: tuple[int, ...], room: int) -> None:
    pieces = split_tokens(tokens, room, frozenset({0}))
    assert tuple(token for piece in pieces for token in piece) == tokens
    assert all(len(piece) <= room for piece in pieces)
    assert all(pieces[:-1])


def test_a_piece_ends_after_a_comma_rather_than_within_a_phrase() -> None:
    assert split_tokens((1, 1, 1, 1, 0, 2, 2), 6, frozenset({0})) == [(1, 1, 1, 1, 0), (2, 2)]
