"""What a test of an installed package found: printed as it comes, and kept in `packaging/README.md`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from bundle import ROOT

NOTES = ROOT / "packaging" / "README.md"
BEGIN, END = "<!-- test-installed -->\n", "<!-- end -->\n"


@dataclass
class Findings:
    """One line each, and whether all were as they should be."""

    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def note(self, text: str, ok: bool | None = None) -> None:
        """Say and keep a line; `ok` None is a fact without a goal."""
        mark = {None: "    ", True: "ok  ", False: "FAIL"}[ok]
        self.lines.append(f"{mark} {text}".replace(f"{Path.home()}/", "~/"))
        self.failed += ok is False
        print(self.lines[-1], flush=True)


def keep(findings: Findings) -> None:
    """Into `packaging/README.md`, between its marks."""
    text = NOTES.read_text()
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    machine = f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    NOTES.write_text(f"{head}{BEGIN}{machine}\n\n```\n" + "\n".join(findings.lines) + f"\n```\n{END}{tail}")
