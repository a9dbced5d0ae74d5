"""`make deb`: from `dist/sfumato` a Debian package and an archive with an installer for one's home, in `dist/`.

Bundles first if there is no bundle, or an older one than the sources; `SFUMATO_SITE` is where the project's pages and screenshots are, for software centres.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import bundle
from bundle import BUNDLE, DRAWING, ICONS, ROOT, WORK, run, run_for_output, say
from icons import SIZES

TEMPLATES = ROOT / "packaging" / "linux"
APP_ID = "app.sfumato.Sfumato"
LARGEST_DEB_MB = 300
MAINTAINER = "The Sfumato authors <maintainers@users.noreply.sfumato.invalid>"
QUICK = "--quick"  # a package to test, not to give away: not compressed, not validated
DATA_PACKAGES = {
    "fontconfig-config",
    "xkb-data",
}  # read by libraries that are in the bundle; the first brings fonts along


def main() -> int:
    """Build both; 1 if the package is too large or a validator objects."""
    if not bundle.is_current() and bundle.main():
        return 1
    shared = make_shared_files(WORK / "share")
    deb = make_package(shared)
    if QUICK in sys.argv:
        return 0
    archive = make_archive(shared)
    for file in (deb, archive):
        say(f"{file.stat().st_size / 1e6:8.1f} MB  {file.relative_to(ROOT)}")
    return int(not validate(shared, deb) or deb.stat().st_size > LARGEST_DEB_MB * 1e6)


def make_shared_files(folder: Path) -> Path:
    """What a desktop wants to know of an app, as it stands below a `share` folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, place in (
        (f"{APP_ID}.desktop", f"applications/{APP_ID}.desktop"),
        (f"{APP_ID}.metainfo.xml", f"metainfo/{APP_ID}.metainfo.xml"),
        (f"{APP_ID}.mime.xml", f"mime/packages/{APP_ID}.xml"),
        ("sfumato.1", "man/man1/sfumato.1"),
    ):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(filled((TEMPLATES / name).read_text()))
    icons = folder / "icons" / "hicolor"
    for size in SIZES:
        (icons / f"{size}x{size}" / "apps").mkdir(parents=True)
        shutil.copy(ICONS / f"{size}.png", icons / f"{size}x{size}" / "apps" / f"{APP_ID}.png")
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copy(DRAWING, icons / "scalable" / "apps" / f"{APP_ID}.svg")
    return folder


def filled(template: str) -> str:
    """Version, date and addresses put in; without a site there are no addresses."""
    site = os.environ.get("SFUMATO_SITE", "").rstrip("/")
    shot = f'<screenshot type="default"><image>{site}/window.png</image><caption>A conversation</caption></screenshot>'
    if not site:
        template = re.sub(r"\s*<screenshots>.*</screenshots>|\s*@URL@", "", template, flags=re.DOTALL)
    return (
        template.replace("@VERSION@", version())
        .replace("@DATE@", f"{datetime.now(UTC):%Y-%m-%d}")
        .replace("@URL@", f'<url type="homepage">{site}</url>')
        .replace("@SCREENSHOTS@", shot)
    )


def make_package(shared: Path) -> Path:
    """The .deb: the bundle in /usr/lib/sfumato. Nothing runs on installing; on removing it is said what stays."""
    root = WORK / "deb"
    shutil.rmtree(root, ignore_errors=True)
    program = root / "usr" / "lib" / "sfumato"
    program.parent.mkdir(parents=True)
    run("cp", "-a", "--reflink=auto", str(BUNDLE), str(program))
    run("cp", "-a", str(shared), str(root / "usr" / "share"))
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "sfumato").symlink_to("../lib/sfumato/sfumato")
    manual = root / "usr" / "share" / "man" / "man1" / "sfumato.1"
    compress(manual.read_bytes(), manual.with_name("sfumato.1.gz"))
    manual.unlink()
    documents = root / "usr" / "share" / "doc" / "sfumato"
    documents.mkdir(parents=True)
    shutil.copy(TEMPLATES / "copyright", documents / "copyright")
    compress((ROOT / "CHANGELOG.md").read_bytes(), documents / "CHANGELOG.md.gz")
    compress(debian_changelog().encode(), documents / "changelog.gz")
    overrides = root / "usr" / "share" / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copy(TEMPLATES / "lintian-overrides", overrides / "sfumato")
    run("chmod", "-R", "u=rwX,go=rX", str(root))
    for licence in program.glob("_internal/*.dist-info/licenses/**/*"):
        if licence.is_file():
            licence.chmod(0o644)
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(control(root))
    shutil.copy(TEMPLATES / "postrm", root / "DEBIAN" / "postrm")
    (root / "DEBIAN" / "postrm").chmod(0o755)
    sums = run_for_output("sh", "-c", f"cd '{root}' && find usr -type f -print0 | sort -z | xargs -0 md5sum")
    (root / "DEBIAN" / "md5sums").write_text(sums + "\n")
    deb = ROOT / "dist" / f"sfumato_{version()}_{architecture()}.deb"
    say("Packing" if QUICK in sys.argv else "Packing; a few minutes")
    compression = ["-Znone"] if QUICK in sys.argv else ["-Zxz", "-z6"]
    run("dpkg-deb", "--root-owner-group", *compression, "--build", str(root), str(deb))
    return deb


def debian_changelog() -> str:
    """In the form Debian's tools read; what changed for people is in CHANGELOG.md beside it."""
    date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return f"""sfumato ({version()}) stable; urgency=medium

  * See CHANGELOG.md.gz in this folder.

 -- {MAINTAINER}  {date}
"""


def control(root: Path) -> str:
    """The package's description of itself."""
    size_kib = sum(file.stat().st_size for file in root.rglob("*") if file.is_file() and not file.is_symlink()) // 1024
    return f"""Package: sfumato
Version: {version()}
Architecture: {architecture()}
Maintainer: {MAINTAINER}
Installed-Size: {size_kib}
Depends: {", ".join(system_packages())}
Recommends: fonts-droid-fallback | fonts-noto-cjk, fonts-noto-core, shared-mime-info, xdg-user-dirs
Section: graphics
Priority: optional
Description: describe a picture; it is painted on this computer
 Say in your own words what a picture should show. A small language model
 turns the words into a prompt in fields, and diffusion paints it while you
 watch. Then talk on: “same but at night” changes the light and nothing else,
 under the same seed.
 .
 Everything happens on this computer, offline, without a graphics card. Two
 small starter models are included.
"""


def system_packages() -> list[str]:
    """The packages that hold what the bundle's libraries load from the system."""
    libraries = [file for file in BUNDLE.rglob("*") if is_library(file)]
    own = {file.name for file in BUNDLE.rglob("*.so*")}
    said = run_for_output("sh", "-c", 'readelf -d "$@" 2>/dev/null | grep NEEDED', "sh", *map(str, libraries))
    needed = set(re.findall(r"\[(.+?)\]", said)) - own
    listed = run_for_output("/sbin/ldconfig", "-p")
    paths = {line.split()[0]: line.split(" => ")[1] for line in reversed(listed.splitlines()) if " => " in line}
    unknown = sorted(name for name in needed if name not in paths)
    if unknown:
        raise SystemExit(f"No package of this system has what the bundle loads: {', '.join(unknown)}")
    packages = {owner(paths[name]) for name in needed} - {"libc6", "libc-bin"}
    libc = run_for_output("getconf", "GNU_LIBC_VERSION").split()[1]
    return [f"libc6 (>= {libc})", *sorted(packages | DATA_PACKAGES)]


def owner(library: str) -> str:
    """The package that a library of this system belongs to."""
    for path in (library, os.path.realpath(library)):
        for name in (path, path.removeprefix("/usr"), f"/usr{path}"):
            found = subprocess.run(["dpkg", "-S", name], check=False, capture_output=True, text=True).stdout
            if found:
                return found.partition(":")[0]
    raise SystemExit(f"{library} belongs to no package.")


def is_library(file: Path) -> bool:
    """True for what the system's loader loads."""
    if file.is_symlink() or not file.is_file() or (".so" not in file.name and file.name != "sfumato-app"):
        return False
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def make_archive(shared: Path) -> Path:
    """The same folder with an `install` script for a person's home."""
    folder = WORK / "archive" / f"sfumato-{version()}"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    run("cp", "-a", "--reflink=auto", str(BUNDLE), str(folder / "sfumato"))
    run("cp", "-a", str(shared), str(folder / "share"))
    shutil.copy(TEMPLATES / "install", folder / "install")
    (folder / "install").chmod(0o755)
    archive = ROOT / "dist" / f"sfumato-{version()}-linux-{os.uname().machine}.tar.zst"
    options = ["--owner=0", "--group=0", "-I", "zstd -12 -T0 -q"]
    run("tar", *options, "-cf", str(archive), "-C", str(folder.parent), folder.name)
    return archive


def validate(shared: Path, deb: Path) -> bool:
    """What the desktop's and Debian's own checkers say; those that are not installed are named."""
    commands = [
        ["desktop-file-validate", str(shared / "applications" / f"{APP_ID}.desktop")],
        ["appstreamcli", "validate", "--no-net", "--explain", str(shared / "metainfo" / f"{APP_ID}.metainfo.xml")],
        ["lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning", str(deb)],
    ]
    fine = True
    for command in commands:
        if shutil.which(command[0]) is None:
            say(f"not checked: {command[0]} is not installed")
            continue
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        say(f"{command[0]}: {'passed' if result.returncode == 0 else 'FAILED'}\n{result.stdout}{result.stderr}".strip())
        fine = fine and result.returncode == 0
    return fine


def compress(data: bytes, file: Path) -> None:
    """gzip without a date in it."""
    file.write_bytes(gzip.compress(data, 9, mtime=0))


def version() -> str:
    """The project's."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def architecture() -> str:
    """Debian's name of this machine's kind."""
    return run_for_output("dpkg", "--print-architecture")


if __name__ == "__main__":
    sys.exit(main())
