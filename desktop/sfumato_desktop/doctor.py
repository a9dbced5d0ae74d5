"""`sfumato doctor`: what this machine has, what runs on it and how, what would suit it, and what is missing."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sfumato import __version__
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.machine import Fit, Machine
from sfumato.paths import file_trouble, find_paths
from sfumato_desktop.collection import Collection, open_collection
from sfumato_desktop.studio import Studio, open_studio
from sfumato_models.compiled_engines import find_compiler
from sfumato_models.hardware import PainterReport, available_bytes, in_gib
from sfumato_models.installed import check_whole
from sfumato_models.known_graphics import graphics_gib, remember_graphics

PACKAGES = ("torch", "diffusers", "transformers", "llama-cpp-python", "PySide6-Essentials")
SUGGESTED = 3
CRAMPED_BYTES = 2 * 2**30


def run_doctor(wishes: argparse.Namespace, cancel: CancelToken) -> tuple[dict[str, Any], str]:
    """Start both engines on what is chosen and tell, as a friend would, how this machine does."""
    paths = find_paths()
    collection = open_collection(paths)
    problems: list[str] = []
    for model in collection.installed:
        try:
            check_whole(model)
        except SfumatoError as error:
            problems.append(str(error))
    report, writer_title, writer_where, take_turns = None, "", "", False
    try:
        studio = open_studio(paths)
        try:
            report, writer_title, writer_where = _examine(studio, cancel)
            take_turns = not studio.writer_process.is_loaded
        finally:
            studio.close()
    except SfumatoError as error:
        problems.append(str(error))
    if report:
        try:
            remember_graphics(report, paths.graphics_file)
        except OSError as error:
            problems.append(str(file_trouble(paths.graphics_file, error)))
        collection = replace(collection, graphics_gib=graphics_gib(report))
    machine = collection.machine()
    suits = [(spec, advice) for spec, advice in collection.offered(machine) if advice.fit is not Fit.NO][:SUGGESTED]
    data: dict[str, Any] = {
        "sfumato": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(machine.memory_gib, 1),
        "memory_free_gib": round(available_bytes() / 2**30, 1),
        "disk_free_gib": round(machine.disk_free_gib, 1),
        "device": report.device.kind if report else "cpu",
        "devices": [asdict(device) | {"title": device.title} for device in report.devices] if report else [],
        "painter": {"title": report.title, "dtype": report.number, "placement": report.placement} if report else None,
        "writer": {"title": writer_title, "where": writer_where} if writer_title else None,
        "take_turns": take_turns,
        "suits": [{"id": spec.id, "title": spec.title, "reason": advice.reason} for spec, advice in suits],
        "packages": {name: _version(name) for name in PACKAGES},
        "library": str(paths.library_file),
        "pictures": str(paths.pictures),
        "advice": list(report.advice) if report else [],
        "compiler": find_compiler(),
        "compiled": bool(report and report.is_compiled),
        "problems": problems,
    }
    return data, "\n".join(_told(data, report, machine, collection))


def _examine(studio: Studio, cancel: CancelToken) -> tuple[PainterReport, str, str]:
    """What the painter's process found, and the writer's title and where it computes."""
    studio.warm_up(cancel)
    where: str = studio.writer_process.call("report", cancel=cancel)
    report: PainterReport = studio.painter_process.call("report", cancel=cancel)
    return report, studio.writer_process.spec.model.spec.title, where


def _told(
    data: dict[str, Any], report: PainterReport | None, machine: Machine, collection: Collection
) -> Iterable[str]:
    yield f"Sfumato {__version__}, Python {data['python']}, {data['system']}"
    yield ""
    yield "This machine"
    cores = f"{data['cores']} cores" if data["cores"] != 1 else "1 core"
    yield (
        f"  {report.devices[-1].name if report else data['processor']}, {cores}; {data['memory_free_gib']:.1f} of "
        f"{machine.memory_gib:.1f} GiB memory and {machine.disk_free_gib:.0f} GiB of disk are free."
    )
    cards = [device for device in report.devices if device.kind != "cpu"] if report else []
    for card in cards:
        yield f"  {card.title}: {in_gib(card.free_bytes)} of {in_gib(card.memory_bytes)} are free; {card.driver}."
    if report and not cards:
        yield "  No graphics card that the engines can use, so pictures are painted on the processor."
    for line in data["advice"]:
        yield f"  {line}"
    if available_bytes() < CRAMPED_BYTES:
        yield "  Memory is short: other programs have most of it. Closing some makes everything quicker."
    yield ""
    if report:
        yield "What is chosen"
        why = f": {report.speed}" if report.speed else ""
        yield f"  {report.title} paints on the {report.device.title}, in {report.number}{why}."
        yield f"  {report.sentence}"
        if report.is_compiled:
            yield "  Its blocks are compiled; without them: sfumato engines plain"
        elif data["compiler"]:
            yield "  Slow? A C++ compiler is here: “sfumato engines compile” takes some minutes to try whether it paints faster compiled."
        where = data["writer"]["where"]
        yield f"  {data['writer']['title']}: {where[:1].lower()}{where[1:]}"
        if data["take_turns"]:
            yield "  The two do not fit into memory together, so they take turns: every message waits while one is loaded."
        yield ""
    if data["suits"]:
        yield "What would suit it"
        for row in data["suits"]:
            yield f"  {row['title']}: {row['reason']} Get it: sfumato models download {row['id']}"
        yield ""
    yield f"Pictures are in {data['pictures']}; models that are downloaded go to {collection.shelf.folder}."
    yield "Engines: " + ", ".join(f"{name} {number}" for name, number in data["packages"].items()) + "."
    yield ""
    yield from (f"PROBLEM: {problem}" for problem in data["problems"])
    if not data["problems"]:
        yield "Everything works."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
