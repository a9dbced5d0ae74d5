"""The painter on the processor: what it costs beside the bare pipeline, previews, a new seed, and a stop at any time.

The shapes are those of Stable Diffusion 1.5 with fewer channels and random weights. Pairs are measured in turn, with one
thread each, so that what else a machine does falls on both alike.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from sfumato.compile import CompiledPrompt
from sfumato.engine import CancelToken
from sfumato.errors import TurnCancelled
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.paths import find_paths
from sfumato.prompt import ImagePrompt
from sfumato.recipe import Recipe, RenderSettings, Route
from sfumato_desktop.collection import open_collection
from sfumato_desktop.studio import DEFAULT_PAINTER
from sfumato_models.devices import find_devices, set_up
from sfumato_models.installed import InstalledModel
from sfumato_models.painter import DiffusersPainter
from sfumato_models.supervisor import EngineProcess, Patience, RemotePainter
from sfumato_models.worker import EngineSpec
from tests.bench.figure import Figure
from tests.bench.gpu import Bench, seconds
from tests.bench.gpu_models import Shape, made, stable_diffusion
from tests.fakes import recipe
from tests.models import tiny_families

NARROW = Shape("StableDiffusionPipeline", 256, 6, 7.0, partial(stable_diffusion, 4, 4), tiny_families.stable_diffusion)
# mostly text encoder, so that what it saves stands out
WORDY = replace(NARROW, side=64, steps=2, make=partial(stable_diffusion, 4, 1))
PAIRS = 7
LOADING_S = 0.5


def measure_painting() -> Iterator[Figure]:
    """All figures of painting on the processor."""
    torch.set_num_threads(1)
    cpu = find_devices()[-1]
    set_up(cpu)
    bench = Bench(NARROW, cpu, is_tiny=False, pairs=PAIRS)
    bench.bare(), bench.paint()  # warm
    how = (
        f"median of {PAIRS} pairs in turn, one thread; {bench.parts.total / 1e6:.0f} M parameters, {bench.side} pixels"
    )
    values = dict(bench.against_bare())
    yield Figure("painter_over_bare", values["painter_over_bare"], 1.03, f"{how}; bare {values['bare_s']:.2f} s")
    values = dict(bench.previews())
    shown = f"{values['previews_shown_of_steps']:.0%} of {bench.steps} steps shown"
    yield Figure("previews_over_none", values["previews_every_step_over_none"], 1.02, f"{how}; {shown}")
    yield from _stops(bench)
    wordy = Bench(WORDY, cpu, is_tiny=False, pairs=PAIRS)
    wordy.bare(), wordy.paint()
    values = dict(wordy.new_seed())
    ratio = f"{values['new_seed_over_first_picture']:.2f} of the first picture's time"
    yield Figure(
        "new_seed_saves_of_encoding", values["new_seed_saves_of_encoding"], 0.9, f"{ratio}; {how}", at_most=False
    )
    yield _tuned_over_untuned()
    yield _stop_while_loading()


def _tuned_over_untuned() -> Figure:
    """The app's painter as it loads a model from its folder, and diffusers' own call on the same folder."""
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

    words = iter(range(10**6))
    with tempfile.TemporaryDirectory() as folder:
        made(WORDY, False, "cpu", torch.float32).save_pretrained(folder)
        bare = StableDiffusionPipeline.from_pretrained(
            folder, local_files_only=True, safety_checker=None, requires_safety_checker=False
        )
        bare.set_progress_bar_config(disable=True)
        side, steps = NARROW.side, NARROW.steps
        facts = PictureFacts(
            pipeline=NARROW.family, steps=steps, guidance_scale=7.0, scheduler="its own", honours_negatives=True,
            width=side, height=side, portrait=(side, side), landscape=(side, side), min_side=64, max_side=512,
            size_multiple=8, routes=("text-to-image",), dtypes=("float32", "bfloat16", "float16"),
        )  # fmt: skip
        spec = ModelSpec(id="narrow", title="narrow", purpose="bench", licence="none", path="narrow", picture=facts)
        painter = DiffusersPainter(InstalledModel(spec, Path(folder)), 1)
        settings = RenderSettings(side, side, steps, 7.0, "its own", "narrow")

        def untuned() -> None:
            bare(
                f"thing {next(words)}", width=side, height=side, num_inference_steps=steps, guidance_scale=7.0,
                generator=torch.Generator("cpu").manual_seed(7),
            )  # fmt: skip

        def tuned() -> None:
            text = f"thing {next(words)}"
            wish = Recipe(ImagePrompt(subject=text), CompiledPrompt(text, ""), settings, 7, Route.TEXT_TO_IMAGE)
            painter.paint(wish, None, lambda _: None, CancelToken())

        untuned(), tuned()  # warm
        ratio = statistics.median(seconds(untuned) / seconds(tuned) for _ in range(PAIRS))
        setup, millions = painter.loaded.setup, painter.loaded.parts.total / 1e6
    how = f"median of {PAIRS} pairs, one thread, {millions:.0f} M parameters; measured here: {setup.speed or 'as usual'}, {setup.layout}"
    return Figure("untuned_over_tuned", ratio, 1.15, how, at_most=False)


def _stops(bench: Bench) -> Iterator[Figure]:
    values = dict(bench.stop())
    yield Figure("painter_stop_steps", values["stop_steps"], 1.0, "steps done after a stop")
    step = bench.paint("same").timings_s["denoise"] / bench.steps
    waits = [_stop_while_decoding(bench) / step for _ in range(PAIRS)]
    yield Figure(
        "stop_decoding_steps",
        max(waits),
        1.0,
        f"worst of {PAIRS}, in steps of {step:.2f} s, from a stop within decoding",
    )


def _stop_while_decoding(bench: Bench) -> float:
    """Seconds from a stop, asked for somewhere in the middle of decoding, to its effect."""
    decoding = bench.paint("same").timings_s["decode"]
    cancel, asked = CancelToken(), [0.0]

    def stop() -> None:
        asked[0] = time.perf_counter()
        cancel.cancel()

    with suppress(TurnCancelled):
        last = threading.Timer(decoding / 2, stop)
        bench.paint("same", cancel=cancel, on_preview=lambda seen: last.start() if seen.step == bench.steps else None)
    ended = time.perf_counter()
    last.join()
    return max(0.0, ended - asked[0])


def _stop_while_loading() -> Figure:
    """A stop while the starter painter's process is loading, and a picture afterwards."""
    painter = RemotePainter(EngineProcess(EngineSpec("painter", open_collection(find_paths()).get(DEFAULT_PAINTER), 1)))
    try:
        cancel, asked = CancelToken(), [0.0]

        def stop() -> None:
            asked[0] = time.perf_counter()
            cancel.cancel()

        threading.Timer(LOADING_S, stop).start()
        with suppress(TurnCancelled):
            painter.load(cancel)
            raise RuntimeError("it had loaded before the stop")
        took = time.perf_counter() - asked[0]
        wish = recipe(7)
        settings = replace(wish.settings, width=256, height=256, steps=2)
        painter.paint(replace(wish, settings=settings), None, lambda _: None, CancelToken())
    finally:
        painter.process.close()
    how = f"asked for {LOADING_S} s after the start; not obeyed, the process is ended; the next picture came"
    return Figure("stop_loading_s", took, Patience().cancel_s + 0.5, how)
