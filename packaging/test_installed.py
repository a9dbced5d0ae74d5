"""`make test-installed`: install the package on a bare Debian without Python, compilers or network, and use it as a person does.

Needs root (chroot, a network namespace) and what `bootstrap.py` names. The bare system is made once, in `build/packaging`. What
was found goes to the terminal and into `packaging/README.md`. With `--old-processors` it is started on emulated ones, too.
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
from pathlib import Path

from bare_system import PERSON, WAYLAND, BareSystem, wait_until
from bootstrap import TESTING_PROGRAMS
from bundle import CONSTRAINTS, ROOT, WORK, python, run
from faults import faults
from findings import Findings, keep
from make_deb import APP_ID, architecture, version
from old_processor import old_processors
from traced import READS_S, traced_conversation

OLD_PROCESSORS = "--old-processors"
SCREENSHOT = WORK / "installed.png"
FIRST_PAINT_S, FIRST_PICTURE_S = 1.5, 20.0
LIGHT_WINDOW = 0.75  # how bright a screen is that the window, in its light theme, nearly fills
WARM_DISK = "find /usr/lib/sfumato -type f -exec cat {} + > /dev/null"
SENTENCES = ("a red ball in a meadow at noon", "same but at night", "use seed 42")


def main() -> int:
    """Run everything; 1 if anything was not as it should be."""
    built = ROOT / "dist" / f"sfumato_{version()}_{architecture()}.deb"
    named = [argument for argument in sys.argv[1:] if argument != OLD_PROCESSORS]
    deb = Path(named[0]) if named else built
    if not deb.exists():
        raise SystemExit("There is no package yet: run `make deb` first.")
    if missing := [package for program, package in TESTING_PROGRAMS.items() if shutil.which(program) is None]:
        raise SystemExit(f"Missing here: {', '.join(missing)}. Install them with apt-get.")
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
        traced_conversation(system, findings, entry_command(system))
        shared_recipe(system, findings)
        screens(system, findings)
        command_line(system, findings)
        another_person(system, findings)
        engine_pack(system, findings)
        faults(system, findings)
        if OLD_PROCESSORS in sys.argv:
            old_processors(system, findings)
        removal(system, findings)
        archive(system, findings, deb.parent)
    findings.note("screenshot: build/packaging/installed.png")
    keep(findings)
    return int(findings.failed > 0)


def talk(system: BareSystem, findings: Findings) -> None:
    """A conversation by keyboard through the desktop entry's own command, timed."""
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
    before = set(system.pictures())
    app = system.start(entry_command(system, "für Zoë.sfumato"))
    window = system.wait_for_window(app, "Sfumato", 60)
    time.sleep(READS_S)
    system.press(window, "Return")
    wait_until(app, lambda: len(system.pictures()) > len(before), 240, f"a picture by a shared recipe ({told.stderr})")
    time.sleep(1)
    system.screenshot(WORK / "recipe.png", window)
    system.close_window(window)
    app.wait(60)
    hashes = [
        json.loads(system.run(f"sfumato show {shlex.quote('/' + str(file.relative_to(system.root)))} --json", user=PERSON).stdout)
        ["recipe"]["sha256_rgb"] for file in (first, *(set(system.pictures()) - before))
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
    sharp = system.is_sharp(WORK / "twice.png")
    findings.note(
        f"at twice the size the window has {size[0]}×{size[1]} pixels, {'' if sharp else 'not '}sharp; ended with {app.wait(60)}",
        size[0] >= 2000 and sharp and app.returncode == 0,
    )
    with system.wayland() as shoot:
        app = system.start(f"env -u DISPLAY XDG_RUNTIME_DIR=/run/wayland WAYLAND_DISPLAY={WAYLAND} sfumato")
        begin, brightness = time.monotonic(), 0.0
        while brightness < LIGHT_WINDOW and app.poll() is None and time.monotonic() - begin < 60:
            time.sleep(1)
            brightness = shoot(WORK / "wayland.png")
        engines = {"the writer": "llama_cpp/lib/libllama.so", "the painter": "torch/lib/libtorch_cpu.so"}
        for name, library in engines.items():
            wait_until(app, lambda library=library: system.is_loaded(library), 120, f"{name} on Wayland")
        time.sleep(10)  # what goes wrong after they are loaded would go wrong now
        brightness = shoot(WORK / "wayland.png")
        is_loaded = all(map(system.is_loaded, engines.values()))
        running = app.poll() is None
        app.terminate()
        app.wait(60)
    findings.note(
        "on Wayland, without X11, the window opens, and is there with both engines loaded (build/packaging/wayland.png)",
        running and is_loaded and brightness >= LIGHT_WINDOW,
    )


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


def another_person(system: BareSystem, findings: Findings) -> None:
    """Someone else, whose home has other letters, uses the program from a folder that nobody can write to."""
    home = "/home/李 雷"
    draw = "sfumato draw 'a blue boat at sea' --seed 3 -o '我的 boat.png' && test -s '我的 boat.png'"
    with system.at_home(home, uid=1001), system.mending():
        system.make_read_only("/usr/lib/sfumato")
        result = system.run(draw, user=PERSON)
        said = "painted" if result.returncode == 0 else result.stderr
        findings.note(f"another person, at {home}, program folder read-only: {said}", result.returncode == 0)
        app = system.start(entry_command(system))
        window = system.wait_for_window(app, "Sfumato", 60)
        time.sleep(READS_S)
        system.type(window, SENTENCES[0])
        wait_until(app, lambda: len(system.pictures()) == 1, 240, "another person's picture")
        owner = system.pictures()[0].stat().st_uid
        system.close_window(window)
        findings.note(
            f"the same in the window: painted; ended with {app.wait(60)}", app.returncode == 0 and owner == 1001
        )


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


def removal(system: BareSystem, findings: Findings) -> None:
    """Nothing of the package stays, everything of the person does."""
    pictures = len(system.pictures())
    downloads = system.home / ".local/share/sfumato/models"
    downloads.mkdir(exist_ok=True)
    (downloads / "large.part").write_bytes(bytes(3 << 20))
    said = system.run("dpkg --purge sfumato", user="root", check=True).stdout
    told = next((line for line in said.splitlines() if "/sfumato/models (3" in line), "nothing")
    findings.note(f"what stays is told: {told}", told != "nothing")
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
        pack = ".local/share/sfumato/engines/pack"
        system.run(f"mkdir -p ~/{pack} && head -c 3145728 /dev/zero > ~/{pack}/large", user=PERSON, check=True)
        removed = system.run("~/.local/lib/sfumato/install --remove --engines", user=PERSON)
        told = next((line.strip() for line in removed.stdout.splitlines() if line.endswith("/engines")), removed.stderr)
        is_gone = not (system.home / pack).exists()
        findings.note(f"archive: removed with what was downloaded: {told}", is_gone and told.startswith("3"))
        kept = {".local/share/sfumato", ".local/state/sfumato", ".config/sfumato"}
        left = [path.relative_to(system.home) for path in system.home.rglob("*sfumato*")]
        left = [path for path in left if not any(str(path).startswith(place) for place in kept)]
        findings.note(f"archive: removed, nothing of the program is left {left or ''}".strip(), not left)
        findings.note("archive: the picture and the library are still there",
                      len(system.pictures()) == 1 and system.has_library())  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
