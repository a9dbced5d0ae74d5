"""What would help a machine most, in this order, each with the command that does it. Pure: it is given what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sfumato.machine import OTHER_GIB, Advice, Fit, Machine
from sfumato.model_catalog import ModelSpec
from sfumato_desktop.collection import Waiting
from sfumato_models.hardware import PainterReport, in_gib
from sfumato_models.memory import Placement
from sfumato_models.painting_times import Pace, time_sentence

CRAMPED_BYTES = 2 * 2**30
LITTLE_DISK_GIB = 5.0  # most models of the catalogue take more


@dataclass(frozen=True, slots=True)
class Found:
    """What the doctor found: the `report` of the painter (None: it could not be asked) and what is around it.

    `offered` are models that could be downloaded, the best for this machine first. `has_starter` of painter and writer.
    `can_compile` where trying compiled blocks could help and was not tried. `paces` say how long pictures took here.
    """

    machine: Machine
    memory_free_bytes: int
    report: PainterReport | None
    has_starter_painter: bool
    has_starter_writer: bool
    take_turns: bool
    can_compile: bool
    offered: Sequence[tuple[ModelSpec, Advice]]
    waiting: Sequence[Waiting] = ()
    paces: Mapping[str, Pace] = field(default_factory=dict)


def what_helps(found: Found) -> tuple[str, ...]:
    """One or two sentences for each, what helps most first."""
    return tuple(_helps(found))


def suiting(found: Found) -> tuple[tuple[ModelSpec, Advice], ...]:
    """The best painter and the best writer to get, where the starters are in use or what is chosen does not run.

    A writer that fits into memory beside that painter comes before one that does not.
    """
    fitting = [(spec, advice) for spec, advice in found.offered if advice.fit is not Fit.NO]
    needs_painter = found.has_starter_painter or found.report is None
    painter = next((row for row in fitting if row[0].picture), None) if needs_painter else None
    writers = [row for row in fitting if row[0].writer] if found.has_starter_writer else []
    beside = next((row for row in writers if painter is None or _fit_together(found.machine, painter[0], row[0])), None)
    return tuple(row for row in (painter, beside or next(iter(writers), None)) if row)


def _helps(found: Found) -> Iterator[str]:
    report = found.report
    if report:
        yield from report.advice
    if found.memory_free_bytes < CRAMPED_BYTES:
        yield (
            f"Close other programs: only {in_gib(found.memory_free_bytes)} of memory are free, so everything is slower than it"
            " need be."
        )
    if report and report.placement != Placement.RESIDENT:
        yield (
            f"{report.title} does not fit whole where it paints, which costs time with every picture. A smaller or 4-bit"
            " model, or a smaller picture, would not: sfumato models"
        )
    if found.take_turns:
        yield (
            "The painter and the writer do not fit into memory together, so every message waits while one of them is loaded."
            " A smaller writer, or closing other programs, ends that."
        )
    if found.machine.disk_free_gib < LITTLE_DISK_GIB:
        yield (
            f"Make room on the disk: {found.machine.disk_free_gib:.1f} GiB are free, and most models take 2 to 12."
            " “sfumato models” says which are here; “sfumato models remove NAME” takes one away."
        )
    rows = suiting(found)
    yield from (_to_get(found, spec, advice) for spec, advice in rows)
    if len(rows) == 2 and not _fit_together(found.machine, rows[0][0], rows[1][0]):
        yield (
            f"If you get both: {rows[0][0].title} and {rows[1][0].title} do not fit into memory together. They take turns by"
            " themselves, at the cost of some seconds with every message."
        )
    for it in found.waiting:
        if it.parts:
            yield f"{it.spec.title} waits for the parts it paints with: sfumato models download {it.parts.id}"
    if found.can_compile and report:
        yield (
            f"{report.title} may paint faster compiled for this machine; trying takes some minutes, once:"
            " sfumato engines compile"
        )


def _to_get(found: Found, spec: ModelSpec, advice: Advice) -> str:
    chosen_fails = found.report is None and not found.has_starter_painter
    why = (
        ("Choose a picture model that runs here" if chosen_fails else "Paint more than the starter's small world")
        if spec.picture
        else "Talk freely: the starter writer knows everyday sentences only"
    )
    size = f", {spec.source.size_bytes / 1e9:.1f} GB" if spec.source and spec.source.size_bytes else ""
    takes = time_sentence(spec, found.machine, found.paces)
    told = " ".join(filter(None, (advice.reason, takes)))
    return f"{why}. Best here: {spec.title}{size}. {told} Get it under Models, or: sfumato models download {spec.id}"


def _fit_together(machine: Machine, painter: ModelSpec, writer: ModelSpec) -> bool:
    """Whether both stay loaded, by what the catalogue tells; a painter on a graphics card is not in the way."""
    least, writes = min(painter.memory_gib.values(), default=0.0), min(writer.memory_gib.values(), default=0.0)
    if machine.graphics_gib is not None and least <= machine.graphics_gib:
        return True
    paints = painter.memory_gib.get("float32", 2 * least)
    return paints + writes + OTHER_GIB <= machine.memory_gib
