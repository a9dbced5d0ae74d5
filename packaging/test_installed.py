"""`make test-installed`: install the package on a bare Debian without Python, compilers or network, and use it as a person does.

Needs root (chroot, a network namespace), debootstrap, Xvfb, xdotool, ImageMagick, strace and weston. The bare system is made once, in
`build/packaging`. What was found goes to the terminal and into `packaging/README.md`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bare_system import PERSON, WAYLAND, BareSystem
from bundle import CONSTRAINTS, ROOT, WORK, python, run
from make_deb import APP_ID, architecture, version

NOTES = ROOT / "packaging" / "README.md"
BEGIN, END = "<!-- test-installed -->\n", "<!-- end -->\n"
SCREENSHOT = WORK / "installed.png"
FIRST_PAINT_S, FIRST_PICTURE_S = 1.5, 20.0
LIGHT_WINDOW = 0.75  # how bright a screen is that the window, in its light theme, nearly fills
READS_S = 2.0  # a person sees the window before typing
WARM_DISK = "find /usr/lib/sfumato -type f -exec cat {} + > /dev/null"
SENTENCES = ("a red ball in a meadow at noon", "same but at night", "use seed 42")


@dataclass
class Findings:
    """One line each, and whether all were as they should be."""

    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def note(self, text: str, ok: bool | None = None) -> None:
        """Say and keep a line; `ok` None is a fact without a goal."""
        mark = {None: "    ", True: "ok  ", False: "FAIL"}[ok]
        self.lines.append(f"{mark} {text}".replace("/root/", "~/"))
        self.failed += ok is False
        print(self.lines[-1], flush=True)


def main() -> int:
    """Run everything; 1 if anything was not as it should be."""
    built = ROOT / "dist" / f"sfumato_{version()}_{architecture()}.deb"
    deb = Path(sys.argv[1]) if len(sys.argv) > 1 else built
    if not deb.exists():
        raise SystemExit("There is no package yet: run `make deb` first.")
    if missing := [
        tool for tool in ("debootstrap", "Xvfb", "xdotool", "import", "strace", "weston") if not shutil.which(tool)
    ]:
        raise SystemExit(f"Missing here: {', '.join(missing)}.")
    findings = Findings()
    with BareSystem(WORK) as system:
        findings.note(f"package {deb.stat().st_size / 1e6:.0f} MB (at most 300)", deb.stat().st_size <= 300e6)
        system.install(deb)
        size = sum(f.stat().st_size for f in (system.root / "usr/lib/sfumato").rglob("*") if not f.is_symlink())
        findings.note(f"installed {size / 1e9:.2f} GB (at most 1.2)", size <= 1.2e9)
        tools = system.run("for t in python3 gcc cc c++; do command -v $t; done; true", user="root").stdout
        findings.note("no Python and no compiler on the path", not tools.strip())
        talk(system, findings)
        same_pixels(system, findings)
        shared_recipe(system, findings)
        screens(system, findings)
        command_line(system, findings)
        engine_pack(system, findings)
        faults(system, findings)
        removal(system, findings)
        archive(system, findings, deb.parent)
    findings.note("screenshot: build/packaging/installed.png")
    keep(findings)
    return int(findings.failed > 0)


def talk(system: BareSystem, findings: Findings) -> None:
    """A conversation by keyboard through the desktop entry's own command, twice: timed, and traced."""
    system.run(WARM_DISK, user=PERSON)
    begin = time.monotonic()
    app = system.start(entry_command(system))
    window = system.wait_for_window(app, "Sfumato", 60)
    painted = time.monotonic() - begin
    findings.note(
        f"first paint after {painted:.2f} s (at most {FIRST_PAINT_S} on an idle machine)", painted <= FIRST_PAINT_S
    )
    time.sleep(READS_S)
    for number, sentence in enumerate(SENTENCES, start=1):
        system.type(window, sentence)
        wait_until(app, lambda number=number: len(system.pictures()) >= number, 240, f"picture {number}")
        if number == 1:
            first = time.monotonic() - begin
            findings.note(
                f"first picture after {first:.1f} s (at most {FIRST_PICTURE_S} on an idle machine)",
                first <= FIRST_PICTURE_S,
            )
    time.sleep(3)
    system.screenshot(SCREENSHOT, window)
    system.close_window(window)
    findings.note(
        f"a conversation of {len(SENTENCES)} pictures by keyboard; the app ended with {app.wait(60)}",
        app.returncode == 0,
    )
    trace = WORK / "connections.txt"
    app = system.start(entry_command(system), traced_to=trace)
    window = system.wait_for_window(app, "Sfumato", 120)
    time.sleep(READS_S)
    system.type(window, "another one")
    wait_until(app, lambda: len(system.pictures()) > len(SENTENCES), 300, "a traced picture")
    system.close_window(window)
    app.wait(60)
    calls = [line for line in trace.read_text().splitlines() if "connect(" in line or "sendto(" in line]
    outward = [line for line in calls if "AF_INET" in line]
    findings.note(
        f"{len(outward)} connections attempted outside the machine ({len(calls)} to its own sockets)", not outward
    )


def entry_command(system: BareSystem, file: str = "", entries: str = "usr/share/applications") -> str:
    """What a desktop would run, for a file if there is one."""
    lines = (system.root / entries / f"{APP_ID}.desktop").read_text().splitlines()
    command = next(line.removeprefix("Exec=") for line in lines if line.startswith("Exec="))
    return command.replace("%f", shlex.quote(file) if file else "").strip()


def shared_recipe(system: BareSystem, findings: Findings) -> None:
    """A recipe leaves its picture, is known to the desktop, is opened through the entry, and paints the same picture."""
    first = system.pictures()[0]
    share = WORK / "mime-check"
    shutil.rmtree(share, ignore_errors=True)
    shutil.copytree(system.root / "usr/share/mime/packages", share / "packages")
    subprocess.run(["update-mime-database", str(share)], check=False, stderr=subprocess.DEVNULL)
    known = (share / "globs2").read_text() if (share / "globs2").exists() else "update-mime-database is not here"
    findings.note("the desktop knows what a .sfumato file is", "sfumato-recipe+json:*.sfumato" in known)
    inside = "/" + str(first.relative_to(system.root))
    told = system.run(f"sfumato recipe {shlex.quote(inside)} -o 'für Zoë.sfumato'", user=PERSON)
    before = len(system.pictures())
    app = system.start(entry_command(system, "für Zoë.sfumato"))
    window = system.wait_for_window(app, "Sfumato", 60)
    time.sleep(READS_S)
    system.press(window, "Return")
    wait_until(app, lambda: len(system.pictures()) > before, 240, f"a picture by a shared recipe ({told.stderr})")
    time.sleep(1)
    system.screenshot(WORK / "recipe.png", window)
    system.close_window(window)
    app.wait(60)
    hashes = [
        json.loads(system.run(f"sfumato show {shlex.quote('/' + str(file.relative_to(system.root)))} --json", user=PERSON).stdout)
        ["recipe"]["sha256_rgb"] for file in (first, system.pictures()[-1])
    ]  # fmt: skip
    findings.note("a shared recipe, opened from its file, paints the same pixels", hashes[0] == hashes[1])


def screens(system: BareSystem, findings: Findings) -> None:
    """At twice the size, and on Wayland without X11."""
    app = system.start("env QT_SCALE_FACTOR=2 sfumato")
    window = system.wait_for_window(app, "Sfumato", 60)
    time.sleep(READS_S)
    system.screenshot(WORK / "twice.png", window)
    size = system.size(window)
    system.close_window(window)
    findings.note(f"at twice the size the window has {size[0]}×{size[1]} pixels; ended with {app.wait(60)}",
                  size[0] >= 2000 and app.returncode == 0)  # fmt: skip
    with system.wayland() as shoot:
        app = system.start(f"env -u DISPLAY XDG_RUNTIME_DIR=/run/wayland WAYLAND_DISPLAY={WAYLAND} sfumato")
        begin, brightness = time.monotonic(), 0.0
        while brightness < LIGHT_WINDOW and app.poll() is None and time.monotonic() - begin < 60:
            time.sleep(1)
            brightness = shoot(WORK / "wayland.png")
        running = app.poll() is None
        app.terminate()
        app.wait(60)
    opened = running and brightness >= LIGHT_WINDOW
    findings.note("on Wayland, without X11, the window opens (build/packaging/wayland.png)", opened)


def same_pixels(system: BareSystem, findings: Findings) -> None:
    """The source tree paints the recipes of the installed app's pictures again."""
    again = WORK / "again.png"
    for picture in system.pictures():
        again.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "sfumato_desktop.cli",
            "replay",
            str(picture),
            "--json",
            "-o",
            str(again),
        ]
        result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
        verdict = json.loads(result.stdout) if result.returncode == 0 else {}
        said = next((v for v in verdict.values() if v in ("identical", "near", "impossible")), result.stderr.strip())
        findings.note(f"{picture.name}: the source tree's picture of the same recipe is {said}", said == "identical")


def command_line(system: BareSystem, findings: Findings) -> None:
    """The command line paints too, from another folder, in a path with spaces."""
    result = system.run(
        "sfumato draw 'a blue boat at sea' --seed 3 -o 'my boat.png' --json && test -s 'my boat.png'", user=PERSON
    )
    findings.note(f"sfumato draw: {'painted' if result.returncode == 0 else result.stderr}", result.returncode == 0)
    findings.note("man page", (system.root / "usr/share/man/man1/sfumato.1.gz").exists())


def engine_pack(system: BareSystem, findings: Findings) -> None:
    """A pack for the processor from a stick: locked, tried, used, broken, removed. Paints what the app's own paint."""
    stick = system.root / "media" / "stick"
    stick.mkdir()
    wheels = sorted((WORK / "pack").glob("torch-*.whl"))
    if not wheels:
        pinned = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
        run(str(python()), "-m", "pip", "download", "--quiet", "--no-deps", pinned, "-d", str(WORK / "pack"))
        wheels = sorted((WORK / "pack").glob("torch-*.whl"))
    shutil.copy(wheels[0], stick)
    lock = {
        "id": "processor-test",
        "title": "The processor, for a test",
        "device": "cpu",
        "platform": sys.platform,
        "machine": os.uname().machine,
        "python": wheels[0].name.split("-")[2],
        "wheels": [
            {
                "file": wheels[0].name,
                "sha256": hashlib.sha256(wheels[0].read_bytes()).hexdigest(),
                "size_bytes": wheels[0].stat().st_size,
            }
        ],
    }
    locks = system.root / "usr/lib/sfumato/_internal/sfumato_resources/engine_packs"
    (locks / "processor-test.json").write_text(json.dumps(lock))
    (locks / "processor-test.json").chmod(0o644)
    draw = "rm -f boat.png; sfumato draw 'a blue boat at sea' --seed 3 --no-rewrite -o boat.png --json"
    before = json.loads(system.run(draw, user=PERSON).stdout or "{}").get("sha256_rgb", "before")
    added = system.run("sfumato engines add /media/stick --json", user=PERSON)
    told = json.loads(added.stdout or "{}")
    findings.note(f"engine pack added from a stick: {told or added.stderr}", told.get("in_use") == "processor-test")
    after = json.loads(system.run(draw, user=PERSON).stdout or "{}").get("sha256_rgb", "after")
    findings.note("it paints the same pixels as the app's own engines", before == after)
    library = next(system.home.glob(".local/share/sfumato/engines/processor-test/libraries/torch/lib/libtorch_cpu.so"))
    library.write_bytes(b"broken")
    broken = system.run(draw, user=PERSON)
    ok = broken.returncode == 0 and "processor" in broken.stderr
    findings.note(f"broken, it is done without: {broken.stderr.strip()[:200]}", ok)
    system.run("sfumato engines remove", user=PERSON)
    findings.note("removed, nothing of it is left", not list(library.parents[3].parent.glob("*")))
    (locks / "processor-test.json").unlink()


def faults(system: BareSystem, findings: Findings) -> None:
    """What can be broken is broken; each time a person must be able to read why, and the exit code is 1."""
    inside = system.root / "usr/lib/sfumato/_internal"
    library = "/usr/lib/sfumato/_internal/torch/lib/libtorch_cpu.so"
    weights = next((inside / "sfumato_resources/starter").rglob("unet/*.safetensors")).relative_to(system.root)
    qt = "/usr/lib/sfumato/_internal/PySide6/Qt/lib/libQt6Gui.so.6"
    python = f"/usr/lib/sfumato/_internal/{next(inside.glob('libpython3.*')).name}"
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
        "the program cut short": ("sfumato", lambda: system.put_over("/usr/lib/sfumato/sfumato-app", "cut")),
        "Python missing": ("sfumato", lambda: system.hide(python)),
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
    system.make_library_newer()
    app = system.start("sfumato")
    window = system.wait_for_window(app, "Sfumato", 60)
    time.sleep(4)
    system.screenshot(WORK / "newer.png", window)
    system.close_window(window)
    findings.note(
        f"a newer library opens to be looked at (build/packaging/newer.png); ended with {app.wait(60)}",
        app.returncode == 0,
    )


def removal(system: BareSystem, findings: Findings) -> None:
    """Nothing of the package stays, everything of the person does."""
    pictures = len(system.pictures())
    system.run("dpkg --purge sfumato", user="root", check=True)
    left = system.run("find /usr /etc /var/lib/dpkg/info -iname '*sfumato*'", user="root").stdout.split()
    findings.note(f"after removal nothing of the package is left {shlex.join(left)}".strip(), not left)
    findings.note(
        f"{pictures} pictures and the library are still there",
        len(system.pictures()) == pictures > 0 and system.has_library(),
    )


def archive(system: BareSystem, findings: Findings, folder: Path) -> None:
    """The archive, unpacked and installed by a person in an empty home, used from the menu, removed."""
    file = next(folder.glob(f"sfumato-{version()}-linux-*.tar.zst"), None)
    if file is None:
        findings.note("there is no archive beside the package", False)
        return
    with system.at_home("/home/Zoë Müller/ein neues Zuhause"):
        downloads = system.home / "Téléchargements & mehr"
        downloads.mkdir()
        run("tar", "-I", "zstd -d -q", "-xf", str(file), "-C", str(downloads))
        installed = system.run(f"'Téléchargements & mehr/sfumato-{version()}/install'", user=PERSON)
        shutil.rmtree(downloads)
        findings.note(
            f"archive: {installed.stdout.partition(chr(10))[0]} {installed.stderr}", installed.returncode == 0
        )
        entries = str(system.home.relative_to(system.root) / ".local/share/applications")
        app = system.start(entry_command(system, entries=entries))
        window = system.wait_for_window(app, "Sfumato", 60)
        time.sleep(READS_S)
        system.type(window, SENTENCES[0])
        wait_until(app, lambda: len(system.pictures()) == 1, 240, "the archive's picture")
        time.sleep(1)
        system.close_window(window)
        findings.note(
            f"archive: started from the menu's entry, painted, ended with {app.wait(60)}", app.returncode == 0
        )
        system.run("~/.local/lib/sfumato/install --remove", user=PERSON)
        kept = {".local/share/sfumato", ".local/state/sfumato", ".config/sfumato"}
        left = [path.relative_to(system.home) for path in system.home.rglob("*sfumato*")]
        left = [path for path in left if not any(str(path).startswith(place) for place in kept)]
        findings.note(f"archive: removed, nothing of the program is left {left or ''}".strip(), not left)
        findings.note("archive: the picture and the library are still there",
                      len(system.pictures()) == 1 and system.has_library())  # fmt: skip


def wait_until(app: subprocess.Popen[str], is_done: Callable[[], bool], limit_s: float, what: str) -> None:
    """Wait, or stop the test saying what did not come."""
    begin = time.monotonic()
    while not is_done():
        if time.monotonic() - begin > limit_s or app.poll() is not None:
            app.kill()
            raise SystemExit(
                f"FAIL {what} did not come within {limit_s:.0f} s. {app.stderr.read() if app.stderr else ''}"
            )
        time.sleep(0.05)


def keep(findings: Findings) -> None:
    """Into `packaging/README.md`, between its marks."""
    text = NOTES.read_text()
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    machine = f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    NOTES.write_text(f"{head}{BEGIN}{machine}\n\n```\n" + "\n".join(findings.lines) + f"\n```\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
