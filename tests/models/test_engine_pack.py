from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato_models.engine_pack import (
    PackLock,
    Wheel,
    active_pack,
    install_pack,
    libraries_of,
    load_locks,
    machine_kind,
    python_tag,
    remove_pack,
)


def make_wheel(folder: Path, name: str = "torch-9.9-py3-none-any.whl", **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, text in (files or {"torch/__init__.py": "__version__ = '9.9'\n"}).items():
            archive.writestr(path, text)
    return folder / name


def lock_of(*wheels: Path, pack_id: str = "test-pack", platform: str = sys.platform, machine: str = "") -> PackLock:
    listed = tuple(
        Wheel(file=file.name, sha256=hashlib.sha256(file.read_bytes()).hexdigest(), size_bytes=file.stat().st_size)
        for file in wheels
    )
    return PackLock(
        id=pack_id, title="Test", device="cpu", platform=platform, machine=machine or machine_kind(), python=python_tag(),
        wheels=listed,
    )  # fmt: skip


def works(_: Path, __: PackLock) -> None:
    """Every pack does."""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "engines"


def test_a_pack_from_a_folder_is_tried_and_used(tmp_path: Path, packs: Path) -> None:
    wheel = make_wheel(tmp_path / "stick")
    tried: list[str] = []
    lock = install_pack(
        wheel.parent,
        packs,
        (lock_of(wheel),),
        lambda folder, _: tried.append((folder / "torch/__init__.py").read_text()),
    )
    assert tried == ["__version__ = '9.9'\n"]
    assert active_pack(packs) == lock
    assert (libraries_of(packs, lock) / "torch" / "__init__.py").exists()
    assert sorted(path.name for path in packs.iterdir()) == ["active", "test-pack"]


def test_a_pack_from_an_archive_is_the_same(tmp_path: Path, packs: Path) -> None:
    wheel = make_wheel(tmp_path / "stick")
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.write(wheel, f"some folder/{wheel.name}")
    assert active_pack(packs) is None
    install_pack(tmp_path / "pack.zip", packs, (lock_of(wheel),), works)
    assert active_pack(packs) == lock_of(wheel)


def test_what_is_not_locked_is_refused(tmp_path: Path, packs: Path) -> None:
    wheel = make_wheel(tmp_path / "stick")
    lock = lock_of(wheel)
    make_wheel(tmp_path / "stick", **{"torch/__init__.py": "import os  # other than what was locked"})
    with pytest.raises(SfumatoError, match="damaged or not what it should be"):
        install_pack(wheel.parent, packs, (lock,), works)
    with pytest.raises(SfumatoError, match="no engine pack"):
        install_pack(wheel.parent, packs, (), works)
    assert active_pack(packs) is None
    assert list(packs.iterdir()) == []


@pytest.mark.parametrize("other", [{"platform": "amiga"}, {"machine": "m68k"}])
def test_a_pack_for_another_system_is_refused(tmp_path: Path, packs: Path, other: dict[str, str]) -> None:
    wheel = make_wheel(tmp_path / "stick")
    with pytest.raises(SfumatoError, match="another system"):
        install_pack(wheel.parent, packs, (lock_of(wheel, **other),), works)


def test_the_packs_that_ship_hold_the_pinned_torch_for_every_python_that_packages_are_made_with() -> None:
    root = Path(__file__).parents[2]
    locks = load_locks(root / "resources" / "sfumato_resources" / "engine_packs")
    pinned = next(
        line.removeprefix("torch==").strip()
        for line in (root / "packaging" / "constraints.txt").read_text().splitlines()
        if line.startswith("torch==")
    )
    assert {"cp311", "cp312", "cp313"} <= {lock.python for lock in locks}
    for lock in locks:
        assert 2e9 < lock.size_bytes < 4e9
        names = {wheel.file.split("-")[0] for wheel in lock.wheels}
        assert {"torch", "triton", "nvidia_cublas", "nvidia_cudnn_cu13", "cuda_bindings"} <= names
        for wheel in lock.wheels:
            _, version, python, _, system = wheel.file.removesuffix(".whl").split("-")
            assert python in (lock.python, "py3", "py2.py3")
            assert system == "any" or lock.machine in system
            assert not wheel.file.startswith("torch-") or version == pinned


def test_a_pack_that_does_not_work_leaves_the_one_before(tmp_path: Path, packs: Path) -> None:
    first, second = (
        make_wheel(tmp_path / "a", "a-1-py3-none-any.whl"),
        make_wheel(tmp_path / "b", "b-1-py3-none-any.whl"),
    )
    locks = (lock_of(first, pack_id="first"), lock_of(second, pack_id="second"))
    install_pack(first.parent, packs, locks, works)

    def fails(_: Path, __: PackLock) -> None:
        raise SfumatoError("No card answers.")

    with pytest.raises(SfumatoError, match="No card answers"):
        install_pack(second.parent, packs, locks, fails)
    assert active_pack(packs) == locks[0]
    assert sorted(path.name for path in packs.iterdir()) == ["active", "first"]


def test_a_newer_pack_takes_the_place_of_the_older(tmp_path: Path, packs: Path) -> None:
    first, second = (
        make_wheel(tmp_path / "a", "a-1-py3-none-any.whl"),
        make_wheel(tmp_path / "b", "b-1-py3-none-any.whl"),
    )
    locks = (lock_of(first, pack_id="first"), lock_of(second, pack_id="second"))
    for wheel in (first, second, second):  # the same once more is no trouble
        install_pack(wheel.parent, packs, locks, works)
    assert active_pack(packs) == locks[1]
    assert sorted(path.name for path in packs.iterdir()) == ["active", "second"]


def test_removing_a_pack_leaves_nothing(tmp_path: Path, packs: Path) -> None:
    wheel = make_wheel(tmp_path / "stick")
    install_pack(wheel.parent, packs, (lock_of(wheel),), works)
    remove_pack(packs)
    assert active_pack(packs) is None
    assert list(packs.iterdir()) == []


@pytest.mark.parametrize("name", ["../outside.py", "/outside.py", "torch/../../outside.py", "C:outside.py"])
def test_a_file_that_leads_out_of_the_folder_is_refused(tmp_path: Path, packs: Path, name: str) -> None:
    wheel = make_wheel(tmp_path / "stick", **{name: "x"})
    with pytest.raises(SfumatoError, match="out of its folder"):
        install_pack(wheel.parent, packs, (lock_of(wheel),), works)
    assert not list(tmp_path.rglob("outside.py"))


def test_data_of_wheels_goes_where_an_installer_would_put_it(tmp_path: Path, packs: Path) -> None:
    files = {"x-1.data/purelib/nvidia/lib.so": "a", "x-1.data/scripts/tool": "b"}
    wheel = make_wheel(tmp_path / "stick", **files)
    lock = install_pack(wheel.parent, packs, (lock_of(wheel),), works)
    libraries = libraries_of(packs, lock)
    assert [path.relative_to(libraries).as_posix() for path in libraries.rglob("*.*")] == ["nvidia/lib.so"]


def test_an_archive_cut_short_is_told(tmp_path: Path, packs: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(SfumatoError, match="cut short"):
        install_pack(tmp_path / "pack.zip", packs, (), works)
