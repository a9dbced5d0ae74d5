"""What the app and its download process say to each other: plain values. Imports nothing that opens a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sfumato.errors import SfumatoError
from sfumato.model_catalog import ModelSpec, PictureFacts
from sfumato_models.connections import Connection
from sfumato_models.engine_pack import PackLock

HUB_ADDRESS = "https://huggingface.co"
Phase = Literal["asking", "checking", "downloading", "waiting", "paused", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class DownloadState:
    """How far a model is. Bytes count what is on the disk; `seconds_left` is None while nothing can be said.

    `page` is the address of the model's page on the hub. `refused` says what the hub misses: "token" or "gate".
    """

    model_id: str
    title: str
    phase: Phase
    done_bytes: int = 0
    total_bytes: int = 0
    bytes_s: float = 0.0
    seconds_left: float | None = None
    note: str = ""
    error: SfumatoError | None = None
    refused: str = ""
    page: str = ""

    @property
    def is_active(self) -> bool:
        """True while it is worked on."""
        return self.phase in ("asking", "checking", "downloading", "waiting")


@dataclass(frozen=True, slots=True)
class Network:
    """Where the hub is and how it is reached: `address` of the hub or of a mirror, and a proxy, if any."""

    address: str = HUB_ADDRESS
    proxy: str = ""

    def page(self, path: str) -> str:
        """The address of a page of the hub, such as that of a repository."""
        return f"{self.address.rstrip('/')}/{path}"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, without a byte before a stall is called one, and the longest wait that a hub may ask for."""

    connect_s: float = 20.0
    stall_s: float = 20.0
    retry_after_s: float = 120.0
    backoff_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process is told when it starts: where models go, and how patient it is."""

    models: Path
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring a model, or repair it. The token is None where none is known."""

    spec: ModelSpec
    network: Network
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchPack:
    """Bring the wheels of an engine pack from the site of the project."""

    lock: PackLock
    site: Network


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop working on a model; what is there is kept."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Make a catalogue entry of a repository."""

    repository: str
    families: Mapping[str, PictureFacts]
    network: Network
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The entry, or why there is none; `refused` as in `DownloadState`."""

    repository: str
    spec: ModelSpec | None = None
    error: SfumatoError | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class AskVersion:
    """Look for a newer version of the app on the site of the project."""

    site: Network


@dataclass(frozen=True, slots=True)
class VersionTold:
    """The newest version, or why it could not be found out."""

    newest: str = ""
    error: SfumatoError | None = None


Wish = Fetch | FetchPack | Halt | LookUp | AskVersion
Told = DownloadState | LookedUp | VersionTold | Connection
