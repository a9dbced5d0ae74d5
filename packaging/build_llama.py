"""Builds llama.cpp once for packages: a wheel that runs on any 64-bit machine. `python packaging/build_llama.py`.

The wheel that pip builds is tuned to the machine that builds it and stops with an illegal instruction on an older one.
Here the CPU code is built several times, as libraries that are chosen among at run time (GGML_BACKEND_DL); see
`sfumato_models/llama_backends.py`. A wheel that is there already is kept.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "packaging" / "llama"
OPTIONS = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_SHARED_LIBS": "ON",
    "CMAKE_PLATFORM_NO_VERSIONED_SONAME": "ON",  # a wheel has no links: a second name would be a second copy
    "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
    "GGML_NATIVE": "OFF",
    "GGML_OPENMP": "OFF",  # its own threads do as well, and need no library
    "LLAMA_CURL": "OFF",
    "LLAMA_OPENSSL": "OFF",
    "LLAMA_BUILD_COMMON": "OFF",
    "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_TOOLS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF",
    "LLAMA_BUILD_SERVER": "OFF",
    "LLAMA_BUILD_APP": "OFF",
}


def main() -> int:
    """Print the wheel's path; build it if it is not there."""
    print(build_wheel())
    return 0


def build_wheel() -> Path:
    """The wheel of llama-cpp-python in the version of the constraints, with libraries for any CPU."""
    version = pinned_version()
    finished = WORK / "wheel"
    if found := sorted(finished.glob(f"llama_cpp_python-{version}-*.whl")):
        return found[0]
    WORK.mkdir(parents=True, exist_ok=True)
    source = fetch_source(version)
    libraries = build_libraries(source / "vendor" / "llama.cpp")
    shutil.rmtree(finished, ignore_errors=True)
    plain = build_plain_wheel(source)
    finished.mkdir()
    return add_to_wheel(plain, libraries, finished / plain.name)


def pinned_version() -> str:
    """Of the constraints."""
    match = re.search(r"^llama_cpp_python==(\S+)$", (ROOT / "packaging" / "constraints.txt").read_text(), re.M)
    if match is None:
        raise SystemExit("packaging/constraints.txt names no llama_cpp_python.")
    return match[1]


def fetch_source(version: str) -> Path:
    """The unpacked source distribution."""
    unpacked = WORK / f"llama_cpp_python-{version}"
    if not unpacked.exists():
        pip("download", "--no-deps", "--no-binary", "llama-cpp-python", f"llama-cpp-python=={version}", "-d", str(WORK))
        with tarfile.open(WORK / f"{unpacked.name}.tar.gz") as archive:
            archive.extractall(WORK, filter="data")
    return unpacked


def build_libraries(source: Path) -> list[Path]:
    """llama.cpp, ggml and its CPU variants; a second call builds only what is missing."""
    build = WORK / "cmake"
    options = OPTIONS | {"CMAKE_INSTALL_RPATH": "@loader_path" if sys.platform == "darwin" else "$ORIGIN"}
    if platform.machine().lower() in ("x86_64", "amd64"):
        options |= {"GGML_BACKEND_DL": "ON", "GGML_CPU_ALL_VARIANTS": "ON"}
    run("cmake", "-S", str(source), "-B", str(build), *(f"-D{name}={value}" for name, value in options.items()))
    run("cmake", "--build", str(build), "--config", "Release", "-j", str(os.cpu_count() or 1), "--target", "llama")
    endings = (".so", ".dylib", ".dll")
    libraries = sorted(file for file in build.rglob("*") if file.suffix in endings and is_wanted(file))
    if sys.platform == "linux":
        run("strip", "--strip-unneeded", *map(str, libraries))
    return libraries


def is_wanted(library: Path) -> bool:
    """llama, ggml, and ggml's backends."""
    name = library.stem.removeprefix("lib")
    return name in ("llama", "ggml") or name.startswith("ggml-")


def build_plain_wheel(source: Path) -> Path:
    """The bindings alone."""
    folder = WORK / "plain"
    shutil.rmtree(folder, ignore_errors=True)
    pip("wheel", "--no-deps", str(source), "-w", str(folder), CMAKE_ARGS="-DLLAMA_BUILD=OFF -DLLAVA_BUILD=OFF")
    return next(folder.glob("*.whl"))


def add_to_wheel(wheel: Path, libraries: list[Path], output: Path) -> Path:
    """Put the libraries in `llama_cpp/lib` and into the wheel's RECORD."""
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        record_name = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        record = old.read(record_name).decode()
        for entry in old.infolist():
            if entry.filename != record_name:
                new.writestr(entry, old.read(entry))
        for library in libraries:
            data = library.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"llama_cpp/lib/{library.name},sha256={digest},{len(data)}\n"
            new.writestr(f"llama_cpp/lib/{library.name}", data)
        new.writestr(record_name, record)
    return output


def pip(*arguments: str, **environment: str) -> None:
    """Run pip of this interpreter, cached builds not used."""
    command = (sys.executable, "-m", "pip", "--no-cache-dir", "--disable-pip-version-check", *arguments)
    run(*command, **environment)


def run(*command: str, **environment: str) -> None:
    """Run or stop the build."""
    subprocess.run(command, check=True, env=os.environ | environment, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
