"""The keys every scheme document may have, as JSON Schema fragments; the kinds add their own."""

from __future__ import annotations

from typing import Any

from keguan.core.languages import LANGUAGES
from keguan.kinds.base import Kind

ID = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
CODE = r"^[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*$"
DIMENSION = r"^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9_]*$"
WINDOW = r"^(?:(?:prev_|full_)?[1-9][0-9]{0,2}m|total)$"
RESERVED_DIMENSIONS = frozenset({"status", "reason", "detail"})

Fragment = dict[str, Any]

TEXT: Fragment = {"type": ["string", "number"]}
LABELS: Fragment = {
    "type": "object",
    "required": list(LANGUAGES),
    "properties": {lang: {"type": ["string", "number"], "minLength": 1} for lang in LANGUAGES},
    "additionalProperties": False,
}
TEXTS: Fragment = {"type": "array", "items": {"type": "string"}}
MARKS: dict[str, Fragment] = {
    "given": {"type": "string", "description": "where the sources say so: seed:line and a few words"},
    "default": {"type": "boolean", "description": "the number is ours"},
    "labels": LABELS,
}
CONDITION: Fragment = {"type": "string", "description": "a condition of the conditions language"}
PARAMETER: Fragment = {
    "type": "object",
    "properties": {
        "value": TEXT,
        "unit": {"type": "string"},
        "strict": {"type": "boolean", "description": "whether the bound itself is left out"},
        **MARKS,
    },
    "additionalProperties": False,
}
DOCUMENT: dict[str, Fragment] = {
    "scheme": {"type": "string", "pattern": ID},
    "version": {"type": "integer", "minimum": 1},
    "family": {"type": "string", "pattern": ID},
    "kind": {"type": "string"},
    "subject": {
        "anyOf": [
            {"type": "string", "pattern": NAME},
            {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        ]
    },
    "labels": LABELS,
    "population": {
        "type": "object",
        "properties": {
            "where": {"anyOf": [CONDITION, {"type": "object", "additionalProperties": CONDITION}]},
            "when_known": {
                "type": ["string", "array"],
                "description": "further conditions, dropped where the data lack what they ask for",
            },
            **MARKS,
        },
        "additionalProperties": False,
    },
    "profiles": TEXTS,
    "window": {"type": "string", "pattern": WINDOW},
    "fixed_window": {
        "type": "boolean",
        "description": "the window is part of what the scheme means and stays as written",
    },
    "parameters": {"type": "object", "additionalProperties": PARAMETER},
    "display": {"type": "array", "items": TEXT},
    "defaults": {"type": "array", "items": {"anyOf": [{"type": "string"}, LABELS]}},
    "references": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["seed", "line"],
            "properties": {"seed": TEXT, "line": {"type": "integer", "minimum": 1}},
            "additionalProperties": False,
        },
    },
    "notices": TEXTS,
    "requires": TEXTS,
    "unique": {
        "type": "array",
        "description": "classes that only one subject per value of a key may have",
        "items": {
            "type": "object",
            "required": ["code", "per"],
            "properties": {"code": TEXT, "per": {"type": "string"}, "dimension": {"type": "string"}},
            "additionalProperties": False,
        },
    },
}
REQUIRED = ("scheme", "version", "family", "kind", "labels")
CLASS: dict[str, Fragment] = {"code": {"type": ["string", "number"], "pattern": CODE}, **MARKS}
SHARE: dict[str, Fragment] = {
    "share": {"type": ["string", "number"], "description": "the class's own share; all of them make 100%"}
}
DIMENSION_KEYS: dict[str, Fragment] = {
    "dimension": {"type": "string", "pattern": DIMENSION},
    "labels": LABELS,
    "display": DOCUMENT["display"],
}


def class_keys(kind: Kind) -> dict[str, Any]:
    """What may stand in a class of this kind."""
    return {**CLASS, **kind.class_keys, **(SHARE if "up_to" in kind.class_keys else {})}


def kind_keys(kind: Kind) -> dict[str, Any]:
    """What a kind adds to a dimension: its own keys and the classes."""
    return {"classes": {"type": "array"}, **kind.keys}
