from __future__ import annotations

import pytest

from sfumato.errors import SfumatoError
from sfumato.release import Release, read_answer

PAGE = "https://sfumato.example"


@pytest.mark.parametrize(
    ("installed", "newest", "is_newer", "said"),
    [
        ("0.1.0", "0.2.0", True, f"Sfumato 0.2.0 is there; this is 0.1.0. Get it from {PAGE}"),
        ("0.9.0", "0.10.0", True, f"Sfumato 0.10.0 is there; this is 0.9.0. Get it from {PAGE}"),
        ("0.1.0", "0.1", False, "Sfumato 0.1.0 is the newest version."),
        ("0.2.0", "0.1.9", False, "This is Sfumato 0.2.0; the newest that is published is 0.1.9."),
    ],
)
def test_what_is_said_of_two_versions(installed: str, newest: str, is_newer: bool, said: str) -> None:
    release = Release(installed, newest, PAGE)
    assert (release.is_newer, str(release)) == (is_newer, said)


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"<html>Welcome to the hotel's network</html>", b"[]", b'{"version": 2}', b'{"version": "2"}',
        b'{"version": "1.2.0 <a href=//evil>"}', b'{"version": "' + b"9" * 5000 + b'.0"}', b"[" * 100_000, b"\xff",
    ],
)  # fmt: skip
def test_nonsense_names_no_version(answer: bytes) -> None:
    with pytest.raises(SfumatoError, match="names no version"):
        read_answer(answer)


def test_what_else_an_answer_says_is_left_alone() -> None:
    assert read_answer(b'{"version": "1.2.0", "page": "https://evil.example", "install": "rm"}') == "1.2.0"
