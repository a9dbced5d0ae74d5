"""The hub token against a real secret-service daemon: unlocked, locked, absent, and one that never answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato.secrets import NO_VAULT, Secrets

HAS_DAEMON = shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")
needs_daemon = pytest.mark.skipif(
    not HAS_DAEMON, reason="needs gnome-keyring and dbus, which `make test` installs on Debian when it may"
)
TOKEN = "hf_a_token_for_the_vault"
_READY = (
    "tries=0; until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner "
    "string:org.freedesktop.secrets | grep -q true || [ $tries -gt 100 ]; do sleep 0.05; tries=$((tries+1)); done;"
)
_UNLOCK = f'printf "a password" | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null & vault=$!; {_READY}'
_LOCKED = f"gnome-keyring-daemon --start --components=secrets --foreground >/dev/null & vault=$!; {_READY}"


def in_session(home: Path, shell: str, code: str, environment: dict[str, str] | None = None) -> str:
    """Run Python in a session bus of its own, with a home folder of its own."""
    for name in ("data", "config", "runtime"):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    given = os.environ | {
        "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_RUNTIME_DIR": str(home / "runtime"), "TOKEN": TOKEN, "PYTHON": sys.executable,
    }  # fmt: skip
    given.pop("DBUS_SESSION_BUS_ADDRESS", None)
    script = home / "script.py"
    script.write_text("import os, time\nfrom sfumato.secrets import Secrets\n" + textwrap.dedent(code))
    command = [
        "dbus-run-session",
        "--",
        "sh",
        "-c",
        f'{shell} "$PYTHON" {script}; code=$?; [ -n "$vault" ] && kill -KILL $vault; exit $code',
    ]
    result = subprocess.run(
        command, cwd=home, env=given | (environment or {}), capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def files_with_the_token(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


@needs_daemon
def test_an_unlocked_vault_keeps_the_token_for_the_next_run_and_forgets_it(tmp_path: Path) -> None:
    first = """
        assert Secrets().token() is None
        assert Secrets().keep(os.environ["TOKEN"]) == ""
        assert Secrets().token() == os.environ["TOKEN"]
    """
    again = """
        assert Secrets().token() == os.environ["TOKEN"]
        Secrets().forget()
        assert Secrets().token() is None
    """
    in_session(tmp_path, _UNLOCK, first)
    assert list((tmp_path / "data/keyrings").iterdir())
    in_session(tmp_path, _UNLOCK, again)
    assert files_with_the_token(tmp_path) == []


@needs_daemon
def test_a_locked_vault_does_not_hang_and_the_token_lives_for_this_run(tmp_path: Path) -> None:
    in_session(tmp_path, _UNLOCK, 'assert Secrets().keep(os.environ["TOKEN"]) == ""')
    code = """
        secrets = Secrets(answer_s=3)
        began = time.monotonic()
        assert secrets.token() is None
        print(secrets.keep("hf_another"))
        assert secrets.token() == "hf_another"
        assert time.monotonic() - began < 10
    """
    assert in_session(tmp_path, _LOCKED, code) == NO_VAULT
    assert files_with_the_token(tmp_path) == []


@needs_daemon
def test_a_vault_that_never_answers_is_given_up(tmp_path: Path) -> None:
    code = """
        secrets = Secrets(answer_s=1)
        began = time.monotonic()
        print(secrets.keep(os.environ["TOKEN"]))
        assert secrets.token() == os.environ["TOKEN"]
        assert 0.9 < time.monotonic() - began < 5
    """
    assert in_session(tmp_path, f"{_UNLOCK} kill -STOP $vault;", code) == NO_VAULT


@pytest.mark.skipif(
    not shutil.which("dbus-run-session"), reason="needs dbus, which `make test` installs on Debian when it may"
)
def test_without_a_vault_the_token_lives_for_this_run_and_that_is_said(tmp_path: Path) -> None:
    code = """
        secrets = Secrets(answer_s=10)
        assert secrets.token() is None
        print(secrets.keep(os.environ["TOKEN"]))
        assert secrets.token() == os.environ["TOKEN"]
        assert Secrets(answer_s=10).token() is None
    """
    empty = {"XDG_DATA_DIRS": str(tmp_path)}  # no service that the bus could start
    assert in_session(tmp_path, "vault=;", code, empty) == NO_VAULT
    assert files_with_the_token(tmp_path) == []


def test_a_backend_that_writes_plain_text_is_never_used(tmp_path: Path) -> None:
    """As `keyrings.alt` does, chosen by keyring's own configuration."""
    (tmp_path / "plain.py").write_text(
        "import pathlib, keyring.backend\n"
        "class Keyring(keyring.backend.KeyringBackend):\n"
        "    priority = 100\n"
        "    def get_password(self, service, name): return pathlib.Path('plain.txt').read_text()\n"
        "    def set_password(self, service, name, secret): pathlib.Path('plain.txt').write_text(secret)\n"
    )
    code = f"from sfumato.secrets import Secrets; print(Secrets(5).keep('{TOKEN}'))"
    environment = os.environ | {
        "PYTHON_KEYRING_BACKEND": "plain.Keyring", "HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
    }  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == NO_VAULT
    assert files_with_the_token(tmp_path) == []


@pytest.mark.parametrize("text", ["", "  ", "two words", "ünicode", "hf_\x00x", "x" * 2000])
def test_what_cannot_be_a_token_is_refused(text: str) -> None:
    with pytest.raises(SfumatoError, match="not a token"):
        Secrets(0.1).keep(text)
