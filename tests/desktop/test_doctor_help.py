"""What the doctor says would help, on machines that this one is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.machine import OTHER_GIB, Machine, for_this_machine
from sfumato.paths import Paths
from sfumato_desktop.collection import open_collection
from sfumato_desktop.doctor_help import Found, suiting, what_helps
from sfumato_models.hardware import GIB, Device, PainterReport

CPU = Device("cpu", "cpu", "Some processor", 24 * GIB, 20 * GIB)
CARD = Device("cuda", "cuda:0", "Some card", 8 * GIB, 7 * GIB)
CARD_UNUSED = "There is an NVIDIA card, but …: sfumato engines download"


@pytest.fixture
def fine(paths: Paths) -> Found:
    """A machine in order, that the starters run on, with the real catalogue."""
    return found_on(paths, Machine(24, 100))


def found_on(paths: Paths, machine: Machine) -> Found:
    report = PainterReport((CPU,), CPU, "Starter painter", "float32", "resident", "all of it stays loaded")
    offered = for_this_machine(open_collection(paths).catalogue.models, machine)
    here = [row for row in offered if row[0].source]
    return Found(machine, 20 * GIB, report, True, True, False, False, here)


def helps(found: Found, **changed: object) -> tuple[str, ...]:
    return what_helps(replace(found, **changed))  # type: ignore[arg-type]


def test_a_machine_in_order_is_told_of_the_best_painter_and_the_best_writer_for_it(fine: Found) -> None:
    painter, writer = helps(fine)
    assert "starter's small world" in painter
    assert "sfumato models download" in painter
    assert "Talk freely" in writer
    assert helps(fine, has_starter_painter=False, has_starter_writer=False) == ()


def test_what_helps_most_comes_first(fine: Found) -> None:
    assert fine.report
    lines = helps(
        fine,
        report=replace(fine.report, advice=(CARD_UNUSED,), placement="block by block"),
        memory_free_bytes=GIB,
        take_turns=True,
        machine=Machine(24, 3),
        can_compile=True,
    )
    assert lines[0] == CARD_UNUSED
    order = ["Close other programs", "does not fit whole", "every message waits", "Make room on the disk", "small world",
             "Talk freely", "sfumato engines compile"]  # fmt: skip
    places = [next(place for place, line in enumerate(lines) if words in line) for words in order]
    assert places == sorted(places)
    assert "only 1.0 GiB of memory are free" in lines[1]


def test_a_painter_that_does_not_run_is_told_of_one_that_does(fine: Found) -> None:
    assert any("model that runs here" in line for line in helps(fine, report=None, has_starter_painter=False))


def test_nothing_is_suggested_that_does_not_fit(paths: Paths) -> None:
    tight = found_on(paths, Machine(2, 0.5))
    assert suiting(tight) == ()
    assert len(what_helps(tight)) == 1
    assert "Make room" in what_helps(tight)[0]


def test_a_writer_that_fits_beside_the_painter_is_preferred(paths: Paths) -> None:
    (painter, _), (writer, _) = suiting(found_on(paths, Machine(10, 100)))
    assert painter.picture
    assert writer.memory_gib["quantised"] + painter.memory_gib["float32"] + OTHER_GIB <= 10
    assert "do not fit into memory together" not in " ".join(what_helps(found_on(paths, Machine(10, 100))))
    assert "do not fit into memory together" in " ".join(what_helps(found_on(paths, Machine(8, 100))))
    assert "do not fit into memory together" not in " ".join(what_helps(found_on(paths, Machine(8, 100, 8))))


def test_with_a_card_what_fits_into_it_is_suggested(paths: Paths) -> None:
    found = found_on(paths, Machine(24, 100, 8))
    (spec, advice), _ = suiting(found)
    assert spec.picture
    assert "graphics memory" in advice.reason
