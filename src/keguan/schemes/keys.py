"""The keys every scheme document may have, as JSON Schema fragments; the kinds add their own."""

from __future__ import annotations

from typing import Any

from keguan.core.languages import LANGUAGES
from keguan.kinds.base import Kind

ID = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
LETTERS = "A-Za-z0-9\u00c0-\u1fff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters and digits of most scripts, as Python and JSON Schema both read them."""
CODE = rf"^[{LETTERS}]+(?:[-_/][{LETTERS}]+)*$"
DIMENSION = rf"^(?![A-Z])[{LETTERS}]+(?:[_-][{LETTERS}]+)*$"
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
    "dimensions_from": {
        "type": "object",
        "required": ["labels", "classes"],
        "properties": {
            "values_of": {"type": "string", "description": "table.column: one dimension per value"},
            "columns_of": {"type": "string", "description": "a table: one dimension per further column"},
            "conditions": TEXTS,
            "texts": TEXTS,
            "most": {"type": "integer", "minimum": 1},
            "most_values": {"type": "integer", "minimum": 2},
            "opened_by": {"type": "string"},
            "bands": {"type": "object", "additionalProperties": LABELS},
            "labels": LABELS,
            "classes": {"type": "array", "minItems": 1, "items": {"type": "object"}},
        },
        "additionalProperties": False,
    },
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
CLASS: dict[str, Fragment] = {
    "code": {"type": ["string", "number"], "pattern": CODE},
    "needs": {
        "type": "array",
        "description": "what members of the class need, for people to read",
        "items": {
            "type": "object",
            "required": ["labels"],
            "properties": {"given": MARKS["given"], "default": MARKS["default"], "labels": LABELS},
            "additionalProperties": False,
        },
    },
    **MARKS,
}
SHARE: dict[str, Fragment] = {
    "share": {"type": ["string", "number"], "description": "the class's own share; all of them make 100%"}
}
DIMENSION_KEYS: dict[str, Fragment] = {
    "dimension": {"type": "string", "pattern": DIMENSION},
    "labels": LABELS,
    "display": DOCUMENT["display"],
    "opened_by": {
        "type": "string",
        "description": "the parameter that must be true for the dimension to be read at all",
    },
}


def class_keys(kind: Kind) -> dict[str, Any]:
    """What may stand in a class of this kind."""
    return {**CLASS, **kind.class_keys, **(SHARE if "up_to" in kind.class_keys else {})}


def kind_keys(kind: Kind) -> dict[str, Any]:
    """What a kind adds to a dimension: its own keys and the classes."""
    return {"classes": {"type": "array"}, **kind.keys}
