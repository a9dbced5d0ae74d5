"""How long a picture takes on this machine: as its last ones took, or before the first one a rough range.

What was measured of each model is kept in a small file. The range comes from what the networks compute and from what such
devices do a second, or from another model that was measured on the same device. Imports no engine library.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sfumato.durations import rounded_time
from sfumato.errors import SfumatoError
from sfumato.machine import Machine
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato.paths import replace_file
from sfumato_models.families import FAMILIES, Family
from sfumato_models.file_headers import read_header
from sfumato_models.hardware import GIB, Device
from sfumato_models.memory import SMALL_PARAMETERS, Parts

log = logging.getLogger(__name__)
KEPT = 5  # pictures that count
SAME = 0.2  # a picture that took so much more or less than usual is worth writing down
TERA = 1e12
# Of two operations for every weight and cell of the latents a UNet computes this share: most of its weights see a smaller grid.
UNET_SHARE = 0.1
CELL_PIXELS, TOKEN_PIXELS = 64, 256  # of a UNet's latents, of a transformer's patches
DECODING = 10e6  # operations a pixel of the decoder that a denoiser of a usual size has
USUAL_PARAMETERS = 860_000_000
DENOISER_SHARE = 0.7  # of the memory that a catalogue entry tells
# Tera-operations a second, from a weak device to a strong one: of a processor for each of its threads, of a graphics card for
# each GiB of its memory, since cards with more of it are faster, too.
THREAD_PACE, CARD_PACE, APPLE_PACE = (0.02, 0.08), (0.6, 3.0), (2.0, 15.0)
MOST_THREADS = 16
STREAMED = 3.0  # how many times as long it takes at most where parts of the model wait in the machine's memory
BESIDE_ANOTHER = (0.6, 1.8)  # how far a model can be from what another one on the same device lets expect


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model's last pictures were painted: on which device, pixels of a picture, tera-operations of a step, and seconds.

    Those of a step and of all that is not a step stand apart. `parameters` tells models of a usual size from small ones.
    """

    device: str
    is_cpu: bool
    parameters: int
    pixels: int
    work: float
    step_s: tuple[float, ...]
    beside_s: tuple[float, ...]

    def seconds(self, pixels: int, steps: int) -> float:
        """Of a picture of so many pixels and steps."""
        larger = pixels / self.pixels
        return larger * (steps * statistics.median_low(self.step_s) + statistics.median_low(self.beside_s))

    def of_size(self, other: Pace) -> Pace:
        """What was measured, as if pictures had had the size of the `other`: as in `seconds`, time grows with the pixels."""
        larger = other.pixels / self.pixels
        step_s, beside_s = (tuple(larger * time for time in times) for times in (self.step_s, self.beside_s))
        return replace(self, pixels=other.pixels, work=other.work, step_s=step_s, beside_s=beside_s)


@dataclass(frozen=True, slots=True)
class Expected:
    """Seconds of a picture: as measured (both are the same), or between a least and a most."""

    least_s: float
    most_s: float

    @property
    def is_measured(self) -> bool:
        """True where pictures of this model were painted here."""
        return self.least_s == self.most_s

    @property
    def words(self) -> str:
        """“about 40 s”, “roughly 2 to 8 min”."""
        if self.is_measured:
            return "about a second" if self.least_s < 1.5 else f"about {rounded_time(self.least_s)}"
        if self.most_s < 2.5:
            return "a second or two"
        least, most = rounded_time(self.least_s), rounded_time(self.most_s)
        if least == most:
            return f"roughly {most}"
        number, unit = least.split()
        return f"roughly {number if most.endswith(unit) else least} to {most}"

    @property
    def sentence(self) -> str:
        """For a person who chooses a model."""
        told = f"{self.words[0].upper()}{self.words[1:]} a picture here"
        return f"{told}." if self.is_measured else f"{told}; the first one will tell."


def expected(
    spec: ModelSpec, machine: Machine, paces: Mapping[str, Pace], threads: int | None = None, size_bytes: int = 0
) -> Expected | None:
    """What a picture of a model takes, in its usual size and steps; None for one that does not paint, or nobody can tell.

    `threads` are the processor's; `size_bytes` on the disk count where the catalogue does not tell what it takes in memory.
    """
    facts = spec.picture
    if facts is None or spec.is_parts or (family := FAMILIES.get(facts.pipeline)) is None:
        return None
    pixels, known = facts.width * facts.height, paces.get(spec.id)
    parameters = 0 if known else _denoiser_parameters(spec, size_bytes)
    is_small = (known.parameters if known else parameters) < SMALL_PARAMETERS
    is_on_card = not is_small and (machine.graphics_gib is not None or sys.platform == "darwin")
    if known and known.is_cpu is not is_on_card:
        took = known.seconds(pixels, facts.steps)
        return Expected(took, took)
    parameters = parameters or _denoiser_parameters(spec, size_bytes)  # a header is read where nothing was measured
    if not parameters:
        return None
    decoding = DECODING * pixels * min(1.0, parameters / USUAL_PARAMETERS) / TERA
    work = facts.steps * work_of_step(parameters, family, facts, pixels) + decoding
    least, most = _paces_of(machine, is_on_card, threads or os.cpu_count() or 1)
    others = [pace for pace in paces.values() if pace.parameters >= SMALL_PARAMETERS and pace.is_cpu is not is_on_card]
    if others and not is_small:  # the one that was measured last
        usual = work / (others[-1].work / statistics.median_low(others[-1].step_s))
        found = Expected(usual * BESIDE_ANOTHER[0], usual * BESIDE_ANOTHER[1])
    else:
        found = Expected(work / most, work / least)
    memory = min(spec.memory_gib.values(), default=0.0)
    is_streamed = is_on_card and machine.graphics_gib is not None and memory > machine.graphics_gib
    return replace(found, most_s=found.most_s * STREAMED) if is_streamed else found


def time_sentence(spec: ModelSpec, machine: Machine, paces: Mapping[str, Pace], size_bytes: int = 0) -> str:
    """As `expected`, for a person; empty where nobody can tell."""
    found = expected(spec, machine, paces, size_bytes=size_bytes)
    return found.sentence if found else ""


def work_of_step(parameters: int, family: Family, facts: PictureFacts, pixels: int) -> float:
    """Tera-operations of one step of a denoiser of so many parameters, about."""
    passes = 2 if family.negatives and facts.guidance_scale > family.guided_above else 1
    if family.denoiser == "unet":
        return passes * 2 * parameters * UNET_SHARE * pixels / CELL_PIXELS / TERA
    return passes * 2 * parameters * pixels / TOKEN_PIXELS / TERA


def known_paces(notes: Path) -> dict[str, Pace]:
    """What was measured, by the ids of models, what was measured last at the end; what cannot be read is passed over."""
    try:
        rows = json.loads(_book(notes).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = {}
    for name, row in rows.items() if isinstance(rows, dict) else ():
        try:
            known[name] = _pace(row)
        except (ValueError, TypeError):
            log.warning("the times of “%s” cannot be read", name)
    return known


def remember_picture(
    notes: Path, model_id: str, device: Device, parts: Parts, family: Family, facts: PictureFacts,
    pixels: int, steps: int, timings_s: Mapping[str, float],
) -> None:  # fmt: skip
    """Count a picture of so many pixels and steps; `timings_s` are those of a `Painting`. Trouble is left to the log."""
    if not steps or timings_s["denoise"] <= 0:
        return
    step = timings_s["denoise"] / steps
    beside = timings_s["encode"] + timings_s["decode"]
    now = Pace(
        device.title, device.kind == "cpu", parts.total, pixels, work_of_step(parts.denoiser, family, facts, pixels),
        (step,), (beside,),
    )  # fmt: skip
    paces = known_paces(notes)
    last = next(reversed(paces), "")
    before = paces.pop(model_id, None)
    if before and before.device == now.device:
        before = before.of_size(now)
        usual = statistics.median_low(before.step_s)
        if last == model_id and len(before.step_s) >= KEPT and abs(step - usual) <= SAME * usual:
            return
        now = replace(now, step_s=(*before.step_s, step)[-KEPT:], beside_s=(*before.beside_s, beside)[-KEPT:])
    rows = {name: asdict(pace) for name, pace in (paces | {model_id: now}).items()}
    try:
        replace_file(_book(notes), json.dumps(rows, indent=1).encode())
    except OSError as error:  # the next picture counts again
        log.warning("the time of a picture is not kept: %s", error)


def _pace(row: dict[str, object]) -> Pace:
    """Raises TypeError or ValueError for what is no pace."""
    pace = Pace(**row)  # type: ignore[arg-type]
    step_s, beside_s = tuple(map(float, pace.step_s)), tuple(map(float, pace.beside_s))
    if not (step_s and beside_s and min(step_s) > 0 and min(beside_s) >= 0 and pace.pixels > 0 and pace.work > 0):
        raise ValueError("no pace")
    return replace(pace, step_s=step_s, beside_s=beside_s)


def _denoiser_parameters(spec: ModelSpec, size_bytes: int) -> int:
    """From the header of a transformer that stands alone, from what the catalogue tells of its memory, else from its bytes on the disk;

    0 where none is known.
    """
    if spec.parts_from or spec.part_files:
        try:
            return read_header(Path(spec.path)).parameters
        except SfumatoError:  # said when it is loaded or verified
            return 0
    if not spec.memory_gib:
        return int(DENOISER_SHARE * (spec.source.size_bytes if spec.source else size_bytes) / 2)
    narrow = [gib for number, gib in spec.memory_gib.items() if number != "float32"]
    two_bytes = min(narrow) if narrow else spec.memory_gib["float32"] / 2
    is_four_bit = spec.source is not None and spec.source.file.endswith(".gguf")
    return int(DENOISER_SHARE * two_bytes * GIB / 2 * (2 if is_four_bit else 1))


def _paces_of(machine: Machine, is_on_card: bool, threads: int) -> tuple[float, float]:
    """Tera-operations a second, at least and at most."""
    if not is_on_card:
        (least, most), count = THREAD_PACE, float(min(threads, MOST_THREADS))
    elif machine.graphics_gib is None or sys.platform == "darwin":
        (least, most), count = APPLE_PACE, 1.0
    else:
        (least, most), count = CARD_PACE, machine.graphics_gib
    return least * count, most * count


def _book(notes: Path) -> Path:
    return notes / "times.json"
