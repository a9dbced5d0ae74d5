"""Messages as JSON text, as the library stores them: `{"parts": [{"type": ..., ...}]}`."""

from __future__ import annotations

import json
from typing import Any

from sfumato.conversation import ErrorPart, Message, Part, PicturePart, PromptPart, TextPart
from sfumato.prompt import FieldChange, ImagePrompt


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
            return {"type": "text", "text": part.text}
        case PromptPart():
            return {
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
        case PicturePart():
            return {"type": "picture", "version": part.version} | ({"name": part.name} if part.name else {})
        case ErrorPart():
            return {"type": "error", "message": part.message, "hint": part.hint}


def _part_from_json(data: dict[str, Any]) -> Part | None:
    match data["type"]:
        case "text":
            return TextPart(str(data["text"]))
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
            )
        case "picture":
            return PicturePart(int(data["version"]), str(data.get("name", "")))
        case "error":
            return ErrorPart(str(data["message"]), str(data["hint"]))
    return None
