"""Whether the engine libraries of a pack run here: imported, and made to compute on the device they are for.

Lives in an engine process. What can go wrong here (a driver that is too old, a library that is missing, a crash) must
not happen for the first time under a conversation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError
from sfumato_models.devices import find_devices

TOLERANCE = 1e-2


class ProbeEngine:
    """Answers one call."""

    def call(
        self, method: str, arguments: tuple[Any, ...], send_event: Callable[[Any], None], cancel: CancelToken
    ) -> dict[str, str]:
        """`probe(kind)`: the fastest device is of this kind and computes as the processor does.

        Returns the device's name, torch's version and where it was loaded from. Raises SfumatoError.
        """
        (kind,) = arguments
        device = find_devices()[0]
        if device.kind != kind:
            raise SfumatoError(
                f"These engines are for {kind}, and no such device answers.",
                "Check that the card's driver is installed; until then Sfumato paints as before.",
                f"found {device}",
            )
        check_convolution(device.backend)
        return {"device": device.title, "torch": str(torch.__version__), "file": str(torch.__file__)}

    @property
    def memory_bytes(self) -> int:
        """As `Engine.memory_bytes`."""
        return 0

    def close(self) -> None:
        """Nothing is kept."""


def check_convolution(backend: str) -> None:
    """Convolve the same noise on the device and on the processor. Raises SfumatoError if the results differ."""
    noise = torch.randn((1, 4, 32, 32), generator=torch.Generator().manual_seed(7))
    weights = torch.randn((8, 4, 3, 3), generator=torch.Generator().manual_seed(8))
    expected = torch.nn.functional.conv2d(noise, weights)
    found = torch.nn.functional.conv2d(noise.to(backend), weights.to(backend)).cpu()
    difference = float((found - expected).abs().max())
    if not difference < TOLERANCE:
        raise SfumatoError("The device computes wrongly.", "Update its driver.", f"differs by {difference}")
