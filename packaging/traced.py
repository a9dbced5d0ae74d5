"""A whole conversation under strace, from the start of the app to its end: what is called must stay on this machine."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from bare_system import BareSystem, wait_until
from bundle import WORK, run
from findings import Findings

READS_S = 2.0  # a person sees the window before typing
LIMIT_S = 300  # for one picture, with every call looked at
ATTACHED = "/tmp/harbour.png"
# What can reach out, with and without a connection.
CALLS = ("connect", "sendto", "sendmsg", "sendmmsg")


def traced_conversation(system: BareSystem, findings: Findings, command: str) -> None:
    """Draw, refine, ask, go back and attach a picture, all by keyboard; says what was done and what was called."""
    trace = WORK / "connections.txt"
    app = system.start(command, traced_to=trace, calls=CALLS)
    window = system.wait_for_window(app, "Sfumato", 120)
    time.sleep(READS_S)

    def wait(what: str, is_done: Callable[[], bool]) -> None:
        wait_until(app, is_done, LIMIT_S, f"{what}, traced,")
        time.sleep(READS_S)

    def paint(text: str) -> None:
        before = _painted(system)
        system.type(window, text)
        wait(f"the picture of “{text}”", lambda: _painted(system) > before)

    system.press(window, "ctrl+n")
    paint("a lighthouse on a cliff")
    paint("make it winter")
    painted = _painted(system)
    heard = len(_answers(system))
    system.type(window, "what is a seed?")
    wait("an answer", lambda: len(_answers(system)) > heard)
    answer = _answers(system)[-1]
    findings.note(f"asked what a seed is, it says: {_text(answer)[:120]}", _painted(system) == painted)
    system.type(window, "go back to the first picture")
    wait("going back", lambda: system.ask_library(_SHOWN)[0][0] == 1)
    _attach(system, window)
    paint("make it a watercolour")
    route = next((part["route"] for part in reversed(_parts(system)) if part["type"] == "how"), "")
    findings.note(f"a picture attached by keyboard: painted by {route}", route == "image-to-image")
    system.screenshot(WORK / "traced.png", window)
    system.close_window(window)
    ended = app.wait(60)
    lines = trace.read_text(errors="replace").splitlines()
    outward = [line for line in lines if "AF_INET" in line]
    own = [line for line in lines if re.search(r"\bconnect\(", line) and line not in outward]
    for line in outward[:5]:
        findings.note(f"called: {line[:200]}", False)
    findings.note(
        f"{len(outward)} connections attempted outside the machine ({len(own)} to its own sockets) while the app started, painted,"
        f" refined, answered, went back, painted from an attached picture, and ended with {ended}",
        not outward and bool(own) and ended == 0,
    )


_SHOWN = "SELECT current FROM conversation ORDER BY id DESC LIMIT 1"
_SAID = "SELECT role, parts FROM message ORDER BY id"  # of all: a new conversation is stored with its first message


def _attach(system: BareSystem, window: str) -> None:
    """A picture that no Sfumato painted, through the file dialog."""
    run("convert", "-size", "320x240", "-seed", "7", "plasma:tan-navy", f"PNG24:{system.root}{ATTACHED}")
    Path(f"{system.root}{ATTACHED}").chmod(0o644)
    system.press(window, "ctrl+o")
    dialog = system.wait_for_dialog(window)
    time.sleep(READS_S)
    system.type(dialog, ATTACHED)
    time.sleep(2 * READS_S)  # it is read in the background


def _parts(system: BareSystem) -> list[dict[str, str]]:
    return [part for _, parts in system.ask_library(_SAID) for part in json.loads(parts)["parts"]]


def _said(system: BareSystem) -> list[list[dict[str, str]]]:
    return [json.loads(parts)["parts"] for role, parts in system.ask_library(_SAID) if role == "sfumato"]


def _painted(system: BareSystem) -> int:
    """How many pictures Sfumato has shown; one that was attached is kept, too, but is not painted."""
    return sum(part["type"] == "picture" for parts in _said(system) for part in parts)


def _answers(system: BareSystem) -> list[list[dict[str, str]]]:
    """What Sfumato said in plain text, and nothing else."""
    return [parts for parts in _said(system) if all(part["type"] not in ("prompt", "picture", "how") for part in parts)]


def _text(parts: list[dict[str, str]]) -> str:
    return " ".join(str(part.get("text", "")) for part in parts).strip()
