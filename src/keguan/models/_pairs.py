"""Values that depend on (x, T) alone, computed once per pair or on a few Chebyshev points of T; knows no model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keguan.models._chunks import pieces
from keguan.models._quadrature import chebyshev_points, interpolation
from keguan.models._special import Floats

PairFunction = Callable[[Floats, Floats], Floats]

#: Chebyshev points of ln(scale + T); with more, no printed digit changes.
POINTS = 40
_TABLE = 4_000_000  # cells of an (x, T) table that may be held


def places(values: NDArray[Any]) -> tuple[Floats, NDArray[np.intp]]:
    """The distinct values, ascending, and where each row's value stands among them; small integers without sorting."""
    if values.dtype.kind == "f" and np.all(values[:1000] == np.floor(values[:1000])):
        whole = values.astype(np.int64)
        values = whole if np.array_equal(whole, values) and whole.min(initial=0) >= 0 else values
    if values.dtype.kind in "iu" and len(values) and values.max() < 10 * len(values) + 1000:
        seen = np.zeros(int(values.max()) + 1, dtype=bool)
        seen[values] = True
        return np.flatnonzero(seen).astype(np.float64), (np.cumsum(seen) - 1)[values]
    distinct, at = np.unique(values, return_inverse=True)
    return distinct.astype(np.float64), at


def listed(*columns: NDArray[Any]) -> tuple[Floats, list[NDArray[Any]]]:
    """Values that hold all of the columns', ascending, and where each row's value stands among them, column by column: whole
    numbers smaller than their count are their own places."""
    rows = len(columns[0])
    if rows and all(c.dtype.kind in "iu" and c.max() < rows for c in columns):
        return np.arange(max(c.max() for c in columns) + 1, dtype=np.float64), list(columns)
    distinct, at = places(np.concatenate(columns))
    return distinct, np.split(at, len(columns))


def logs_by_pairs(function: PairFunction, x: NDArray[Any], T: NDArray[Any], scale: float) -> Floats:
    """`function(x, T)` for every row, where `function` is smooth in ln(scale + T), as the logarithms of expectations are.

    Few rows are computed as they are. Many rows share Chebyshev points of ln(scale + T) for each distinct x, and are read off
    by interpolation (error about 1e-10).
    """
    distinct, at_x = places(x)
    if len(x) <= len(distinct) * POINTS:
        return _in_pieces(function, x.astype(np.float64), T.astype(np.float64))
    times, at_T = places(T)
    if len(times) <= POINTS:
        points, matrix = times, np.eye(len(times))
    else:
        u = np.log(scale + times)
        middle, half = (u[-1] + u[0]) / 2, (u[-1] - u[0]) / 2
        points = np.maximum(np.exp(middle + half * chebyshev_points(POINTS)) - scale, 0.0)
    grid_x, grid_T = (v.ravel() for v in np.meshgrid(distinct, points, indexing="ij"))
    values = _in_pieces(function, grid_x, grid_T).reshape(len(distinct), len(points))
    if len(times) > POINTS and len(times) * len(distinct) > max(_TABLE, len(x)):
        out = np.empty(len(x))
        for s in pieces(len(x)):
            rows = interpolation((u[at_T[s]] - middle) / half, POINTS)
            out[s] = np.einsum("ij,ij->i", rows, values[at_x[s]])
        return out
    if len(times) > POINTS:
        matrix = interpolation((u - middle) / half, POINTS)
    table = (values @ matrix.T).ravel()
    at_x *= len(times)
    at_x += at_T
    return table[at_x]


def by_pairs(function: PairFunction, x: NDArray[Any], T: NDArray[Any], scale: float) -> Floats:
    """As `logs_by_pairs`, for a positive function that is smooth on the logarithmic scale."""
    logs = logs_by_pairs(lambda x, T: np.log(np.maximum(function(x, T), 1e-300)), x, T, scale)
    return np.exp(logs, out=logs)


def _in_pieces(function: PairFunction, x: Floats, T: Floats) -> Floats:
    """The function itself, a few rows at a time, because it may lay out a hundred nodes per row."""
    out = np.empty(len(x))
    for s in pieces(len(x), 512):
        out[s] = function(x[s], T[s])
    return out
