"""One file from the hub to the disk: goes on where it was cut, and is there only when its hash is right.

What has come so far stands in `NAME.part`; `NAME.part.etag` says of which state of the remote file it is a part.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx2

from sfumato.errors import SfumatoError
from sfumato.paths import file_trouble
from sfumato_models.download_stop import StopToken
from sfumato_models.hub import Hub, NoSuchRange, Passing
from sfumato_models.model_folder import PIECE_BYTES, ModelFile, begin_digest, expected_digest
from sfumato_models.repository import remote_path

ATTEMPTS = 6
# A connection that brought this much was worth it: the count of attempts begins anew.
PROGRESS_BYTES = 2**14
# Slower than this over the whole stall time is a stall too.
TRICKLE_BYTES_S = 256
_CONTENT_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")


class Watch(Protocol):
    """Who looks on: told of bytes (negative when they have to be fetched again) and of what is waited for."""

    def received(self, count: int) -> None:
        """So many more bytes of the model are on the disk."""
        ...

    def waiting(self, text: str) -> None:
        """Nothing moves, and why; empty when it moves again."""
        ...


class WrongContent(SfumatoError):
    """What came is not the file that was announced."""


def part_path(folder: Path, file: ModelFile) -> Path:
    """Where a file stands while it is incomplete."""
    return folder / f"{file.path}.part"


def fetch(hub: Hub, file: ModelFile, folder: Path, watch: Watch, stop: StopToken) -> None:
    """Bring a file into `folder`, going on with what is there.

    Raises:
        Stopped: after a stop; what is there is kept.
        SfumatoError: if the hub refuses, the trouble does not pass, the disk is full, or what comes is another file.
    """
    part = part_path(folder, file)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with _open_part(part) as stream:
            _Fetching(hub, file, part, stream, watch, stop).run()
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, folder / file.path)
        _etag_path(part).unlink(missing_ok=True)
    except OSError as error:
        raise file_trouble(part.parent, error) from error


class _Fetching:
    """The part file open at its end, and the hash of what stands in it."""

    def __init__(self, hub: Hub, file: ModelFile, part: Path, stream: BinaryIO, watch: Watch, stop: StopToken) -> None:
        self._hub = hub
        self._file = file
        self._part = part
        self._stream = stream
        self._watch = watch
        self._stop = stop
        self._digest = begin_digest(file)
        self._have = 0
        self._wrong = 0

    def run(self) -> None:
        """Until the file is whole and right."""
        self._read_what_is_there()
        while True:
            self._receive_all()
            if self._digest.hexdigest() == expected_digest(self._file):
                return
            self._begin_again()
            self._count_wrong("has another content than announced")

    def _receive_all(self) -> None:
        failures = 0
        while self._have < self._file.size_bytes:
            before = self._have
            try:
                self._receive()
            except NoSuchRange:
                self._begin_again()
                self._count_wrong("is shorter than announced")
            except Passing as trouble:
                failures = 1 if self._have - before >= PROGRESS_BYTES else failures + 1
                self._wait_or_give_up(trouble, failures)

    def _wait_or_give_up(self, trouble: Passing, failures: int) -> None:
        wait_s = trouble.wait_s
        if wait_s is not None and wait_s > self._hub.patience.retry_after_s:
            minutes = max(1, round(wait_s / 60))
            raise SfumatoError(
                trouble.message, f"It asks to come back in {minutes} minutes; try again then.", trouble.detail
            )
        if failures >= ATTEMPTS:
            raise trouble
        pause = wait_s if wait_s is not None else self._hub.patience.backoff_s * 2 ** (failures - 1)
        self._watch.waiting(trouble.message)
        self._stop.wait(pause)

    def _receive(self) -> None:
        """One answer of the hub, appended as far as it comes."""
        headers = {}
        etag = _read_etag(self._part) if self._have else ""
        if self._have:
            headers = {"Range": f"bytes={self._have}-"} | ({"If-Range": etag} if etag else {})
        path = remote_path(self._file.repository, self._file.commit, self._file.remote_path)
        with self._hub.get(path, self._file.remote_path, self._stop, headers) as response:
            if response.status_code == 206:
                self._check_range(response)
            elif self._have:  # the whole file: it has changed, or this server cannot go on in the middle
                self._begin_again()
            self._check_length(response)
            _write_etag(self._part, response.headers.get("etag", ""))
            self._watch.waiting("")
            self._append(response)

    def _append(self, response: httpx2.Response) -> None:
        stall_s = self._hub.patience.stall_s
        window_began, window_bytes = time.monotonic(), 0
        for piece in response.iter_raw():
            self._stop.raise_if_stopped()
            if self._have + len(piece) > self._file.size_bytes:
                raise self._not_what_was_announced("is longer than announced", f"more than {self._file.size_bytes}")
            self._stream.write(piece)
            self._digest.update(piece)
            self._have += len(piece)
            self._watch.received(len(piece))
            window_bytes += len(piece)
            if (elapsed := time.monotonic() - window_began) > stall_s:
                if window_bytes < TRICKLE_BYTES_S * elapsed and self._have < self._file.size_bytes:
                    raise Passing(
                        "Almost nothing comes any more.", "What is there is kept; try again.", f"{window_bytes} B"
                    )
                window_began, window_bytes = time.monotonic(), 0

    def _check_range(self, response: httpx2.Response) -> None:
        told = response.headers.get("content-range", "")
        match = _CONTENT_RANGE.match(told)
        total = match and match[3]
        if not match or int(match[1]) != self._have or total not in ("*", str(self._file.size_bytes)):
            self._count_wrong("comes in another piece than was asked for", told)
            raise Passing("The hub sent another piece than was asked for.", "Try again later.", told)

    def _check_length(self, response: httpx2.Response) -> None:
        told = response.headers.get("content-length", "")
        if told.isdigit() and int(told) != self._file.size_bytes - self._have:
            raise self._not_what_was_announced("has another size than announced", f"{told} bytes")

    def _count_wrong(self, what: str, detail: str = "") -> None:
        """Once may be an accident on the way; the second time it is said."""
        self._wrong += 1
        if self._wrong > 1:
            raise self._not_what_was_announced(what, detail)

    def _not_what_was_announced(self, what: str, detail: str = "") -> WrongContent:
        return WrongContent(
            f"The file {self._file.remote_path} {what}, so it was not kept.",
            "Try again later; if it stays so, the repository or the mirror is damaged.",
            detail,
        )

    def _read_what_is_there(self) -> None:
        self._stream.seek(0)
        while piece := self._stream.read(PIECE_BYTES):
            self._stop.raise_if_stopped()
            self._digest.update(piece)
            self._have += len(piece)
        if self._have > self._file.size_bytes:
            self._begin_again()

    def _begin_again(self) -> None:
        self._watch.received(-self._have)
        self._stream.seek(0)
        self._stream.truncate()
        _etag_path(self._part).unlink(missing_ok=True)
        self._digest = begin_digest(self._file)
        self._have = 0


def _open_part(part: Path) -> BinaryIO:
    """Unbuffered: what has come is in the file, even if this process is killed."""
    handle = os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    return open(handle, "r+b", buffering=0)


def _etag_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _read_etag(part: Path) -> str:
    try:
        return _etag_path(part).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _write_etag(part: Path, etag: str) -> None:
    """Only a strong one can vouch for bytes (RFC 9110, 13.1.5)."""
    is_strong = etag.startswith('"') and etag.isascii() and len(etag) < 500
    if is_strong:
        _etag_path(part).write_text(etag, encoding="ascii")
    else:
        _etag_path(part).unlink(missing_ok=True)
