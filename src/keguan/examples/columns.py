"""Columns of the example tables: NumPy arrays in, Arrow out. Days are counted from 1970-01-01, money in cents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Column: TypeAlias = pa.Array


def money(cents: Ints) -> Column:
    """Cents as decimals with two places, by their bytes: no text and no float on the way."""
    pairs = np.empty((len(cents), 2), np.int64)
    pairs[:, 0], pairs[:, 1] = cents, cents >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(pairs.tobytes())])


def day(days: Ints) -> Column:
    """Dates."""
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def moment(days: Ints, random: np.random.Generator) -> Column:
    """Times on those days, within business hours."""
    seconds = random.integers(8 * 3600, 18 * 3600, len(days))
    return pa.array(days * 86_400 + seconds).cast(pa.timestamp("s"))


def numbered(prefix: str, numbers: Ints, width: int) -> Column:
    """`C000017`: ids with zeros in front, as businesses write them."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def words(choices: Sequence[Any], picks: Ints) -> Column:
    """The chosen words; texts, or one of `choices` that is None for nothing on file."""
    return pa.array(list(choices), pa.string()).take(pa.array(picks))


def joined(*parts: Column | str) -> Column:
    """Texts put together row by row."""
    return pc.binary_join_element_wise(*parts, "")


def kept(column: Column, where: Flags) -> Column:
    """The column where `where` holds, nothing elsewhere."""
    return pc.if_else(pa.array(where), column, pa.scalar(None, column.type))


def flag(truth: Flags) -> Column:
    """`yes` and `no`, as people fill sheets."""
    return words(("no", "yes"), truth.astype(np.int64))


def pick(random: np.random.Generator, n: int, weights: Sequence[float]) -> Ints:
    """`n` places of a list drawn by weight."""
    share = np.cumsum(np.asarray(weights, float))
    return np.searchsorted(share / share[-1], random.random(n), side="right").astype(np.int64)


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """For `counts` rows of each owner: the owner of every row, and the row's place among the owner's."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - np.repeat(first, counts)
