"""Locks the wheels of the CUDA engine packs: `python packaging/lock_engine_pack.py`, with every new torch, on Linux.

Asks pip which wheels PyTorch's usual build needs with each Python that packages are made with, and keeps their names, sizes
and sha256. Nothing else is downloaded. With `--check` nothing is written, and 1 returned if a lock is not what pip finds now.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "resources" / "sfumato_resources" / "engine_packs"
OURS = {"torch", "triton", "cuda-bindings", "cuda-pathfinder", "cuda-toolkit"}  # and nvidia-*; the app has the rest
PYTHONS = ("3.11", "3.12", "3.13")
MACHINE = "x86_64"
OLDEST_LINUX = (
    *(f"manylinux_2_{minor}" for minor in range(28, 16, -1)),
    "manylinux2014",
    "manylinux2010",
    "manylinux1",
)


def main() -> int:
    """Write the locks, or check them."""
    version = re.search(r"^torch==(\S+)$", (ROOT / "packaging" / "constraints.txt").read_text(), re.M)
    if version is None or sys.platform != "linux":
        raise SystemExit("Locks are made on Linux, for the torch of the constraints.")
    differing = 0
    for python in PYTHONS:
        tag = f"cp{python.replace('.', '')}"
        lock = {
            "id": f"cuda-torch-{version[1].replace('.', '-')}",
            "title": "NVIDIA graphics cards (CUDA 13)",
            "device": "cuda",
            "platform": "linux",
            "machine": MACHINE,
            "python": tag,
            "wheels": wheels(f"torch=={version[1]}", python),
        }
        file = LOCKS / f"cuda-linux-{tag}.json"
        text = json.dumps(lock, indent=1) + "\n"
        is_same = file.exists() and file.read_text() == text
        differing += not is_same
        if "--check" not in sys.argv:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        print(f"{file.relative_to(ROOT)}: {'as it was' if is_same else 'other than it was'}")
    return int("--check" in sys.argv and differing > 0)


def wheels(requirement: str, python: str) -> list[dict[str, str | int]]:
    """File names, hashes and sizes in bytes of what pip would install, without any other index than its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--target", folder]
        command += ["--python-version", python, "--implementation", "cp"]
        command += [f"--platform={system}_{MACHINE}" for system in OLDEST_LINUX]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        environment["PIP_CONFIG_FILE"] = os.devnull
        subprocess.run([*command, "--report", str(report), requirement], check=True, env=environment)
        found = json.loads(report.read_text())["install"]
    wanted = [entry for entry in found if is_engine(entry["metadata"]["name"].lower())]
    return [
        {
            "file": entry["download_info"]["url"].rpartition("/")[2],
            "sha256": entry["download_info"]["archive_info"]["hashes"]["sha256"],
            "size_bytes": size_bytes(entry["download_info"]["url"]),
        }
        for entry in sorted(wanted, key=lambda entry: entry["metadata"]["name"].lower())
    ]


@cache
def size_bytes(url: str) -> int:
    """How big a file is, asked without fetching it."""
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
        return int(answer.headers["Content-Length"])


def is_engine(name: str) -> bool:
    """True for what the app's own libraries do not have."""
    return name in OURS or name.startswith("nvidia-")


if __name__ == "__main__":
    sys.exit(main())
