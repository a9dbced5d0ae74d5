"""Locks the wheels of the CUDA engine pack for this Python: `python packaging/lock_engine_pack.py`, with every new torch.

Asks pip which wheels PyTorch's usual build needs here, and keeps their names, sizes and sha256. Nothing else is downloaded.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = {"torch", "triton", "cuda-bindings", "cuda-pathfinder", "cuda-toolkit"}  # and nvidia-*; the app has the rest


def main() -> int:
    """Write the lock."""
    version = re.search(r"^torch==(\S+)$", (ROOT / "packaging" / "constraints.txt").read_text(), re.M)
    if version is None or sys.platform != "linux":
        raise SystemExit("Locks are made on Linux, for the torch of the constraints.")
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    lock = {
        "id": f"cuda-torch-{version[1].replace('.', '-')}",
        "title": "NVIDIA graphics cards (CUDA 13)",
        "device": "cuda",
        "platform": sys.platform,
        "python": tag,
        "wheels": wheels(f"torch=={version[1]}"),
    }
    file = ROOT / "resources" / "sfumato_resources" / "engine_packs" / f"cuda-linux-{tag}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(lock, indent=1) + "\n")
    print(file.relative_to(ROOT))
    return 0


def wheels(requirement: str) -> list[dict[str, str | int]]:
    """File names, hashes and sizes in bytes of what pip would install, without any other index than its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
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


def size_bytes(url: str) -> int:
    """How big a file is, asked without fetching it."""
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
        return int(answer.headers["Content-Length"])


def is_engine(name: str) -> bool:
    """True for what the app's own libraries do not have."""
    return name in OURS or name.startswith("nvidia-")


if __name__ == "__main__":
    sys.exit(main())
