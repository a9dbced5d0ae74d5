"""A bare Debian in a folder for `test_installed.py`: a person with a home, a virtual screen, no network, nothing to build with."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

PERSON = "zoe"
HOME = "/home/Zoë Müller"  # a path with a space and letters beyond ASCII
UID = 1000
SOCKETS = Path("/tmp/.X11-unix")
DISPLAY = next(f":{number}" for number in range(83, 200) if not (SOCKETS / f"X{number}").exists())  # a free one
WAYLAND = "wayland-test"
SHARPER = 1.5  # what is drawn at twice the size loses twice as much as what is made larger (0.0247 to 0.0125)
INSIDE = "SFUMATO_TEST_NAMESPACE"


class BareSystem:
    """Everything is undone when the block ends; a mount of this test is seen by no one else."""

    def __init__(self, work: Path) -> None:
        """Raises SystemExit if this is not root."""
        if os.geteuid() != 0:
            raise SystemExit("This test needs root: it installs a package into a system of its own.")
        if INSIDE not in os.environ:
            environment = os.environ | {INSIDE: "1"}
            os.execvpe("unshare", ["unshare", "--mount", sys.executable, *sys.argv], environment)
        self._home, self._uid = HOME, UID
        self._work = work
        self._base = work / "bare-base"
        self.root = work / "bare"
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> BareSystem:
        self._make_base()
        self._unmount()  # what a run left that was killed: /dev is not to be removed with the rest
        shutil.rmtree(self.root, ignore_errors=True)
        _do("cp", "-a", "--reflink=auto", str(self._base), str(self.root))
        for folder in ("proc", "dev"):
            _do("mount", "--rbind", f"/{folder}", str(self.root / folder))
        (self.root / "tmp" / ".X11-unix").mkdir()
        # without -noreset the screen starts anew whenever the last of its short visitors goes, and refuses who comes then
        self._screen = subprocess.Popen(
            ["Xvfb", DISPLAY, "-screen", "0", "2560x1600x24", "-ac", "-noreset", "-nolisten", "tcp"],
            stderr=subprocess.DEVNULL,
        )
        while not (SOCKETS / f"X{DISPLAY[1:]}").exists():
            time.sleep(0.05)
        _do("mount", "--bind", str(SOCKETS), str(self.root / "tmp" / ".X11-unix"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screen.terminate()
        self._screen.wait()
        self._unmount()

    def _unmount(self) -> None:
        for place in ("tmp/.X11-unix", "run/wayland", "full", "proc", "dev"):
            subprocess.run(["umount", "-lR", str(self.root / place)], check=False, stderr=subprocess.DEVNULL)

    def install(self, deb: Path) -> None:
        """With what it depends on, as a person would; the only step with a network."""
        shutil.copy(deb, self.root / "tmp")
        command = (
            f"apt-get update -qq && apt-get install -qq -y --no-install-recommends /tmp/{deb.name} >/tmp/apt.log 2>&1"
        )
        result = subprocess.run(self._chroot("root", command), check=False, capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(
                f"FAIL the package does not install: {result.stderr} {(self.root / 'tmp/apt.log').read_text()}"
            )
        (self.root / "tmp" / deb.name).unlink()

    def run(self, command: str, user: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        """A shell command in there, without a network."""
        return subprocess.run(
            ["unshare", "--net", *self._chroot(user, command)], check=check, capture_output=True, text=True
        )

    def start(self, command: str, traced_to: Path | None = None, calls: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Start an app as the person; every one of these calls of it and of its children can be written to a file."""
        trace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={','.join(calls)}", "-o", str(traced_to)]
        # first in the queue, so that what else this machine does counts little in the times
        start = ["nice", "-n", "-12", "unshare", "--net", *self._chroot(PERSON, f"exec {command}")]
        return subprocess.Popen([*(trace if traced_to else []), *start], stderr=subprocess.PIPE, text=True)

    def run_answering_dialogs(self, command: str) -> tuple[subprocess.CompletedProcess[str], bool]:
        """Run until it ends; a dialog that comes up is answered with Enter. Returns whether one did."""
        app = self.start(f"sh -c '{command}'")
        had_dialog, begin = False, time.monotonic()
        while app.poll() is None:
            if time.monotonic() - begin > 90:
                app.kill()
            elif window := self._windows("Sfumato"):
                had_dialog = True
                self._press(window[0], "Return")
            time.sleep(0.2)
        said = app.stderr.read() if app.stderr else ""
        return subprocess.CompletedProcess(command, app.returncode, "", said), had_dialog

    def wait_for_window(self, app: subprocess.Popen[str], name: str, limit_s: float) -> str:
        """The window's number as soon as something is painted in it."""
        begin = time.monotonic()
        while time.monotonic() - begin < limit_s and app.poll() is None:
            for window in self._windows(name):
                if self._colours(window) > 16:
                    return window
            time.sleep(0.02)
        app.kill()
        said = app.stderr.read() if app.stderr else ""
        raise SystemExit(f"FAIL no window “{name}” within {limit_s:.0f} s. {said}")

    def wait_for_dialog(self, window: str) -> str:
        """Another window of the app, over this one."""
        for _ in range(300):
            if others := [found for found in self._windows(".") if found != window]:
                return others[-1]
            time.sleep(0.1)
        raise SystemExit("FAIL no dialog came up within 30 s.")

    def type(self, window: str, text: str) -> None:
        """Type a line and press Enter."""
        _x("windowfocus", "--sync", window)
        _x("type", "--delay", "15", text)
        _x("key", "Return")

    def close_window(self, window: str) -> None:
        """As a click on its cross does."""
        self._press(window, "ctrl+q")

    def screenshot(self, file: Path, window: str) -> None:
        """What a window shows."""
        _do("import", "-display", DISPLAY, "-window", window, str(file))

    @staticmethod
    def is_sharp(file: Path) -> bool:
        """False for what was drawn at half the size and made larger: halving and doubling it takes little away then."""
        double = ["-scale", "50%", "-scale", "200%"]
        lost = []
        for way in (
            [],
            ["-scale", "50%", "-resize", "200%"],
        ):  # as it is, and as it would be if it had been made larger
            halved = ["(", "+clone", *double, ")", "-metric", "RMSE", "-compare"]
            lost.append(float(_said("convert", str(file), *way, *halved, "-format", "%[distortion]", "info:")))
        return lost[0] > SHARPER * lost[1]

    def is_loaded(self, library: str) -> bool:
        """Whether a process of the app has loaded a library: its engine runs."""
        for maps in Path("/proc").glob("[0-9]*/maps"):
            with contextlib.suppress(OSError):  # a process that has ended since
                if f"/usr/lib/sfumato/_internal/{library}" in maps.read_text(errors="replace"):
                    return True
        return False

    def size(self, window: str) -> tuple[int, int]:
        """A window's width and height in pixels."""
        told = subprocess.run(
            ["xdotool", "getwindowgeometry", "--shell", window], check=True, capture_output=True, text=True, env=_SCREEN
        ).stdout
        facts = dict(line.split("=") for line in told.split())
        return int(facts["WIDTH"]), int(facts["HEIGHT"])

    def press(self, window: str, key: str) -> None:
        """Press a key in a window."""
        self._press(window, key)

    @contextmanager
    def at_home(self, folder: str, uid: int = UID) -> Iterator[None]:
        """The person has another home, empty at first, or is another."""
        (self.root / folder.strip("/")).mkdir(parents=True)
        os.chown(self.root / folder.strip("/"), uid, uid)
        before, (self._home, self._uid) = (self._home, self._uid), (folder, uid)
        try:
            yield
        finally:
            self._home, self._uid = before

    @contextmanager
    def wayland(self) -> Iterator[Callable[[Path], float]]:
        """A Wayland compositor, and nothing else to open windows on; gives a function that takes a picture of its screen."""
        place = self._work / "wayland"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o777)
        inside = self.root / "run" / "wayland"
        inside.mkdir()
        _do("mount", "--bind", str(place), str(inside))
        environment = os.environ | {"XDG_RUNTIME_DIR": str(place), "WAYLAND_DISPLAY": WAYLAND}
        options = ["--backend=headless-backend.so", "--use-pixman", "--width=1280", "--height=860", "--debug"]
        compositor = subprocess.Popen(
            ["weston", *options, f"--socket={WAYLAND}", "--idle-time=0"], env=environment, stderr=subprocess.DEVNULL
        )
        while not (place / WAYLAND).exists():
            time.sleep(0.05)
        (place / WAYLAND).chmod(0o777)

        def shoot(file: Path) -> float:
            """Returns how bright the screen is, 0 to 1; the compositor's own background is below 0.5."""
            subprocess.run(["weston-screenshooter"], check=True, cwd=place, env=environment, stdout=subprocess.DEVNULL)
            next(place.glob("*.png")).replace(file)
            return float(_said("identify", "-format", "%[fx:mean]", str(file)))

        try:
            yield shoot
        finally:
            compositor.terminate()
            compositor.wait()
            _do("umount", str(inside))

    def pictures(self) -> list[Path]:
        """What was painted, in order of its numbers."""
        return sorted((self.home / "Pictures" / "Sfumato").rglob("[0-9]*.png"))

    @property
    def home(self) -> Path:
        """The person's, seen from outside."""
        return self.root / self._home.strip("/")

    def has_library(self) -> bool:
        """True if the conversations are there."""
        return self._library.exists()

    def ask_library(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the library, while the app has it open."""
        with contextlib.closing(sqlite3.connect(f"{self._library.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def library_hash(self) -> str:
        """Of the library's file."""
        return hashlib.sha256(self._library.read_bytes()).hexdigest()

    def make_library_newer(self) -> None:
        """As if a later version had written it."""
        db = sqlite3.connect(self._library)
        db.execute("PRAGMA user_version = 999")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def put_over(self, path: str, contents: str | bytes) -> None:
        """Other contents for a file, until mended."""
        other = self.root / "tmp" / f"other{len(self._undo)}"
        other.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        other.chmod(0o755)
        place = str(self.root / path.strip("/"))
        _do("mount", "--bind", str(other), place)
        self._undo.append(lambda: _do("umount", place))

    def hide(self, path: str) -> None:
        """Take a file away, until mended."""
        file = self.root / path.strip("/")
        aside = file.with_name(file.name + ".hidden")
        file.rename(aside)
        self._undo.append(lambda: aside.rename(file) and None)

    def make_read_only(self, path: str) -> None:
        """Nobody can write to a folder, until mended."""
        place = str(self.root / path.strip("/"))
        _do("mount", "--bind", place, place)
        self._undo.append(
            lambda: _do("umount", "--lazy", place)
        )  # an engine may need a moment more to end than the app
        _do("mount", "-o", "remount,ro,bind", place)

    def mount_full(self, path: str) -> None:
        """A disk with hardly any room."""
        place = self.root / path.strip("/")
        place.mkdir(exist_ok=True)
        _do("mount", "-t", "tmpfs", "-o", f"size=64k,uid={UID}", "tmpfs", str(place))
        self._undo.append(lambda: _do("umount", str(place)))

    @contextmanager
    def mending(self) -> Iterator[None]:
        """What is broken within is whole again after it."""
        broken_before = len(self._undo)
        try:
            yield
        finally:
            while len(self._undo) > broken_before:
                self._undo.pop()()

    @property
    def _library(self) -> Path:
        return self.home / ".local" / "share" / "sfumato" / "library.sqlite3"

    def _chroot(self, user: str, command: str) -> list[str]:
        who = f"{self._uid}:{self._uid}" if user == PERSON else "0:0"
        home = self._home if user == PERSON else "/root"
        environment = [
            f"HOME={home}",
            f"USER={user}",
            f"DISPLAY={DISPLAY}",
            "LANG=C.UTF-8",
            "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
        ]
        inside = f"cd && {command}"
        return [
            "chroot",
            f"--userspec={who}",
            "--groups=",
            str(self.root),
            "/usr/bin/env",
            "-i",
            *environment,
            "sh",
            "-c",
            inside,
        ]

    def _make_base(self) -> None:
        if (self._base / "usr" / "bin" / "apt-get").exists():
            return
        sites = _said("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)").splitlines()
        site, release = next(line.split() for line in sites if "security" not in line and "updates" not in line)
        unfinished = self._base.with_name("bare-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _do("debootstrap", "--variant=minbase", release, str(unfinished), site)
        shutil.rmtree(unfinished / "etc" / "apt")
        shutil.copytree("/etc/apt", unfinished / "etc" / "apt")
        (unfinished / "etc" / "ssl" / "certs").mkdir(parents=True, exist_ok=True)
        for file in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"):
            if Path(file).exists():
                shutil.copy(file, unfinished / file.strip("/"))
        _do("chroot", str(unfinished), "useradd", "--uid", str(UID), "--create-home", "--home-dir", HOME, PERSON)
        unfinished.rename(self._base)

    def _windows(self, name: str) -> list[str]:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", name],
            check=False,
            capture_output=True,
            text=True,
            env=_SCREEN,
        )
        return found.stdout.split()

    def _colours(self, window: str) -> int:
        shown = subprocess.run(
            f"import -display {DISPLAY} -window {window} png:- | identify -format %k -",
            shell=True,
            check=False,
            capture_output=True,
            text=True,
        ).stdout
        return int(shown) if shown.isdigit() else 0

    def _press(self, window: str, key: str) -> None:
        _x("windowfocus", window)
        _x("key", key)


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


_SCREEN = os.environ | {"DISPLAY": DISPLAY}


def _x(*arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], check=False, env=_SCREEN, stderr=subprocess.DEVNULL)


def _do(*command: str) -> None:
    if code := subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit(f"{' '.join(command)} ended with {code}.")


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
