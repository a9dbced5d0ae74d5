"""`sfumato version`: which one this is and, only with `--check`, whether the project's site has a newer one."""

from __future__ import annotations

import argparse
import queue
from typing import Any

from sfumato import __version__
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato.paths import find_paths
from sfumato.release import Release
from sfumato.settings import load_settings
from sfumato_desktop.site import find_site
from sfumato_models.connections import Ledger
from sfumato_models.download_messages import Setup, VersionTold
from sfumato_models.downloads import Downloads

Found = tuple[dict[str, Any], str]
POLL_S = 0.1


def run_version(wishes: argparse.Namespace, cancel: CancelToken) -> Found:
    """Tell the version; ask the site where that is wished."""
    if not wishes.check:
        return {"version": __version__}, f"Sfumato {__version__}"
    paths = find_paths()
    site = find_site(load_settings(paths.settings_file).settings)
    told: queue.Queue[Any] = queue.Queue()
    downloads = Downloads(Setup(paths.models), Ledger(paths.connections_file), told.put)
    try:
        downloads.ask_version(site)
        answer = _answer(told, cancel)
    finally:
        downloads.close()
    if answer.error:
        raise answer.error
    release = Release(__version__, answer.newest, site.address)
    return release.to_json(), str(release)


def _answer(told: queue.Queue[Any], cancel: CancelToken) -> VersionTold:
    while True:
        cancel.raise_if_cancelled()
        try:
            answer = told.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if isinstance(answer, VersionTold):
            return answer
        raise SfumatoError("The download process answered something else.", "Try again.", repr(answer))
