"""The recipe texts of other tools: reading theirs, and writing ours in the form that most of them read (A1111).

Knows texts by their names, no files. All that comes out is plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sfumato.recipe import Recipe

MAX_SETTINGS_CHARACTERS = 8000

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
_NEGATIVE = "Negative prompt:"
_SETTING = re.compile(r'(\w[\w \-/]{0,40}):\s{0,4}("(?:\\.|[^\\"]){0,2000}"|[^,]*)(?:,|$)')


@dataclass(frozen=True, slots=True)
class PictureMetadata:
    """What a picture says about how it was made. `tool` is empty when it says nothing; `raw` is the text as found."""

    tool: str = ""
    positive: str = ""
    negative: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    recipe: Recipe | None = None

    def to_json(self) -> dict[str, Any]:
        """`{"tool", "positive", "negative", "settings", "raw", "recipe"}`; the recipe is null for other tools."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"recipe": self.recipe.to_json() if self.recipe else None}


def a1111_text(recipe: Recipe, app_version: str = "") -> str:
    """The recipe as AUTOMATIC1111's web UI writes it: the positive text, the negative line, the line of settings."""
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
    negative = [f"{_NEGATIVE} {recipe.compiled.negative}"] if recipe.compiled.negative else []
    line = ", ".join(f"{name}: {_quoted(str(value))}" for name, value in pairs.items())
    return "\n".join((recipe.compiled.positive, *negative, line))


def read_other(texts: Mapping[str, str]) -> PictureMetadata | None:
    """What another tool left among a picture's named texts, or None."""
    for tool, key in _tool_keys(texts):
        if key == "parameters" and tool in ("AUTOMATIC1111", "Fooocus") and not _is_json(texts[key]):
            return parse_a1111(texts[key], tool)
        return _from_json_text(tool, texts[key])
    return None


def parse_a1111(text: str, tool: str = "AUTOMATIC1111") -> PictureMetadata:
    """Read A1111 text; what cannot be told apart stays in the positive prompt."""
    lines = text.strip().split("\n")
    settings = _settings(lines[-1])
    told = lines[:-1] if settings else lines
    begin = next((index for index, line in enumerate(told) if line.strip().startswith(_NEGATIVE)), len(told))
    positive = "\n".join(told[:begin]).strip()
    negative = "\n".join(told[begin:]).strip().removeprefix(_NEGATIVE).strip()
    return PictureMetadata(tool, positive, negative, settings, text)


def _tool_keys(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The tools whose texts are there, the most telling name first, with the name of the text to read."""
    parameters = texts.get("parameters", "")
    marks = (
        ("InvokeAI", "invokeai_metadata", "invokeai_metadata" in texts),
        ("InvokeAI", "sd-metadata", "sd-metadata" in texts),
        ("Fooocus", "parameters", "fooocus_scheme" in texts and bool(parameters)),
        ("SwarmUI", "parameters", '"sui_image_params"' in parameters),
        ("AUTOMATIC1111", "parameters", bool(parameters)),
        ("ComfyUI", "prompt", "prompt" in texts),
        ("ComfyUI", "workflow", "workflow" in texts),
    )
    return [(tool, key) for tool, key, is_there in marks if is_there]


def _from_json_text(tool: str, text: str) -> PictureMetadata:
    """The prompts where the tool keeps them at a known place, else the raw text alone."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return PictureMetadata(tool, raw=text)
    if tool == "SwarmUI" and isinstance(data, dict):
        data = data.get("sui_image_params")
    if tool == "ComfyUI" or not isinstance(data, dict):
        return PictureMetadata(tool, raw=text)
    positive = data.get("positive_prompt", data.get("prompt", ""))
    negative = data.get("negative_prompt", data.get("negativeprompt", ""))
    settings = {str(key): str(value) for key, value in data.items() if isinstance(value, str | int | float)}
    for key in ("positive_prompt", "prompt", "negative_prompt", "negativeprompt"):
        settings.pop(key, None)
    return PictureMetadata(tool, _text(positive), _text(negative), settings, text)


def _settings(line: str) -> dict[str, str]:
    """The settings of the last line; none if it does not look like one (fewer than three pairs)."""
    if len(line) > MAX_SETTINGS_CHARACTERS:
        return {}
    pairs = {name.strip(): _unquoted(value.strip()) for name, value in _SETTING.findall(line)}
    return pairs if len(pairs) >= 3 else {}


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
