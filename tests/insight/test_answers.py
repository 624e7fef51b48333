"""Each answer against the same question asked of the two tables by hand."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from keguan.insight import crossing
from keguan.insight.boundary import boundaries, boundary_lists
from keguan.insight.folder import RunFolder
from keguan.insight.overview import Overview, overview


@pytest.fixture(scope="module")
def people(run_dir: Path) -> list[dict[str, Any]]:
    tables = [pq.read_table(run_dir / f"{name}.parquet").to_pylist() for name in ("assignments", "measures")]
    return [{**a, **m} for a, m in zip(*tables, strict=True)]


def test_share_of_the_top_fifth_is_the_true_one(view: Overview, people: list[dict[str, Any]]) -> None:
    sales = sorted((p["net_sales_12m"] for p in people), reverse=True)
    found = view.concentration
    assert found is not None
    assert found.top20_share == sum(sales[:200]) / sum(sales)
    assert (found.heads, found.top20_heads, found.sales) == (1000, 200, sum(sales))


def test_fewest_customers_for_four_fifths_of_sales(view: Overview, people: list[dict[str, Any]]) -> None:
    sales = sorted((p["net_sales_12m"] for p in people), reverse=True)
    reached, running = 0, Decimal(0)
    while running < sum(sales) * Decimal("0.8"):
        running, reached = running + sales[reached], reached + 1
    assert view.concentration is not None
    assert view.concentration.for80_heads == reached


def test_curve_is_short_and_runs_from_nothing_to_everything(view: Overview) -> None:
    assert view.concentration is not None
    points = view.concentration.curve
    assert len(points) <= 200
    assert (points[0].heads_share, points[0].sales_share) == (0, 0)
    assert (points[-1].heads_share, points[-1].sales_share) == (1, 1)
    assert all(a.heads_share < b.heads_share for a, b in pairwise(points))


def test_customers_below_zero_are_counted(view: Overview, people: list[dict[str, Any]]) -> None:
    assert view.concentration is not None
    assert view.concentration.below_zero == sum(p["net_sales_12m"] < 0 for p in people) > 0


def test_heads_and_sales_of_every_class_equal_the_record(view: Overview, run_dir: Path) -> None:
    written = {s["id"]: s for s in json.loads((run_dir / "run.json").read_text(encoding="utf-8"))["schemes"]}
    for found in view.distributions:
        counts = {
            c["code"]: (c["count"], Decimal(c["net_sales"])) for c in written[found.scheme.id]["classes"]
        }
        assert {c.code: (c.heads, c.sales) for c in found.classes} == counts
        assert sum(c.heads for c in found.classes) + found.without_class == 1000


def test_unclassified_customers_have_no_class_of_their_own(view: Overview) -> None:
    tenure = next(d for d in view.distributions if d.scheme.id == "relationship-tenure")
    assert tenure.without_class == tenure.scheme.statuses["unclassified"] > 0
    assert [c.code for c in tenure.classes] == ["old", "new"]


def test_every_pair_of_schemes_is_crossed_and_adds_up(view: Overview, people: list[dict[str, Any]]) -> None:
    n = len(view.distributions)
    assert len(view.crossings) == n * (n - 1) // 2
    for found in view.crossings:
        counted = Counter((p[found.rows.column], p[found.columns.column]) for p in people)
        assert {(c.row, c.column): c.heads for c in found.cells} == counted


def test_with_many_schemes_only_the_leading_one_is_crossed_with_all(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossing, "MOST", 3)
    with RunFolder(run_dir) as folder:
        view = overview(folder)
    n, lead = len(view.distributions), view.crossings[0].rows
    assert len(view.crossings) == (n - 1) + 1
    assert sum(c.rows is lead for c in view.crossings) == n - 1


def test_grid_cells_hold_everybody_once(view: Overview, people: list[dict[str, Any]]) -> None:
    assert view.rfm is not None
    counted = Counter((int(p["rfm.detail"][0]), int(p["rfm.detail"][1])) for p in people)
    assert {(c.r, c.f): c.heads for c in view.rfm.cells} == counted


def test_score_ranges_are_those_of_the_customers_in_them(
    view: Overview, people: list[dict[str, Any]]
) -> None:
    assert view.rfm is not None
    for place, score in enumerate(view.rfm.scores):
        for step in range(1, view.rfm.bins + 1):
            values = [p[score.measure] for p in people if p["rfm.detail"][place] == str(step)]
            before, after = score.range_of(step)
            for value in values:
                if score.low_is_good:
                    assert (before is None or value < before) and (after is None or value >= after)
                else:
                    assert (before is None or value > before) and (after is None or value <= after)


def test_histogram_leaves_nobody_out(view: Overview) -> None:
    found = view.histogram
    assert found is not None
    assert sum(b.heads for b in found.bins) + found.n_zero + found.n_negative == 1000
    assert [b.name for b in found.boundaries] == ["A", "B", "C"]


def test_boundary_lists_are_near_sorted_and_on_the_side_the_class_says(
    view: Overview, people: list[dict[str, Any]]
) -> None:
    order = ["A", "B", "C", "D"]
    for found in view.boundaries:
        cut, place = found.boundary.value, found.boundary.place
        assert place is not None
        close = [p for p in people if abs(p["net_sales_12m"] - cut) <= cut * Decimal("0.05")]
        assert found.n_above == sum(order.index(p["value-pyramid"]) <= place for p in close)
        assert found.n_below == len(close) - found.n_above
        for side in (found.above, found.below):
            distances = [abs(n.distance) for n in side]
            assert distances == sorted(distances)
            assert len(side) <= 8


def test_boundaries_of_every_kind_are_read(folder: RunFolder) -> None:
    found = {s.id: boundaries(s, folder.cuts(s)) for s in folder.record.schemes}
    assert [b.name for b in found["value-pyramid"]] == ["A", "B", "C"]
    assert [b.name for b in found["value-three-band"]] == ["quality", "middle"]
    assert [b.name for b in found["loyalty-quadrant"]] == ["high_spend", "often"]
    assert [b.name for b in found["rfm"]][:4] == ["R5", "R4", "R3", "R2"]
    assert found["relationship-tenure"] == ()


def test_boundary_lists_work_for_schemes_without_tiers(folder: RunFolder) -> None:
    scheme = folder.scheme("loyalty-quadrant")
    assert scheme is not None
    lists = boundary_lists(folder, scheme, nearest=3)
    assert [b.boundary.name for b in lists] == ["high_spend", "often"]
    assert all(n.value >= b.boundary.value for b in lists for n in b.above)
    assert all(n.value < b.boundary.value for b in lists for n in b.below)


def test_overlap_of_the_notions_counts_each_customer_once(
    view: Overview, people: list[dict[str, Any]]
) -> None:
    found = view.overlap
    assert found is not None
    tests = [("key-account", "key"), ("value-pyramid", "A"), ("pareto-8020", "vital-20")]
    held = [sum(p[s] == c for s, c in tests) for p in people]
    assert [n.code for n in found.notions] == ["threshold", "top-1", "top-20"]
    assert (found.n_any, found.n_all) == (sum(h > 0 for h in held), sum(h == 3 for h in held))
    assert [n.heads for n in found.notions] == [sum(p[s] == c for p in people) for s, c in tests]


def test_quality_reconciles_and_counts_rejected_rows_by_reason(view: Overview) -> None:
    assert {r.reason: r.rows for r in view.quality.rejected} == {"missing-customer": 213, "bad-date": 14}
    assert all(s.is_reconciled for s in view.quality.sources)
    assert view.quality.n_kept == 61234
