"""What the usual pictures of a fitted model show, as plain numbers: two matrices, a tracking line, one customer's history."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keguan.models._forecast import Forecasting
from keguan.models._special import Floats
from keguan.models._statistics import Statistics

#: Rows and columns of a matrix, points of a line.
MOST_CELLS = 12
MOST_POINTS = 120


def matrices(model: Forecasting, most_x: int, T: float, horizon: float) -> list[dict[str, float]]:
    """P(alive) and expected purchases of customers known for T days, by repeat purchases and days since the last one."""
    counts = np.unique(np.linspace(0, max(most_x, 1), MOST_CELLS).round())
    silence = np.unique(np.linspace(0, T, MOST_CELLS).round())
    x, since = (v.ravel() for v in np.meshgrid(counts, silence, indexing="ij"))
    possible = (x > 0) | (since == silence[-1])  # who never came back was last here at the beginning
    x, since = x[possible], since[possible]
    data = Statistics(x, np.where(x > 0, np.maximum(T - since, 0.0), 0.0), np.full(len(x), float(T)))
    p_alive, orders = model.predict_p_alive(data), model.predict_orders(data, horizon)
    return [
        {"x": int(a), "since": int(b), "p_alive": float(c), "orders": float(d)}
        for a, b, c, d in zip(x, since, p_alive, orders, strict=True)
    ]


def tracking(
    model: Forecasting,
    first: NDArray[np.int64],
    n: Floats,
    day: NDArray[np.int64],
    orders: Floats,
    until: int,
) -> list[dict[str, float]]:
    """Cumulative repeat purchases of customers won on days `first` (n on each), foreseen and real, at evenly spaced days."""
    start = int(first.min())
    points = np.unique(
        np.linspace(start, until, min(MOST_POINTS, until - start + 1)).round().astype(np.int64)
    )
    age = np.maximum(points[:, None] - first[None, :], 0)
    ages, at = np.unique(age, return_inverse=True)
    foreseen = model.predict_new_orders(ages)[at].reshape(age.shape) @ n
    order = np.argsort(day)
    counted = np.concatenate(([0.0], np.cumsum(orders[order])))
    real = counted[np.searchsorted(day[order], points, side="right")]
    return [
        {"day": int(d), "foreseen": float(f), "real": float(r)}
        for d, f, r in zip(points, foreseen, real, strict=True)
    ]


def alive_history(model: Forecasting, days: NDArray[np.int64], until: int) -> list[dict[str, float]]:
    """One customer's P(alive) from the first purchase day to `until`."""
    days = np.unique(days)
    spaced = np.linspace(days[0], until, min(MOST_POINTS, until - int(days[0]) + 1)).round()
    points = np.unique(np.concatenate((spaced.astype(np.int64), days)))
    x = np.searchsorted(days, points, side="right") - 1
    last = days[x]
    p = model.predict_p_alive(Statistics(x, last - days[0], points - days[0]))
    return [{"day": int(d), "p_alive": float(v)} for d, v in zip(points, p, strict=True)]


def spread(values: Floats, bars: int = 24) -> dict[str, Any]:
    """How values of customers are spread: bars of equal width on a logarithmic scale, and what each tenth of customers holds."""
    if not len(values):
        return {"bars": [], "tenths": [], "total": 0.0}
    positive = values[values > 0]
    ranked = np.sort(values)[::-1]
    total = float(ranked.sum())
    tenths = [float(part.sum()) / total if total > 0 else 0.0 for part in np.array_split(ranked, 10)]
    if not len(positive):
        return {"bars": [], "tenths": tenths, "total": total}
    low, high = float(positive.min()), float(positive.max())
    edges = np.geomspace(max(low, high * 1e-6), high * 1.000001, bars + 1)
    heads = np.histogram(positive, edges)[0]
    return {
        "bars": [
            {"low": float(a), "high": float(b), "heads": int(h)}
            for a, b, h in zip(edges[:-1], edges[1:], heads, strict=True)
        ],
        "tenths": tenths,
        "total": total,
    }
