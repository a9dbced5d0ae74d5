"""Talking to a model hub: requests, redirects, and what its refusals mean. Lives in the download process only.

The token goes to the hub's own host and to no other; redirects are followed by hand so that this can be seen here.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import httpx2

from sfumato import __version__
from sfumato.errors import SfumatoError
from sfumato_models.connections import Connection, connection
from sfumato_models.download_messages import Network, Patience
from sfumato_models.download_stop import StopToken

MAX_REDIRECTS = 5
MAX_ANSWER_BYTES = 32 * 2**20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HubRefused(SfumatoError):
    """The hub does not give this out to us. `reason` tells whether a token or an accepted licence would help."""

    reason = ""


class TokenNeeded(HubRefused):
    """The hub wants to know who asks."""

    reason = "token"


class GateClosed(HubRefused):
    """The conditions on the model's page have not been accepted."""

    reason = "gate"


class NoSuchRange(SfumatoError):
    """The hub's file has no bytes at the place that was asked for."""


class Passing(SfumatoError):
    """Trouble that may pass by itself: worth another try, after `wait_s` seconds if the hub named a time."""

    def __init__(self, message: str, hint: str = "", detail: str = "", wait_s: float | None = None) -> None:
        super().__init__(message, hint, detail)
        self.wait_s = wait_s


class Hub:
    """A connection to one hub, or to a site of plain files (`is_site`). Safe to use from several threads."""

    def __init__(
        self,
        network: Network,
        token: str | None,
        patience: Patience = Patience(),
        on_connection: Callable[[Connection], None] = lambda _: None,
        is_site: bool = False,
    ) -> None:
        self.network = network
        self.patience = patience
        self._home = httpx2.URL(network.address)
        self._token = token
        self._on_connection = on_connection
        self._is_site = is_site
        timeout = httpx2.Timeout(patience.stall_s, connect=patience.connect_s)
        try:
            self._client = httpx2.Client(
                proxy=network.proxy or None, timeout=timeout, trust_env=False, follow_redirects=False,
                verify=httpx2.create_ssl_context(),  # the authorities of this system, or those of SSL_CERT_FILE
                headers={"User-Agent": f"sfumato/{__version__}", "Accept-Encoding": "identity"},
            )  # fmt: skip
        except (ValueError, httpx2.InvalidURL) as error:
            raise SfumatoError(
                "The proxy's address cannot be used.", "Write it as http://host:port.", repr(error)
            ) from error

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    @contextmanager
    def get(
        self, path: str, purpose: str, stop: StopToken, headers: dict[str, str] | None = None
    ) -> Iterator[httpx2.Response]:
        """The answer to a request for `path` below the hub's address, redirects followed, its body not read yet.

        Raises:
            HubRefused: if the hub wants a token or an accepted licence.
            Passing: on what may pass: no connection, a stall, 429, 5xx.
            SfumatoError: on everything else that is no success.
        """
        url = httpx2.URL(self.network.address.rstrip("/") + path)
        for _ in range(MAX_REDIRECTS + 1):
            with self._send(url, purpose, stop, headers or {}) as response:
                if response.status_code not in _REDIRECTS:
                    self._check(response)
                    yield response
                    return
                url = self._next(url, response.headers.get("location", ""))
        raise SfumatoError(
            "The hub sends from one address to the next without end.",
            "Try again later.",
            str(url.copy_with(query=None)),
        )

    def read(self, path: str, purpose: str, stop: StopToken) -> bytes:
        """A whole small answer. Raises as `get`, and SfumatoError if it is too big."""
        with self.get(path, purpose, stop) as response:
            data = bytearray()
            for piece in response.iter_raw():
                data += piece
                if len(data) > MAX_ANSWER_BYTES:
                    raise SfumatoError("The hub's answer is too long.", "Check the address of the hub.")
            return bytes(data)

    @contextmanager
    def _send(
        self, url: httpx2.URL, purpose: str, stop: StopToken, headers: dict[str, str]
    ) -> Iterator[httpx2.Response]:
        headers = dict(headers)
        if self._token and _origin(url) == _origin(self._home):
            headers["Authorization"] = f"Bearer {self._token}"
        outcome, response = "no answer", None
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                outcome = str(response.status_code)
                with stop.cutting(lambda: _cut(response)):
                    yield response
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            stop.raise_if_stopped()
            outcome = f"{outcome}, {type(error).__name__}"
            raise _broken_off(error, url.host, self.network.proxy) from error
        finally:
            received = response.num_bytes_downloaded if response is not None else 0
            self._on_connection(connection(str(url), purpose, outcome, received, self.network.proxy))

    def _next(self, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            to = url.join(location)
        except (httpx2.InvalidURL, ValueError) as error:
            raise SfumatoError("The hub sends to an address that is none.", "Try again later.", repr(error)) from error
        if not location or to.scheme not in ("http", "https") or (url.scheme == "https" and to.scheme == "http"):
            raise SfumatoError("The hub sends to an address that is not safe.", "Try again later.", to.scheme)
        return to

    def _check(self, response: httpx2.Response) -> None:
        """Raise what a status means; the hub names its reason in `X-Error-Code`."""
        status, code = response.status_code, response.headers.get("x-error-code", "")
        if response.is_success:
            return
        if self._is_site:
            _refuse_plainly(status)
        detail = f"{status} {code} {response.headers.get('x-error-message', '')[:200]}".strip()
        if code == "GatedRepo" and (self._token or status == 403):
            raise GateClosed(
                "The makers of this model want its conditions accepted first.",
                "Open the model's page, accept them with your account, and try again.",
                detail,
            )
        if status == 401 or code == "GatedRepo":
            raise self._unknown_person(detail)
        if status == 403:
            raise GateClosed(
                "The hub does not let this account have the model.",
                "Open the model's page, accept its conditions, or use a token that may read it; then try again.",
                detail,
            )
        if status in (404, 410):
            raise SfumatoError(
                {"EntryNotFound": "The hub has no such file any more.", "RevisionNotFound": "The hub has no such version any more."}.get(code, "The hub has no such model, or keeps it private."),
                "Check the name; if it was there before, cancel the download and begin it again.",
                detail,
            )  # fmt: skip
        if status == 416:
            raise NoSuchRange(
                "The hub's file is shorter than what is there already.", "Begin the download again.", detail
            )
        if status == 429:
            wait = retry_after_s(response.headers.get("retry-after"))
            raise Passing(
                "The hub asks to wait: there were too many requests.", "Try again in a few minutes.", detail, wait
            )
        if status in (408, 425) or status >= 500:
            wait = retry_after_s(response.headers.get("retry-after")) if status == 503 else None
            raise Passing("The hub has trouble of its own.", "What is there is kept; try again later.", detail, wait)
        raise SfumatoError(f"The hub answered with status {status}.", "Check the address of the hub.", detail)

    def _unknown_person(self, detail: str) -> HubRefused:
        if self._token:
            return TokenNeeded(
                "The hub does not accept the token.",
                f"It may be expired or mistyped. Tokens are made at {self.network.page('settings/tokens')}.",
                detail,
            )
        return TokenNeeded(
            "The hub wants to know who asks for this model, or it does not exist.",
            f"Check the name, or enter a token of your account, made at {self.network.page('settings/tokens')}; read access is enough.",
            detail,
        )


def _refuse_plainly(status: int) -> NoReturn:
    """What a status means where there are no accounts and no models."""
    if status in (408, 425, 429) or status >= 500:
        raise Passing("The site has trouble of its own.", "What is there is kept; try again later.", str(status))
    if status == 416:
        raise NoSuchRange("The site's file is shorter than what is there already.", "Try again.", str(status))
    raise SfumatoError(
        "The site does not have this.", "It may be for a newer Sfumato: look for a new version.", str(status)
    )


def retry_after_s(text: str | None) -> float | None:
    """Seconds from a `Retry-After` header: a number, or a date (RFC 9110, 10.2.3). None if there is none."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _cut(response: httpx2.Response) -> None:
    """End a read that waits in another thread: a socket that is shut down answers at once."""
    import socket

    stream = response.extensions.get("network_stream")
    open_socket = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(open_socket, socket.socket):
        try:
            open_socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has ended by itself
            return


def _broken_off(error: Exception, host: str, proxy: str) -> SfumatoError:
    if isinstance(error, httpx2.ProxyError):
        return Passing(
            "The proxy does not let this connection through.", "Check the proxy in the settings.", repr(error)
        )
    if isinstance(error, httpx2.ReadTimeout):
        return Passing(f"Nothing came from {host} any more.", "What is there is kept; try again.", repr(error))
    if "CERTIFICATE_VERIFY_FAILED" in repr(error):
        return SfumatoError(
            f"The certificate of {host} is not trusted, so nothing was sent there.",
            "If your network looks into connections, its authority must be among this system's certificates.",
            repr(error),
        )
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        way = "the proxy" if proxy else host
        return Passing(
            f"{way[0].upper()}{way[1:]} cannot be reached.",
            "Check the network connection, then try again.",
            repr(error),
        )
    return Passing("The connection broke off.", "What is there is kept; try again.", repr(error))
