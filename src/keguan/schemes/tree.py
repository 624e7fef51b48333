"""Reading a document's text into a located tree, and rewriting such trees without losing the places."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import yaml

from keguan.core.document import Located, load
from keguan.core.errors import Place, Problem, fail

MAX_CHARACTERS = 400_000
Mapping = dict[str, Located]


def read_tree(text: str, file: str) -> Located:
    """The one mapping or list a document holds. Raises KG401, KG402, KG407 (aliases), KG408 (too long)."""
    if len(text) > MAX_CHARACTERS:
        raise fail("KG408", Place(file, 1), found=len(text), limit=MAX_CHARACTERS)
    _refuse_aliases(text, file)
    return load(text, file)


def _refuse_aliases(text: str, file: str) -> None:
    """A few lines of aliases can stand for billions of values, so a document has none."""
    if "*" not in text:
        return
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                mark = token.start_mark
                raise fail("KG407", Place(file, mark.line + 1, mark.column + 1), alias=token.value)
    except (yaml.YAMLError, RecursionError):
        return  # reading the document says what is wrong, with its place


def locate(value: Any, place: Place) -> Located:
    """A plain value as if it had been written at `place`; numbers become text, as everywhere in a tree."""
    if isinstance(value, Located):
        return value
    if isinstance(value, dict):
        return Located({str(k): locate(v, place) for k, v in value.items()}, place)
    if isinstance(value, (list, tuple)):
        return Located([locate(v, place) for v in value], place)
    if value is None or isinstance(value, bool):
        return Located(value, place)
    return Located(f"{value:f}" if isinstance(value, Decimal) else str(value), place)


def mapping_of(tree: Located | None) -> Mapping:
    """The keys of a mapping; none for anything else."""
    return tree.value if tree is not None and isinstance(tree.value, dict) else {}


def list_of(tree: Located | None) -> list[Located]:
    """The entries of a list; none for anything else."""
    return tree.value if tree is not None and isinstance(tree.value, list) else []


def text_of(tree: Located | None) -> str | None:
    """A text or number as written; None for anything else."""
    return tree.value if tree is not None and isinstance(tree.value, str) else None


def with_keys(tree: Located, changes: dict[str, Located | None]) -> Located:
    """A mapping with some keys replaced; None takes a key away."""
    merged = {**mapping_of(tree), **changes}
    return Located({k: v for k, v in merged.items() if v is not None}, tree.place)


def map_texts(tree: Located, change: Callable[[str, Place], str], skip: frozenset[str]) -> Located:
    """The tree with every text replaced, except below the keys in `skip`."""
    if isinstance(tree.value, dict):
        inner = {k: v if k in skip else map_texts(v, change, skip) for k, v in tree.value.items()}
        return Located(inner, tree.place)
    if isinstance(tree.value, list):
        return Located([map_texts(v, change, skip) for v in tree.value], tree.place)
    if isinstance(tree.value, str):
        return Located(change(tree.value, tree.place), tree.place)
    return tree


def plain(tree: Located) -> Any:
    """The values alone."""
    if isinstance(tree.value, dict):
        return {k: plain(v) for k, v in tree.value.items()}
    if isinstance(tree.value, list):
        return [plain(v) for v in tree.value]
    return tree.value


def distinct(problems: list[Problem]) -> list[Problem]:
    """Each problem once, ordered by place."""
    seen = {(p.code, p.place, repr(sorted(p.values.items(), key=lambda v: v[0]))): p for p in problems}
    return sorted(seen.values(), key=lambda p: (p.place.file or "", p.place.line or 0, p.place.column or 0))
