"""The installed app on emulated older processors: qemu runs its program and every engine process that it starts.

The program's file gets a mark in bytes of its header that nothing reads; the kernel (binfmt_misc) gives what bears it to
qemu. So the app starts its processes as it always does, and llama.cpp and torch choose among their code by what qemu tells.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bare_system import PERSON, BareSystem
from findings import Findings

QEMU = "qemu-x86_64-static"
PROGRAM = "usr/lib/sfumato/sfumato-app"
HANDLERS = Path("/proc/sys/fs/binfmt_misc")
NAME = "sfumato-old-processor"
HEADER, MARK = b"\x7fELF\x02\x01\x01\x00\x00", b"OLDCPU!"
# From 2008 and 2011, as qemu calls them: what they have, and the library of llama.cpp that is for it.
PROCESSORS = {
    "Nehalem": ("fpu sse sse2 ssse3 cx16 sse4_1 sse4_2 popcnt", "sse42"),
    "SandyBridge": ("fpu sse sse2 ssse3 cx16 sse4_1 sse4_2 popcnt avx", "sandybridge"),
}


def old_processors(system: BareSystem, findings: Findings) -> None:
    """On each the writer answers, with the code made for it, and the painter paints. Minutes: qemu counts in software."""
    if os.uname().machine != "x86_64" or shutil.which(QEMU) is None:
        findings.note(f"older processors: not tried, {QEMU} (Debian: qemu-user-static) is not here")
        return
    with emulation(), system.mending():
        program = (system.root / PROGRAM).read_bytes()
        if not program.startswith(HEADER + bytes(len(MARK))):
            raise SystemExit(f"FAIL {PROGRAM} has another header than a program of Linux has.")
        system.put_over(PROGRAM, HEADER + MARK + program[len(HEADER + MARK) :])
        for name, (flags, variant) in PROCESSORS.items():
            told = re.sub(r"^flags.*", f"flags\t\t: {flags}", Path("/proc/cpuinfo").read_text(), flags=re.M)
            with system.mending():
                system.put_over("/proc/cpuinfo", told)
                answer = system.run(f"QEMU_CPU={name} sfumato rewrite 'a red ball' --json", user=PERSON)
                log = (system.home / ".local/state/sfumato/log/writer.log").read_text()
                ok = answer.returncode == 0 and f"libggml-cpu-{variant}.so" in log
                findings.note(
                    f"{name}: the writer answers, with llama.cpp's code for {variant} {_said(answer, ok)}", ok
                )
                draw = "draw 'a red ball' --no-rewrite --size 192x192 --steps 1 --json -o old.png"
                answer = system.run(f"QEMU_CPU={name} sfumato {draw}", user=PERSON)
                ok = answer.returncode == 0
                findings.note(f"{name}: the painter paints {_said(answer, ok)}", ok)


@contextmanager
def emulation() -> Iterator[None]:
    """Within, the kernel gives every program with the mark to qemu, also in a chroot."""
    if not (HANDLERS / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(HANDLERS)], check=True)
    if (HANDLERS / NAME).exists():  # left by a run that was killed
        (HANDLERS / NAME).write_text("-1")
    magic = "".join(f"\\x{byte:02x}" for byte in HEADER + MARK)
    (HANDLERS / "register").write_text(f":{NAME}:M:0:{magic}::{shutil.which(QEMU)}:F")
    try:
        yield
    finally:
        (HANDLERS / NAME).write_text("-1")


def _said(answer: subprocess.CompletedProcess[str], ok: bool) -> str:
    lines = [line for line in answer.stderr.splitlines() if line.startswith("sfumato: ")]
    return "" if ok else f"[{answer.returncode}] {' / '.join(lines) or answer.stderr[-300:]}"
