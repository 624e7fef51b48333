"""Chinese names of people, firms and public bodies, drawn from the word lists of the catalogue."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keguan.core.yaml import load_plain
from keguan.examples.columns import Column, Ints, joined, pick, words


@cache
def lists() -> dict[str, Any]:
    """The word lists by name."""
    source = files("keguan").joinpath("catalogue", "data", "trading-company", "words.yaml")
    content = load_plain(source.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def people(random: np.random.Generator, n: int) -> Column:
    """Family and given names; frequent family names come up more often, a quarter of given names are one character."""
    family, first, second = (lists()[k] for k in ("family_names", "given_first", "given_second"))
    frequent = [1 / (rank + 6) for rank in range(len(family))]
    short = [*first, *[""] * (len(first) // 3)]
    parts = (words(family, pick(random, n, frequent)), _any(random, n, short), _any(random, n, second))
    return joined(*parts)


def firms(random: np.random.Generator, place: Column, sector: Ints) -> Column:
    """`苏州恒泰五金机电有限公司`: place, trade name, business and legal form of the sector."""
    n = len(sector)
    businesses, forms = [], []
    for entry in lists()["sectors"].values():
        businesses.append(entry["words"])
        forms.append(entry["forms"])
    trade = joined(_any(random, n, lists()["shop_first"]), _any(random, n, lists()["shop_second"]))
    return joined(place, trade, _by(random, businesses, sector), _by(random, forms, sector))


def public_bodies(random: np.random.Generator, place: Column) -> Column:
    """`宁波市教育局`."""
    return joined(place, "市", _any(random, len(place), lists()["government"]))


def _any(random: np.random.Generator, n: int, choices: list[str]) -> Column:
    return words(choices, random.integers(0, len(choices), n))


def _by(random: np.random.Generator, choices: list[list[str]], which: Ints) -> Column:
    """One of the words of each row's own list."""
    sizes = np.array([len(c) for c in choices])
    starts = np.cumsum(sizes) - sizes
    place = (random.random(len(which)) * sizes[which]).astype(np.int64)
    return words([w for c in choices for w in c], starts[which] + place)


def spread(lists_of: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Nested lists side by side: of every word, the key it stands under, and the word."""
    pairs = [(key, word) for key, found in lists_of.items() for word in found]
    return [key for key, _ in pairs], [word for _, word in pairs]


def either(where: pa.Array, yes: Column, no: Column) -> Column:
    """`yes` where the flag is set, `no` elsewhere."""
    return pc.if_else(where, yes, no)
