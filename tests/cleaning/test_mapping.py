"""Columns find their fields by name and content; whoever is unsure asks; wishes overrule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.engine.intake.assignment import best_assignment
from keguan.engine.intake.headers import level, safe_names
from keguan.engine.tables import logical_tables
from tests.cleaning.conftest import Clean, raw_table, rows_of

ROWS: Sequence[Sequence[Any]] = [
    ["10001", "C-1", "2024-03-05 08:26:00", "100.50"],
    ["10002", "C-2", "2024-03-06 09:00:00", "20.00"],
    ["10003", "C-1", "2024-03-07 10:00:00", "3.25"],
]


@pytest.mark.parametrize(
    "headers",
    [
        ("订单编号", "客户编号", "下单日期", "金额"),
        ("訂單編號", "客戶編號", "訂購日期", "金額"),
        ("订单 ID", "客户 ID", "订单日期", "销售额"),
        ("订单编号", "买家会员名", "订单创建时间", "买家实际支付金额"),
        ("order_id", "customer_id", "order_date", "amount"),
        ("Order ID", "Customer ID", "Order Date", "Sales"),
        ("InvoiceNo", "CustomerID", "InvoiceDate", "total_amount"),
        ("ＯｒｄｅｒＩＤ", "ＣｕｓｔｏｍｅｒＩＤ", "Ｄａｔｅ", "Ａｍｏｕｎｔ"),
        ("单据编号", "购货单位", "单据日期", "价税合计"),
        ("amazon-order-id", "buyer-email", "purchase-date", "item-price total price"),
        ("Order Number", "Customer User", "Paid at", "Order Total (¥)"),
        ("订单号（必填）", "会员编号", "付款时间", "实付金额（元）"),
        ("流水号", "顾客姓名", "交易时间", "消费金额"),
        ("Sales Document", "Sold-to party", "Document Date", "Net Amount"),
    ],
)
def test_headers_of_common_exports_are_known(headers: Sequence[str], clean: Clean) -> None:
    result = clean(raw_table(headers, ROWS))
    (source,) = result.inspection.sources
    found = {c.field: c.header for c in source.columns}
    assert source.table == "orders"
    assert [found.get(f) for f in ("order_id", "customer_id", "ordered_at", "amount")] == list(headers)
    assert len(rows_of(result, "orders")) == 3
    assert all(0.5 <= c.confidence <= 1 for c in source.columns)


def test_content_decides_where_names_do_not(clean: Clean) -> None:
    rows = [["red", "2024-01-01", "5", "c1"], ["blue", "2024-01-02", "6", "c2"]]
    (source,) = clean(raw_table(["date", "order date", "amount", "customer"], rows)).inspection.sources
    assert {c.field: c.header for c in source.columns}["ordered_at"] == "order date"


def test_a_guess_from_content_alone_is_asked_for(clean: Clean) -> None:
    raw = raw_table(
        ["customer_id", "zz", "amount"],
        [["a", "2024-01-01", "5.50"], ["b", "2024-01-02", "6.10"]],
        table="orders",
    )
    with pytest.raises(KeguanError, match=r"KG202.*--map orders\.ordered_at=zz"):
        clean(raw)
    assert len(rows_of(clean(raw, columns={("orders", "ordered_at"): "zz"}), "orders")) == 2


def test_two_equal_columns_are_asked_for(clean: Clean) -> None:
    rows = [["a", "b", "2024-01-01", "5"], ["c", "d", "2024-01-02", "6"]]
    raw = raw_table(["customer_id", "CustomerID", "order date", "amount"], rows)
    with pytest.raises(KeguanError, match=r"KG201.*--map orders\.customer_id"):
        clean(raw)
    chosen = clean(raw, columns={("orders", "customer_id"): "CustomerID"})
    assert {r["customer_id"] for r in rows_of(chosen, "orders")} == {"b", "d"}


def test_wishes_are_checked_all_at_once(clean: Clean) -> None:
    raw = raw_table(["customer_id", "order date", "amount"], [["a", "2024-01-01", "5"]])
    wishes = {("orders", "amount"): "nowhere", ("orders", "nothing"): "amount", ("stuff", "x"): "amount"}
    with pytest.raises(KeguanError) as caught:
        clean(raw, columns=wishes, rates={("USD", "someday"): "1"}, timezone="Mars/Base")
    assert sorted(p.code for p in caught.value.problems) == ["KG203", "KG204", "KG204", "KG232", "KG233"]
    assert all(p.render(lang) for p in caught.value.problems for lang in ("zh-Hans", "zh-Hant", "en"))


def test_baskets_without_customers_classify_nothing_and_say_why(clean: Clean) -> None:
    rows = [["1", "橙子"], ["1", "苹果"], ["2", "橙子"], ["3", "面包"]]
    result = clean(raw_table(["id", "Goods"], rows, table="orders"))
    (source,) = result.inspection.sources
    assert (result.parts, source.table) == ((), None)
    assert {"customer_id", "ordered_at", "amount"} <= set(source.lacking)
    assert "购物篮" in " ".join(result.inspection.sentences("zh-Hans"))


def test_a_table_without_headers_is_mapped_by_place(clean: Clean) -> None:
    rows = [
        ["00004", "0001", "19970101", "2", "29.33"],
        ["00004", "0001", "19970118", "2", "29.73"],
        ["00021", "0002", "19970101", "3", "63.34"],
    ]
    raw = raw_table([f"column {n}" for n in range(1, 6)], rows, header_line=0)
    with pytest.raises(KeguanError, match="KG201"):
        clean(raw)
    result = clean(raw, columns={("orders", "customer_id"): "#1"})
    assert sum(r["amount"] for r in rows_of(result, "orders")) == Decimal("122.40")
    assert {c.header for c in result.inspection.sources[0].columns} == {"column 1", "column 3", "column 5"}


def test_every_field_has_three_labels_and_every_header_one_meaning() -> None:
    for table in logical_tables().values():
        for field in table.fields.values():
            assert set(field.labels) == {"zh-Hans", "zh-Hant", "en"}, (table.name, field.name)
            assert level(field.labels["en"])


def test_safe_names_are_safe_distinct_and_keep_known_words() -> None:
    names = safe_names(["性别", "微信昵称备注", "VIP Level", "vip_level", "2024 sales", "微信昵称备注"])
    assert names == ["gender", "attr_2", "vip_level", "vip_level_2", "n_2024_sales", "attr_6"]


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9]), min_size=4, max_size=4), min_size=1, max_size=4)
)
def test_assignment_is_the_best_of_all(scores: list[list[float]]) -> None:
    found = best_assignment(scores)
    total = sum(scores[i][c] for i, c in enumerate(found) if c is not None)
    used = [c for c in found if c is not None]
    best = max(
        sum(row[c] for row, c in zip(scores, p, strict=False)) for p in permutations(range(4), len(scores))
    )
    assert len(used) == len(set(used))
    assert total == pytest.approx(best)
