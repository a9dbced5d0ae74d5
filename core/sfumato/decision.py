"""What a writer answers: the `Decision`, its JSON schema, and how its text is read back.

Keys stand in a fixed order, facts first and the sentence last, so that painting can begin before the sentence is
written. Keys that do not apply are left out.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sfumato.errors import UnusableAnswer
from sfumato.prompt import SPOKEN, TEXT_FIELDS, PromptPatch

Action = Literal["draw", "refine", "reroll", "answer", "go_back"]
Shape = Literal["square", "portrait", "landscape"]
RouteWish = Literal["text-to-image", "image-to-image", "inpaint", "instruction-edit"]
KEYS = ("action", "patch", "seed", "count", "shape", "size", "route", "target", "topic", "reply")
PAINTING_ACTIONS = frozenset({"draw", "refine", "reroll"})
MAX_SEED = 2**64 - 1
MAX_COUNT = 8
MAX_TERMS = 24
MAX_FIELD_CHARACTERS = 400
MAX_REPLY_CHARACTERS = 300

_TEXT = {"type": "string", "maxLength": MAX_FIELD_CHARACTERS}
_TERMS = {"type": "array", "items": {"type": "string", "maxLength": 80}, "minItems": 1, "maxItems": MAX_TERMS}

# The properties stand in the order in which a writer must give them.
DECISION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"enum": ["draw", "refine", "reroll", "answer", "go_back"]},
        "patch": {
            "type": "object",
            "properties": {
                "set": {"type": "object", "properties": dict.fromkeys(TEXT_FIELDS, _TEXT), "required": []},
                "add_quality": _TERMS,
                "drop_quality": _TERMS,
                "add_negative": _TERMS,
                "drop_negative": _TERMS,
                "order": {"type": "array", "items": {"enum": list(SPOKEN)}, "minItems": 1, "maxItems": len(SPOKEN)},
            },
            "required": [],
        },
        "seed": {"anyOf": [{"enum": ["keep", "new"]}, {"type": "integer", "minimum": 0, "maximum": MAX_SEED}]},
        "count": {"type": "integer", "minimum": 1, "maximum": MAX_COUNT},
        "shape": {"enum": ["square", "portrait", "landscape"]},
        "size": {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2},
        "route": {"enum": ["text-to-image", "image-to-image", "inpaint", "instruction-edit"]},
        "target": {"type": "integer", "minimum": 1},
        "topic": {"type": "string", "maxLength": 40},
        "reply": {"type": "string", "maxLength": MAX_REPLY_CHARACTERS},
    },
    "required": ["action", "reply"],
}


class PatchAnswer(BaseModel):
    """The patch as a writer spells it; `PromptPatch` is the value the app works with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set: dict[Literal["subject", "setting", "style", "lighting", "camera", "colour"], str] = Field(default_factory=dict)
    add_quality: tuple[str, ...] = Field(default=(), max_length=MAX_TERMS)
    drop_quality: tuple[str, ...] = Field(default=(), max_length=MAX_TERMS)
    add_negative: tuple[str, ...] = Field(default=(), max_length=MAX_TERMS)
    drop_negative: tuple[str, ...] = Field(default=(), max_length=MAX_TERMS)
    order: tuple[Literal["subject", "setting", "style", "lighting", "camera", "colour", "quality"], ...] = ()


class Decision(BaseModel):
    """A writer's decision about one message. Absent keys mean "does not apply"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Action
    patch: PatchAnswer = PatchAnswer()
    seed: Literal["keep", "new"] | int | None = None
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    shape: Shape | None = None
    size: tuple[int, int] | None = None
    route: RouteWish | None = None
    target: int | None = Field(default=None, ge=1)
    topic: str | None = None
    reply: str = ""

    @property
    def paints(self) -> bool:
        """True when this decision leads to a picture."""
        return self.action in PAINTING_ACTIONS

    def prompt_patch(self) -> PromptPatch:
        """The patch as the app's own value."""
        return PromptPatch.from_json(self.patch.model_dump())

    def to_json(self) -> dict[str, Any]:
        """Only what applies, in the order of `KEYS`: exactly what a writer is trained to answer."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        patch = self.prompt_patch().to_json()
        found = plain | ({"patch": patch} if patch else {}) | {"action": self.action, "reply": self.reply}
        if not patch:
            found.pop("patch", None)
        return {key: found[key] for key in KEYS if key in found}

    def to_text(self) -> str:
        """The compact JSON text a writer answers with."""
        return json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))


def parse_decision(text: str) -> Decision:
    """Read a writer's answer.

    Raises:
        UnusableAnswer: if the text is not one JSON object of the decision's shape.
    """
    try:
        return Decision.model_validate_json(text)
    except ValidationError as error:
        raise UnusableAnswer(
            "The writer's answer could not be read.", "Your own words are used instead.", f"{error}\n{text[:2000]}"
        ) from error
