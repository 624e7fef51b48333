"""The benches of models run on tiny bases: outcomes are kept and read again, tables have their cells. No time is asserted."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from bench.models import alive, coverage, scale
from bench.models.rhythm import cdnow, season_until

from keguan.book.statistics_file import StatisticsFile


@pytest.mark.slow
def test_coverage_counts_every_kind_of_interval_and_goes_on_where_it_was_left(tmp_path: Path) -> None:
    truth = coverage.TRUTHS[0]
    found = [coverage.one_base(truth, 300, seed)[1] for seed in range(3)]
    assert all({"ratio", "wald", "forecast", "inside", "pit"} == o.keys() for o in found)
    assert coverage.one_base(coverage.TRUTHS[-1], 300, 0)[1]["wald"].keys() == {"p", "q", "v"}
    wish = argparse.Namespace(keep=tmp_path, customers=300, bases=3, processes=1)
    path = coverage._file(truth, wish)
    path.write_text(
        "".join(f"[{i}, {coverage.json.dumps(o)}]\n" for i, o in enumerate(found)), encoding="utf-8"
    )
    assert coverage.outcomes(truth, wish) == found
    cells = coverage.row(truth, found).strip("| ").split(" | ")
    assert len(cells) == coverage.HEAD.splitlines()[0].count("|") - 1


def test_the_bench_of_times_draws_a_file_that_keguan_fits(tmp_path: Path) -> None:
    scale.make(500, tmp_path / "c.parquet")
    found = StatisticsFile.find([str(tmp_path / "c.parquet")])
    assert found is not None and found.rows == 500
    assert found.columns.keys() == {"x", "t_x", "T", "amount"}


@pytest.mark.slow
def test_the_cut_of_p_alive_has_a_row_for_every_cut() -> None:
    customer, day = cdnow()
    some = customer < 2000
    rows = alive.judge("CDNOW", customer[some], day[some], int(day.min()) + 270)
    assert len(rows) == len(alive.CUTS)
    assert not season_until(customer, day, int(day.max()))
