"""Whether a written-out document may be what a pattern made of some data: `dimensions_from` filled in, and nothing else changed.

The limits of a pattern (how many values or columns are taken) leave no trace in what is written out and are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from keguan.schemes.meaning import READ_ONLY
from keguan.schemes.pattern import EACH, KEY, PLACE, SETTINGS
from keguan.schemes.tree import plain, read_tree

_WRITTEN = frozenset({"code", "when", "otherwise"})
"""What tells one value's class from another's."""


def made_from(pattern: str, document: str, file: str) -> bool:
    """Whether `pattern` may have made `document`, texts for people aside."""
    ours, theirs = (_deciding(plain(read_tree(text, file))) for text in (pattern, document))
    found, dimensions = ours.pop(KEY), theirs.pop("dimensions", None)
    if not dimensions or not _alike(ours, theirs):
        return False
    body = {k: v for k, v in found.items() if k not in SETTINGS}
    return all(_dimension(body, one) for one in dimensions)


def _dimension(body: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    own = {k: v for k, v in one.items() if k not in ("dimension", "opened_by", "classes")}
    outer = {k: v for k, v in body.items() if k != "classes"}
    return _alike(outer, own) and _classes(body["classes"], one["classes"])


def _classes(patterns: Sequence[Mapping[str, Any]], classes: Sequence[Mapping[str, Any]]) -> bool:
    """Every class is one of the pattern's own in its order, or one of a value; the class of all others may be left out,
    where the values take everybody."""
    fixed = {p["code"]: p for p in patterns if EACH not in p}
    values = [{k: v for k, v in p.items() if k not in (EACH, *_WRITTEN)} for p in patterns if EACH in p]
    for one in classes:
        bare = {k: v for k, v in one.items() if k not in _WRITTEN}
        if one["code"] in fixed:
            if not _alike(fixed[one["code"]], one):
                return False
        elif not any(_alike(value, bare) for value in values):
            return False
    order = [c["code"] for c in classes if c["code"] in fixed]
    due = [code for code, p in fixed.items() if code in order or not (values and "otherwise" in p)]
    return order == due


def _deciding(value: Any) -> Any:
    """The document without what people only read."""
    if isinstance(value, Mapping):
        return {k: _deciding(v) for k, v in value.items() if k not in READ_ONLY}
    return [_deciding(v) for v in value] if isinstance(value, list) else value


def _alike(pattern: Any, value: Any) -> bool:
    """Equal, with anything where the pattern has a place in braces."""
    if isinstance(pattern, Mapping) and isinstance(value, Mapping):
        return pattern.keys() == value.keys() and all(_alike(v, value[k]) for k, v in pattern.items())
    if isinstance(pattern, list) and isinstance(value, list):
        return len(pattern) == len(value) and all(map(_alike, pattern, value))
    if isinstance(pattern, str) and isinstance(value, str):
        parts = [re.escape(" ".join(part.split())) for part in PLACE.split(pattern)[::2]]
        return re.fullmatch(".*".join(parts), " ".join(value.split())) is not None
    return bool(pattern == value)
