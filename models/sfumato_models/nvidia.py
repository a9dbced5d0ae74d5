"""What the system tells of an NVIDIA card without any engine library: its name, its driver, and what stands in its way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sfumato_models.hardware import has_nvidia_card

_FOLDER = Path("/proc/driver/nvidia")
NEEDED_DRIVERS = {11: 450, 12: 525, 13: 580}  # at least, by the major version of CUDA
PACK_CUDA = 13  # of the engine packs
SOONER = "pictures then come many times sooner, and larger models suit this machine"


@dataclass(frozen=True, slots=True)
class NvidiaCard:
    """A card; `driver` is its version (535.54.03). Both are empty where the system does not tell."""

    name: str = ""
    driver: str = ""

    @property
    def title(self) -> str:
        """The card in words, after “the”."""
        return self.name or "NVIDIA card"

    def is_too_old_for(self, cuda: int) -> bool:
        """True where the driver is known to be older than this major version of CUDA needs."""
        return bool(self.driver) and int(self.driver.split(".")[0]) < NEEDED_DRIVERS.get(cuda, 0)


def find_nvidia_card(folder: Path = _FOLDER) -> NvidiaCard | None:
    """The first one, as Linux tells of it; elsewhere only that there is one."""
    if not has_nvidia_card():
        return None
    names = (re.search(r"^Model:\s*(.+?)\s*$", _text(file), re.MULTILINE) for file in folder.glob("gpus/*/information"))
    name = next((found[1] for found in names if found), "")
    driver = re.search(r"\s(\d{3,}\.\d+(?:\.\d+)?)\s", _text(folder / "version"))
    return NvidiaCard(name, driver[1] if driver else "")


def why_unused(card: NvidiaCard, cuda: str | None) -> str:
    """Why a card that is there is not painted with, and what would help; `cuda` is that of the engine libraries (None: they

    have none).
    """
    if cuda is None:
        return f"The {card.title} is not used yet: the engine libraries here are for the processor. {how_to_use(card)}"
    needed = NEEDED_DRIVERS.get(int(cuda.split(".")[0]))
    at_least = f", which needs {needed} or newer" if needed else ""
    if card.driver and not card.is_too_old_for(int(cuda.split(".")[0])):
        return (
            f"The {card.title} does not answer, though its driver {card.driver} is new enough for CUDA {cuda}: restart the"
            " machine; if that does not help, install the driver anew."
        )
    driver = f"its driver {card.driver}" if card.driver else "its driver"
    return (
        f"The {card.title} cannot be used: {driver} is too old for CUDA {cuda}{at_least}. Update the driver (on Ubuntu:"
        f" “Additional Drivers”; elsewhere from nvidia.com/drivers) and restart; {SOONER}."
    )


def how_to_use(card: NvidiaCard) -> str:
    """What gets the card painting where the engine libraries are for the processor."""
    get = f"get those for the card; {SOONER}: sfumato engines download"
    if not card.is_too_old_for(PACK_CUDA):
        return get[0].upper() + get[1:]
    return (
        f"First update its driver ({card.driver} is here, {NEEDED_DRIVERS[PACK_CUDA]} or newer is needed), then {get}"
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
