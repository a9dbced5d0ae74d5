"""What fits where, and that trouble of the machine is a sentence after which the next picture still comes."""

from __future__ import annotations

import gc
import pickle
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from sfumato.engine import CancelToken, Painting
from sfumato.errors import DeviceLost, NoMemory, SfumatoError
from sfumato.model_catalog import PictureFacts, check_size
from sfumato.recipe import Recipe, Route
from sfumato_models.families import FAMILIES
from sfumato_models.hardware import GIB, Device
from sfumato_models.installed import InstalledModel
from sfumato_models.loading import choose_setup
from sfumato_models.memory import RESERVE_BYTES, Need, Parts, Placement, fit, largest_size, need, parts_of, require_fit
from sfumato_models.painter import DiffusersPainter
from tests.fakes import recipe

XL = Parts(2_567_000_000, 817_000_000, 83_000_000)
FACTS = PictureFacts(
    pipeline="StableDiffusionXLPipeline", steps=25, guidance_scale=5, scheduler="Euler", honours_negatives=True,
    width=1024, height=1024, portrait=(832, 1216), landscape=(1216, 832), min_side=512, max_side=2048, size_multiple=64,
    routes=("text-to-image",), dtypes=("bfloat16", "float16", "float32"),
)  # fmt: skip
CPU = Device("cpu", "cpu", "Test CPU", 64 * GIB, 64 * GIB, ("float32", "bfloat16"))


def gpu(free_gib: float, numbers: Any = ("bfloat16", "float16", "float32")) -> Device:
    return Device("cuda", "cuda:0", "Test GPU", 24 * GIB, int(free_gib * GIB), numbers)


@pytest.fixture(scope="module")
def painter(painter_model: InstalledModel) -> DiffusersPainter:
    return DiffusersPainter(painter_model, 1)


def paint(painter: DiffusersPainter, wish: Recipe) -> Painting:
    return painter.paint(wish, None, lambda _: None, CancelToken())


@pytest.mark.parametrize(
    ("free_gib", "placement"),
    [
        (24, Placement.RESIDENT),
        (10, Placement.ENCODERS_ASIDE),
        (9.3, Placement.PART_BY_PART),
        (7, Placement.PART_BY_PART),  # a card of 8 GB
        (5.5, Placement.BLOCK_BY_BLOCK),
        (2, None),
    ],
)
def test_the_ladder_goes_down_with_the_memory(free_gib: float, placement: Placement | None) -> None:
    found = fit(need(XL, 16, 1024, 1024), int(free_gib * GIB), 32 * GIB)
    assert (found.placement if found else None) is placement
    if found:
        assert f"{free_gib:.1f} GiB free" in found.sentence


def test_what_is_put_aside_must_fit_into_the_machines_memory() -> None:
    assert fit(need(XL, 16, 1024, 1024), int(5.5 * GIB), GIB) is None


def test_where_neither_the_device_nor_the_machine_holds_all_its_bits_it_is_kept_in_eight() -> None:
    in_tiles = fit(need(XL, 16, 1024, 1024), int(9.3 * GIB), GIB)
    assert in_tiles  # decoded in tiles it keeps them all
    assert (in_tiles.placement, in_tiles.in_tiles) == (Placement.RESIDENT, True)
    found = fit(need(XL, 16, 1024, 1024), int(7.5 * GIB), GIB)
    assert found
    assert found.placement is Placement.EIGHT_BITS
    assert "differ a little" in found.sentence


def test_tiles_and_then_fewer_bits_come_after_narrower_numbers_on_the_processor() -> None:
    def on(free_gib: float) -> Any:
        return setup((replace(CPU, free_bytes=int(free_gib * GIB)),))

    assert (on(30).number, on(30).fit.placement) == ("float32", Placement.RESIDENT)
    assert (on(12).number, on(12).fit.placement) == ("bfloat16", Placement.RESIDENT)
    assert (on(9).number, on(9).fit.placement, on(9).fit.in_tiles) == ("bfloat16", Placement.RESIDENT, True)
    assert on(7).fit.placement is Placement.EIGHT_BITS


def test_a_model_in_eight_bits_paints_repeats_and_says_so_in_its_recipe(
    painter: DiffusersPainter, painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.loading.full_width", lambda placements: ())
    monkeypatch.setattr("sfumato_models.loading.placements_on", lambda device: (Placement.EIGHT_BITS,))
    small = DiffusersPainter(painter_model, 1)
    kept = {weight.dtype for weight in small.loaded.pipelines.get(Route.TEXT_TO_IMAGE).unet.parameters()}
    assert torch.float8_e4m3fn in kept
    done = paint(small, recipe(7))
    assert paint(small, recipe(7)).pixels == done.pixels
    assert done.recipe.fingerprint["weights"] == "8 bits"
    full = paint(painter, recipe(7)).pixels
    assert 0 < difference(done.pixels.bgrx, full.bgrx) < 12  # near, of 255


def difference(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def test_a_picture_that_is_too_large_is_refused_with_a_size_that_fits() -> None:
    with pytest.raises(SfumatoError) as error:
        require_fit(XL, 16, FACTS, (2048, 1024), 7 * GIB, 0)
    offered = largest_size(XL, 16, FACTS, (2048, 1024), 7 * GIB, 0)
    assert offered
    assert f"{offered[0]}x{offered[1]}" in error.value.hint
    assert fit(need(XL, 16, *offered), 7 * GIB, 0)
    assert 1.8 < offered[0] / offered[1] < 2.4
    assert "2048x1024" in error.value.message


def test_a_larger_picture_never_needs_less() -> None:
    sizes = [need(XL, 16, side, side).on_device(Placement.RESIDENT) for side in range(512, 2049, 64)]
    assert sizes == sorted(sizes)
    assert isinstance(need(XL, 16, 512, 512), Need)


def test_the_parts_of_a_model_are_counted_from_its_headers(
    painter_model: InstalledModel, painter: DiffusersPainter
) -> None:
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    counted = parts_of(painter_model.path)
    assert counted.denoiser == sum(weight.numel() for weight in pipe.unet.state_dict().values())
    assert counted.autoencoder == sum(weight.numel() for weight in pipe.vae.state_dict().values())
    assert counted.encoders > 0


def setup(devices: tuple[Device, ...], name: str = "StableDiffusionXLPipeline", parts: Parts = XL, **facts: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sfumato_models.loading.refresh", lambda device: device.free_bytes)
        patch.setattr("sfumato_models.loading.available_bytes", lambda: 32 * GIB)
        return choose_setup(parts, FACTS.model_copy(update=facts), FAMILIES[name], 2, devices, frozenset())


def test_the_gpu_is_taken_when_the_model_fits_and_the_processor_otherwise() -> None:
    assert setup((gpu(24), CPU)).device.kind == "cuda"
    assert setup((gpu(24), CPU)).number == "bfloat16"
    assert setup((gpu(1), CPU)).device.kind == "cpu"


def test_a_family_is_never_given_numbers_in_which_it_goes_wrong() -> None:
    old = gpu(24, ("float16", "float32"))
    assert setup((old, CPU)).number == "float16"
    assert setup((old, CPU), "ZImagePipeline").number == "float32"


def test_a_small_model_stays_on_the_processor() -> None:
    assert setup((gpu(24), CPU), parts=Parts(9_000_000, 1_000_000, 1_000_000)).device.kind == "cpu"


def test_a_model_that_fits_nowhere_says_what_would_help() -> None:
    with pytest.raises(SfumatoError) as error:
        setup((replace(CPU, free_bytes=GIB),))
    assert "GiB" in error.value.message
    assert error.value.hint


def test_where_only_a_smaller_picture_fits_the_model_is_loaded_and_the_size_on_offer_can_be_painted(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato_models.loading.refresh", lambda device: RESERVE_BYTES + 2 * 10**9)
    monkeypatch.setattr("sfumato_models.loading.need", slowly_growing)
    monkeypatch.setattr("sfumato_models.memory.need", slowly_growing)
    small = DiffusersPainter(painter_model, 1)
    with pytest.raises(NoMemory) as told:
        paint(small, recipe(7))
    assert told.value.offer == (48, 48)
    small._loaded = None  # as after any trouble: it is loaded again for the click on the offer
    smaller = replace(recipe(7).settings, width=48, height=48)
    assert paint(small, replace(recipe(7), settings=smaller)).pixels.width == 48


def slowly_growing(parts: Parts, bits: int, width: int, height: int) -> Need:
    """Of a model that takes next to nothing itself, and 800 kB for each pixel."""
    return Need(0, 0, 0, 0, 800_000 * width * height, 0, 800_000 * width * height)


@pytest.mark.parametrize("multiple", sorted({family.size_multiple for family in FAMILIES.values()} | {32, 64}))
def test_every_size_on_offer_can_be_painted_by_the_model(
    multiple: int, painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = range(4 * multiple, 80 * multiple, 7 * multiple)
    facts = painter.loaded.facts.model_copy(
        update={"size_multiple": multiple, "min_side": 2 * multiple, "max_side": 80 * multiple}
    )
    monkeypatch.setattr(painter.loaded, "facts", facts)
    monkeypatch.setattr(painter.loaded, "room", lambda size: 64 * GIB)
    for width, height in ((width, height) for width in sides for height in sides):
        told = painter._out_of_memory((width, height), "")
        assert isinstance(told, NoMemory)
        if told.offer is not None:
            check_size(facts, *told.offer)
            assert told.offer[0] * told.offer[1] <= width * height * 9 / 16
        near = largest_size(XL, 16, facts, (width, height), 64 * GIB, 64 * GIB)
        if near is not None:
            check_size(facts, *near)


def test_fifty_times_no_memory_are_fifty_sentences_and_pictures_between_them(
    painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = paint(painter, recipe(7)).pixels
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    chance = random.Random(1)
    alive: list[int] = []
    for round_number in range(50):
        part = chance.choice([pipe.unet, pipe.vae.decoder])
        error = chance.choice([torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"
        )])  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(part, "forward", failing(part.forward, error, chance.randint(0, 2)))
            with pytest.raises(SfumatoError, match="not enough memory") as told:
                paint_four(painter)  # the decoder is asked once a picture
        assert "48x48" in told.value.hint
        assert isinstance(told.value, NoMemory)
        assert told.value.offer == (48, 48)
        assert paint(painter, recipe(7)).pixels == expected  # each time the app goes on
        if round_number % 10 == 9:
            gc.collect()
            alive.append(sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects()))
    assert max(alive) <= alive[0] + 5


def test_no_memory_while_loading_is_a_sentence_and_the_next_try_loads(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = DiffusersPainter(painter_model, 1)
    expected = paint(painter, recipe(7)).pixels
    with monkeypatch.context() as patch:
        patch.setattr("sfumato_models.loading.place", failing(lambda *_: None, torch.OutOfMemoryError("no"), 0))
        with pytest.raises(NoMemory, match="to load") as told:
            DiffusersPainter(painter_model, 1)
        assert "smaller model" in told.value.hint
        painter._loaded = None
        with pytest.raises(NoMemory, match="to load"):
            paint(painter, recipe(7))
    assert paint(painter, recipe(7)).pixels == expected


def test_no_memory_while_parts_are_moved_or_a_lora_is_put_on_leaves_nothing_half_done(
    painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = DiffusersPainter(painter_model, 1)
    expected = paint(painter, recipe(7)).pixels
    for step in ("require_room", "use_loras"):
        with monkeypatch.context() as patch:
            patch.setattr(painter.loaded, step, failing(lambda *_: None, torch.OutOfMemoryError("no"), 0))
            with pytest.raises(NoMemory, match="not enough memory for a picture") as told:
                paint(painter, recipe(7))
        assert told.value.offer == (48, 48)
        assert paint(painter, recipe(7)).pixels == expected


def test_an_offer_fits_into_what_is_free_now(painter_model: InstalledModel, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = DiffusersPainter(painter_model, 1)
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    monkeypatch.setattr(pipe.unet, "forward", failing(pipe.unet.forward, torch.OutOfMemoryError("no"), 0))
    monkeypatch.setattr(painter.loaded, "require_room", lambda *_: painter.loaded.setup.fit)
    monkeypatch.setattr(painter.loaded, "room", lambda size: 0)  # another program took the rest meanwhile
    with pytest.raises(NoMemory, match="not enough memory") as told:
        paint(painter, recipe(7))
    assert told.value.offer is None
    assert told.value.hint == "Close other programs and try again."


def test_an_error_without_memory_crosses_the_pipe_with_its_offer() -> None:
    told = pickle.loads(pickle.dumps(NoMemory("No memory.", "Paint less.", "detail", (48, 32))))
    assert (told.message, told.hint, told.detail, told.offer) == ("No memory.", "Paint less.", "detail", (48, 32))


def paint_four(painter: DiffusersPainter) -> None:
    for _ in range(4):
        paint(painter, recipe(7))


def failing(forward: Callable[..., Any], error: BaseException, after: int) -> Callable[..., Any]:
    """The same call until it fails for good."""
    calls = iter(range(10**6))

    def call(*args: Any, **named: Any) -> Any:
        if next(calls) >= after:
            raise error
        return forward(*args, **named)

    return call


def test_a_device_that_is_gone_is_reported_as_such(painter: DiffusersPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE)
    gone = RuntimeError("CUDA error: an illegal memory access was encountered")
    monkeypatch.setattr(pipe.unet, "forward", failing(pipe.unet.forward, gone, 0))
    with pytest.raises(DeviceLost, match="does not answer"):
        paint(painter, recipe(7))


def test_numbers_that_overflow_are_noticed_and_the_next_try_has_safer_ones(painter_model: InstalledModel) -> None:
    picture = painter_model.spec.picture
    assert picture
    facts = picture.model_copy(update={"dtypes": ("float16", "float32")})
    model = replace(painter_model, spec=painter_model.spec.model_copy(update={"picture": facts}))
    short = DiffusersPainter(model, 1)
    loaded = short.loaded
    loaded.setup = replace(loaded.setup, number="float16")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded.space.vae, "decode", lambda *_, **__: (torch.full((1, 3, 64, 64), float("nan")),))
        with pytest.raises(SfumatoError, match="float16") as error:
            paint(short, recipe(7))
    assert "safer numbers" in error.value.hint
    assert paint(short, recipe(7)).recipe.fingerprint["dtype"] == "float32"


def test_weights_that_change_on_disk_are_noticed_and_loaded_anew(painter_model: InstalledModel, tmp_path: Path) -> None:
    shutil.copytree(painter_model.path, tmp_path / "copy")
    model = replace(painter_model, path=tmp_path / "copy")
    painter = DiffusersPainter(model, 1)
    before = paint(painter, recipe(7))
    file = tmp_path / "copy" / "unet" / "diffusion_pytorch_model.safetensors"
    data = bytearray(file.read_bytes())
    data[-4:] = b"\x00\x00\x80\x3f"
    file.write_bytes(data)
    with pytest.raises(SfumatoError, match=r"unet/diffusion_pytorch_model\.safetensors changed"):
        paint(painter, recipe(7))
    after = paint(painter, recipe(7))
    assert after.recipe.model_files != before.recipe.model_files
