"""Every quirk of a real wholesaler's file is named, and rows and money reconcile to the penny."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from keguan.core.languages import LANGUAGES
from keguan.engine.intake import inspect
from keguan.engine.intake.options import IntakeOptions, Policies
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.raw import RawTable
from tests.cleaning.conftest import Clean, raw_table, rows_of
from tests.fixtures.quirky_shop import HEADER, Shop, quirky_shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return quirky_shop()


def _raw(shop: Shop) -> RawTable:
    return raw_table(HEADER, [[cell or None for cell in row] for row in shop.rows])


@pytest.fixture
def done(shop: Shop, clean: Clean) -> Intake:
    return clean(_raw(shop))


def test_each_quirk_is_named_with_its_count(shop: Shop, done: Intake) -> None:
    truths, found = shop.truths, {f.code: f.values for f in done.inspection.findings}
    assert found["number-ids-merged"]["rows"] == truths.float_id_rows
    assert found["zero-padded-ids"]["pairs"] == 1
    assert found["credit-notes"]["rows"] == truths.credit_rows
    assert found["credit-notes"]["notes"] == len(truths.credit_notes)
    assert found["credit-notes"]["money"] == truths.credit_money
    assert found["negative-quantities"]["rows"] == truths.stray_negative_quantities
    assert found["zero-amounts"]["rows"] == truths.zero_rows
    assert found["zero-amounts"]["kept"] == truths.zero_rows_kept
    assert found["negative-prices"]["rows"] == truths.negative_price_rows
    assert found["negative-prices"]["money"] == truths.negative_price_money
    assert found["repeats-kept"]["rows"] == truths.repeated_rows
    assert found["service-codes"]["rows"] == truths.service_rows
    assert found["all-returned"]["example"] == "12346"
    assert found["left-out-money"]["rows"] == truths.no_customer_rows
    assert found["amount-computed"] == {}


def test_rows_and_money_reconcile_to_the_penny(shop: Shop, done: Intake) -> None:
    truths, (source,) = shop.truths, done.inspection.sources
    assert (source.file.rows, source.file.money) == (truths.rows, truths.money)
    assert source.kept.money == truths.kept_money
    assert source.rejected["missing-customer"].money == truths.no_customer_money
    assert source.file.rows == source.kept.rows + sum(t.rows for t in source.rejected.values())
    assert done.inspection.totals["sales"] == truths.sales_money
    assert done.inspection.totals["net"] == truths.kept_money
    assert done.inspection.totals["customers"] == len(truths.buyers)
    assert done.inspection.totals["purchases"] == len(truths.purchases)
    assert done.newest_day == truths.newest.date()


def test_parts_hold_one_row_per_purchase_sorted(shop: Shop, done: Intake) -> None:
    rows = rows_of(done, "orders")
    sales = [(r["customer_id"], r["order_id"]) for r in rows if r["kind"] == "sale"]
    assert len(sales) == len(set(sales)) == len(shop.truths.purchases)
    keys = [(r["ordered_on"], r["customer_id"], r["order_id"]) for r in rows]
    assert keys == sorted(keys)
    lines = rows_of(done, "order_lines")
    assert sum(r["amount"] for r in lines) == sum(r["amount"] for r in rows) == shop.truths.kept_money
    assert sum(r["n_lines"] for r in rows) == len(lines)


def test_rejected_rows_carry_line_reason_and_the_row_as_written(shop: Shop, done: Intake) -> None:
    rejected = done.rejected.to_pylist()
    assert len(rejected) == shop.truths.no_customer_rows
    for row in rejected:
        assert row["reason"] == "missing-customer"
        written = shop.rows[row["line"] - 2]
        assert row["row"].startswith(f'["{written[0]}","{written[1]}"')


def test_policies_change_what_is_kept(shop: Shop, clean: Clean) -> None:
    truths = shop.truths
    skipped = clean(_raw(shop), policies=Policies(zero_amounts="skip"))
    assert skipped.inspection.sources[0].rejected["zero-amount"].rows == truths.zero_rows_kept
    dropped = clean(_raw(shop), policies=Policies(repeated_lines="drop"))
    assert dropped.inspection.sources[0].rejected["repeated-line"].rows == truths.repeated_rows
    separate = clean(_raw(shop), policies=Policies(numeric_ids="keep"))
    assert {"12400", "12400.0"} <= {r["customer_id"] for r in rows_of(separate, "orders")}
    for result in (skipped, dropped, separate):
        source = result.inspection.sources[0]
        assert source.file.money == truths.money
        assert source.kept.money + sum(t.money for t in source.rejected.values()) == truths.money


def test_inspect_says_the_same_and_keeps_nothing(shop: Shop, done: Intake) -> None:
    assert inspect([_raw(shop)], IntakeOptions()).as_dict() == done.inspection.as_dict()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_findings_are_sentences_in_every_language(done: Intake, lang: str) -> None:
    sentences = done.inspection.sentences(lang)  # type: ignore[arg-type]
    assert len(sentences) == len(done.inspection.findings)
    assert not any("{" in s or "missing-" in s for s in sentences)


def test_parts_are_the_same_bytes_for_shuffled_rows(shop: Shop, clean: Clean, done: Intake) -> None:
    turned = Shop(rows=shop.rows[::-1])
    again = clean(_raw(turned))
    assert {p.fingerprint for p in again.parts} == {p.fingerprint for p in done.parts}


def test_the_file_reads_back_as_it_was_planted(shop: Shop, tmp_path: Path) -> None:
    path = shop.write(tmp_path / "shop.csv")
    back = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert len(back) == shop.truths.rows + 1
    assert sum((Decimal(r[3]) * Decimal(r[5]) for r in back[1:]), Decimal(0)) == shop.truths.money
