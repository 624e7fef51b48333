"""Every other table is typed by its logical table; customers keep every further column."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from keguan.engine.tables import day_of, logical_table, logical_tables
from tests.cleaning.conftest import Clean, raw_table, rows_of

_EXAMPLE = {
    "id": "X1", "text": "words", "date": "2024-03-05", "datetime": "2024-03-05 08:26", "money": "1,234.50", "number": "4.5",
    "count": "3", "flag": "是", "word": "another word",
}  # fmt: skip
_EXPECTED = {
    "id": "X1", "text": "words", "date": date(2024, 3, 5), "datetime": datetime(2024, 3, 5, 8, 26), "money": Decimal("1234.5"),
    "number": Decimal("4.5"), "count": 3, "flag": True, "word": "another word",
}  # fmt: skip
OTHERS = sorted(set(logical_tables()) - {"orders", "order_lines", "returns"})


@pytest.mark.parametrize(
    "lang", ["zh-Hans", *(pytest.param(other, marks=pytest.mark.slow) for other in ("zh-Hant", "en"))]
)
@pytest.mark.parametrize("name", OTHERS)
def test_a_table_with_all_its_fields_is_typed(name: str, lang: str, clean: Clean) -> None:
    fields = logical_table(name).fields.values()
    cells = [next(iter(f.codes)) if f.type == "code" else _EXAMPLE[f.type] for f in fields]
    result = clean(raw_table([f.labels[lang] for f in fields], [cells], table=name))
    expected = {f.name: next(iter(f.codes)) if f.type == "code" else _EXPECTED[f.type] for f in fields}
    [row] = rows_of(result, name)
    assert {f: row[f] for f in expected} == expected
    days = {day_of(f): expected[f].date() for f, v in expected.items() if isinstance(v, datetime)}
    assert {f: row[f] for f in days} == days
    assert set(row) == set(logical_table(name).canonical)


@pytest.mark.parametrize("name", OTHERS)
def test_a_row_without_a_required_field_is_left_out_with_its_reason(name: str, clean: Clean) -> None:
    table = logical_table(name)
    cells = [next(iter(f.codes)) if f.type == "code" else _EXAMPLE[f.type] for f in table.fields.values()]
    rows = [cells]
    for n, f in enumerate(table.fields.values()):
        if f.required:
            rows.append([None if i == n else (f"Y{n}" if c == "X1" else c) for i, c in enumerate(cells)])
    result = clean(raw_table([f.name for f in table.fields.values()], rows, table=name))
    assert len(rows_of(result, name)) == 1
    reasons = {f"missing-{field}" for field in table.required}
    assert set(result.inspection.sources[0].rejected) == reasons
    assert all(f.sentence("zh-Hans") for f in result.inspection.findings)


def test_customers_keep_every_column_typed_by_content(clean: Clean) -> None:
    head = ["客户编号", "客户名称", "性别", "VIP Points", "生日", "手机号", "备注一"]
    rows = [
        ["1", "甲公司", "男", "1,200", "1980年1月2日", "13800000000", "好"],
        ["2", "乙公司", "女", "3.5", "1990-12-31", "13900000000", None],
    ]
    result = clean(raw_table(head, rows))
    part = next(p for p in result.parts if p.table == "customers")
    assert part.fields == ("customer_id", "name", "gender", "vip_points", "birthday", "mobile", "attr_4")
    types = {f.name: str(f.type) for f in pq.read_schema(part.path)}
    assert (types["vip_points"], types["birthday"], types["mobile"]) == (
        "decimal128(18, 4)",
        "date32[day]",
        "string",
    )
    assert {c.field: c.header for c in result.inspection.sources[0].columns}["attr_4"] == "备注一"


def test_an_attribute_that_is_no_number_after_all_stays_text(clean: Clean) -> None:
    rows = [[f"c{n}", f"n{n}", str(n)] for n in range(25_000)] + [["cx", "nx", "many"]]
    found = rows_of(clean(raw_table(["customer_id", "name", "shops"], rows)), "customers")
    assert {"many", "24999"} <= {r["shops"] for r in found}


def test_a_customer_listed_twice_is_kept_once_the_fuller_row(clean: Clean) -> None:
    rows = [["1", "甲", None], ["1", "甲", "华东"], ["2", "乙", None]]
    result = clean(raw_table(["客户编号", "客户名称", "地区"], rows, table="customers"))
    assert {r["customer_id"]: r["region"] for r in rows_of(result, "customers")} == {"1": "华东", "2": None}
    assert result.inspection.sources[0].rejected["repeated-id"].rows == 1
    both = clean(
        raw_table(["客户编号", "客户名称", "地区"], [["1", "甲", None]], table="customers"),
        raw_table(["客户编号", "客户名称", "地区"], [["1", "甲", "华东"]], table="customers", name="b"),
    )
    assert len(rows_of(both, "customers")) == 1
    assert both.inspection.found("repeated-across")[0].values["rows"] == 1


def test_unreadable_optional_cells_are_blank_and_counted(clean: Clean) -> None:
    head = ["customer_id", "invoice date", "amount", "due date"]
    rows = [
        ["a", "2024-01-01", "5", "2024-02-01"],
        ["b", "2024-01-01", "6", "someday"],
        ["c", "2024-01-01", "6", "2024-02-01"],
    ]
    result = clean(raw_table(head, rows))
    assert [r["due_on"] for r in rows_of(result, "invoices")] == [date(2024, 2, 1), None, date(2024, 2, 1)]
    assert result.inspection.found("unread-cells")[0].values == {
        "column": "due date",
        "rows": 1,
        "example": "someday",
    }


@pytest.mark.parametrize("word", ["none", " None ", "NONE", "无", "無", "0", "非关键人", "not decisive"])
def test_a_word_for_nothing_is_a_value_where_the_field_has_it_as_one(word: str, clean: Clean) -> None:
    head = ["lead id", "opened at", "decision rank", "need"]
    rows = [
        ["L1", "2026-03-05", word, "none"],
        ["L2", "2026-03-05", "first", "ink"],
        ["L3", "2026-03-05", "", ""],
    ]
    read = rows_of(clean(raw_table(head, rows, table="leads")), "leads")
    assert [r["decision_rank"] for r in read] == ["none", "first", None]
    assert [r["need"] for r in read] == [None, "ink", None]


def test_a_column_of_ranks_that_are_all_none_is_full_of_values(clean: Clean) -> None:
    head = ["contact id", "customer id", "name", "decision rank"]
    rows = [["P1", "C1", "甲", "none"], ["P2", "C1", "乙", "none"]]
    read = rows_of(clean(raw_table(head, rows, table="contacts")), "contacts")
    assert [r["decision_rank"] for r in read] == ["none", "none"]


@pytest.mark.parametrize(
    ("word", "meant"), [("有", True), ("无", False), ("無", False), ("-", None), ("none", None)]
)
def test_has_none_is_no_in_a_column_of_yes_and_no(word: str, meant: bool | None, clean: Clean) -> None:
    rows = [["L1", "2026-03-05", word], ["L2", "2026-03-05", "有"]]
    read = rows_of(clean(raw_table(["lead id", "opened at", "有无需求"], rows, table="leads")), "leads")
    assert [r["need_confirmed"] for r in read] == [meant, True]
