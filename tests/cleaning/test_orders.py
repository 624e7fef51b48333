"""What becomes of order rows: purchases, returns, status, currencies, repeats; nothing is lost between file and parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake import inspect, sql
from keguan.engine.intake.options import IntakeOptions, Policies
from keguan.engine.intake.raw import BadLine
from tests.cleaning.conftest import Clean, raw_table, rows_of

HEAD = ["customer_id", "order_date", "amount", "order_id"]
LINES = ["customer_id", "order_date", "amount", "order_id", "sku", "quantity"]


def _sums(rows: list[dict[str, Any]], *keys: str) -> dict[Any, Decimal]:
    found: dict[Any, Decimal] = {}
    for row in rows:
        key = row[keys[0]] if len(keys) == 1 else tuple(row[k] for k in keys)
        found[key] = found.get(key, Decimal(0)) + row["amount"]
    return found


def test_rows_of_one_order_are_one_purchase(clean: Clean) -> None:
    rows = [
        ["a", "2024-01-02", "1.50", "7"],
        ["a", "2024-01-01", "2", "7"],
        ["b", "2024-01-01", "4", "7"],
        ["a", "2024-01-01", "8", "9"],
    ]
    found = rows_of(clean(raw_table(HEAD, rows)), "orders")
    assert [(r["customer_id"], r["order_id"], r["ordered_on"], r["amount"]) for r in found] == [
        ("a", "7", date(2024, 1, 1), Decimal("3.50")),
        ("a", "9", date(2024, 1, 1), Decimal(8)),
        ("b", "7", date(2024, 1, 1), Decimal(4)),
    ]
    assert set(found[0]) == {
        "customer_id",
        "customer_no",
        "ordered_on",
        "order_id",
        "amount",
        "kind",
        "status",
    }


def test_without_order_id_a_customer_day_is_one_purchase(clean: Clean) -> None:
    rows = [
        ["a", "2024-01-01 09:00", "1"],
        ["a", "2024-01-01 18:00", "2"],
        ["a", "2024-01-02", "4"],
        ["a", "2024-01-02", "-4"],
    ]
    result = clean(raw_table(HEAD[:3], rows))
    found = [(r["ordered_on"].day, r["kind"], r["amount"]) for r in rows_of(result, "orders")]
    assert sorted(found) == [(1, "sale", 3), (2, "return", -4), (2, "sale", 4)]
    (days,) = result.inspection.found("customer-days")
    assert days.values == {"rows": 3, "days": 2}


def test_kind_and_status_are_read_from_words(clean: Clean) -> None:
    rows = [
        ["a", "2024-01-01", "10", "1", "销售", "交易成功"],
        ["a", "2024-01-02", "4", "2", "退貨", "交易成功"],
        ["b", "2024-01-03", "5", "3", "销售", "交易关闭"],
        ["b", "2024-01-04", "6", "4", "红字", "已完成"],
        ["c", "2024-01-05", "7", "5", "销售", "等待买家付款"],
        ["c", "2024-01-06", "8", "6", "销售", "嗯？"],
    ]
    result = clean(raw_table([*HEAD, "单据类型", "订单状态"], rows))
    found = rows_of(result, "orders")
    assert _sums(found, "kind", "status") == {
        ("sale", "completed"): 18, ("return", "completed"): -10, ("sale", "cancelled"): 5, ("sale", "open"): 7,
    }  # fmt: skip
    assert result.inspection.found("returns-turned")[0].values == {"rows": 2, "money": 10}
    assert result.inspection.found("unknown-words")[0].values["example"] == "嗯？"
    assert result.newest_day == date(2024, 1, 6)
    assert result.inspection.totals["customers"] == 2


def test_a_list_of_returns_books_the_opposite_beside_each_order(clean: Clean) -> None:
    lines = raw_table(
        LINES,
        [
            ["a", "2024-01-01", "10", "1", "p1", "2"],
            ["a", "2024-01-01", "5", "1", "p2", "1"],
            ["b", "2024-01-02", "3", "2", "p1", "1"],
        ],
    )
    back = raw_table(["订单 ID", "退回"], [["1", "是"], ["99", "是"], ["2", "否"]], name="退货")
    result = clean(lines, back)
    assert _sums(rows_of(result, "orders"), "customer_id", "kind") == {
        ("a", "sale"): 15,
        ("a", "return"): -15,
        ("b", "sale"): 3,
    }
    assert _sums(rows_of(result, "order_lines"), "kind") == {"sale": 18, "return": -15}
    (found,) = result.inspection.found("returns-list")
    assert (found.values["listed"], found.values["matched"], found.values["money"]) == (2, 1, -15)
    assert result.inspection.totals["purchases"] == 2


def test_returns_count_when_sold_where_the_policy_says_so(clean: Clean) -> None:
    rows = [["a", "2024-01-01", "10", "1"], ["a", "2024-03-01", "-4", "C1"], ["b", "2024-02-01", "-1", "C9"]]
    when_returned = rows_of(clean(raw_table(HEAD, rows)), "orders")
    moved = rows_of(clean(raw_table(HEAD, rows), policies=Policies(returns="when-sold")), "orders")
    assert [r["ordered_on"] for r in when_returned if r["kind"] == "return"] == [
        date(2024, 2, 1),
        date(2024, 3, 1),
    ]
    assert [r["ordered_on"] for r in moved if r["kind"] == "return"] == [date(2024, 1, 1), date(2024, 2, 1)]
    assert _sums(moved, "kind") == _sums(when_returned, "kind")


def test_a_repeated_unique_line_id_is_a_duplicate_and_any_other_repeat_is_not(clean: Clean) -> None:
    head = [*HEAD, "line id"]
    rows = [["a", "2024-01-01", "1", "1", f"L{n}"] for n in range(40)]
    result = clean(raw_table(head, [*rows, rows[3], rows[3]]))
    assert result.inspection.sources[0].rejected["repeated-line-id"].rows == 2
    assert rows_of(result, "orders")[0]["amount"] == 40
    plain = clean(raw_table(HEAD, [rows[0][:4], rows[0][:4]]))
    assert rows_of(plain, "orders")[0]["amount"] == 2
    assert plain.inspection.found("repeats-kept")[0].values["rows"] == 1


def test_every_row_left_out_has_its_reason(clean: Clean) -> None:
    rows = [
        ["a", "2024-01-01", "1", "1"], [None, "2024-01-01", "2", "2"], ["  ", "2024-01-01", "4", "3"], ["a", None, "8", "4"],
        ["a", "2024-02-30", "16", "5"], ["a", "2024-01-01", None, "6"], ["a", "2024-01-01", "12.5%", "7"], ["NULL", "2024-01-01", "64", "8"],
    ]  # fmt: skip
    bad = [BadLine(10, "too many cells", "a,b,c,d,e,f")]
    result = clean(raw_table(HEAD, rows, bad_lines=bad))
    source = result.inspection.sources[0]
    assert {reason: t.rows for reason, t in source.rejected.items()} == {
        "missing-customer": 3, "missing-date": 1, "bad-date": 1, "missing-amount": 1, "bad-amount": 1, "bad-line": 1,
    }  # fmt: skip
    assert source.file.rows == 9
    assert (
        source.file.money
        == source.kept.money + sum(t.money for t in source.rejected.values() if t.money)
        == 95
    )
    assert len(result.rejected) == 8
    assert {r["line"] for r in result.rejected.to_pylist()} == {3, 4, 5, 6, 7, 8, 9, 10}


def test_mixed_currencies_are_refused_or_converted_by_dated_rates(clean: Clean) -> None:
    rows = [
        ["a", "2024-01-01", "10", "1", "USD"],
        ["a", "2024-02-01", "10", "2", "美元"],
        ["b", "2024-01-01", "7", "3", "人民币"],
        ["b", "2023-12-31", "1", "4", "USD"],
    ]
    raw = raw_table([*HEAD, "币种"], rows)
    with pytest.raises(KeguanError, match=r"KG230.*CNY, USD"):
        clean(raw)
    rates = {("USD", "2024-01-01"): "7.10", ("USD", "2024-02-01"): "7.2"}
    result = clean(raw, currency="CNY", rates=rates)
    assert _sums(rows_of(result, "orders"), "customer_id") == {"a": 143, "b": 7}
    assert result.currency == "CNY"
    assert result.inspection.sources[0].rejected["missing-rate"].rows == 1


def test_marks_in_the_cells_tell_the_currency(clean: Clean) -> None:
    rows = [["a", "2024-01-01", "£1,234.50", "1"], ["b", "2024-01-01", "£2.00", "2"]]
    assert clean(raw_table(HEAD, rows)).currency == "GBP"
    with pytest.raises(KeguanError, match="KG230"):
        clean(raw_table(HEAD, [*rows, ["c", "2024-01-01", "€3.00", "3"]]))
    mixed = clean(
        raw_table(HEAD, [*rows, ["c", "2024-01-01", "€3.00", "3"]]),
        currency="GBP",
        rates={("EUR", "2020-01-01"): "0.5"},
    )
    assert sum(r["amount"] for r in rows_of(mixed, "orders")) == Decimal("1238")
    assert (
        clean(raw_table(["customer_id", "order_date", "金额（元）"], [["a", "2024-01-01", "1.5"]])).currency
        == "CNY"
    )


_DOLLARS = {("USD", "2024-01-01"): "7", ("USD", "2024-02-01"): "8"}


@pytest.mark.parametrize(
    ("headers", "costs"),
    [
        (["金额（元）", "成本（美元）"], ["2", "2", "(2)"]),
        (["金额", "成本"], ["$2", "$2", "($2)"]),
        (["金额", "成本（美元）"], ["2", "$2", "(2)"]),
    ],
)
def test_a_cost_in_a_currency_of_its_own_has_a_rate_of_its_own(
    clean: Clean, headers: list[str], costs: list[str]
) -> None:
    days = ["2024-01-01", "2024-02-01", "2024-02-02"]
    rows = [
        [c, d, "100" if c != "c" else "-100", cost] for c, d, cost in zip("abc", days, costs, strict=True)
    ]
    raw = raw_table(["customer_id", "order_date", *headers], rows)
    found = rows_of(clean(raw, currency="CNY", rates=_DOLLARS), "orders")
    assert _sums(found, "customer_id") == {"a": 100, "b": 100, "c": -100}
    assert {r["customer_id"]: r["cost"] for r in found} == {"a": 14, "b": 16, "c": -16}


def test_a_profit_in_another_currency_is_converted_before_the_cost_is_worked_out(clean: Clean) -> None:
    raw = raw_table(
        ["customer_id", "order_date", "金额（元）", "利润（美元）"], [["a", "2024-01-01", "100", "5"]]
    )
    assert rows_of(clean(raw, currency="CNY", rates=_DOLLARS), "orders")[0]["cost"] == 65


def test_a_cost_that_says_nothing_follows_the_amount(clean: Clean) -> None:
    rows = [["a", "2024-01-01", "100", "60", "USD"], ["b", "2024-01-01", "100", "60", "CNY"]]
    raw = raw_table(["customer_id", "order_date", "amount", "cost", "currency"], rows)
    found = rows_of(clean(raw, currency="CNY", rates=_DOLLARS), "orders")
    assert {r["customer_id"]: r["cost"] for r in found} == {"a": 420, "b": 60}


def test_a_cost_without_a_rate_on_its_day_leaves_the_row_out_and_says_so(clean: Clean) -> None:
    rows = [["a", "2023-12-31", "100", "2"], ["b", "2024-01-01", "100", "2"], ["c", "2023-12-31", "100", ""]]
    raw = raw_table(["customer_id", "order_date", "金额（元）", "成本（美元）"], rows)
    result = clean(raw, currency="CNY", rates=_DOLLARS)
    assert {r["customer_id"] for r in rows_of(result, "orders")} == {"b", "c"}
    assert result.inspection.sources[0].rejected["missing-rate"].rows == 1
    with pytest.raises(KeguanError, match=r"KG230.*CNY, USD"):
        clean(raw)


def test_an_unknown_currency_is_named(clean: Clean) -> None:
    with pytest.raises(KeguanError, match=r"KG231.*gold"):
        clean(raw_table([*HEAD, "currency"], [["a", "2024-01-01", "10", "1", "gold"]]))


def test_orders_and_lines_together_lose_no_money(clean: Clean) -> None:
    orders = raw_table(HEAD, [["a", "2024-01-01", "15", "1"]], table="orders", name="orders.csv")
    lines = raw_table(
        LINES,
        [["a", "2024-01-01", "10", "1", "p1", "2"], ["b", "2024-01-02", "3", "2", "p1", "1"]],
        table="order_lines",
        name="lines.csv",
    )
    result = clean(orders, lines)
    assert _sums(rows_of(result, "orders"), "customer_id") == {"a": 15, "b": 3}
    assert result.inspection.found("lines-added")[0].values == {"orders": 1, "money": 3}


def test_several_files_of_orders_are_one_part(clean: Clean) -> None:
    first = raw_table(HEAD, [["a", "2024-01-01", "15", "1"]], name="2024-01.csv")
    second = raw_table(
        [*HEAD, "channel"],
        [["a", "2024-02-01", "5", "2", "shop"], ["b", "2024-02-01", "1", "3", "web"]],
        name="2024-02.csv",
    )
    result = clean(first, second)
    assert [p.table for p in result.parts] == ["orders"]
    assert _sums(rows_of(result, "orders"), "channel") == {None: 15, "shop": 5, "web": 1}


def test_a_stray_late_day_stays_but_is_not_the_newest(clean: Clean) -> None:
    bulk = [["a", f"2024-01-{1 + n % 28:02}", "15", f"o{n}"] for n in range(100)]
    result = clean(raw_table(HEAD, [*bulk, ["b", "2098-01-01", "5", "late"]]))
    assert result.newest_day == date(2024, 1, 28)
    (late,) = result.inspection.found("late-dates")
    assert late.values == {"rows": 1, "latest": date(2098, 1, 1), "newest": date(2024, 1, 28)}
    assert result.inspection.totals["last_day"] == date(2098, 1, 1)
    assert sum(p.rows for p in result.parts) == 101


def test_the_newest_day_is_the_last_one_where_no_day_is_stray(clean: Clean) -> None:
    few = clean(raw_table(HEAD, [["a", "2024-01-01", "15", "1"], ["a", "2098-01-01", "5", "2"]]))
    assert few.newest_day == date(2098, 1, 1)
    halves = [["a", f"{2010 + 10 * (n % 2)}-01-01", "1", f"o{n}"] for n in range(200)]
    late = clean(raw_table(HEAD, halves))
    assert late.newest_day == date(2020, 1, 1)
    assert not late.inspection.found("late-dates")


def test_an_open_order_after_the_last_completed_one_is_nothing_odd(clean: Clean) -> None:
    rows = [["a", f"2024-01-{1 + n % 28:02}", "15", f"o{n}", "completed"] for n in range(100)]
    result = clean(raw_table([*HEAD, "status"], [*rows, ["b", "2024-01-29", "5", "today", "open"]]))
    assert result.newest_day == date(2024, 1, 28)
    assert not result.inspection.found("late-dates")


def test_single_row_orders_need_no_adding_up_and_give_the_same_part(clean: Clean) -> None:
    rows = [[f"c{n % 7}", f"2024-01-{1 + n % 28:02}", f"{n}.25", f"o{n}"] for n in range(200)]
    alone = clean(raw_table([*HEAD, "channel"], [[*row, "web"] for row in rows]))
    halves = [[*row[:2], half, row[3], "web"] for row in rows for half in (row[2], "0")]
    added = clean(raw_table([*HEAD, "channel"], halves))
    assert [p.fingerprint for p in alone.parts] == [p.fingerprint for p in added.parts]


def test_id_forms_are_told_apart_and_reported(clean: Clean) -> None:
    ids = ["ab", "AB", "a b", "007", "7", "7.0", '="0042"', "1.2E+11"]
    result = clean(raw_table(HEAD, [[c, "2024-01-01", "1", str(n)] for n, c in enumerate(ids)]))
    assert {r["customer_id"] for r in rows_of(result, "orders")} == {
        "ab",
        "AB",
        "a b",
        "007",
        "7",
        "0042",
        "1.2E+11",
    }
    assert {"id-variants", "zero-padded-ids", "number-ids-merged", "scientific-ids"} <= {
        f.code for f in result.inspection.findings
    }


def test_profit_stands_in_for_cost(clean: Clean) -> None:
    result = clean(
        raw_table(
            [*HEAD, "利润"], [["a", "2024-01-01", "10", "1", "3"], ["a", "2024-01-02", "-5", "2", "-1"]]
        )
    )
    assert [(r["amount"], r["cost"]) for r in rows_of(result, "orders")] == [(10, 7), (-5, -4)]


def test_negative_prices_can_be_rejected(clean: Clean) -> None:
    head = ["customer_id", "order_date", "order_id", "sku", "quantity", "unit price"]
    rows = [["a", "2024-01-01", "1", "p1", "2", "5"], ["a", "2024-01-02", "A2", "p2", "1", "-3"]]
    kept = clean(raw_table(head, rows))
    assert _sums(rows_of(kept, "orders"), "kind") == {"sale": 10, "return": -3}
    left = clean(raw_table(head, rows), policies=Policies(negative_prices="reject"))
    assert left.inspection.sources[0].rejected["negative-price"].money == -3


def test_sums_too_large_to_hold_are_an_error_of_the_input(clean: Clean) -> None:
    rows = [["a", "2024-01-01", "90000000000000", "1"], ["a", "2024-01-01", "90000000000000", "1"]]
    with pytest.raises(KeguanError, match="KG212"):
        clean(raw_table(HEAD, rows))
    with pytest.raises(KeguanError, match="KG212"):
        inspect([raw_table(HEAD, rows)], IntakeOptions())


def test_typed_sources_need_no_reading(clean: Clean) -> None:
    rows = [[17850.0, date(2024, 1, 1), 129.696, "1"], [17851.0, date(2024, 1, 2), 0.1, "2"]]
    found = rows_of(clean(raw_table(HEAD, rows)), "orders")
    assert [(r["customer_id"], r["amount"]) for r in found] == [
        ("17850", Decimal("129.6960")),
        ("17851", Decimal("0.1")),
    ]


def test_no_rows_at_all_is_no_error(clean: Clean) -> None:
    result = clean(raw_table(HEAD, []))
    assert (result.newest_day, result.inspection.totals["purchases"]) == (None, 0)
    assert result.inspection.found("nothing-to-classify")


def test_parts_are_the_same_bytes_for_any_number_of_threads(
    clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"c{n % 9973}", "2024-01-01", f"{n % 700}.25", str(n)] for n in range(130_000)]
    connect, marks = sql.connect, set()
    for threads in (1, 4):

        def limited(spill: Path, threads: int = threads) -> duckdb.DuckDBPyConnection:
            con = connect(spill)
            con.execute(f"SET threads = {threads}")
            return con

        monkeypatch.setattr(sql, "connect", limited)
        (part,) = clean(raw_table(HEAD, rows)).parts
        marks.add(part.fingerprint)
    assert len(marks) == 1
