"""`make bundle`: the app frozen into one folder, `dist/sfumato`, from wheels in an environment of its own.

What the bundler cannot find fails the build. At the end stands the size of each part.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from build_llama import build_wheel

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "packaging"
ENVIRONMENT = WORK / "env"
BUNDLE = ROOT / "dist" / "sfumato"
DRAWING = ROOT / "resources" / "sfumato_resources" / "icons" / "sfumato.svg"
ICONS = WORK / "icons"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
# Where the app looks for its files' list, and what the list's names stand in (`first_start.py` knows both, too).
IS_MACOS = sys.platform == "darwin"
PROGRAM = ROOT / "dist" / "Sfumato.app" / "Contents" if IS_MACOS else BUNDLE
INSIDE = "Resources" if IS_MACOS else "_internal"
MANIFEST = f"{INSIDE}/sfumato-files.txt"
FATAL = ("could not resolve", "Library not found", "Hidden import")
# Named by hooks of PyInstaller's for versions of the libraries that are not ours, or for other systems.
HARMLESS = ('Hidden import "tzdata"', 'Hidden import "pycparser', 'Hidden import "importlib_resources.trees"')
# Loaded by their names alone, so that the bundler would not miss them: windows on X11 and Wayland, with a frame, and pictures.
PLUGINS = {
    "linux": (
        "platforms/libqxcb.so",
        "platforms/libqwayland.so",
        "wayland-shell-integration/libxdg-shell.so",
        "wayland-decoration-client/libadwaita.so",
        "iconengines/libqsvgicon.so",
    )
}
LARGEST_GIB = 1.2


def main() -> int:
    """Make the environment, bundle, check, report."""
    prepare_environment()
    bundle()
    if sys.platform == "linux":
        strip()
        add_launcher()
    write_site()
    write_manifest()
    return report()


def is_current() -> bool:
    """True where there is a whole bundle that was made after the last change of what goes into it."""
    manifest = PROGRAM / MANIFEST
    if not manifest.exists():
        return False
    parts = ("core", "models", "desktop", "resources", "packaging", "pyproject.toml")
    files = [
        file
        for part in parts
        for file in (ROOT / part, *(ROOT / part).rglob("*"))
        if "__pycache__" not in file.parts and file.suffix != ".md"
    ]
    return max(file.stat().st_mtime for file in files if file.is_file()) < manifest.stat().st_mtime


def prepare_environment() -> None:
    """Everything at the pinned versions, from wheels; a second run installs only Sfumato itself again."""
    llama = build_wheel()
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*needed["dependencies"], *needed["optional-dependencies"]["bundle"]]
    wanted = [str(llama) if name.startswith("llama-cpp-python") else name for name in wanted]
    stamp, mark = ENVIRONMENT / "installed.txt", hashlib.sha256(CONSTRAINTS.read_bytes() + "\n".join(wanted).encode())
    if not stamp.exists() or stamp.read_text() != mark.hexdigest():
        say("Installing what is bundled")
        run(sys.executable, "-m", "venv", str(ENVIRONMENT))
        pip("install", "--quiet", "-c", str(CONSTRAINTS), *wanted)
        stamp.write_text(mark.hexdigest())
    refuse_gpu_build()
    shutil.rmtree(WORK / "wheels", ignore_errors=True)
    pip("wheel", "--quiet", "--no-deps", str(ROOT), "-w", str(WORK / "wheels"))
    pip("install", "--quiet", "--no-deps", "--force-reinstall", *map(str, (WORK / "wheels").glob("sfumato-*.whl")))


def refuse_gpu_build() -> None:
    """On Linux pip's usual PyTorch brings 4 GB of GPU libraries, which the app installs only when it is asked to."""
    found = run_for_output(str(python()), "-c", "import torch; print(torch.version.cuda or torch.version.hip or '')")
    if found:
        raise SystemExit(
            f"The bundle needs PyTorch's CPU build, and pip installed the one for {found}. Name PyTorch's own index of\n"
            f"CPU wheels in PIP_EXTRA_INDEX_URL, remove {ENVIRONMENT} and run this again."
        )


def bundle() -> None:
    """Run PyInstaller; its warnings about what is missing stop the build."""
    run(str(python()), str(ROOT / "packaging" / "icons.py"), str(DRAWING), str(ICONS))
    say("Bundling; most of the time is the analysis of torch and transformers")
    log = WORK / "bundle.log"
    command = [str(python()), "-m", "PyInstaller", "--noconfirm", "--distpath", str(ROOT / "dist")]
    command += ["--workpath", str(WORK / "pyinstaller"), str(ROOT / "packaging" / "sfumato.spec")]
    with log.open("w") as file:
        code = subprocess.run(command, check=False, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT).returncode
    lines = log.read_text(errors="replace").splitlines()
    if code:
        raise SystemExit("\n".join([*lines[-30:], f"The bundler failed; all it said is in {log}."]))
    plugins = BUNDLE / "_internal" / "PySide6" / "Qt" / "plugins"
    lacking = [name for name in PLUGINS.get(sys.platform, ()) if not (plugins / name).is_file()]
    missing = [f"Missing: {name}" for name in lacking]
    missing += [line for line in lines if any(word in line for word in FATAL) and not any(h in line for h in HARMLESS)]
    if missing:
        raise SystemExit("\n".join([*missing, "The bundle would lack these."]))


def add_launcher() -> None:
    """`sfumato`: a few lines of shell that see whether the parts are whole without which nothing can be said."""
    shutil.copy(ROOT / "packaging" / "linux" / "launcher.sh", BUNDLE / "sfumato")
    (BUNDLE / "sfumato").chmod(0o755)
    first = [BUNDLE / "sfumato-app", BUNDLE / "_internal" / "base_library.zip", *BUNDLE.glob("_internal/libpython*")]
    lines = [f"{file.stat().st_size} {file.relative_to(BUNDLE)}" for file in first]
    (BUNDLE / "_internal" / "first-files.txt").write_text("\n".join(lines) + "\n")


def strip() -> None:
    """Remove from Python and the system's libraries what only a debugger reads; wheels come stripped."""
    places = [
        BUNDLE / "_internal",
        *BUNDLE.glob("_internal/lib-dynload"),
        *BUNDLE.glob("_internal/python*/lib-dynload"),
    ]
    libraries = [file for place in places for file in place.glob("*.so*") if not file.is_symlink()]
    run("strip", "--strip-unneeded", *map(str, libraries))


def write_site() -> None:
    """Where new versions and engine packs will be asked for: the address of whoever publishes this copy, if it has one."""
    if site := os.environ.get("SFUMATO_SITE", ""):
        (PROGRAM / INSIDE / "sfumato_resources" / "site.txt").write_text(site.rstrip("/") + "\n", "utf-8")


def write_manifest() -> None:
    """Size and name of every file: how the app knows that it was installed whole. On macOS signing changes the programs' sizes, and seals them."""
    (PROGRAM / MANIFEST).unlink(missing_ok=True)  # it does not list itself
    listed = PROGRAM / INSIDE if IS_MACOS else PROGRAM
    files = sorted(file for file in listed.rglob("*") if file.is_file() and not file.is_symlink())
    lines = [f"{file.stat().st_size} {file.relative_to(PROGRAM).as_posix()}" for file in files]
    (PROGRAM / MANIFEST).write_text("\n".join(lines) + "\n", "utf-8")


def report() -> int:
    """Print the size of every part; 1 if the whole is too large."""
    sizes: Counter[str] = Counter()
    for file in BUNDLE.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts = file.relative_to(BUNDLE).parts
            sizes[parts[1] if len(parts) > 2 else "programs, Python, system libraries"] += file.stat().st_size
    for name, size in sizes.most_common(16):
        say(f"{size / 2**20:8.1f} MiB  {name}")
    total = sum(sizes.values())
    say(f"{total / 2**20:8.1f} MiB  in all ({LARGEST_GIB} GiB are allowed)")
    return int(total > LARGEST_GIB * 2**30)


def python() -> Path:
    """The interpreter of the bundle's environment."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments: str) -> None:
    """pip of the bundle's environment."""
    run(str(python()), "-m", "pip", "--disable-pip-version-check", *arguments)


def run(*command: str) -> None:
    """Run or stop the build."""
    if code := subprocess.run(command, check=False, cwd=ROOT).returncode:
        raise SystemExit(f"{' '.join(command[:4])} … ended with {code}.")


def run_for_output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def say(text: str) -> None:
    """A line of progress."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
