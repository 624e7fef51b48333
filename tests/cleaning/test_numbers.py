"""Money in every shape people write is read exactly; the decimal mark belongs to the column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.core.money import exact
from keguan.engine.intake import sql
from keguan.engine.intake.values import numbers
from tests.cleaning.conftest import Clean, raw_table


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One database for all examples: opening one costs more than the example."""
    return sql.connect(Path("unused-spill"))


def read(values: Sequence[str]) -> list[Decimal | None]:
    """A whole column read as cleaning reads it."""
    con = connection()
    con.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT unnest(?) AS c", [list(values)])
    reading = numbers.decide(Counter(values))
    return [value for (value,) in con.execute(f"SELECT {reading.sql('c')} FROM t").fetchall()]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("¥1,234.50", "1234.50"), ("￥1，234．50", "1234.50"), ("（120.00）", "-120"), ("(120.00)", "-120"), ("1.2万", "12000"), ("3亿", "300000000"),
        ("1.2萬", "12000"), ("１２３４．５", "1234.5"), ("120.00-", "-120"), ("-$5.00", "-5"), ("$-5.00", "-5"), ("1 234.50", "1234.50"),
        ("USD 12", "12"), ("12元", "12"), ("RMB 1,000", "1000"), ("HK$33", "33"), (" 7 ", "7"), ("+7", "7"), (".5", "0.5"), ("5.", "5"),
        ("1'234.50", "1234.50"), ("1e3", "1000"), ("0", "0"), ("-0.00", "0"), ("人民币 8.8", "8.8"), ("2.5千", "2500"), ("\u22125.25", "-5.25"),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_every_shape(written: str, expected: str) -> None:
    assert read([written, "1.25"])[0] == Decimal(expected)


@pytest.mark.parametrize(
    "written", ["12.5%", "abc", "12,34.5", "1,2,3", "--5", "", "5 6x", "99999999999999999999"]
)
def test_what_is_no_amount_is_not_read(written: str) -> None:
    assert read([written, "1.25"])[0] is None


def test_european_marks_are_decided_by_the_column() -> None:
    assert read(["1.234,50", "12,5", "1.000", "-3,25 €"]) == [
        Decimal("1234.5"), Decimal("12.5"), Decimal(1000), Decimal("-3.25"),
    ]  # fmt: skip
    assert read(["1,234", "5,678.90"]) == [Decimal(1234), Decimal("5678.9")]


def test_an_undecidable_mark_is_asked(clean: Clean) -> None:
    rows = [[f"c{n}", "2024-01-01", f"{n}.500"] for n in range(1, 5)]
    with pytest.raises(KeguanError, match="KG213"):
        clean(raw_table(["customer_id", "order_date", "amount"], rows))


_MONEY = st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(_MONEY, min_size=1, max_size=40),
    st.sampled_from(["{:.2f}", "{:,.2f}", "¥{:,.2f}", "{:.2f} USD", "  {:,.2f} "]),
)
def test_reading_agrees_with_a_naive_reference(amounts: list[Decimal], form: str) -> None:
    assert read([form.format(a) for a in amounts]) == [exact(a) for a in amounts]


@settings(max_examples=30, deadline=None)
@given(st.lists(_MONEY, min_size=1, max_size=40))
def test_european_writing_reads_back(amounts: list[Decimal]) -> None:
    written = [f"{a:,.2f}".translate(str.maketrans(",.", ".,")) for a in amounts]
    assert read(written) == [exact(a) for a in amounts]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=20))
def test_full_width_and_brackets_read_back(amounts: list[Decimal]) -> None:
    written = [
        (f"（{-a:,.2f}）" if a < 0 else f"{a:,.2f}").translate(
            str.maketrans("0123456789,.", "０１２３４５６７８９，．")
        )
        for a in amounts
    ]
    assert read(written) == [exact(a) for a in amounts]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_nothing(written: str) -> None:
    assert len(read([written.replace("\0", "")])) == 1
