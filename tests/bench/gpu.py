"""The painter on a GPU, against the bare pipeline: true shapes, random weights, no display, no download.

    python -m tests.bench.gpu [sd15 sdxl klein z_image] [--compile] [--tiny] [--output FILE.json]

Needs torch, diffusers, transformers, pydantic and Pillow; neither Qt nor llama.cpp. With `--tiny` the same is rehearsed
with small models, on any device. Timings are medians of interleaved pairs; every picture is synchronised before the clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

import sfumato_models.following as following
from sfumato.compile import CompiledPrompt
from sfumato.engine import CancelToken, Painting, Preview
from sfumato.errors import SfumatoError, TurnCancelled
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.prompt import ImagePrompt
from sfumato.recipe import BLOCKS, ENGINE, Recipe, RenderSettings, Route
from sfumato_models.devices import find_devices, give_back_memory, set_up, unused_hardware
from sfumato_models.families import FAMILIES
from sfumato_models.hardware import GIB, Device
from sfumato_models.installed import InstalledModel
from sfumato_models.loading import LoadedModel, Setup
from sfumato_models.memory import Fit, Parts, Placement, need
from sfumato_models.painter import DiffusersPainter
from sfumato_models.pipelines import Pipelines, prepared
from sfumato_models.placing import place
from tests.bench.gpu_models import SHAPES, Shape, made

PAIRS = 5
REHEARSED_PAIRS = 1
Values = dict[str, float | bool | str]


def main() -> int:
    """Measure what was named, or everything; print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", choices=[*SHAPES, []], help="what to measure; without one, everything")
    parser.add_argument("--compile", action="store_true", help="also with the repeated blocks compiled (takes minutes)")
    parser.add_argument("--tiny", action="store_true", help="rehearse with small models")
    parser.add_argument("--output", type=Path, help="write the figures to this file too")
    wishes = parser.parse_args()
    device = find_devices()[0]
    if (
        device.kind == "cpu" and not wishes.tiny
    ):  # the true shapes would take hours there, and more memory than most have
        print(
            "There is no graphics card that torch can use here; --tiny rehearses it on the processor.", file=sys.stderr
        )
        for line in unused_hardware():
            print(line, file=sys.stderr)
        return 1
    set_up(device)
    found: dict[str, Any] = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": device.title, "driver": device.driver, "torch": str(torch.__version__), "tiny": wishes.tiny,
    }  # fmt: skip
    print(f"{device.title}, torch {torch.__version__}", flush=True)
    for name in wishes.models or SHAPES:
        bench = Bench(SHAPES[name], device, wishes.tiny)
        found[name] = {}
        for key, value in bench.figures(wishes.compile):
            found[name][key] = value
            print(f"{name}.{key}: {value:.4g}" if isinstance(value, float) else f"{name}.{key}: {value}", flush=True)
            if wishes.output:  # what was measured stays, whatever comes after
                wishes.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        del bench
        give_back_memory()
    return 0


class Bench:
    """One model on one device."""

    def __init__(self, shape: Shape, device: Device, is_tiny: bool, pairs: int = PAIRS) -> None:
        self.shape = shape
        self.device = device
        self.side = 64 if is_tiny else shape.side
        self.steps = min(shape.steps, 6) if is_tiny else shape.steps
        self.is_gpu = device.kind != "cpu"
        self.pairs = REHEARSED_PAIRS if is_tiny else pairs
        begin = time.perf_counter()
        self.pipe = self._pipe(is_tiny)
        self.made_s = time.perf_counter() - begin
        self.parts = self._parts()
        self.painter = self._painter()
        self._words = iter(range(10**6))

    def figures(self, with_compile: bool) -> Iterator[tuple[str, float | bool | str]]:
        """All figures, one after the other."""
        yield "made_s", self.made_s
        yield "parameters_e9", self.parts.total / 1e9
        self.bare(), self.paint()  # warm
        yield from self._memory()
        yield from self.against_bare()
        yield from self.previews()
        yield from self.new_seed()
        yield "repeats_bit_for_bit", self.paint("same").recipe.sha256_rgb == self.paint("same").recipe.sha256_rgb
        yield from self.stop()
        if self.is_gpu:
            yield from self._no_memory()
            yield from self._placements()
        if with_compile:
            yield from self._compiled()

    def paint(self, words: str | None = None, seed: int = 7, cancel: CancelToken | None = None,
              on_preview: Callable[[Preview], None] = lambda _: None, engine: str = "no") -> Painting:  # fmt: skip
        """One picture of new words, or of those that are given; with compiled `BLOCKS` or without."""
        wish = replace(self._recipe(words or self._new_words(), seed), fingerprint={ENGINE: engine})
        painted = self.painter.paint(wish, None, on_preview, cancel or CancelToken())
        self._wait()
        return painted

    def bare(self) -> None:
        """One picture of new words by the pipeline itself."""
        self.pipe(
            prompt=self._new_words(), width=self.side, height=self.side, num_inference_steps=self.steps,
            generator=torch.Generator("cpu").manual_seed(7), output_type="pil",
            **{FAMILIES[self.shape.family].guidance: self.shape.guidance},
        )  # fmt: skip
        self._wait()

    def against_bare(self) -> Iterator[tuple[str, float]]:
        """The painter, without previews, over the pipeline's own call."""
        with shown(None):
            pairs = [(seconds(self.bare), seconds(self.paint)) for _ in range(self.pairs)]
        yield "bare_s", statistics.median(bare for bare, _ in pairs)
        yield "painter_s", statistics.median(ours for _, ours in pairs)
        yield "painter_over_bare", statistics.median(ours / bare for bare, ours in pairs)

    def previews(self) -> Iterator[tuple[str, float]]:
        """Previews at every step over none."""
        ratios, counts = [], []
        for _ in range(self.pairs):
            with shown(None):
                off = seconds(lambda: self.paint("same"))
            seen: list[Preview] = []
            with shown(0.0):
                on = seconds(lambda seen=seen: self.paint("same", on_preview=seen.append))
            ratios.append(on / off)
            counts.append(statistics.mean(preview.pixels is not None for preview in seen))
        yield "previews_every_step_over_none", statistics.median(ratios)
        yield "previews_shown_of_steps", statistics.median(counts)

    def new_seed(self) -> Iterator[tuple[str, float]]:
        """The same words with another seed over the first picture of them."""
        ratios, saved = [], []
        for number in range(self.pairs):
            words = self._new_words()
            begin = time.perf_counter()
            encoding = self.paint(words, 1).timings_s["encode"]
            first = time.perf_counter() - begin
            again = seconds(lambda words=words, number=number: self.paint(words, 100 + number))
            ratios.append(again / first)
            saved.append((first - again) / encoding)
        yield "new_seed_over_first_picture", statistics.median(ratios)
        yield "new_seed_saves_of_encoding", statistics.median(saved)

    def stop(self) -> Iterator[tuple[str, float]]:
        """How many steps come after a stop, and how long it takes."""
        cancel, seen = CancelToken(), []
        asked = 0.0

        def stop(preview: Preview) -> None:
            nonlocal asked
            seen.append(preview.step)
            if preview.step == 2:
                asked = time.perf_counter()
                cancel.cancel()

        try:
            self.paint("same", cancel=cancel, on_preview=stop)
        except TurnCancelled:
            self._wait()
        yield "stop_steps", float(len(seen) - 2)
        yield "stop_s", time.perf_counter() - asked

    def _memory(self) -> Iterator[tuple[str, float]]:
        if self.device.kind not in ("cuda", "rocm"):
            return
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        self.paint()
        needed = need(self.parts, 16, self.side, self.side)
        yield "work_gib", (torch.cuda.max_memory_allocated() - before) / GIB
        yield "work_estimated_gib", needed.work / GIB
        yield "peak_gib", torch.cuda.max_memory_allocated() / GIB
        yield "estimated_gib", needed.on_device(Placement.RESIDENT) / GIB

    def _no_memory(self) -> Iterator[tuple[str, float | bool | str]]:
        """Something else takes the memory after the estimate was made; then it lets go."""
        expected = self.paint("same").recipe.sha256_rgb
        give_back_memory()
        free, _ = torch.cuda.mem_get_info()
        room = self.painter.loaded.require_room
        self.painter.loaded.require_room = lambda *_: self.painter.loaded.setup.fit  # type: ignore[method-assign]
        ballast = torch.empty(max(0, free - 150 * 2**20), dtype=torch.uint8, device=self.device.backend)
        told = "nothing"
        try:
            self.paint("same")
        except SfumatoError as error:
            told = str(error)
        del ballast
        self.painter.loaded.require_room = room  # type: ignore[method-assign]
        give_back_memory()
        yield "out_of_memory_says", told
        yield "same_picture_after_out_of_memory", self.paint("same").recipe.sha256_rgb == expected

    def _placements(self) -> Iterator[tuple[str, float | bool]]:
        resident = seconds(lambda: self.paint("same"))
        expected = self.paint("same").recipe.sha256_rgb
        for placement in (Placement.ENCODERS_ASIDE, Placement.PART_BY_PART):
            place(self.pipe, placement, self.device.backend)
            name = placement.replace(" ", "_")
            new = self.paint("placed " + name).recipe.sha256_rgb  # a new text wakes the encoders
            yield f"{name}_same_picture", self.paint("same").recipe.sha256_rgb == expected and bool(new)
            yield f"{name}_over_resident", seconds(lambda: self.paint("same")) / resident
        place(self.pipe, Placement.RESIDENT, self.device.backend)

    def _compiled(self) -> Iterator[tuple[str, float | bool]]:
        """The app's own compiled blocks over its usual ones, in turns, as `painter_engine.build` compares them."""
        usual = self.paint("same").recipe.sha256_rgb
        self.painter.loaded.compile()
        yield "compile_s", seconds(lambda: self.paint("same", engine=BLOCKS))
        pairs = [
            (seconds(lambda: self.paint("same", engine="no")), seconds(lambda: self.paint("same", engine=BLOCKS)))
            for _ in range(self.pairs)
        ]
        yield "compiled_over_eager", statistics.median(compiled / eager for eager, compiled in pairs)
        compiled = {self.paint("same", engine=BLOCKS).recipe.sha256_rgb for _ in range(2)}
        yield "compiled_repeats", len(compiled) == 1
        yield "uncompiled_same_picture_beside_compiled", self.paint("same", engine="no").recipe.sha256_rgb == usual

    def _pipe(self, is_tiny: bool) -> Any:
        dtype = torch.bfloat16 if self.is_gpu else torch.float32
        pipe = prepared(made(self.shape, is_tiny, self.device.backend, dtype), FAMILIES[self.shape.family])
        self._wait()
        return pipe

    def _parts(self) -> Parts:
        counts = {"denoiser": 0, "encoders": 0, "autoencoder": 0}
        for name, part in self.pipe.components.items():
            if isinstance(part, torch.nn.Module):
                kind = "denoiser" if name in ("unet", "transformer") else "autoencoder" if name == "vae" else "encoders"
                counts[kind] += sum(weight.numel() for weight in part.parameters())
        return Parts(**counts)

    def _painter(self) -> DiffusersPainter:
        family = FAMILIES[self.shape.family]
        side = self.side
        facts = PictureFacts(
            pipeline=self.shape.family, steps=self.steps, guidance_scale=self.shape.guidance, scheduler="its own",
            honours_negatives=family.negatives, width=side, height=side, portrait=(side, side), landscape=(side, side),
            min_side=32, max_side=2048, size_multiple=16, routes=("text-to-image",),
        )  # fmt: skip
        spec = ModelSpec(id="bench", title="bench", purpose="bench", licence="none", path="bench", picture=facts)
        number = "bfloat16" if self.is_gpu else "float32"
        setup = Setup(self.device, number, Fit(Placement.RESIDENT, 0, self.device.free_bytes), torch.get_num_threads())
        model = _Unkept(spec, Path())
        loaded = LoadedModel(Pipelines(family, self.pipe), facts, family, self.parts, setup, dict, {}, model)
        return DiffusersPainter(model, torch.get_num_threads(), loaded=loaded)

    def _recipe(self, words: str, seed: int) -> Recipe:
        settings = RenderSettings(self.side, self.side, self.steps, self.shape.guidance, "its own", "bench")
        return Recipe(ImagePrompt(subject=words), CompiledPrompt(words, ""), settings, seed, Route.TEXT_TO_IMAGE)

    def _new_words(self) -> str:
        return f"a picture of thing {''.join('abcdefghij'[int(digit)] for digit in str(next(self._words)))}"

    def _wait(self) -> None:
        if self.device.kind in ("cuda", "rocm"):
            torch.cuda.synchronize()


class _Unkept(InstalledModel):
    """A model that was made in memory: it has no files that could change."""

    def weight_files(self) -> dict[str, Path]:
        """None."""
        return {}


class shown:  # noqa: N801
    """Previews at every so many seconds, or none."""

    def __init__(self, interval_s: float | None) -> None:
        self._interval = 1e9 if interval_s is None else interval_s

    def __enter__(self) -> None:
        self._usual = following.PREVIEW_INTERVAL_S
        following.PREVIEW_INTERVAL_S = self._interval

    def __exit__(self, *_: object) -> None:
        following.PREVIEW_INTERVAL_S = self._usual


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    raise SystemExit(main())
