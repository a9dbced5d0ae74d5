"""What can be broken of the installed app is broken; each time a person must be able to read why, and the exit code is 1."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from bare_system import BareSystem
from bundle import WORK
from findings import Findings
from traced import READS_S

PROGRAM = "/usr/lib/sfumato"


def faults(system: BareSystem, findings: Findings) -> None:
    """What can be broken is broken; each time a person must be able to read why, and the exit code is 1."""
    inside = system.root / PROGRAM.strip("/") / "_internal"
    library = f"{PROGRAM}/_internal/torch/lib/libtorch_cpu.so"
    weights = next((inside / "sfumato_resources/starter").rglob("unet/*.safetensors")).relative_to(system.root)
    qt = f"{PROGRAM}/_internal/PySide6/Qt/lib/libQt6Gui.so.6"
    python = f"{PROGRAM}/_internal/{next(inside.glob('libpython3.*')).name}"
    egl = f"/usr/lib/{os.uname().machine}-linux-gnu/libEGL.so.1"
    cases: dict[str, tuple[str, Callable[[], None]]] = {
        "no display": ("unset DISPLAY; sfumato", lambda: None),
        "a display that does not answer": ("DISPLAY=:77 sfumato", lambda: None),
        "home not writable": ("export HOME=/root; sfumato", lambda: None),
        "a full disk": ("export SFUMATO_HOME=/full; sfumato", lambda: system.mount_full("/full")),
        "too old a processor": ("sfumato", lambda: system.put_over("/proc/cpuinfo", "flags\t\t: fpu sse2\n")),
        "torch cut short": ("sfumato", lambda: system.put_over(library, "cut")),
        "torch cut short, without a window": ("sfumato draw x --no-rewrite", lambda: system.put_over(library, "cut")),
        "a starter model cut short": ("sfumato", lambda: system.put_over(str(weights), "cut")),
        "a starter model cut short, without a window": (
            "sfumato draw x --no-rewrite",
            lambda: system.put_over(str(weights), "cut"),
        ),
        "Qt missing": ("sfumato", lambda: system.hide(qt)),
        "the program cut short": ("sfumato", lambda: system.put_over(f"{PROGRAM}/sfumato-app", "cut")),
        "Python missing": ("sfumato", lambda: system.hide(python)),
        "the list of files missing": ("sfumato", lambda: system.hide(f"{PROGRAM}/_internal/sfumato-files.txt")),
        "llama.cpp missing, without a window": (
            "sfumato rewrite x",
            lambda: system.hide(f"{PROGRAM}/_internal/llama_cpp/lib/libllama.so"),
        ),
        "the launcher's list missing": ("sfumato", lambda: system.hide(f"{PROGRAM}/_internal/first-files.txt")),
        "no fonts at all": ("sfumato", lambda: system.hide("/usr/share/fonts")),
        "the system's libEGL missing": ("sfumato", lambda: system.hide(egl)),
    }
    for name, (command, break_it) in cases.items():
        with system.mending():
            break_it()
            result, had_dialog = system.run_answering_dialogs(command)
        said = [line for line in result.stderr.splitlines() if line.startswith("sfumato: ")]
        ok = result.returncode == 1 and len(said) == 1 and "Traceback" not in result.stderr
        where = "dialog and line" if had_dialog else "line"
        findings.note(f"{name}: {where}: {' / '.join(said)[:300] or '(nothing)'} [{result.returncode}]", ok)
    newer_library(system, findings)


def newer_library(system: BareSystem, findings: Findings) -> None:
    """It is said that a newer app wrote it, and what is typed all the same changes no byte of it."""
    system.make_library_newer()
    before, painted = system.library_hash(), len(system.pictures())
    app = system.start("sfumato")
    window = system.wait_for_window(app, "Sfumato", 60)
    time.sleep(READS_S)
    system.screenshot(WORK / "newer.png", window)
    system.type(window, "a red ball in a meadow")
    time.sleep(30)
    system.close_window(window)
    ended = app.wait(60)
    file = system.home / ".local/state/sfumato/log/sfumato.log"
    log = file.read_text() if file.exists() else ""
    told = next((line.partition("WARNING ")[2] for line in log.splitlines() if "newer Sfumato" in line), "(nothing)")
    findings.note(f"a newer library, said: {told} (build/packaging/newer.png)", "Update Sfumato" in told)
    findings.note(
        f"a newer library is not changed by what is typed ({len(system.pictures()) - painted} pictures); ended with {ended}",
        system.library_hash() == before and ended == 0,
    )
