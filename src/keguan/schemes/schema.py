"""JSON Schema (draft 2020-12) of scheme, cases and profile documents, for editors: made from what the loader and the kinds know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keguan.kinds.base import Kind
from keguan.kinds.registry import kind, kind_names
from keguan.schemes import keys
from keguan.schemes.cases import SOURCES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_ENTRIES = {
    "type": "array",
    "items": {
        "type": "string",
        "pattern": r"^\d{4}-\d{2}-\d{2}\s+-?\d+(\.\d+)?(\s+(sale|return|completed|open|cancelled)){0,2}$",
    },
}


def scheme_schema() -> dict[str, Any]:
    """Scheme documents: the document's keys and, by `kind`, the keys of the kind."""
    names = kind_names()
    return {
        "$schema": _DIALECT,
        "title": "Keguan scheme",
        "type": "object",
        "required": list(keys.REQUIRED),
        "properties": {"kind": {"enum": list(names)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": n}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{n}"},
            }
            for n in names
        ],
        "$defs": {n: _document(kind(n)) for n in names},
    }


def _document(of: Kind) -> dict[str, Any]:
    """One kind's documents: its keys at the top, or in each of several dimensions."""
    own = {k: _closed(v) for k, v in of.keys.items()}
    classes = {"type": "array", "minItems": 1, "items": _class(of)}
    dimension = {
        "type": "object",
        "required": ["dimension", "labels", "classes"],
        "properties": {**keys.DIMENSION_KEYS, **own, "classes": classes},
        "additionalProperties": False,
    }
    dimensions = {"type": "array", "minItems": 1, "items": dimension}
    return {
        "properties": {**keys.DOCUMENT, **own, "classes": classes, "dimensions": dimensions},
        "additionalProperties": False,
        "oneOf": [{"required": [n]} for n in ("classes", "dimensions", "dimensions_from")],
    }


def _class(of: Kind) -> dict[str, Any]:
    properties = {k: _closed(v) for k, v in keys.class_keys(of).items()}
    return {
        "type": "object",
        "required": ["code", "labels"],
        "properties": properties,
        "additionalProperties": False,
    }


def _closed(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """A kind's fragment with every mapping closed; marks (`given`, `default`, `labels`) may stand in each."""
    found = dict(fragment)
    if "properties" in found and fragment is not keys.LABELS:
        inner = {k: _closed(v) for k, v in found["properties"].items()}
        found["properties"] = {**inner, **keys.MARKS}
        found["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), Mapping):
            found[key] = _closed(found[key])
    return found


def cases_schema() -> dict[str, Any]:
    """Cases documents."""
    texts = _mapping({"type": ["string", "number", "null"]})
    given = {
        "orders": _mapping(_ENTRIES),
        "order_lines": _mapping(_ENTRIES),
        "items": _mapping({"type": "number"}),
        "measures": _mapping(_mapping(_SCALAR)),
        "ranks": _closed_object(
            {
                "count": {"type": "integer", "minimum": 1, "maximum": 100_000},
                "measure": {"type": "string"},
                "others": _mapping(_SCALAR),
            },
            ["count", "measure"],
        ),
        "customers": {"type": "array", "items": {"type": "object", "required": ["customer_id"]}},
        "tables": _mapping({"type": "array", "items": _mapping(_SCALAR)}),
    }
    expect = {
        **dict.fromkeys(("classes", "details", "reasons", "statuses"), texts),
        "counts": _mapping({"type": "integer", "minimum": 0}),
        "refused": {"type": "string", "pattern": r"^KG\d{3}$"},
    }
    one_world = {"oneOf": [{"required": [s]} for s in SOURCES] + [_without_source()]}
    case = {
        "name": {"type": "string", "minLength": 1},
        "checks": keys.TEXTS,
        "as_of": _DAY,
        "profile": {"type": "string"},
        "subject": {"type": "string"},
        "dimension": keys.DIMENSION_KEYS["dimension"],
        "window": keys.DOCUMENT["window"],
        "parameters": {"type": "object"},
        "changes": {"type": "object"},
        "given": {**_closed_object(given, []), **one_world},
        "expect": {**_closed_object(expect, []), "minProperties": 1},
    }
    required = ["name", "as_of", "given", "expect"]
    listed = {"type": "array", "minItems": 1, "items": _closed_object(case, required)}
    return {
        "$schema": _DIALECT,
        "title": "Keguan scheme cases",
        **_closed_object({"cases": listed}, ["cases"]),
    }


def _without_source() -> dict[str, Any]:
    listed = [{"required": ["customers"]}, {"required": ["tables"]}]
    return {"anyOf": listed, "not": {"anyOf": [{"required": [s]} for s in SOURCES]}}


def profile_schema() -> dict[str, Any]:
    """Profile documents."""
    value = {**keys.PARAMETER, "required": ["value"]}
    properties = {
        "profile": {"type": "string", "pattern": keys.ID},
        "labels": keys.LABELS,
        "rfm_applicable": {"type": "boolean"},
        "notes": {"type": "array", "items": _closed_object({"text": keys.LABELS}, ["text"])},
        "without": _mapping(keys.LABELS),
        "event": keys.LABELS,
        "parameters": _mapping(_mapping({"anyOf": [keys.TEXT, value]})),
        "references": keys.DOCUMENT["references"],
    }
    return {
        "$schema": _DIALECT,
        "title": "Keguan profile",
        **_closed_object(properties, ["profile", "labels"]),
    }


def _mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": dict(values)}


def _closed_object(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": dict(properties),
        "additionalProperties": False,
    }


def export(folder: Path) -> list[Path]:
    """Writes `scheme`, `cases` and `profile` `.schema.json` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"scheme": scheme_schema(), "cases": cases_schema(), "profile": profile_schema()}
    paths: list[Path] = []
    for name, schema in made.items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths
