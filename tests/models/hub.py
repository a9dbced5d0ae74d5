"""A model hub on loopback that behaves like the real one, and misbehaves when told to.

The API and the pages are on 127.0.0.1; large files are redirected to another host (`localhost`, another port), as the real
one does. Every request is written down with its headers.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import json
import random
import re
import select
import socket
import ssl
import threading
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "c0ffee" * 6 + "c0ff"
LARGE_BYTES = 4096
PIECE = 2**16


@dataclass
class Fault:
    """One way to misbehave. Happens `times` times on one file (or on "api"), after `after_bytes` bytes where that matters."""

    kind: str
    times: int = 10**9
    after_bytes: int = 0
    value: str = ""


@dataclass
class Repo:
    name: str
    files: dict[str, bytes]
    token: str = ""  # only with this one, else 401
    closed_to: str = ""  # this token may not: 403, its conditions are not accepted
    gated: bool | str = False
    moved_to: str = ""
    tags: tuple[str, ...] = ("license:apache-2.0",)
    gguf: dict[str, Any] | None = None
    declared_bytes: dict[str, int] = field(default_factory=dict)  # sizes the API tells instead of the true ones


@dataclass(frozen=True)
class Seen:
    host: str
    path: str
    headers: dict[str, str]


@dataclass
class LoopbackHub:
    repos: dict[str, Repo] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[str, bytes] = field(default_factory=dict)  # plain files of a site, by path
    seen: list[Seen] = field(default_factory=list)
    sent_bytes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pace_bytes_s: float = 0.0  # 0: as fast as it goes
    etag: str = "one"
    certificate: Path | None = None  # with its key in the same file: the hub then speaks TLS

    def __enter__(self) -> LoopbackHub:
        self.closing = threading.Event()
        self._servers = [_Server(self, "127.0.0.1"), _Server(self, "localhost")]
        scheme = "https" if self.certificate else "http"
        self.address = f"{scheme}://127.0.0.1:{self._servers[0].server_port}"
        self.cdn = f"{scheme}://localhost:{self._servers[1].server_port}"
        if self.certificate:
            secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            secure.load_cert_chain(self.certificate)
            for server in self._servers:
                server.socket = secure.wrap_socket(server.socket, server_side=True)
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def add(self, name: str, files: dict[str, bytes], **more: Any) -> Repo:
        repo = self.repos[name] = Repo(name, files, **more)
        return repo

    def add_folder(self, name: str, folder: Path, **more: Any) -> Repo:
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        return self.add(name, files, **more)

    def fault(self, file: str, kind: str, times: int = 10**9, after_bytes: int = 0, value: str = "") -> Fault:
        """`file` is the path of a file in its repository, or "api"."""
        fault = Fault(kind, times, after_bytes, value)
        self.faults[file].append(fault)
        return fault

    def requests_of(self, file: str) -> list[Seen]:
        return [seen for seen in self.seen if urllib.parse.unquote(seen.path).split("?")[0].endswith(file)]

    def take(self, file: str, *kinds: str) -> Fault | None:
        """The next fault of a file among `kinds`, counted as used."""
        for fault in self.faults[file]:
            if fault.kind in kinds and fault.times > 0:
                fault.times -= 1
                return fault
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, hub: LoopbackHub, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub = hub
        self.name = name

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side hung up: that is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        hub = self.server.hub
        hub.seen.append(
            Seen(self.server.name, self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        path = urllib.parse.unquote(self.path.split("?")[0])
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/([^/]+)", path):
            self._api(match[1])
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(match[1], match[2], match[3])
        elif match := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
            self._file(hub.repos[match[1]], match[2])
        elif path in hub.pages:
            self._page(path)
        else:
            self._status(404)

    # --- what is answered -------------------------------------------------------------------------------------------

    def _page(self, path: str) -> None:
        fault = self.server.hub.take(path, "status")
        if fault:
            self._status(int(fault.value))
        else:
            self._file(Repo("", {path: self.server.hub.pages[path]}), path)

    def _api(self, name: str) -> None:
        repo = self._admitted(name, "api", f"/api/models/{{}}/revision/main?{urllib.parse.urlsplit(self.path).query}")
        if repo is None:
            return
        if self.server.hub.take("api", "nonsense"):
            self._send(200, b"<html>Welcome to the hotel's network</html>", {"Content-Type": "text/html"})
            return
        answer: dict[str, Any] = {
            "id": repo.name, "sha": COMMIT, "gated": repo.gated, "tags": list(repo.tags), "private": False,
            "siblings": [_sibling(path, data, repo.declared_bytes.get(path)) for path, data in repo.files.items()],
        }  # fmt: skip
        if repo.gguf:
            answer["gguf"] = repo.gguf
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repo = self._admitted(name, path, f"/{{}}/resolve/{revision}/{path}")
        if repo is None:
            return
        hub = self.server.hub
        if revision != COMMIT:
            self._status(404, {"X-Error-Code": "RevisionNotFound"})
        elif path not in repo.files:
            self._status(404, {"X-Error-Code": "EntryNotFound"})
        elif fault := hub.take(path, "redirect"):
            self._status(302, {"Location": fault.value or self.path})
        elif len(repo.files[path]) >= LARGE_BYTES:
            signed = f"{hub.cdn}/cdn/{repo.name}/{urllib.parse.quote(path)}?Signature=secret-of-the-store"
            self._status(
                302, {"Location": signed, "X-Repo-Commit": COMMIT, "X-Linked-Size": str(len(repo.files[path]))}
            )
        else:
            self._file(repo, path)

    def _admitted(self, name: str, subject: str, moved: str) -> Repo | None:
        """The repository, if whoever asks may have it; otherwise the refusal is sent."""
        hub = self.server.hub
        fault = hub.take(subject, "status")
        if fault:
            status, _, wait = fault.value.partition(" ")
            self._status(int(status), {"Retry-After": wait} if wait else {})
            return None
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        repo = hub.repos.get(name)
        if repo is None:
            self._status(404 if token else 401, {"X-Error-Code": "RepoNotFound"})
        elif repo.moved_to:
            self._status(307, {"Location": moved.format(repo.moved_to)})
        elif subject != "api" and repo.closed_to and token == repo.closed_to:
            self._status(403, {"X-Error-Code": "GatedRepo"})
        elif subject != "api" and repo.token and token != repo.token:
            self._status(401, {"X-Error-Code": "GatedRepo"} if not token else {})
        else:
            return repo
        return None

    def _file(self, repo: Repo, path: str) -> None:
        hub = self.server.hub
        data = repo.files[path]
        if hub.take(path, "other_content"):
            data = bytes(byte ^ 1 for byte in data[:100]) + data[100:]
        if hub.take(path, "new_etag"):
            hub.etag += "x"
        etag = f'"{hub.etag}"'
        first, status = 0, 200
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if match and self.headers.get("If-Range", etag) == etag and not hub.take(path, "no_ranges"):
            first, status = int(match[1]), 206
            if first >= len(data):
                self._status(416, {"Content-Range": f"bytes */{len(data)}"})
                return
        length = len(data) - first
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        if status == 206:
            told = first + 1 if hub.take(path, "wrong_range") else first
            headers["Content-Range"] = f"bytes {told}-{len(data) - 1}/{len(data)}"
        chunked = hub.take(path, "longer")
        if chunked:
            headers["Connection"] = "close"
        elif fault := hub.take(path, "length"):
            headers["Content-Length"] = fault.value
        else:
            headers["Content-Length"] = str(length)
        self._head(status, headers)
        self._body(
            path, data[first:] + (b"and more" * 1000 if chunked else b""), hub.take(path, "cut", "stall", "trickle")
        )
        if chunked:
            self.close_connection = True

    def _body(self, path: str, data: bytes, fault: Fault | None) -> None:
        hub = self.server.hub
        until = fault.after_bytes if fault else len(data)
        step = min(PIECE, max(1, int(hub.pace_bytes_s / 50))) if hub.pace_bytes_s else PIECE
        for begin in range(0, until, step):
            piece = data[begin : min(begin + step, until)]
            self.wfile.write(piece)
            hub.sent_bytes[path] += len(piece)
            if hub.pace_bytes_s and hub.closing.wait(len(piece) / hub.pace_bytes_s):
                return
        if fault is None:
            return
        self.close_connection = True
        if fault.kind == "stall":
            hub.closing.wait(30)
        for byte in data[until:] if fault.kind == "trickle" else b"":
            self.wfile.write(bytes([byte]))
            if hub.closing.wait(0.05):
                return

    # --- how ----------------------------------------------------------------------------------------------------------

    def _status(self, status: int, headers: dict[str, str] | None = None) -> None:
        self._send(status, b"", headers or {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, headers | {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class LoopbackProxy:
    """A real forward proxy, for plain HTTP and with tunnels for the rest, which writes down what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.carried = b""  # what went through tunnels, as the proxy sees it

    def __enter__(self) -> LoopbackProxy:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port))) as onward:
                    self.send_response(200)
                    self.end_headers()
                    ends = {self.connection: onward, onward: self.connection}
                    while ends:
                        for end in select.select(list(ends), [], [], 0.05)[0]:
                            data = end.recv(PIECE)
                            if not data:
                                self.close_connection = True
                                return
                            proxy.carried += data
                            ends[end].sendall(data)

            def do_GET(self) -> None:
                import http.client

                proxy.asked.append(self.path)
                url = urllib.parse.urlsplit(self.path)
                onward = http.client.HTTPConnection("127.0.0.1", url.port or 80)
                onward.request("GET", f"{url.path}?{url.query}", headers=dict(self.headers.items()))
                answer = onward.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                while piece := answer.read(PIECE):
                    self.wfile.write(piece)
                onward.close()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def self_signed(file: Path) -> Path:
    """A certificate for this machine's loopback addresses, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def random_bytes(count: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(count)


def wait_until(is_so: Any, limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def _sibling(path: str, data: bytes, declared: int | None) -> dict[str, Any]:
    size = declared if declared is not None else len(data)
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    entry: dict[str, Any] = {"rfilename": path, "size": size, "blobId": blob}
    if len(data) >= LARGE_BYTES or path.endswith(".safetensors"):
        entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 134}
    return entry
