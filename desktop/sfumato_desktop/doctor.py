"""`sfumato doctor`: what this machine has, what runs on it and how, what would suit it, and what is missing."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sfumato import __version__
from sfumato.engine import CancelToken
from sfumato.errors import NoMemory, SfumatoError
from sfumato.model_catalog import ModelSpec
from sfumato.paths import Paths, file_trouble, find_paths
from sfumato.settings import load_settings
from sfumato_desktop.collection import Collection, open_collection
from sfumato_desktop.doctor_help import Found, suiting, what_helps
from sfumato_desktop.studio import DEFAULT_PAINTER, DEFAULT_WRITER, Studio, open_studio
from sfumato_models.compile_job import what_is_missing
from sfumato_models.compiled_cache import compiled_bytes
from sfumato_models.compiled_engines import find_compiler, tried_models
from sfumato_models.hardware import PainterReport, available_bytes, in_gib, processor_name
from sfumato_models.installed import check_whole
from sfumato_models.known_graphics import graphics_gib, remember_graphics
from sfumato_models.memory import wanted_on_card
from sfumato_models.painting_times import Expected, expected, known_paces

PACKAGES = ("torch", "diffusers", "transformers", "llama-cpp-python", "PySide6-Essentials")
WIDEST = 100  # columns that are read with ease


@dataclass(frozen=True, slots=True)
class Examined:
    """What the two engines said: the painter's report, the writer's title and where it computes."""

    report: PainterReport
    writer: str
    where: str
    take_turns: bool
    can_compile: bool


def run_doctor(wishes: argparse.Namespace, cancel: CancelToken) -> tuple[dict[str, Any], str]:
    """Start both engines on what is chosen and tell, as a friend would, how this machine does."""
    paths = find_paths()
    collection = open_collection(paths)
    problems: list[str] = list(collection.notes)
    for model in collection.installed:
        try:
            check_whole(model)
        except SfumatoError as error:
            problems.append(str(error))
    settings = load_settings(paths.settings_file).settings
    examined = None
    try:
        examined = _examine(paths, cancel)
    except NoMemory as error:
        problems.append(f"{_title(collection, settings.painter_id)} does not fit. {error}")
    except SfumatoError as error:
        problems.append(str(error))
    report = examined.report if examined else None
    if report:
        try:
            remember_graphics(report, paths.graphics_file)
        except OSError as error:
            problems.append(str(file_trouble(paths.graphics_file, error)))
        collection = replace(collection, graphics_gib=graphics_gib(report))
    machine = collection.machine()
    paces = known_paces(paths.engine_notes)
    found = Found(
        machine,
        available_bytes(),
        report,
        (settings.painter_id or DEFAULT_PAINTER) == DEFAULT_PAINTER,
        (settings.writer_id or DEFAULT_WRITER) == DEFAULT_WRITER,
        bool(examined and examined.take_turns),
        bool(examined and examined.can_compile),
        collection.offered(machine),
        collection.waiting,
        paces,
    )
    painter = collection.catalogue.get(settings.painter_id or DEFAULT_PAINTER) if report else None
    takes = expected(painter, machine, paces, size_bytes=_bytes_of(collection, painter.id)) if painter else None
    data: dict[str, Any] = {
        "sfumato": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(machine.memory_gib, 1),
        "memory_free_gib": round(found.memory_free_bytes / 2**30, 1),
        "disk_free_gib": round(machine.disk_free_gib, 1),
        "device": report.device.kind if report else "cpu",
        "devices": [asdict(device) | {"title": device.title} for device in report.devices] if report else [],
        "painter": {"title": report.title, "dtype": report.number, "placement": report.placement} if report else None,
        "picture_s": {
            "least": round(takes.least_s, 1),
            "most": round(takes.most_s, 1),
            "is_measured": takes.is_measured,
        }
        if takes
        else None,
        "writer": {"title": examined.writer, "where": examined.where} if examined else None,
        "take_turns": found.take_turns,
        "suits": [{"id": spec.id, "title": spec.title, "reason": advice.reason} for spec, advice in suiting(found)],
        "packages": {name: _version(name) for name in PACKAGES},
        "library": str(paths.library_file),
        "pictures": str(paths.pictures),
        "models": str(collection.shelf.folder),
        "logs": str(paths.logs),
        "advice": list(report.advice) if report else [],
        "helps": list(what_helps(found)),
        "compiler": find_compiler(),
        "compiled": bool(report and report.is_compiled),
        "compiled_bytes": compiled_bytes(paths.engine_notes),
        "engine_notes": str(paths.engine_notes),
        "problems": problems,
    }
    return data, _laid_out(_told(data, found, examined, _takes(painter, takes)), _columns())


def _examine(paths: Paths, cancel: CancelToken) -> Examined:
    """Start what is chosen, and ask. Raises SfumatoError if one of them cannot be started."""
    studio: Studio = open_studio(paths)
    try:
        studio.warm_up(cancel)
        where: str = studio.writer_process.call("report", cancel=cancel)
        report: PainterReport = studio.painter_process.call("report", cancel=cancel)
        spec = studio.painter_process.spec
        is_untried = spec.model.spec.id not in tried_models(paths.engine_notes)
        # a small model is quick as it is
        can_compile = is_untried and wanted_on_card(spec.model) > 0 and not what_is_missing(spec, graphics_gib(report))
        title = studio.writer_process.spec.model.spec.title
        return Examined(report, title, where, not studio.writer_process.is_loaded, can_compile)
    finally:
        studio.close()


def _told(data: dict[str, Any], found: Found, examined: Examined | None, takes: str) -> Iterator[str]:
    yield f"Sfumato {__version__}"
    if data["problems"]:
        yield "To mend first:"
        yield from (f"  - {problem}" for problem in data["problems"])
        if not examined and not (found.has_starter_painter and found.has_starter_writer):
            yield (
                "  Until then the starters paint: choose them under Models, or"
                f" sfumato draw --model {DEFAULT_PAINTER} --writer {DEFAULT_WRITER} “a red ball”"
            )
    else:
        yield f"Everything works. {takes}".rstrip()
    yield ""
    yield "This machine"
    yield from (f"  {line}" for line in _of_the_machine(data, found))
    yield ""
    if examined:
        yield "How it works for you now"
        yield from (f"  {line}" for line in _of_the_engines(examined))
        yield ""
    if data["helps"]:
        yield "What would help most" if len(data["helps"]) == 1 else "What would help most, in this order"
        for number, line in enumerate(data["helps"], start=1):
            told, colon, command = line.rpartition(": sfumato ")
            yield f"  {number}. {told}:" if colon else f"  {number}. {line}"
            if colon:  # by itself, to be copied
                yield f"       sfumato {command}"
        yield ""
    yield "Where things are"
    yield f"  Pictures: {data['pictures']}"
    yield f"  Models that are downloaded: {data['models']}"
    if data["compiled_bytes"]:
        size = f"{data['compiled_bytes'] / 1e6:,.0f} MB"
        yield f"  Compiled blocks, {size}, built anew if you delete them: {data['engine_notes']}"
    yield f"  Logs of the engines: {data['logs']}"
    yield ""
    yield "For whoever helps you"
    yield f"  Python {data['python']}, {data['system']}"
    yield "  " + ", ".join(f"{name} {number}" for name, number in data["packages"].items())
    if examined:
        yield f"  Paints in {examined.report.number}, placed {examined.report.placement}"


def _columns() -> int:
    """Of the terminal it is read in; 0 where it goes into a file, which is searched line by line."""
    return min(shutil.get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else 0


def _laid_out(lines: Iterable[str], columns: int) -> str:
    """Lines that are longer than the terminal is wide go on below their own beginning."""
    if not columns:
        return "\n".join(lines)
    found = []
    for line in lines:
        begin = re.match(r"\s*(?:\d+\. |- )?", line)
        indent = " " * (begin.end() if begin else 0)
        found += textwrap.wrap(
            line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(found)


def _takes(painter: ModelSpec | None, expected: Expected | None) -> str:
    """How long a picture takes, where a person reads first."""
    if expected is None or painter is None or painter.picture is None:
        return ""
    size = f"{painter.picture.width}x{painter.picture.height}"
    end = "." if expected.is_measured else ", to judge by the machine."
    return f"{painter.title} takes {expected.words} for a picture of {size}{end}"


def _of_the_machine(data: dict[str, Any], found: Found) -> Iterator[str]:
    cores = f"{data['cores']} cores" if data["cores"] != 1 else "1 core"
    yield (
        f"{data['processor']}, {cores}. Free: {data['memory_free_gib']:.1f} of {found.machine.memory_gib:.1f} GiB memory,"
        f" {found.machine.disk_free_gib:.0f} GiB of disk."
    )
    if found.report is None:
        return
    cards = [device for device in found.report.devices if device.kind != "cpu"]
    for card in cards:
        yield f"{card.title}: {in_gib(card.free_bytes)} of {in_gib(card.memory_bytes)} are free; {card.driver}."
    if not cards and found.report.advice:
        yield "A graphics card is there and is not used yet (see below), so the processor paints."
    elif not cards:
        yield "There is no graphics card that can paint, so the processor does."


def _of_the_engines(examined: Examined) -> Iterator[str]:
    report = examined.report
    where = "the processor" if report.device.kind == "cpu" else f"the {report.device.title}"
    numbers = f" ({report.speed})" if report.speed else ""
    yield f"{report.title} paints on {where}{numbers}."
    yield f"It {report.sentence[:1].lower()}{report.sentence[1:]}"
    yield from report.left_out
    if report.is_compiled:
        yield "New conversations are painted with compiled blocks; without them: sfumato engines plain"
    yield f"{examined.writer} reads what you write. {examined.where}"


def _bytes_of(collection: Collection, model_id: str) -> int:
    return next((model.size_bytes for model in collection.installed if model.spec.id == model_id), 0)


def _title(collection: Collection, model_id: str) -> str:
    return collection.catalogue.get(model_id or DEFAULT_PAINTER).title


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
