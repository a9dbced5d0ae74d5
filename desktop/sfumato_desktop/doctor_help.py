"""What would help a machine most, in this order, each with the command that does it. Pure: it is given what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sfumato.machine import Advice, Fit, Machine
from sfumato.model_catalog import ModelSpec
from sfumato_desktop.collection import Waiting
from sfumato_models.hardware import PainterReport, in_gib
from sfumato_models.memory import Placement

CRAMPED_BYTES = 2 * 2**30
LITTLE_DISK_GIB = 5.0  # most models of the catalogue take more


@dataclass(frozen=True, slots=True)
class Found:
    """What the doctor found: the `report` of the painter (None: it could not be asked) and what is around it.

    `offered` are models that could be downloaded, the best for this machine first. `has_starter` of painter and writer.
    `can_compile` where trying compiled blocks could help and was not tried.
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


def what_helps(found: Found) -> tuple[str, ...]:
    """One or two sentences for each, what helps most first."""
    return tuple(_helps(found))


def suiting(found: Found) -> tuple[tuple[ModelSpec, Advice], ...]:
    """The best painter and the best writer to get, where the starters are in use or what is chosen does not run."""
    fitting = [(spec, advice) for spec, advice in found.offered if advice.fit is not Fit.NO]
    needs_painter = found.has_starter_painter or found.report is None
    painter = next((row for row in fitting if row[0].picture), None) if needs_painter else None
    writer = next((row for row in fitting if row[0].writer), None) if found.has_starter_writer else None
    return tuple(row for row in (painter, writer) if row)


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
    for spec, advice in suiting(found):
        yield _to_get(spec, advice)
    for it in found.waiting:
        if it.parts:
            yield f"{it.spec.title} waits for the parts it paints with: sfumato models download {it.parts.id}"
    if found.can_compile and report:
        yield (
            f"{report.title} may paint faster compiled for this machine; trying takes some minutes, once:"
            " sfumato engines compile"
        )


def _to_get(spec: ModelSpec, advice: Advice) -> str:
    why = (
        "Paint more than the starter's small world"
        if spec.picture
        else "Talk freely: the starter writer knows everyday sentences only"
    )
    size = f", {spec.source.size_bytes / 1e9:.1f} GB" if spec.source and spec.source.size_bytes else ""
    return f"{why}. Best here: {spec.title}{size}. {advice.reason} Get it: sfumato models download {spec.id}"
