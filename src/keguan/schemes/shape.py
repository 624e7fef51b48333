"""Which keys may stand where, read off the JSON Schema fragments of the document and the kind: unknown ones are KG405."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.document import Located
from keguan.core.errors import Problem
from keguan.kinds.base import Kind
from keguan.schemes import keys
from keguan.schemes.tree import list_of, mapping_of


def check_keys(tree: Located, kind: Kind, problems: list[Problem]) -> None:
    """Reports every key of a scheme document that neither the document nor the kind knows."""
    top: dict[str, Any] = {**keys.DOCUMENT}
    if "dimensions" in mapping_of(tree):
        top["dimensions"] = {}
        inner = {**keys.DIMENSION_KEYS, **keys.kind_keys(kind)}
        for one in list_of(mapping_of(tree)["dimensions"]):
            _part(one, inner, kind, problems)
    else:
        top.update(keys.kind_keys(kind))
    _part(tree, top, kind, problems)


def _part(tree: Located, known: Mapping[str, Any], kind: Kind, problems: list[Problem]) -> None:
    _known_only(tree, known, problems)
    for key, value in mapping_of(tree).items():
        if key == "classes":
            for one in list_of(value):
                _known_only(one, keys.class_keys(kind), problems)
                _below(one, keys.class_keys(kind), problems)
        elif key in kind.keys:
            _within(value, kind.keys[key], problems)


def _below(tree: Located, known: Mapping[str, Any], problems: list[Problem]) -> None:
    for key, value in mapping_of(tree).items():
        if key in known and key not in keys.MARKS:
            _within(value, known[key], problems)


def _within(tree: Located, fragment: Mapping[str, Any], problems: list[Problem]) -> None:
    """Follows a fragment down; marks (`given`, `default`, `labels`) may stand in every mapping."""
    for item in list_of(tree):
        _within(item, fragment.get("items", {}), problems)
    if "properties" in fragment:
        known = {**fragment["properties"], **keys.MARKS}
        _known_only(tree, known, problems)
        _below(tree, known, problems)
    elif isinstance(fragment.get("additionalProperties"), dict):
        for value in mapping_of(tree).values():
            _within(value, fragment["additionalProperties"], problems)


def _known_only(tree: Located, known: Mapping[str, Any], problems: list[Problem]) -> None:
    for key, value in mapping_of(tree).items():
        if key not in known:
            problems.append(Problem("KG405", value.place, {"key": key, "known": ", ".join(sorted(known))}))
