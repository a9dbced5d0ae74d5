"""The project's site, from which new versions and engine packs come. Its address is in one place: `site.txt` of the resources.

The file is empty until someone publishes Sfumato; whoever builds a package names the address in `SFUMATO_SITE`.
"""

from __future__ import annotations

from sfumato.errors import SfumatoError
from sfumato.settings import Settings
from sfumato_desktop.collection import resource_folder
from sfumato_models.download_messages import Network
from sfumato_models.downloads import find_network


def find_site(settings: Settings) -> Network:
    """The site of the settings, or else the one that this copy was made with.

    Raises:
        SfumatoError: if there is none, or its address cannot be used.
    """
    address = settings.site_address or (resource_folder() / "site.txt").read_text("utf-8").strip()
    if not address:
        raise SfumatoError(
            "This copy of Sfumato does not know where new versions are published.",
            "Look where you got it from, or name the address as “site_address” in the settings file.",
        )
    return find_network(address, settings.proxy, "site")


def why_no_site(settings: Settings) -> SfumatoError | None:
    """What keeps this copy from asking a site, to be told before anyone clicks; None if nothing does."""
    try:
        find_site(settings)
    except SfumatoError as error:
        return error
    return None
