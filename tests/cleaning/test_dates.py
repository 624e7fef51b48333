"""Dates in every shape people write are read exactly, and what cannot be decided is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.engine.intake import sql
from keguan.engine.intake.values import dates
from tests.cleaning.conftest import Clean, raw_table, rows_of


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One database for all examples: opening one costs more than the example."""
    return sql.connect(Path("unused-spill"))


def read(
    values: Sequence[str], wish: dates.Order | None = None, zone: str | None = None
) -> list[datetime | None]:
    """A whole column read as cleaning reads it."""
    con = connection()
    con.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT unnest(?) AS c", [list(values)])
    row = con.execute(dates.evidence_sql("c", "t")).fetchone()
    assert row is not None
    reading = dates.decide(Counter(values), dates.Evidence(*row), wish)
    moments = f"(SELECT {reading.sql('c', zone)} AS m FROM t)"
    return [value for (value,) in con.execute(f"SELECT {dates.in_range('m')} FROM {moments}").fetchall()]


@pytest.mark.parametrize(
    "written",
    [
        "2024年3月5日", "2024年03月05日", "2024-3-5", "2024-03-05", "2024/03/05", "2024.3.5", "20240305", "45356", "2024年3月5号",
        "２０２４年３月５日", "２０２４／３／５", "民国113年3月5日", "民國113年3月5日", "113/3/5", "24年3月5日", "5-Mar-24", "5 Mar 2024", "Mar 5, 2024",
        "March 5, 2024", "05-MAR-2024", " 2024-03-05 ", "　2024-03-05",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_shape(written: str) -> None:
    assert read([written]) == [datetime(2024, 3, 5)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024/03/05 8:26", datetime(2024, 3, 5, 8, 26)),
        ("2024-03-05T08:26:00", datetime(2024, 3, 5, 8, 26)),
        ("2024-03-05 08:26:00.123", datetime(2024, 3, 5, 8, 26, 0, 123000)),
        ("2024年3月5日 8时26分30秒", datetime(2024, 3, 5, 8, 26, 30)),
        ("2024年3月5日8:26", datetime(2024, 3, 5, 8, 26)),
        ("2024/3/5 下午 3:26:00", datetime(2024, 3, 5, 15, 26)),
        ("2024/3/5 上午9:05", datetime(2024, 3, 5, 9, 5)),
        ("2024/3/5 3:26 PM", datetime(2024, 3, 5, 15, 26)),
        ("20240305082600", datetime(2024, 3, 5, 8, 26)),
        ("45356.5", datetime(2024, 3, 5, 12)),
        ("Tue, 05 Mar 2024 08:26:00 +0800", datetime(2024, 3, 5, 8, 26)),
        ("2024-03-05T23:30:00Z", datetime(2024, 3, 5, 23, 30)),
        ("1709596800", datetime(2024, 3, 5)),
        ("1709596800000", datetime(2024, 3, 5)),
    ],
)
def test_a_moment_is_read_in_every_shape(written: str, expected: datetime) -> None:
    assert read([written]) == [expected]


@pytest.mark.parametrize(
    "written", ["2024-02-30", "0000-00-00", "soon", "2024-13-01", "9999-12-31", "12", "2024"]
)
def test_what_is_no_date_is_not_read(written: str) -> None:
    assert read(["2024-01-01", written])[1] is None


def test_an_instant_becomes_a_local_day_where_the_zone_is_known() -> None:
    values = ["2024-03-05T23:30:00Z", "2024-03-05 23:30:00+08:00", "2024-03-05 23:30:00"]
    assert read(values, zone="Asia/Shanghai") == [
        datetime(2024, 3, 6, 7, 30), datetime(2024, 3, 5, 23, 30), datetime(2024, 3, 5, 23, 30),
    ]  # fmt: skip


def test_the_order_comes_from_the_column_as_a_whole() -> None:
    assert read(["5/3/24", "25/12/23"])[0] == datetime(2024, 3, 5)
    assert read(["5/3/24", "12/25/23"])[0] == datetime(2024, 5, 3)
    assert read(["5/3/2024", "6/3/2024"]) == [None, None]
    assert read(["5/3/2024"], wish="mdy") == [datetime(2024, 5, 3)]
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(300)]
    assert read([f"{d:%y/%m/%d}" for d in days]) == [datetime(d.year, d.month, d.day) for d in days]


def test_evidence_beyond_the_sample_decides(clean: Clean) -> None:
    rows = [["a", "5/3/2024", "1"]] * 30_000 + [["b", "25/3/2024", "1"]]
    result = clean(raw_table(["customer_id", "order_date", "amount"], rows))
    assert {r["ordered_on"] for r in rows_of(result, "orders")} == {date(2024, 3, 5), date(2024, 3, 25)}


def test_an_open_order_is_asked_for_by_its_flag(clean: Clean) -> None:
    raw = raw_table(["customer_id", "order_date", "amount"], [["a", "5/3/2024", "1"], ["b", "6/4/2024", "2"]])
    with pytest.raises(KeguanError, match=r"KG210.*--date-order"):
        clean(raw)
    assert rows_of(clean(raw, date_order="mdy"), "orders")[0]["ordered_on"] == date(2024, 5, 3)


def test_a_column_that_contradicts_itself_is_refused(clean: Clean) -> None:
    rows = [["a", "25/3/2024", "1"], ["b", "3/25/2024", "2"]]
    with pytest.raises(KeguanError, match="KG211"):
        clean(raw_table(["customer_id", "order_date", "amount"], rows))


def test_one_impossible_date_among_many_is_left_out(clean: Clean) -> None:
    rows = [[f"c{n}", f"{1 + n % 28}/3/2024", "1"] for n in range(400)] + [["x", "3/25/2024", "5"]]
    result = clean(raw_table(["customer_id", "order_date", "amount"], rows))
    assert result.rejected.to_pylist()[0]["reason"] == "bad-date"
    assert len(result.rejected) == 1


_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d-%b-%Y", "%B %d, %Y",
            "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y"]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1970, 1, 2), datetime(2068, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(_FORMATS),
)
def test_reading_agrees_with_a_naive_reference(moments: list[datetime], form: str) -> None:
    written = [m.strftime(form) for m in moments]
    expected = [datetime.strptime(w, form) for w in written]
    order: dates.Order | None = "dmy" if form.startswith("%d/") else "mdy" if form.startswith("%m/") else None
    assert read(written, wish=order) == expected
    if order:  # without the wish: the same, or nothing at all where the column does not tell
        assert read(written) in (expected, [None] * len(expected))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_date_or_nothing(written: str) -> None:
    assert len(read(["2024-01-01", written.replace("\0", "")])) == 2


def test_no_extension_is_loaded_from_the_network() -> None:
    con = sql.connect(Path("unused-spill"))
    with pytest.raises(duckdb.Error):
        con.execute("SELECT * FROM sqlite_scan('x', 'y')")
    con.close()
