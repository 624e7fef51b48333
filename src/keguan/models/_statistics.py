"""Sufficient statistics of the purchase models, checked, and equal customers joined; knows no model."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.models._errors import CoarseRate
from keguan.models._special import Floats

_RUN = 1 << 20  # rows sorted at a time, on threads, before the sorted runs are merged


@dataclass(frozen=True)
class Statistics:
    """Repeat purchases of customers: `x` repeat purchases, the last at `t_x`, observed until `T` (times from the first).

    All arrays have one entry per row; a row stands for `n` equal customers. Times are in one unit of `unit_days` days
    (1 = days, 7 = weeks). Build with `of`, which checks.
    """

    x: NDArray[Any]
    t_x: NDArray[Any]
    T: NDArray[Any]
    n: Floats | None = None
    unit_days: float = 1.0

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
        n: ArrayLike | None = None,
        unit_days: float = 1.0,
    ) -> Statistics:
        """Checked statistics from numbers, numpy or Arrow arrays. Raises KG852 with every column that is wrong."""
        columns = [_numbers(name, v) for name, v in (("x", x), ("t_x", t_x), ("T", T))]
        shape = np.broadcast_shapes(*(c.shape for c in columns))
        x_, t_, T_ = (np.ascontiguousarray(np.broadcast_to(c, shape)) for c in columns)
        weights = None if n is None else np.broadcast_to(_numbers("n", n), shape).astype(np.float64)
        problems = _problems(x_, t_, T_, weights)
        if not unit_days > 0:
            problems.append(
                Problem(
                    "KG852",
                    Place(field="unit_days"),
                    {"rule": "unit_days > 0", "rows": 1},
                )
            )
        if problems:
            raise KeguanError(problems)
        return cls(x_, t_, T_, weights, float(unit_days))

    @property
    def n_customers(self) -> float:
        """How many customers the rows stand for."""
        return float(len(self.x)) if self.n is None else float(self.n.sum())

    @property
    def weights(self) -> Floats:
        """Customers per row."""
        return np.ones(len(self.x)) if self.n is None else self.n

    def total(self, values: NDArray[Any]) -> float:
        """The sum of `values` over customers (not rows)."""
        return float(values.sum(dtype=np.float64)) if self.n is None else float(values @ self.n)

    def rows(self, rows: slice | NDArray[Any]) -> Statistics:
        """Some of the rows."""
        n = None if self.n is None else self.n[rows]
        return Statistics(self.x[rows], self.t_x[rows], self.T[rows], n, self.unit_days)

    def coarse(self) -> CoarseRate:
        """Repeat purchases per unit of time, pooled."""
        return CoarseRate.of(self.total(self.x), self.total(self.T), self.n_customers)

    def distinct(self) -> tuple[Statistics, NDArray[np.intp]]:
        """The distinct rows, each once, and for every row its place among them."""
        columns = np.stack([np.asarray(v, dtype=np.float64) for v in (self.x, self.t_x, self.T)])
        packed = _pack(*columns) if np.array_equal(columns, np.floor(columns)) else None
        if packed is None:
            return self, np.arange(len(self.x))
        _, first, at = np.unique(packed[0], return_index=True, return_inverse=True)
        return Statistics(self.x[first], self.t_x[first], self.T[first], None, self.unit_days), at

    def grouped(self) -> Statistics:
        """Equal rows joined, sorted by (x, t_x, T). Times that lie on no common grid stay row by row, only sorted."""
        grid = _grid(self.t_x, self.T, self.unit_days)
        if grid is not None:
            t_x, T = (
                v if grid == 1 and v.dtype.kind in "iu" else np.rint(v * grid) for v in (self.t_x, self.T)
            )
            packed = _pack(self.x, t_x, T)
            if packed is not None:
                keys, unpack = packed
                keys, n = _unique(keys, self.n)
                x, t, until = unpack(keys)
                if grid != 1:
                    t, until = t / grid, until / grid
                return Statistics(x, t, until, n, self.unit_days)
        order = np.lexsort((self.T, self.t_x, self.x))
        return Statistics(
            self.x[order],
            self.t_x[order],
            self.T[order],
            self.weights[order],
            self.unit_days,
        )


def _numbers(name: str, values: ArrayLike) -> NDArray[Any]:
    """One column as a flat numpy array of a numeric type."""
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind not in "iuf" or array.ndim != 1:
        raise fail(
            "KG852",
            Place(field=name),
            rule="numbers, one per customer",
            rows=array.size,
        )
    return array


def _problems(x: NDArray[Any], t_x: NDArray[Any], T: NDArray[Any], n: Floats | None) -> list[Problem]:
    rules = [("x", "x >= 0 and finite", ~((x >= 0) & (x < np.inf)))]
    if x.dtype.kind == "f":
        rules.append(("x", "x is a whole number", x != np.floor(x)))
    rules += [
        ("t_x", "0 <= t_x <= T", ~((t_x >= 0) & (t_x <= T))),
        ("T", "T is finite", ~(np.abs(T) < np.inf)),
        ("t_x", "t_x = 0 where x = 0", (x == 0) & (t_x != 0)),
    ]
    if n is not None:
        rules.append(("n", "n >= 0 and finite", ~((n >= 0) & (n < np.inf))))
    return [
        Problem("KG852", Place(field=field), {"rule": rule, "rows": int(wrong.sum())})
        for field, rule, wrong in rules
        if wrong.any()
    ]


def _grid(t_x: NDArray[Any], T: NDArray[Any], unit_days: float) -> float | None:
    """The factor that makes all times whole: days, weeks of whole days, or two decimals."""
    if t_x.dtype.kind in "iu" and T.dtype.kind in "iu":
        return 1.0
    for factor in (1.0, unit_days, 100.0):
        for part in (slice(0, 1000), slice(None)):
            if not all(np.all(np.abs(v[part] * factor - np.rint(v[part] * factor)) < 1e-6) for v in (t_x, T)):
                break
        else:
            return factor
    return None


Unpack = Callable[[NDArray[Any]], tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]


def _pack(x: NDArray[Any], t_x: NDArray[Any], T: NDArray[Any]) -> tuple[NDArray[Any], Unpack] | None:
    """Three whole numbers in one integer that sorts like the triple, and the way back; None if 62 bits do not hold it."""
    if not len(x):
        return None
    bits_t, bits_T = int(t_x.max()).bit_length(), int(T.max()).bit_length()
    if int(x.max()).bit_length() + bits_t + bits_T > 62:
        return None
    keys = x.astype(np.int64)
    for values, bits in ((t_x, bits_t), (T, bits_T)):
        keys <<= bits
        keys |= values.astype(np.int64)

    def unpack(keys: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        return (
            keys >> (bits_t + bits_T),
            (keys >> bits_T) & ((1 << bits_t) - 1),
            keys & ((1 << bits_T) - 1),
        )

    return keys, unpack


def _unique(keys: NDArray[Any], n: Floats | None) -> tuple[NDArray[Any], Floats]:
    """Sorted distinct keys and the customers behind each; `keys` is ours and sorted in place, so that memory stays flat."""
    if n is not None and np.all(keys[1:] > keys[:-1]):
        return keys, n  # joined before
    if n is not None:
        order = np.argsort(keys, kind="stable")
        keys, n = keys[order], n[order]
    else:
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            list(pool.map(lambda i: keys[i : i + _RUN].sort(), range(0, len(keys), _RUN)))
        keys.sort(kind="stable")  # merges the sorted runs
    starts = np.flatnonzero(keys[1:] != keys[:-1])
    starts += 1
    starts = np.concatenate(([0], starts))
    if n is None:
        return keys[starts], np.diff(starts, append=len(keys)).astype(np.float64)
    return keys[starts], np.add.reduceat(n, starts)
