"""What happens after every step of a pipeline: counting, a preview of the clean picture, the wish to stop, the kept area.

Lives in an engine process.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import CancelToken, Preview
from sfumato.errors import TurnCancelled
from sfumato_models.inpainting import KeptLatents
from sfumato_models.latents import LatentSpace
from sfumato_models.previews import LatentPreview, PixelTransfer

PREVIEW_INTERVAL_S = 0.1


class CleanPrediction:
    """Remembers what a scheduler is given at each step, so that the clean latents it predicts can be computed when wanted.

    Only references are kept; a step costs nothing more. Use as a context: the scheduler is left as it was.
    """

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = scheduler
        self._last: tuple[Tensor, Any, Tensor, Any] | None = None

    def __enter__(self) -> CleanPrediction:
        step = self._scheduler.step

        @functools.wraps(step)  # pipelines look at the signature
        def remembered(model_output: Tensor, timestep: Any, sample: Tensor, *args: Any, **named: Any) -> Any:
            result = step(model_output, timestep, sample, *args, **named)
            self._last = (model_output, timestep, sample, result)
            return result

        self._scheduler.step = remembered
        return self

    def __exit__(self, *_: object) -> None:
        del self._scheduler.step
        self._last = None

    def latents(self) -> Tensor | None:
        """The clean latents as the last step predicted them, in the loop's own shape; None before the first step."""
        if self._last is None:
            return None
        output, timestep, sample, result = self._last
        scheduler = self._scheduler
        kept = getattr(scheduler, "model_outputs", None)
        if kept and kept[-1] is not None:  # multistep solvers keep it (DPM++: Lu et al. 2022, eq. 3.2)
            clean: Tensor = kept[-1]
            return clean
        if type(scheduler).__name__.startswith("FlowMatch"):
            return sample - scheduler.sigmas[scheduler.step_index - 1] * output
        if isinstance(result, tuple) and len(result) > 1:
            predicted: Tensor = result[1]
            return predicted
        return _from_noise(scheduler, output, timestep, sample)


class StepFollower:
    """A pipeline's `callback_on_step_end`. `latents` is the grid of the last step, the finished one after the loop."""

    def __init__(
        self,
        space: LatentSpace,
        preview: LatentPreview,
        clean: CleanPrediction,
        size: tuple[int, int],
        on_preview: Callable[[Preview], None],
        cancel: CancelToken,
        kept: KeptLatents | None = None,
    ) -> None:
        self._space = space
        self._preview = preview
        self._clean = clean
        self._size = size
        self._on_preview = on_preview
        self._cancel = cancel
        self._kept = kept
        self._transfer = PixelTransfer()
        self._shown_at = 0.0
        self.latents: Tensor | None = None

    def __call__(self, pipe: Any, step: int, timestep: Any, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Raises TurnCancelled after a stop."""
        if self._cancel.is_cancelled:
            raise TurnCancelled
        self._offer()
        self._on_preview(Preview(step + 1, steps_of(pipe), self._transfer.take()))
        if self._kept is not None:
            tensors = tensors | {"latents": self._kept.keep(pipe.scheduler, timestep, tensors["latents"])}
        self.latents = self._space.grid(tensors["latents"], *self._size)
        return tensors

    def _offer(self) -> None:
        now = time.perf_counter()
        if now - self._shown_at < PREVIEW_INTERVAL_S or self._transfer.is_busy:
            return
        clean = self._clean.latents()
        if clean is not None:
            self._shown_at = now
            self._transfer.send(self._preview.levels(self._space.grid(clean, *self._size)[0]))


def steps_of(pipe: Any) -> int:
    """How many steps the picture takes that a pipeline is painting: some schedulers take more than were asked for (PNDM one)."""
    told: int | None = getattr(pipe, "num_timesteps", None)  # two families tell it by their scheduler alone
    return len(pipe.scheduler.timesteps) if told is None else told


def _from_noise(scheduler: Any, output: Tensor, timestep: Any, sample: Tensor) -> Tensor | None:
    """From the predicted noise or velocity (Ho et al. 2020, eq. 15; Salimans and Ho 2022, appendix D)."""
    alphas = getattr(scheduler, "alphas_cumprod", None)
    if alphas is None:
        return None
    alpha = alphas.to(sample.device)[torch.as_tensor(timestep, device=sample.device).long()].to(sample.dtype)
    match scheduler.config.prediction_type:
        case "epsilon":
            return (sample - (1 - alpha).sqrt() * output) / alpha.sqrt()
        case "v_prediction":
            return alpha.sqrt() * sample - (1 - alpha).sqrt() * output
        case "sample":
            return output
    return None
