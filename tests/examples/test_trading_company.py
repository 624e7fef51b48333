"""The invented trading company: the same rows again, every table filled, books that add up, and every class inhabited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

import keguan
from keguan.core.texts import entries
from keguan.engine.subjects import SUBJECTS
from keguan.engine.tables import logical_tables
from keguan.examples import trading
from keguan.schemes.catalogue import builtin_ids
from tests.cli.conftest import Type, typed  # noqa: F401

Tables = dict[str, pa.Table]

EMPTY = {
    # Who has registered a region has one, and no one here is without; the kinds of relation that a sheet may say are four.
    ("potential-scope", "none", "region"),
    ("internal-customer-kind", "other", None),
}
"""Classes that stay empty, as (scheme, class, dimension)."""
ONLY_TELECOM = {"telecom-importance", "telecom-type", "telecom-value"}
NEVER = {"telecom-behaviour"}
"""Schemes that nothing here feeds: a trading company measures no monthly usage."""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return trading.trading_company(600)


def test_the_same_seed_draws_the_same_company_and_another_seed_another(tables: Tables) -> None:
    again, other = trading.trading_company(600), trading.trading_company(600, seed=8)
    assert all(again[name].equals(table) for name, table in tables.items())
    assert not other["orders"].equals(tables["orders"]) and not other["customers"].equals(tables["customers"])


def test_every_table_is_filled_with_fields_that_the_catalogue_knows(tables: Tables) -> None:
    known = logical_tables()
    assert set(tables) == set(known)
    for name, table in tables.items():
        assert table.num_rows > 0, name
        assert set(known[name].required) <= set(table.column_names), name
        assert known[name].open or set(table.column_names) <= set(known[name].fields), name


def test_the_wish_for_size_is_met_and_other_sizes_are_refused() -> None:
    large = trading.trading_company(3_000, n_orders=12_000)
    assert large["customers"].num_rows == 3_000
    assert 0.95 < pc.sum(pc.equal(large["orders"]["kind"], "sale")).as_py() / 12_000 < 1.05
    for n in (trading.FEWEST - 1, trading.MOST + 1):
        with pytest.raises(ValueError, match="customers"):
            trading.trading_company(n)


def test_lines_add_up_to_their_orders_and_payments_to_what_was_paid(tables: Tables) -> None:
    lines = tables["order_lines"].group_by("order_id").aggregate([("amount", "sum"), ("cost", "sum")])
    orders = tables["orders"].filter(pc.equal(tables["orders"]["kind"], "sale"))
    assert lines.num_rows == orders.num_rows
    both = orders.join(lines, "order_id")
    for money in ("amount", "cost"):
        assert pc.all(pc.equal(both[money], both[f"{money}_sum"].cast(both[money].type))).as_py()
    assert pc.sum(tables["payments"]["amount"]) == pc.sum(tables["invoices"]["paid_amount"])
    assert set(tables["invoices"]["invoice_id"].to_pylist()) <= set(orders["invoice_no"].to_pylist())


def test_business_is_as_uneven_and_seasonal_as_real_business(tables: Tables) -> None:
    sales = tables["orders"].group_by("customer_id").aggregate([("amount", "sum")])["amount_sum"]
    by_size = sorted((float(x) for x in sales.to_pylist()), reverse=True)
    assert 0.6 < sum(by_size[: len(by_size) // 5]) / sum(by_size) < 0.95
    months = pc.month(tables["orders"]["ordered_at"]).to_pylist()
    assert months.count(2) * 1.3 < months.count(11)
    assert pc.max(tables["orders"]["ordered_at"].cast(pa.date32())).as_py() <= trading.AS_OF


def test_names_are_chinese_and_nobody_shares_a_name_too_often(tables: Tables) -> None:
    names = tables["customers"]["name"].to_pylist()
    assert all(all("一" <= letter <= "鿿" for letter in name) for name in names)
    assert len(set(names)) > 0.95 * len(names)


def test_a_number_of_customers_the_example_cannot_have_is_refused(
    typed: Type,  # noqa: F811
    tmp_path: Path,
) -> None:
    said = typed("demo", "--example", "trading-company", "--customers", "5", "--out", tmp_path / "x")
    assert said.code == 1 and "KG186" in said.err and not (tmp_path / "x").exists()
    assert typed("demo", "--customers", "500", "--out", tmp_path / "x").code == 2


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo as people start it; the folder and what was said."""
    import contextlib
    import io

    from keguan.cli.running import run

    folder = tmp_path_factory.mktemp("company") / "book"
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run(["demo", "--example", "trading-company", "--out", str(folder), "--lang", "en"])
    assert code == 0
    return folder, said.getvalue()


def _record(folder: Path) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def _runs(book: Path) -> dict[str, dict[str, Any]]:
    names = {s: "run" if s == "customer" else f"run-{s.replace('_', '-')}" for s in SUBJECTS}
    return {subject: _record(book / name) for subject, name in names.items()}


@pytest.mark.slow
def test_every_scheme_of_the_catalogue_runs_over_the_company_and_every_class_has_somebody(
    company: tuple[Path, str],
) -> None:
    entries = [e for record in _runs(company[0]).values() for e in record["schemes"]]
    assert {e["id"] for e in entries} | ONLY_TELECOM | NEVER == set(builtin_ids())
    empty = {(e["id"], c["code"], e["dimension"]) for e in entries for c in e["classes"] if c["count"] == 0}
    assert {found for found in empty if found[:2] != ("field-segmentation", "other-value")} == EMPTY


@pytest.mark.slow
def test_what_is_not_computed_for_customers_classifies_something_else_or_belongs_to_telecoms(
    company: tuple[Path, str],
) -> None:
    skipped = [s for s in _runs(company[0])["customer"]["skipped"] if s.get("dimension") is None]
    assert {s["id"] for s in skipped if s["why"] == "profile"} == ONLY_TELECOM | NEVER
    assert {s["why"] for s in skipped} == {"profile", "subject"}
    book = keguan.open(company[0])
    run = book.classify(*ONLY_TELECOM, as_of=trading.AS_OF, purpose="test", profile="telecom")
    assert all(c["count"] for e in run.record["schemes"] if e["id"] in ONLY_TELECOM for c in e["classes"])


@pytest.mark.slow
def test_every_reason_that_occurs_has_words_in_the_report(company: tuple[Path, str]) -> None:
    reasons = {r for record in _runs(company[0]).values() for e in record["schemes"] for r in e["reasons"]}
    assert reasons <= set(entries("report")["reasons"])


@pytest.mark.slow
def test_schemes_whose_questions_come_from_the_data_are_not_taken_for_a_business_s_own(
    company: tuple[Path, str],
) -> None:
    record = _runs(company[0])["customer"]
    assert {"tag", "field-segmentation", "campaign-target"} <= {e["id"] for e in record["schemes"]}
    assert "own-version" not in {n["code"] for n in record["notices"]}


@pytest.mark.slow
def test_leads_stand_in_every_state_of_their_windows(company: tuple[Path, str]) -> None:
    rows = pq.read_table(company[0] / "run-lead" / "assignments.parquet")
    reasons = set(rows["lead-readiness.reason"].to_pylist())
    wanted = {
        "condition",
        "otherwise",
        "lapsed",
        "lapsed-reacted",
        "lapsed-silent",
        "lapsed-refused",
        "sticky",
    }
    assert wanted <= reasons
    assert "due" in set(rows["lead-readiness.detail"].to_pylist())


@pytest.mark.slow
def test_no_row_is_left_out_and_the_book_can_be_used_again(company: tuple[Path, str], typed: Type) -> None:  # noqa: F811
    folder, said = company
    assert (folder / "run" / "rejected.csv").read_text(encoding="utf-8").count("\n") <= 1
    for name in ("report.html", "report.xlsx", "actions.xlsx", "actions-lead.xlsx"):
        assert (folder / name).stat().st_size > 10_000, name
    ran = {e["id"] for e in _record(folder / "run")["schemes"]}
    names = load_workbook(folder / "report.xlsx", read_only=True).sheetnames
    assert len(names) == len(ran) + 10 and "Twelve traits of the service rh" in names
    assert "Customer value pyramid" in said and "Leads:" in said and str(folder / "report.html") in said
    again = typed("demo", "--example", "trading-company", "--out", folder)
    assert again.code == 1 and "KG614" in again.err
