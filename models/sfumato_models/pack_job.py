"""One engine pack from the project's site to the disk: the wheels that its lock names, byte for byte. In the download process only.

They are kept in the shelf's unfinished place until they are installed, so that an interrupted download goes on there.
"""

from __future__ import annotations

from sfumato.errors import SfumatoError
from sfumato.paths import file_trouble
from sfumato_models.download_job import alone, fetch_missing, make_sure_of_room
from sfumato_models.download_messages import DownloadState
from sfumato_models.download_progress import Progress, Tell
from sfumato_models.download_stop import Stopped, StopToken
from sfumato_models.engine_pack import UNPACKED_FACTOR, PackLock, Wheel
from sfumato_models.hub import Hub
from sfumato_models.model_folder import ModelFile
from sfumato_models.shelf import Shelf

FOLDER = "engines"


def fetch_pack(site: Hub, lock: PackLock, shelf: Shelf, tell: Tell, stop: StopToken) -> None:
    """Fetch it, or go on with it. Raises nothing that is known; every end is told as a state."""
    total = lock.size_bytes
    progress = Progress(DownloadState(lock.id, lock.title, "asking", total_bytes=total), tell, stop)
    place = shelf.unfinished_place(lock.id)
    try:
        with alone(shelf, lock.id):
            place.mkdir(parents=True, exist_ok=True)
            there = sum(file.stat().st_size for file in place.iterdir())
            make_sure_of_room(place, total - min(there, total) + UNPACKED_FACTOR * total)
            fetch_missing(site, (_file(lock, wheel) for wheel in lock.wheels), place, progress, stop)
        progress.end("done")
    except Stopped:
        progress.end("paused")
    except SfumatoError as error:
        progress.end("failed", error)
    except OSError as error:
        progress.end("failed", file_trouble(place, error))


def _file(lock: PackLock, wheel: Wheel) -> ModelFile:
    return ModelFile(
        path=wheel.file, size_bytes=wheel.size_bytes, sha256=wheel.sha256,
        repository="", commit="", remote_path=f"{FOLDER}/{lock.id}/{wheel.file}",
    )  # fmt: skip
