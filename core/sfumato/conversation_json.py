"""Messages as JSON text, as the library stores them: `{"parts": [{"type": ..., ...}]}`."""

from __future__ import annotations

import json
from typing import Any

from sfumato.conversation import ErrorPart, HowPart, Message, Part, PicturePart, PromptPart, TextPart
from sfumato.lora import Lora
from sfumato.prompt import FieldChange, ImagePrompt
from sfumato.recipe import Route
from sfumato.seeds import KEEP, NEW, SeedRule, exactly
from sfumato.selection import Area


def parts_to_text(message: Message) -> str:
    """The parts of a message as one JSON object."""
    return json.dumps({"parts": [_part_to_json(part) for part in message.parts]}, ensure_ascii=True)


def parts_from_text(text: str) -> tuple[Part, ...]:
    """The inverse of `parts_to_text`; parts of a kind that a newer version added are left out.

    Raises:
        ValueError, KeyError, TypeError: if the text is damaged.
    """
    found = (_part_from_json(part) for part in json.loads(text)["parts"])
    return tuple(part for part in found if part is not None)


def _part_to_json(part: Part) -> dict[str, Any]:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text} | ({"is_deed": True} if part.is_deed else {})
        case PromptPart():
            return (
                {
                    "type": "prompt",
                    "prompt": part.prompt.to_json(),
                    "changes": [[change.field, change.before, change.after] for change in part.changes],
                    "seed": None if part.seed is None else str(part.seed),
                    "seed_kept": part.seed_kept,
                    "notes": list(part.notes),
                    "origin": part.origin,
                    "parent": part.parent,
                    "size": part.size,
                }
                | _model_to_json(part)
                | ({"is_new": True} if part.is_new else {})
            )
        case HowPart():
            return {
                "type": "how",
                "prompt": part.prompt.to_json(),
                "parent": part.parent,
                "route": str(part.route),
                "seeds": [str(seed) for seed in part.seeds],
                "size": list(part.size),
                "reason": part.reason,
                "seed_words": part.seed_words,
                "start": part.start,
                "strength": part.strength,
                "other_route": str(part.other_route) if part.other_route else None,
                "other_seed": str(part.other_seed) if part.other_seed else None,
                **({"area": part.area.to_json()} if part.area else {}),
            } | _model_to_json(part)
        case PicturePart():
            named = {"name": part.name} if part.name else {}
            return {"type": "picture", "version": part.version, "notes": list(part.notes)} | named
        case ErrorPart():
            plain = {"type": "error", "message": part.message, "hint": part.hint}
            return plain | ({"choices": list(part.choices), "goes_on": part.goes_on} if part.choices else {})


def _part_from_json(data: dict[str, Any]) -> Part | None:
    match data["type"]:
        case "text":
            return TextPart(str(data["text"]), bool(data.get("is_deed")))
        case "prompt":
            return PromptPart(
                prompt=ImagePrompt.from_json(data["prompt"]),
                changes=tuple(FieldChange(*map(str, change)) for change in data["changes"]),
                seed=None if data["seed"] is None else int(data["seed"]),
                seed_kept=bool(data["seed_kept"]),
                notes=tuple(map(str, data["notes"])),
                origin=data.get("origin", "writer"),
                parent=data.get("parent"),
                size=(int(data["size"][0]), int(data["size"][1])) if data.get("size") else None,
                loras=_loras_from_json(data),
                instructions=str(data.get("instructions", "")),
                is_new=bool(data.get("is_new")),
            )
        case "how":
            return HowPart(
                prompt=ImagePrompt.from_json(data["prompt"]),
                parent=data["parent"],
                route=Route(data["route"]),
                seeds=tuple(map(int, data["seeds"])),
                size=(int(data["size"][0]), int(data["size"][1])),
                reason=str(data["reason"]),
                seed_words=str(data["seed_words"]),
                start=data["start"],
                strength=data["strength"],
                other_route=Route(data["other_route"]) if data["other_route"] else None,
                other_seed=_rule(data["other_seed"]),
                area=Area.from_json(data["area"]) if data.get("area") else None,
                loras=_loras_from_json(data),
                instructions=str(data.get("instructions", "")),
            )
        case "picture":
            notes = tuple(map(str, data.get("notes", ())))
            return PicturePart(int(data["version"]), name=str(data.get("name", "")), notes=notes)
        case "error":
            choices = tuple(map(int, data.get("choices", ())))
            return ErrorPart(str(data["message"]), str(data["hint"]), choices, bool(data.get("goes_on")))
    return None


def _model_to_json(part: PromptPart | HowPart) -> dict[str, Any]:
    """What is added to the model and what it is told, each only where it is known."""
    loras = {} if part.loras is None else {"loras": [lora.to_json() for lora in part.loras]}
    return loras | ({"instructions": part.instructions} if part.instructions else {})


def _loras_from_json(data: dict[str, Any]) -> tuple[Lora, ...] | None:
    return tuple(map(Lora.from_json, data["loras"])) if "loras" in data else None


def _rule(text: str | None) -> SeedRule | None:
    """The inverse of a rule's text."""
    if text is None:
        return None
    return {"keep": KEEP, "new": NEW}.get(text) or exactly(int(text))
