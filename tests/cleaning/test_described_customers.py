"""Columns of an order file that never differ within a customer describe customers, where no customers table does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import keguan as kg
from keguan.book.book import Book
from keguan.core.languages import LANGUAGES

ORDERS: dict[str, list[Any]] = {
    "客户编号": ["c1", "c2", "c3", "c1", "c2", "c9"],
    "下单日期": ["2026-01-10", "2026-02-10", "2025-02-10", "2026-03-10", "2026-03-11", "2026-06-10"],
    "金额": ["500", "80", "180", "700", "700", "700"],
    "地区": ["华东", "华南", "华东", "华东", "华南", "西北"],
    "促销员": ["x", "x", "y", "y", "y", "y"],
    "分公司": ["一", "二", "一", "一", None, "三"],
}


def _book(folder: Path, **more: Any) -> Book:
    return kg.open(orders=ORDERS, currency="CNY", folder=folder, **more)


def _customers(book: Book) -> dict[str, dict[str, Any]]:
    [part] = [p for p in book.facts.parts if p.table == "customers"]
    return {r["customer_id"]: r for r in pq.read_table(part.path).to_pylist()}


def test_what_never_differs_within_a_customer_is_its_attribute_and_inspect_says_so(tmp_path: Path) -> None:
    book = _book(tmp_path)
    assert {c: r["region"] for c, r in _customers(book).items()} == {
        "c1": "华东", "c2": "华南", "c3": "华东", "c9": "西北",
    }  # fmt: skip
    inspection = book.inspect()
    [finding] = inspection.found("customers-described")
    assert finding.values["fields"][0] == "customers.region" and "促销员" not in str(finding.values)
    assert inspection.found("unmapped")[0].values["columns"] == ["促销员"]
    for lang, word in zip(LANGUAGES, ("地区", "地區", "Region"), strict=True):
        assert word in finding.sentence(lang)


def test_schemes_can_use_it_and_nobody_is_there_before_the_first_order(tmp_path: Path) -> None:
    run = _book(tmp_path).classify(
        "external-attributes", "field-segmentation", as_of="2026-04-30", purpose="x"
    )
    rows = {r["customer_id"]: r for r in run.assignments.to_pylist()}
    assert {c: r["external-attributes.region"] for c, r in rows.items()} == {
        "c1": "east-china", "c2": "south-china", "c3": "east-china",
    }  # fmt: skip
    assert [c["code"] for c in run.counts("field-segmentation", "region")] == ["华东", "华南", "other-value"]


def test_a_customers_table_is_the_only_word_on_customers(tmp_path: Path) -> None:
    book = _book(tmp_path, customers={"customer_id": ["c1"], "地区": ["西南"]})
    assert [r["region"] for r in _customers(book).values()] == ["西南"]
    assert not book.inspect().found("customers-described")


def test_one_repeated_customer_is_no_evidence(tmp_path: Path) -> None:
    few = {n: v[:4] for n, v in ORDERS.items()}
    book = kg.open(orders=few, currency="CNY", folder=tmp_path)
    assert [p.table for p in book.facts.parts] == ["orders"]


def test_columns_that_would_raise_a_question_are_left_alone(tmp_path: Path) -> None:
    doubtful = {
        **ORDERS,
        "省份": ORDERS["地区"],
        "注册日期": ["01/02/2024", "03/04/2024", "05/06/2024", "01/02/2024", "03/04/2024", "02/03/2024"],
    }
    book = kg.open(orders=doubtful, currency="CNY", folder=tmp_path)
    assert book.facts.newest_day is not None
