"""One file from a hub that misbehaves: it ends right, or with a sentence that names it, and nothing half-installed."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sfumato.errors import SfumatoError
from sfumato_models.connections import Connection
from sfumato_models.download_messages import Network, Patience
from sfumato_models.download_stop import Stopped, StopToken
from sfumato_models.hub import GateClosed, Hub, Passing, TokenNeeded
from sfumato_models.model_folder import ModelFile
from sfumato_models.repository import ask_repository
from sfumato_models.transfer import fetch
from tests.models.hub import LoopbackHub, LoopbackProxy, random_bytes, self_signed

HASTE = Patience(connect_s=2, stall_s=0.4, retry_after_s=2, backoff_s=0.01)
NAME = "weights.safetensors"
DATA = random_bytes(600_000)

pytestmark = pytest.mark.usefixtures("loopback")


@dataclass
class Onlooker:
    count: int = 0
    waited_for: list[str] = field(default_factory=list)

    def received(self, count: int) -> None:
        self.count += count

    def waiting(self, text: str) -> None:
        if text:
            self.waited_for.append(text)


@pytest.fixture
def server() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        hub.add("someone/model", {NAME: DATA, "config.json": b'{"a": 1}'})
        yield hub


@contextmanager
def client(server: LoopbackHub, token: str | None = None, proxy: str = "") -> Iterator[tuple[Hub, list[Connection]]]:
    ledger: list[Connection] = []
    hub = Hub(Network(server.address, proxy), token, HASTE, ledger.append)
    try:
        yield hub, ledger
    finally:
        hub.close()


def bring(
    server: LoopbackHub,
    folder: Path,
    name: str = NAME,
    token: str | None = None,
    watch: Onlooker | None = None,
    stop: StopToken | None = None,
    repository: str = "someone/model",
) -> Path:
    with client(server, token) as (hub, _):
        file = remote(hub, name, repository)
        fetch(hub, file, folder, watch or Onlooker(), stop or StopToken())
    return folder / name


def remote(hub: Hub, name: str = NAME, repository: str = "someone/model") -> ModelFile:
    return ask_repository(hub, repository, StopToken()).file(name, name)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_whole_and_alone(server: LoopbackHub, tmp_path: Path) -> None:
    watch = Onlooker()
    assert bring(server, tmp_path, watch=watch).read_bytes() == DATA
    assert bring(server, tmp_path, "config.json").read_bytes() == b'{"a": 1}'
    assert leftovers(tmp_path) == ["config.json", NAME]
    assert watch.count == len(DATA)


def test_a_connection_that_is_cut_goes_on_where_it_was(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "cut", times=10, after_bytes=50_000)
    assert bring(server, tmp_path).read_bytes() == DATA
    assert server.sent_bytes[NAME] == len(DATA)
    ranges = [
        seen.headers["range"]
        for seen in server.requests_of(NAME)
        if seen.host == "localhost" and "range" in seen.headers
    ]
    assert ranges == [f"bytes={n * 50_000}-" for n in range(1, 11)]


def test_cutting_at_once_every_time_is_given_up_with_a_sentence(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "cut", after_bytes=10)
    with pytest.raises(Passing, match="broke off"):
        bring(server, tmp_path)
    assert leftovers(tmp_path) == [f"{NAME}.part", f"{NAME}.part.etag"]  # kept for later
    server.faults.clear()
    assert bring(server, tmp_path).read_bytes() == DATA


@pytest.mark.parametrize("kind", ["stall", "trickle"])
def test_a_stall_is_noticed_and_the_file_goes_on(server: LoopbackHub, tmp_path: Path, kind: str) -> None:
    server.fault(NAME, kind, times=1, after_bytes=200_000)
    watch, began = Onlooker(), time.monotonic()
    assert bring(server, tmp_path, watch=watch).read_bytes() == DATA
    assert time.monotonic() - began < 5
    assert watch.waited_for
    assert server.sent_bytes[NAME] <= len(DATA)


def test_a_changed_file_is_fetched_from_its_beginning(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "cut", times=1, after_bytes=200_000)
    server.fault(NAME, "new_etag", times=2)
    watch = Onlooker()
    assert bring(server, tmp_path, watch=watch).read_bytes() == DATA
    assert server.sent_bytes[NAME] == len(DATA) + 200_000
    assert watch.count == len(DATA)  # what had to be thrown away does not count


def test_a_server_without_ranges_starts_over(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "cut", times=1, after_bytes=200_000)
    server.fault(NAME, "no_ranges")
    assert bring(server, tmp_path).read_bytes() == DATA


def test_another_range_than_asked_for_is_not_written(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "cut", times=1, after_bytes=200_000)
    server.fault(NAME, "wrong_range", times=1)
    assert bring(server, tmp_path).read_bytes() == DATA
    (tmp_path / NAME).unlink()
    server.fault(NAME, "cut", times=1, after_bytes=200_000)
    server.fault(NAME, "wrong_range")
    with pytest.raises(SfumatoError, match=f"{NAME} comes in another piece"):
        bring(server, tmp_path)


def test_a_wrong_hash_is_fetched_once_more_and_then_refused(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "other_content", times=1)
    assert bring(server, tmp_path).read_bytes() == DATA
    (tmp_path / NAME).unlink()
    server.fault(NAME, "other_content")
    with pytest.raises(SfumatoError, match=f"{NAME} has another content than announced"):
        bring(server, tmp_path)
    assert not (tmp_path / NAME).exists()
    assert (tmp_path / f"{NAME}.part").stat().st_size == 0


def test_small_files_are_checked_too(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault("config.json", "other_content")
    with pytest.raises(SfumatoError, match=r"config\.json has another content"):
        bring(server, tmp_path, "config.json")


def test_a_part_of_something_else_ends_in_the_right_file(server: LoopbackHub, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * 1000)
    assert bring(server, tmp_path).read_bytes() == DATA
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * (len(DATA) + 1))
    assert bring(server, tmp_path).read_bytes() == DATA


@pytest.mark.parametrize(("kind", "value"), [("length", "5000"), ("longer", "")])
def test_a_file_that_lies_about_its_size_is_refused(server: LoopbackHub, tmp_path: Path, kind: str, value: str) -> None:
    server.fault(NAME, kind, value=value)
    with pytest.raises(SfumatoError, match=f"{NAME} (has another size|is longer) than announced"):
        bring(server, tmp_path)
    assert not (tmp_path / NAME).exists()


def test_a_file_shorter_than_the_hub_says_is_refused(server: LoopbackHub, tmp_path: Path) -> None:
    server.repos["someone/model"].declared_bytes[NAME] = len(DATA) + 100
    with pytest.raises(SfumatoError, match="another size than announced"):
        bring(server, tmp_path)


@pytest.mark.parametrize("status", ["500", "502", "503 0", "429 0", "429 0.2"])
def test_trouble_that_passes_is_waited_for(server: LoopbackHub, tmp_path: Path, status: str) -> None:
    server.fault(NAME, "status", times=2, value=status)
    watch = Onlooker()
    assert bring(server, tmp_path, watch=watch).read_bytes() == DATA
    assert len(watch.waited_for) == 2


def test_a_hub_that_asks_for_a_long_wait_is_not_waited_for(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "status", value="429 600")
    with pytest.raises(SfumatoError, match="come back in 10 minutes"):
        bring(server, tmp_path)


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [("401", TokenNeeded, "wants to know who asks"), ("403", GateClosed, "does not let this account"), ("404", SfumatoError, "no such model"), ("418", SfumatoError, "status 418")],
)  # fmt: skip
def test_a_refusal_is_said_and_not_tried_again(
    server: LoopbackHub, tmp_path: Path, status: str, kind: type[SfumatoError], said: str
) -> None:
    server.fault(NAME, "status", value=status)
    with pytest.raises(kind, match=said):
        bring(server, tmp_path)
    assert len(server.requests_of(NAME)) == 1


def test_a_gate_tells_a_missing_token_from_conditions_not_accepted(server: LoopbackHub, tmp_path: Path) -> None:
    server.add("maker/gated", {NAME: DATA}, gated="auto", token="good", closed_to="new")
    for token, kind in ((None, TokenNeeded), ("expired", TokenNeeded), ("new", GateClosed)):
        with pytest.raises(kind):
            bring(server, tmp_path, token=token, repository="maker/gated")
    assert bring(server, tmp_path, token="good", repository="maker/gated").read_bytes() == DATA


def test_the_token_goes_to_the_hub_and_to_no_other_host(server: LoopbackHub, tmp_path: Path) -> None:
    bring(server, tmp_path, token="hf_secret")
    by_host = {host: [seen for seen in server.seen if seen.host == host] for host in ("127.0.0.1", "localhost")}
    assert all(seen.headers["authorization"] == "Bearer hf_secret" for seen in by_host["127.0.0.1"])
    assert by_host["localhost"]
    assert not any("hf_secret" in str(seen) for seen in by_host["localhost"])


def test_a_renamed_repository_is_followed_and_called_by_its_new_name(server: LoopbackHub, tmp_path: Path) -> None:
    server.add("someone/old", {}, moved_to="someone/model")
    with client(server) as (hub, _):
        assert ask_repository(hub, "someone/old", StopToken()).id == "someone/model"
    assert bring(server, tmp_path, repository="someone/old").read_bytes() == DATA


@pytest.mark.parametrize("to", ["", "file:///etc/passwd", "http://"])
def test_redirects_that_lead_nowhere_are_refused(server: LoopbackHub, tmp_path: Path, to: str) -> None:
    server.fault(NAME, "redirect", value=to)
    with pytest.raises(SfumatoError, match=r"hub sends|cannot be reached|broke off"):
        bring(server, tmp_path)


def test_an_answer_that_is_no_answer_is_said(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault("api", "nonsense")
    with pytest.raises(SfumatoError, match="cannot be understood"):
        bring(server, tmp_path)


def test_no_hub_at_all_is_said(tmp_path: Path) -> None:
    hub = Hub(Network("http://127.0.0.1:9"), None, HASTE)
    with pytest.raises(Passing, match=r"127\.0\.0\.1 cannot be reached"):
        ask_repository(hub, "someone/model", StopToken())


def test_a_full_disk_is_said_and_what_is_there_is_kept(server: LoopbackHub, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(SfumatoError, match="disk is full"):
            bring(server, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / NAME).exists()
    assert bring(server, tmp_path).read_bytes() == DATA


def test_a_stop_is_obeyed_in_the_middle_of_a_read(server: LoopbackHub, tmp_path: Path) -> None:
    server.fault(NAME, "stall", after_bytes=100_000)
    with client(server) as (hub, _):
        file, stop = remote(hub), StopToken()
        hub.patience = Patience(stall_s=30)
        threading.Timer(0.3, stop.stop).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            fetch(hub, file, tmp_path, Onlooker(), stop)
        assert time.monotonic() - began < 2
    assert (tmp_path / f"{NAME}.part").stat().st_size == 100_000


def test_a_folder_that_vanishes_is_said(server: LoopbackHub, tmp_path: Path) -> None:
    folder = tmp_path / "models"

    class Vandal(Onlooker):
        def received(self, count: int) -> None:
            for path in folder.iterdir():
                path.unlink()

    with pytest.raises(SfumatoError, match="cannot be used"):
        bring(server, folder, watch=Vandal())


def test_everything_goes_through_the_proxy_and_the_ledger_names_it_all(server: LoopbackHub, tmp_path: Path) -> None:
    with LoopbackProxy() as proxy, client(server, "hf_secret", proxy.address) as (hub, ledger):
        fetch(hub, remote(hub), tmp_path, Onlooker(), StopToken())
        assert (tmp_path / NAME).read_bytes() == DATA
        assert len(proxy.asked) == len(server.seen) == 3
        assert [entry.address.split("?")[0] for entry in ledger] == [address.split("?")[0] for address in proxy.asked]
        assert {entry.through for entry in ledger} == {proxy.address + ""}
        assert ledger[-1].received_bytes == len(DATA)
        assert not any("secret" in str(entry) for entry in ledger)


def test_a_hub_behind_tls_is_reached_through_a_proxys_tunnel_that_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path / "certificate.pem")
    with LoopbackHub(certificate=certificate) as secure, LoopbackProxy() as proxy:
        secure.add("someone/model", {NAME: DATA})
        with client(secure, "hf_secret", proxy.address) as (hub, ledger):
            with pytest.raises(SfumatoError, match=r"The certificate of 127\.0\.0\.1 is not trusted") as error:
                remote(hub)
            assert error.value.hint
            assert ledger[-1].received_bytes == 0
            assert secure.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # where this system's certificates are looked for
        with client(secure, "hf_secret", proxy.address) as (hub, ledger):
            fetch(hub, remote(hub), tmp_path, Onlooker(), StopToken())
        assert (tmp_path / NAME).read_bytes() == DATA
        hosts = {secure.address.removeprefix("https://"), secure.cdn.removeprefix("https://")}
        assert set(proxy.asked) == hosts
        assert any(seen.headers.get("authorization") == "Bearer hf_secret" for seen in secure.seen)
        assert b"hf_secret" not in proxy.carried
        assert NAME.encode() not in proxy.carried
        assert {entry.through for entry in ledger} == {proxy.address}


def test_a_proxy_that_is_not_there_is_named(server: LoopbackHub, tmp_path: Path) -> None:
    with client(server, proxy="http://127.0.0.1:9") as (hub, _), pytest.raises(Passing, match=r"[Tt]he proxy"):
        remote(hub)
