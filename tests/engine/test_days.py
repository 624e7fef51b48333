"""Days as numbers: counts in windows and figures of gaps are what each subject's own list of days says."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import floor, isclose, log, sqrt
from statistics import median
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.compile import column, literal
from keguan.engine.measures import days
from keguan.engine.measures.days import FIGURES, OLDEST, DayRows, days_looked_at

WINDOWS = {"all": (0, None), "year": (0, 365), "before": (365, 730), "none": (7, 7), "far": (70_000, 80_000)}
ENDS = {"first": "min", "last": "max"}
AS_OF = date(2026, 6, 30)
_AGO = st.integers(0, 800) | st.sampled_from([0, 364, 365, 729, 730, OLDEST - 1, OLDEST, OLDEST + 1, 75_000])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "ROWS", 4)
    monkeypatch.setattr(days, "BLOCK", 2)


def _looked_at(engine: DuckDBEngine, lists: list[list[int]]) -> list[dict[str, Any]]:
    pairs = [(no, ago) for no, own in enumerate(lists) for ago in own]
    rows = pa.table(
        {
            "no": pa.array([n for n, _ in pairs], pa.int32()),
            "ago": pa.array([a for _, a in pairs], pa.int32()),
        }
    )
    engine.put("day_rows", rows)
    query = exp.select(column("no"), column("ago")).from_("day_rows")
    oldest = AS_OF - timedelta(days=max((ago for _, ago in pairs), default=0))
    extent = exp.select(exp.Literal.number(len(pairs)), literal(oldest))
    asked = DayRows(query, extent, "no", len(lists), AS_OF, WINDOWS, ENDS, {n: n for n in FIGURES})
    with days_looked_at(engine, "looked_at", asked):
        pass
    found = engine.arrow(exp.select("*").from_("looked_at")).sort_by("no")
    for table in ("day_rows", "looked_at"):
        engine.forget(table)
    assert found["no"].to_pylist() == list(range(len(lists)))
    result: list[dict[str, Any]] = found.drop_columns("no").to_pylist()
    return result


def _said_by(own: list[int]) -> dict[str, Any]:
    far = sorted({min(ago, OLDEST) for ago in own})
    gaps = [b - a for a, b in pairwise(far)]
    mean = sum(gaps) / len(gaps) if gaps else 0
    away = [abs(g - median(gaps)) for g in gaps]
    spread = sqrt(sum((g - mean) ** 2 for g in gaps) / len(gaps)) if gaps else 0
    return {
        **{
            n: sum(low <= a and (high is None or a < high) for a in own) for n, (low, high) in WINDOWS.items()
        },
        "first": AS_OF - timedelta(days=max(own)) if own else None,
        "last": AS_OF - timedelta(days=min(own)) if own else None,
        "count": len(far),
        "median": float(median(gaps)) if gaps else None,
        "deviation": float(median(away)) if len(gaps) > 1 else None,
        "variation": spread / mean if len(gaps) > 1 else None,
        "log_sum": sum(floor(log(g) * 1_000_000 + 0.5) for g in gaps),
    }


def _close(found: Any, expected: Any) -> bool:
    if not isinstance(found, (int, float)):
        return bool(found == expected)
    return isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)


@given(lists=st.lists(st.lists(_AGO, max_size=7), max_size=6))
def test_everybody_has_the_figures_of_their_own_list(engine: DuckDBEngine, lists: list[list[int]]) -> None:
    _agree(_looked_at(engine, lists), lists)


def test_subjects_with_many_rows_are_looked_at_in_smaller_blocks(
    engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "BLOCK_ROWS", 5)
    lists = [[ago % 40 for ago in range(place, place + 30)] for place in range(7)]
    _agree(_looked_at(engine, lists), lists)


@pytest.mark.usefixtures("small")
def test_it_does_not_matter_who_is_looked_at_together(engine: DuckDBEngine) -> None:
    lists = [[], [3], [3, 3], [0, 1, 400], [], [5, 6, 8, 800], [0] * 9, [1, 2], []]
    _agree(_looked_at(engine, lists), lists)


def test_days_of_long_ago_make_longer_numbers(engine: DuckDBEngine) -> None:
    lists: list[list[int]] = [[] for _ in range(6_000)]
    lists[0], lists[-1] = (
        [0, 10, 700_000],
        [1, 699_999, 3],
    )  # 6,000 spans of 700,001 days do not fit four bytes
    found = _looked_at(engine, lists)
    _agree([found[0], found[1], found[-1]], [lists[0], [], lists[-1]])


def _agree(found: list[dict[str, Any]], lists: list[list[int]]) -> None:
    assert len(found) == len(lists)
    for row, own in zip(found, lists, strict=True):
        expected = _said_by(own)
        assert {n: (row[n], e) for n, e in expected.items() if not _close(row[n], e)} == {}
