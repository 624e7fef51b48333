"""Modelled measures in a run: fitted once, kept, used again as they are, and absent with the reason where data are too few."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.models import GammaGamma, Gaps, MbgNbd, Rhythm, Statistics, lifetime_value
from tests.fixtures.open_shops import write_schemes
from tests.fixtures.shops import document

AS_OF = date(2026, 6, 30)
MODELLED = ("value-future", "loyalty-modelled")
OVERDUE = document(
    "overdue-now",
    "rules",
    "",
    [
        "code: due, when: 'p_overdue > 0.5 and expected_orders_12m > 0'",
        "code: soon, when: 'next_order_on >= next_order_early_on and next_order_early_on <= 2026-07-31'",
        "code: rest, otherwise: true",
    ],
)


def orders(n: int = 400, seed: int = 3) -> pa.Table:
    """Customers who buy at their own pace and leave; some only once."""
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for i in range(n):
        day = int(random.integers(30, 900))
        pace, leave = random.gamma(2.0, 25.0) + 3, random.beta(1.0, 3.0)
        while day >= 0:
            amount = Decimal(int(random.gamma(4.0, 2500.0)) + 1) / 100
            rows.append(
                {
                    "customer_id": f"C{i:04}",
                    "ordered_at": AS_OF - timedelta(days=day),
                    "amount": amount,
                    "cost": (amount * Decimal("0.6")).quantize(Decimal("0.01")),
                }
            )
            if random.random() < leave:
                break
            day -= 1 + int(random.gamma(2.0, pace / 2))
    return pa.Table.from_pylist(rows)


def book_of(folder: Path, table: pa.Table) -> Book:
    book = kg.open(orders=table, currency="CNY", folder=folder / "kept")
    write_schemes(folder / "own" / "schemes", {"overdue-now": OVERDUE})
    book.scheme_folders = (folder / "own",)
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book_of(tmp_path_factory.mktemp("modelled"), orders())


@pytest.fixture(scope="module")
def run(book: Book) -> Run:
    return book.classify(*MODELLED, "overdue-now", as_of=AS_OF, purpose="test")


def columns(run: Run) -> dict[str, Any]:
    table = run.measures
    return {n: table[n].to_numpy(zero_copy_only=False) for n in table.column_names}


def statistics(run: Run) -> Statistics:
    known = columns(run)
    first, last = (
        known[n].astype("datetime64[D]").astype(np.int64) for n in ("first_order_on", "last_order_on")
    )
    return Statistics.of(
        known["n_purchase_days"] - 1, last - first, np.datetime64(AS_OF).astype(np.int64) - first
    )


def record(run: Run, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run.folder / "models" / f"{name}.json").read_text())
    return found


def test_a_run_keeps_every_model_once_with_the_fingerprint_its_cuts_carry(run: Run) -> None:
    kept = {p.stem: json.loads(p.read_text()) for p in (run.folder / "models").iterdir()}
    assert set(kept) == {"purchases", "spending", "rhythm"}
    assert run.record["models"] == {n: m["fingerprint"] for n, m in kept.items()}
    assert run.cuts("value-future")["models"] == {n: kept[n] for n in ("purchases", "spending")}
    assert set(run.cuts("loyalty-modelled")["models"]) == {"purchases"}
    assert set(run.cuts("overdue-now")["models"]) == {"purchases", "rhythm"}


def test_the_columns_are_what_the_models_say_customer_by_customer(run: Run) -> None:
    known, data = columns(run), statistics(run)
    purchases = MbgNbd.from_dict(record(run, "purchases"))
    np.testing.assert_allclose(known["p_alive"], purchases.predict_p_alive(data), atol=1e-6)
    expected = purchases.predict_orders(data, 365.25)
    np.testing.assert_allclose(known["expected_orders_12m"], expected, atol=1e-6)
    spending = record(run, "spending")
    days = known["n_purchase_days"].astype(float)
    sales = known["net_sales_total"].astype(float)
    amount = GammaGamma.from_dict(spending).predict_value(days, sales / days)
    value = lifetime_value(purchases, data, amount, margin=float(spending["margin"]))
    np.testing.assert_allclose(known["clv_36m"].astype(float), value, atol=0.0051)


def test_the_margin_of_lifetime_value_is_that_of_the_whole_base(run: Run) -> None:
    table = orders()
    sales, cost = (sum(table[n].to_pylist()) for n in ("amount", "cost"))
    assert Decimal(record(run, "spending")["margin"]) == (1 - cost / sales).quantize(Decimal("1e-6"))


def test_without_costs_lifetime_value_counts_net_sales_and_the_record_says_so(
    tmp_path: Path, run: Run
) -> None:
    plain = book_of(tmp_path, orders().drop(["cost"])).classify("value-future", as_of=AS_OF, purpose="test")
    margin = float(record(run, "spending")["margin"])
    assert record(plain, "spending")["margin"] is None
    with_costs, without = (columns(r)["clv_36m"].astype(float) for r in (run, plain))
    big = without > 100
    np.testing.assert_allclose(with_costs[big] / without[big], margin, rtol=1e-3)


def test_the_next_purchase_is_known_from_three_purchase_days_on_and_lies_ahead(run: Run) -> None:
    known, data = columns(run), statistics(run)
    regular = known["n_purchase_days"] >= 3
    for name in ("next_order_on", "next_order_early_on"):
        assert (~np.isnat(known[name].astype("datetime64[D]")) == regular).all()
    early, middle = (
        known[n][regular].astype("datetime64[D]") for n in ("next_order_early_on", "next_order_on")
    )
    assert (np.datetime64(AS_OF) < early).all() and (early <= middle).all()
    last = known["last_order_on"].astype("datetime64[D]").astype(np.int64)
    gaps = Gaps(
        np.arange(len(last)),
        data.x.astype(float),
        data.t_x.astype(float),
        0 * last,
        last,
        (data.T - data.t_x).astype(float),
    )
    wanted = Rhythm.from_dict(record(run, "rhythm")).predict(gaps)
    np.testing.assert_array_equal(
        known["next_order_on"][regular].astype("datetime64[D]"), wanted.expected_on[regular]
    )
    np.testing.assert_allclose(known["p_overdue"][regular], wanted.p_overdue[regular], atol=1e-6)


def test_the_rhythm_is_fitted_on_each_interval(run: Run) -> None:
    table = orders()
    days = table["ordered_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    gaps = Gaps.of(
        table["customer_id"].to_numpy(zero_copy_only=False), days, int(np.datetime64(AS_OF).astype(np.int64))
    )
    wanted = Rhythm.fit(gaps)
    assert record(run, "rhythm")["log_likelihood"] == pytest.approx(wanted.log_likelihood, abs=1e-3)


def test_a_replay_gives_the_same_models_and_tables(book: Book, run: Run) -> None:
    again = book.replay(run)
    names = [*(f"models/{p.name}" for p in sorted((run.folder / "models").iterdir()))]
    for name in (*names, "measures.parquet", "assignments.parquet", "cuts/value-future.json"):
        assert (run.folder / name).read_bytes() == (again.folder / name).read_bytes(), name


def test_rows_in_another_order_give_the_same_models(tmp_path: Path, run: Run) -> None:
    table = orders()
    mixed = table.take(np.random.default_rng(1).permutation(table.num_rows))
    again = book_of(tmp_path, mixed).classify(*MODELLED, "overdue-now", as_of=AS_OF, purpose="test")
    assert again.record["models"] == run.record["models"]
    assert again.content_hash() == run.content_hash()


def test_tomorrows_customer_is_scored_with_the_kept_fit(tmp_path: Path, run: Run) -> None:
    few = orders().filter(pa.compute.is_in(orders()["customer_id"], pa.array(["C0001", "C0007", "C0009"])))
    other = book_of(tmp_path, few)
    kept = other.assign([run.cuts(s) for s in run.scheme_ids], purpose="test")
    assert kept.record["models"] == run.record["models"]
    for row in kept.measures.to_pylist():
        assert (
            row
            == run.measures.filter(
                pa.compute.equal(run.measures["customer_id"], row["customer_id"])
            ).to_pylist()[0]
        )
    for row in kept.assignments.to_pylist():
        assert (
            row
            == run.assignments.filter(
                pa.compute.equal(run.assignments["customer_id"], row["customer_id"])
            ).to_pylist()[0]
        )


def test_cuts_of_different_fits_are_not_mixed(tmp_path: Path, run: Run) -> None:
    other = book_of(tmp_path, orders(seed=4))
    mixed = [
        run.cuts("value-future"),
        other.classify("loyalty-modelled", as_of=AS_OF, purpose="test").cuts("loyalty-modelled"),
    ]
    with pytest.raises(KeguanError) as refused:
        other.assign(mixed, purpose="test")
    assert [p.code for p in refused.value.problems] == ["KG761"]


def test_too_little_data_sets_the_modelled_scheme_aside_and_says_why(tmp_path: Path) -> None:
    book = book_of(tmp_path, orders(6))
    plain = book.classify("value-three-band", "value-future", as_of=AS_OF, purpose="test")
    assert plain.scheme_ids == ["value-three-band"]
    assert [(s["id"], s["why"], s["lacks"]) for s in plain.record["skipped"]] == [
        ("value-future", "too-little-data", ["clv_36m"])
    ]
    assert plain.record["absent"]["clv_36m"]["code"] in ("KG850", "KG851")
    assert "clv_36m" not in plain.measures.column_names and not (plain.folder / "models").exists()
    with pytest.raises(KeguanError) as refused:
        book.classify("value-future", as_of=AS_OF, purpose="test")
    assert refused.value.problems[0].code == "KG760" and len(refused.value.problems) > 1


def test_an_optional_clause_on_a_modelled_measure_is_dropped_and_said(tmp_path: Path) -> None:
    text = document(
        "kept-up",
        "rules",
        "",
        [
            "code: kept, when: 'n_orders_total >= 1', when_known: ['p_alive >= 0.9']",
            "code: rest, otherwise: true",
        ],
    )
    book = book_of(tmp_path, orders(6))
    write_schemes(tmp_path / "own" / "schemes", {"kept-up": text})
    found = book.classify("kept-up", as_of=AS_OF, purpose="test")
    assert found.cuts("kept-up")["left_out"] == ["p_alive"]
    assert [c["count"] for c in found.counts("kept-up")] == [6, 0]


def test_a_prospect_has_no_modelled_measures(tmp_path: Path) -> None:
    customers = pa.table({"customer_id": ["C0001", "wish"]})
    book = kg.open(orders=orders(), customers=customers, currency="CNY", folder=tmp_path)
    found = book.classify(*MODELLED, as_of=AS_OF, purpose="test")
    [row] = found.measures.filter(pa.compute.equal(found.measures["customer_id"], "wish")).to_pylist()
    assert row["p_alive"] is None and row["clv_36m"] is None
