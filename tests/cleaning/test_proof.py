"""The public data sets come out as their published truths say; run with the folder in KEGUAN_DATA (make proof)."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake import intake
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.readers import Workdir, find_sources, read
from tests.cleaning.conftest import rows_of

pytestmark = pytest.mark.proof


def clean_file(name: str, folder: Path, **wishes: Any) -> Intake:
    path = Path(os.environ["KEGUAN_DATA"]) / name
    options = IntakeOptions(**wishes)
    with Workdir() as work:
        raws = [raw for source in find_sources([str(path)]) for raw in read(source, options, work)]
        return intake(raws, options, PartStore(folder))


def test_online_retail_reconciles_to_the_penny(tmp_path: Path) -> None:
    result = clean_file("online_retail/online_retail.csv.xz", tmp_path)
    (source,), found = result.inspection.sources, {f.code: f.values for f in result.inspection.findings}
    cent = Decimal("0.01")
    assert source.table == "order_lines"
    assert (source.file.rows, source.rejected["missing-customer"].rows, source.kept.rows) == (
        541909,
        135080,
        406829,
    )
    assert source.file.money is not None and source.file.money.quantize(cent) == Decimal("9747747.93")
    assert source.kept.money is not None and source.kept.money.quantize(cent) == Decimal("8300065.81")
    assert source.file.money == source.kept.money + (source.rejected["missing-customer"].money or 0)
    assert (found["credit-notes"]["rows"], found["credit-notes"]["notes"]) == (9288, 3836)
    assert found["negative-quantities"]["rows"] == 1336
    assert found["negative-prices"]["rows"] == 2
    assert found["negative-prices"]["example"].startswith("A")
    assert found["zero-amounts"]["rows"] == 2515
    assert found["repeats-kept"]["rows"] == 5268
    assert found["number-ids-merged"]["rows"] == 406829
    assert {"POST", "D", "M"} <= set(found["service-codes"]["examples"])
    assert found["all-returned"]["example"] == "12346"
    assert result.newest_day == date(2011, 12, 9)
    orders = rows_of(result, "orders")
    assert len({row["customer_id"] for row in orders}) == 4372
    paid = [line for line in rows_of(result, "order_lines") if line["kind"] == "sale" and line["amount"] > 0]
    assert len(paid) == 397884
    assert len({line["customer_id"] for line in paid}) == 4338
    assert sum((line["amount"] for line in paid), Decimal(0)).quantize(cent) == Decimal("8911407.90")


def test_cdnow_purchases_are_customer_days(tmp_path: Path) -> None:
    result = clean_file("cdnow/CDNOW_master.txt.gz", tmp_path)
    totals = result.inspection.totals
    assert (totals["purchases"], totals["customers"], totals["sales"]) == (
        67591,
        23570,
        Decimal("2500315.63"),
    )
    found = {f.code: f.values for f in result.inspection.findings}
    assert (found["zero-amounts"]["rows"], found["repeats-kept"]["rows"]) == (80, 255)


def test_the_cdnow_sample_without_headers_asks_which_id_and_then_loads(tmp_path: Path) -> None:
    with pytest.raises(KeguanError, match=r"KG201.*column 1, column 2"):
        clean_file("cdnow/CDNOW_sample.txt.gz", tmp_path)
    result = clean_file("cdnow/CDNOW_sample.txt.gz", tmp_path, columns={("orders", "customer_id"): "#1"})
    assert result.inspection.sources[0].file.rows == 6919
    assert result.inspection.totals["customers"] == 2357
    assert result.newest_day == date(1998, 6, 30)


def test_the_chinese_workbook_loads_without_a_hint(tmp_path: Path) -> None:
    result = clean_file("chinese/superstore_zh.xls", tmp_path)
    tables = [source.table for source in result.inspection.sources]
    assert tables == ["order_lines", "returns", None, "customers"]
    (described,) = result.inspection.found("customers-described")
    assert described.values["fields"] == ["customers.name", "customers.kind"]
    totals = result.inspection.totals
    assert (totals["customers"], totals["sales"]) == (790, Decimal("16117548.237"))
    assert (totals["first_day"].year, totals["last_day"].year) == (2014, 2017)
    orders = rows_of(result, "orders")
    assert len({row["order_id"] for row in orders}) == 2773
    (listed,) = result.inspection.found("returns-list")
    assert (listed.values["listed"], listed.values["matched"]) == (296, 296)


def test_the_gbk_file_is_baskets_without_customers(tmp_path: Path) -> None:
    result = clean_file("chinese/GoodsOrder.csv", tmp_path)
    (source,) = result.inspection.sources
    assert (source.table, result.parts, source.file.rows) == (None, (), 4681)
    assert {"customer_id", "ordered_at", "amount"} <= set(source.lacking)
    assert "购物篮" in result.inspection.sentences("zh-Hans")[0]


def test_receivables_are_invoices_with_american_dates(tmp_path: Path) -> None:
    result = clean_file("receivables/WA_Fn-UseC_-Accounts-Receivable_with_missing.csv.gz", tmp_path)
    (source,) = result.inspection.sources
    assert (source.table, source.kept.rows) == ("invoices", 2586)
    reads = {column.field: column.read for column in source.columns}
    assert {reads[name]["date_order"] for name in ("issued_on", "due_on", "paid_on")} == {"mdy"}
    assert all(row["due_on"] is not None for row in rows_of(result, "invoices"))
