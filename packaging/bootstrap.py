"""Sets up a fresh machine and runs Sfumato's commands: `python packaging/bootstrap.py run|test|demo|check|bench|bundle|deb|test-installed|setup`.

Standard library only. A second run is quick: a stamp says what was installed. An interrupted run goes on where it was,
because pip keeps what it has built. On Windows: `py packaging\\bootstrap.py run`.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "sfumato-installed.txt"
OLDEST_PYTHON = (3, 11)
HEARTBEAT_S = 30

# What Qt loads from the system, and the Debian package that has it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
}
# What some tests use, and the Debian package that has it; without them those tests are left out.
TEST_PROGRAMS = {
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
}
# What packages are made with.
PACKAGING_PROGRAMS = {"c++": "build-essential", "cmake": "cmake", "dpkg-deb": "dpkg", "xz": "xz-utils", "zstd": "zstd"}
# What a package is tried out with on a bare system.
TESTING_PROGRAMS = {
    "debootstrap": "debootstrap",
    "unshare": "util-linux",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "import": "imagemagick",
    "strace": "strace",
    "weston": "weston",
    "update-mime-database": "shared-mime-info",
}
# These make an environment of their own and need none of ours.
SELF_CONTAINED = ("bundle", "deb")
# A file of tests stays in one process, for what its tests share; starting engines is most of the work.
TEST_PROCESSES = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder")
COMMANDS = {
    "run": [["-m", "sfumato_desktop.cli"]],
    "test": [["-m", "pytest", *TEST_PROCESSES]],
    "demo": [["-m", "tests.demo"]],
    "bench": [["-m", "tests.bench"]],
    "bundle": [["packaging/bundle.py"]],
    "deb": [["packaging/make_deb.py"]],
    "test-installed": [["packaging/test_installed.py"]],
    "check": [
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "ruff", "check", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
    "setup": [],
}


def main() -> int:
    """Set up, then run the command; returns its exit code."""
    name = sys.argv[1] if len(sys.argv) > 1 else "run"
    if name not in COMMANDS:
        print(f"Say one of: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST_PYTHON:
        print(f"Sfumato needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        check_system(name)
        if name == "test":
            add_test_programs()
        if name not in SELF_CONTAINED:
            set_up_environment()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next run goes on from here.", file=sys.stderr)
        return 130
    interpreter = Path(sys.executable) if name in SELF_CONTAINED else python()
    return run_commands(interpreter, COMMANDS[name], sys.argv[2:])


class SetupError(Exception):
    """Something is missing; the text says what to do."""


def check_system(command: str) -> None:
    """Name, or as root on Debian install, what the system lacks."""
    missing = missing_packages(command)
    if not missing:
        return
    install_command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") and is_root():
        say(f"Installing from the system's packages: {' '.join(missing)}")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        if subprocess.run(["apt-get", "-qq", *install_command[1:]], check=False, env=environment).returncode == 0:
            return
    if shutil.which("apt-get"):
        raise SetupError(
            f"This system lacks: {', '.join(missing)}. Install them with\n  sudo {' '.join(install_command)}\nand run this again."
        )
    raise SetupError(f"This system lacks what Debian calls: {', '.join(missing)}. Install them and run this again.")


def add_test_programs() -> None:
    """As root on Debian, install what only tests use."""
    missing = [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    if missing and is_root() and shutil.which("apt-get"):
        say(f"Installing for the tests: {' '.join(missing)}")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing]
        if subprocess.run(command, check=False, env=environment).returncode:  # perhaps the lists are old
            subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
            subprocess.run(command, check=False, env=environment)


def is_root() -> bool:
    """True if this user may install for the whole system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def missing_packages(command: str) -> list[str]:
    """Debian's names of what is not there; empty on Windows and macOS, where Qt brings everything."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in QT_LIBRARIES.items() if not can_load(library)]
    if command == "test-installed":
        missing += [package for program, package in TESTING_PROGRAMS.items() if shutil.which(program) is None]
    if command in SELF_CONTAINED:
        missing += [package for program, package in PACKAGING_PROGRAMS.items() if shutil.which(program) is None]
    elif shutil.which("c++") is None and not is_installed("llama_cpp"):
        missing += ["build-essential"]
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        missing.append(f"python3.{sys.version_info.minor}-venv")
    return missing


def can_load(library: str) -> bool:
    """True if the system's loader finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def is_installed(module: str) -> bool:
    """True if our environment has the module."""
    return any(VENV.glob(f"lib/python*/site-packages/{module}")) or (VENV / "Lib" / "site-packages" / module).exists()


def set_up_environment() -> None:
    """Make `.venv` and install what `pyproject.toml` names, in the versions of the constraints."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not python().exists():
        say("Making the environment in .venv")
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install("torch==2.13.0", told="PyTorch")
    if not is_installed("llama_cpp"):
        install("llama-cpp-python", told="llama.cpp, which is built from its source: about seven minutes on two cores")
    install("-e", f"{ROOT}[dev]", told="everything else")
    STAMP.write_text(wanted)
    say("The environment is ready.")


def install(*what: str, told: str) -> None:
    """pip install with our pins, with a sign of life every half minute."""
    say(f"Installing {told}")
    done = threading.Event()
    threading.Thread(target=beat, args=(done,), daemon=True).start()
    command = [
        str(python()),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        str(CONSTRAINTS),
        *what,
    ]
    result = subprocess.run(command, check=False, cwd=ROOT)
    done.set()
    if result.returncode:
        raise SetupError(
            "pip could not install it; its message stands above. Without a network nothing can be installed.\n"
            "Mend the cause and run this again: what is done already is kept."
        )


def beat(done: threading.Event) -> None:
    """Say every half minute that it still goes on."""
    begin = time.monotonic()
    while not done.wait(HEARTBEAT_S):
        say(f"  … {time.monotonic() - begin:.0f} s, still at it")


def run_commands(interpreter: Path, commands: list[list[str]], arguments: list[str]) -> int:
    """Run each until one fails."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")])}
    for command in commands:
        code = subprocess.run(
            [str(interpreter), *command, *arguments], check=False, cwd=ROOT, env=environment
        ).returncode
        if code:
            return code
    return 0


def python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """Changes when what is to be installed changes."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), CONSTRAINTS.read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def say(text: str) -> None:
    """A line of progress."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
