"""From the decision's JSON schema to a llama.cpp grammar (GBNF): compact JSON, keys in schema order.

Handles exactly the part of JSON Schema that `sfumato.decision` and `sfumato.narrowing` use and refuses the rest loudly,
because a grammar that silently allows anything is worse than none.
"""

from __future__ import annotations

import json
from typing import Any

# A character of a JSON string. Surrogate escapes are left out: writers give UTF-8 as it is.
_CHARACTER = r'char ::= [^"\\\x00-\x1f\x7f] | "\\" (["\\/bfnrt] | "u" [0-9a-cA-Ce-fE-F] [0-9a-fA-F]{3})'

_LETTERS_IN_A_WORD = 8


def gbnf(schema: dict[str, Any]) -> str:
    """The grammar of all compact JSON texts of this schema; its root rule is `root`.

    Raises:
        ValueError: for a schema that uses something not handled here.
    """
    rules: dict[str, str] = {}
    root = _rule(schema, "value", rules)
    lines = [f"root ::= {root}", *(f"{name} ::= {body}" for name, body in rules.items()), _CHARACTER]
    return "\n".join(lines) + "\n"


def _rule(schema: dict[str, Any], name: str, rules: dict[str, str]) -> str:
    """An expression for the schema; named rules it needs are added to `rules`."""
    if "enum" in schema:
        return "(" + " | ".join(_literal(json.dumps(value)) for value in schema["enum"]) + ")"
    if "anyOf" in schema:
        options = (_rule(option, _rule_name(name, str(index)), rules) for index, option in enumerate(schema["anyOf"]))
        return "(" + " | ".join(options) + ")"
    match schema.get("type"):
        case "object":
            return _object(schema, name, rules)
        case "array":
            return _array(schema, name, rules)
        case "string":
            return _string(schema, rules)
        case "integer":
            return _integer(schema, rules)
    raise ValueError(f"no grammar for this schema: {schema}")


def _object(schema: dict[str, Any], name: str, rules: dict[str, str]) -> str:
    """Keys in the given order, each optional unless required, with the commas only where they belong.

    `NAME-rest-I` reads from key I on after another key, `NAME-start-I` from key I on when nothing was read yet.
    """
    keys = list(schema["properties"].items())
    required = set(schema.get("required", ()))
    rest, start = '"}"', '"}"'
    for index in range(len(keys) - 1, -1, -1):
        key, value = keys[index]
        pair = f"{_literal(json.dumps(key) + ':')} {_rule(value, _rule_name(name, key), rules)}"
        is_optional = key not in required
        rules[f"{name}-rest-{index}"] = f'"," {pair} {rest}' + (f" | {rest}" if is_optional else "")
        rules[f"{name}-start-{index}"] = f"{pair} {rest}" + (f" | {start}" if is_optional else "")
        rest, start = f"{name}-rest-{index}", f"{name}-start-{index}"
    return f'"{{" {start}'


def _array(schema: dict[str, Any], name: str, rules: dict[str, str]) -> str:
    low, high = schema.get("minItems", 0), schema["maxItems"]
    item = _rule(schema["items"], f"{name}-item", rules)
    rules[f"{name}-more"] = f'"," {item}'
    if low < 1:
        raise ValueError("an array that may be empty is left out instead")
    return f'"[" {item} {name}-more{{{low - 1},{high - 1}}} "]"'


def _string(schema: dict[str, Any], rules: dict[str, str]) -> str:
    length = int(schema["maxLength"])
    if "words" in schema:
        return _text_of_words(schema["words"], length, rules)
    rules[f"text-{length}"] = f'"\\"" char{{0,{length}}} "\\""'
    return f"text-{length}"


def _text_of_words(words: list[str], length: int, rules: dict[str, str]) -> str:
    """A text of these words, which may begin with a space, or an empty one. All such texts of an answer share the words."""
    rules["word"] = " | ".join(_literal(json.dumps(word, ensure_ascii=False)[1:-1]) for word in words)
    name = f"words-{length}"
    rules[name] = rf'"\"" " "? (word (","? " " word){{0,{length // _LETTERS_IN_A_WORD}}})? "\""'
    return name


def _integer(schema: dict[str, Any], rules: dict[str, str]) -> str:
    if schema.get("minimum", -1) < 0:
        raise ValueError("only integers from 0 on are handled")
    digits = len(str(schema.get("maximum", 99999)))
    positive = f"positive-{digits}"
    rules[positive] = f"[1-9] [0-9]{{0,{digits - 1}}}"
    return positive if schema["minimum"] > 0 else f'("0" | {positive})'


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rule_name(*parts: str) -> str:
    """Rule names may hold letters, digits and dashes only."""
    return "-".join(parts).replace("_", "-")
