"""The recipe texts of other tools, read; `a1111_text.py` writes ours in the form that most of them read.

Knows texts by their names, no files. All that comes out is plain text and numbers, bounded; nothing of it is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfumato.a1111_text import NEGATIVE
from sfumato.comfyui_graph import read_graph
from sfumato.emphasis import Dialect, Lora, name_of, plain_words
from sfumato.lora import with_strength
from sfumato.recipe import Recipe, Route
from sfumato.seeds import MAX_SEED
from sfumato.told_values import MAX_SETTINGS, integer, items, joined, json_object, line_of, lines_of, real, text_of

MAX_SETTINGS_CHARACTERS = 200_000
MAX_SIDE = 1_000_000
DAMAGED = "The recipe in it is damaged or of an unknown form."

_TELLING = frozenset({"Steps", "Sampler", "CFG scale", "Seed", "Size", "Model"})
_DREAM = re.compile(r'^\s*"(?P<prompt>.*)"\s+(?P<flags>-.*)$', re.DOTALL)
_FLAG = re.compile(r"(?:^|\s)-(\w)\s?([\w.+]{1,60})")


@dataclass(frozen=True, slots=True)
class PictureMetadata:
    """What a picture says about how it was made. `software` is empty when it says nothing.

    The prompts are plain words: weights and tags are taken out, and `notes` say so; tags of LoRAs are `loras`. `size` is the one painted in
    (pixels), which may be smaller than the picture. `settings` is everything told that has no field of its own; `raw`
    the text as found; `recipe` is there for our own pictures only.
    """

    software: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    sampler: str = ""
    size: tuple[int, int] | None = None
    model: str = ""
    loras: tuple[Lora, ...] = ()
    notes: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    recipe: Recipe | None = None

    def to_json(self) -> dict[str, Any]:
        """All fields by name; the seed is text, LoRAs are `{"name", "weight"}`, the recipe is null for other tools."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return plain | {
            "seed": None if self.seed is None else str(self.seed),
            "size": list(self.size) if self.size else None,
            "loras": [{"name": lora.name, "weight": lora.weight} for lora in self.loras],
            "notes": list(self.notes),
            "recipe": self.recipe.to_json() if self.recipe else None,
        }

    @property
    def lora_words(self) -> str:
        """Its LoRAs as a person reads them, `ink (0.8), oil`."""
        return ", ".join(with_strength(lora.name, lora.weight) for lora in self.loras)


def metadata_of_recipe(recipe: Recipe, raw: str = "") -> PictureMetadata:
    """What one of our own recipes says; that of an attached picture only which software painted it, if any did."""
    if recipe.route is Route.ATTACHED:
        note = "This picture was attached to a conversation: Sfumato did not paint it."
        return PictureMetadata(recipe.fingerprint.get("software", ""), notes=(note,), raw=raw, recipe=recipe)
    settings = recipe.settings
    told = {"route": str(recipe.route)}
    if settings.strength is not None:
        told["strength"] = f"{settings.strength:g}"
    return PictureMetadata(
        software="Sfumato",
        prompt=recipe.compiled.positive,
        negative_prompt=recipe.compiled.negative,
        seed=recipe.seed,
        steps=settings.steps,
        guidance_scale=settings.guidance_scale,
        sampler=settings.scheduler,
        size=(settings.width, settings.height),
        model=settings.model_id,
        loras=tuple(Lora(name_of(lora.name), lora.strength) for lora in recipe.loras),
        notes=recipe.compiled.notes,
        settings=told,
        raw=raw,
        recipe=recipe,
    )


def read_other(texts: Mapping[str, str]) -> PictureMetadata | None:
    """What another tool left among a picture's named texts, or None. Never raises, whatever the texts hold."""
    parameters = texts.get("parameters", "")
    readers: tuple[tuple[str, Callable[[str], PictureMetadata]], ...] = (
        (texts.get("invokeai_metadata", ""), _read_invokeai),
        (texts.get("sd-metadata", ""), _read_invokeai_2),
        (texts.get("Dream", texts.get("dream", "")), _read_dream),
        (parameters, _read_json_parameters if parameters.lstrip().startswith("{") else read_a1111),
    )
    for text, read in readers:
        if text.strip():
            return read(text)
    if "prompt" in texts or "workflow" in texts:
        return _read_comfyui(texts.get("prompt", ""), texts.get("workflow", ""))
    return None


def read_a1111(text: str) -> PictureMetadata:
    """Read the text of AUTOMATIC1111 and its descendants; what cannot be told apart stays in the prompt.

    Lines of the prompt, lines of the negative prompt, a line of settings, and now and then more lines after it.
    """
    lines = text.strip().split("\n")
    told, settings = len(lines), {}
    for index in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        if settings := _a1111_settings(lines[index]):
            told = index
            break
    begin = next((index for index, line in enumerate(lines[:told]) if line.strip().startswith(NEGATIVE)), told)
    negative = "\n".join(lines[begin:told]).strip().removeprefix(NEGATIVE).strip()
    width, _, height = settings.pop("Size", "").partition("x")
    return _metadata(
        _a1111_software(settings),
        Dialect.A1111,
        "\n".join(lines[:begin]),
        negative,
        text,
        seed=settings.pop("Seed", None),
        steps=settings.pop("Steps", None),
        guidance_scale=settings.pop("CFG scale", None),
        sampler=settings.pop("Sampler", ""),
        size=(width, height),
        model=settings.pop("Model", ""),
        settings=settings,
    )


def _read_json_parameters(text: str) -> PictureMetadata:
    """SwarmUI and Fooocus keep JSON where AUTOMATIC1111 keeps its text."""
    data = json_object(text)
    if data is None:
        return PictureMetadata(notes=(DAMAGED,), raw=text)
    if isinstance(params := data.get("sui_image_params"), dict):
        return _read_swarmui(params, text)
    is_fooocus = bool(data.keys() & {"base_model", "metadata_scheme"}) or "Fooocus" in str(data.get("version"))
    return _read_fooocus(data, text, "Fooocus" if is_fooocus else "another tool")


def _read_swarmui(params: dict[str, Any], text: str) -> PictureMetadata:
    names, weights = items(params.pop("loras", None)), items(params.pop("loraweights", None))
    loras = [(name, weights[index] if index < len(weights) else None) for index, name in enumerate(names)]
    return _metadata(
        "SwarmUI",
        Dialect.SWARMUI,
        params.pop("prompt", ""),
        params.pop("negativeprompt", ""),
        text,
        seed=params.pop("seed", None),
        steps=params.pop("steps", None),
        guidance_scale=params.pop("cfgscale", None),
        sampler=params.pop("sampler", params.pop("comfyuisampler", "")),
        size=(params.pop("width", None), params.pop("height", None)),
        model=params.pop("model", ""),
        loras=loras,
        settings=params,
    )


def _read_fooocus(data: dict[str, Any], text: str, software: str) -> PictureMetadata:
    found = [entry for entry in items(data.pop("loras", None)) if isinstance(entry, list) and len(entry) >= 2]
    loras = [(entry[0], entry[1]) for entry in found]
    if not loras:  # as older versions wrote them: "name : 0.5"
        combined = [str(data[name]).rpartition(" : ") for name in data if name.startswith("lora_combined_")]
        loras = [(name, weight) for name, _, weight in combined]
    width, _, height = str(data.pop("resolution", "")).strip("()").partition(",")
    return _metadata(
        software,
        Dialect.COMFYUI,
        data.pop("prompt", ""),
        data.pop("negative_prompt", ""),
        text,
        seed=data.pop("seed", None),
        steps=data.pop("steps", None),
        guidance_scale=data.pop("guidance_scale", None),
        sampler=data.pop("sampler", ""),
        size=(width, height),
        model=data.pop("base_model", ""),
        loras=loras,
        settings=data,
    )


def _read_invokeai(text: str) -> PictureMetadata:
    data = json_object(text)
    if data is None:
        return PictureMetadata("InvokeAI", notes=(DAMAGED,), raw=text)
    entries = [entry for entry in items(data.pop("loras", None)) if isinstance(entry, dict)]
    loras = [(_model_name(entry.get("model", entry.get("lora"))), entry.get("weight")) for entry in entries]
    prompt, style = data.pop("positive_prompt", ""), data.pop("positive_style_prompt", "")
    negative, negative_style = data.pop("negative_prompt", ""), data.pop("negative_style_prompt", "")
    return _metadata(
        "InvokeAI",
        Dialect.COMPEL,
        joined(prompt, style),
        joined(negative, negative_style),
        text,
        seed=data.pop("seed", None),
        steps=data.pop("steps", None),
        guidance_scale=data.pop("cfg_scale", data.pop("guidance", None)),
        sampler=data.pop("scheduler", ""),
        size=(data.pop("width", None), data.pop("height", None)),
        model=_model_name(data.pop("model", "")),
        loras=loras,
        settings=data,
    )


def _read_invokeai_2(text: str) -> PictureMetadata:
    """InvokeAI 2: everything under `image`; what must not appear stands in square brackets within the prompt."""
    data = json_object(text)
    image = data.get("image") if data else None
    if data is None or not isinstance(image, dict):
        return PictureMetadata("InvokeAI", notes=(DAMAGED,), raw=text)
    told = image.pop("prompt", "")
    prompts = [entry.get("prompt", "") if isinstance(entry, dict) else entry for entry in items(told)] or [told]
    prompt, negative = _split_squares(joined(*prompts))
    return _metadata(
        "InvokeAI",
        Dialect.COMPEL,
        prompt,
        negative,
        text,
        seed=image.pop("seed", None),
        steps=image.pop("steps", None),
        guidance_scale=image.pop("cfg_scale", None),
        sampler=image.pop("sampler", ""),
        size=(image.pop("width", None), image.pop("height", None)),
        model=data.get("model_weights", ""),
        settings=image,
    )


def _read_dream(text: str) -> PictureMetadata:
    """The command line that InvokeAI 2 and its ancestors wrote: `"words [not this]" -s 50 -S 42 -W 512 -H 512`."""
    found = _DREAM.match(text[:MAX_SETTINGS_CHARACTERS])
    flags = dict(_FLAG.findall(found["flags"])) if found else {}
    prompt, negative = _split_squares(found["prompt"] if found else text)
    return _metadata(
        "InvokeAI",
        Dialect.COMPEL,
        prompt,
        negative,
        text,
        seed=flags.get("S"),
        steps=flags.get("s"),
        guidance_scale=flags.get("C"),
        sampler=flags.get("A", ""),
        size=(flags.get("W"), flags.get("H")),
    )


def _read_comfyui(prompt: str, workflow: str) -> PictureMetadata:
    raw = prompt or workflow
    found = read_graph(json_object(prompt), json_object(workflow))
    if found is None:
        return PictureMetadata("ComfyUI", notes=("Its graph has no sampler that Sfumato knows how to read.",), raw=raw)
    return _metadata(
        "ComfyUI",
        Dialect.COMFYUI,
        found.positive,
        found.negative,
        raw,
        seed=found.seed,
        steps=found.steps,
        guidance_scale=found.guidance_scale,
        sampler=found.sampler,
        size=(found.width, found.height),
        model=found.model,
        loras=list(found.loras),
        settings={"scheduler": found.scheduler} if found.scheduler else {},
    )


def _metadata(
    software: str,
    dialect: Dialect,
    positive: object,
    negative: object,
    raw: str,
    *,
    seed: object = None,
    steps: object = None,
    guidance_scale: object = None,
    sampler: object = "",
    size: tuple[object, object] = (None, None),
    model: object = "",
    loras: list[tuple[object, object]] | None = None,
    settings: Mapping[str, object] | None = None,
) -> PictureMetadata:
    """Whatever a tool wrote, as values of the right type; what is none is left out."""
    prompt = plain_words(text_of(positive), dialect)
    ruled_out = plain_words(text_of(negative), dialect)
    width, height = (integer(side, 1, MAX_SIDE) for side in size)
    listed = [
        Lora(name_of(text_of(name)), real(weight)) for name, weight in (loras or ())[:MAX_SETTINGS] if text_of(name)
    ]
    by_name = {lora.name: lora for lora in (*prompt.loras, *listed)}
    return PictureMetadata(
        software=software,
        prompt=prompt.text,
        negative_prompt=ruled_out.text,
        seed=integer(seed, 0, MAX_SEED),
        steps=integer(steps, 1, 10_000),
        guidance_scale=real(guidance_scale),
        sampler=line_of(sampler),
        size=(width, height) if width and height else None,
        model=name_of(text_of(model)),
        loras=tuple(by_name.values()),
        notes=tuple(dict.fromkeys((*prompt.notes, *ruled_out.notes))),
        settings=lines_of(settings or {}),
        raw=raw,
    )


def _a1111_settings(line: str) -> dict[str, str]:
    """`Name: value` pairs, values in quotes or brackets whole; empty if the line is not one of settings."""
    pairs: dict[str, str] = {}
    at = 0
    while at < min(len(line), MAX_SETTINGS_CHARACTERS) and len(pairs) < MAX_SETTINGS:
        colon = line.find(":", at)
        name = line[at:colon].strip(" ,")
        if colon < 0 or not name or len(name) > 80:
            break
        value, at = _setting_value(line, colon + 1)
        pairs.setdefault(name, value)
    return pairs if len(_TELLING & pairs.keys()) >= 2 else {}


def _setting_value(line: str, start: int) -> tuple[str, int]:
    """A value and where the next pair begins."""
    while line[start : start + 1] == " ":
        start += 1
    end = start
    value = None
    if line[start : start + 1] in ('"', "[", "{"):
        try:
            found, end = json.JSONDecoder().raw_decode(line, start)
            value = found if isinstance(found, str) else line[start:end]
        except (ValueError, RecursionError):
            end = start
    comma = line.find(",", end)
    stop = comma if comma >= 0 else len(line)
    return (line[start:stop].strip() if value is None else value), stop + 1


def _a1111_software(settings: Mapping[str, str]) -> str:
    version = settings.get("Version", "")
    if version.startswith(("Sfumato", "Fooocus", "ComfyUI")):
        return version.split()[0]
    if settings.get("App", "").startswith("SD.Next"):
        return "SD.Next"
    is_forge = "forge" in version.casefold() or re.match(r"f\d", version)
    return "Forge" if is_forge else "AUTOMATIC1111"


def _split_squares(text: str) -> tuple[str, str]:
    negatives = re.findall(r"\[([^\[\]]*)\]", text)
    return re.sub(r"\[[^\[\]]*\]", "", text), ", ".join(part.strip() for part in negatives)


def _model_name(value: object) -> object:
    if isinstance(value, dict):
        return value.get("name", value.get("model_name", ""))
    return value
