"""A picture is decoded in tiles only where nothing else fits; then it is near the whole one, repeats, and its recipe knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

import sfumato_resources
from sfumato.engine import CancelToken, Painting, Pixels
from sfumato.errors import NoMemory, TurnCancelled
from sfumato.image_file import pixels_to_rgb
from sfumato.recipe import Recipe
from sfumato.replay import replay
from sfumato_models.families import FAMILIES
from sfumato_models.hardware import GIB
from sfumato_models.installed import InstalledModel
from sfumato_models.latents import LatentSpace
from sfumato_models.memory import Need, Parts, Placement, fit, full_width, need
from sfumato_models.painter import IN_TILES, DiffusersPainter
from sfumato_models.tiles import _spans, decode_in_tiles
from tests.fakes import recipe
from tests.models.tiny_families import tiny_family

FAMILIES_TRIED = ("StableDiffusionPipeline", "Flux2KleinPipeline", "QwenImagePipeline")
TILE = 96  # pixels, of pictures of 128
BYTES_PER_PIXEL = 800_000
XL = Parts(2_567_000_000, 817_000_000, 83_000_000)


@pytest.fixture(scope="module", params=FAMILIES_TRIED)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return tiny_family(request.param, tmp_path_factory.mktemp(request.param) / "model")


@pytest.fixture(scope="module")
def painter(model: InstalledModel) -> DiffusersPainter:
    return DiffusersPainter(model, 1)


def growing(parts: Parts, bits: int, width: int, height: int) -> Need:
    """Of a model that takes next to nothing itself and much for each pixel that it decodes."""
    tile = min(width, TILE) * min(height, TILE)
    return Need(0, 0, 0, 0, BYTES_PER_PIXEL * width * height, 0, BYTES_PER_PIXEL * tile)


@contextmanager
def little_room() -> Iterator[None]:
    """Room for decoding pictures of 96x96 at once, or larger ones in such tiles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sfumato_models.loading.refresh", lambda device: BYTES_PER_PIXEL * TILE * TILE)
        patch.setattr("sfumato_models.loading.need", growing)
        patch.setattr("sfumato_models.memory.need", growing)
        yield


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfumato_models.painter.TILE_SIDE", TILE)


def wish(painter: DiffusersPainter, side: int) -> Recipe:
    facts, start = painter.loaded.facts, recipe(7)
    settings = replace(
        start.settings, width=side, height=side, guidance_scale=facts.guidance_scale, scheduler=facts.scheduler,
        model_id=painter.model_id,
    )  # fmt: skip
    return replace(start, settings=settings)


def paint(painter: DiffusersPainter, wanted: Recipe, cancel: CancelToken | None = None) -> Painting:
    return painter.paint(wanted, None, lambda _: None, cancel or CancelToken())


def difference(one: Pixels, other: Pixels) -> float:
    """Mean, of 255."""
    pairs = zip(pixels_to_rgb(one), pixels_to_rgb(other), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (3 * one.width * one.height)


def test_only_the_picture_that_fits_no_other_way_is_decoded_in_tiles_and_it_says_so(painter: DiffusersPainter) -> None:
    small, large = wish(painter, 64), wish(painter, 128)
    small_before, whole = paint(painter, small), paint(painter, large)
    with little_room():
        tiled, small_after = paint(painter, large), paint(painter, small)
    assert (small_after.pixels, small_after.recipe, small_after.notes) == (
        small_before.pixels, small_before.recipe, small_before.notes,
    )  # fmt: skip
    assert "decoding" not in whole.recipe.fingerprint
    assert tiled.recipe.fingerprint == whole.recipe.fingerprint | {"decoding": f"tiles of {TILE}"}
    assert set(tiled.notes) - set(whole.notes) == {IN_TILES}
    assert 0 < difference(tiled.pixels, whole.pixels) < 12  # of 255, with random weights


def test_a_replay_decodes_as_the_picture_was_decoded(painter: DiffusersPainter) -> None:
    large = wish(painter, 128)
    whole = paint(painter, large)
    with little_room():
        tiled = paint(painter, large)
        assert paint(painter, large).pixels == tiled.pixels
    for painted in (whole, tiled):  # where there is room for either
        files = painted.recipe.model_files
        again = replay(painted.recipe, None, files, painter, lambda _: None, CancelToken(), None, pixels_to_rgb)
        assert again.verdict == "identical"
        assert again.painting
        assert again.painting.recipe == painted.recipe
        assert IN_TILES not in again.painting.notes
    assert "decoding" not in tiled.recipe.engine  # a conversation goes on without tiles


def test_a_stop_is_obeyed_between_two_tiles(painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, decoded = CancelToken(), []
    decode = LatentSpace._decoded

    def one(space: LatentSpace, latents: torch.Tensor) -> torch.Tensor:
        decoded.append(latents.shape)
        image = decode(space, latents)
        cancel.cancel()
        return image

    monkeypatch.setattr(LatentSpace, "_decoded", one)
    with little_room(), pytest.raises(TurnCancelled):
        paint(painter, wish(painter, 128), cancel)
    assert len(decoded) == 2  # the second one ended at its first layer


def test_without_memory_for_tiles_a_smaller_size_is_offered_as_ever(
    painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.loading.refresh", lambda device: BYTES_PER_PIXEL * 64 * 64)
    monkeypatch.setattr("sfumato_models.loading.need", growing)
    monkeypatch.setattr("sfumato_models.memory.need", growing)
    with pytest.raises(NoMemory) as told:
        paint(painter, wish(painter, 128))
    assert told.value.offer == (64, 64)


@pytest.mark.parametrize("side", [512, 768, 1024, 1536, 2048])
def test_what_fits_whole_is_never_decoded_in_tiles(side: int) -> None:
    needed = need(XL, 16, side, side)
    full = full_width(Placement)
    for free in range(0, 40 * GIB, GIB // 4):
        whole = fit(needed, free, 32 * GIB, full, (False,))
        found = fit(needed, free, 32 * GIB)
        if whole:
            assert found == whole
        elif found and found.in_tiles:
            assert found.needed_bytes <= free
            assert "decoded in tiles" in found.sentence
    if side > 576:
        assert needed.in_tiles.decoding < needed.decoding
    else:
        assert needed.in_tiles == needed


def test_a_card_of_4_gib_paints_the_usual_size_of_stable_diffusion_xl_in_tiles() -> None:
    found = fit(need(XL, 16, 1024, 1024), 4 * GIB, 32 * GIB)
    assert found
    assert (found.placement, found.in_tiles) == (Placement.BLOCK_BY_BLOCK, True)


@pytest.mark.parametrize("length", [1, 5, 17, 72, 73, 100, 128, 152, 256, 512])
def test_tiles_cover_a_side_evenly_and_none_is_a_strip(length: int) -> None:
    spans = _spans(length, 72, 16)
    assert (spans[0][0], spans[-1][1]) == (0, length)
    assert len({end - start for start, end in spans}) == 1
    assert max(end - start for start, end in spans) <= 72
    assert all(after[0] <= before[1] - 15 for before, after in pairwise(spans))


def test_where_a_decoder_sees_no_neighbours_tiles_make_the_whole_picture() -> None:
    def decode(latents: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.interpolate(latents, scale_factor=8)

    latents = torch.rand(1, 3, 100, 41, generator=torch.Generator().manual_seed(1))
    joined = decode_in_tiles(decode, latents, 24, 6)
    assert torch.allclose(joined, decode(latents), atol=1e-6)


def test_a_trained_decoder_paints_in_tiles_what_it_paints_at_once() -> None:
    folder = Path(sfumato_resources.__file__).parent / "starter" / "painter" / "vae"
    autoencoder = AutoencoderKL.from_pretrained(folder, local_files_only=True)
    space = LatentSpace(FAMILIES["StableDiffusionPipeline"], autoencoder)
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, 512), torch.linspace(-1, 1, 512), indexing="ij")
    disc = ((rows**2 + columns**2) < 0.3).float()
    drawn = torch.stack((columns * (1 - disc) + 0.8 * disc, rows * (1 - disc) - 0.6 * disc, 0.2 - disc))[None]
    with torch.inference_mode():
        latents = autoencoder.encode(drawn).latent_dist.mode()
    grid = latents * autoencoder.config.scaling_factor
    whole, tiled = (space.picture(grid, side).clamp(-1, 1) for side in (None, 288))

    def apart(one: torch.Tensor, other: torch.Tensor) -> float:
        return float(255 / 2 * (one - other).abs().mean())

    assert 0 < apart(tiled, whole) < 6  # of 255: a tile's means and deviations are not those of the whole
    assert apart(tiled, drawn) < 1.1 * apart(whole, drawn)
