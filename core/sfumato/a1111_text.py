"""A recipe as the text that most tools read: that of AUTOMATIC1111's web UI."""

from __future__ import annotations

import json

from sfumato.emphasis import name_of
from sfumato.recipe import Recipe

NEGATIVE = "Negative prompt:"
# Names of schedulers as the readers of A1111 text know them.
_SAMPLERS = {
    "DPMSolverMultistepScheduler": "DPM++ 2M",
    "EulerDiscreteScheduler": "Euler",
    "EulerAncestralDiscreteScheduler": "Euler a",
    "FlowMatchEulerDiscreteScheduler": "Euler",
    "DDIMScheduler": "DDIM",
    "LCMScheduler": "LCM",
    "UniPCMultistepScheduler": "UniPC",
    "PNDMScheduler": "PLMS",
}


def a1111_text(recipe: Recipe, app_version: str = "") -> str:
    """The recipe as AUTOMATIC1111's web UI writes it: the positive text, the negative line, the line of settings.

    LoRAs follow the positive text as its readers look for them: `<lora:ink:0.8>`.
    """
    settings = recipe.settings
    pairs = {
        "Steps": settings.steps,
        "Sampler": _SAMPLERS.get(settings.scheduler, settings.scheduler),
        "CFG scale": f"{settings.guidance_scale:g}",
        "Seed": recipe.seed,
        "Size": f"{settings.width}x{settings.height}",
        "Model": settings.model_id,
    }
    if settings.strength is not None:
        pairs["Denoising strength"] = f"{settings.strength:g}"
    pairs["Version"] = f"Sfumato {app_version}".strip()
    negative = [f"{NEGATIVE} {recipe.compiled.negative}"] if recipe.compiled.negative else []
    line = ", ".join(f"{name}: {_quoted(str(value))}" for name, value in pairs.items())
    loras = (f"<lora:{name_of(lora.name)}:{lora.strength:g}>" for lora in recipe.loras)
    return "\n".join((" ".join((recipe.compiled.positive, *loras)), *negative, line))


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value
