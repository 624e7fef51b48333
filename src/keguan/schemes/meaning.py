"""Two hashes of a document: what could move a subject to another class, and what only changes what people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from keguan.core.document import Located, as_share
from keguan.core.errors import KeguanError
from keguan.core.fingerprint import of_json
from keguan.kinds.base import Kind
from keguan.language.parser import parse
from keguan.language.writer import Unwritable, write
from keguan.schemes import keys
from keguan.schemes.conditions import CONDITION_KEYS
from keguan.schemes.document import Parameter
from keguan.schemes.pattern import BANDS, Pattern
from keguan.schemes.pattern import KEY as FROM_DATA
from keguan.schemes.tree import mapping_of

READ_ONLY = frozenset(
    {"version", "family", "defaults", "references", "notices", "display", "needs", *keys.MARKS}
)
"""Keys that are for people: they move nobody."""


def meaning(
    tree: Located, parameters: Sequence[Parameter], kind: Kind | None, pattern: Pattern | None = None
) -> str:
    """`sha256:…` of everything that decides classes, whatever its spelling: `5%` is `0.05`, spaces do not matter; where the
    dimensions stand in the data, `pattern` says where and how many are taken."""
    content = _canonical(tree, _numeric_keys(kind), skip=READ_ONLY)
    if isinstance(content, dict):
        content["parameters"] = {
            p.name: [
                None if p.value is None else _exact(p.value.value),
                p.value.unit if p.value else p.unit,
                *([p.strict] if p.turned else []),
            ]
            for p in parameters
        }
        if pattern is not None:
            content[FROM_DATA] = {k: v for k, v in asdict(pattern).items() if k != BANDS}
    return of_json(content)


def presentation(tree: Located, kind: Kind | None, pattern: Pattern | None = None) -> str:
    """`sha256:…` of the whole document in force, texts included."""
    content = _canonical(tree, _numeric_keys(kind), skip=frozenset())
    if isinstance(content, dict) and pattern is not None:
        content[FROM_DATA] = asdict(pattern)
    return of_json(content)


def _numeric_keys(kind: Kind | None) -> frozenset[str]:
    """Keys of the kind that hold numbers, at any depth."""
    found: set[str] = set()
    if kind is not None:
        _collect({**kind.keys, **kind.class_keys}, found)
    return frozenset(found)


def _collect(properties: Mapping[str, Any], found: set[str]) -> None:
    for name, fragment in properties.items():
        types = fragment.get("type", ())
        if {"number", "integer"} & set([types] if isinstance(types, str) else types):
            found.add(name)
        inner = fragment.get("items", fragment)
        _collect(inner.get("properties", {}), found)
        if isinstance(inner.get("additionalProperties"), dict):
            _collect({name: inner["additionalProperties"]}, found)


def _canonical(tree: Located, numeric: frozenset[str], skip: frozenset[str], key: str = "") -> Any:
    if isinstance(tree.value, dict):
        return {k: _canonical(v, numeric, skip, k) for k, v in mapping_of(tree).items() if k not in skip}
    if isinstance(tree.value, list):
        return [_canonical(v, numeric, skip, key) for v in tree.value]
    if not isinstance(tree.value, str):
        return tree.value
    if key in CONDITION_KEYS:
        return _condition(tree.value)
    return _number(tree.value) if key in numeric else tree.value.strip()


def _condition(text: str) -> str:
    try:
        return write(parse(text))
    except (KeguanError, Unwritable):
        return text.strip()


def _number(text: str) -> str:
    share = as_share(text)
    if share is not None:
        return _exact(share)
    try:
        return _exact(Decimal(text.replace("_", "")))
    except ArithmeticError:
        return text.strip()


def _exact(value: object) -> str:
    """A number without needless zeros, never written out in full: exponents may be large."""
    return str(value.normalize() if isinstance(value, Decimal) else value)
