"""Asking the project's site for the newest version. Lives in the download process only."""

from __future__ import annotations

from sfumato.errors import SfumatoError
from sfumato.release import ANSWER, read_answer
from sfumato_models.download_stop import StopToken
from sfumato_models.hub import Hub, Passing

LOOK_YOURSELF = "Try again later, or look at its page yourself."
CHECK_NETWORK = "Check the network connection, then try again."


def newest_version(site: Hub) -> str:
    """The number of the newest version that is published. Raises SfumatoError where nothing can be found out."""
    try:
        return read_answer(site.read(ANSWER, "newest version", StopToken()))
    except SfumatoError as error:  # what a hub refuses is said in a hub's words, and this is none
        hint = CHECK_NETWORK if isinstance(error, Passing) else LOOK_YOURSELF
        raise SfumatoError(
            "It could not be found out whether there is a newer version.", hint, f"{error.message} {error.detail}"
        ) from error
